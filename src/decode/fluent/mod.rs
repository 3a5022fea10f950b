//! The forward protocol of Fluentd and Fluent Bit (version 1): messages out of a stream, each log to one JSON object.
//!
//! Reads its four modes. A record is the map that was sent, and behind it the `tag` of its message; where the map has
//! a `tag` of its own, that one is `fluent.tag`. The time of a log becomes the time of its record.

mod greet;
mod pack;
mod parts;

pub use greet::{Greeting, digest_key};

use super::body::{self, Encoding};
use super::{growth, values};
use crate::record::{Events, Raw};
use pack::{Broken, Reader, Scan, Value};
use parts::Part;

/// Longest tag, in bytes: it is added to each log of its message.
const MAX_TAG: usize = 512;
/// Longest name of a chunk, in bytes; it is sent back.
const MAX_CHUNK: usize = 256;
/// Bytes of records that are given at once.
const CHUNK: usize = 512 << 10;

/// A message that is not one of the protocol, or longer than is taken. Where the next one begins is not known then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a message is not one that is taken")]
pub struct FrameError;

impl From<Broken> for FrameError {
    fn from(_: Broken) -> Self {
        Self
    }
}

/// Messages of one stream.
pub struct Framer {
    held: Raw,
    /// Where the next message begins.
    start: usize,
    scan: Scan,
    most: usize,
}

impl Framer {
    /// For messages of at most so many bytes.
    pub fn new(most: usize) -> Self {
        Self { held: Raw::default(), start: 0, scan: Scan::new(), most }
    }

    /// Bytes of what is not complete.
    pub fn held(&self) -> usize {
        self.held.len() - self.start
    }

    /// Takes what came.
    pub fn push(&mut self, part: &Raw) {
        self.held.extend(part.expose());
    }

    /// The next message that is complete.
    ///
    /// # Errors
    /// If the stream is none of the protocol, or a message is too long.
    pub fn message(&mut self) -> Result<Option<Raw>, FrameError> {
        let rest = self.held.expose().get(self.start..).unwrap_or_default();
        let end = self.scan.end(rest)?;
        if end.unwrap_or(rest.len()) > self.most {
            return Err(FrameError);
        }
        let Some(end) = end else {
            self.held.discard(0..self.start);
            self.held.fit();
            self.start = 0;
            return Ok(None);
        };
        self.scan = Scan::new();
        if self.start == 0 && end == self.held.len() {
            // Large messages come alone: a copy would double what they take.
            return Ok(Some(std::mem::take(&mut self.held)));
        }
        let message = Raw::new(rest.get(..end).unwrap_or_default().to_vec());
        self.start += end;
        Ok(Some(message))
    }
}

/// What a message says of its logs. It has no `Debug`: it is text of the sender.
pub struct Message {
    tag: Vec<u8>,
    logs: Raw,
    /// Whether the logs have no list around them, and are one only.
    single: bool,
    /// Answer to give once the logs are safe, if one is asked for.
    ack: Option<Vec<u8>>,
}

/// Reads a message; none if it is only a sign of life. Packed logs become at most `most` bytes.
///
/// # Errors
/// If it is none of the protocol.
pub fn message(raw: &Raw, most: usize) -> Result<Option<Message>, FrameError> {
    let mut reader = Reader(raw.expose());
    let count = match reader.next()? {
        Value::Nil => return Ok(None),
        Value::List(count @ 2..=4) => count,
        _ => return Err(FrameError),
    };
    let tag = match reader.next()? {
        Value::Text(tag) | Value::Bytes(tag) if tag.len() <= MAX_TAG => tag.to_vec(),
        _ => return Err(FrameError),
    };
    let second = reader.skip()?;
    let (logs, single, used) = match Reader(second).next()? {
        Value::List(_) => (Raw::new(second.to_vec()), false, 2),
        Value::Text(packed) | Value::Bytes(packed) => (Raw::new(packed.to_vec()), false, 2),
        Value::Unsigned(_) | Value::Signed(_) | Value::Double(_) | Value::Extension(..) if count > 2 => {
            // One log has no list: its time and its map.
            let record = reader.skip()?;
            (Raw::new([second, record].concat()), true, 3)
        }
        _ => return Err(FrameError),
    };
    let is_packed = !single && !matches!(Reader(second).next()?, Value::List(_));
    let options = if count > used { Some(options(&mut reader)?) } else { None };
    let (ack, encoding) = options.unwrap_or((None, Encoding::Identity));
    let logs = match encoding {
        Encoding::Identity => logs,
        encoding if is_packed => body::open(logs, encoding, most).map_err(|_| FrameError)?,
        _ => return Err(FrameError),
    };
    let logs = if single || is_packed { logs } else { unlisted(logs)? };
    Ok(Some(Message { tag, logs, single, ack }))
}

/// The logs of a list without what says how many they are: as they are when they are packed.
fn unlisted(mut logs: Raw) -> Result<Raw, FrameError> {
    let mut reader = Reader(logs.expose());
    reader.next()?;
    let head = logs.len() - reader.0.len();
    logs.discard(0..head);
    Ok(logs)
}

fn options(reader: &mut Reader<'_>) -> Result<(Option<Vec<u8>>, Encoding), FrameError> {
    let (mut ack, mut encoding) = (None, Encoding::Identity);
    let count = match reader.next()? {
        Value::Nil => 0,
        Value::Map(count) => count,
        _ => return Err(FrameError),
    };
    for _ in 0..count {
        let key = reader.key()?;
        let value = Reader(reader.skip()?).next()?;
        match (&*key, value) {
            (b"chunk", Value::Text(chunk) | Value::Bytes(chunk)) if chunk.len() <= MAX_CHUNK => {
                let mut answer = vec![0x81];
                pack::put_text(b"ack", &mut answer);
                pack::put_text(chunk, &mut answer);
                ack = Some(answer);
            }
            (b"chunk", Value::Nil) => {}
            (b"chunk", _) => return Err(FrameError),
            (b"compressed", Value::Text(name) | Value::Bytes(name)) => {
                encoding = match name {
                    b"text" => Encoding::Identity,
                    name => Encoding::of(name).filter(|encoding| *encoding != Encoding::Deflate).ok_or(FrameError)?,
                };
            }
            _ => {}
        }
    }
    Ok((ack, encoding))
}

impl Message {
    /// What the sender is told when all logs are safe.
    pub fn ack(&self) -> Option<&[u8]> {
        self.ack.as_deref()
    }

    /// Its logs.
    pub fn logs(&self) -> Logs<'_> {
        let mut tag = Vec::new();
        values::text(&self.tag, &mut tag);
        let left = growth::tags(self.tag.len() + self.logs.len());
        Logs { message: self, rest: self.logs.expose(), tag, left: Some(left), refused: 0 }
    }
}

/// The logs of a message, which are given piece by piece.
pub struct Logs<'m> {
    message: &'m Message,
    rest: &'m [u8],
    /// The tag as it stands in each log.
    tag: Vec<u8>,
    /// Bytes that it may still take in the logs to come; none once there were too many.
    left: Option<usize>,
    refused: usize,
}

impl Logs<'_> {
    /// The next records; `now` is the time of those that say none, in milliseconds since 1970 (UTC).
    pub fn chunk(&mut self, now: i64) -> Option<Events> {
        let mut events = Events::default();
        let mut line = Vec::new();
        while !self.rest.is_empty() && events.bytes() < CHUNK {
            line.clear();
            self.left = self.left.and_then(|left| left.checked_sub(self.tag.len()));
            if self.left.is_none() {
                self.rest = &[];
                break;
            }
            let mut reader = Reader(self.rest);
            let Ok(own) = (if self.message.single { Ok(self.rest) } else { reader.skip() }) else {
                // What follows cannot be told apart.
                self.refused += 1;
                self.rest = &[];
                break;
            };
            self.rest = if self.message.single { &[] } else { reader.0 };
            match self.log(own, now, &mut line) {
                Ok(time) => events.push(&line, time),
                Err(Broken) => self.refused += 1,
            }
        }
        (!events.is_empty()).then_some(events)
    }

    /// Whether the message ended early, because its tag takes too much in so many logs.
    pub fn is_too_large(&self) -> bool {
        self.left.is_none()
    }

    /// Logs that were refused so far.
    pub fn refused(&self) -> usize {
        self.refused
    }

    fn log(&self, log: &[u8], now: i64, line: &mut Vec<u8>) -> Result<i64, Broken> {
        let mut reader = Reader(log);
        if !self.message.single && !matches!(reader.next()?, Value::List(2)) {
            return Err(Broken);
        }
        let mut first = reader.next()?;
        if let Value::List(count @ 1..) = first {
            // Fluent Bit may put metadata beside the time.
            first = reader.next()?;
            for _ in 1..count {
                reader.skip()?;
            }
        }
        let time = time(first).ok_or(Broken)?;
        let Value::Map(count) = reader.next()? else { return Err(Broken) };
        let mut keys = reader;
        let (mut own, mut part) = (false, Part::default());
        for _ in 0..count {
            let key = keys.key()?;
            own |= &*key == b"tag";
            part.see(&key, keys.skip()?);
        }
        line.push(b'{');
        if part.is_part() {
            members_of_part(reader, count, part, line)?;
        } else {
            reader.members(count, 1, line)?;
        }
        line.extend_from_slice(if own { b"\"fluent.tag\":" } else { b"\"tag\":" });
        line.extend_from_slice(&self.tag);
        line.push(b'}');
        // Zero is what senders without a clock say.
        Ok(if time == 0 { now } else { time })
    }
}

/// Writes the pairs of a log that is a part of a line, a comma behind each.
fn members_of_part(mut reader: Reader<'_>, count: usize, part: Part, line: &mut Vec<u8>) -> Result<(), Broken> {
    for _ in 0..count {
        let mut member = reader;
        match (member.key()?, member.next()?) {
            (key, Value::Text(text) | Value::Bytes(text)) if part.cuts(&key) => {
                values::text(&key, line);
                line.push(b':');
                values::bytes(&part.without_edges(text), line);
                line.push(b',');
                reader = member;
            }
            _ => reader.members(1, 1, line)?,
        }
    }
    Ok(())
}

/// Milliseconds since 1970 of a time: seconds, or those and nanoseconds as an extension of type 0.
#[allow(clippy::cast_possible_truncation, reason = "a number of seconds beyond that is no time, and is cut off at the end of times")]
fn time(value: Value<'_>) -> Option<i64> {
    match value {
        Value::Unsigned(seconds) => i64::try_from(seconds).ok()?.checked_mul(1000),
        Value::Signed(seconds) => seconds.checked_mul(1000),
        Value::Double(seconds) => Some((seconds * 1e3) as i64),
        Value::Extension(0, [a, b, c, d, e, f, g, h]) => {
            let seconds = i64::from(u32::from_be_bytes([*a, *b, *c, *d]));
            Some(seconds * 1000 + i64::from(u32::from_be_bytes([*e, *f, *g, *h]) / 1_000_000))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Records, times, what was refused, and the chunk.
    type Found = (Vec<String>, Vec<i64>, usize, Option<Vec<u8>>);

    fn read(bytes: &[u8]) -> Result<Found, FrameError> {
        let message = message(&Raw::new(bytes.to_vec()), 1 << 20)?.ok_or(FrameError)?;
        let mut logs = message.logs();
        let (mut lines, mut times) = (Vec::new(), Vec::new());
        while let Some(events) = logs.chunk(7) {
            lines.extend(String::from_utf8_lossy(events.text().expose()).lines().map(str::to_owned));
            times.extend(events.times());
        }
        Ok((lines, times, logs.refused(), message.ack().map(<[u8]>::to_vec)))
    }

    const LOG: &[u8] = b"\x92\xd7\x00\x65\x53\xf1\x00\x07\x54\xd4\xc0\x81\xa1k\xa1v";
    const TAGGED: &str = r#"{"k":"v","tag":"app"}"#;

    fn packed(logs: &[u8], options: &[u8]) -> Vec<u8> {
        [&[0x93, 0xa3][..], b"app", &[0xc4, logs.len() as u8], logs, options].concat()
    }

    #[test]
    fn every_mode_is_read() {
        let time = 1_700_000_000_123;
        let forward = [b"\x93\xa3app\x92".as_slice(), LOG, LOG, b"\x81\xa5chunk\xa2id"].concat();
        let two = (vec![TAGGED.to_owned(); 2], vec![time; 2], 0, Some(b"\x81\xa3ack\xa2id".to_vec()));
        assert_eq!(read(&forward), Ok(two.clone()));
        assert_eq!(read(&packed(&[LOG, LOG].concat(), b"\x82\xa5chunk\xa2id\xa4size\x02")), Ok(two.clone()));
        let mut gzip = flate2::read::GzEncoder::new(LOG, flate2::Compression::fast());
        let mut once = Vec::new();
        std::io::Read::read_to_end(&mut gzip, &mut once).unwrap();
        let twice = [once.clone(), once].concat();
        assert_eq!(read(&packed(&twice, b"\x82\xaacompressed\xa4gzip\xa5chunk\xa2id")), Ok(two));
        assert_eq!(read(b"\x93\xa3app\xce\x65\x53\xf1\x00\x81\xa1k\xa1v"), Ok((vec![TAGGED.into()], vec![1_700_000_000_000], 0, None)));
        assert_eq!(read(b"\x94\xa3app\x00\x81\xa3tag\xa1v\x80").unwrap().0, [r#"{"tag":"v","fluent.tag":"app"}"#]);
        assert!(message(&Raw::new(vec![0xc0]), 9).unwrap().is_none());
    }

    #[test]
    fn what_is_no_log_is_refused_alone() {
        let logs = [LOG, b"\x01", b"\x92\x01\x01", b"\x92\xa1x\x80", LOG, b"\x92\x01"].concat();
        let (lines, _, refused, _) = read(&packed(&logs, b"\x80")).unwrap();
        assert_eq!((lines.len(), refused), (2, 4));
        for wrong in [&b"\x07"[..], b"\x91\xa1t", b"\x92\x01\x90", b"\x92\xa1t\x01", b"\x93\xa1t\x90\x81\xaacompressed\xa4gzip"] {
            assert_eq!(read(wrong).unwrap_err(), FrameError, "{wrong:?}");
        }
        assert_eq!(read(&packed(b"abc", b"\x81\xaacompressed\xa4gzip")).unwrap_err(), FrameError);
    }

    #[test]
    fn parts_of_a_line_lose_what_stands_beside_their_cuts() {
        let log = |ordinal: &str, last: &str, text: &str| {
            let mut out = b"\x92\x01\x85".to_vec();
            for (key, value) in
                [("log", text), ("source", "stdout"), ("partial_message", "true"), ("partial_ordinal", ordinal), ("partial_last", last)]
            {
                pack::put_text(key.as_bytes(), &mut out);
                pack::put_text(value.as_bytes(), &mut out);
            }
            out
        };
        let fill = "word ".repeat(60);
        let logs = [log("1", "false", &format!("{fill}ssn 123 45 ")), log("2", "true", &format!("6789 {fill}")), LOG.to_vec()].concat();
        let length = u16::try_from(logs.len()).unwrap().to_be_bytes();
        let (lines, ..) = read(&[b"\x92\xa3app\xc5".as_slice(), &length, &logs].concat()).unwrap();
        let rest = |line: &str| line.split("\",\"").next().unwrap().strip_prefix("{\"log\":\"").unwrap().to_owned();
        let words = "word ".repeat(36);
        assert_eq!(rest(&lines[0]), format!("{words}[WITHHELD:part]"));
        assert_eq!(rest(&lines[1]), format!("[WITHHELD:part] {}", "word ".repeat(35)));
        assert!(lines[0].contains("\"source\":\"stdout\",\"partial_message\":\"true\",\"partial_ordinal\":\"1\""), "{}", lines[0]);
        assert_eq!(lines[2], TAGGED);
    }

    #[test]
    fn a_tag_does_not_make_a_message_grow_beyond_measure() {
        let read = |count: usize| {
            let tag = [&[0xda, 2, 0][..], &[b't'; MAX_TAG]].concat();
            let logs = b"\x92\x00\x80".repeat(count);
            let length = u32::try_from(logs.len()).unwrap().to_be_bytes();
            let message = message(&Raw::new([&[0x92], &*tag, &[0xc6], &length, &logs].concat()), 1 << 20).unwrap().unwrap();
            let (mut logs, mut bytes) = (message.logs(), 0);
            while let Some(events) = logs.chunk(7) {
                bytes += events.bytes();
            }
            (bytes, logs.is_too_large())
        };
        assert_eq!(read(90), (90 * (MAX_TAG + 10), false));
        let (bytes, is_too_large) = read(100_000);
        assert!(is_too_large && bytes < 300_000 * 70, "{bytes}");
    }

    #[test]
    fn messages_are_found_in_any_cut() {
        let stream = [packed(LOG, b"\x80"), b"\xc0".to_vec(), packed(LOG, b"\x80")].concat();
        for size in 1..stream.len() {
            let (mut framer, mut count) = (Framer::new(1024), 0);
            for part in stream.chunks(size) {
                framer.push(&Raw::new(part.to_vec()));
                while framer.message().unwrap().is_some() {
                    count += 1;
                }
            }
            assert_eq!((count, framer.held()), (3, 0));
        }
        let mut framer = Framer::new(16);
        framer.push(&Raw::new(b"\xdb\x00\xff\xff\xff0123456789abcdef".to_vec()));
        assert!(framer.message().is_err());
    }
}
