//! Fields of a CSV or TSV record (RFC 4180), with what programs really write: blanks around quotes,
//! quotes inside a quoted field that no delimiter follows, other delimiters.

use super::lines::past_end;
use super::{COLUMNS, Field, ROW, Row};

/// Reads the record at `at` into `fields`.
///
/// `last`: nothing follows `hay`, so that a quoted field that is open at its end stays open.
pub(super) fn row(hay: &[u8], at: usize, delimiter: u8, last: bool, fields: &mut Vec<Field>) -> Row {
    let limit = hay.len().min(at + ROW);
    // The second half of a line end that was cut in two.
    let line = hay.get(at..limit).unwrap_or_default();
    if matches!(line.first(), None | Some(b'\n' | b'\r')) {
        return Row::Other;
    }
    let mut from = at;
    loop {
        let text = hay.get(from..limit).unwrap_or_default();
        let blanks = text.iter().take_while(|byte| **byte == b' ').count();
        let end = if text.get(blanks) == Some(&b'"') {
            let open = from + blanks + 1;
            let Some(close) = closing_quote(hay, open, limit, delimiter) else {
                // The same bytes must decide whatever is there yet.
                let long = limit == at + ROW;
                return if last || long { Row::Other } else { Row::Open };
            };
            fields.push((open, close));
            field_end(hay, close + 1, limit, delimiter)
        } else {
            let end = field_end(hay, from, limit, delimiter);
            fields.push(trimmed(hay, from, end));
            end
        };
        if fields.len() > COLUMNS || end == at + ROW {
            return Row::Other;
        }
        if end >= limit || hay.get(end) != Some(&delimiter) {
            return Row::Whole(past_end(hay, end));
        }
        from = end + 1;
    }
}

/// Without the blanks around it.
pub(super) fn trimmed(hay: &[u8], from: usize, to: usize) -> Field {
    let text = hay.get(from..to).unwrap_or_default();
    let before = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let behind = text.iter().skip(before).rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    (from + before, (to - behind).max(from + before))
}

/// Offset of the next delimiter or line end.
fn field_end(hay: &[u8], from: usize, limit: usize, delimiter: u8) -> usize {
    let rest = hay.get(from..limit).unwrap_or_default();
    from + memchr::memchr3(delimiter, b'\n', b'\r', rest).unwrap_or(rest.len())
}

/// The quote that closes a field: not doubled, and a delimiter or a line end behind it.
fn closing_quote(hay: &[u8], open: usize, limit: usize, delimiter: u8) -> Option<usize> {
    let ends = |byte: Option<&u8>| byte.is_none_or(|byte| *byte == delimiter || matches!(byte, b'\n' | b'\r'));
    let mut from = open;
    loop {
        let at = from + memchr::memchr(b'"', hay.get(from..limit)?)?;
        let rest = hay.get(at + 1..limit).unwrap_or_default();
        if rest.first() == Some(&b'"') {
            from = at + 2;
            continue;
        }
        if ends(rest.iter().find(|byte| **byte != b' ')) {
            return Some(at);
        }
        from = at + 1;
    }
}
