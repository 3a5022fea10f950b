//! Escapes: what each stands for, and whether it is one.
//!
//! Percent-encoding, also of percent signs (`%2540`), and `+` in a query (RFC 3986, WHATWG
//! URL), `\uXXXX` (RFC 8259), HTML character references, quoted-printable (RFC 2045) and the
//! octal line ends and tabs of rsyslog. Another control character stays as it is.
#![expect(clippy::indexing_slicing, reason = "a table of 256 entries is filled at compile time")]

use super::fold::{Plain, fold, look_alike};

/// First bytes of escapes and look-alikes, and what ends a parameter.
pub(super) static MARKS: [bool; 256] = {
    let mut marks = [false; 256];
    let mut at = 0;
    while at < FIRST.len() {
        marks[FIRST[at] as usize] = true;
        at += 1;
    }
    marks
};
const FIRST: &[u8] = b"\0\x1b%\\&=+# \xc2\xe2\xe3\xef";
/// Most times that a percent sign is itself escaped, `%25`, before the escape is taken as it stands.
const PERCENTS: usize = 32;
/// Most bytes between the `=` of a parameter and a `+` in its value.
const QUERY_VALUE: usize = 4096;
/// Most bytes of a parameter's name.
const QUERY_NAME: usize = 40;

/// What the escape at `at` stands for, and its length.
pub(crate) fn escape_at(hay: &[u8], at: usize) -> Option<(Plain, usize)> {
    let text = hay.get(at..)?;
    match text {
        [b'%', ..] => percent(text).map(|(byte, length)| (Plain::Byte(byte), length)),
        [b'=', high, low, ..] if quoted_printable(hay, at) => Some((Plain::Byte(readable(*high, *low)?), 3)),
        [b'&', ..] => reference(text),
        [b'#', ..] => octal(text).map(|byte| (Plain::Byte(byte), 4)),
        [0 | 0x80..=0xff, ..] => look_alike(text),
        // Its caller asked whether it stands in a parameter.
        [b'+', ..] if at.checked_sub(1).and_then(|before| hay.get(before)) != Some(&b'=') => Some((Plain::Byte(b' '), 1)),
        [b'\\', ..] => {
            let slashes = text.iter().take(32).take_while(|byte| **byte == b'\\').count();
            match text.get(slashes..slashes + 5)? {
                [b'u', b'0', b'0', high @ b'2'..=b'7', low] => Some((Plain::Byte(readable(*high, *low)?), slashes + 5)),
                [b'u', digits @ ..] => {
                    let code = digits.iter().try_fold(0, |code, digit| Some(code << 4 | u32::from(hex(*digit)?)))?;
                    let plain = fold(code).or_else(|| u8::try_from(code).ok().filter(|byte| is_readable(*byte)).map(Plain::Byte))?;
                    Some((plain, slashes + 5))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// The byte of the percent escape at the start of `text`, however often it is escaped, and its length.
pub(crate) fn percent(text: &[u8]) -> Option<(u8, usize)> {
    let digits = |at: usize| match text.get(at..at + 2) {
        Some([high, low]) => Some((*high, *low, hex(*high)? << 4 | hex(*low)?)),
        _ => None,
    };
    let (high, low, mut byte) = text.first().filter(|sign| **sign == b'%').and_then(|_| digits(1))?;
    let mut at = 1;
    readable(high, low)?;
    // `%2540` is `%40` escaped once more; `%25B4` may as well be `%B4` as it stands on a magnetic track.
    while byte == b'%' && at < 2 * PERCENTS {
        match digits(at + 2) {
            Some((_, _, inner)) if is_readable(inner) && inner.is_ascii() => (byte, at) = (inner, at + 2),
            _ => break,
        }
    }
    Some((byte, at + 2))
}

/// What rsyslog writes for a line end or a tab: `#012`, `#015`, `#011`. Digits behind it are not asked about.
pub(crate) fn octal(text: &[u8]) -> Option<u8> {
    match text.get(..4)? {
        b"#011" => Some(b'\t'),
        b"#012" => Some(b'\n'),
        b"#015" => Some(b'\r'),
        _ => None,
    }
}

/// The byte of two hex digits unless it is a control character; line ends are read.
fn readable(high: u8, low: u8) -> Option<u8> {
    let byte = hex(high)? << 4 | hex(low)?;
    is_readable(byte).then_some(byte)
}

fn is_readable(byte: u8) -> bool {
    byte >= 0x20 && byte != 0x7f || matches!(byte, b'\n' | b'\r')
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// The character reference at the start of `text`: `&#64;`, `&#x40;`, `&amp;` and its like.
pub(crate) fn reference(text: &[u8]) -> Option<(Plain, usize)> {
    const NAMED: [(&[u8], u8); 8] = [
        (b"&amp;", b'&'),
        (b"&lt;", b'<'),
        (b"&gt;", b'>'),
        (b"&quot;", b'"'),
        (b"&apos;", b'\''),
        (b"&nbsp;", b' '),
        (b"&commat;", b'@'),
        (b"&period;", b'.'),
    ];
    let numeric = |text: &[u8], radix: u32, most: usize| {
        let digits = text.iter().take(most).take_while(|byte| char::from(**byte).is_digit(radix)).count();
        let code = text.iter().take(digits).fold(0u32, |code, byte| code * radix + char::from(*byte).to_digit(radix).unwrap_or(0));
        let plain = fold(code).or_else(|| u8::try_from(code).ok().filter(|byte| (0x20..0x7f).contains(byte)).map(Plain::Byte))?;
        (digits > 0 && text.get(digits) == Some(&b';')).then_some((plain, digits + 1))
    };
    match text {
        [b'&', b'#', b'x' | b'X', rest @ ..] => numeric(rest, 16, 4).map(|(plain, length)| (plain, length + 3)),
        [b'&', b'#', rest @ ..] => numeric(rest, 10, 5).map(|(plain, length)| (plain, length + 2)),
        [b'&', ..] => NAMED.iter().find(|(name, _)| text.starts_with(name)).map(|(name, byte)| (Plain::Byte(*byte), name.len())),
        _ => None,
    }
}

/// Whether `=XX` at `at` is an escape and not the value `XX` of a key.
///
/// `=3D` always is; `=40` when the rest of a mail domain follows; others when a second one follows
/// or stands before, as in the bytes of one character.
fn quoted_printable(hay: &[u8], at: usize) -> bool {
    let hexes = |from: usize| {
        matches!(hay.get(from..from + 3), Some([b'=', high, low])
            if (high.is_ascii_digit() || (b'A'..=b'F').contains(high)) && (low.is_ascii_digit() || (b'A'..=b'F').contains(low)))
    };
    if !hexes(at) {
        return false;
    }
    match hay.get(at + 1..at + 3) {
        Some(b"3D") => true,
        Some(b"40") => {
            let before = at.checked_sub(1).and_then(|before| hay.get(before)).copied().unwrap_or(b' ');
            let rest = hay.get(at + 3..hay.len().min(at + 3 + 64)).unwrap_or_default();
            let dot = rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'-' || *byte == b'='));
            before.is_ascii_graphic()
                && before != b'='
                && rest.first().is_some_and(|byte| byte.is_ascii_alphabetic())
                && dot.is_some_and(|dot| {
                    matches!(rest.get(dot), Some(b'.' | b':')) && rest.get(dot + 1).is_some_and(u8::is_ascii_alphanumeric)
                })
        }
        Some([b'8'..=b'9' | b'A'..=b'F', _]) => hexes(at + 3) || at.checked_sub(3).is_some_and(hexes),
        _ => false,
    }
}

/// The parameter looked at last, so that many signs in one value cost one search.
#[derive(Default)]
pub(crate) struct Parameter {
    /// Up to where bytes were looked at.
    seen: usize,
    /// First byte of the value that reaches to `seen`, if one does, and whether it is one of a query.
    value: Option<(usize, bool)>,
    /// Whether all of its bytes are such as a form is written in.
    form: bool,
    /// Whether a colon and a bracket are among them.
    signs: (bool, bool),
}

impl Parameter {
    /// Whether `at` is in the value of a parameter; offsets asked for do not fall.
    ///
    /// `?name=` or `&name=` stands before that of a query. The first one of a form has nothing before it (`name=`
    /// begins a line or a string, or stands behind a blank), and a form escapes more signs.
    pub(crate) fn holds(&mut self, hay: &[u8], at: usize) -> bool {
        self.look(hay, at);
        matches!(self.value, Some((value, query)) if at - value < QUERY_VALUE && (query || self.form && (self.signs.1 || !self.signs.0)))
    }

    /// Whether the value that was asked about last is one of a query.
    pub(super) fn in_query(&self) -> bool {
        matches!(self.value, Some((_, true)))
    }

    fn look(&mut self, hay: &[u8], at: usize) {
        let floor = self.seen.max(at.saturating_sub(QUERY_VALUE)).min(at);
        let new = hay.get(floor..at).unwrap_or_default();
        // Brackets are those of labels.
        let inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+%*!'(),:@[]".contains(byte);
        let length = new.iter().rev().take_while(|byte| inside(byte)).count();
        let tail = new.get(new.len() - length..).unwrap_or_default();
        // WHATWG URL, 5.2: what a form leaves as it is. Colons are those of a token.
        let form = tail.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._*+%:[]".contains(byte));
        let signs = (tail.contains(&b':'), tail.contains(&b'['));
        if length < new.len() {
            let start = at - length;
            let equals = hay.get(start - 1) == Some(&b'=');
            self.value = if equals { is_named(hay, start - 1).map(|query| (start, query)) } else { None };
            (self.form, self.signs) = (form, signs);
        } else {
            if floor > self.seen {
                self.value = None;
            }
            self.form &= form;
            self.signs = (self.signs.0 | signs.0, self.signs.1 | signs.1);
        }
        self.seen = at;
    }
}

/// Whether the name before the `=` at `equals` is one of a query, `?name` or `&name`; `None` if it is none of a
/// form either.
fn is_named(hay: &[u8], equals: usize) -> Option<bool> {
    let before = hay.get(equals.saturating_sub(QUERY_NAME)..equals).unwrap_or_default();
    let name = before.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')).count();
    if name == 0 || name == before.len() && equals > name {
        return None;
    }
    match before.len().checked_sub(name + 1).and_then(|mark| before.get(mark)) {
        Some(b'?' | b'&') => Some(true),
        None | Some(b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'\\') => Some(false),
        _ => None,
    }
}

/// Whether an escape ends before `at`.
pub(crate) fn ends_here(hay: &[u8], at: usize) -> bool {
    let back = |length: usize| at.checked_sub(length).filter(|from| hay.get(*from..at).is_some());
    let ends = |length: usize, mark: u8| {
        back(length).is_some_and(|from| hay.get(from) == Some(&mark) && escape_at(hay, from).is_some_and(|(_, found)| found == length))
    };
    // What the shapes look for: of several backslashes the last one will do, because the whole run is
    // read later. Other characters of quoted-printable are read beside one of these.
    let printable = || {
        let next = hay.get(at).is_some_and(u8::is_ascii_alphabetic);
        back(2).is_some_and(|from| hay.get(from..at) == Some(b"3D") || hay.get(from..at) == Some(b"40") && next)
    };
    let spaced = || {
        let word = |at: usize| hay.get(at).is_some_and(u8::is_ascii_alphanumeric);
        word(at) && back(2).is_some_and(word)
    };
    ends(6, b'\\') || ends(3, b'=') && printable() || ends(1, b'+') && spaced()
}
