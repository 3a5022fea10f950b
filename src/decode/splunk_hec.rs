//! Requests of Splunk's HTTP Event Collector (HEC), as its clients send them.
//!
//! Objects stand one behind the other, with nothing, white space or line ends between them, or in an array. Each one
//! becomes a record as it came (`event`, `time`, `host`, `source`, `sourcetype`, `index`, `fields`), with the time that
//! it says. Errors say which event is wrong and hold no byte of it.
//! (Splunk: "Format events for HTTP Event Collector", "Troubleshoot HTTP Event Collector".)

use super::envelope::{Common, MAX_RECORDS, Stopped, time_of, values};
use crate::record::{Events, Raw};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// Most ids of one question after acknowledgements.
pub const MAX_ASKED: usize = 100_000;
/// Room for line ends, so that a text of usual records is not moved for them.
const ROOM: usize = 4096;
/// What a request can say of all its events in its address.
pub const COMMON: [&str; 4] = ["host", "source", "sourcetype", "index"];

/// Why a request was not read; none of its events is taken then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HecError {
    /// Nothing is in it.
    #[error("the request holds no event")]
    NoData,
    /// No JSON, or JSON of another form.
    #[error("event {0} has another form")]
    Format(usize),
    /// An event without `event`.
    #[error("event {0} lacks its field `event`")]
    Missing(usize),
    /// An event that says nothing.
    #[error("event {0} is blank")]
    Blank(usize),
    /// `fields` that are no flat object.
    #[error("the fields of event {0} are no flat object")]
    Fields(usize),
    /// More events than [`MAX_RECORDS`].
    #[error("the request has too many events")]
    TooMany,
    /// What it says of all events is too long for so many.
    #[error("what the request says of all events is too long for so many")]
    TooLarge,
}

/// Reads the events of a request; `now` is the time of those that say none.
///
/// # Errors
/// If one is not what it has to be.
pub fn events(raw: &Raw, common: &Common, now: i64) -> Result<Events, HecError> {
    let mut events = Events::with_capacity(raw.len() + ROOM);
    let mut line = Vec::new();
    let most = common.most(raw.expose());
    let outcome = values(raw.expose(), |text, event: Event<'_>| {
        let at = events.len();
        if at == MAX_RECORDS {
            return Err(HecError::TooMany);
        }
        match event.event.map(RawValue::get) {
            None | Some("null") => return Err(HecError::Missing(at)),
            Some("\"\"") => return Err(HecError::Blank(at)),
            Some(_) => {}
        }
        if event.fields.is_some_and(|fields| !is_flat(fields.get())) {
            return Err(HecError::Fields(at));
        }
        let time = event.time.and_then(|time| time_of(time.get())).unwrap_or(now);
        common.push(text, |name| event.says(name), time, &mut events, &mut line);
        if events.bytes() > most { Err(HecError::TooLarge) } else { Ok(()) }
    });
    match outcome {
        Ok(()) if events.is_empty() => Err(HecError::NoData),
        Ok(()) => Ok(events),
        Err(Stopped::Malformed) => Err(HecError::Format(events.len())),
        Err(Stopped::At(error)) => Err(error),
    }
}

/// Reads the lines of a request without JSON.
///
/// # Errors
/// If there is none, or there are too many.
pub fn raw_lines(raw: &Raw, common: &Common, now: i64) -> Result<Events, HecError> {
    let mut events = Events::with_capacity(raw.len() + ROOM);
    let mut line = Vec::new();
    let most = common.most(raw.expose());
    for text in raw.expose().split(|byte| *byte == b'\n') {
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if text.is_empty() {
            continue;
        }
        if events.len() == MAX_RECORDS {
            return Err(HecError::TooMany);
        }
        common.push_text("event", text, now, &mut events, &mut line);
        if events.bytes() > most {
            return Err(HecError::TooLarge);
        }
    }
    if events.is_empty() { Err(HecError::NoData) } else { Ok(events) }
}

/// Time that the address of a request says, in milliseconds since 1970.
pub fn time(text: &str) -> Option<i64> {
    time_of(text)
}

/// Reads the ids that a client asks after. None if the body is of another form.
pub fn asked(raw: &Raw) -> Option<Vec<u64>> {
    #[derive(Deserialize)]
    struct Question {
        acks: Vec<u64>,
    }
    // The parser's error quotes the value: it goes no further.
    let question: Question = serde_json::from_slice(raw.expose()).ok()?;
    (question.acks.len() <= MAX_ASKED).then_some(question.acks)
}

/// What matters of an event; the last one of two equal keys counts, as for those who read it later.
#[derive(Default)]
struct Event<'t> {
    time: Option<&'t RawValue>,
    event: Option<&'t RawValue>,
    fields: Option<&'t RawValue>,
    said: [bool; COMMON.len()],
}

impl Event<'_> {
    fn says(&self, name: &str) -> bool {
        COMMON.iter().zip(self.said).any(|(known, said)| *known == name && said)
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Key {
    Time,
    Event,
    Fields,
    Host,
    Source,
    Sourcetype,
    Index,
    #[serde(other)]
    Other,
}

impl<'de> Deserialize<'de> for Event<'de> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_map(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Event<'de>;

    fn expecting(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        form.write_str("an event")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Event<'de>, M::Error> {
        let mut event = Event::default();
        while let Some(key) = map.next_key()? {
            let common = match key {
                Key::Time => {
                    event.time = Some(map.next_value()?);
                    continue;
                }
                // One event that says two things would be two records.
                Key::Event if event.event.is_some() => return Err(M::Error::custom("")),
                Key::Event => {
                    event.event = Some(map.next_value()?);
                    continue;
                }
                Key::Fields => {
                    event.fields = Some(map.next_value()?);
                    continue;
                }
                Key::Host => 0,
                Key::Source => 1,
                Key::Sourcetype => 2,
                Key::Index => 3,
                Key::Other => usize::MAX,
            };
            map.next_value::<IgnoredAny>()?;
            if let Some(said) = event.said.get_mut(common) {
                *said = true;
            }
        }
        Ok(event)
    }
}

/// Whether a value is an object without objects in it.
fn is_flat(fields: &str) -> bool {
    struct Flat;
    impl<'de> Visitor<'de> for Flat {
        type Value = ();

        fn expecting(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
            form.write_str("a flat object")
        }

        fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
            while map.next_key::<IgnoredAny>()?.is_some() {
                let value: &RawValue = map.next_value()?;
                if value.get().starts_with('{') {
                    return Err(M::Error::custom(""));
                }
            }
            Ok(())
        }
    }
    fields == "null" || serde_json::Deserializer::from_str(fields).deserialize_map(Flat).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<(String, Vec<i64>), HecError> {
        let events = events(&Raw::new(body.as_bytes().to_vec()), &Common::of_query("host=h1", &COMMON), 7)?;
        Ok((String::from_utf8_lossy(events.text().expose()).into_owned(), events.times().collect()))
    }

    #[test]
    fn events_are_read_however_they_stand() {
        for (body, wanted) in [
            (
                "{\"event\":1,\"host\":\"a\"}{\"host\":\"b\",\"event\":\"x\"}",
                "{\"event\":1,\"host\":\"a\"}\n{\"host\":\"b\",\"event\":\"x\"}\n",
            ),
            ("\n{\"event\":{\"a\":\n[1]}}\n\n", "{\"event\":{\"a\": [1]},\"host\":\"h1\"}\n"),
            (
                "[{\"event\":\"é\"}, {\"event\":false,\"host\":null}]",
                "{\"event\":\"é\",\"host\":\"h1\"}\n{\"event\":false,\"host\":null}\n",
            ),
            (
                "{\"event\":1,\"fields\":{\"a\":\"b\",\"c\":[1]},\"x\":{}}",
                "{\"event\":1,\"fields\":{\"a\":\"b\",\"c\":[1]},\"x\":{},\"host\":\"h1\"}\n",
            ),
        ] {
            assert_eq!(read(body).unwrap().0, wanted, "{body}");
        }
    }

    #[test]
    fn each_event_has_its_time() {
        let body = "{\"time\":\"1700000000.5\",\"event\":1}{\"time\":1700000000123,\"event\":1}{\"event\":1}{\"time\":null,\"event\":1}";
        assert_eq!(read(body).unwrap().1, [1_700_000_000_500, 1_700_000_000_123, 7, 7]);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (body, wanted) in [
            ("", HecError::NoData),
            (" \n", HecError::NoData),
            ("[]", HecError::NoData),
            ("text", HecError::Format(0)),
            ("{\"event\":1}\"x\"", HecError::Format(1)),
            ("{\"event\":1}{\"event\":", HecError::Format(1)),
            ("{\"event\":1,\"event\":2}", HecError::Format(0)),
            ("[{\"event\":1},7]", HecError::Format(1)),
            ("{}", HecError::Missing(0)),
            ("{\"event\":1}{\"event\":null}", HecError::Missing(1)),
            ("{\"event\":\"\"}", HecError::Blank(0)),
            ("{\"event\":1,\"fields\":{\"a\":{}}}", HecError::Fields(0)),
            ("{\"event\":1,\"fields\":7}", HecError::Fields(0)),
        ] {
            assert_eq!(read(body).unwrap_err(), wanted, "{body}");
        }
        let many = "{\"event\":1}".repeat(MAX_RECORDS + 1);
        assert_eq!(read(&many).unwrap_err(), HecError::TooMany);
    }

    #[test]
    fn a_request_does_not_grow_beyond_measure() {
        let common = Common::of_query(&format!("host={}", "x".repeat(4000)), &COMMON);
        let raw = |body: &str, count| Raw::new(body.repeat(count).into_bytes());
        for (count, most) in [(1, 5_000), (40, 200_000)] {
            assert!(events(&raw("{\"event\":1}", count), &common, 0).unwrap().bytes() < most);
            assert!(raw_lines(&raw("x\n", count), &common, 0).unwrap().bytes() < most);
        }
        // Lines of a few words are taken, however many.
        let line = format!("{}\n", "y".repeat(49));
        assert!(raw_lines(&raw(&line, 1000), &common, 0).unwrap().bytes() < 4_200_000);
        for count in [1000, MAX_RECORDS] {
            assert_eq!(events(&raw("{\"event\":1}", count), &common, 0).err(), Some(HecError::TooLarge));
            assert_eq!(raw_lines(&raw("x\n", count), &common, 0).err(), Some(HecError::TooLarge));
        }
        for (count, least, most) in [(1, 16_000, 17_000), (1000, 3_000_000, 3_300_000), (MAX_RECORDS, 60_000_000, 75_000_000)] {
            let cost = common.cost(&raw("x\n", count));
            assert!((least..most).contains(&cost), "{cost}");
        }
    }

    #[test]
    fn lines_are_records_of_their_own() {
        let lines = |query: &str| {
            let events = raw_lines(&Raw::new(b"one\r\n\n{\"a\":1}\n\xffx".to_vec()), &Common::of_query(query, &COMMON), 7).unwrap();
            String::from_utf8_lossy(events.text().expose()).into_owned()
        };
        assert_eq!(lines(""), "one\n{\"a\":1}\n\u{fffd}x\n");
        let wanted =
            "{\"event\":\"one\",\"index\":\"i\"}\n{\"event\":{\"a\":1},\"index\":\"i\"}\n{\"event\":\"\u{fffd}x\",\"index\":\"i\"}\n";
        assert_eq!(lines("index=i"), wanted);
    }

    #[test]
    fn questions_are_read() {
        let ask = |body: &str| asked(&Raw::new(body.as_bytes().to_vec()));
        assert_eq!(ask("{\"acks\":[0,1800000000000001]}"), Some(vec![0, 1_800_000_000_000_001]));
        assert_eq!(ask("{\"acks\":[-1]}"), None);
        assert_eq!(ask("{\"acks\":\"x\"}"), None);
    }
}
