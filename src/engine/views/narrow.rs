//! Lines without what has no width: ASCII in UTF-16 has a NUL beside each letter.
//!
//! For who reads one line after the other, such as those of a private key. No other escape
//! is read: the signs of JSON stay where they are.

use super::escape::escape_at;
use super::fold::Plain;
use std::ops::Range;

/// What is read of a line, and where it stands in it. Used for one line after the other.
#[derive(Default)]
pub(crate) struct Narrow {
    text: Vec<u8>,
    /// One past what was left out: in the text, and in the line.
    steps: Vec<(usize, usize)>,
}

impl Narrow {
    /// Reads a line.
    pub(crate) fn read(&mut self, line: &[u8]) {
        self.text.clear();
        self.steps.clear();
        let mut at = 0;
        for (mark, byte) in line.iter().enumerate() {
            // What may begin something without a width.
            if mark < at || !matches!(byte, 0 | b'\\' | 0xc2 | 0xe2 | 0xef) {
                continue;
            }
            if let Some((Plain::Nothing, length)) = escape_at(line, mark) {
                self.text.extend_from_slice(line.get(at..mark).unwrap_or_default());
                at = mark + length;
                self.steps.push((self.text.len(), at));
            }
        }
        if !self.steps.is_empty() {
            self.text.extend_from_slice(line.get(at..).unwrap_or_default());
        }
    }

    /// Whether something was left out.
    pub(crate) fn is_narrower(&self) -> bool {
        !self.steps.is_empty()
    }

    /// What was read of this line.
    pub(crate) fn text<'t>(&'t self, line: &'t [u8]) -> &'t [u8] {
        if self.is_narrower() { &self.text } else { line }
    }

    /// Where a part of the text stands in the line, with what was left out behind it.
    pub(crate) fn source(&self, part: Range<usize>) -> Range<usize> {
        let last = |text: usize| self.steps.partition_point(|step| step.0 <= text).checked_sub(1).and_then(|step| self.steps.get(step));
        let of = |text: usize| last(text).map_or(text, |step| step.1 + text - step.0);
        let start = of(part.start);
        start..if part.is_empty() { start } else { of(part.end) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_width_is_left_out() {
        let mut narrow = Narrow::default();
        for (line, text) in [
            (&b"\0A\0b\0=\0"[..], &b"Ab="[..]),
            (b"A\0\0b\0", b"Ab"),
            (br#""a\u0000b\u0000\n\\u0000""#, br#""ab\n""#),
            ("a\u{200b}\u{2013}b".as_bytes(), "a\u{2013}b".as_bytes()),
            (br"\u0041\\u000", br"\u0041\\u000"),
            (b"", b""),
        ] {
            narrow.read(line);
            assert_eq!(narrow.text(line), text);
            assert_eq!(narrow.is_narrower(), line != text);
        }
    }

    #[test]
    fn parts_are_found_in_the_line() {
        let mut narrow = Narrow::default();
        narrow.read(b"\0A\0b\0c");
        assert_eq!((narrow.source(0..1), narrow.source(1..3), narrow.source(1..1)), (1..3, 3..6, 3..3));
        narrow.read(b"A\0\0b\0");
        assert_eq!((narrow.source(0..1), narrow.source(1..2), narrow.source(0..2)), (0..3, 3..5, 0..5));
        narrow.read(b"Abc");
        assert_eq!(narrow.source(1..2), 1..2);
    }
}
