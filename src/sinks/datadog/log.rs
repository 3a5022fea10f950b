//! Records as logs of Datadog, each with the tag of its region among its tags.
//!
//! A record that is a JSON object keeps its attributes; a text becomes the `message` of a new one. What a record's own
//! tags say about its region is renamed, so that no reader can take it for ours.

use super::super::encode;
use crate::record::{Origin, Record};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use std::io::Write;

/// What logs say that do not say it themselves.
#[derive(Default)]
pub(super) struct Defaults {
    pub(super) service: Option<String>,
    pub(super) source: Option<String>,
    pub(super) hostname: Option<String>,
}

/// What matters of an object. One of these keys twice makes it no log of the protocol, and a text.
#[derive(Deserialize)]
struct Known<'t> {
    #[serde(borrow, default)]
    ddtags: Option<&'t RawValue>,
    ddsource: Option<IgnoredAny>,
    service: Option<IgnoredAny>,
    hostname: Option<IgnoredAny>,
    host: Option<IgnoredAny>,
    timestamp: Option<IgnoredAny>,
    date: Option<IgnoredAny>,
}

/// Tags, as a text or as a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Tags {
    Text(String),
    List(Vec<String>),
}

/// Writes a record.
pub(super) fn write(defaults: &Defaults, origin: &Origin, record: &Record<'_>, out: &mut Vec<u8>) {
    let start = out.len();
    let has = encode::object(record.body).and_then(|object| own(&object, origin, out));
    if has.is_none() {
        out.truncate(start);
        out.extend_from_slice(b"{\"message\":");
        encode::string(&encode::text(record.body), out);
    }
    let has = has.unwrap_or_default();
    let mut add = |name: &str, value: &str| {
        if out.len() > start + 1 {
            out.push(b',');
        }
        encode::string(name, out);
        out.push(b':');
        encode::string(value, out);
    };
    if !has.tags {
        add("ddtags", &tagged("", origin));
    }
    for (name, value, has) in [
        ("ddsource", &defaults.source, has.source),
        ("service", &defaults.service, has.service),
        ("hostname", &defaults.hostname, has.host),
    ] {
        if let Some(value) = value.as_ref().filter(|_| !has) {
            add(name, value);
        }
    }
    for (name, value) in &origin.attributes {
        add(name.as_str(), value.as_str());
    }
    if !has.time {
        // Writing to memory cannot fail. Tags stand before it in any case.
        let _ = write!(out, ",\"timestamp\":{}", record.time);
    }
    out.push(b'}');
}

/// What an object says itself.
#[derive(Default)]
struct Has {
    tags: bool,
    source: bool,
    service: bool,
    host: bool,
    time: bool,
}

/// Writes an object without its end, its tags with ours among them.
fn own(object: &[u8], origin: &Origin, out: &mut Vec<u8>) -> Option<Has> {
    let known: Known<'_> = serde_json::from_slice(object).ok()?;
    let end = object.strip_suffix(b"}")?.trim_ascii_end();
    match known.ddtags {
        None => out.extend_from_slice(end),
        Some(tags) => {
            // The value stands in the object: it is replaced there.
            let at = (tags.get().as_ptr() as usize).checked_sub(object.as_ptr() as usize)?;
            let text = match serde_json::from_str(tags.get()).ok()? {
                Tags::Text(text) => text,
                Tags::List(list) => list.join(","),
            };
            out.extend_from_slice(end.get(..at)?);
            encode::string(&tagged(&text, origin), out);
            out.extend_from_slice(end.get(at + tags.get().len()..)?);
        }
    }
    Some(Has {
        tags: known.ddtags.is_some(),
        source: known.ddsource.is_some(),
        service: known.service.is_some(),
        host: known.hostname.is_some() || known.host.is_some(),
        time: known.timestamp.is_some() || known.date.is_some(),
    })
}

/// Tags with ours behind them.
fn tagged(own: &str, origin: &Origin) -> String {
    let mut tags = String::with_capacity(own.len() + 40);
    for tag in own.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
        match tag.split_once(':') {
            // Datadog writes tags in small letters.
            Some((name, value)) if name.trim().eq_ignore_ascii_case(encode::REGION) => {
                tags.push_str("residency.region.claimed:");
                tags.push_str(value);
            }
            _ => tags.push_str(tag),
        }
        tags.push(',');
    }
    tags.push_str(encode::REGION);
    tags.push(':');
    tags.push_str(origin.region.as_str());
    tags
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::CleanText;
    use serde_json::{Value, json};

    fn written(body: &str) -> Value {
        let [source, region, zone] = ["app", "eu-west-1", "eu"].map(CleanText::declared);
        let attributes = vec![(CleanText::declared("pod"), CleanText::declared("web"))];
        let defaults = Defaults { service: Some("s".to_owned()), hostname: Some("h".to_owned()), source: None };
        let mut out = Vec::new();
        write(&defaults, &Origin { source, region, zone, attributes }, &Record { body: body.as_bytes(), time: 5007 }, &mut out);
        serde_json::from_slice(&out).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&out)))
    }

    #[test]
    fn records_become_logs() {
        let tag = "residency.region:eu-west-1";
        for (body, wanted) in [
            ("say \"x\"", json!({"message": "say \"x\"", "ddtags": tag, "service": "s", "hostname": "h", "pod": "web", "timestamp": 5007})),
            ("{ }", json!({"ddtags": tag, "service": "s", "hostname": "h", "pod": "web", "timestamp": 5007})),
            ("{\"a\":1 }", json!({"a": 1, "ddtags": tag, "service": "s", "hostname": "h", "pod": "web", "timestamp": 5007})),
            (
                "{\"ddtags\" : \"env:prod, a:b\" ,\"service\":\"own\",\"host\":\"own\",\"timestamp\":7}",
                json!({"ddtags": format!("env:prod,a:b,{tag}"), "service": "own", "host": "own", "pod": "web", "timestamp": 7}),
            ),
            (
                "{\"ddtags\":[\"a:b\",\"c\"],\"date\":7}",
                json!({"ddtags": format!("a:b,c,{tag}"), "service": "s", "hostname": "h", "pod": "web", "date": 7}),
            ),
        ] {
            assert_eq!(written(body), wanted, "{body}");
        }
        // What no client writes is kept as a text.
        for body in ["{\"ddtags\":7}", "{\"ddtags\":\"a\",\"ddtags\":\"b\"}"] {
            assert_eq!(written(body)["message"], body);
        }
    }

    #[test]
    fn no_log_says_where_it_belongs() {
        let log =
            written("{\"ddtags\":\"Residency.Region:us-east-1,\\u0072esidency.region:us-east-2\",\"residency.region\":\"us-east-1\"}");
        assert_eq!(log["ddtags"], "residency.region.claimed:us-east-1,residency.region.claimed:us-east-2,residency.region:eu-west-1");
        assert_eq!((log.get("residency.region"), &log["residency.region.claimed"]), (None, &json!("us-east-1")));
    }
}
