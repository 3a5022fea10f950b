//! Values of several groups, and several values behind one key: `51.5014, -0.1419`, `4111  1111  1111  1111`,
//! `AB 1234563`, `mrn: 64912000, 64912001`.
//!
//! An unquoted value is read to its first blank or comma; here it is decided what behind that belongs to it.

use super::keyed::{fits, neighbours};
use super::prose;
use super::scan::{Scan, is_word};
use super::value::Value;
use super::wrapped::{self, Wrapped};
use crate::engine::catalog::{Class, Extent, Key, KindId, id};
use crate::engine::views::octal;

/// Most bytes of a value of groups.
const GROUPS: usize = 120;
/// Most values of a row.
const ROW: usize = 256;
/// Fewest and most bytes of a value that others of its form may follow.
const FORM: std::ops::RangeInclusive<usize> = 5..=40;

/// One past the longest value of several groups that fits: `51.5014, -0.1419`, `60-83-71 12345678`.
pub(super) fn groups_end(scan: &Scan<'_>, key: &Key, value: Value) -> usize {
    let kind = key.kind;
    let mut best = value.end;
    let reach = scan.hay.len().min(value.start + GROUPS);
    if kind == id::STREET_ADDRESS {
        // Words in small letters belong to it when the whole is an address: `77 rue de l'Exemple`.
        let rest = scan.slice(value.start, reach);
        let line = rest.iter().position(|byte| b"\n\r\"])};=&|<>\\".contains(byte)).unwrap_or(rest.len());
        let ends = (1..=line).filter(|end| matches!(rest.get(*end), None | Some(b' ' | b',')) || *end == line);
        return ends.map(|end| value.start + end).rfind(|end| *end > best && fits(kind, scan.slice(value.start, *end))).unwrap_or(best);
    }
    if kind == id::US_DRIVERS_LICENSE && prose::behind_state(scan, value) > best {
        return prose::behind_state(scan, value);
    }
    if kind == id::GEO_COORDINATES && scan.slice(value.start, value.start + 6).eq_ignore_ascii_case(b"POINT(") {
        // POINT(-0.1419 51.5014)
        let rest = scan.slice(value.end, scan.hay.len().min(value.end + 64));
        let close = rest.iter().position(|byte| matches!(byte, b')' | b'\n')).map_or(value.end, |length| value.end + length + 1);
        return if fits(kind, scan.slice(value.start, close)) { close } else { best };
    }
    if let Some(end) = lettered(scan, key, value).or_else(|| apart(scan, kind, value)).or_else(|| in_steps(scan, key, value)) {
        return end;
    }
    if !matches!(kind, id::GEO_COORDINATES | id::BANK_ACCOUNT_GB | id::BANK_ACCOUNT_AU | id::PHONE_E164) {
        return best;
    }
    let mut end = value.end;
    for _ in 0..3 {
        let gap = match (scan.byte(end), scan.byte(end + 1)) {
            (b',', b' ') => 2,
            (b',' | b' ', _) => 1,
            _ => break,
        };
        let rest = scan.slice(end + gap, scan.hay.len().min(end + gap + 24));
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.')).count();
        end += gap + length;
        if length == 0 || !scan.word_may_end(end) {
            break;
        }
        let text = scan.slice(value.start, end);
        if fits(kind, text) || neighbours(kind).iter().any(|kind| fits(*kind, text)) {
            best = end;
        }
    }
    best
}

/// Whether the key suffices and names an identifier, which may be written in groups.
fn names_identifier(key: &Key) -> bool {
    let identifies = |class| matches!(class, Class::National | Class::Health | Class::Generic);
    let kind = key.kind.builtin();
    !key.needs_shape
        && !matches!(key.kind, id::DATE_OF_BIRTH | id::DATE_HEALTH | id::AGE | id::USERNAME | id::ICD10_CODE)
        && kind.is_some_and(|kind| identifies(kind.class) && matches!(kind.extent, Extent::Token | Extent::Digits))
}

/// `AB 1234563`, `A 12345678`, `CA D1234567`: up to three capitals and a number with them.
fn lettered(scan: &Scan<'_>, key: &Key, value: Value) -> Option<usize> {
    let first = scan.slice(value.start, value.end);
    if !(1..=3).contains(&first.len())
        || !first.iter().all(u8::is_ascii_uppercase)
        || scan.byte(value.end) != b' '
        || !names_identifier(key)
    {
        return None;
    }
    let start = value.end + 1;
    let rest = scan.slice(start, scan.hay.len().min(start + 24));
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase() || **byte == b'-').count();
    let digits = rest.iter().take(length).filter(|byte| byte.is_ascii_digit()).count();
    let ends = !matches!(rest.get(length), Some(b':' | b'=' | b'.' | b'/')) || !rest.get(length + 1).is_some_and(|next| is_word(*next));
    (digits >= 5 && ends && scan.word_may_end(start + length)).then_some(start + length)
}

/// Digits with more between them than one sign, when all of them are a number of the kind: `4111  1111  1111  1111`,
/// `123 - 45 - 6789`, `212 5551234`.
fn apart(scan: &Scan<'_>, kind: KindId, value: Value) -> Option<usize> {
    const DIGITS: usize = 19;
    if !matches!(kind, id::PAN | id::US_SSN | id::PHONE_E164) {
        return None;
    }
    let mut digits = [0u8; DIGITS];
    let (mut count, mut at, mut best) = (0, value.start, None);
    for _ in 0..8 {
        let rest = scan.slice(at, scan.hay.len().min(at + DIGITS + 1));
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (Some(to), Some(from)) = (digits.get_mut(count..count + length), rest.get(..length)) else { break };
        if length == 0 {
            break;
        }
        to.copy_from_slice(from);
        (count, at) = (count + length, at + length);
        let all = digits.get(..count).unwrap_or_default();
        let whole = match kind {
            id::PHONE_E164 => fits(id::PHONE_NANP, all),
            id::US_SSN => count == 9,
            _ => fits(kind, all),
        };
        if at > value.end && whole && scan.digits_may_end(at) && !matches!(scan.byte(at), b':' | b'=') {
            best = Some(at);
        }
        let gap = scan.slice(at, scan.hay.len().min(at + 3));
        at += match gap {
            [b' ', b'-', b' '] => 3,
            [b' ', b' ', ..] => 2,
            [b' ' | b'-', ..] => 1,
            _ => break,
        };
    }
    best
}

/// `64 91 20 00`: three groups of digits or more, all of one length.
fn in_steps(scan: &Scan<'_>, key: &Key, value: Value) -> Option<usize> {
    let first = scan.slice(value.start, value.end);
    let length = first.len();
    if !(2..=4).contains(&length) || !first.iter().all(u8::is_ascii_digit) || !names_identifier(key) {
        return None;
    }
    let (mut end, mut groups) = (value.end, 1);
    while groups < 8 && scan.byte(end) == b' ' {
        let group = scan.slice(end + 1, end + 1 + length);
        let next = end + 1 + length;
        if group.len() != length
            || !group.iter().all(u8::is_ascii_digit)
            || !scan.digits_may_end(next)
            || matches!(scan.byte(next), b':' | b'=')
        {
            break;
        }
        (end, groups) = (next, groups + 1);
    }
    (groups >= 3).then_some(end)
}

/// Calls `each` with the values of the same form that follow a value behind commas: `64912000, 64912001`.
pub(super) fn more<'a>(scan: &mut Scan<'a>, first: Value, mut each: impl FnMut(&mut Scan<'a>, Value)) {
    let hay = scan.hay;
    let text = hay.get(first.start..first.end).unwrap_or_default();
    if !FORM.contains(&text.len()) || !text.iter().any(u8::is_ascii_digit) {
        return;
    }
    let form = |byte: &u8| match byte {
        b'0'..=b'9' => b'9',
        b'a'..=b'z' => b'a',
        b'A'..=b'Z' => b'A',
        other => *other,
    };
    let mut at = first.end;
    for _ in 0..ROW {
        if scan.byte(at) != b',' {
            return;
        }
        let start = at + 1 + usize::from(scan.byte(at + 1) == b' ');
        let end = start + text.len();
        let next = hay.get(start..end).unwrap_or_default();
        let same = next.len() == text.len() && next.iter().map(form).eq(text.iter().map(form));
        let goes_on = is_word(scan.byte(end)) || matches!(scan.byte(end), b':' | b'=' | b'@' | b'-' | b'/' | b'(');
        if !same || goes_on || scan.byte(end) == b'.' && is_word(scan.byte(end + 1)) {
            return;
        }
        each(scan, Value { start, end, quoted: false });
        at = end;
    }
}

/// What stands alone behind a sign or in brackets, as a value: `#64912000`, `(64912000)`, `{64912000}`.
pub(super) fn marked(scan: &Scan<'_>, at: usize) -> Option<Value> {
    const FEWEST: usize = 3;
    let close = match scan.byte(at) {
        b'#' if octal(scan.slice(at, at + 4)).is_none() => None,
        b'(' => Some(b')'),
        b'{' => Some(b'}'),
        _ => return None,
    };
    let rest = scan.slice(at + 1, scan.hay.len().min(at + 1 + *FORM.end()));
    let length = rest.iter().take_while(|byte| is_word(**byte) || matches!(byte, b'-' | b'/')).count();
    let digits = rest.iter().take(length).filter(|byte| byte.is_ascii_digit()).count();
    let ends = match close {
        Some(close) => rest.get(length) == Some(&close),
        None => !matches!(rest.get(length), Some(b'=' | b'(')),
    };
    (digits >= FEWEST && ends).then_some(Value { start: at + 1, end: at + 1 + length, quoted: false })
}

/// One past a secret that a `&` is part of: outside of a query, `Tr0ub4dor&52`, unless a name or an entity stands behind it.
pub(super) fn past_ampersands(scan: &mut Scan<'_>, name: usize, mut end: usize) -> usize {
    const NAME: usize = 64;
    let before = scan.slice(name.saturating_sub(NAME), name);
    let own = before.iter().rev().take_while(|byte| is_word(**byte) || matches!(byte, b'-' | b'.' | b'%' | b'[' | b']')).count();
    if matches!(scan.before(name - own), b'?' | b'&' | b';') {
        return end;
    }
    for _ in 0..8 {
        let rest = scan.slice(end, scan.hay.len().min(end + NAME));
        let Some((b'&', rest)) = rest.split_first() else { break };
        let word = rest.iter().take_while(|byte| is_word(**byte) || matches!(byte, b'-' | b'.' | b'[' | b']' | b'%' | b'#')).count();
        // `&x=1`, `&amp;`, `&&`, and a `&` that nothing follows.
        if matches!(rest.get(word), Some(b'=' | b';'))
            || matches!(rest.first(), None | Some(b' ' | b'\t' | b'&' | b'\n' | b'\r' | b'"' | b'\'' | b'`' | b',' | b'\\'))
        {
            break;
        }
        let Some(next) = super::value::read(scan.hay, end + 1, Extent::Secret, false, &mut scan.done.stops).filter(|next| !next.quoted)
        else {
            break;
        };
        end = next.end;
    }
    end
}

/// The value in the brackets behind a word or a sign: `Optional[123456789]`, `#64912000`, `(64912000)`.
pub(super) fn bracketed(scan: &Scan<'_>, key: &Key, extent: Extent, first: usize) -> Option<Value> {
    if matches!(extent, Extent::Token | Extent::Date)
        && let Some(value) = marked(scan, first)
    {
        return Some(value);
    }
    if matches!(extent, Extent::Secret | Extent::Line) {
        return None;
    }
    let (value, known, whole) = match wrapped::around(scan, first)? {
        Wrapped::Inside(start, end, known) => (Value { start, end, quoted: true }, known, false),
        Wrapped::Whole(end) => (Value { start: first, end, quoted: true }, false, true),
    };
    // Another word may be the value, and a remark stand behind it: `jdoe(uid=1000)`, `Jane {}`.
    let word = scan.slice(first, value.end).split(|byte| matches!(byte, b'(' | b'[' | b' ' | b'{')).next().unwrap_or_default();
    let remark = key.needs_shape
        || key.kind == id::USERNAME
        || if extent == Extent::Words { !whole } else { word.iter().any(u8::is_ascii_digit) || fits(key.kind, word) };
    (known || !remark).then_some(value)
}

/// One past a value whose shape counts, without what ends a sentence: `otp=600245: timeout`.
pub(super) fn sentence_end(scan: &Scan<'_>, key: &Key, value: Value) -> usize {
    let ends = matches!(scan.before(value.end), b':' | b'.' | b'!' | b'?');
    let shorter = value.end - usize::from(ends);
    let better = key.needs_shape && !fits(key.kind, scan.slice(value.start, value.end)) && fits(key.kind, scan.slice(value.start, shorter));
    if better { shorter } else { value.end }
}

/// `api_keys: 3`: a number of secrets, and none of them.
pub(super) fn is_count(kind: KindId, text: &[u8]) -> bool {
    matches!(kind, id::PASSWORD_ASSIGNMENT | id::HIGH_ENTROPY_GENERIC) && text.len() <= 6 && text.iter().all(u8::is_ascii_digit)
}
