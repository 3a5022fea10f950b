//! What the decoders of JSON records share: objects one by one, what a request says of all of them, times.
//!
//! A record stays the text that came, on one line. What the request says of all its records is added to those that do
//! not say it themselves: as text of the record it is scrubbed like everything else in it.

use super::{growth, json, values};
use crate::record::{Events, Raw};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

/// Most records of a request: each takes memory beside its bytes.
pub const MAX_RECORDS: usize = 100_000;

/// What a request says of all its records, such as `?host=web-1`. It has no `Debug`: it is text of the sender.
#[derive(Default)]
pub struct Common {
    pairs: Vec<(&'static str, String)>,
}

impl Common {
    /// Takes the parameters with these names from the query of an address.
    pub fn of_query(query: &str, names: &[&'static str]) -> Self {
        let mut common = Self::default();
        for name in names {
            if let Some(value) = parameter(query, name) {
                common.set(name, value);
            }
        }
        common
    }

    /// Says something of all records, unless it is said already.
    pub fn set(&mut self, name: &'static str, value: String) {
        if !value.is_empty() && self.get(name).is_none() {
            self.pairs.push((name, value));
        }
    }

    /// What is said under a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Bytes of what is said, as it stands in a record.
    fn len(&self) -> usize {
        let mut line = Vec::new();
        self.add(|_| false, true, &mut line);
        line.len()
    }

    /// Bytes that the records of a body may have together.
    pub(super) fn most(&self, body: &[u8]) -> usize {
        growth::at_once(body.len() + self.len())
    }

    /// About the memory that the records of a body take until they stand in the buffer: as they are, and scrubbed.
    pub fn cost(&self, body: &Raw) -> usize {
        let (own, bytes) = (self.len(), body.expose());
        // Every record begins with one of these, or is an element of a list.
        let records =
            if own > 0 { memchr::memchr3_iter(b'{', b'\n', b',', bytes).count() } else { memchr::memchr2_iter(b'{', b'\n', bytes).count() };
        let records = (records + 1).min(MAX_RECORDS);
        let repeated = records.saturating_mul(own).min(growth::repeated_at_once(body.len() + own));
        2 * (body.len() + repeated) + 64 * records
    }

    /// Adds a record: an object as it came, on one line, and behind it what it does not say.
    pub(super) fn push(&self, object: &str, has: impl Fn(&str) -> bool, time: i64, events: &mut Events, line: &mut Vec<u8>) {
        line.clear();
        json::add(object, line);
        // The line end is added again with the record.
        line.pop();
        if self.pairs.iter().any(|(name, _)| !has(name)) {
            line.pop();
            self.add(has, line.trim_ascii_end().len() > 1, line);
            line.push(b'}');
        }
        events.push(line, time);
    }

    /// Adds a line of text as the member `name` of an object of its own; a line that is an object stays one.
    pub(super) fn push_text(&self, name: &str, text: &[u8], time: i64, events: &mut Events, line: &mut Vec<u8>) {
        let text = &*values::legible(text);
        if self.is_empty() {
            return events.push(text, time);
        }
        line.clear();
        line.push(b'{');
        quote(name, line);
        line.push(b':');
        let object = text.trim_ascii().first() == Some(&b'{') && serde_json::from_slice::<&RawValue>(text).is_ok();
        if object {
            line.extend_from_slice(text.trim_ascii());
        } else {
            quote(&String::from_utf8_lossy(text), line);
        }
        self.add(|_| false, true, line);
        line.push(b'}');
        events.push(line, time);
    }

    fn add(&self, has: impl Fn(&str) -> bool, mut more: bool, line: &mut Vec<u8>) {
        for (name, value) in self.pairs.iter().filter(|(name, _)| !has(name)) {
            if std::mem::replace(&mut more, true) {
                line.push(b',');
            }
            quote(name, line);
            line.push(b':');
            quote(value, line);
        }
    }
}

fn quote(text: &str, line: &mut Vec<u8>) {
    // Writing to memory cannot fail.
    let _ = serde_json::to_writer(line, text);
}

/// The first parameter of a name, decoded as forms are (URL standard, section 5.1).
pub fn parameter(query: &str, name: &str) -> Option<String> {
    let (_, value) = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, ""))).find(|(known, _)| *known == name)?;
    let mut decoded = Vec::with_capacity(value.len());
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        let hex = || {
            let mut ahead = bytes.clone();
            let digits = (ahead.next().and_then(digit)?, ahead.next().and_then(digit)?);
            Some((digits.0 * 16 + digits.1, ahead))
        };
        match (byte, (byte == b'%').then(hex).flatten()) {
            (_, Some((value, ahead))) => {
                decoded.push(value);
                bytes = ahead;
            }
            (b'+', None) => decoded.push(b' '),
            (other, None) => decoded.push(other),
        }
    }
    Some(String::from_utf8_lossy(&decoded).into_owned())
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Why values were not read: they are no JSON, or `each` refused one.
pub(super) enum Stopped<E> {
    Malformed,
    At(E),
}

/// Gives each value of a text, and each element of an array, to `each`, with the text that it is. Stops at the first
/// one that it refuses. Values are objects or strings: of others nothing says where they end.
pub(super) fn values<'t, T: Deserialize<'t>, E>(
    text: &'t [u8],
    mut each: impl FnMut(&'t str, T) -> Result<(), E>,
) -> Result<(), Stopped<E>> {
    let mut inside = false;
    let mut rest = text.trim_ascii_start();
    while let Some(first) = rest.first() {
        if *first == b'[' && !inside {
            rest = rest.get(1..).unwrap_or_default().trim_ascii_start();
            match rest.strip_prefix(b"]") {
                Some(behind) => rest = behind.trim_ascii_start(),
                None => inside = true,
            }
            continue;
        }
        let mut stream = serde_json::Deserializer::from_slice(rest).into_iter::<T>();
        let Some(Ok(value)) = stream.next() else { return Err(Stopped::Malformed) };
        let (own, behind) = rest.split_at_checked(stream.byte_offset()).ok_or(Stopped::Malformed)?;
        each(std::str::from_utf8(own).map_err(|_| Stopped::Malformed)?, value).map_err(Stopped::At)?;
        rest = behind.trim_ascii_start();
        if inside {
            let (end, behind) = rest.split_first().ok_or(Stopped::Malformed)?;
            inside = match end {
                b',' => true,
                b']' => false,
                _ => return Err(Stopped::Malformed),
            };
            rest = behind.trim_ascii_start();
        }
    }
    if inside { Err(Stopped::Malformed) } else { Ok(()) }
}

/// Milliseconds since 1970 of a number, or of a text that is one. Its size says whether it counts seconds,
/// milliseconds, microseconds or nanoseconds.
pub(super) fn time_of(value: &str) -> Option<i64> {
    let number: f64 = value.trim().trim_matches('"').trim().parse().ok()?;
    let milliseconds = match number {
        seconds if (0.0..1e11).contains(&seconds) => seconds * 1e3,
        milliseconds if (1e11..1e14).contains(&milliseconds) => milliseconds,
        microseconds if (1e14..1e17).contains(&microseconds) => microseconds / 1e3,
        nanoseconds if (1e17..9e18).contains(&nanoseconds) => nanoseconds / 1e6,
        _ => return None,
    };
    #[allow(clippy::cast_possible_truncation, reason = "it is below 2^53")]
    Some(milliseconds.round() as i64)
}

/// Whether each record is an object on a line of its own: what must hold whatever was decoded.
pub fn are_objects(events: &Events) -> bool {
    let text = events.text().expose();
    let mut lines = text.split_inclusive(|byte| *byte == b'\n');
    let object = |line: &[u8]| line.starts_with(b"{") && serde_json::from_slice::<IgnoredAny>(line).is_ok();
    lines.clone().count() == events.len() && lines.all(object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded() {
        let query = "a=1&host=web%201+x&source=%C3%A9%zz%4&empty=&flag";
        for (name, wanted) in [("host", Some("web 1 x")), ("source", Some("é%zz%4")), ("empty", Some("")), ("flag", Some("")), ("b", None)]
        {
            assert_eq!(parameter(query, name).as_deref(), wanted, "{name}");
        }
        let common = Common::of_query(query, &["host", "empty", "index"]);
        assert_eq!((common.get("host"), common.get("empty"), common.get("index")), (Some("web 1 x"), None, None));
    }

    #[test]
    fn times_are_told_by_their_size() {
        for (text, wanted) in [
            ("1700000000", Some(1_700_000_000_000)),
            ("\"1700000000.1236\"", Some(1_700_000_000_124)),
            ("1700000000123", Some(1_700_000_000_123)),
            ("1700000000123456", Some(1_700_000_000_123)),
            ("1700000000123456789", Some(1_700_000_000_123)),
            ("0", Some(0)),
            ("-1", None),
            ("\"now\"", None),
            ("\"inf\"", None),
            ("1e300", None),
            ("null", None),
        ] {
            assert_eq!(time_of(text), wanted, "{text}");
        }
    }

    #[test]
    fn what_a_request_says_is_added_once() {
        let mut common = Common::default();
        common.set("host", "a \"b\"".to_owned());
        common.set("host", "c".to_owned());
        let (mut events, mut line) = (Events::default(), Vec::new());
        common.push("{ }", |_| false, 1, &mut events, &mut line);
        common.push("{\"x\":\n1}", |_| false, 2, &mut events, &mut line);
        common.push("{\"host\":1}", |name| name == "host", 3, &mut events, &mut line);
        common.push_text("event", b"one \"x\"", 4, &mut events, &mut line);
        common.push_text("event", b" {\"a\":1}", 5, &mut events, &mut line);
        let wanted = "{ \"host\":\"a \\\"b\\\"\"}\n{\"x\": 1,\"host\":\"a \\\"b\\\"\"}\n{\"host\":1}\n\
                      {\"event\":\"one \\\"x\\\"\",\"host\":\"a \\\"b\\\"\"}\n{\"event\":{\"a\":1},\"host\":\"a \\\"b\\\"\"}\n";
        assert_eq!(String::from_utf8_lossy(events.text().expose()), wanted);
    }
}
