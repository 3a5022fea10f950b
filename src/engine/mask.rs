//! Spans to output: the replacement of each, valid in the format of its record.
//!
//! Last step of a scan, and with the stream the only maker of clean bytes. Stretches
//! outside spans are copied as they are. A masked JSON number becomes `null`, a masked
//! JSON key stays a different key from its neighbours, and our labels hide how long a
//! value was. Never emits more of a value than the mask allows.

use super::catalog::{Kind, Partial, id};
use super::resolve::Span;
use super::tally::Tally;
use std::fmt;
use std::io::Write as _;
use std::str::FromStr;

/// How a finding is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Mask {
    /// Keeps the characters the kind allows, stars for the rest.
    Partial,
    /// The kind in brackets: `[EMAIL]`.
    Label,
    /// Nothing.
    DropValue,
    /// The whole record goes: `[WITHHELD:policy]`.
    DropRecord,
}

impl Mask {
    /// Every mask, loosest first.
    pub const ALL: [Self; 4] = [Self::Partial, Self::Label, Self::DropValue, Self::DropRecord];

    /// Name in options and policies.
    pub fn name(self) -> &'static str {
        match self {
            Self::Partial => "partial",
            Self::Label => "label",
            Self::DropValue => "drop_value",
            Self::DropRecord => "drop_record",
        }
    }

    pub(crate) fn strictest(self, other: Self) -> Self {
        self.max(other)
    }
}

impl fmt::Display for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Mask {
    type Err = UnknownMask;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|mask| mask.name() == name).ok_or(UnknownMask)
    }
}

/// A mask name that does not exist.
#[derive(Debug, thiserror::Error)]
#[error("not a mask; one of label, partial, drop_value, drop_record is allowed")]
pub struct UnknownMask;

/// What a span is called in output and reports.
#[derive(Clone, Copy)]
pub(crate) struct Name<'a> {
    pub(crate) id: &'a str,
    pub(crate) label: &'a str,
    pub(crate) partial: Option<Partial>,
}

impl<'a> Name<'a> {
    pub(crate) fn of(kind: &'static Kind) -> Self {
        Self { id: kind.id, label: kind.label, partial: kind.partial }
    }
}

/// Writes `hay` from `from` to its end with `spans` replaced.
pub(crate) fn write<'n>(hay: &[u8], from: usize, spans: &[Span], name: impl Fn(&Span) -> Name<'n>, out: &mut Vec<u8>, tally: &mut Tally) {
    let mut at = from;
    // Where the current record starts, as far as written, and where the one whose keys are counted.
    let (mut record, mut counted) = (from, usize::MAX);
    // Whether the record that starts there is JSON, once asked.
    let mut json = (usize::MAX, false);
    for span in spans {
        let start = span.start.max(at);
        if span.end <= at {
            continue;
        }
        let before = hay.get(at..start).unwrap_or_default();
        if let Some(end) = memchr::memrchr2(b'\n', b'\r', before) {
            record = at + end + 1;
        }
        out.extend_from_slice(before);
        at = span.end;
        let name = name(span);
        tally.add(span.kind, span.end - start);
        if span.mask == Mask::DropRecord {
            // Every line of the input is one line of the output.
            let written = memchr::memrchr2(b'\n', b'\r', out).map_or(0, |end| end + 1);
            out.truncate(written);
            out.extend_from_slice(b"[WITHHELD:policy]");
            let rest = hay.get(at..).unwrap_or_default();
            at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            tally.report.dropped += 1;
            continue;
        }
        let value = hay.get(start..span.end).unwrap_or_default();
        if is_json_number(hay, record, start, span.end, &mut json) {
            out.extend_from_slice(b"null");
            continue;
        }
        // The sign of a negative number would be left in front of a label.
        if start > record && hay.get(start - 1) == Some(&b'-') && is_json_number(hay, record, start - 1, span.end, &mut json) {
            out.pop();
            out.extend_from_slice(b"null");
            continue;
        }
        replace(value, span, &name, out);
        if is_json_key(hay, start, span.end) {
            if counted != record {
                tally.keys.clear();
                counted = record;
            }
            match tally.keys.iter_mut().find(|(kind, _)| *kind == span.kind) {
                Some((_, same)) => {
                    *same += 1;
                    let _ = write!(out, "#{same}"); // a Vec takes everything
                }
                None => tally.keys.push((span.kind, 1)),
            }
        }
    }
    out.extend_from_slice(hay.get(at..).unwrap_or_default());
}

fn replace(value: &[u8], span: &Span, name: &Name<'_>, out: &mut Vec<u8>) {
    match (span.mask, name.partial) {
        (Mask::DropValue | Mask::DropRecord, _) => {}
        (Mask::Partial, Some(keep)) => partial(value, span, keep, out),
        (Mask::Label | Mask::Partial, _) => out.extend_from_slice(name.label.as_bytes()),
    }
}

/// Letters and digits become stars, but for the first and last few; separators stay.
fn partial(value: &[u8], span: &Span, keep: Partial, out: &mut Vec<u8>) {
    if span.kind == id::EMAIL {
        if let Some(at) = value.iter().rposition(|byte| *byte == b'@') {
            out.extend(value.iter().take(usize::from(keep.first).min(at)));
            out.extend_from_slice(b"***");
            out.extend_from_slice(value.get(at..).unwrap_or_default());
            return;
        }
    }
    let total = value.iter().filter(|byte| counts(**byte)).count();
    // A value too short to hide anything is hidden whole.
    let (first, last) = (usize::from(keep.first), usize::from(keep.last));
    let shown = if total >= first + last + 4 { (first, last) } else { (0, 0) };
    let mut seen = 0;
    for byte in value {
        if counts(*byte) {
            seen += 1;
            let kept = seen <= shown.0 || seen > total - shown.1;
            out.push(if kept { *byte } else { b'*' });
        } else if byte.is_ascii() {
            out.push(*byte);
        }
    }
}

/// Stars count, so that masking a masked value changes nothing.
fn counts(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'*' || byte >= 0x80
}

/// Whether the span is a whole JSON number: the value of a quoted key, or an element of a list
/// in a record that is JSON from its first byte to its last.
fn is_json_number(hay: &[u8], record: usize, start: usize, end: usize, json: &mut (usize, bool)) -> bool {
    let value = hay.get(start..end).unwrap_or_default();
    let numeric = value.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-')
        && value.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E'));
    if !numeric {
        return false;
    }
    // Only a separator of JSON right before it makes a number one.
    let near = hay.get(record.max(start.saturating_sub(64))..start).unwrap_or_default();
    let before = near.trim_ascii_end();
    if !matches!(before.last(), Some(b':' | b',' | b'[')) {
        return false;
    }
    let closed =
        matches!(hay.get(end..).unwrap_or_default().iter().find(|byte| **byte != b' '), None | Some(b',' | b'}' | b']' | b'\n' | b'\r'));
    match before.last() {
        Some(b':') if closed => before.get(..before.len() - 1).unwrap_or_default().trim_ascii_end().last() == Some(&b'"'),
        Some(b',' | b'[') if closed => {
            let rest = hay.get(record..).unwrap_or_default();
            let line = rest.get(..memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())).unwrap_or_default();
            // A long list asks once.
            if json.0 != record {
                *json = (record, is_json(line));
            }
            json.1
        }
        _ => false,
    }
}

/// Whether a line is one JSON object or list, as far as its brackets, quotes and words tell.
///
/// A parser would take memory for each level of nesting.
fn is_json(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in line.iter().enumerate() {
        if quoted {
            quoted = escaped || *byte != b'"';
            escaped = !escaped && *byte == b'\\';
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth > 0 => depth -= 1,
            b':' | b',' | b' ' | b'\t' | b'0'..=b'9' | b'+' | b'-' | b'.' | b'E' => {}
            // true, false, null
            b'a' | b'e' | b'f' | b'l' | b'n' | b'r' | b's' | b't' | b'u' => {}
            _ => return false,
        }
        if depth == 0 && at + 1 < line.len() {
            return false;
        }
    }
    depth == 0 && !quoted && !line.is_empty()
}

/// Whether the span lies in a JSON key: a quote and a colon follow.
fn is_json_key(hay: &[u8], start: usize, end: usize) -> bool {
    let mut rest = hay.get(end..).unwrap_or_default().iter().skip_while(|byte| !matches!(byte, b'"' | b'\n' | b',' | b'{' | b'}' | b' '));
    start > 0 && rest.next() == Some(&b'"') && rest.find(|byte| **byte != b' ') == Some(&b':')
}

/// Declares a masked value clean.
pub(crate) fn cleaned(bytes: std::borrow::Cow<'_, [u8]>) -> crate::record::Cleaned<'_> {
    crate::record::Cleaned::assume_scrubbed(bytes)
}
