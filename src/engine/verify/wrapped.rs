//! Values inside something that says their type: `Some(1980-02-29)`, `Optional[123456789]`,
//! `Timestamp { seconds: 319939200 }`, `mrn: u64 = 64912000`, `ssn: Just 123456789`, `MRN(value=64912000)`.
//!
//! A word right before brackets is a type or the name of a call: what a key names is in the brackets.
//! Also what stands for a value in a statement of SQL: `$1`, `:ssn`, `%(ssn)s`.

use super::labels::own_label_end;
use super::scan::{Scan, is_word};
use crate::engine::candidates::keys::{self, Named};

/// Most bytes from the bracket to the one that closes it.
const INSIDE: usize = 256;
/// Most bytes of the word before it.
const WORD: usize = 48;
/// Words that are a type or a constructor and no value, in small letters.
const TYPES: [&[u8]; 64] = [
    b"some",
    b"just",
    b"ok",
    b"right",
    b"option",
    b"optional",
    b"maybe",
    b"nullable",
    b"str",
    b"string",
    b"text",
    b"varchar",
    b"char",
    b"symbol",
    b"bytes",
    b"int",
    b"int8",
    b"int16",
    b"int32",
    b"int64",
    b"uint",
    b"uint8",
    b"uint16",
    b"uint32",
    b"uint64",
    b"i16",
    b"i32",
    b"i64",
    b"i128",
    b"u8",
    b"u16",
    b"u32",
    b"u64",
    b"u128",
    b"usize",
    b"f32",
    b"f64",
    b"integer",
    b"long",
    b"short",
    b"bigint",
    b"biginteger",
    b"number",
    b"numeric",
    b"float",
    b"double",
    b"decimal",
    b"bigdecimal",
    b"any",
    b"object",
    b"value",
    b"literal",
    b"uuid",
    b"objectid",
    b"numberlong",
    b"numberint",
    b"isodate",
    b"date",
    b"datetime",
    b"localdate",
    b"timestamp",
    b"secret",
    b"secretstr",
    b"cow",
];

/// What brackets behind a word hold.
pub(super) enum Wrapped {
    /// The value is what stands between the brackets; whether the word is known for a type.
    Inside(usize, usize, bool),
    /// The word may be anything: the value begins with it and ends here.
    Whole(usize),
}

/// The last part of a path: `date` of `datetime.date`.
fn is_type(word: &[u8]) -> bool {
    let name = word.rsplit(|byte| matches!(byte, b'.' | b':')).next().unwrap_or_default();
    TYPES.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The length of the word at the start of `rest`, which may be a path.
fn word_length(rest: &[u8]) -> Option<usize> {
    let length = rest.iter().take(WORD).take_while(|byte| is_word(**byte) || matches!(byte, b'.' | b':')).count();
    let letter = rest.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    (letter && rest.get(length - 1).is_some_and(|byte| is_word(*byte))).then_some(length)
}

/// Where the value begins behind a type at `at`, `u64 = 64912000`, or behind a constructor, `Just 123456789`.
pub(super) fn behind(hay: &[u8], at: usize) -> Option<usize> {
    let rest = hay.get(at..hay.len().min(at + INSIDE))?;
    // `&str`, `&'static str`
    let skipped = [&b"&'static "[..], b"&mut ", b"&"].iter().find(|sign| rest.starts_with(sign)).map_or(0, |sign| sign.len());
    let text = rest.get(skipped..)?;
    let length = word_length(text)?;
    let word = text.get(..length)?;
    let next = *text.get(length)?;
    if matches!(word, b"Just" | b"Some") && next == b' ' {
        return text
            .get(length + 1)
            .filter(|byte| is_word(**byte) || matches!(byte, b'"' | b'\'' | b'+' | b'(' | b'['))
            .map(|_| at + skipped + length + 1);
    }
    // Most values end here.
    let equals = next == b'=' || next == b' ' && text.get(length + 1) == Some(&b'=');
    if !(equals || matches!(next, b'<' | b'[')) || !is_type(word) {
        return None;
    }
    let end = match next {
        b'<' => length + text.get(length..)?.iter().take(WORD).position(|byte| matches!(byte, b'=' | b'\n' | b'"'))?,
        b'[' => balanced(text, length)? + 1,
        _ => length,
    };
    let blanks = text.get(end..)?.iter().take_while(|byte| **byte == b' ').count();
    let equals = end + blanks;
    if text.get(equals) != Some(&b'=') || matches!(text.get(equals + 1), None | Some(b'=' | b'>' | b'~' | b'\n' | b'\r')) {
        return None;
    }
    Some(at + skipped + equals + 1)
}

/// What the brackets behind the word at `at` hold, if there are any.
pub(super) fn around(scan: &Scan<'_>, at: usize) -> Option<Wrapped> {
    let rest = scan.slice(at, scan.hay.len().min(at + WORD + INSIDE));
    let skipped = usize::from(rest.first() == Some(&b'&'));
    let length = skipped + word_length(rest.get(skipped..)?)?;
    let word = rest.get(skipped..length)?;
    let open = length + usize::from(rest.get(length..length + 2) == Some(b" {"));
    let sign = *rest.get(open)?;
    if !matches!(sign, b'(' | b'[' | b'{') {
        return None;
    }
    let known = is_type(word);
    if sign == b'[' && own_label_end(scan, at + open).is_some() {
        return None;
    }
    let inner = rest.get(open + 1..)?;
    let quote = inner.iter().find(|byte| **byte != b'\\').is_some_and(|byte| matches!(byte, b'"' | b'\''));
    let capital = word.first().is_some_and(u8::is_ascii_uppercase);
    match sign {
        // `Str('…')` and `row["ssn"]` are read elsewhere.
        b'(' if !quote => {}
        b'[' if known || !quote => {}
        b'{' if known || capital => {}
        _ => return None,
    }
    let close = balanced(rest, open)?;
    let inside = rest.get(open + 1..close)?;
    // `string(12) "…"`, as PHP prints it.
    let printed = inside.iter().all(u8::is_ascii_digit) && matches!(rest.get(close + 1..close + 3), Some([b' ', b'"' | b'\\' | b'\'']));
    let text = inside.trim_ascii();
    if text.is_empty() || printed || sign == b'{' && inside.contains(&b'"') {
        return None;
    }
    if !known && sign != b'{' {
        return Some(Wrapped::Whole(at + close + 1));
    }
    let blanks = inside.len() - inside.trim_ascii_start().len();
    let start = at + open + 1 + blanks;
    Some(Wrapped::Inside(start, start + text.len(), known))
}

/// Where the bracket at `open` is closed, on its line and in its string.
fn balanced(text: &[u8], open: usize) -> Option<usize> {
    let opening = *text.get(open)?;
    let closing = match opening {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    };
    let mut depth = 0;
    // The quote of an open string, and how many backslashes stand before it.
    let mut string: Option<(u8, usize)> = None;
    let mut slashes = 0;
    for at in open..text.len().min(open + INSIDE) {
        let byte = *text.get(at)?;
        match byte {
            b'\n' | b'\r' => return None,
            b'n' | b'r' | b't' if slashes % 2 == 1 => return None,
            b'"' | b'\'' => match string {
                None => {
                    let before = at.checked_sub(slashes + 1).and_then(|at| text.get(at))?;
                    if !matches!(before, b'(' | b'[' | b'{' | b'=' | b',' | b' ' | b':') {
                        return None;
                    }
                    string = Some((byte, slashes));
                }
                Some(open) if open == (byte, slashes) => {
                    if !text.get(at + 1).is_some_and(|next| matches!(next, b')' | b']' | b'}' | b',' | b' ')) {
                        return None;
                    }
                    string = None;
                }
                Some(_) => {}
            },
            _ if string.is_some() => {}
            _ if byte == opening => depth += 1,
            _ if byte == closing => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        slashes = if byte == b'\\' { slashes + 1 } else { 0 };
    }
    None
}

/// The name before the bracket in which `value` ends at `mark`: `MRN(value=64912000)`.
pub(super) fn name_of_value(scan: &Scan<'_>, mark: usize) -> Option<Named> {
    let word = mark.checked_sub(5).filter(|at| scan.slice(*at, mark).eq_ignore_ascii_case(b"value"))?;
    let open = word - scan.slice(word.saturating_sub(2), word).iter().rev().take_while(|byte| **byte == b' ').count();
    matches!(scan.before(open), b'(' | b'[' | b'{').then(|| keys::before(scan.hay, open - 1)).flatten()
}

/// Whether what stands for a value is at `first`, behind the name at `name`. A name behind a sign (`@password`) may be a value as
/// well, unless a statement stands before it.
pub(super) fn is_bound(scan: &Scan<'_>, name: usize, first: usize) -> bool {
    let text = scan.slice(first, scan.hay.len().min(first + 64));
    if bind(text).is_none() {
        return false;
    }
    let counted = text.get(1).is_some_and(u8::is_ascii_digit) || text.first() == Some(&b'%');
    counted || is_in_statement(scan.slice(name.saturating_sub(STATEMENT), name))
}

/// Whether the whole text stands for a value in a statement.
pub(super) fn is_bind(text: &[u8]) -> bool {
    bind(text) == Some(text.len())
}

/// How far before a name a statement may begin, in bytes.
const STATEMENT: usize = 1024;

/// Whether the last line of `before` has begun a statement of SQL.
fn is_in_statement(before: &[u8]) -> bool {
    const WORDS: [&[u8]; 5] = [b"where", b"set", b"values", b"exec", b"call"];
    let line = before.rsplit(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let mut words = line.split(|byte| !is_word(*byte)).filter(|word| !word.is_empty());
    words.any(|word| WORDS.iter().any(|known| known.eq_ignore_ascii_case(word)))
}

/// One past what stands for a value in a statement, at the start of `text`: `$1`, `?2`, `:1`, `@p1`, and `:ssn`, `@ssn` and
/// `%(ssn)s` with a name that is one of a key.
fn bind(text: &[u8]) -> Option<usize> {
    const NAME: usize = 40;
    let (sign, rest) = text.split_first()?;
    let digits = rest.iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
    let word = rest.iter().take(NAME).take_while(|byte| is_word(**byte)).count();
    let named = |name: &[u8]| name.first().is_some_and(u8::is_ascii_alphabetic) && keys::lookup(name).is_some();
    let end = match (sign, rest) {
        (b'$', _) if (1..=3).contains(&digits) => digits + 1,
        (b'?' | b':', _) if (1..=2).contains(&digits) => digits + 1,
        (b'@', [b'p' | b'P', behind @ ..]) if (2..=3).contains(&word) && behind.iter().take(word - 1).all(u8::is_ascii_digit) => word + 1,
        (b':' | b'@', _) if named(rest.get(..word)?) => word + 1,
        (b'%', [b'(', rest @ ..]) => {
            let close = rest.iter().take(NAME).position(|byte| *byte == b')')?;
            if rest.get(close + 1) != Some(&b's') || !named(rest.get(..close)?) {
                return None;
            }
            close + 4
        }
        _ => return None,
    };
    text.get(end).is_none_or(|next| matches!(next, b',' | b' ' | b')' | b';' | b'"' | b'\'' | b'\\' | b'\n' | b'\r' | b'\t')).then_some(end)
}
