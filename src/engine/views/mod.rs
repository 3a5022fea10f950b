//! Views: what a record says once its escapes are read.
//!
//! Percent escapes and `+` in a query, JSON `\uXXXX`, HTML character references and
//! quoted-printable (`escape`), and characters beyond ASCII that look like ASCII or like
//! nothing (`fold`), may hide a letter, a digit or a separator of a value. The part of the
//! record around them is decoded into scratch memory with a map back to the input, scanned
//! like any text, and findings are mapped to whole escapes. So are the codes of terminals
//! (`codes`), which stay where they stand at the edge of a finding.

mod alphabet;
mod codes;
mod escape;
mod fold;
mod inflate;
mod narrow;
mod packed;

pub(crate) use codes::{Code, code, code_around, without_codes};
pub(crate) use escape::{Parameter, ends_here, escape_at, octal, percent, reference};
pub(crate) use fold::{Plain, disguises, folded_tail};
pub(crate) use narrow::Narrow;
pub(crate) use packed::Runs;

use super::verify::Hit;
use codes::ESC;
use escape::MARKS;
use std::ops::Range;

/// Bytes decoded on each side of an escape; longer than any bounded finding.
const REACH: usize = 4096;

/// Decoded text of one region and where each byte came from.
#[derive(Default)]
pub(crate) struct View {
    text: Vec<u8>,
    /// The escapes decoded, in order.
    steps: Vec<Step>,
    /// Whether a code stands behind a letter or digit, and may end a word.
    joins: bool,
    /// First byte of the region in the input.
    origin: usize,
    /// One past its last one.
    end: usize,
}

/// An escape decoded; offsets one past it.
#[derive(Clone, Copy)]
struct Step {
    text: u32,
    input: u32,
    /// Where a finding ends whose last byte stands before `text`: codes behind it are not of it.
    held: u32,
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
            if self.decode(hay, start, end, false) {
                each(&self.text, self);
            }
            // A code may stand in a word, or between two.
            if self.joins && self.decode(hay, start, end, true) {
                each(&self.text, self);
            }
            done = end;
        }
    }

    /// Reads the bytes from `start` to `end`; codes behind a word as blanks if `apart`, else all as nothing.
    fn decode(&mut self, hay: &[u8], start: usize, end: usize, apart: bool) -> bool {
        self.text.clear();
        self.steps.clear();
        self.joins = false;
        self.origin = start;
        self.end = end;
        let region = hay.get(start..end).unwrap_or_default();
        let (mut at, mut from) = (0, 0);
        // Whether the text since the last blank or `&` is the value of a parameter; unknown before its first escape.
        let mut parameter = None;
        let mut query = Parameter::default();
        let is_mark = |byte: &u8| MARKS.get(usize::from(*byte)).is_some_and(|mark| *mark);
        let marks = region.iter().enumerate().filter(|(_, byte)| is_mark(byte)).map(|(mark, byte)| (mark, *byte));
        for (mark, sign) in marks {
            if mark < from {
                continue;
            }
            if sign == b'+' && !query.holds(region, mark) {
                continue;
            }
            let length = if matches!(sign, ESC | b'\\') { region.get(mark..).and_then(code) } else { None };
            if let Some(length) = length {
                self.text.extend_from_slice(region.get(at..mark).unwrap_or_default());
                at = mark + length;
                from = at;
                self.leave_out(mark, at, apart, region.get(at));
                continue;
            }
            let (plain, length) = match escape_at(region, mark) {
                Some(escape) => {
                    if sign == b'%' && parameter.is_none() {
                        parameter = Some(query.holds(region, mark) && query.in_query());
                    } else if sign == b'#' {
                        // A line end ends it as well.
                        parameter = None;
                    } else if sign == b'+' {
                        // Its blanks are written as `+`: one as it stands ends it.
                        parameter = Some(true);
                    }
                    escape
                }
                // What ends an encoded parameter ends what it says, which may hold blanks and `&` of its own.
                None if matches!(sign, b' ' | b'&') => {
                    if parameter.take() != Some(true) {
                        continue;
                    }
                    (Plain::Byte(b'\n'), 1)
                }
                None => continue,
            };
            self.text.extend_from_slice(region.get(at..mark).unwrap_or_default());
            at = mark + length;
            from = at;
            if let Plain::Byte(byte) = plain {
                self.text.push(byte);
            }
            self.step(at, None);
            if matches!(plain, Plain::Byte(0x80..)) {
                self.fold_escaped();
            }
        }
        self.text.extend_from_slice(region.get(at..).unwrap_or_default());
        !self.steps.is_empty()
    }

    /// Where the region is in the input.
    pub(crate) fn region(&self) -> Range<usize> {
        self.origin..self.end
    }

    /// Notes a code from `start` to `end`, before `next`.
    fn leave_out(&mut self, start: usize, end: usize, apart: bool, next: Option<&u8>) {
        let alnum = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        let word = alnum(self.text.last());
        self.joins |= word && (alnum(next) || matches!(next, Some(&ESC | b'\\')));
        if apart && word {
            self.text.push(b' ');
        }
        self.step(end, Some(start));
    }

    /// Notes an escape that ends at `end`; a code begins at `code`.
    fn step(&mut self, end: usize, code: Option<usize>) {
        let (text, input) = (self.text.len() as u32, end as u32);
        let held = match self.steps.last() {
            Some(last) if last.text == text && last.held != last.input => last.held,
            _ => code.map_or(input, |code| code as u32),
        };
        self.steps.push(Step { text, input, held });
    }

    /// Folds a character whose bytes were escaped one by one, such as `%EF%BC%91`.
    fn fold_escaped(&mut self) {
        let Some((plain, length)) = folded_tail(&self.text) else { return };
        let kept = self.text.len() - length;
        // Each of its bytes was an escape.
        let Some(first) = self.steps.len().checked_sub(length) else { return };
        let Some(last) = self.steps.last().copied() else { return };
        if self.steps.get(first).is_none_or(|step| step.text as usize != kept + 1) {
            return;
        }
        self.steps.truncate(first);
        self.text.truncate(kept);
        if let Plain::Byte(byte) = plain {
            self.text.push(byte);
        }
        self.step(last.input as usize, None);
    }

    /// The finding in the input that covers a finding in the view.
    pub(crate) fn map(&self, hit: &Hit) -> Option<Hit> {
        let start = self.source(hit.start);
        let end = self.source(hit.end.checked_sub(1)?) + self.length(hit.end - 1);
        Some(Hit { start: (self.origin + start) as u32, end: (self.origin + end) as u32, ..*hit })
    }

    /// Where the byte at `at` of the text begins in the region.
    fn source(&self, at: u32) -> usize {
        let step = self.steps.partition_point(|step| step.text <= at);
        let (text, input) = step.checked_sub(1).and_then(|step| self.steps.get(step)).map_or((0, 0), |step| (step.text, step.input));
        (input + (at - text)) as usize
    }

    /// How many bytes of the region the byte at `at` of the text takes, with what was left out behind it.
    fn length(&self, at: u32) -> usize {
        let after = self.steps.partition_point(|step| step.text <= at + 1);
        match after.checked_sub(1).and_then(|step| self.steps.get(step)) {
            Some(step) if step.text == at + 1 => step.held as usize - self.source(at),
            _ => 1,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::catalog::id;
    use crate::engine::verify::Source;

    #[test]
    fn escapes_are_read_where_they_are_escapes() {
        let read = |text: &str| {
            let mut view = View::default();
            view.decode(text.as_bytes(), 0, text.len(), false);
            String::from_utf8_lossy(&view.text).into_owned()
        };
        assert_eq!(read("a&#64;b.example &lt;&#x41;&amp;"), "a@b.example <A&");
        assert_eq!(read("to jdoe=40example.com, size=40 level=3Dx"), "to jdoe@example.com, size=40 level=x");
        assert_eq!(read("/x?name=Jane+Doe&n=1+1 a+b"), "/x?name=Jane Doe\nn=1 1\na+b");
        assert_eq!(read("100%25 of %00 and 50% off"), "100% of %00 and 50% off");
        assert_eq!(read("u%2540x %252540 %2525 %2500"), "u@x @ % %00");
    }

    #[test]
    fn look_alikes_are_read_as_what_they_look_like() {
        let read = |text: &str| {
            let mut view = View::default();
            view.decode(text.as_bytes(), 0, text.len(), false);
            String::from_utf8_lossy(&view.text).into_owned()
        };
        assert_eq!(read("\u{ff11}\u{ff21}\u{ff5a}\u{ff20} 1\u{200b}2\u{2060}3"), "1Az@ 123");
        assert_eq!(read("1\u{2013}2\u{2212}3\u{a0}4\u{3000}5"), "1-2-3 4 5");
        assert_eq!(read(r"\uff11\u200b\u2011\u00A0x \u0430"), r"1- x \u0430");
        assert_eq!(read("%EF%BC%91%E2%80%8B%C2%A02 &#8203;&#xFF12;"), "1 2 2");
        assert_eq!(read("\u{ff08}%41\u{ff09}"), "\u{ff08}A\u{ff09}");
    }

    #[test]
    fn findings_map_to_whole_escapes() {
        let hay = br#"x=u%40example.com&y=\u0041b"#;
        let mut view = View::default();
        assert!(view.decode(hay, 2, hay.len(), false));
        assert_eq!(view.text.as_slice(), b"u@example.com&y=Ab");
        let hit = |start, end| Hit {
            start,
            end,
            kind: id::EMAIL,
            confidence: 95,
            source: Source::Format,
            cut: false,
            pending: false,
            pending_next: false,
        };
        let mapped = |start, end| view.map(&hit(start, end)).map(|hit| &hay[hit.start as usize..hit.end as usize]);
        assert_eq!(mapped(0, 13), Some(&b"u%40example.com"[..]));
        assert_eq!(mapped(1, 2), Some(&b"%40"[..]));
        assert_eq!(mapped(16, 18), Some(&br"\u0041b"[..]));
        let hay = "x 1\u{200b}\u{200b}2\u{ff13}\u{200b} y".as_bytes();
        assert!(view.decode(hay, 0, hay.len(), false));
        assert_eq!(view.text.as_slice(), b"x 123 y");
        let mapped = |start, end| view.map(&hit(start, end)).map(|hit| String::from_utf8_lossy(&hay[hit.start as usize..hit.end as usize]));
        assert_eq!(mapped(2, 5).as_deref(), Some("1\u{200b}\u{200b}2\u{ff13}\u{200b}"));
        assert_eq!(mapped(3, 4).as_deref(), Some("2"));
    }

    #[test]
    fn codes_stay_at_the_edges_of_findings() {
        let hay = "x\u{1b}[31m12\u{1b}[m\u{1b}[K3\u{200b}\\\\u001b[0m\u{200b}y".as_bytes();
        let mut view = View::default();
        let hit = |start, end| Hit {
            start,
            end,
            kind: id::EMAIL,
            confidence: 95,
            source: Source::Format,
            cut: false,
            pending: false,
            pending_next: false,
        };
        assert!(view.decode(hay, 0, hay.len(), false) && view.joins);
        assert_eq!(view.text.as_slice(), b"x123y");
        let mapped = view.map(&hit(1, 4)).map(|hit| &hay[hit.start as usize..hit.end as usize]);
        assert_eq!(mapped, Some("12\u{1b}[m\u{1b}[K3\u{200b}".as_bytes()));
        assert!(view.decode(hay, 0, hay.len(), true));
        assert_eq!(view.text.as_slice(), b"x 12 3 y");
        let mapped = |start, end| view.map(&hit(start, end)).map(|hit| &hay[hit.start as usize..hit.end as usize]);
        assert_eq!(mapped(2, 4), Some(&b"12"[..]));
        assert_eq!(mapped(2, 5), Some(&b"12"[..]));
        assert_eq!(mapped(5, 6), Some("3\u{200b}".as_bytes()));
    }
}
