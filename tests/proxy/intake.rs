//! What the `http` source takes, and what becomes of it.

use crate::support::proxy::{Proxy, Sender, Store, until};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use std::io::Write;

fn config(store: &Store) -> String {
    format!(
        "region: eu-west-1\nsources: {{ app: {{ type: http, listen: \"127.0.0.1:PORT\", max_body: 64KiB }} }}\nroutes: [{{ to: [out] }}]\n\
         sinks: {{ out: {{ type: http, region: eu-central-1, url: \"http://127.0.0.1:{}/in\" }} }}\n",
        store.port
    )
}

const TAG: &str = "\"residency.region\":\"eu-west-1\"}";

#[test]
fn every_form_of_body_becomes_masked_and_tagged_records() {
    let store = Store::start();
    let proxy = Proxy::start(&config(&store));
    let bodies: [(&str, &str); 7] = [
        // A mark of UTF-8 says nothing.
        ("application/x-ndjson", "\u{feff}{\"marked\":1}\n{\"n\":3}\n"),
        ("application/json", "\u{feff}[{\"marked\":2}]"),
        ("application/x-ndjson", "{\"mail\":\"jane@example.com\"}\n{\"n\":1}\n"),
        ("application/json", "[{\"ssn\":\"123-45-6789\"},\n {\"n\":2}]"),
        ("application/json; charset=utf-8", "{\n  \"user\": \"jdoe\"\n}"),
        ("text/plain", "call 212-555-0142 \"now\"\n\nno object {a=1}\n"),
        ("application/x-ndjson", "{\"residency.region\":\"us-east-1\"}"),
    ];
    for (content_type, body) in bodies {
        assert_eq!(proxy.post(content_type, body.as_bytes()).unwrap(), 200, "{body}");
    }
    until("everything arrived", || store.len() == 11);
    let mut lines = store.lines();
    lines.sort();
    let mut wanted = [
        format!("{{\"mail\":\"[EMAIL]\",{TAG}"),
        format!("{{\"n\":1,{TAG}"),
        format!("{{\"ssn\":\"[US_SSN]\",{TAG}"),
        format!("{{\"n\":2,{TAG}"),
        format!("{{\"n\":3,{TAG}"),
        format!("{{\"marked\":1,{TAG}"),
        format!("{{\"marked\":2,{TAG}"),
        format!("{{   \"user\": \"[USERNAME]\",{TAG}"),
        format!("{{\"message\":\"call [PHONE_NANP] \\\"now\\\"\",{TAG}"),
        format!("{{\"message\":\"no object {{a=1}}\",{TAG}"),
        format!("{{\"residency.region.claimed\":\"us-east-1\",{TAG}"),
    ];
    wanted.sort();
    assert_eq!(lines, wanted);
}

#[test]
fn compressed_bodies_are_opened_and_bounded() {
    let store = Store::start();
    let proxy = Proxy::start(&config(&store));
    let line = b"{\"mail\":\"jane@example.com\"}\n";
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(line).unwrap();
    let mut deflate = ZlibEncoder::new(Vec::new(), Compression::default());
    deflate.write_all(line).unwrap();
    let mut sender = Sender::connect(proxy.port).unwrap();
    let mut post =
        |encoding: &str, body: &[u8]| sender.post("application/x-ndjson", &[&format!("Content-Encoding: {encoding}")], body).unwrap();
    assert_eq!(post("gzip", &gzip.finish().unwrap()), 200);
    assert_eq!(post("deflate", &deflate.finish().unwrap()), 200);
    assert_eq!(post("zstd", &zstd::bulk::compress(line, 3).unwrap()), 200);
    assert_eq!(post("gzip", line), 400);
    assert_eq!(post("br", line), 415);
    // A bomb: 64 MiB of nothing in some kilobytes.
    assert_eq!(post("zstd", &zstd::bulk::compress(&vec![b' '; 64 << 20], 19).unwrap()), 413);
    until("everything arrived", || store.len() == 3);
    assert!(store.lines().iter().all(|line| line.starts_with("{\"mail\":\"[EMAIL]\"")));
}

#[test]
fn what_cannot_be_taken_is_refused() {
    let store = Store::start();
    let proxy = Proxy::start(&config(&store));
    for (content_type, body, status) in [
        ("application/json", "{\"a\":", 400),
        ("image/png", "x", 415),
        ("application/x-ndjson", "x".repeat(65 << 10).leak() as &str, 413),
        ("application/x-ndjson", "", 200),
    ] {
        assert_eq!(proxy.post(content_type, body.as_bytes()).unwrap(), status, "{content_type}");
    }
    assert_eq!(store.requests(), 0);
}

#[test]
fn senders_prove_who_they_are() {
    let store = Store::start();
    let config =
        config(&store).replace("max_body", "tokens: [{ file: DIR/token }], user: agent, password: { file: DIR/password }, max_body");
    let mut proxy = Proxy::start(
        "region: eu-west-1\nsources: { app: { type: http, listen: \"127.0.0.1:PORT\" } }\nroutes: [{ to: [out] }]\nsinks: { out: { type: stdout } }\n",
    );
    std::fs::write(proxy.path("token"), "right-token\n").unwrap();
    std::fs::write(proxy.path("password"), "right-password\n").unwrap();
    proxy.reconfigure(&config);
    proxy.stop();
    proxy.restart();
    let mut sender = Sender::connect(proxy.port).unwrap();
    let mut post = |header: &[&str]| sender.post("text/plain", header, b"x").unwrap();
    assert_eq!(post(&[]), 401);
    assert_eq!(post(&["Authorization: Bearer wrong-token"]), 401);
    assert_eq!(post(&["Authorization: Bearer right-token"]), 200);
    // `agent:right-password`
    assert_eq!(post(&["Authorization: Basic YWdlbnQ6cmlnaHQtcGFzc3dvcmQ="]), 200);
    assert_eq!(post(&["Authorization: Basic YWdlbnQ6d3Jvbmc="]), 401);
}
