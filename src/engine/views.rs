//! Views: what a record says once its escapes are read.
//!
//! Percent escapes and `+` in a query (RFC 3986, WHATWG URL), JSON `\u00XX` escapes, HTML
//! character references and quoted-printable (RFC 2045) may hide a letter, a digit or a
//! separator of a value. The part of the record around them is decoded into scratch
//! memory with a map back to the input, scanned like any text, and findings are mapped
//! to whole escapes. An escape of a control character other than a line end stays as it is.

use super::verify::Hit;

/// Bytes decoded on each side of an escape; longer than any bounded finding.
const REACH: usize = 4096;

/// Decoded text of one region and where each byte came from.
#[derive(Default)]
pub(crate) struct View {
    text: Vec<u8>,
    /// For each escape decoded: offset in the text, offset in the input, both one past it.
    steps: Vec<(u32, u32)>,
    /// First byte of the region in the input.
    origin: usize,
}

impl View {
    /// Calls `each` with the view of every region around `escapes` (ascending, one past each).
    pub(crate) fn regions(&mut self, hay: &[u8], escapes: &[u32], mut each: impl FnMut(&[u8], &Self)) {
        let mut done = 0;
        for escape in escapes {
            let escape = *escape as usize;
            if escape <= done {
                continue;
            }
            let start = record_start(hay, escape).max(done);
            // The region grows as long as another escape is near.
            let mut reach = (escape + REACH).min(hay.len());
            let mut end = record_end(hay, escape, reach);
            let from = escapes.partition_point(|other| (*other as usize) <= escape);
            for next in escapes.get(from..).unwrap_or_default() {
                // Shorter than its reach, the region ends with the record.
                if *next as usize > end || end < reach {
                    break;
                }
                reach = (*next as usize + REACH).min(hay.len());
                end = record_end(hay, end, reach);
            }
            if self.decode(hay, start, end) {
                each(&self.text, self);
            }
            done = end;
        }
    }

    fn decode(&mut self, hay: &[u8], start: usize, end: usize) -> bool {
        self.text.clear();
        self.steps.clear();
        self.origin = start;
        let region = hay.get(start..end).unwrap_or_default();
        let (mut at, mut from) = (0, 0);
        // Whether the text since the last blank or `&` is the value of a parameter; unknown before its first escape.
        let mut parameter = None;
        let mut query = Parameter::default();
        let marks = region.iter().enumerate().filter(|(_, byte)| MARKS.contains(byte)).map(|(mark, byte)| (mark, *byte));
        for (mark, sign) in marks {
            if mark < from {
                continue;
            }
            if sign == b'+' && !query.holds(region, mark) {
                continue;
            }
            let (byte, length) = match escape_at(region, mark) {
                Some(escape) => {
                    if matches!(sign, b'%' | b'+') && parameter.is_none() {
                        parameter = Some(query.holds(region, mark));
                    }
                    escape
                }
                // What ends an encoded parameter ends what it says, which may hold blanks and `&` of its own.
                None if matches!(sign, b' ' | b'&') => {
                    if parameter.take() != Some(true) {
                        continue;
                    }
                    (b'\n', 1)
                }
                None => continue,
            };
            self.text.extend_from_slice(region.get(at..mark).unwrap_or_default());
            self.text.push(byte);
            at = mark + length;
            from = at;
            self.steps.push((self.text.len() as u32, at as u32));
        }
        self.text.extend_from_slice(region.get(at..).unwrap_or_default());
        !self.steps.is_empty()
    }

    /// The finding in the input that covers a finding in the view.
    pub(crate) fn map(&self, hit: &Hit) -> Option<Hit> {
        let start = self.source(hit.start);
        let end = self.source(hit.end.checked_sub(1)?) + self.length(hit.end - 1);
        Some(Hit { start: (self.origin + start) as u32, end: (self.origin + end) as u32, ..*hit })
    }

    /// Where the byte at `at` of the text begins in the region.
    fn source(&self, at: u32) -> usize {
        let step = self.steps.partition_point(|(text, _)| *text <= at);
        let (text, input) = step.checked_sub(1).and_then(|step| self.steps.get(step)).copied().unwrap_or((0, 0));
        (input + (at - text)) as usize
    }

    /// How many bytes of the region the byte at `at` of the text takes.
    fn length(&self, at: u32) -> usize {
        match self.steps.binary_search_by_key(&(at + 1), |(text, _)| *text) {
            Ok(step) => self.steps.get(step).map_or(1, |(_, input)| *input as usize - self.source(at)),
            Err(_) => 1,
        }
    }
}

fn record_start(hay: &[u8], at: usize) -> usize {
    let floor = at.saturating_sub(REACH);
    memchr::memrchr2(b'\n', b'\r', hay.get(floor..at).unwrap_or_default()).map_or(floor, |end| floor + end + 1)
}

fn record_end(hay: &[u8], at: usize, reach: usize) -> usize {
    let rest = hay.get(at..reach).unwrap_or_default();
    at + memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())
}

/// First bytes of escapes, and what ends a parameter.
const MARKS: [u8; 6] = *b"%\\&=+ ";
/// Most bytes between the `=` of a query's parameter and a `+` in its value.
const QUERY_VALUE: usize = 256;
/// Most bytes of a parameter's name.
const QUERY_NAME: usize = 40;

/// The byte that the escape at `at` stands for, and its length.
fn escape_at(hay: &[u8], at: usize) -> Option<(u8, usize)> {
    let text = hay.get(at..)?;
    match text {
        [b'%', high, low, ..] => Some((readable(*high, *low)?, 3)),
        [b'=', high, low, ..] if quoted_printable(hay, at) => Some((readable(*high, *low)?, 3)),
        [b'&', ..] => reference(text),
        // Its caller asked whether it stands in a parameter.
        [b'+', ..] if at.checked_sub(1).and_then(|before| hay.get(before)) != Some(&b'=') => Some((b' ', 1)),
        [b'\\', ..] => {
            let slashes = text.iter().take(32).take_while(|byte| **byte == b'\\').count();
            match text.get(slashes..slashes + 5)? {
                [b'u', b'0', b'0', high, low] => Some((readable(*high, *low)?, slashes + 5)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The byte of two hex digits unless it is a control character; line ends are read.
fn readable(high: u8, low: u8) -> Option<u8> {
    let byte = hex(high)? << 4 | hex(low)?;
    (byte >= 0x20 && byte != 0x7f || matches!(byte, b'\n' | b'\r')).then_some(byte)
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// The character reference at the start of `text`: `&#64;`, `&#x40;`, `&amp;` and its like.
pub(crate) fn reference(text: &[u8]) -> Option<(u8, usize)> {
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
        let byte = u8::try_from(code).ok().filter(|byte| (0x20..0x7f).contains(byte))?;
        (digits > 0 && text.get(digits) == Some(&b';')).then_some((byte, digits + 1))
    };
    match text {
        [b'&', b'#', b'x' | b'X', rest @ ..] => numeric(rest, 16, 4).map(|(byte, length)| (byte, length + 3)),
        [b'&', b'#', rest @ ..] => numeric(rest, 10, 5).map(|(byte, length)| (byte, length + 2)),
        [b'&', ..] => NAMED.iter().find(|(name, _)| text.starts_with(name)).map(|(name, byte)| (*byte, name.len())),
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
    /// First byte of the value that reaches to `seen`, if one does.
    value: Option<usize>,
}

impl Parameter {
    /// Whether `at` is in the value of a query's parameter: `?name=` or `&name=` stands before it; offsets asked for do not fall.
    pub(crate) fn holds(&mut self, hay: &[u8], at: usize) -> bool {
        let floor = self.seen.max(at.saturating_sub(QUERY_VALUE)).min(at);
        let new = hay.get(floor..at).unwrap_or_default();
        let inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+%*!'(),:@".contains(byte);
        let length = new.iter().rev().take_while(|byte| inside(byte)).count();
        if length < new.len() {
            let start = at - length;
            self.value = (hay.get(start - 1) == Some(&b'=') && is_named(hay, start - 1)).then_some(start);
        } else if floor > self.seen {
            self.value = None;
        }
        self.seen = at;
        self.value.is_some_and(|value| at - value < QUERY_VALUE)
    }
}

/// Whether `?name` or `&name` stands before the `=` at `equals`.
fn is_named(hay: &[u8], equals: usize) -> bool {
    let before = hay.get(equals.saturating_sub(QUERY_NAME)..equals).unwrap_or_default();
    let name = before.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')).count();
    name > 0 && before.len().checked_sub(name + 1).and_then(|mark| before.get(mark)).is_some_and(|byte| matches!(byte, b'?' | b'&'))
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
    ends(3, b'%') || ends(6, b'\\') || ends(3, b'=') && printable() || ends(1, b'+') && spaced()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::catalog::id;
    use crate::engine::verify::Source;

    #[test]
    fn escapes_are_read_where_they_are_escapes() {
        let read = |text: &str| {
            let mut view = View::default();
            view.decode(text.as_bytes(), 0, text.len());
            String::from_utf8_lossy(&view.text).into_owned()
        };
        assert_eq!(read("a&#64;b.example &lt;&#x41;&amp;"), "a@b.example <A&");
        assert_eq!(read("to jdoe=40example.com, size=40 level=3Dx"), "to jdoe@example.com, size=40 level=x");
        assert_eq!(read("/x?name=Jane+Doe&n=1+1 a+b"), "/x?name=Jane Doe\nn=1 1\na+b");
        assert_eq!(read("100%25 of %00 and 50% off"), "100% of %00 and 50% off");
    }

    #[test]
    fn findings_map_to_whole_escapes() {
        let hay = br#"x=u%40example.com&y=\u0041b"#;
        let mut view = View::default();
        assert!(view.decode(hay, 2, hay.len()));
        assert_eq!(view.text.as_slice(), b"u@example.com&y=Ab");
        let hit = |start, end| Hit { start, end, kind: id::EMAIL, confidence: 95, source: Source::Format, cut: false, pending: false };
        let mapped = |start, end| view.map(&hit(start, end)).map(|hit| &hay[hit.start as usize..hit.end as usize]);
        assert_eq!(mapped(0, 13), Some(&b"u%40example.com"[..]));
        assert_eq!(mapped(1, 2), Some(&b"%40"[..]));
        assert_eq!(mapped(16, 18), Some(&br"\u0041b"[..]));
    }
}
