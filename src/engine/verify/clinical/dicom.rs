//! DICOM dumps: the values of tags that name a person, an institution, a date or a study.
//!
//! dcmdump writes `(0010,0010) PN [DOE^JANE]`, pydicom `(0010, 0010) Patient's Name  PN: 'DOE^JANE'`.
//! Source: DICOM PS3.6 (data dictionary) and PS3.15, table E.1-1.

use crate::engine::catalog::id;
use crate::engine::verify::labels::is_placeholder;
use crate::engine::verify::scan::{Scan, Source};

/// Identifying elements by group, in lower case; of group 0010 all are.
const TAGS: [(&[u8], &[&[u8]]); 7] = [
    (
        b"0008",
        &[
            b"0012", b"0014", b"0018", b"0020", b"0021", b"0022", b"0023", b"002a", b"0050", b"0080", b"0081", b"0090", b"0092", b"0094",
            b"1010", b"1040", b"1048", b"1050", b"1060", b"1070", b"1155",
        ],
    ),
    (b"0012", &[b"0020", b"0040", b"0042"]),
    (b"0018", &[b"1000", b"1002", b"1200"]),
    (b"0020", &[b"000d", b"000e", b"0010", b"0052"]),
    (b"0032", &[b"1032", b"1033", b"1000", b"1010"]),
    (b"0038", &[b"0010", b"0011", b"0020", b"0030", b"0300", b"0400"]),
    (b"0040", &[b"0006", b"0244", b"1001", b"1010", b"2008", b"2009", b"2010", b"2016", b"2017", b"a123"]),
];

/// Looks at `(0010,`: a line of a dump.
pub(crate) fn dicom(scan: &mut Scan<'_>, at: usize) {
    let rest = scan.slice(at, scan.hay.len().min(at + 512));
    let Some(close) = rest.iter().take(12).position(|byte| *byte == b')').filter(|close| (10..=11).contains(close)) else { return };
    // An escaped line end, as in a record of a container's log, ends the line as well.
    let ends = |pair: &[u8]| matches!(pair, [b'\n' | b'\r', _] | [b'\\', b'n' | b'r']);
    // A value opens before the next tag of the line.
    let tag = |six: &[u8]| matches!(six, [b'(', digits @ .., b','] if digits.iter().all(u8::is_ascii_hexdigit));
    let behind = rest.get(close..).unwrap_or_default();
    let next = behind.windows(6).position(tag).unwrap_or(behind.len());
    if !behind.get(..next).unwrap_or_default().iter().any(|byte| matches!(byte, b'[' | b'\'' | b'"' | b'U')) {
        return;
    }
    let line = rest.get(..rest.windows(2).position(ends).unwrap_or(rest.len())).unwrap_or_default();
    if line.len() <= close {
        return;
    }
    let group = line.get(1..5).unwrap_or_default();
    let element = line.get(close - 4..close).unwrap_or_default();
    let known = TAGS.iter().find(|(name, _)| *name == group);
    if group != b"0010" && !known.is_some_and(|(_, elements)| elements.iter().any(|name| name.eq_ignore_ascii_case(element))) {
        return;
    }
    let Some((start, end)) = bracketed(line, close).or_else(|| bare_uid(line, close)) else { return };
    if !is_placeholder(scan.settings, line.get(start..end).unwrap_or_default()) {
        scan.accept_alone(id::DICOM_TAG_DUMP, at + start, at + end, Source::Format);
    }
}

/// The value in brackets or quotes; the apostrophe of `Patient's Name` opens nothing.
fn bracketed(line: &[u8], close: usize) -> Option<(usize, usize)> {
    let opens = |offset: &usize| match line.get(*offset) {
        Some(b'[') => true,
        Some(quote @ (b'\'' | b'"')) => {
            let before = line.get(..*offset).unwrap_or_default().iter().rev().find(|byte| *byte != quote && **byte != b'\\');
            before.is_some_and(|byte| matches!(byte, b' ' | b'\t' | b':' | b'='))
        }
        _ => false,
    };
    let mut open = (close..line.len()).find(opens)?;
    let opener = line.get(open).copied().unwrap_or(b'[');
    let closing = if opener == b'[' { b']' } else { opener };
    // A doubled quote, as SQL and CSV write it.
    if opener != b'[' && line.get(open + 1) == Some(&opener) && line.get(open + 2).is_some_and(|byte| !matches!(byte, b' ' | b',' | b')')) {
        open += 1;
    }
    let body = line.get(open + 1..).unwrap_or_default();
    let length = body.iter().position(|byte| *byte == closing).unwrap_or(body.len());
    let slashes = body.get(..length).unwrap_or_default().iter().rev().take_while(|byte| **byte == b'\\').count();
    Some((open + 1, open + 1 + length - slashes))
}

/// pydicom prints unique identifiers without quotes: `UI: 1.2.840.113619.2.55`.
fn bare_uid(line: &[u8], close: usize) -> Option<(usize, usize)> {
    let start = close + line.get(close..)?.windows(4).position(|four| four == b"UI: ")? + 4;
    let length = line.get(start..)?.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    (length >= 5).then_some((start, start + length))
}
