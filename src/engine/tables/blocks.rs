//! Lines that one before them names: rows of an insertion and of COPY, records that psql prints column by column,
//! fields of a validation error, and lists and texts whose key ends a line.
//!
//! They are kept as tables are: the line that opens them is known by its own bytes, what is needed of it is carried in
//! the stream, and they last as long as their lines look like theirs.

use super::column::{Column, judge, named};
use super::lines::{end, past_end};
use super::{Field, Form, Row, Table, csv};
use crate::engine::candidates::keys;
use crate::engine::catalog::Extent;
use crate::engine::settings::Settings;
use crate::engine::verify::{Hit, Opens, column_value, elements, literal, value_after};
use std::sync::Arc;

/// Most lines of a list, a text or an error.
const LINES: u8 = 200;

/// What the line at `at` opens.
pub(super) fn open(hay: &[u8], at: usize, opens: Opens, settings: &Settings) -> Option<Table> {
    let (form, columns) = match opens {
        Opens::Header => return None,
        Opens::Rows(from, to) => (Form::Values, columns(hay, (from, to), settings)?),
        Opens::Copied(from, to) => (Form::Copied, columns(hay, (from, to), settings)?),
        Opens::Record => (Form::Record, [].into()),
        Opens::Fields => (Form::Fields { key: None, left: LINES }, [].into()),
        Opens::List(key) => (Form::List { key, left: LINES }, [].into()),
        Opens::Block(key, text) => (Form::Block { key, text, indent: indent(hay, at), left: LINES }, [].into()),
    };
    Some(Table { form, columns, edges: [].into(), ragged: 0 })
}

/// Blanks at the start of the line at `at`.
fn indent(hay: &[u8], at: usize) -> u16 {
    let rest = hay.get(at..).unwrap_or_default();
    rest.iter().take(1024).take_while(|byte| matches!(byte, b' ' | b'\t')).count() as u16
}

/// What the columns of a list in brackets are, if one of them is known.
fn columns(hay: &[u8], (from, to): (u32, u32), settings: &Settings) -> Option<Arc<[Column]>> {
    let names = hay.get(from as usize..to as usize)?.split(|byte| *byte == b',');
    let around = |byte: &u8| matches!(byte, b'`' | b'"' | b'[' | b']' | b'\\' | b' ');
    let mut columns: Vec<Column> =
        names.map(|name| named(name.split(around).find(|part| !part.is_empty()).unwrap_or_default(), settings)).collect();
    if !columns.iter().any(|column| column.speaks_of_a_person()) {
        columns.iter_mut().filter(|column| **column == Column::Name).for_each(|column| *column = Column::Unknown);
    }
    columns.iter().any(|column| *column != Column::Unknown).then(|| columns.into())
}

/// Judges the line at `at`.
pub(super) fn row(hay: &[u8], at: usize, table: &mut Table, settings: &Settings, hits: &mut Vec<Hit>) -> Row {
    let stop = end(hay, at);
    let line = hay.get(at..stop).unwrap_or_default();
    let whole = Row::Whole(past_end(hay, stop));
    let goes_on = match &mut table.form {
        Form::Values => {
            return values(hay, at, table, settings, hits).map_or(Row::Other, |last| {
                if last {
                    table.form = Form::Closed;
                }
                whole
            });
        }
        Form::Copied => copied(hay, at, line, &table.columns, settings, hits),
        Form::Record => record(hay, at, line, settings, hits),
        Form::Fields { key, left } => spend(left) && field(hay, at, line, key, settings, hits),
        Form::List { key, left } => {
            let (key, text) = (*key, line.trim_ascii());
            if !spend(left) || text.contains(&b'{') || text.windows(2).any(|pair| matches!(pair, b"\":" | b": ")) {
                return Row::Other;
            }
            if !text.starts_with(b"]") {
                elements(hay, key, at + usize::from(indent(hay, at)), settings, hits);
            }
            if matches!(text, [b']', ..] | [.., b']'] | [.., b']', b',']) {
                table.form = Form::Closed;
            }
            true
        }
        Form::Block { key, text, indent: above, left } => {
            let (key, is_text, above) = (*key, *text, *above);
            if !spend(left) {
                return Row::Other;
            }
            let item = line.trim_ascii();
            if item.is_empty() {
                return if is_text { whole } else { Row::Other };
            }
            if indent(hay, at) <= above {
                return Row::Other;
            }
            let listed = !is_text && item.starts_with(b"- ");
            let (from, to) = csv::trimmed(hay, at + usize::from(indent(hay, at)) + if listed { 2 } else { 0 }, stop);
            let value = hay.get(from..to).unwrap_or_default();
            if !is_text && (value.contains(&b' ') || value.ends_with(b":")) {
                return Row::Other;
            }
            let (from, to) = unquoted(value, from, to);
            column_value(hay, key, from, to, settings, hits);
            if !is_text && !listed {
                table.form = Form::Closed;
            }
            true
        }
        _ => false,
    };
    if goes_on { whole } else { Row::Other }
}

/// Counts a line; whether another one may come.
fn spend(left: &mut u8) -> bool {
    let some = *left > 0;
    *left = left.saturating_sub(1);
    some
}

fn unquoted(value: &[u8], from: usize, to: usize) -> Field {
    if matches!(value, [b'"', .., b'"'] | [b'\'', .., b'\''] if value.len() > 1) { (from + 1, to - 1) } else { (from, to) }
}

/// Rows such as `(1, 'X'),`: whether they end here, or nothing if they are none.
fn values(hay: &[u8], at: usize, table: &Table, settings: &Settings, hits: &mut Vec<Hit>) -> Option<bool> {
    let stop = end(hay, at);
    let blanks =
        |from: usize| from + hay.get(from..stop).unwrap_or_default().iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let mut from = blanks(at);
    loop {
        if hay.get(from) != Some(&b'(') {
            return None;
        }
        from += 1;
        let mut columns = table.columns.iter();
        loop {
            let value = literal(hay, from).filter(|value| value.end < stop)?;
            if let Some(column) = columns.next() {
                judge(hay, *column, (value.start, value.end), settings, hits);
            }
            from = blanks(value.end + usize::from(value.quoted));
            match hay.get(from)? {
                b',' => from += 1,
                b')' => break,
                _ => return None,
            }
        }
        from = blanks(from + 1);
        if from >= stop || hay.get(from) != Some(&b',') {
            return Some(true);
        }
        from = blanks(from + 1);
        if from >= stop {
            return Some(false);
        }
    }
}

/// A row of COPY: fields between tabs, up to `\.`.
fn copied(hay: &[u8], at: usize, line: &[u8], columns: &[Column], settings: &Settings, hits: &mut Vec<Hit>) -> bool {
    if line == b"\\." || line.split(|byte| *byte == b'\t').count() != columns.len() {
        return false;
    }
    let mut from = at;
    for (field, column) in line.split(|byte| *byte == b'\t').zip(columns) {
        if field != b"\\N" {
            judge(hay, *column, (from, from + field.len()), settings, hits);
        }
        from += field.len() + 1;
    }
    true
}

/// A column of a record: `password | X`, or the line between two records.
fn record(hay: &[u8], at: usize, line: &[u8], settings: &Settings, hits: &mut Vec<Hit>) -> bool {
    if line.starts_with(b"-[ RECORD ") {
        return true;
    }
    let Some(bar) = memchr::memchr(b'|', line) else { return false };
    let name = line.get(..bar).unwrap_or_default().trim_ascii();
    let column = named(name, settings);
    if !name.is_empty() && column != Column::Name {
        judge(hay, column, csv::trimmed(hay, at + bar + 1, at + line.len()), settings, hits);
    }
    !name.is_empty()
}

/// A line of a validation error: the path of a field, or what is wrong with the one before.
fn field(hay: &[u8], at: usize, line: &[u8], key: &mut Option<u16>, settings: &Settings, hits: &mut Vec<Hit>) -> bool {
    const INPUT: &[u8] = b"input_value=";
    if !matches!(line.first(), Some(b' ' | b'\t')) {
        let path = line.windows(4).rposition(|four| four == b" -> ").map_or(0, |arrow| arrow + 4);
        *key = line.get(path..).filter(|name| !name.contains(&b' ')).and_then(keys::lookup);
        return !line.is_empty() && !line.get(path..).unwrap_or_default().contains(&b' ');
    }
    let found = key.and_then(|key| Some((key, memchr::memmem::find(line, INPUT)?)));
    if let Some((key, input)) = found
        && let Some((start, end)) = value_after(hay, at + input + INPUT.len(), Extent::Token, false)
    {
        column_value(hay, key, start, end, settings, hits);
    }
    true
}
