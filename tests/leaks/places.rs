//! The places in which a canary stands, and what senders send.
//!
//! Each place has a value of its own that `standard` masks. Beside it stands a mark, which is masked
//! nowhere: it shows that the record arrived. What is refused or not kept has a value and no mark.

use crate::support::single::gzip;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::io::Write;

use super::search::{FORMS, write};

/// What a canary is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Mail,
    Card,
    Password,
    Key,
}

use Kind::{Card, Key, Mail, Password};

/// Places of records and their metadata that reach the stores.
pub(super) const CARRIED: [(&str, Kind); 95] = [
    // Over HTTP.
    ("text", Mail),
    ("card", Card),
    ("password", Password),
    ("json value", Mail),
    ("json nested", Mail),
    ("json key", Mail),
    ("json array", Mail),
    ("json in json", Mail),
    ("json escapes", Mail),
    ("base64", Mail),
    ("gzip in base64", Mail),
    ("hex", Mail),
    ("percent", Mail),
    ("percent twice", Mail),
    ("html", Mail),
    ("first record", Mail),
    ("last record", Mail),
    ("two chunks", Mail),
    ("gzip body", Mail),
    ("zstd body", Mail),
    ("deflate body", Mail),
    ("array body", Mail),
    ("pem", Key),
    ("csv cell", Password),
    ("csv header", Mail),
    // In events for CloudWatch.
    ("event", Mail),
    ("event of two lines", Mail),
    ("group", Card),
    ("stream", Mail),
    // In files.
    ("file line", Mail),
    ("file packed", Mail),
    ("file name", Mail),
    ("folder name", Mail),
    ("namespace", Card),
    ("pod", Card),
    ("pod uid", Card),
    ("container", Card),
    ("cri line in parts", Mail),
    ("docker line in parts", Mail),
    // On standard input.
    ("input line", Mail),
    ("line over the cap", Mail),
    ("line over the window", Mail),
    // In the other protocols.
    ("datadog attribute", Mail),
    ("datadog host", Mail),
    ("datadog key", Mail),
    ("datadog message", Mail),
    ("datadog service", Mail),
    ("datadog source", Mail),
    ("datadog tags", Mail),
    ("fluent bytes", Mail),
    ("fluent key", Mail),
    ("fluent message", Mail),
    ("fluent nested", Mail),
    ("fluent tag", Mail),
    ("fluent tag of a record", Mail),
    ("grpc body", Mail),
    ("grpc bytes", Mail),
    ("hec event", Mail),
    ("hec field", Mail),
    ("hec host", Mail),
    ("raw host", Mail),
    ("hec index", Mail),
    ("hec key", Mail),
    ("raw line", Mail),
    ("hec list", Mail),
    ("hec name of a field", Mail),
    ("hec nested", Mail),
    ("hec source", Mail),
    ("raw source", Mail),
    ("hec sourcetype", Mail),
    ("otlp attribute", Mail),
    ("otlp attribute of a scope", Mail),
    ("otlp beside a key", Mail),
    ("otlp body", Mail),
    ("otlp bytes", Mail),
    ("otlp event name", Mail),
    ("otlp key", Mail),
    ("otlp list", Mail),
    ("otlp nested", Mail),
    ("otlp resource", Mail),
    ("otlp schema", Mail),
    ("otlp schema of a scope", Mail),
    ("otlp scope", Mail),
    ("otlp severity", Mail),
    ("otlp version", Mail),
    ("syslog app", Mail),
    ("syslog data", Mail),
    ("syslog element", Mail),
    ("syslog host", Mail),
    ("syslog id", Mail),
    ("syslog message", Mail),
    ("syslog name", Mail),
    ("old host", Mail),
    ("old message", Mail),
    ("syslog process", Mail),
];

/// Places of what is refused, or never becomes part of a record.
pub(super) const NOWHERE: [&str; 26] = [
    "header",
    "cookie",
    "user agent",
    "path",
    "query",
    "user",
    "token",
    "method",
    "broken json",
    "content type",
    "content encoding",
    "damaged gzip",
    "operation",
    "broken event",
    "access key",
    "file that cannot be read",
    "value of the configuration",
    "hec token",
    "hec channel",
    "hec broken event",
    "hec path",
    "datadog api key",
    "otlp path",
    "otlp log that is none",
    "otlp text",
    "fluent message that is none",
];

/// A number that is the same in every run.
fn number(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)) >> 3
}

fn letters(name: &str, count: u32) -> String {
    (0..count).map(|at| char::from(b'a' + (number(&format!("{at}{name}")) % 26) as u8)).collect()
}

/// What is looked for of a canary: either half alone would be a leak as well.
pub(super) fn words(name: &str) -> Vec<String> {
    let core = core(name);
    if core.as_bytes()[0].is_ascii_digit() {
        // Both with enough digits to be no others'.
        return vec![core.split_at(12).0.to_owned(), core.split_at(4).1.to_owned()];
    }
    let (head, tail) = core.split_at(8);
    vec![head.to_owned(), tail.to_owned()]
}

fn core(name: &str) -> String {
    if CARRIED.contains(&(name, Card)) {
        // A number with a check digit (ISO/IEC 7812-1).
        let digits = format!("4{:014}", number(name) % 100_000_000_000_000);
        let double = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
        let sum: u32 = digits
            .chars()
            .enumerate()
            .map(|(at, digit)| (digit.to_digit(10).unwrap(), at % 2 == 0))
            .map(|(digit, even)| if even { double(digit) } else { digit })
            .sum();
        return format!("{digits}{}", (10 - sum % 10) % 10);
    }
    letters(name, 16)
}

/// The canary of a place.
pub(super) fn value(name: &str) -> String {
    let is_mail = !CARRIED.iter().any(|(carried, kind)| *carried == name && *kind != Mail);
    core(name) + if is_mail { "@example.com" } else { "" }
}

/// The mark of a place.
pub(super) fn mark(name: &str) -> String {
    format!("mark{}", letters(&format!("mark of {name}"), 10))
}

/// Places in metadata: the records that carry them have the marks of others.
const UNMARKED: [&str; 7] = ["group", "stream", "folder name", "namespace", "pod", "pod uid", "container"];

/// Places whose records have a mark.
pub(super) fn marked() -> Vec<&'static str> {
    CARRIED.iter().map(|(name, _)| *name).filter(|name| !UNMARKED.contains(name)).collect()
}

/// One request.
#[derive(Default)]
pub(super) struct Sent {
    pub(super) head: String,
    pub(super) body: Vec<u8>,
    /// Where the body is cut into two parts.
    pub(super) cut: Option<usize>,
}

fn sent(content_type: &str, body: impl Into<Vec<u8>>) -> Sent {
    Sent { head: format!("POST / HTTP/1.1\r\nContent-Type: {content_type}\r\n"), body: body.into(), cut: None }
}

fn packed(encoding: &str, body: Vec<u8>) -> Sent {
    Sent { head: format!("POST / HTTP/1.1\r\nContent-Encoding: {encoding}\r\n"), body, cut: None }
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// A private key in PEM with the canary as one of its lines.
fn pem(name: &str) -> String {
    let (dashes, line) = ("-----", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj");
    format!("{dashes}BEGIN PRIVATE KEY{dashes}\n{line}\n{}\n{line}\n{dashes}END PRIVATE KEY{dashes}\n", value(name))
}

fn escaped(form: usize, name: &str) -> String {
    String::from_utf8(write(FORMS[form].1, value(name).as_bytes())).unwrap()
}

/// What goes to the `http` source and is taken.
pub(super) fn requests() -> Vec<Sent> {
    let (v, m) = (value, mark);
    let json = |name: &str, rest: &str| sent("application/x-ndjson", format!("{{\"m\":\"{}\",{rest}}}\n", m(name)));
    let text = |name: &str, rest: &str| sent("text/plain", format!("{} {rest}\n", m(name)));
    let line = |name: &str| format!("{} user {} logged in\n", m(name), v(name)).into_bytes();
    let data = |name: &str| format!("user {} logged in from a place that is far away", v(name));
    let chunked = line("two chunks");
    let cut = m("two chunks").len() + 6 + 8;
    vec![
        Sent { body: line("text"), ..sent("text/plain", "") },
        text("card", &format!("paid with card {}", v("card"))),
        text("password", &format!("password={}", v("password"))),
        json("json value", &format!("\"mail\":\"{}\"", v("json value"))),
        json("json nested", &format!("\"a\":{{\"b\":{{\"c\":\"{}\"}}}}", v("json nested"))),
        json("json key", &format!("\"users\":{{\"{}\":1}}", v("json key"))),
        json("json array", &format!("\"to\":[\"x\",\"{}\"]", v("json array"))),
        json("json in json", &format!("\"payload\":\"{{\\\"to\\\":\\\"{}\\\"}}\"", v("json in json"))),
        json("json escapes", &format!("\"to\":\"{}\"", escaped(2, "json escapes"))),
        json("base64", &format!("\"data\":\"{}\"", BASE64.encode(data("base64")))),
        json("gzip in base64", &format!("\"data\":\"{}\"", BASE64.encode(gzip(data("gzip in base64").as_bytes())))),
        json("hex", &format!("\"data\":\"{}\"", String::from_utf8(write(FORMS[9].1, data("hex").as_bytes())).unwrap())),
        text("percent", &format!("GET /find?to={} 200", escaped(4, "percent"))),
        text("percent twice", &format!("GET /find?to={} 200", escaped(5, "percent twice"))),
        text("html", &format!("to {} at once", escaped(6, "html"))),
        sent(
            "application/x-ndjson",
            format!(
                "{{\"m\":\"{}\",\"to\":\"{}\"}}\n{{\"n\":1}}\n{{\"m\":\"{}\",\"to\":\"{}\"}}",
                m("first record"),
                v("first record"),
                m("last record"),
                v("last record")
            ),
        ),
        Sent { body: chunked, cut: Some(cut), ..sent("text/plain", "") },
        packed("gzip", gzip(&line("gzip body"))),
        packed("zstd", zstd::encode_all(line("zstd body").as_slice(), 3).unwrap()),
        packed("deflate", deflate(&line("deflate body"))),
        sent("application/json", format!("[{{\"n\":1}},\n{{\"m\":\"{}\",\"to\":\"{}\"}}]", m("array body"), v("array body"))),
        sent("text/plain", format!("before\n{}{} behind\n", pem("pem"), m("pem"))),
        sent("text/csv", format!("id,password,note\n1,{},{}\n", v("csv cell"), m("csv cell"))),
        sent("text/csv", format!("id,{},note\n1,2,{}\n", v("csv header"), m("csv header"))),
    ]
}

/// An operation of CloudWatch Logs.
fn operation(name: &str, body: String) -> Sent {
    Sent {
        head: format!("POST / HTTP/1.1\r\nContent-Type: application/x-amz-json-1.1\r\nX-Amz-Target: Logs_20140328.{name}\r\n"),
        body: body.into(),
        cut: None,
    }
}

/// What goes to the `cloudwatch_logs` source and is taken.
pub(super) fn events(now: u128) -> Sent {
    let message = |name: &str, between: &str| {
        format!("{{\"timestamp\":{now},\"message\":\"{}{between}user {} logged in\"}}", mark(name), value(name))
    };
    let events = [message("event", " "), message("event of two lines", "\\n")].join(",");
    let names = format!("\"logGroupName\":\"/app/{}\",\"logStreamName\":\"{}\"", value("group"), value("stream"));
    operation("PutLogEvents", format!("{{{names},\"logEvents\":[{events}]}}"))
}

/// What the `http` source refuses, or takes without a part of it. A record in it has no canary.
pub(super) fn strange_requests() -> Vec<Sent> {
    let v = value;
    let head = |line: &str, headers: &str| Sent { head: format!("{line} HTTP/1.1\r\n{headers}"), body: b"nothing\n".to_vec(), cut: None };
    let mut damaged = gzip(b"x");
    damaged.truncate(12);
    damaged.extend_from_slice(v("damaged gzip").as_bytes());
    vec![
        head("POST /", &format!("X-User: {}\r\n", v("header"))),
        head("POST /", &format!("Cookie: session={0}; user={0}\r\n", v("cookie"))),
        head("POST /", &format!("User-Agent: {}\r\n", v("user agent"))),
        head(&format!("POST /users/{}", v("path")), ""),
        head(&format!("POST /?to={}", v("query")), ""),
        head(&format!("{} /", core("method").to_uppercase()), ""),
        sent("application/json", format!("{{\"to\":\"{}", v("broken json"))),
        sent(&format!("application/{}", core("content type")), "nothing\n"),
        packed(&core("content encoding"), b"nothing\n".to_vec()),
        packed("gzip", damaged),
    ]
}

/// What a source with a user and password refuses.
pub(super) fn strangers() -> Vec<Sent> {
    let user = BASE64.encode(format!("{}:{}", value("user"), value("user")));
    let with = |authorization: String| Sent {
        head: format!("POST / HTTP/1.1\r\nAuthorization: {authorization}\r\n"),
        body: b"x\n".to_vec(),
        cut: None,
    };
    vec![with(format!("Basic {user}")), with(format!("Bearer {}", value("token")))]
}

/// What the `cloudwatch_logs` source refuses.
pub(super) fn strange_events() -> Vec<Sent> {
    let event = format!("{{\"timestamp\":\"{0}\",\"message\":\"{0}\"}}", value("broken event"));
    let names = "\"logGroupName\":\"g\",\"logStreamName\":\"s\"";
    vec![
        operation(&value("operation"), format!("{{\"logGroupName\":\"{}\"}}", value("operation"))),
        operation("PutLogEvents", format!("{{{names},\"logEvents\":[{event}]}}")),
        operation("PutLogEvents", format!("{{{names},\"logEvents\":[{event},")),
    ]
}

/// What a `cloudwatch_logs` source that knows its senders refuses.
pub(super) fn unsigned() -> Sent {
    let key = value("access key");
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={key}/20260101/eu-west-1/logs/aws4_request, SignedHeaders=host;x-amz-date, Signature={}",
        "0".repeat(64)
    );
    let mut sent = operation("PutLogEvents", "{}".to_owned());
    sent.head += &format!("X-Amz-Date: 20260101T000000Z\r\nAuthorization: {authorization}\r\n");
    sent
}

/// Files below the folder of inputs, their lines of this time.
pub(super) fn files(time: &str) -> Vec<(String, Vec<u8>)> {
    let (v, m) = (value, mark);
    let line = |name: &str| format!("{} user {} logged in\n", m(name), v(name));
    let pod = format!("pods/{}_{}_{}/{}/0.log", v("namespace"), v("pod"), v("pod uid"), v("container"));
    let whole = v("cri line in parts");
    let (head, tail) = whole.split_at(8);
    let cri = format!("{time} stdout P {} user {head}\n{time} stdout F {tail} logged in\n", m("cri line in parts"));
    let whole = v("docker line in parts");
    let (head, tail) = whole.split_at(8);
    let docker = |log: String| format!("{{\"log\":\"{log}\",\"stream\":\"stderr\",\"time\":\"{time}\"}}\n");
    let docker = docker(format!("{} user {head}", m("docker line in parts"))) + &docker(format!("{tail} logged in\\n"));
    vec![
        (format!("files/of-{}/app.log", v("folder name")), line("file line").into_bytes()),
        (format!("files/app/{}.log", v("file name")), format!("{}\n", m("file name")).into_bytes()),
        ("files/app/old.log.1.gz".to_owned(), gzip(line("file packed").as_bytes())),
        (format!("files/app/{}.log.1.xz", v("file that cannot be read")), b"\xfd7zXZ\0nothing".to_vec()),
        (pod, cri.into_bytes()),
        ("pods/ns_web_275ecb36-5aa8-4c2a-9c47-d8bb681b9aff/main/0.log".to_owned(), docker.into_bytes()),
    ]
}

/// Longest record of standard input.
pub(super) const CAP: usize = 64 << 10;
/// Bytes that the engine holds of a record.
const WINDOW: usize = 1 << 20;

/// What goes to standard input.
pub(super) fn input() -> Vec<u8> {
    let long = |name: &str, at: usize| {
        let mut text = mark(name) + " ";
        // The canary lies across the place.
        while text.len() < at - 8 - 5 {
            text.push_str("word ");
        }
        while text.len() < at - 8 {
            text.push(' ');
        }
        format!("{text}{} and more\n", value(name))
    };
    let line = format!("{} user {} logged in\n", mark("input line"), value("input line"));
    (line + &long("line over the cap", CAP) + &long("line over the window", WINDOW)).into_bytes()
}

/// A rule file after which nothing is masked: no kind is as sure as that. Compliance presets refuse it.
pub(super) const NOTHING: &str = "[min_confidence]\ndefault = 1.0\n";
