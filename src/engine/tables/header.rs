//! The line that names the columns.
//!
//! Every field has to be a name, and one of them a known key; prose, paths and log lines are not. A name
//! that says little alone (`name`, `patient`) counts beside columns that speak of a person.

use super::column::{Column, named};
use super::lines::{Lines, end};
use super::{COLUMNS, Field, Form, Row, Table, csv, printed};
use crate::engine::settings::Settings;
use crate::engine::verify::delimiter_of;

/// Longest header, in bytes.
const HEADER: usize = 16 * 1024;
/// Longest name of a column, in bytes, and its words.
const NAME: usize = 64;
const WORDS: usize = 4;

/// The table that the line at `at` opens, if any.
pub(super) fn open(hay: &[u8], at: usize, lines: Lines, settings: &Settings) -> Option<Table> {
    if let Some(delimiter) = delimiter_of(hay.get(at..end(hay, at)).unwrap_or_default()) {
        return Some(Table { form: Form::Segments(delimiter), columns: [].into(), edges: [].into(), ragged: 0 });
    }
    if !lines.begins() {
        return None;
    }
    let mut line = hay.get(at..end(hay, at)).filter(|line| (3..=HEADER).contains(&line.len()))?;
    if lines == Lines::Start {
        line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    }
    let fresh = lines == Lines::Start;
    // A tight row of names, as in `name|ssn`, is CSV where one may begin.
    let spaced = line.first() == Some(&b'|') || line.windows(2).any(|pair| matches!(pair, b" |" | b"| "));
    if line.contains(&b'|') && (spaced || !fresh) {
        return printed_table(line, true, settings);
    }
    // A data frame leaves room for its row labels.
    if line.starts_with(b"   ") || fresh && line.starts_with(b" ") {
        return printed_table(line, false, settings);
    }
    if !fresh {
        return None;
    }
    // The delimiter is the first sign that can be one; quoted names hold none.
    let delimiter = line.iter().copied().find(|byte| matches!(byte, b',' | b';' | b'\t' | b'|'))?;
    let mut fields = Vec::new();
    let Row::Whole(_) = csv::row(line, 0, delimiter, true, &mut fields) else { return None };
    table(line, Form::Csv(delimiter), &fields, settings)
}

fn printed_table(line: &[u8], bars: bool, settings: &Settings) -> Option<Table> {
    let mut fields = Vec::new();
    let form = if bars { Form::Bars { ruled: false } } else { Form::Aligned };
    if bars {
        printed::cells(line, 0, &mut fields)
    } else {
        printed::apart(line.strip_suffix(b" \\").unwrap_or(line), 0, &mut fields)
    }
    table(line, form, &fields, settings)
}

/// The table of a header with these fields.
fn table(line: &[u8], form: Form, fields: &[Field], settings: &Settings) -> Option<Table> {
    if !(2..=COLUMNS).contains(&fields.len()) {
        return None;
    }
    let names = || fields.iter().map(|(start, end)| line.get(*start..*end).unwrap_or_default());
    // The column of row numbers has no name.
    if names().filter(|name| !name.is_empty()).count() < 2 {
        return None;
    }
    let odd = names().filter(|name| !name.is_empty() && !is_name(name)).count();
    // A few of CSV may have signs of their own: `amount_$`, `1st_visit`.
    let most = if matches!(form, Form::Csv(_)) { fields.len().div_ceil(3) } else { 0 };
    if odd > most || !names().all(|name| name.is_empty() || is_name(name) || is_odd_name(name)) {
        return None;
    }
    let mut columns: Vec<Column> = names().map(|name| named(name, settings)).collect();
    let person = columns.iter().any(|column| column.speaks_of_a_person());
    if !person {
        columns.iter_mut().filter(|column| **column == Column::Name).for_each(|column| *column = Column::Unknown);
    }
    if columns.iter().all(|column| *column == Column::Unknown) {
        return None;
    }
    let placed = if form == Form::Aligned { fields } else { &[] };
    let edges = placed.iter().map(|(_, end)| printed::width(line.get(..*end).unwrap_or_default())).collect();
    Some(Table { form, columns: columns.into(), edges, ragged: 0 })
}

/// A letter or `_` first, then what names are made of; a few words at most.
fn is_name(name: &[u8]) -> bool {
    let first = name.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_' || *byte >= 0xc3);
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80 || b"_-. /#()".contains(byte);
    first && name.len() <= NAME && name.iter().all(part) && name.split(|byte| *byte == b' ').count() <= WORDS
}

/// Letters and digits with a few other signs, such as `1st_visit` and `mrn!`; no value of a log line.
fn is_odd_name(name: &[u8]) -> bool {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80 || b"_-. /#()!$%&*+?'".contains(byte);
    let letters = name.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let digits = name.iter().filter(|byte| byte.is_ascii_digit()).count();
    letters >= 2 && digits <= 2 && name.len() <= NAME && name.iter().all(part) && name.split(|byte| *byte == b' ').count() <= WORDS
}
