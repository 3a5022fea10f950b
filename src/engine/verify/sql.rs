//! Columns and values of databases: `Key (mrn)=(…)`, `INSERT INTO t (name, ssn) VALUES ('…', '…')`.
//!
//! The columns stand in one pair of brackets and their values, in the same order, in the next.

use super::blocks;
use super::keyed::field;
use super::labels::own_label_end;
use super::scan::{Opens, Scan};
use super::strings::line_end_within;
use super::unnamed;
use super::value::Value;
use super::wrapped;
use crate::engine::candidates::keys::{self, Named};

/// Longest list of columns, and longest row, in bytes.
const COLUMNS: usize = 1024;
const ROW: usize = 4096;

/// Looks at the `VALUES` of an insertion, and judges the rows behind it by the columns before it.
pub(crate) fn insert(scan: &mut Scan<'_>, at: usize) {
    let hay = scan.hay;
    let floor = at.saturating_sub(COLUMNS);
    let before = hay.get(floor..at).unwrap_or_default().trim_ascii_end();
    let Some((b')', before)) = before.split_last() else {
        // `INSERT INTO t VALUES (…)`
        let into = before.get(before.len().saturating_sub(96)..).unwrap_or_default();
        let open = at + b"VALUES".len() + usize::from(scan.byte(at + b"VALUES".len()) == b' ');
        if scan.byte(open) == b'(' && into.windows(5).any(|word| word.eq_ignore_ascii_case(b"INTO ")) {
            unnamed::whole(scan, at, open + 1, b")");
        }
        return;
    };
    let Some(open) = before.iter().rposition(|byte| matches!(byte, b'(' | b'\n' | b'\r')) else { return };
    let Some((b'(', columns)) = before.get(open..).and_then(<[u8]>::split_first) else { return };
    let list = ((floor + open + 1) as u32, (floor + before.len()) as u32);
    let mut from = at + b"VALUES".len();
    // One row after the other: `(…), (…)`.
    while let Some(open) = (from..from + 3).find(|at| scan.byte(*at) == b'(') {
        if !scan.slice(from, open).iter().all(|byte| matches!(byte, b' ' | b',')) {
            break;
        }
        let Some(end) = row(scan, columns, open + 1) else { return };
        from = end + 1;
    }
    // The rows go on in the next line.
    let rest = scan.slice(from, hay.len().min(from + 4));
    let rest = rest.strip_prefix(b",").unwrap_or(rest);
    if matches!(rest.iter().find(|byte| **byte != b' '), Some(b'\n' | b'\r')) {
        blocks::note(scan, at, Opens::Rows(list.0, list.1));
    }
}

/// Looks at `COPY t (id, ssn) FROM stdin;`, whose rows stand below it.
pub(crate) fn copy(scan: &mut Scan<'_>, at: usize) {
    let hay = scan.hay;
    let line = hay.get(at..line_end_within(scan, at, COLUMNS)).unwrap_or_default();
    // `COPY patients, line 118: "…"`
    if let Some(start) =
        memchr::memmem::find(line, b", line ").and_then(|place| Some(place + memchr::memmem::find(line.get(place..)?, b": \"")? + 3))
    {
        if memchr::memmem::find(line, b", column ").is_none_or(|column| column >= start) {
            unnamed::whole(scan, at, at + start, b"");
        }
        return;
    }
    let Some(open) = memchr::memchr(b'(', line) else { return };
    let Some(close) = line.get(open..).and_then(|rest| memchr::memchr(b')', rest)).map(|length| open + length) else { return };
    if line
        .get(close + 1..)
        .is_some_and(|rest| rest.trim_ascii_start().get(..10).is_some_and(|words| words.eq_ignore_ascii_case(b"FROM stdin")))
    {
        blocks::note(scan, at, Opens::Copied((at + open + 1) as u32, (at + close) as u32));
    }
}

/// Judges the values of the row that begins at `from`; where its bracket closes.
fn row(scan: &mut Scan<'_>, columns: &[u8], from: usize) -> Option<usize> {
    let hay = scan.hay;
    let mut columns = columns.split(|byte| *byte == b',');
    let mut at = from;
    while at < from + ROW {
        let value = literal(hay, at)?;
        let end = value.end + usize::from(value.quoted);
        let quote = |byte: &u8| matches!(byte, b'`' | b'"' | b'[' | b']' | b'\\' | b' ');
        let column = columns.next().unwrap_or_default();
        let column = column.split(quote).find(|part| !part.is_empty()).unwrap_or_default();
        if value.start < value.end
            && own_label_end(scan, value.start).is_none()
            && !wrapped::is_bind(scan.slice(value.start, value.end))
            && let Some(found) = keys::lookup(column)
            && let Some(key) = keys::key(found)
        {
            field(scan, &Named { key: found, start: value.start, end: value.start }, key, column, value);
        }
        let gap = hay.get(end..)?.iter().take_while(|byte| **byte == b' ').count();
        match hay.get(end + gap)? {
            b',' => at = end + gap + 1,
            b')' => return Some(end + gap),
            _ => return None,
        }
    }
    None
}

/// The string, number or word at `at`. A quote inside a string is written twice, or behind a backslash.
pub(crate) fn literal(hay: &[u8], at: usize) -> Option<Value> {
    let rest = hay.get(at..hay.len().min(at + ROW))?;
    let blanks = rest.iter().take_while(|byte| **byte == b' ').count();
    let rest = rest.get(blanks..)?;
    // N'…', E'…'
    let prefix = usize::from(matches!(rest, [b'N' | b'E' | b'B' | b'X', b'\'', ..]));
    let start = at + blanks + prefix;
    let text = rest.get(prefix..)?;
    let quote = match text.first()? {
        quote @ (b'\'' | b'"') => *quote,
        _ => {
            let stops = |byte: &u8| matches!(byte, b',' | b')' | b'(' | b'\n' | b'\r' | b'\'' | b'"');
            let mut length = text.iter().position(stops)?;
            // A call: `NOW()`.
            if text.get(length) == Some(&b'(') {
                length += text.get(length..)?.iter().position(|byte| matches!(byte, b')' | b'\n'))? + 1;
            }
            return Some(Value { start, end: start + text.get(..length)?.trim_ascii_end().len(), quoted: false });
        }
    };
    let mut end = 1;
    loop {
        match (text.get(end)?, text.get(end + 1)) {
            (b'\n' | b'\r', _) => return None,
            (b'\\', Some(_)) => end += 2,
            (byte, Some(next)) if *byte == quote && *next == quote => end += 2,
            (byte, _) if *byte == quote => return Some(Value { start: start + 1, end: start + end, quoted: true }),
            _ => end += 1,
        }
    }
}

/// The error detail of a database: `Key (email, ssn)=(a@example.com, 123456789) already exists.`
pub(super) fn detail(scan: &mut Scan<'_>, mark: usize, at: usize) {
    if mark < scan.done.detail {
        return;
    }
    let hay = scan.hay;
    let end = columns(hay, mark, at, &mut |column, start, end| {
        let column = column.trim_ascii();
        let column = column.strip_suffix(b"::text").unwrap_or(column);
        if own_label_end(scan, start).is_none()
            && let Some(found) = keys::lookup(column)
            && let Some(key) = keys::key(found)
        {
            let value = Value { start, end, quoted: false };
            field(scan, &Named { key: found, start, end: start }, key, column, value);
        }
    });
    scan.done.detail = end.unwrap_or(scan.done.detail);
}

/// Calls `each` with every column of an error detail whose `)=(` is around `mark`, and where its value
/// starts and ends; returns the end of the values.
pub(super) fn columns(hay: &[u8], mark: usize, at: usize, each: &mut dyn FnMut(&[u8], usize, usize)) -> Option<usize> {
    let close = mark - 1;
    let floor = close.saturating_sub(256);
    let before = hay.get(floor..close)?;
    let open = floor + before.iter().rposition(|byte| matches!(byte, b'(' | b'\n' | b'\r')).filter(|at| before.get(*at) == Some(&b'('))?;
    let rest = hay.get(at + 1..hay.len().min(at + 4096)).unwrap_or_default();
    let names = hay.get(open + 1..close).unwrap_or_default().split(|byte| *byte == b',');
    let count = names.clone().count();
    let line = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
    // The last column may hold brackets of its own: `)=(((415) 555-0123) already`.
    let closing = rest
        .get(..line)
        .unwrap_or_default()
        .windows(2)
        .position(|pair| pair == b") ")
        .unwrap_or_else(|| rest.iter().take(line).rposition(|byte| *byte == b')').unwrap_or(line));
    let values_end = at + 1 + if count == 1 { balanced(rest.get(..line).unwrap_or_default()).unwrap_or(closing) } else { closing };
    let mut from = at + 1;
    for (index, column) in names.enumerate() {
        let tail = hay.get(from..values_end).unwrap_or_default();
        let last = index + 1 == count;
        let length = if last { tail.len() } else { tail.windows(2).position(|pair| pair == b", ").unwrap_or(tail.len()) };
        each(column, from, from + length);
        from += length + 2;
    }
    Some(values_end)
}

/// Offset of the bracket that closes the one before `text`.
fn balanced(text: &[u8]) -> Option<usize> {
    let mut depth = 1;
    text.iter().position(|byte| {
        depth += match byte {
            b'(' => 1,
            b')' => -1,
            _ => 0,
        };
        depth == 0
    })
}
