//! Lines of the audit log: how they are written and read, and how each holds the one before it.
//!
//! `{"seq":N,"time":"…","prev":"HASH","event":"…",…,"hash":"HASH"}`: `hash` is BLAKE3 over the bytes of
//! the line before `,"hash"`; `prev` is the hash of the line before, zeros in the first. A seal has
//! `"event":"seal","key":"ID","signature":"…"` before its hash; it signs the bytes before `,"signature"`.

use super::event::Event;
use super::key::SealKey;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

/// What a signature is made for, so that it fits nothing else.
pub(super) const DOMAIN: &[u8] = b"hushlog audit seal v1\n";

/// Longest line; a summary names some hundred kinds at most.
pub(super) const MAX: usize = 256 * 1024;

const HASH: &str = ",\"hash\":\"";
pub(super) const SIGNATURE: &str = ",\"signature\":\"";

/// A line's sequence and hash: who keeps it elsewhere can tell whether lines up to it are missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Counted from 1; 0 of an empty log.
    pub sequence: u64,
    /// Hash of the line; zeros of an empty log.
    pub hash: [u8; 32],
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.sequence, hex(&self.hash))
    }
}

impl FromStr for Head {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text.split_once(':').and_then(|(sequence, hash)| Some(Self { sequence: sequence.parse().ok()?, hash: unhex(hash)? }));
        parsed.ok_or_else(|| "a head is SEQ:HASH, as `hushlog audit head` prints it".to_owned())
    }
}

#[derive(Serialize)]
struct Written<'e> {
    seq: u64,
    time: String,
    prev: String,
    #[serde(flatten)]
    event: &'e Event,
}

/// The line of an event, and the head that it makes.
pub(super) fn of_event(before: Head, event: &Event, now: SystemTime) -> (String, Head) {
    let written = Written { seq: before.sequence + 1, time: time(now), prev: hex(&before.hash), event };
    // Events hold nothing that cannot be written.
    let text = serde_json::to_string(&written).unwrap_or_default();
    close(before, text.strip_suffix('}').unwrap_or_default().to_owned())
}

/// The line of a seal, and the head that it makes.
pub(super) fn of_seal(before: Head, key: &SealKey, now: SystemTime) -> (String, Head) {
    let (sequence, time, prev) = (before.sequence + 1, time(now), hex(&before.hash));
    let mut text = format!("{{\"seq\":{sequence},\"time\":\"{time}\",\"prev\":\"{prev}\",\"event\":\"seal\",\"key\":\"{}\"", key.id());
    let signature = key.sign(&[DOMAIN, text.as_bytes()].concat());
    text.push_str(SIGNATURE);
    text.push_str(&hex(&signature));
    text.push('"');
    close(before, text)
}

pub(super) fn close(before: Head, mut text: String) -> (String, Head) {
    let head = Head { sequence: before.sequence + 1, hash: *blake3::hash(text.as_bytes()).as_bytes() };
    text.push_str(HASH);
    text.push_str(&hex(&head.hash));
    text.push_str("\"}\n");
    (text, head)
}

/// A line that was read and whose hash fits its bytes.
pub(super) struct Line<'l> {
    pub(super) head: Head,
    pub(super) prev: [u8; 32],
    /// Milliseconds since 1970 (UTC).
    pub(super) time: Option<u64>,
    /// Of a start: milliseconds between seals.
    pub(super) seal_ms: Option<u64>,
    pub(super) seal: Option<Seal<'l>>,
}

pub(super) struct Seal<'l> {
    pub(super) key: String,
    pub(super) signed: &'l [u8],
    pub(super) signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Read {
    seq: u64,
    time: String,
    prev: String,
    event: String,
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    seal_ms: Option<u64>,
}

impl<'l> Line<'l> {
    /// Reads a line, without its end. `None` if it is none, or was changed.
    pub(super) fn read(text: &'l [u8]) -> Option<Self> {
        let (content, hash) = split(text)?;
        if blake3::hash(content).as_bytes() != &hash {
            return None;
        }
        let whole = [content, b"}"].concat();
        let read: Read = serde_json::from_slice(&whole).ok()?;
        let seal = (read.event == "seal").then(|| seal(content, read.key)).flatten();
        if read.event == "seal" && seal.is_none() {
            return None;
        }
        let time = unix(&read.time);
        Some(Self { head: Head { sequence: read.seq, hash }, prev: unhex(&read.prev)?, time, seal_ms: read.seal_ms, seal })
    }
}

/// The bytes under the hash, and the hash. A tag that a sink put behind it is no part of the line.
pub(super) fn split(text: &[u8]) -> Option<(&[u8], [u8; 32])> {
    let at = memchr::memmem::rfind(text, HASH.as_bytes())?;
    let (content, rest) = text.split_at_checked(at)?;
    let (hash, rest) = rest.get(HASH.len()..)?.split_at_checked(64)?;
    let tail = rest.strip_prefix(b"\"")?;
    let tagged = tail.strip_prefix(b",\"residency.region\":\"").is_some_and(|tag| {
        let name = tag.strip_suffix(b"\"}").unwrap_or_default();
        !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
    });
    (tail == b"}" || tagged).then_some(())?;
    Some((content, unhex(std::str::from_utf8(hash).ok()?)?))
}

/// Whether a line ends where a whole one does, and more follows.
pub(super) fn has_more_than_a_line(text: &[u8]) -> bool {
    memchr::memmem::rfind(text, HASH.as_bytes()).is_some_and(|at| text.len() > at + HASH.len() + 64 + 2)
}

pub(super) fn seal(content: &[u8], key: Option<String>) -> Option<Seal<'_>> {
    let at = memchr::memmem::rfind(content, SIGNATURE.as_bytes())?;
    let (signed, rest) = content.split_at_checked(at)?;
    let signature = rest.get(SIGNATURE.len()..)?.strip_suffix(b"\"")?;
    Some(Seal { key: key?, signed, signature: unhex::<64>(std::str::from_utf8(signature).ok()?)?.to_vec() })
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Lower-case digits only: of two ways to write a line one would be a change that nobody sees.
fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: &u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(high)? << 4 | digit(low)?;
    }
    Some(bytes)
}

/// As RFC 3339 writes it, in UTC with milliseconds.
fn time(at: SystemTime) -> String {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (days, seconds) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    // Days to a date, after Howard Hinnant's `civil_from_days`: years begin in March, eras have 400 of them.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let (day, month) = (day_of_year - (153 * from_march + 2) / 5 + 1, if from_march < 10 { from_march + 3 } else { from_march - 9 });
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", since.subsec_millis())
}

/// The other way round.
fn unix(text: &str) -> Option<u64> {
    let numbers: Vec<u64> = text.strip_suffix('Z')?.split(['-', 'T', ':', '.']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let &[year, month, day, hour, minute, second, milli] = numbers.as_slice() else { return None };
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let year = year - u64::from(month <= 2);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = year / 400 * 146_097 + year % 400 * 365 + year % 400 / 4 - year % 400 / 100 + day_of_year - 719_468;
    Some((((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000 + milli)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn times_are_written_and_read() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_164_799_999, "2024-02-28T23:59:59.999Z"),
            (4_107_542_399_001, "2100-02-28T23:59:59.001Z"),
        ] {
            assert_eq!(time(UNIX_EPOCH + Duration::from_millis(millis)), text);
            assert_eq!(unix(text), Some(millis));
        }
    }
}
