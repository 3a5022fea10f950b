//! Health messages: one small file for each format.
//!
//! Fields are masked by their position or name in the standard, one record at a time. What the formats share
//! is here: where a segment of an HL7 or X12 message ends, and how it is cut into fields.

mod dicom;
mod fhir;
mod hl7;
mod x12;

use super::scan::Scan;

pub(super) use dicom::dicom;
pub(super) use fhir::fhir;
pub(super) use hl7::hl7;
pub(crate) use hl7::{delimiter_of, segment_value};
pub(super) use x12::x12;

/// Longest record part looked at, in bytes.
const LIMIT: usize = 16 * 1024;

/// The numbered fields between `start` and `end`: number from 1, first byte, one past the last.
fn fields_of(hay: &[u8], start: usize, end: usize, delimiter: u8) -> impl Iterator<Item = (usize, usize, usize)> + use<'_> {
    let mut from = start;
    hay.get(start..end).unwrap_or_default().split(move |byte| *byte == delimiter).enumerate().map(move |(at, field)| {
        let to = from + field.len();
        let found = (at + 1, from, to);
        from = to + 1;
        found
    })
}

/// One past a segment: its terminator, a record end, an escaped one, or the quote around it.
///
/// Two quotes between delimiters are a field that was emptied (HL7 v2.5.1, 2.5.3) and end nothing.
fn segment_end(scan: &Scan<'_>, at: usize, delimiter: u8, terminator: Option<u8>) -> usize {
    let limit = scan.hay.len().min(at + LIMIT);
    let mut end = at;
    while end < limit {
        match scan.byte(end) {
            b'\n' | b'\r' => break,
            byte if Some(byte) == terminator => break,
            b'"' if scan.before(end) == delimiter && scan.byte(end + 1) == b'"' && scan.byte(end + 2) == delimiter => end += 2,
            b'"' => break,
            b'\\' if scan.before(end) == delimiter && scan.slice(end, end + 4) == b"\\\"\\\"" && scan.byte(end + 4) == delimiter => {
                end += 4
            }
            b'\\' if is_line_escape(scan, end) || scan.byte(end + 1) == b'"' => break,
            _ => end += 1,
        }
    }
    end
}

/// Whether an escaped line end begins at `at`: `\r`, `\n`, `\u000d`, behind any backslashes. The `\R\` of HL7
/// has a capital.
fn is_line_escape(scan: &Scan<'_>, at: usize) -> bool {
    let rest = scan.slice(at, scan.hay.len().min(at + 16));
    let slashes = rest.iter().take_while(|byte| **byte == b'\\').count();
    let rest = rest.get(slashes..).unwrap_or_default();
    slashes > 0
        && (matches!(rest.first(), Some(b'r' | b'n'))
            || rest.starts_with(b"u000d")
            || rest.starts_with(b"u000D")
            || rest.starts_with(b"u000a"))
}

/// One past the escaped line ends at `at`.
fn past_escapes(scan: &Scan<'_>, mut at: usize) -> usize {
    for _ in 0..4 {
        if !is_line_escape(scan, at) {
            break;
        }
        while scan.byte(at) == b'\\' {
            at += 1;
        }
        at += if scan.byte(at) == b'u' { 5 } else { 1 };
    }
    at
}
