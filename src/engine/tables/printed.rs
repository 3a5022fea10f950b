//! Tables as people see them: cells between bars (Markdown, psql, MySQL), and data frames, whose columns
//! stand apart by two blanks or more and end below the end of their name.

use super::lines::{end, past_end};
use super::{Field, Form, Row, Table, csv};
use crate::engine::settings::Settings;
use crate::engine::verify::{holds_own_label, is_rule};

/// Columns of row labels that a data frame may have before the named ones.
const LABELS: usize = 3;

/// Reads the row at `at` into `fields`.
pub(super) fn row(hay: &[u8], at: usize, table: &mut Table, fields: &mut Vec<Field>) -> Row {
    let stop = end(hay, at);
    let line = hay.get(at..stop).unwrap_or_default();
    let whole = Row::Whole(past_end(hay, stop));
    if let Form::Bars { ruled } = table.form {
        if is_rule(line) {
            table.form = Form::Bars { ruled: true };
            return whole;
        }
        if !ruled {
            return Row::Other;
        }
        cells(line, at, fields);
        return if fields.len() == table.columns.len() { whole } else { Row::Other };
    }
    apart(line, at, fields);
    if fields.len() < 2 { Row::Other } else { whole }
}

/// The fields of a row that stand under the columns, in their order.
pub(super) fn under<'f>(hay: &[u8], at: usize, table: &Table, settings: &Settings, fields: &'f mut Vec<Field>) -> &'f [Field] {
    let columns = table.columns.len();
    if table.form != Form::Aligned {
        return fields;
    }
    let labels = fields.len().wrapping_sub(columns);
    let line = hay.get(at..end(hay, at)).unwrap_or_default();
    if !holds_own_label(settings, line) {
        let mut placed = Vec::with_capacity(columns);
        by_place(line, at, &table.edges, &mut placed);
        // Every value but the row's label ends below the end of a name.
        let ends_below = |(_, end): &Field| table.edges.contains(&width(line.get(..end - at).unwrap_or_default()));
        if placed.len() == columns && fields.iter().skip(1).all(ends_below) {
            *fields = placed;
            return fields;
        }
    } else if labels != 1 {
        // What was masked has moved the places, and some cells may be empty.
        return &[];
    }
    if labels < LABELS { fields.get(labels..).unwrap_or_default() } else { &[] }
}

/// Cuts a row below the ends of the names; leaves `fields` empty when a value stands across one.
fn by_place(line: &[u8], at: usize, edges: &[u16], fields: &mut Vec<Field>) {
    let mut place = 0;
    let mut from = 0;
    let mut edges = edges.iter();
    let mut edge = edges.next();
    for (offset, byte) in line.iter().enumerate() {
        // A character counts once, at its first byte.
        if byte & 0xc0 == 0x80 {
            continue;
        }
        if edge == Some(&place) {
            if *byte != b' ' {
                return fields.clear();
            }
            fields.push(last_word(line, at, from, offset));
            (from, edge) = (offset, edges.next());
        }
        place += 1;
    }
    if edge == Some(&place) {
        fields.push(last_word(line, at, from, line.len()));
    }
}

/// The value at the right of a slice: the first column's has the row's label before it.
fn last_word(line: &[u8], at: usize, from: usize, to: usize) -> Field {
    let text = line.get(from..to).unwrap_or_default();
    if text.last() == Some(&b' ') {
        return (at + to, at + to);
    }
    let gap = text.trim_ascii_end().windows(2).rposition(|pair| pair == b"  ").map_or(0, |gap| gap + 2);
    csv::trimmed(line, from + gap, to).shifted(at)
}

trait Shifted {
    fn shifted(self, by: usize) -> Self;
}

impl Shifted for Field {
    fn shifted(self, by: usize) -> Self {
        (self.0 + by, self.1 + by)
    }
}

/// Characters of a text.
pub(super) fn width(text: &[u8]) -> u16 {
    text.iter().filter(|byte| **byte & 0xc0 != 0x80).count().min(usize::from(u16::MAX)) as u16
}

/// The cells between the bars of a line; a bar behind a backslash is text.
pub(super) fn cells(line: &[u8], at: usize, fields: &mut Vec<Field>) {
    let text = line.trim_ascii_end();
    let outer = text.first() == Some(&b'|');
    let mut from = usize::from(outer);
    let mut bars = 0;
    for bar in memchr::memchr_iter(b'|', text) {
        let escaped = bar.checked_sub(1).and_then(|before| text.get(before)) == Some(&b'\\');
        if bar < from || escaped {
            continue;
        }
        fields.push(csv::trimmed(line, from, bar).shifted(at));
        bars += 1;
        from = bar + 1;
    }
    if (!outer || from < text.len()) && (bars > 0 || outer) {
        fields.push(csv::trimmed(line, from, text.len()).shifted(at));
    }
}

/// The fields of a line that two blanks or more, or a tab, part.
pub(super) fn apart(line: &[u8], at: usize, fields: &mut Vec<Field>) {
    let mut from = line.iter().take_while(|byte| **byte == b' ').count();
    while from < line.len() {
        let rest = line.get(from..).unwrap_or_default();
        let length = rest.windows(2).position(|pair| pair == b"  ").unwrap_or(rest.len());
        fields.push(csv::trimmed(line, from, from + length).shifted(at));
        from += length + rest.iter().skip(length).take_while(|byte| **byte == b' ').count();
    }
}
