//! Records as events of Splunk's HTTP Event Collector, each with the tag of its region as an indexed field.
//!
//! A record that came as such an event (it has `event`, and nothing but what belongs to one) stays what it was; a JSON
//! object or a text becomes the `event` of a new one. An index that is no name of one, such as one that was masked,
//! is left out: the record goes to the index of the sink or of its token, instead of nowhere.

use super::super::encode;
use crate::record::{Origin, Record};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::io::Write;

/// What events say that do not say it themselves.
#[derive(Default)]
pub(super) struct Defaults {
    pub(super) host: Option<String>,
    pub(super) source: Option<String>,
    pub(super) sourcetype: Option<String>,
    pub(super) index: Option<String>,
}

/// An event as its sender wrote it. A key that does not belong here, or one that comes twice, makes it another object.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'t> {
    #[serde(borrow, default)]
    time: Option<&'t RawValue>,
    #[serde(borrow, default)]
    host: Option<&'t RawValue>,
    #[serde(borrow, default)]
    source: Option<&'t RawValue>,
    #[serde(borrow, default)]
    sourcetype: Option<&'t RawValue>,
    #[serde(borrow, default)]
    index: Option<&'t RawValue>,
    #[serde(borrow)]
    event: Option<&'t RawValue>,
    #[serde(borrow, default)]
    fields: Option<&'t RawValue>,
}

fn envelope(body: &[u8]) -> Option<Envelope<'_>> {
    let envelope: Envelope<'_> = serde_json::from_slice(body).ok()?;
    let event = envelope.event?.get();
    let flat = envelope.fields.is_none_or(|fields| fields.get().starts_with('{'));
    (flat && !matches!(event, "null" | "\"\"")).then_some(envelope)
}

/// Writes a record.
pub(super) fn write(defaults: &Defaults, origin: &Origin, record: &Record<'_>, out: &mut Vec<u8>) {
    let body = record.body.trim_ascii();
    let own = if body.first() == Some(&b'{') { envelope(body) } else { None };
    let event = own.as_ref().and_then(|own| own.event);
    let own = own.unwrap_or_default();
    let milliseconds = record.time.max(0);
    // Writing to memory cannot fail.
    let _ = match own.time.map(RawValue::get).filter(|time| says(time, milliseconds)) {
        Some(time) => write!(out, "{{\"time\":{time}"),
        None => write!(out, "{{\"time\":{}.{:03}", milliseconds / 1000, milliseconds % 1000),
    };
    for (name, own, default) in [
        ("host", own.host, &defaults.host),
        ("source", own.source, &defaults.source),
        ("sourcetype", own.sourcetype, &defaults.sourcetype),
        ("index", own.index.filter(|index| is_index(index.get())), &defaults.index),
    ] {
        let own = own.map(RawValue::get).filter(|own| own.starts_with('"') && own.len() > 2);
        if own.is_none() && default.is_none() {
            continue;
        }
        let _ = write!(out, ",\"{name}\":");
        match (own, default) {
            (Some(own), _) => out.extend_from_slice(own.as_bytes()),
            (None, default) => encode::string(default.as_deref().unwrap_or_default(), out),
        }
    }
    out.extend_from_slice(b",\"event\":");
    match event.map(RawValue::get) {
        Some(event) if event.starts_with('{') => out.extend_from_slice(&encode::unclaimed(event.as_bytes())),
        Some(event) => out.extend_from_slice(event.as_bytes()),
        None => match encode::object(body) {
            Some(object) => out.extend_from_slice(&object),
            None => encode::string(&encode::text(record.body), out),
        },
    }
    out.extend_from_slice(b",\"fields\":{");
    if let Some(fields) = own.fields {
        let fields = encode::unclaimed(fields.get().as_bytes());
        let inside = fields.trim_ascii().get(1..).and_then(|rest| rest.strip_suffix(b"}")).unwrap_or_default().trim_ascii();
        out.extend_from_slice(inside);
        if !inside.is_empty() {
            out.push(b',');
        }
    }
    encode::tag(origin, out);
    out.extend_from_slice(b"}}");
}

/// Whether a number of seconds is this time: it may say it more exactly.
fn says(time: &str, milliseconds: i64) -> bool {
    #[allow(clippy::cast_precision_loss, reason = "both are far below 2^53")]
    time.parse::<f64>().is_ok_and(|seconds| (seconds * 1000.0 - milliseconds as f64).abs() <= 1.0)
}

/// Whether a JSON string names an index (Splunk: letters, digits, `_` and `-`, beginning with no `-`).
fn is_index(text: &str) -> bool {
    let name = text.trim_matches('"');
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
    (1..=80).contains(&name.len()) && !name.starts_with('-') && name.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::CleanText;

    fn written(body: &str, time: i64) -> String {
        let [source, region, zone] = ["app", "eu-west-1", "eu"].map(CleanText::declared);
        let attributes = vec![(CleanText::declared("pod"), CleanText::declared("web"))];
        let defaults = Defaults { host: Some("h".to_owned()), index: Some("main".to_owned()), ..Defaults::default() };
        let mut out = Vec::new();
        write(&defaults, &Origin { source, region, zone, attributes }, &Record { body: body.as_bytes(), time }, &mut out);
        let text = String::from_utf8(out).unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
        text
    }

    const TAG: &str = "\"pod\":\"web\",\"residency.region\":\"eu-west-1\"}}";

    #[test]
    fn records_become_events() {
        for (body, wanted) in [
            ("say \"x\"", format!("{{\"time\":5.007,\"host\":\"h\",\"index\":\"main\",\"event\":\"say \\\"x\\\"\",\"fields\":{{{TAG}")),
            ("{\"a\":1}", format!("{{\"time\":5.007,\"host\":\"h\",\"index\":\"main\",\"event\":{{\"a\":1}},\"fields\":{{{TAG}")),
            // An object with a key more is no event of the protocol.
            (
                "{\"event\":\"login\",\"user\":1}",
                format!(
                    "{{\"time\":5.007,\"host\":\"h\",\"index\":\"main\",\"event\":{{\"event\":\"login\",\"user\":1}},\"fields\":{{{TAG}"
                ),
            ),
        ] {
            assert_eq!(written(body, 5007), wanted);
        }
    }

    #[test]
    fn events_stay_what_they_were() {
        let body = "{\"time\":5.0071234,\"host\":\"own\",\"sourcetype\":\"t\",\"index\":\"web-1\",\"event\":[1],\"fields\":{\"a\":\"b\"}}";
        let wanted = "{\"time\":5.0071234,\"host\":\"own\",\"sourcetype\":\"t\",\"index\":\"web-1\",\"event\":[1],\"fields\":{\"a\":\"b\",";
        assert_eq!(written(body, 5007), format!("{wanted}{TAG}"));
        assert!(
            written("{\"time\":\"x\",\"event\":1,\"index\":\"[EMAIL]\"}", 0)
                .starts_with("{\"time\":0.000,\"host\":\"h\",\"index\":\"main\",")
        );
        assert!(written("{\"event\":\"\"}", 0).contains("\"event\":{\"event\":\"\"}"));
    }

    #[test]
    fn no_event_says_where_it_belongs() {
        let claim = "{\"residency.region\":\"us-east-1\"}";
        let text = written(&format!("{{\"event\":{claim},\"fields\":{claim}}}"), 0);
        assert_eq!((text.matches("residency.region.claimed").count(), text.matches("\"residency.region\"").count()), (2, 1), "{text}");
    }
}
