//! Names and values that a call or an arrow joins: `.setPassword("X")`, `.option("password", "X")`,
//! `spark.ssl.password -> X`, `password = "old" -> "new"`, `(spark.app.password,X)`, and parts of a form.

use super::keyed::{field, fits, from_value};
use super::labels::{is_placeholder, own_label_end};
use super::pairs::key_named;
use super::scan::{Scan, is_word};
use super::strings::{line_end, line_end_within, next_line};
use super::value::{self, Value};
use crate::engine::candidates::keys::{self, Named};
use crate::engine::catalog::{Extent, Key};

/// Longest name, and most bytes before an arrow that are looked at.
const NAME: usize = 64;
const REACH: usize = 256;
/// Most bytes of a value.
const LONG: usize = 4096;

/// Looks at `.setX`, and at `.option("` and its like.
pub(crate) fn setter(scan: &mut Scan<'_>, at: usize) {
    let hay = scan.hay;
    let rest = hay.get(at + 1..hay.len().min(at + 1 + NAME)).unwrap_or_default();
    let length = rest.iter().take_while(|byte| is_word(**byte)).count();
    let open = at + 1 + length;
    if scan.byte(open) != b'(' {
        return;
    }
    let name = rest.get(..length).unwrap_or_default();
    if let Some((found, key)) = name.strip_prefix(b"set").and_then(key_named) {
        let Some(value) = string(scan, open + 1).filter(|value| value.start < value.end) else { return };
        return field(scan, &Named { key: found, start: at, end: open }, key, name, value);
    }
    // Of `.set("name", "X")` the first string is the name.
    let Some(first) = string(scan, open + 1).filter(|name| name.end - name.start <= NAME) else { return };
    let Some((found, key)) = key_named(scan.slice(first.start, first.end)) else { return };
    let behind = hay.get(first.end..).unwrap_or_default();
    let closing = behind.iter().take(8).take_while(|byte| matches!(byte, b'\\' | b'"' | b'\'')).count();
    let comma = first.end + closing;
    if scan.byte(comma) != b',' {
        return;
    }
    let Some(value) = string(scan, comma + 1 + usize::from(scan.byte(comma + 1) == b' ')) else { return };
    field(scan, &Named { key: found, start: first.start, end: first.end }, key, b"", value);
}

/// The text of the string at `at`; its quotes may stand behind backslashes.
fn string(scan: &mut Scan<'_>, at: usize) -> Option<Value> {
    let slashes = scan.slice(at, scan.hay.len().min(at + 8)).iter().take_while(|byte| **byte == b'\\').count();
    if !matches!(scan.byte(at + slashes), b'"' | b'\'') {
        return None;
    }
    value::read(scan.hay, at, Extent::Secret, false, &mut scan.done.stops).filter(|value| value.quoted)
}

/// Looks at ` -> `.
pub(crate) fn arrow(scan: &mut Scan<'_>, at: usize) {
    let hay = scan.hay;
    let to = at + 4;
    if keys::plausible(hay, at)
        && let Some(named) = keys::before(hay, at)
    {
        let Some(key) = keys::key(named.key) else { return };
        let name = hay.get(at.saturating_sub(NAME)..named.end).unwrap_or_default();
        let name = name.rsplit(|byte| !(is_word(*byte) || matches!(byte, b'.' | b'-'))).next().unwrap_or_default();
        let Some(value) = value::read(hay, to, Extent::Token, false, &mut scan.done.stops) else { return };
        // An arrow also joins states and hosts: a setting has points in its name.
        if !key.needs_shape && name.contains(&b'.') || fits(key.kind, scan.slice(value.start, value.end)) {
            from_value(scan, &named, key, to, false);
        }
        return;
    }
    // `password = "old" -> "new"`, as Terraform prints a change.
    let floor = at.saturating_sub(REACH);
    let before = hay.get(floor..at).unwrap_or_default();
    let line = memchr::memrchr2(b'\n', b'\r', before).map_or(0, |end| end + 1);
    let before = before.get(line..).unwrap_or_default();
    let Some(sign) = memchr::memmem::rfind(before, b" = ") else { return };
    let mark = floor + line + sign + 1;
    let old = before.get(sign + 3..).unwrap_or_default();
    let whole = matches!(old, [b'"', .., b'"']) || !old.contains(&b' ') || matches!(old, [b'(', .., b')']);
    let next = scan.byte(to + usize::from(scan.byte(to) == b'\\'));
    if !whole || !matches!(next, b'"' | b'\'') && !next.is_ascii_digit() || !keys::plausible(hay, mark) {
        return;
    }
    let Some(named) = keys::before(hay, mark) else { return };
    let Some(key) = keys::key(named.key) else { return };
    from_value(scan, &Named { end: at, ..named }, key, to, false);
}

/// Looks into `(spark.hadoop.fs.s3a.secret.key,X)`, as Spark prints its settings; `at` is in the name.
pub(crate) fn setting(scan: &mut Scan<'_>, at: usize) {
    let hay = scan.hay;
    let floor = at.saturating_sub(2 * NAME);
    let Some(open) = hay.get(floor..at).unwrap_or_default().iter().rposition(|byte| *byte == b'(') else { return };
    let start = floor + open + 1;
    let Some(comma) = hay.get(at..hay.len().min(at + 16)).and_then(|rest| memchr::memchr(b',', rest)) else { return };
    let name = scan.slice(start, at + comma);
    if !name.contains(&b'.') || !name.iter().all(|byte| is_word(*byte) || matches!(byte, b'.' | b'-')) {
        return;
    }
    let Some((found, key)) = key_named(name) else { return };
    let from = at + comma + 1;
    let rest = scan.slice(from, line_end_within(scan, from, LONG));
    // The bracket that closes the pair: what follows it is no part of a value.
    let closes = |at: &usize| matches!(rest.get(at + 1), None | Some(b',' | b')' | b']' | b'"' | b' ' | b'\\'));
    let Some(length) = memchr::memchr_iter(b')', rest).find(closes) else { return };
    let value = Value { start: from, end: from + length, quoted: true };
    let text = scan.slice(value.start, value.end);
    if own_label_end(scan, from).is_none() && !text.is_empty() && !is_placeholder(scan.settings, text) {
        field(scan, &Named { key: found, start, end: from }, key, b"", value);
    }
}

/// Looks at `form-data; name=`: a part of a form, whose value stands behind an empty line (RFC 7578).
pub(crate) fn part(scan: &mut Scan<'_>, at: usize) {
    let hay = scan.hay;
    let end = line_end_within(scan, at, LONG);
    let rest = hay.get(at..end.min(at + LONG)).unwrap_or_default();
    let Some(from) = memchr::memmem::find(rest, b"name=").map(|found| found + 5) else { return };
    let quote = rest.get(from..).unwrap_or_default();
    let slashes = quote.iter().take_while(|byte| **byte == b'\\').count();
    let Some(text) = quote.strip_prefix(rest.get(from..from + slashes).unwrap_or_default()).and_then(|text| text.strip_prefix(b"\""))
    else {
        return;
    };
    let Some(length) = text.iter().take(NAME).position(|byte| matches!(byte, b'"' | b'\\')) else { return };
    let Some((found, key)) = text.get(..length).and_then(key_named) else { return };
    let behind = at + from + slashes + 1 + length + slashes + 1;
    let named = Named { key: found, start: at, end: behind };
    if behind >= end && matches!(scan.byte(end), b'\n' | b'\r') {
        return lines(scan, &named, key, at, end);
    }
    // In one string the line ends are escaped: `\r\n\r\n`, or `\n\n`.
    let rest = scan.slice(behind, end.min(behind + REACH));
    let skip = |text: &[u8]| text.iter().take_while(|byte| **byte == b'\\').count();
    let once = skip(rest);
    let escaped = rest.get(once..).unwrap_or_default();
    let breaks = if escaped.starts_with(b"r") { 4 } else { 2 };
    let mut at = behind;
    for turn in 0..breaks {
        let letter = scan.byte(at + once);
        let wanted = if breaks == 4 && turn % 2 == 0 { b'r' } else { b'n' };
        if once == 0 || letter != wanted || skip(scan.slice(at, scan.hay.len().min(at + 32))) != once {
            return;
        }
        at += once + 1;
    }
    let rest = scan.slice(at, end.min(at + LONG));
    let length = rest.iter().position(|byte| matches!(byte, b'\\' | b'"')).unwrap_or(rest.len());
    let value = Value { start: at, end: at + length, quoted: true };
    if length > 0 && own_label_end(scan, at).is_none() {
        field(scan, &named, key, b"", value);
    }
}

/// The same over lines: an empty one, and the value in the one behind it.
fn lines(scan: &mut Scan<'_>, named: &Named, key: &'static Key, at: usize, end: usize) {
    let start = memchr::memrchr2(b'\n', b'\r', scan.slice(0, at)).map_or(0, |end| end + 1);
    let Some(empty) = next_line(scan, start, end) else { return };
    if line_end(scan, empty) != empty {
        return;
    }
    let Some(first) = next_line(scan, start, empty) else { return };
    let stop = line_end(scan, first);
    let value = Value { start: first, end: stop, quoted: true };
    if first < stop && scan.slice(first, first + 2) != b"--" && own_label_end(scan, first).is_none() {
        scan.hold.tie(start, first);
        field(scan, named, key, b"", value);
    }
}
