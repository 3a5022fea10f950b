//! Syslog: messages out of datagrams and streams, each to one JSON object.
//!
//! Reads both forms that are sent (RFC 5424, and the older one that RFC 3164 describes), and both ways of
//! telling messages apart on a stream (RFC 6587: counted bytes, or a line end, which may be a NUL: see `line`).
//! What fits neither form is a message as a whole: nothing is thrown away. The fields keep their names, so that the
//! engine sees them.

mod line;
mod message;

use crate::record::{Events, Raw};
use line::{Begins, Line};
use std::ops::Range;

/// Digits of a length that comes before a counted message.
const MAX_DIGITS: usize = 7;

/// A counted message that is longer than is taken, or a count that is none. Where the next message begins is
/// not known then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the length of a message is not one that is taken")]
pub struct FrameError;

/// Takes the one message of a datagram. `now` is its time if it does not say one: milliseconds since 1970 (UTC).
pub fn datagram(raw: &Raw, now: i64, events: &mut Events) {
    take(raw.expose(), now, events);
}

/// Messages of one stream.
pub struct Framer {
    /// Bytes of a message whose end is to come.
    held: Raw,
    /// Longest message, in bytes.
    most: usize,
    /// What of a line that was too long is to come.
    skipping: Skipping,
    /// Bytes of the first message held in which no end was found.
    seen: usize,
    /// Whether it ends with a NUL.
    may_end: bool,
}

/// What is left out until the next message.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Skipping {
    Nothing,
    /// The rest of a line.
    Line,
    /// The word behind a NUL in it, which may be half a value.
    Word,
}

impl Framer {
    /// For messages of at most so many bytes. Of longer ones that end with a line end the beginning is taken, as
    /// RFC 5424 allows (section 6.1): a value must not be cut in two before it is looked for.
    pub fn new(most: usize) -> Self {
        Self { held: Raw::default(), most, skipping: Skipping::Nothing, seen: 0, may_end: false }
    }

    /// Whether a message has begun and not ended.
    pub fn is_open(&self) -> bool {
        !self.held.is_empty() || self.skipping != Skipping::Nothing
    }

    /// Whether what was held last is a message if nothing follows it now: it ends with a NUL.
    pub fn may_end(&self) -> bool {
        self.may_end
    }

    /// Bytes of it.
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// Takes the messages that are complete with what came.
    ///
    /// # Errors
    /// If a count is none or too large. Messages before it were taken.
    pub fn push(&mut self, part: &Raw, now: i64, events: &mut Events) -> Result<(), FrameError> {
        self.held.extend(part.expose());
        self.messages(false, now, events)
    }

    /// Takes messages off what is held; `last` says that nothing follows.
    fn messages(&mut self, last: bool, now: i64, events: &mut Events) -> Result<(), FrameError> {
        self.may_end = false;
        let mut start = 0;
        let outcome = loop {
            let rest = self.held.expose().get(start..).unwrap_or_default();
            if self.skipping != Skipping::Nothing {
                let (skipped, skipping) = skip(rest, self.skipping);
                start += skipped;
                (self.skipping, self.seen) = (skipping, 0);
                if skipping == Skipping::Nothing || skipped > 0 {
                    continue;
                }
                self.may_end = rest.ends_with(b"\0");
                break Ok(());
            }
            match frame(rest, self.most, self.seen, last) {
                Ok(Frame::Message(message, next)) => {
                    let message = rest.get(message).unwrap_or_default();
                    if next == message.len() {
                        self.skipping = Skipping::Line;
                        take(&beginning(message), now, events)
                    } else {
                        take(message, now, events)
                    }
                    (start, self.seen) = (start + next, 0);
                }
                Ok(Frame::Counted) => break Ok(()),
                Ok(Frame::Line(seen)) => {
                    self.may_end = rest.ends_with(b"\0");
                    self.seen = seen;
                    break Ok(());
                }
                Err(error) => break Err(error),
            }
        };
        self.held.discard(0..start);
        self.held.fit();
        outcome
    }

    /// Takes what is held as messages that have ended: nothing came behind a NUL.
    pub fn end(&mut self, now: i64, events: &mut Events) {
        // A count that is none is no end of a line, and is refused when it comes.
        let _ = self.messages(true, now, events);
        if self.skipping == Skipping::Nothing {
            let rest = self.held.expose();
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let counted = (1..=MAX_DIGITS).contains(&digits) && rest.get(digits) == Some(&b' ');
            take(rest.get(if counted { digits + 1 } else { 0 }..).unwrap_or_default(), now, events);
        }
        *self = Self::new(self.most);
    }

    /// Takes what is there when the stream ends.
    pub fn finish(mut self, now: i64, events: &mut Events) {
        self.end(now, events);
    }
}

/// What stands at the beginning of a stream.
enum Frame {
    /// A message, and where the next one begins.
    Message(Range<usize>, usize),
    /// A part of a counted message, or of its count.
    Counted,
    /// A part of a line without an end in its first bytes.
    Line(usize),
}

/// The first message of a stream. In its first `seen` bytes no line ends; behind a `last` part nothing follows.
fn frame(rest: &[u8], most: usize, seen: usize, last: bool) -> Result<Frame, FrameError> {
    if let Some(b'1'..=b'9') = rest.first() {
        let digits = rest.iter().take(MAX_DIGITS + 1).take_while(|byte| byte.is_ascii_digit()).count();
        match rest.get(digits) {
            _ if digits > MAX_DIGITS => return Err(FrameError),
            None => return Ok(Frame::Counted),
            Some(b' ') => {
                let count = rest.iter().take(digits).fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0'));
                let end = digits + 1 + count;
                return match count <= most {
                    true => Ok(if rest.len() >= end { Frame::Message(digits + 1..end, end) } else { Frame::Counted }),
                    false => Err(FrameError),
                };
            }
            // A line that begins with a number.
            Some(_) => {}
        }
    }
    Ok(match line::first(rest, (most, last), seen) {
        Line::Ends(length, next) => Frame::Message(0..length, next),
        Line::Open(seen) => Frame::Line(seen),
    })
}

/// Where what is left out ends, and what is left out behind that.
fn skip(rest: &[u8], skipping: Skipping) -> (usize, Skipping) {
    if skipping == Skipping::Word {
        let end = rest.iter().position(|byte| matches!(byte, b' ' | b'\t' | b'\n' | 0));
        let Some(end) = end else { return (rest.len(), Skipping::Word) };
        // A NUL is looked at as in a line.
        return if rest.get(end) == Some(&0) { skip_line(rest, end) } else { (end + 1, Skipping::Nothing) };
    }
    skip_line(rest, 0)
}

fn skip_line(rest: &[u8], from: usize) -> (usize, Skipping) {
    let Some(end) = memchr::memchr2(b'\n', 0, rest.get(from..).unwrap_or_default()).map(|end| from + end) else {
        return (rest.len(), Skipping::Line);
    };
    if rest.get(end) == Some(&b'\n') {
        return (end + 1, Skipping::Nothing);
    }
    match line::behind(rest, end) {
        (Begins::Message, next) => (next, Skipping::Nothing),
        (Begins::Unknown, _) => (end, Skipping::Line),
        (Begins::Nothing, next) => (next, Skipping::Word),
    }
}

/// The whole words at the beginning of a line that is too long, and a sign that the rest is missing.
fn beginning(line: &[u8]) -> Vec<u8> {
    let words = memchr::memrchr2(b' ', b'\t', line).unwrap_or(0);
    [line.get(..words).unwrap_or_default(), b" [WITHHELD:part]"].concat()
}

fn take(message: &[u8], now: i64, events: &mut Events) {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0;
    let length = message.iter().rposition(|byte| !ends(byte)).map_or(0, |last| last + 1);
    let start = message.iter().position(|byte| *byte != 0).unwrap_or(length).min(length);
    let message = message.get(start..length).unwrap_or_default();
    if !message.is_empty() {
        let read = message::Message::read(message);
        events.push(&read.json(), read.time.unwrap_or(now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(parts: &[&[u8]], most: usize) -> (String, Result<(), FrameError>) {
        let (mut framer, mut events, mut outcome) = (Framer::new(most), Events::default(), Ok(()));
        for part in parts {
            outcome = framer.push(&Raw::new(part.to_vec()), 0, &mut events);
        }
        framer.finish(0, &mut events);
        (String::from_utf8(events.text().expose().to_vec()).unwrap(), outcome)
    }

    fn messages(text: &str) -> Vec<String> {
        text.lines().map(|line| line.split("\"message\":").nth(1).unwrap().to_owned()).collect()
    }

    #[test]
    fn both_framings_are_read_in_any_cut() {
        let stream = b"<13>one\n9 <13>two 2<13>three\n7 <13>a\nb12 <13>last one";
        let wanted = [r#""one"}"#, r#""two 2"}"#, r#""three"}"#, r#""a\nb"}"#, r#""last one"}"#];
        for cut in 0..stream.len() {
            let (head, tail) = stream.split_at(cut);
            let (text, outcome) = all(&[head, tail], 1024);
            assert_eq!((messages(&text), outcome), (wanted.map(str::to_owned).to_vec(), Ok(())), "{cut}");
        }
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        assert_eq!(messages(&all(&bytes, 1024).0), wanted);
    }

    #[test]
    fn messages_that_end_with_a_nul_are_all_taken_in_any_cut() {
        let count = 3_000;
        let mut stream = Vec::new();
        for number in 0..count {
            let text = format!("<13>line {number}");
            match number % 5 {
                0 => stream.extend(format!("{} {text}", text.len()).bytes()),
                1 => stream.extend(format!("{} {text}\0", text.len()).bytes()),
                2 => stream.extend(format!("{text}\0\0").bytes()),
                _ => stream.extend(format!("{text}\0").bytes()),
            }
        }
        stream.extend(b"{\"message\":\"as JSON\"}\0");
        let wanted: Vec<String> = (0..count).map(|number| format!("\"line {number}\"}}")).collect();
        for size in (1..40).chain([777, 2048, 65_536]) {
            let parts: Vec<&[u8]> = stream.chunks(size).collect();
            let (text, outcome) = all(&parts, 1024);
            assert_eq!(outcome, Ok(()));
            assert!(text.ends_with("as JSON\\\"}\"}\n") || text.ends_with("{\"message\":\"as JSON\"}\n"), "{size}");
            let got = messages(&text);
            assert_eq!((&got[..count], got.len()), (&wanted[..], count + 1), "{size}");
        }
        let short = b"<13>a\0<13>b c\0\0{}\x0014 <13>in\0side \0x\0<13>in\0side 5<\n\0plain\0<13>last\0";
        let wanted =
            [r#""a"}"#, r#""b c"}"#, r#""{}"}"#, r#""in\u0000side \u0000x"}"#, r#""in\u0000side 5<"}"#, r#""plain"}"#, r#""last"}"#];
        for first in 0..short.len() {
            for second in first..short.len() {
                let parts = [&short[..first], &short[first..second], &short[second..]];
                assert_eq!(messages(&all(&parts, 1024).0), wanted, "{first} {second}");
            }
        }
    }

    #[test]
    fn a_nul_in_a_message_cuts_no_value() {
        let texts = |framer: &mut Framer, part: &[u8]| {
            let mut events = Events::default();
            framer.push(&Raw::new(part.to_vec()), 0, &mut events).unwrap();
            let open = framer.may_end();
            if open {
                framer.end(0, &mut events);
                assert!(!framer.is_open() && !framer.may_end());
            }
            (messages(std::str::from_utf8(events.text().expose()).unwrap()), open)
        };
        let mut framer = Framer::new(1024);
        // The end of a message, if it is quiet behind it.
        assert_eq!(texts(&mut framer, b"<13>ssn=123\x00-45-6789\0"), (vec![r#""ssn=123\u0000-45-6789"}"#.to_owned()], true));
        assert!(!texts(&mut framer, b"100 <13>counted\0").1);
        let mut framer = Framer::new(1024);
        assert_eq!(texts(&mut framer, b"<13>a\0<"), (vec![], false));
        assert_eq!(texts(&mut framer, b"13>b\n"), ([r#""a"}"#, r#""b"}"#].map(str::to_owned).to_vec(), false));
    }

    #[test]
    fn a_long_message_with_nuls_is_cut_at_one_and_nothing_held_grows() {
        let one = |stream: &[u8], size: usize| {
            let (mut framer, mut events) = (Framer::new(16), Events::default());
            for part in stream.chunks(size) {
                framer.push(&Raw::new(part.to_vec()), 0, &mut events).unwrap();
                assert!(framer.held() <= 16 + 64, "{}", framer.held());
            }
            framer.finish(0, &mut events);
            messages(std::str::from_utf8(events.text().expose()).unwrap())
        };
        for size in 1..50 {
            // Texts without a priority, each behind a NUL: none is lost.
            let texts = one(b"first\0second\0third\0fourth\0fifth\0sixth\0", size).join(" ");
            assert!(["first", "second", "third", "fourth", "fifth", "sixth"].iter().all(|text| texts.contains(text)), "{size} {texts}");
            // Behind the part of a line that is left out, the word behind its NUL goes as well.
            let got = one(b"<13>one two three and more\0-6789 rest\0<13>next\n", size);
            assert_eq!(got, [r#""one two [WITHHELD:part]"}"#, r#""rest"}"#, r#""next"}"#], "{size}");
            let got = one(b"<13>one two three and more\0\0<13>next\0", size);
            assert_eq!(got, [r#""one two [WITHHELD:part]"}"#, r#""next"}"#], "{size}");
            assert_eq!(one(&[0; 500], size), Vec::<String>::new());
            let got = one(&[&b"<13>a"[..], &[0; 500], b"<13>b\n"].concat(), size);
            assert_eq!(got, [r#""a"}"#, r#""b"}"#], "{size}");
        }
    }

    #[test]
    fn what_is_too_long_is_cut_or_refused() {
        let part = r#""one two [WITHHELD:part]"}"#;
        for rest in ["three\n", "three and more than twice as long\n"] {
            let stream = format!("<13>one two {rest}<13>next\n");
            for cut in 0..stream.len() {
                let (head, tail) = stream.as_bytes().split_at(cut);
                assert_eq!(messages(&all(&[head, tail], 15).0), [part, r#""next"}"#], "{cut}");
            }
        }
        assert!(all(&[b"<13>0123456789\n"], 8).0.ends_with("[WITHHELD:part]\"}\n"));
        assert_eq!(messages(&all(&[b"<13>0123\n"], 8).0), [r#""0123"}"#]);
        for wrong in [&b"9999999 x"[..], b"99999999", b"12345678901234567890 x"] {
            assert_eq!(all(&[wrong], 1000).1, Err(FrameError));
        }
        assert_eq!(messages(&all(&[b"5 <13>a\n<13>b"], 1000).0), [r#""a"}"#, r#""b"}"#]);
        assert_eq!(all(&[b"2026-03-01 12:00:00 a line\n"], 1000).0, "{\"message\":\"2026-03-01 12:00:00 a line\"}\n");
    }
}
