//! Logs as the clients of Datadog send them: an array of objects, objects, or text.
//!
//! Each object becomes a record as it came, each line of a text one too. `ddtags`, `ddsource`, `service` and `hostname`
//! may also stand in the address or the headers; they are added to the records that do not say them.
//! (Datadog API reference: "Send logs".)

use super::envelope::{Common, MAX_RECORDS, Stopped, time_of, values};
use crate::record::{Events, Raw};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// Room for line ends, so that a text of usual records is not moved for them.
const ROOM: usize = 4096;
/// What a request can say of all its logs.
pub const COMMON: [&str; 4] = ["ddtags", "ddsource", "service", "hostname"];

/// Why a request was not read; none of its logs is taken then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogsError {
    /// No JSON, or JSON of another form.
    #[error("the body has another form")]
    Format,
    /// More logs than [`MAX_RECORDS`].
    #[error("the request has too many logs")]
    TooMany,
    /// What it says of all logs is too long for so many.
    #[error("what the request says of all logs is too long for so many")]
    TooLarge,
}

/// How a body is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Objects, or an array of them.
    Json,
    /// Each line a log.
    Text,
    /// The sender does not say: its first byte tells.
    Unknown,
}

impl Form {
    /// What a `Content-Type` header says.
    pub fn of(header: &[u8]) -> Self {
        let essence = header.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii().to_ascii_lowercase();
        match essence.as_slice() {
            b"application/logplex-1" => Self::Text,
            b"application/json" => Self::Json,
            text if text.starts_with(b"text/") && text != b"text/json" => Self::Text,
            _ => Self::Unknown,
        }
    }
}

/// Reads the logs of a request; `now` is the time of those that say none. There may be none: clients ask so whether
/// somebody is there.
///
/// # Errors
/// If the body is of another form.
pub fn logs(raw: &Raw, form: Form, common: &Common, now: i64) -> Result<Events, LogsError> {
    let body = raw.expose();
    let begins_as_json = matches!(body.trim_ascii_start().first(), None | Some(b'{' | b'['));
    match form {
        Form::Json => json(body, common, now),
        Form::Unknown if begins_as_json => json(body, common, now),
        Form::Text | Form::Unknown => text(body, common, now),
    }
}

fn json(body: &[u8], common: &Common, now: i64) -> Result<Events, LogsError> {
    let mut events = Events::with_capacity(body.len() + ROOM);
    let mut line = Vec::new();
    let most = common.most(body);
    let outcome = values(body, |text, log: Log| {
        if events.len() == MAX_RECORDS {
            return Err(LogsError::TooMany);
        }
        match &log.text {
            Some(message) => common.push_text("message", message.as_bytes(), now, &mut events, &mut line),
            None if log.empty => {}
            None => common.push(text, |name| log.says(name), log.time.unwrap_or(now), &mut events, &mut line),
        }
        if events.bytes() > most { Err(LogsError::TooLarge) } else { Ok(()) }
    });
    match outcome {
        Ok(()) => Ok(events),
        Err(Stopped::Malformed) => Err(LogsError::Format),
        Err(Stopped::At(error)) => Err(error),
    }
}

fn text(body: &[u8], common: &Common, now: i64) -> Result<Events, LogsError> {
    let mut events = Events::with_capacity(body.len() + ROOM);
    let mut line = Vec::new();
    let most = common.most(body);
    for text in body.split(|byte| *byte == b'\n') {
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if text.is_empty() {
            continue;
        }
        if events.len() == MAX_RECORDS {
            return Err(LogsError::TooMany);
        }
        common.push_text("message", text, now, &mut events, &mut line);
        if events.bytes() > most {
            return Err(LogsError::TooLarge);
        }
    }
    Ok(events)
}

/// What matters of a log.
#[derive(Default)]
struct Log {
    /// There if it is a string.
    text: Option<String>,
    time: Option<i64>,
    empty: bool,
    said: [bool; COMMON.len()],
}

impl Log {
    fn says(&self, name: &str) -> bool {
        COMMON.iter().zip(self.said).any(|(known, said)| *known == name && said)
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Key {
    Timestamp,
    Date,
    DdTags,
    DdSource,
    Service,
    Hostname,
    #[serde(other)]
    Other,
}

impl<'de> Deserialize<'de> for Log {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Log;

    fn expecting(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        form.write_str("a log")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Log, E> {
        Ok(Log { text: Some(text.to_owned()), ..Log::default() })
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Log, M::Error> {
        let mut log = Log { empty: true, ..Log::default() };
        while let Some(key) = map.next_key()? {
            log.empty = false;
            let common = match key {
                Key::Timestamp | Key::Date => {
                    let value: &RawValue = map.next_value()?;
                    // A text may be a date in any form; only a number is taken for the time.
                    log.time = log.time.or_else(|| time_of(value.get()));
                    continue;
                }
                Key::DdTags => 0,
                Key::DdSource => 1,
                Key::Service => 2,
                Key::Hostname => 3,
                Key::Other => usize::MAX,
            };
            map.next_value::<IgnoredAny>()?;
            if let Some(said) = log.said.get_mut(common) {
                *said = true;
            }
        }
        Ok(log)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(form: Form, body: &str) -> Result<(String, Vec<i64>), LogsError> {
        let events = logs(&Raw::new(body.as_bytes().to_vec()), form, &Common::of_query("service=s&ddtags=a:b", &COMMON), 7)?;
        Ok((String::from_utf8_lossy(events.text().expose()).into_owned(), events.times().collect()))
    }

    #[test]
    fn logs_are_read_whatever_their_form() {
        let (common, tags) = (",\"ddtags\":\"a:b\",\"service\":\"s\"}\n", ",\"ddtags\":\"a:b\"}\n");
        for (form, body, wanted) in [
            (Form::Json, "{\"message\":\"x\"}", format!("{{\"message\":\"x\"{common}")),
            (Form::Json, "[{\"message\":\"x\",\"service\":\"own\"},\n{}]", format!("{{\"message\":\"x\",\"service\":\"own\"{tags}")),
            (Form::Json, "[\"a\\nb\"]", format!("{{\"message\":\"a\\nb\"{common}")),
            (Form::Unknown, "{\"a\":{\"b\":[]}}\n{\"c\":1}", format!("{{\"a\":{{\"b\":[]}}{common}{{\"c\":1{common}")),
            (Form::Unknown, "plain", format!("{{\"message\":\"plain\"{common}")),
            (Form::Text, "one\r\n\n{\"a\":1}", format!("{{\"message\":\"one\"{common}{{\"message\":{{\"a\":1}}{common}")),
            (Form::Unknown, "", String::new()),
            (Form::Json, "{}", String::new()),
            (Form::Json, "[]", String::new()),
        ] {
            assert_eq!(read(form, body).unwrap().0, wanted, "{body}");
        }
    }

    #[test]
    fn numbers_are_times() {
        let body = "[{\"timestamp\":1700000000123},{\"date\":\"2026-01-01\"},{\"date\":1700000000}]";
        assert_eq!(read(Form::Json, body).unwrap().1, [1_700_000_000_123, 7, 1_700_000_000_000]);
    }

    #[test]
    fn what_is_wrong_is_refused() {
        for body in ["{", "[1]", "7", "[{\"a\":1}", "{\"a\":1}x"] {
            assert_eq!(read(Form::Json, body).unwrap_err(), LogsError::Format, "{body}");
        }
        assert_eq!(read(Form::Text, &"x\n".repeat(MAX_RECORDS + 1)).unwrap_err(), LogsError::TooMany);
        let common = Common::of_query(&format!("ddtags={}", "x".repeat(4000)), &COMMON);
        for body in ["x\n".repeat(1000), "{\"a\":1}".repeat(1000)] {
            assert_eq!(logs(&Raw::new(body.into_bytes()), Form::Unknown, &common, 0).err(), Some(LogsError::TooLarge));
        }
        for (header, form) in
            [("application/json; charset=utf-8", Form::Json), ("text/plain", Form::Text), ("", Form::Unknown), ("text/json", Form::Unknown)]
        {
            assert_eq!(Form::of(header.as_bytes()), form, "{header}");
        }
    }
}
