//! JSON bodies to lines: one value on each.
//!
//! What senders write (one object over several lines, an array of objects, objects one behind the
//! other) becomes NDJSON, which the engine and the sinks read. Values are not parsed into a tree.

use super::MARK;
use crate::record::Raw;
use serde::Deserializer as _;
use serde::de::{SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use std::str::FromStr;

/// The body is no JSON. Says nothing of what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column} is no JSON")]
pub struct JsonError {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1.
    pub column: usize,
}

/// Writes each value, or each element of an array, on a line of its own.
///
/// # Errors
/// If a value does not parse; then none is taken.
pub fn to_lines(raw: Raw) -> Result<Raw, JsonError> {
    let text = raw.expose().strip_prefix(MARK).unwrap_or(raw.expose());
    let mut lines = Vec::with_capacity(text.len() + 1);
    for value in serde_json::Deserializer::from_slice(text).into_iter::<&RawValue>() {
        let value = value.map_err(|error| refuse(&error))?.get();
        if value.starts_with('[') {
            let mut array = serde_json::Deserializer::from_str(value);
            array.deserialize_seq(Elements(&mut lines)).map_err(|error| refuse(&error))?;
        } else {
            add(value, &mut lines);
        }
    }
    Ok(Raw::new(lines))
}

/// Writes the elements of an array as they are read: a list of millions would be larger than the body.
struct Elements<'l>(&'l mut Vec<u8>);

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        form.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some(element) = elements.next_element::<&RawValue>()? {
            add(element.get(), self.0);
        }
        Ok(())
    }
}

/// Line ends stand only between tokens: inside a string they would be no JSON.
pub(super) fn add(value: &str, lines: &mut Vec<u8>) {
    let from = lines.len();
    lines.extend_from_slice(value.as_bytes());
    let line = lines.get_mut(from..).unwrap_or_default();
    if memchr::memchr2(b'\n', b'\r', line).is_some() {
        line.iter_mut().filter(|byte| matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
    }
    lines.push(b'\n');
}

/// An integer as JSON may write it: also with a fraction of zeros, or with an exponent.
pub(super) fn integer<T: FromStr>(text: &str) -> Option<T> {
    /// Digits beyond those of any number that is read.
    const MOST: usize = 40;
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let mut digits = [whole, fraction].concat();
    let zeros = exponent.parse::<i64>().ok()?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    match usize::try_from(zeros) {
        _ if digits.bytes().all(|byte| matches!(byte, b'0' | b'-')) => {}
        Ok(zeros) if zeros <= MOST => digits.extend(std::iter::repeat_n('0', zeros)),
        Ok(_) => return None,
        // What is cut off must be nothing.
        Err(_) => {
            let cut = usize::try_from(zeros.unsigned_abs()).ok()?;
            let rest = digits.trim_end_matches('0');
            let kept = digits.len().saturating_sub(cut);
            digits.truncate(if rest.len() <= kept { kept } else { return None });
        }
    }
    digits.parse().ok()
}

fn refuse(error: &serde_json::Error) -> JsonError {
    JsonError { line: error.line(), column: error.column() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Result<String, JsonError> {
        to_lines(Raw::new(text.as_bytes().to_vec())).map(|raw| String::from_utf8_lossy(raw.expose()).into_owned())
    }

    #[test]
    fn each_value_has_its_line() {
        for (text, wanted) in [
            ("{\"a\":1}", "{\"a\":1}\n"),
            ("{\"a\":1}\n{\"b\":[1,2]}\n", "{\"a\":1}\n{\"b\":[1,2]}\n"),
            ("[{\"a\":1},\n {\"b\":\"x\\n\"}]", "{\"a\":1}\n{\"b\":\"x\\n\"}\n"),
            ("{\n  \"a\": 1\n}", "{   \"a\": 1 }\n"),
            ("[]", ""),
            ("", ""),
            ("\"text\" 7", "\"text\"\n7\n"),
            ("\u{feff}{\"a\":1}", "{\"a\":1}\n"),
        ] {
            assert_eq!(lines(text).unwrap(), wanted, "{text}");
        }
    }

    #[test]
    fn integers_are_read_however_they_are_written() {
        for (text, wanted) in [
            ("7", Some(7)),
            ("-7", Some(-7)),
            ("1.0", Some(1)),
            ("1e3", Some(1000)),
            ("1.5E+1", Some(15)),
            ("1200e-2", Some(12)),
            ("0e99999", Some(0)),
            ("0e-9", Some(0)),
            ("-0.0", Some(0)),
            ("1.700000000123456789e18", Some(1_700_000_000_123_456_789)),
            ("-9223372036854775808.00", Some(i64::MIN)),
            ("1.5", None),
            ("1e-1", None),
            ("12e-3", None),
            ("1e99", None),
            ("9223372036854775808", None),
            ("", None),
            ("e", None),
            ("1e", None),
            (".", None),
            ("1e9223372036854775808", None),
            ("x.0", None),
        ] {
            assert_eq!(integer(text), wanted, "{text}");
        }
        assert_eq!(integer("1.8446744073709551615e19"), Some(u64::MAX));
        assert_eq!(integer::<u64>("-1.0"), None);
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        assert_eq!(lines("{\"a\":1}\n{\"b\":").unwrap_err().line, 2);
        assert!(lines("[{\"a\":1},").is_err());
        assert!(lines("{\"a\":1} x").is_err());
    }
}
