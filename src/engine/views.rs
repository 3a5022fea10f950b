//! Views: what a record says once its escapes are read.
//!
//! Percent escapes (RFC 3986) and JSON `\uXXXX` escapes may hide a letter, a digit or a
//! separator of a value. The part of the record around them is decoded into scratch
//! memory with a map back to the input, scanned like any text, and findings are mapped
//! to whole escapes. Percent escapes are read when they yield a letter, a digit, a space
//! or one of `@ . - _ + : / =`: anything else bounds a value, decoded or not. A `\uXXXX`
//! is always read, because its letters would join the word behind it; a quote, a
//! backslash or a control character becomes a byte that is part of nothing.

use super::verify::Hit;

/// Bytes decoded on each side of an escape; longer than any bounded finding.
const REACH: usize = 4096;

/// Stands for a quote, a backslash or a control character: part of nothing.
const BOUNDARY: u8 = 0x7f;
/// Stands for any character beyond ASCII.
const LETTER: u8 = 0xc3;

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
            let mut end = record_end(hay, escape);
            let from = escapes.partition_point(|other| (*other as usize) <= escape);
            for next in escapes.get(from..).unwrap_or_default() {
                if *next as usize > end {
                    break;
                }
                end = record_end(hay, *next as usize);
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
        let mut at = 0;
        while let Some(next) = memchr::memchr2(b'%', b'\\', region.get(at..).unwrap_or_default()) {
            let from = at + next;
            self.text.extend_from_slice(region.get(at..from).unwrap_or_default());
            at = match escape_at(region.get(from..).unwrap_or_default()) {
                Some((byte, length)) => {
                    self.text.push(byte);
                    self.steps.push((self.text.len() as u32, (from + length) as u32));
                    from + length
                }
                None => {
                    self.text.extend(region.get(from));
                    from + 1
                }
            };
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

fn record_end(hay: &[u8], at: usize) -> usize {
    let rest = hay.get(at..hay.len().min(at + REACH)).unwrap_or_default();
    at + memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())
}

/// The byte an escape at the start of `text` stands for, and its length.
fn escape_at(text: &[u8]) -> Option<(u8, usize)> {
    match text {
        [b'%', high, low, ..] => {
            let byte = hex(*high)? << 4 | hex(*low)?;
            (byte.is_ascii_alphanumeric() || b" @.-_+:/=".contains(&byte)).then_some((byte, 3))
        }
        [b'\\', ..] => {
            let slashes = text.iter().take_while(|byte| **byte == b'\\').count();
            let [b'u', digits @ ..] = text.get(slashes..slashes + 5)? else { return None };
            let code = digits.iter().try_fold(0u16, |code, digit| Some(code << 4 | u16::from(hex(*digit)?)))?;
            let byte = match u8::try_from(code) {
                Ok(b'"' | b'\'' | b'`' | b'\\' | 0..b' ' | 0x7f) => BOUNDARY,
                Ok(byte) if byte.is_ascii() => byte,
                _ => LETTER,
            };
            Some((byte, slashes + 5))
        }
        _ => None,
    }
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Whether a `%XX` or `\u00XX` ends before `at`.
#[cfg(any(test, feature = "test-hooks"))]
pub(crate) fn ends_here(hay: &[u8], at: usize) -> bool {
    let back = |length: usize| at.checked_sub(length).and_then(|from| hay.get(from..at));
    matches!(back(3), Some([b'%', high, low]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
        || matches!(back(6), Some([b'\\', b'a'..=b'z', b'0'..=b'9', b'0'..=b'9', high, low]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::catalog::id;
    use crate::engine::verify::Source;

    #[test]
    fn findings_map_to_whole_escapes() {
        let hay = br#"x=u%40example.com&y=\u0041b"#;
        let mut view = View::default();
        assert!(view.decode(hay, 2, hay.len()));
        assert_eq!(view.text.as_slice(), b"u@example.com&y=Ab");
        let hit = |start, end| Hit { start, end, kind: id::EMAIL, confidence: 95, source: Source::Format };
        let mapped = |start, end| view.map(&hit(start, end)).map(|hit| &hay[hit.start as usize..hit.end as usize]);
        assert_eq!(mapped(0, 13), Some(&b"u%40example.com"[..]));
        assert_eq!(mapped(1, 2), Some(&b"%40"[..]));
        assert_eq!(mapped(16, 18), Some(&br"\u0041b"[..]));
    }
}
