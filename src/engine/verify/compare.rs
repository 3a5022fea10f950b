//! Values that a column is compared with: `mrn IN ('X', 'Y')`, `mrn LIKE 'X'`, `mrn <> 'X'`, `ssn BETWEEN 'X' AND
//! 'Y'`, `password == "X"`, and the keys that MySQL names: `Duplicate entry 'X' for key 'users.mrn'`.
//!
//! Comparisons also stand in code and in sentences: what has no quotes must have the shape of its kind.

use super::keyed::{field, fits};
use super::labels::own_label_end;
use super::pairs::key_named;
use super::scan::Scan;
use super::sql::literal;
use super::strings::line_end_within;
use super::value::{self, Value};
use super::wrapped;
use crate::engine::candidates::keys::{self, Named};
use crate::engine::catalog::{Extent, Key, id};

/// Most values of one comparison.
const VALUES: usize = 256;
/// Fewest digits of a number without quotes.
const DIGITS: usize = 5;

/// Looks at `IN (`, `LIKE '` and `BETWEEN `, in either case.
pub(crate) fn operator(scan: &mut Scan<'_>, at: usize) {
    if !scan.word_may_start(at) || scan.before(at) != b' ' {
        return;
    }
    let before = scan.slice(at.saturating_sub(5), at);
    let negated = before.get(before.len().saturating_sub(5)..).is_some_and(|text| text.eq_ignore_ascii_case(b" NOT "));
    let mark = if negated { at - 5 } else { at };
    let rest = scan.slice(at, scan.hay.len().min(at + 16));
    let is = |word: &[u8]| rest.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    let (from, most) = if is(b"IN (") {
        (at + 4, VALUES)
    } else if is(b"LIKE ") {
        (at + 5, 1)
    } else if is(b"BETWEEN ") {
        (at + 8, 2)
    } else {
        return;
    };
    compared(scan, mark, from, most);
}

/// Looks at the sign of ` <> 'X'`, ` > 'X'` and ` < 'X'`: `at` is the byte before the blank before it.
pub(crate) fn sign(scan: &mut Scan<'_>, at: usize) {
    let signs = scan.slice(at + 2, scan.hay.len().min(at + 4)).iter().take_while(|byte| matches!(byte, b'<' | b'>')).count();
    compared(scan, at + 1, at + 2 + signs, 1);
}

/// Looks one past `==`, `!=`, `>=` or `<=`.
pub(super) fn equals(scan: &mut Scan<'_>, at: usize) {
    let signs = scan.slice(at.saturating_sub(3), at).iter().rev().take_while(|byte| matches!(byte, b'=' | b'!' | b'<' | b'>')).count();
    if signs < 4 {
        compared(scan, at - signs, at, 1);
    }
}

/// Judges up to `most` values from `from` on by the name that ends before `mark`.
fn compared(scan: &mut Scan<'_>, mark: usize, from: usize, most: usize) {
    let hay = scan.hay;
    if !keys::plausible(hay, mark) {
        return;
    }
    let Some(named) = keys::before(hay, mark) else { return };
    let Some(key) = keys::key(named.key).filter(|key| key.kind != id::URL_WITH_IDS) else { return };
    let mut at = from;
    for _ in 0..most {
        let blanks = hay.get(at..).unwrap_or_default().iter().take(4).take_while(|byte| **byte == b' ').count();
        let start = at + blanks;
        let found = match scan.byte(start) {
            // In a string of JSON the quotes are escaped.
            b'\\' => value::read(hay, start, Extent::Secret, false, &mut scan.done.stops).filter(|value| value.quoted),
            b'0'..=b'9' => {
                let length = hay.get(start..).unwrap_or_default().iter().take(64).take_while(|byte| byte.is_ascii_digit()).count();
                Some(Value { start, end: start + length, quoted: false })
            }
            _ => literal(hay, start),
        };
        let Some(value) = found else { return };
        one(scan, &named, key, value);
        let mut end = value.end;
        while matches!(scan.byte(end), b' ' | b'\\' | b'\'' | b'"') && end < value.end + 8 {
            end += 1;
        }
        let rest = scan.slice(end, scan.hay.len().min(end + 4));
        at = if rest.first() == Some(&b',') {
            end + 1
        } else if most == 2 && rest.eq_ignore_ascii_case(b"AND ") {
            end + 4
        } else {
            return;
        };
    }
}

fn one(scan: &mut Scan<'_>, named: &Named, key: &'static Key, value: Value) {
    let text = scan.slice(value.start, value.end);
    let number = text.len() >= DIGITS && fits(key.kind, text) && scan.word_may_end(value.end) && scan.byte(value.end) != b'.';
    let bound = wrapped::is_bind(text);
    if (value.quoted || number) && !bound && value.start < value.end && own_label_end(scan, value.start).is_none() {
        field(scan, named, key, b"", value);
    }
}

/// What names of indexes begin or end with.
const AROUND: [&[u8]; 8] = [b"_unique", b"_uniq", b"_idx", b"_index", b"_key", b"_uk", b"_uq", b"_constraint"];

/// Looks at `Duplicate entry 'X' for key 'users.mrn'`.
pub(crate) fn duplicate(scan: &mut Scan<'_>, at: usize) {
    let hay = scan.hay;
    let rest = hay.get(at..line_end_within(scan, at, 512)).unwrap_or_default();
    let Some(value) = literal(hay, at + b"Duplicate entry ".len()).filter(|value| value.quoted) else { return };
    let Some(key) = memchr::memmem::find(rest, b" for key ").map(|found| found + 9) else { return };
    let name = rest.get(key..).unwrap_or_default();
    let name = name.strip_prefix(b"\\").unwrap_or(name);
    let Some(name) = name.get(1..).and_then(|name| name.split(|byte| matches!(byte, b'\'' | b'"' | b'`' | b'\\')).next()) else { return };
    let ends =
        |end: &&&[u8]| name.len() > end.len() && name.get(name.len() - end.len()..).is_some_and(|tail| tail.eq_ignore_ascii_case(end));
    let short = AROUND.iter().find(ends).and_then(|end| name.get(..name.len() - end.len()));
    let Some((found, known)) = key_named(name).or_else(|| short.and_then(key_named)) else { return };
    let behind = value.end + usize::from(value.quoted);
    if value.start < value.end && behind < at + key && own_label_end(scan, value.start).is_none() {
        field(scan, &Named { key: found, start: at, end: behind }, known, name, value);
    }
}
