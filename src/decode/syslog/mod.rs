//! Syslog: messages out of datagrams and streams, each to one JSON object.
//!
//! Reads both forms that are sent (RFC 5424, and the older one that RFC 3164 describes), and both ways of
//! telling messages apart on a stream (RFC 6587: counted bytes, or a line end). What fits neither form is
//! a message as a whole: nothing is thrown away. The fields keep their names, so that the engine sees them.

mod message;

use crate::record::{Events, Raw};
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
    /// Whether the rest of a line that was too long is to come.
    skipping: bool,
}

impl Framer {
    /// For messages of at most so many bytes. Of longer ones that end with a line end the beginning is taken, as
    /// RFC 5424 allows (section 6.1): a value must not be cut in two before it is looked for.
    pub fn new(most: usize) -> Self {
        Self { held: Raw::default(), most, skipping: false }
    }

    /// Whether a message has begun and not ended.
    pub fn is_open(&self) -> bool {
        !self.held.is_empty() || self.skipping
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
        let mut start = 0;
        loop {
            let rest = self.held.expose().get(start..).unwrap_or_default();
            if self.skipping {
                let end = memchr::memchr2(b'\n', 0, rest);
                self.skipping = end.is_none();
                start += end.map_or(rest.len(), |end| end + 1);
                if self.skipping {
                    break;
                }
                continue;
            }
            match frame(rest, self.most) {
                Ok(Some((message, next))) => {
                    let message = rest.get(message).unwrap_or_default();
                    self.skipping = next == message.len();
                    if self.skipping {
                        take(&beginning(message), now, events)
                    } else {
                        take(message, now, events)
                    }
                    start += next;
                }
                Ok(None) => break,
                Err(error) => {
                    self.held.discard(0..start);
                    return Err(error);
                }
            }
        }
        self.held.discard(0..start);
        self.held.fit();
        Ok(())
    }

    /// Takes what is there when the stream ends.
    pub fn finish(self, now: i64, events: &mut Events) {
        if self.skipping {
            return;
        }
        let rest = self.held.expose();
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let counted = (1..=MAX_DIGITS).contains(&digits) && rest.get(digits) == Some(&b' ');
        take(rest.get(if counted { digits + 1 } else { 0 }..).unwrap_or_default(), now, events);
    }
}

/// The first message of a stream and where the next one begins; none if it is not complete.
fn frame(rest: &[u8], most: usize) -> Result<Option<(Range<usize>, usize)>, FrameError> {
    match rest.first() {
        None => Ok(None),
        Some(b'1'..=b'9') => {
            let digits = rest.iter().take(MAX_DIGITS + 1).take_while(|byte| byte.is_ascii_digit()).count();
            match rest.get(digits) {
                _ if digits > MAX_DIGITS => Err(FrameError),
                None => Ok(None),
                Some(b' ') => {
                    let count = rest.iter().take(digits).fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0'));
                    let end = digits + 1 + count;
                    match count <= most {
                        true => Ok((rest.len() >= end).then_some((digits + 1..end, end))),
                        false => Err(FrameError),
                    }
                }
                // A line that begins with a number.
                Some(_) => Ok(line(rest, most)),
            }
        }
        Some(_) => Ok(line(rest, most)),
    }
}

/// A line and where the next one begins: at the end of the line itself if that has not come yet.
fn line(rest: &[u8], most: usize) -> Option<(Range<usize>, usize)> {
    match memchr::memchr2(b'\n', 0, rest.get(..=most).unwrap_or(rest)) {
        Some(end) => Some((0..end, end + 1)),
        None => (rest.len() > most).then_some((0..most, most)),
    }
}

/// The whole words at the beginning of a line that is too long, and a sign that the rest is missing.
fn beginning(line: &[u8]) -> Vec<u8> {
    let words = memchr::memrchr2(b' ', b'\t', line).unwrap_or(0);
    [line.get(..words).unwrap_or_default(), b" [WITHHELD:part]"].concat()
}

fn take(message: &[u8], now: i64, events: &mut Events) {
    let message = message.trim_ascii_end();
    let message = message.strip_suffix(b"\0").unwrap_or(message);
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
