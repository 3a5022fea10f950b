//! Lines of container runtimes: what the program wrote, on which stream, when, and whether it goes on.
//!
//! Read from scrubbed lines. The engine has joined parts of a line for its scan already; here they
//! become one record. (Kubernetes CRI log format: `TIME STREAM P|F TEXT`; Docker's json-file driver.)

use crate::record::CleanBuf;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::ops::Range;

/// One line of a runtime.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) is_error: bool,
    /// Whether the next line of this stream belongs to it.
    pub(super) goes_on: bool,
    /// Whether more tags follow the first: no runtime writes them yet, and the engine does not join such lines.
    pub(super) is_tagged: bool,
    /// Milliseconds since 1970 (UTC), if the time was left readable.
    pub(super) time: Option<i64>,
    pub(super) text: Text,
}

/// Where the program's text stands in the line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Text {
    /// As it is.
    Plain(Range<usize>),
    /// In a JSON string, its quotes included.
    Json(Range<usize>),
}

#[derive(Deserialize)]
struct Docker<'l> {
    #[serde(borrow)]
    log: &'l RawValue,
    #[serde(borrow, default)]
    stream: Cow<'l, str>,
    #[serde(borrow, default)]
    time: Cow<'l, str>,
}

impl Line {
    /// Reads a line without its end; `None` if no runtime wrote it.
    pub(super) fn read(line: &[u8]) -> Option<Self> {
        if line.first() == Some(&b'{') {
            return Self::docker(line);
        }
        let blank = line.iter().take(64).position(|byte| *byte == b' ')?;
        let time = std::str::from_utf8(line.get(..blank)?).ok().and_then(milliseconds);
        let is_error = match line.get(blank + 1..blank + 8)? {
            b"stdout " => false,
            b"stderr " => true,
            _ => return None,
        };
        let goes_on = match line.get(blank + 8)? {
            b'P' => true,
            b'F' => false,
            _ => return None,
        };
        // Tags may follow the first one after a colon; an empty line may lack the last blank.
        let rest = line.get(blank + 9..).unwrap_or_default();
        let text = match rest.first() {
            Some(b' ') => blank + 10,
            Some(b':') => blank + 10 + rest.iter().position(|byte| *byte == b' ')?,
            None => line.len(),
            Some(_) => return None,
        };
        let is_tagged = rest.first() == Some(&b':');
        Some(Self { is_error, goes_on, is_tagged, time, text: Text::Plain(text..line.len()) })
    }

    fn docker(line: &[u8]) -> Option<Self> {
        let docker: Docker<'_> = serde_json::from_slice(line).ok()?;
        let log = docker.log.get();
        if !log.starts_with('"') || !matches!(&*docker.stream, "stdout" | "stderr") {
            return None;
        }
        let start = (log.as_ptr() as usize).checked_sub(line.as_ptr() as usize)?;
        Some(Self {
            is_error: docker.stream == "stderr",
            goes_on: !log.ends_with("\\n\""),
            is_tagged: false,
            time: milliseconds(&docker.time),
            text: Text::Json(start..start + log.len()),
        })
    }

    /// Adds the program's text to `to`; `line` begins at `start` of `from`.
    pub(super) fn append(&self, from: &CleanBuf, start: usize, to: &mut CleanBuf) {
        match &self.text {
            Text::Plain(text) => to.push_part(from, start + text.start..start + text.end),
            Text::Json(text) => {
                to.push_json_text(from, start + text.start..start + text.end);
                if !self.goes_on {
                    to.trim_line_end();
                }
            }
        }
    }
}

/// The time of RFC 3339 in milliseconds since 1970 (UTC).
fn milliseconds(text: &str) -> Option<i64> {
    let number =
        |from: usize, to: usize| text.get(from..to).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?.parse::<i64>().ok();
    let sign = |at: usize, sign: &str| text.get(at..=at) == Some(sign);
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let shape = sign(4, "-") && sign(7, "-") && sign(10, "T") && sign(13, ":") && sign(16, ":");
    if !shape || !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let rest = text.get(19..)?;
    let fraction = rest.strip_prefix('.').unwrap_or_default();
    let digits = fraction.len() - fraction.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let thousandths =
        fraction.bytes().take(digits).chain(std::iter::repeat(b'0')).take(3).fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    let zone = if rest.starts_with('.') { fraction.get(digits..)? } else { rest };
    let offset = match zone.as_bytes() {
        b"Z" => 0,
        [sign @ (b'+' | b'-'), ..] if zone.len() == 6 => {
            let minutes = zone.get(1..3)?.parse::<i64>().ok()? * 60 + zone.get(4..6)?.parse::<i64>().ok()?;
            if *sign == b'-' { -minutes } else { minutes }
        }
        _ => return None,
    };
    // Days since 1970 of the proleptic Gregorian calendar, with years that begin in March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * month + 2) / 5 + day - 1 - 719_468;
    Some(((days * 24 + hour) * 60 + minute - offset) * 60_000 + second * 1_000 + thousandths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        assert_eq!(milliseconds("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(milliseconds("2026-03-01T10:15:00.123456789Z"), Some(1_772_360_100_123));
        assert_eq!(milliseconds("2026-03-01T12:15:00.1+02:00"), Some(1_772_360_100_100));
        for text in ["2026", "", "2026-03-01 10:15:00Z", "2026-13-01T10:15:00Z", "2026-03-01T10:15:00"] {
            assert_eq!(milliseconds(text), None, "{text}");
        }
    }

    #[test]
    fn lines_of_both_formats() {
        let text = |line: &str| {
            let mut from = CleanBuf::default();
            from.push_own("##");
            let clean = crate::Engine::standard();
            let mut stream = clean.stream();
            stream.push(line.as_bytes(), &mut |part| from.push(part));
            stream.finish(&mut |part| from.push(part));
            let read = Line::read(from.as_bytes().get(2..).unwrap())?;
            let mut to = CleanBuf::default();
            read.append(&from, 2, &mut to);
            Some((String::from_utf8(to.as_bytes().to_vec()).unwrap(), read.is_error, read.goes_on, read.time.is_some()))
        };
        let known = |message: &str, is_error, goes_on, time| Some((message.to_owned(), is_error, goes_on, time));
        assert_eq!(text("2026-03-01T10:15:00.1Z stdout F hello you"), known("hello you", false, false, true));
        assert_eq!(text("2026-03-01T10:15:00.1Z stderr P hel"), known("hel", true, true, true));
        assert_eq!(text("[DATE] stderr F x"), known("x", true, false, false));
        assert_eq!(text("2026-03-01T10:15:00.1Z stdout F"), known("", false, false, true));
        let docker = r#"{"log":"a \"b\"\n","stream":"stderr","time":"2026-03-01T10:15:00.1Z"}"#;
        assert_eq!(text(docker), known("a \"b\"", true, false, true));
        assert_eq!(text(r#"{"log":"part","stream":"stdout","time":""}"#), known("part", false, true, false));
        assert_eq!(text("plain text"), None);
        assert_eq!(text(r#"{"log":1,"stream":"stdout"}"#), None);
    }
}
