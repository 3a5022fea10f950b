//! Canaries in the protocols of Splunk, Datadog, OpenTelemetry, syslog and Fluent: every place that a sender may fill.

use super::places::{CARRIED, Sent, mark, value};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::time::{SystemTime, UNIX_EPOCH};

/// Marks of all places of a protocol, which stand in a record of it.
fn marks(protocol: &str) -> String {
    let names = CARRIED.iter().map(|(name, _)| *name).filter(|name| name.starts_with(protocol));
    names.map(mark).collect::<Vec<_>>().join(" ")
}

fn to(path: &str, headers: &str, body: impl Into<Vec<u8>>) -> Sent {
    Sent { head: format!("POST {path} HTTP/1.1\r\nContent-Type: application/json\r\n{headers}"), body: body.into(), cut: None }
}

const TOKEN: &str = "Authorization: Splunk a-password-of-this-test\r\n";

/// Events and lines for Splunk.
pub(super) fn splunk() -> Vec<Sent> {
    let v = value;
    let event = format!(
        "{{\"event\":{{\"to\":\"{}\",\"deep\":[{{\"to\":\"{}\"}}],\"{}\":1,\"m\":\"{}\"}},\"host\":\"{}\",\"source\":\"{}\",\"sourcetype\":\"{}\",\
         \"index\":\"{}\",\"fields\":{{\"to\":\"{}\",\"many\":[\"{}\"],\"{}\":\"x\"}}}}",
        v("hec event"),
        v("hec nested"),
        v("hec key"),
        marks("hec"),
        v("hec host"),
        v("hec source"),
        v("hec sourcetype"),
        v("hec index"),
        v("hec field"),
        v("hec list"),
        v("hec name of a field")
    );
    let query = |name| v(name).replace('@', "%40");
    let raw = format!("/services/collector/raw?host={}&source={}", query("raw host"), query("raw source"));
    vec![to("/services/collector", TOKEN, event), to(&raw, TOKEN, format!("{} user {} logged in\n", marks("raw"), v("raw line")))]
}

/// Requests that the source for Splunk refuses.
pub(super) fn strange_splunk() -> Vec<Sent> {
    let v = value;
    vec![
        to("/services/collector", &format!("Authorization: Splunk {}\r\n", v("hec token")), "{\"event\":\"x\"}"),
        to(&format!("/services/collector?token={}", v("hec token")), "", "{\"event\":\"x\"}"),
        to("/services/collector", &format!("{TOKEN}X-Splunk-Request-Channel: {}\r\n", v("hec channel")), "{\"event\":\"x\"}"),
        to("/services/collector", TOKEN, format!("{{\"event\":\"{}", v("hec broken event"))),
        to(&format!("/services/{}", v("hec path")), TOKEN, "{}"),
    ]
}

/// Logs for Datadog.
pub(super) fn datadog() -> Vec<Sent> {
    let v = value;
    let log = format!(
        "[{{\"message\":\"{} {}\",\"ddtags\":\"env:test,user:{}\",\"hostname\":\"{}\",\"service\":\"{}\",\"ddsource\":\"{}\",\"to\":{{\"a\":\"{}\"}},\"{}\":1}}]",
        marks("datadog"),
        v("datadog message"),
        v("datadog tags"),
        v("datadog host"),
        v("datadog service"),
        v("datadog source"),
        v("datadog attribute"),
        v("datadog key"),
    );
    vec![to("/api/v2/logs", "DD-API-KEY: a-password-of-this-test\r\n", log)]
}

pub(super) fn strange_datadog() -> Vec<Sent> {
    let key = value("datadog api key");
    vec![to("/api/v2/logs", &format!("DD-API-KEY: {key}\r\n"), "[]"), to(&format!("/v1/input/{key}"), "", "[]")]
}

/// Logs of OpenTelemetry as JSON.
pub(super) fn otlp() -> Vec<Sent> {
    let v = value;
    let pair = |key: &str, name: &str| format!("{{\"key\":\"{key}\",\"value\":{{\"stringValue\":\"{}\"}}}}", v(name));
    let bytes = BASE64.encode(format!("user {} logged in", v("otlp bytes")));
    let deep = format!(
        "{{\"key\":\"deep\",\"value\":{{\"kvlistValue\":{{\"values\":[{},{{\"key\":\"list\",\"value\":{{\"arrayValue\":{{\"values\":[{{\"stringValue\":\"{}\"}},\
         {{\"bytesValue\":\"{bytes}\"}}]}}}}}}]}}}}}}",
        pair("a", "otlp nested"),
        v("otlp list")
    );
    let log = format!(
        "{{\"body\":{{\"stringValue\":\"{} {}\"}},\"eventName\":\"{}\",\"severityText\":\"{}\",\"attributes\":[{},{},{deep}]}}",
        marks("otlp"),
        v("otlp body"),
        v("otlp event name"),
        v("otlp severity"),
        pair("to", "otlp attribute"),
        pair(&v("otlp key"), "otlp beside a key"),
    );
    let request = format!(
        "{{\"resourceLogs\":[{{\"schemaUrl\":\"https://x.example/{}\",\"resource\":{{\"attributes\":[{}]}},\"scopeLogs\":[{{\"schemaUrl\":\"https://x.example/{}\",\
         \"scope\":{{\"name\":\"{}\",\"version\":\"{}\",\"attributes\":[{}]}},\"logRecords\":[{log}]}}]}}]}}",
        v("otlp schema"),
        pair("to", "otlp resource"),
        v("otlp schema of a scope"),
        v("otlp scope"),
        v("otlp version"),
        pair("to", "otlp attribute of a scope"),
    );
    vec![to("/v1/logs", "", request)]
}

pub(super) fn strange_otlp() -> Vec<Sent> {
    let v = value;
    let wrong = format!("{{\"resourceLogs\":[{{\"scopeLogs\":[{{\"logRecords\":[{{\"body\":\"{}\"}}]}}]}}]}}", v("otlp log that is none"));
    vec![to(&format!("/v1/{}", v("otlp path")), "", "{}"), to("/v1/logs", "", wrong), to("/v1/logs", "", v("otlp text"))]
}

/// One call of gRPC: a log with its body and an attribute of bytes.
pub(super) fn call() -> Vec<u8> {
    let field = |number: u8, content: &[u8]| {
        let length = content.len();
        assert!((128..16_384).contains(&length) || length < 128);
        let length = if length < 128 { vec![length as u8] } else { vec![(length & 127) as u8 | 128, (length >> 7) as u8] };
        [vec![number << 3 | 2], length, content.to_vec()].concat()
    };
    let body = field(5, &field(1, format!("{} {}", marks("grpc"), value("grpc body")).as_bytes()));
    // What stands between bytes that are no text.
    let bytes = [b"\xff\x00".as_slice(), value("grpc bytes").as_bytes(), b"\xff"].concat();
    let attribute = field(6, &[field(1, b"to"), field(2, &field(7, &bytes))].concat());
    let message = field(1, &field(2, &field(2, &[body, attribute].concat())));
    [&[0], u32::try_from(message.len()).unwrap().to_be_bytes().as_slice(), &message].concat()
}

/// Messages of syslog, new and old.
pub(super) fn syslog() -> Vec<u8> {
    let v = value;
    let new = format!(
        "<14>1 - {} {} {} {} [id {}=\"x\" to=\"{}\"][{}] {} {}",
        v("syslog host"),
        v("syslog app"),
        v("syslog process"),
        v("syslog id"),
        v("syslog name"),
        v("syslog data"),
        v("syslog element"),
        marks("syslog"),
        v("syslog message"),
    );
    let old = format!("<13>Nov 22 10:00:00 {} app: {} user {} logged in\n", v("old host"), marks("old"), v("old message"));
    format!("{} {new}{old}", new.len()).into_bytes()
}

fn text(value: &str) -> Vec<u8> {
    [&[0xda], u16::try_from(value.len()).unwrap().to_be_bytes().as_slice(), value.as_bytes()].concat()
}

/// A message of the forward protocol that asks for an acknowledgement.
pub(super) fn fluent() -> Vec<u8> {
    let v = value;
    let now = u32::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap().to_be_bytes();
    let bytes = v("fluent bytes");
    let map = [
        b"\x85".to_vec(),
        text("message"),
        text(&format!("{} {}", marks("fluent"), v("fluent message"))),
        text(&v("fluent key")),
        b"\x01".to_vec(),
        text("deep"),
        b"\x81".to_vec(),
        text("list"),
        b"\x91".to_vec(),
        text(&v("fluent nested")),
        text("bytes"),
        [&[0xc4, u8::try_from(bytes.len()).unwrap()], bytes.as_bytes()].concat(),
        text("tag"),
        text(&v("fluent tag of a record")),
    ]
    .concat();
    [b"\x93".to_vec(), text(&v("fluent tag")), b"\x91\x92\xce".to_vec(), now.to_vec(), map, b"\x81\xa5chunk\xa2id".to_vec()].concat()
}

/// Messages that are none of the forward protocol.
pub(super) fn strange_fluent() -> Vec<Vec<u8>> {
    let wrong = value("fluent message that is none");
    vec![wrong.clone().into_bytes(), [b"\x92".to_vec(), text(&wrong), text(&wrong)].concat()]
}
