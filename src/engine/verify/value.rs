//! Where the value after a key begins and ends.
//!
//! Works on the bytes alone: JSON, Python prints, logfmt, headers, query strings and
//! SQL details differ only in the wrappers around a value. A quoted value ends at the
//! quote that matches its own nesting (`"`, `\"`, `\\\"` ...); an unquoted one at a
//! delimiter, which depends on what kind of value it is.
#![expect(clippy::indexing_slicing, reason = "a table of 256 entries is filled at compile time")]

use super::scan::is_word;
use crate::engine::catalog::Extent;
use crate::engine::validate::calendar;
use crate::engine::views::octal;

/// Longest unquoted value of several words, in bytes.
const WORDS: usize = 120;

/// A value's bytes, without its quotes. Offsets half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) quoted: bool,
}

/// Reads the value that starts at or after `at`, where a separator has just ended.
///
/// `spaced`: the separator allows blanks before the value.
pub(crate) fn read(hay: &[u8], at: usize, extent: Extent, spaced: bool, stops: &mut Stops) -> Option<Value> {
    let start = skip_blanks(hay, at, if spaced { 8 } else { 0 });
    let start = behind_tag(hay, start);
    let (slashes, quote_at) = backslashes(hay, start);
    // b'...', u"...", SecretStr('...')
    let prefix = wrapper(hay, start);
    if let Some((open, slashes)) = prefix {
        return Some(quoted(hay, open, slashes));
    }
    if let Some(value) = in_shell(hay, start) {
        return Some(value);
    }
    match byte(hay, quote_at) {
        quote @ (b'"' | b'\'') if slashes == 0 && is_doubled(hay, quote_at, quote) => Some(doubled(hay, quote_at, quote)),
        b'"' | b'\'' | b'`' => Some(quoted(hay, quote_at, slashes)),
        _ => unquoted(hay, start, extent, stops),
    }
    .filter(|value| value.start < value.end)
}

fn byte(hay: &[u8], at: usize) -> u8 {
    hay.get(at).copied().unwrap_or(b'\n')
}

fn skip_blanks(hay: &[u8], at: usize, most: usize) -> usize {
    let blanks = hay.get(at..hay.len().min(at + most)).unwrap_or_default().iter().take_while(|byte| matches!(byte, b' ' | b'\t'));
    at + blanks.count()
}

/// Behind a tag of YAML: `!secret x`, `!!str x`.
fn behind_tag(hay: &[u8], at: usize) -> usize {
    if byte(hay, at) != b'!' {
        return at;
    }
    let rest = hay.get(at..hay.len().min(at + WRAPPER)).unwrap_or_default();
    let name = rest.iter().take_while(|byte| byte.is_ascii_lowercase() || **byte == b'!').count();
    if name > 2 && rest.get(name) == Some(&b' ') { at + name + 1 } else { at }
}

/// How many backslashes stand at `at`, and what is behind them.
fn backslashes(hay: &[u8], at: usize) -> (usize, usize) {
    let count = hay.get(at..).unwrap_or_default().iter().take(31).take_while(|byte| **byte == b'\\').count();
    (count, at + count)
}

/// The opening quote after a short wrapper such as `b` or `SecretStr(`, and how many backslashes stand before it.
fn wrapper(hay: &[u8], at: usize) -> Option<(usize, usize)> {
    let quote = |at: usize| {
        let (slashes, open) = backslashes(hay, at);
        matches!(byte(hay, open), b'"' | b'\'').then_some((open, slashes))
    };
    // b'…', N'…', f"…", $'…', @"…"
    if matches!(byte(hay, at), b'b' | b'B' | b'u' | b'U' | b'r' | b'R' | b'f' | b'F' | b'L' | b'N' | b'$' | b'@')
        && let Some(open) = quote(at + 1)
    {
        return Some(open);
    }
    // SecretStr('…'), Some("…"), new String("…")
    let start = if hay.get(at..at + 4) == Some(b"new ") { at + 4 } else { at };
    if !byte(hay, start).is_ascii_alphabetic() {
        return None;
    }
    let rest = hay.get(start..hay.len().min(start + WRAPPER)).unwrap_or_default();
    let name = rest.iter().take_while(|byte| is_word(**byte) || matches!(byte, b'.' | b':')).count();
    let open = start + name + 1;
    if byte(hay, start + name) != b'(' {
        return None;
    }
    if let Some(open) = quote(open) {
        return Some(open);
    }
    // SecretBytes(b'…'), string(12) "…"
    let digits = hay.get(open..hay.len().min(open + 8)).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count();
    let behind = open + digits;
    match (byte(hay, open), digits, hay.get(behind..behind + 2)) {
        (b'b' | b'u' | b'r', 0, _) => quote(open + 1),
        (_, 1.., Some(b") ")) => quote(behind + 2),
        _ => None,
    }
}

/// A value between single quotes inside a word of a shell in single quotes: `'\''hunter2'\''`.
fn in_shell(hay: &[u8], at: usize) -> Option<Value> {
    let mark = |at: usize| {
        let (slashes, end) = backslashes(hay, at + 1);
        (byte(hay, at) == b'\'' && slashes > 0 && hay.get(end..end + 2) == Some(b"''")).then_some(end + 2)
    };
    let start = mark(at)?;
    let rest = hay.get(start..hay.len().min(start + LONG))?;
    let length = rest.iter().position(|byte| matches!(byte, b'\'' | b'\n' | b'\r'))?;
    mark(start + length).map(|_| Value { start, end: start + length, quoted: true })
}

/// The numbers of `datetime.date(1980, 2, 29)`; nothing of what is masked there already.
fn in_brackets(hay: &[u8], at: usize) -> Option<(usize, usize)> {
    let rest = hay.get(at..hay.len().min(at + 2 * WRAPPER))?;
    let name = rest.iter().take_while(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'.' | b'_')).count();
    let (start, inner) = (at + name + 1, rest.get(name + 1..)?);
    let length = inner.iter().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b' ')).count();
    if name > 0 && rest.get(name..name + 2) == Some(b"([") {
        return Some((start, start));
    }
    (name > 0 && rest.get(name) == Some(&b'(') && length > 4 && inner.get(length) == Some(&b')')).then_some((start, start + length))
}

/// Longest name of a wrapper, in bytes.
const WRAPPER: usize = 32;

/// What ends an unquoted value: bit 0 a token, bit 1 a secret, bit 2 a line; record ends end all.
const STOPS: [u8; 256] = {
    const fn mark(stops: &mut [u8; 256], bytes: &[u8], bit: u8) {
        let mut at = 0;
        while at < bytes.len() {
            stops[bytes[at] as usize] |= bit;
            at += 1;
        }
    }
    let mut stops = [0; 256];
    mark(&mut stops, b"\n\r\"'`", TOKEN | SECRET | LINE);
    mark(&mut stops, b" \t,;&", TOKEN | SECRET);
    mark(&mut stops, b")]}<>|#([{", TOKEN);
    stops
};
const TOKEN: u8 = 1;
const SECRET: u8 = 2;
const LINE: u8 = 4;

/// Whether two quotes open a value (`""id"": ""x""`, as CSV and SQL write them) and are not an empty one.
fn is_doubled(hay: &[u8], open: usize, quote: u8) -> bool {
    byte(hay, open + 1) == quote
        && !matches!(
            byte(hay, open + 2),
            b',' | b'}' | b']' | b')' | b' ' | b'\t' | b'\n' | b'\r' | b';' | b':' | b'"' | b'\'' | b'&' | b'\\'
        )
}

/// A value between doubled quotes.
fn doubled(hay: &[u8], open: usize, quote: u8) -> Value {
    let start = open + 2;
    let rest = hay.get(start..).unwrap_or_default();
    let line = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    let length = rest.get(..line).unwrap_or_default().windows(2).position(|pair| pair == [quote, quote]).unwrap_or(line);
    Value { start, end: start + length, quoted: true }
}

/// A value between quotes. `slashes` backslashes stand before each of its quotes.
fn quoted(hay: &[u8], open: usize, slashes: usize) -> Value {
    let quote = byte(hay, open);
    let start = open + 1;
    let rest = hay.get(start..).unwrap_or_default();
    // A quote of this nesting has `slashes` backslashes, or that many and whole pairs of escaped ones;
    // one with fewer closes a string around this one.
    let unit = 2 * (slashes + 1);
    let letter = |at: usize| rest.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80);
    let mut twice = None;
    for at in memchr::memchr3_iter(quote, b'\n', b'\r', rest) {
        // `'it''s'`: SQL writes a quote inside twice.
        if twice == Some(at) {
            continue;
        }
        if quote == b'\'' && rest.get(at) == Some(&quote) && rest.get(at + 1) == Some(&quote) && at > 0 && letter(at - 1) && letter(at + 2)
        {
            twice = Some(at + 1);
            continue;
        }
        if rest.get(at) != Some(&quote) {
            return Value { start, end: start + at, quoted: true };
        }
        let before = rest.get(..at).unwrap_or_default().iter().rev().take_while(|byte| **byte == b'\\').count();
        let depth = before % unit;
        if depth <= slashes {
            return Value { start, end: start + at - depth.min(before), quoted: true };
        }
    }
    Value { start, end: start + rest.len(), quoted: true }
}

fn unquoted(hay: &[u8], start: usize, extent: Extent, stops: &mut Stops) -> Option<Value> {
    if extent == Extent::Date
        && let Some((start, end)) = in_brackets(hay, start)
    {
        return (start < end).then_some(Value { start, end, quoted: false });
    }
    let end = match extent {
        Extent::Token => token_end(hay, start, stops),
        Extent::Secret => secret_end(hay, start, stops),
        Extent::Line => line_end(hay, start, stops),
        Extent::Words => words_end(hay, start, stops),
        Extent::Digits => digits_end(hay, start, stops),
        Extent::Date => calendar::date_len(hay.get(start..hay.len().min(start + 40))?)
            .map_or_else(|| token_end(hay, start, stops), |length| start + length),
    };
    // The backslash of a quote that is gone is no value.
    let slashes = byte(hay, start) == b'\\' && hay.get(start..end).is_some_and(|value| value.iter().all(|byte| *byte == b'\\'));
    (start < end && !slashes).then_some(Value { start, end, quoted: false })
}

/// Longest value whose brackets and shape are looked at, in bytes.
pub(crate) const LONG: usize = 4096;

/// The ends found last: any start between where a search began and what it found ends there too,
/// so that a key repeated in one long value costs one search.
#[derive(Default)]
pub(crate) struct Stops {
    found: [(usize, usize); 5],
}

impl Stops {
    fn end(&mut self, hay: &[u8], start: usize, stop: u8) -> usize {
        let Some(slot) = self.found.get_mut(usize::from(stop)) else { return start };
        if !(slot.0..slot.1).contains(&start) {
            *slot = (start, before_octal(hay, start, before_escape(hay, start, scan_until(hay, start, stop))));
        }
        slot.1.max(start)
    }
}

fn scan_until(hay: &[u8], start: usize, stop: u8) -> usize {
    let rest = hay.get(start..).unwrap_or_default();
    start + rest.iter().position(|byte| STOPS.get(usize::from(*byte)).is_some_and(|stops| stops & stop != 0)).unwrap_or(rest.len())
}

/// An escaped line end (`\n`, `\r`, `\t`) or quote inside a longer string ends a value as well.
fn before_escape(hay: &[u8], start: usize, end: usize) -> usize {
    let value = hay.get(start..end).unwrap_or_default();
    if !value.contains(&b'\\') {
        return end;
    }
    let escape = value.windows(2).position(|pair| matches!(pair, [b'\\', b'n' | b'r' | b't' | b'"' | b'\'']));
    let end = escape.map_or(end, |at| start + at);
    // A backslash before the delimiter belongs to the delimiter (`\"`).
    let slashes = hay.get(start..end).unwrap_or_default().iter().rev().take_while(|byte| **byte == b'\\').count();
    if matches!(byte(hay, end), b'"' | b'\'' | b'\\') { end - slashes } else { end }
}

/// A line end or tab as rsyslog writes it, with the next name behind it, ends a value: `#012user=`. Without one it may be
/// a part of a password.
fn before_octal(hay: &[u8], start: usize, end: usize) -> usize {
    let value = hay.get(start..end).unwrap_or_default();
    let names = |behind: &[u8]| {
        let name = behind.iter().take(WORDS).take_while(|byte| is_word(**byte) || matches!(byte, b'-' | b'.' | b' ')).count();
        behind.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_') && matches!(behind.get(name), Some(b'=' | b':'))
    };
    let escape = memchr::memchr_iter(b'#', value)
        .find(|at| octal(value.get(*at..).unwrap_or_default()).is_some() && names(hay.get(start + at + 4..).unwrap_or_default()));
    escape.map_or(end, |at| start + at)
}

fn token_end(hay: &[u8], start: usize, stops: &mut Stops) -> usize {
    let mut end = stops.end(hay, start, TOKEN);
    while end > start && matches!(byte(hay, end - 1), b'.' | b':' | b'!' | b'?') {
        end -= 1;
    }
    end
}

/// Secrets may hold any punctuation; only what surely ends them does.
fn secret_end(hay: &[u8], start: usize, stops: &mut Stops) -> usize {
    let mut end = stops.end(hay, start, SECRET);
    // Closing brackets that were opened before the value are not part of it.
    while let Some((last, rest)) = hay.get(start..end).and_then(<[u8]>::split_last) {
        let open = match last {
            b'}' => b'{',
            b']' => b'[',
            b')' => b'(',
            b'>' => b'<',
            _ => break,
        };
        if rest.len() > LONG || rest.contains(&open) {
            break;
        }
        end -= 1;
    }
    end
}

fn line_end(hay: &[u8], start: usize, stops: &mut Stops) -> usize {
    let mut end = stops.end(hay, start, LINE);
    while end > start && matches!(byte(hay, end - 1), b' ' | b'\t') {
        end -= 1;
    }
    end
}

/// Up to seven words that start with a capital, an initial or a digit, with the small words of names between them.
///
/// A comma goes on before a digit, after one word (`Doe, Jane`), and in an address (`12 Main St, Apt 4`).
fn words_end(hay: &[u8], start: usize, stops: &mut Stops) -> usize {
    let mut end = word_end(hay, start, stops);
    let address = byte(hay, start).is_ascii_digit() || byte(hay, start) == b'P';
    let assigned = start.checked_sub(1).is_some_and(|before| byte(hay, before) == b'=');
    let mut words = usize::from(!is_particle(hay, start));
    for _ in 0..10 {
        if let Some(close) = nickname(hay, end) {
            end = close;
        }
        // `Example,Jane`, in one word.
        if words == 1 && byte(hay, end) == b',' && byte(hay, end + 1).is_ascii_uppercase() {
            let stop = word_end(hay, end + 1, stops);
            let letters = |word: Option<&[u8]>| {
                word.is_some_and(|word| word.iter().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'\'' | b'-')))
            };
            if letters(hay.get(start..end))
                && letters(hay.get(end + 1..stop))
                && stop > end + 2
                && !matches!(byte(hay, stop), b':' | b'=' | b',')
            {
                (end, words) = (stop, 2);
                continue;
            }
        }
        let comma = byte(hay, end) == b',' && byte(hay, end + 1) == b' ';
        let next = end + 1 + usize::from(comma);
        let first = byte(hay, next);
        let capital = first.is_ascii_uppercase() || first.is_ascii_digit() || first >= 0xc3;
        let particle = is_particle(hay, next);
        let goes_on = if comma { first.is_ascii_digit() || words <= 1 || address } else { byte(hay, end) == b' ' };
        if !goes_on || !(capital || particle) || next - start > WORDS || words == 7 {
            break;
        }
        let stop = word_end(hay, next, stops);
        // `name=Jane Level=info`: the next key is not part of the value, nor is the rest of a request line. Behind `=` a
        // colon ends a sentence: `name=Jane Doe: timeout`.
        let word = hay.get(next..stop).unwrap_or_default();
        let key = byte(hay, stop) == b':' && !(assigned && matches!(byte(hay, stop + 1), b' ' | b'\n' | b'\r'));
        if word.iter().any(|byte| matches!(byte, b'=' | b':')) || key || word.is_empty() || word.starts_with(b"HTTP/") {
            break;
        }
        end = stop;
        words += usize::from(!particle);
    }
    end
}

/// Whether a small word of a name stands at `at`, and a word with a capital behind it: `von Trapp`, `de la Cruz`.
fn is_particle(hay: &[u8], mut at: usize) -> bool {
    const PARTICLES: [&[u8]; 22] = [
        b"von ", b"van ", b"der ", b"den ", b"de ", b"del ", b"della ", b"di ", b"da ", b"dos ", b"das ", b"do ", b"du ", b"la ", b"le ",
        b"el ", b"al ", b"bin ", b"ibn ", b"ter ", b"zu ", b"y ",
    ];
    for _ in 0..3 {
        let rest = hay.get(at..).unwrap_or_default();
        let Some(particle) = PARTICLES.iter().find(|particle| rest.starts_with(particle)) else { return false };
        at += particle.len();
        if byte(hay, at).is_ascii_uppercase() || byte(hay, at) >= 0xc3 {
            return true;
        }
    }
    false
}

/// One past a name in brackets between the words of a name: `Jane (Janie) Example`.
fn nickname(hay: &[u8], at: usize) -> Option<usize> {
    let rest = hay.get(at..hay.len().min(at + WRAPPER))?.strip_prefix(b" (")?;
    let letters = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let capital = rest.first().is_some_and(u8::is_ascii_uppercase);
    let goes_on = matches!(rest.get(letters..letters + 3), Some([b')', b' ', next]) if next.is_ascii_uppercase());
    (capital && goes_on).then_some(at + letters + 3)
}

/// One past a word and the point of an initial or an abbreviation (`Q.`, `P.O.`); an apostrophe between letters is part of it.
fn word_end(hay: &[u8], start: usize, stops: &mut Stops) -> usize {
    let mut end = token_end(hay, start, stops);
    while end > start && byte(hay, end) == b'\'' && byte(hay, end - 1).is_ascii_alphabetic() && byte(hay, end + 1).is_ascii_alphabetic() {
        end = token_end(hay, end + 1, stops);
    }
    let word = hay.get(start..end).unwrap_or_default();
    let short = matches!(word, [b'A'..=b'Z']) || word.len() <= 4 && word.contains(&b'.');
    end + usize::from(short && byte(hay, end) == b'.')
}

/// Digit groups with single `-`, `.`, space or brackets, and letters joined to them.
fn digits_end(hay: &[u8], start: usize, stops: &mut Stops) -> usize {
    let mut end = start;
    let limit = hay.len().min(start + 48);
    let mut at = start;
    while at < limit {
        let current = byte(hay, at);
        if is_word(current) {
            at += 1;
            end = at;
        } else if matches!(current, b' ' | b'-' | b'.' | b'/' | b'(' | b')' | b'+' | b'*' | b'#') {
            let next = byte(hay, at + 1);
            // After a blank only more digits belong to the number: `12345 user=x` ends at the blank.
            let continues = match current {
                // A line end as rsyslog writes it.
                b'#' if octal(hay.get(at..).unwrap_or_default()).is_some() => false,
                b' ' => (next.is_ascii_digit() || next == b'(') && group_is_digits(hay, at + 1),
                b'(' | b'+' => next.is_ascii_digit(),
                b')' => next.is_ascii_digit() || next == b' ' && byte(hay, at + 2).is_ascii_digit(),
                _ => is_word(next),
            };
            if !(continues || at == start && matches!(current, b'+' | b'(')) {
                break;
            }
            at += 1;
        } else {
            break;
        }
    }
    let end = before_escape(hay, start, end.max(start)).max(if end == start { token_end(hay, start, stops) } else { start });
    base64_end(hay, start, end)
}

/// One past base64 that goes on where a number would end, at `+`, `//` or its padding, or `end`.
fn base64_end(hay: &[u8], start: usize, end: usize) -> usize {
    if !matches!(byte(hay, end), b'+' | b'/' | b'-' | b'=') {
        return end;
    }
    let rest = hay.get(end..hay.len().min(start + LONG)).unwrap_or_default();
    let body = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')).count();
    let padding = rest.iter().skip(body).take_while(|byte| **byte == b'=').count();
    let whole = end + body + padding;
    let value = hay.get(start..end + body).unwrap_or_default();
    let alphabet = value.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_'));
    let groups = if padding == 0 { value.len() >= 16 && value.len() % 4 == 0 } else { padding <= 2 };
    if alphabet && groups && !is_word(byte(hay, whole)) { whole } else { end }
}

fn group_is_digits(hay: &[u8], at: usize) -> bool {
    let group = hay.get(at..hay.len().min(at + 24)).unwrap_or_default();
    let digits = group.iter().skip_while(|byte| **byte == b'(').take_while(|byte| byte.is_ascii_digit()).count();
    (1..=6).contains(&digits) && !group.get(digits).is_some_and(|byte| is_word(*byte) || matches!(byte, b':' | b'='))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(hay: &str, at: usize, extent: Extent) -> Option<&str> {
        read(hay.as_bytes(), at, extent, true, &mut Stops::default()).and_then(|value| hay.get(value.start..value.end))
    }

    #[test]
    fn quotes_end_at_their_own_nesting() {
        assert_eq!(text(r#"k="a\"b" c"#, 2, Extent::Token), Some(r#"a\"b"#));
        assert_eq!(text(r#"{\"k\":\"a\\\"b\",\"x\":1}"#, 7, Extent::Token), Some(r#"a\\\"b"#));
        assert_eq!(text(r#""{\"k\":\"open""#, 8, Extent::Token), Some("open"));
        assert_eq!(text("k='it' c", 2, Extent::Token), Some("it"));
        assert_eq!(text(r#"""id"": ""x y"",1"#, 7, Extent::Token), Some("x y"));
        assert_eq!(text(r#"k="", n=1"#, 2, Extent::Token), None);
        assert_eq!(text(r#"k="ends in \\" c"#, 2, Extent::Token), Some(r"ends in \\"));
    }

    #[test]
    fn unquoted_values_end_at_delimiters() {
        assert_eq!(text("p=a)b]c&d", 2, Extent::Secret), Some("a)b]c"));
        assert_eq!(text("f(p=abc)", 4, Extent::Secret), Some("abc"));
        assert_eq!(text("n: Jane Q Example level=3", 2, Extent::Words), Some("Jane Q Example"));
        assert_eq!(text("n: Doe, Jane level=3", 2, Extent::Words), Some("Doe, Jane"));
        assert_eq!(text("n: P.O. Box 12 HTTP/1.1", 2, Extent::Words), Some("P.O. Box 12"));
        assert_eq!(text("n=899 99 9999 user=x", 2, Extent::Digits), Some("899 99 9999"));
        assert_eq!(text("n=(415) 555-0123 x", 2, Extent::Digits), Some("(415) 555-0123"));
        assert_eq!(text("n=12345, m=2", 2, Extent::Digits), Some("12345"));
    }
}
