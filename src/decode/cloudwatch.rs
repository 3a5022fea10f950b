//! Requests of the CloudWatch Logs API, as its clients send them (JSON 1.1).
//!
//! Messages go from the body to [`Events`] without a tree in between. Names of groups and streams are text
//! of the sender: they show themselves to nobody by accident. Errors say what is wrong and hold no byte of
//! the body. (Amazon CloudWatch Logs API Reference: PutLogEvents.)

use crate::record::{Events, Raw};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Most events of a request.
pub const MAX_EVENTS: usize = 10_000;
/// Most bytes of a request: those of its messages, and [`EVENT_BYTES`] for each.
pub const MAX_BYTES: usize = 1_048_576;
/// Bytes that an event counts for beside its message.
pub const EVENT_BYTES: usize = 26;
/// Longest name of a group or stream.
const MAX_NAME: usize = 512;

/// A name that a sender gave. It has no `Debug`, so that no message shows it by accident.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Name(Box<str>);

impl Name {
    /// The name, for the one who looks it up or scrubs it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it can name a group.
    pub fn is_group(&self) -> bool {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'/' | b'#');
        (1..=MAX_NAME).contains(&self.0.len()) && self.0.bytes().all(fits)
    }

    /// Whether it can name a stream.
    pub fn is_stream(&self) -> bool {
        (1..=MAX_NAME).contains(&self.0.chars().count()) && !self.0.contains([':', '*'])
    }
}

/// Events for one stream.
pub struct Put {
    /// Name of the group.
    pub group: Name,
    /// Name of the stream.
    pub stream: Name,
    /// The events, in the order in which they stand.
    pub events: Events,
}

/// Why a request was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// No JSON, or JSON of another form.
    #[error("the body is not what the operation takes")]
    Malformed,
    /// A field is missing.
    #[error("a field that the operation needs is missing")]
    Missing,
    /// An event without a message.
    #[error("a message is empty")]
    Empty,
    /// More events than [`MAX_EVENTS`].
    #[error("the request has too many events")]
    TooMany,
    /// More bytes than [`MAX_BYTES`].
    #[error("the request is too large")]
    TooLarge,
}

/// What the operations other than PutLogEvents are told.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Ask {
    /// Name of a group.
    pub log_group_name: Option<Name>,
    /// Name or ARN of a group.
    pub log_group_identifier: Option<Name>,
    /// Name of a stream.
    pub log_stream_name: Option<Name>,
    /// How the names of the groups begin.
    pub log_group_name_prefix: Option<Name>,
    /// What stands in the names of the groups.
    pub log_group_name_pattern: Option<Name>,
    /// How the names of the streams begin.
    pub log_stream_name_prefix: Option<Name>,
    /// What streams are sorted by.
    pub order_by: Option<Order>,
    /// Whether the last ones come first.
    pub descending: Option<bool>,
    /// Most entries of the answer.
    pub limit: Option<u32>,
    /// Where an answer goes on.
    pub next_token: Option<Name>,
    /// How long a group keeps its events.
    pub retention_in_days: Option<u32>,
}

/// What streams are sorted by.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Order {
    /// By name.
    LogStreamName,
    /// By the time of their last event.
    LastEventTime,
}

/// Reads what an operation is told.
///
/// # Errors
/// If the body is of another form.
pub fn ask(raw: &Raw) -> Result<Ask, RequestError> {
    let body = raw.expose();
    // Some clients send nothing instead of `{}`.
    if body.trim_ascii().is_empty() {
        return Ok(Ask::default());
    }
    // The parser's error quotes the value: it goes no further.
    serde_json::from_slice(body).map_err(|_| RequestError::Malformed)
}

/// Reads the events of a PutLogEvents request.
///
/// # Errors
/// If the body is of another form, or over a limit; then no event is taken.
pub fn put(raw: &Raw) -> Result<Put, RequestError> {
    let mut body = Body::default();
    let mut json = serde_json::Deserializer::from_slice(raw.expose());
    let outcome = json.deserialize_map(&mut body).and_then(|()| json.end());
    if outcome.is_err() {
        return Err(body.problem.unwrap_or(RequestError::Malformed));
    }
    match body {
        Body { group: Some(group), stream: Some(stream), events, .. } if !events.is_empty() => Ok(Put { group, stream, events }),
        _ => Err(RequestError::Missing),
    }
}

/// What was read of a body.
#[derive(Default)]
struct Body {
    group: Option<Name>,
    stream: Option<Name>,
    events: Events,
    problem: Option<RequestError>,
}

impl Body {
    fn refuse<E: serde::de::Error>(&mut self, problem: RequestError) -> E {
        self.problem = Some(problem);
        E::custom("")
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum BodyKey {
    LogGroupName,
    LogStreamName,
    LogEvents,
    #[serde(other)]
    Other,
}

impl<'de> Visitor<'de> for &mut Body {
    type Value = ();

    fn expecting(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        form.write_str("a request")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key()? {
            match key {
                BodyKey::LogGroupName => self.group = map.next_value()?,
                BodyKey::LogStreamName => self.stream = map.next_value()?,
                BodyKey::LogEvents => map.next_value_seed(List(self))?,
                BodyKey::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// The list of events.
struct List<'b>(&'b mut Body);

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        form.write_str("a list of events")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<(), S::Error> {
        while list.next_element_seed(One(self.0))?.is_some() {}
        Ok(())
    }
}

/// One event.
struct One<'b>(&'b mut Body);

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum EventKey {
    Timestamp,
    Message,
    #[serde(other)]
    Other,
}

impl<'de> DeserializeSeed<'de> for One<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for One<'_> {
    type Value = ();

    fn expecting(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        form.write_str("an event")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        let body = self.0;
        if body.events.len() == MAX_EVENTS {
            return Err(body.refuse(RequestError::TooMany));
        }
        let (mut time, mut has_message) = (None, false);
        while let Some(key) = map.next_key()? {
            match key {
                EventKey::Timestamp => time = Some(map.next_value::<i64>()?),
                // One event that says two things would be two records.
                EventKey::Message if has_message => return Err(M::Error::custom("")),
                EventKey::Message => {
                    map.next_value_seed(Message(body))?;
                    has_message = true;
                }
                EventKey::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        match time {
            Some(time) if has_message => body.events.set_last_time(time),
            _ => return Err(body.refuse(RequestError::Missing)),
        }
        Ok(())
    }
}

/// The message of an event: it becomes the last record.
struct Message<'b>(&'b mut Body);

impl<'de> DeserializeSeed<'de> for Message<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        // As bytes: what a program logged need not be Unicode, and Python writes half a pair for it.
        json.deserialize_bytes(self)
    }
}

impl Visitor<'_> for Message<'_> {
    type Value = ();

    fn expecting(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        form.write_str("a message")
    }

    fn visit_bytes<E: serde::de::Error>(self, message: &[u8]) -> Result<(), E> {
        let body = self.0;
        if message.is_empty() {
            return Err(body.refuse(RequestError::Empty));
        }
        let bytes = body.events.bytes() + message.len() + (body.events.len() + 1) * EVENT_BYTES;
        if bytes > MAX_BYTES {
            return Err(body.refuse(RequestError::TooLarge));
        }
        body.events.push(message, 0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Put, RequestError> {
        put(&Raw::new(body.as_bytes().to_vec()))
    }

    fn with(events: &str) -> String {
        format!("{{\"logGroupName\":\"g\",\"logStreamName\":\"s\",\"logEvents\":[{events}]}}")
    }

    #[test]
    fn events_are_read_whatever_the_order_of_their_keys() {
        let events = "{\"timestamp\":5,\"message\":\"a\\nb\"}, {\"message\":\"\\u00e9 \\ud83d\\ude00\",\"timestamp\":6,\"x\":[{}]}";
        let put = read(&with(events)).ok().unwrap();
        assert_eq!((put.group.as_str(), put.stream.as_str()), ("g", "s"));
        assert_eq!(put.events.text().expose(), "a\nb\né 😀\n".as_bytes());
        assert_eq!(put.events.cuts().collect::<Vec<_>>(), [(2, 5), (1, 6)]);
    }

    #[test]
    fn what_is_no_unicode_is_taken() {
        let put = read(&with("{\"timestamp\":5,\"message\":\"a\\udc80b\"}")).ok().unwrap();
        assert_eq!(put.events.text().expose(), b"a\xed\xb2\x80b\n");
    }

    #[test]
    fn what_is_wrong_is_said_without_the_value() {
        for (body, wanted) in [
            ("", RequestError::Malformed),
            ("[]", RequestError::Malformed),
            ("{}", RequestError::Missing),
            ("{\"logGroupName\":7}", RequestError::Malformed),
            (&with(""), RequestError::Missing),
            (&with("{\"timestamp\":1}"), RequestError::Missing),
            (&with("{\"message\":\"m\"}"), RequestError::Missing),
            (&with("{\"timestamp\":1,\"message\":\"\"}"), RequestError::Empty),
            (&with("{\"timestamp\":\"1\",\"message\":\"m\"}"), RequestError::Malformed),
            (&with("{\"timestamp\":1,\"message\":\"m\",\"message\":\"n\"}"), RequestError::Malformed),
            (&with("{\"timestamp\":1,\"message\":\"m\"}").replace("]}", "]"), RequestError::Malformed),
            (&(with("{\"timestamp\":1,\"message\":\"m\"}") + "x"), RequestError::Malformed),
        ] {
            assert_eq!(read(body).err(), Some(wanted), "{body}");
        }
    }

    #[test]
    fn the_limits_hold_exactly() {
        let event = "{\"timestamp\":1,\"message\":\"m\"},";
        let many = |count| with(event.repeat(count).trim_end_matches(','));
        assert_eq!(read(&many(MAX_EVENTS)).ok().unwrap().events.len(), MAX_EVENTS);
        assert_eq!(read(&many(MAX_EVENTS + 1)).err(), Some(RequestError::TooMany));
        let large = |length| with(&format!("{{\"timestamp\":1,\"message\":\"{}\"}}", "m".repeat(length)));
        assert!(read(&large(MAX_BYTES - EVENT_BYTES)).is_ok());
        assert_eq!(read(&large(MAX_BYTES - EVENT_BYTES + 1)).err(), Some(RequestError::TooLarge));
    }

    #[test]
    fn names_are_those_of_the_service() {
        let name = |text: &str| Name(text.into());
        assert!(name("/aws/lambda/a-b_c.d#1").is_group() && !name("a b").is_group() && !name("").is_group());
        assert!(name("a b/[$LATEST]é").is_stream() && !name("a:b").is_stream() && !name("a*").is_stream());
        assert!(!name(&"a".repeat(513)).is_group() && name(&"é".repeat(512)).is_stream());
    }
}
