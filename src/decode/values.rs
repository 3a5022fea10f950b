//! Values of binary protocols as JSON: text, bytes, times. What is written is scrubbed like every other record.

use crate::record::Raw;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::borrow::Cow;
use std::io::Write;

/// How deep values may stand in each other.
pub(super) const MAX_DEPTH: usize = 32;
/// Printable bytes in a row that make bytes of no encoding a text: the shortest values that are looked for.
const READABLE: usize = 6;

/// What stands for text whose letters nobody here reads.
const WITHHELD: &[u8] = b"[WITHHELD:encoding]";

/// Text that can be scanned: UTF-16 with a byte order mark is read, and what is packed, or has wider letters, is withheld.
pub(super) fn legible(text: &[u8]) -> Cow<'_, [u8]> {
    // A mark alone has no letters behind it.
    if text.len() < 4 || memchr::memchr(0, text).is_none() && std::str::from_utf8(text).is_ok() {
        return Cow::Borrowed(text);
    }
    super::text(Raw::new(text.to_vec())).map_or(Cow::Borrowed(WITHHELD), |raw| Cow::Owned(raw.expose().to_vec()))
}

/// Writes text as a JSON string. What is no UTF-8 is replaced, as it would be in a log store.
pub(super) fn text(text: &[u8], out: &mut Vec<u8>) {
    let text = &*legible(text);
    match std::str::from_utf8(text) {
        Ok(text) => string(text, out),
        Err(_) => string(&String::from_utf8_lossy(text), out),
    }
}

fn string(text: &str, out: &mut Vec<u8>) {
    if is_plain(text.as_bytes()) {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        // Writing to memory cannot fail.
        let _ = serde_json::to_writer(out, text);
    }
}

/// Whether nothing in a text has to be escaped (RFC 8259, section 7). Looks at stretches as a whole, which processors do at once.
fn is_plain(text: &[u8]) -> bool {
    let plain = |byte: &u8| (*byte >= b' ') & (*byte != b'"') & (*byte != b'\\');
    text.chunks(32).all(|part| part.iter().fold(true, |all, byte| all & plain(byte)))
}

/// Writes bytes: as text where there is something to read in them, so that it is scanned, else in base64.
pub(super) fn bytes(value: &[u8], out: &mut Vec<u8>) {
    // Packed bytes are opened where they stand in base64; letters of two or four bytes nobody reads there.
    let wide = value.starts_with(b"\xff\xfe") || value.starts_with(b"\xfe\xff") || super::has_wide_line(value);
    if wide || std::str::from_utf8(value).is_ok() {
        return text(value, out);
    }
    let printable = |run: &[u8]| run.len() >= READABLE;
    let readable = || value.split(|byte| !matches!(byte, b' '..=b'~')).any(printable);
    if readable() {
        return text(value, out);
    }
    out.push(b'"');
    out.extend_from_slice(BASE64.encode(value).as_bytes());
    out.push(b'"');
}

/// Writes a number; what JSON has no number for is its name.
pub(super) fn double(value: f64, out: &mut Vec<u8>) {
    if value.is_finite() {
        let _ = serde_json::to_writer(out, &value);
    } else {
        let name: &[u8] = match value {
            value if value.is_nan() => b"\"NaN\"",
            value if value > 0.0 => b"\"Infinity\"",
            _ => b"\"-Infinity\"",
        };
        out.extend_from_slice(name);
    }
}

/// Writes an integer.
pub(super) fn integer(value: impl std::fmt::Display, out: &mut Vec<u8>) {
    let _ = write!(out, "{value}");
}

/// Writes nanoseconds since 1970 as a time (RFC 3339).
pub(super) fn time(nanoseconds: u64, out: &mut Vec<u8>) {
    let seconds = nanoseconds / 1_000_000_000;
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    for (before, number, width) in
        [(b'"', year, 4), (b'-', month, 2), (b'-', day, 2), (b'T', hour, 2), (b':', minute, 2), (b':', second, 2)]
    {
        out.push(before);
        digits(number, width, out);
    }
    match nanoseconds % 1_000_000_000 {
        0 => {}
        rest => {
            out.push(b'.');
            if rest % 1_000_000 == 0 { digits(rest / 1_000_000, 3, out) } else { digits(rest, 9, out) }
        }
    }
    out.extend_from_slice(b"Z\"");
}

/// Writes a number with so many digits.
fn digits(number: u64, width: u32, out: &mut Vec<u8>) {
    out.extend((0..width).rev().map(|place| b'0' + (number / 10_u64.pow(place) % 10) as u8));
}

/// The date of a day that is counted from 1970 (the Gregorian calendar; its 400 years begin in March).
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    (year + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn bytes_are_text_where_they_can_be_read() {
        for (value, wanted) in [
            (&b"user@example.com"[..], "\"user@example.com\""),
            (b"\xff\x00a@b.cc\xfe", "\"\u{fffd}\\u0000a@b.cc\u{fffd}\""),
            (b"\xff\x00\x01ab", "\"/wABYWI=\""),
            (b"", "\"\""),
        ] {
            assert_eq!(written(|out| bytes(value, out)), wanted);
        }
    }

    #[test]
    fn letters_that_nobody_reads_do_not_pass() {
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let marked = [b"\xff\xfe".to_vec(), wide("ssn=123-45-6789")].concat();
        let after = [b"first\n".to_vec(), wide("ssn=123-45-6789")].concat();
        for write in [text, bytes] {
            assert_eq!(written(|out| write(&marked, out)), "\"ssn=123-45-6789\"");
            for unread in [&wide("ssn=123-45-6789"), &after] {
                assert_eq!(written(|out| write(unread, out)), "\"[WITHHELD:encoding]\"");
            }
            assert_eq!(written(|out| write(b"a\0b", out)), "\"a\\u0000b\"");
        }
        assert_eq!(written(|out| text(b"\x1f\x8b\x08\0\0\0\0\0packed", out)), "\"[WITHHELD:encoding]\"");
    }

    #[test]
    fn times_and_numbers_are_written() {
        for (nanoseconds, wanted) in [
            (0, "\"1970-01-01T00:00:00Z\""),
            (951_782_400_000_000_000, "\"2000-02-29T00:00:00Z\""),
            (1_709_251_199_999_000_000, "\"2024-02-29T23:59:59.999Z\""),
            (1_700_000_000_123_456_789, "\"2023-11-14T22:13:20.123456789Z\""),
            (u64::MAX, "\"2554-07-21T23:34:33.709551615Z\""),
        ] {
            assert_eq!(written(|out| time(nanoseconds, out)), wanted);
        }
        for (value, wanted) in [(1.5, "1.5"), (f64::NAN, "\"NaN\""), (f64::NEG_INFINITY, "\"-Infinity\"")] {
            assert_eq!(written(|out| double(value, out)), wanted);
        }
    }
}
