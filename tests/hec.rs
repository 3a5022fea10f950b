//! The source `splunk_hec` and the sink of that name: what clients send, what they are told, and what a collector sees.

use crate::support::proxy::{Store, until};
use crate::support::single::{Proxy, answer, file, folder, gzip};
use serde_json::{Value, json};
use std::io::Write;

mod sink;

const EVENT: &str = "/services/collector/event";

/// Asks something; the status and the body of the answer.
pub(crate) fn ask(proxy: &Proxy, method: &str, path: &str, headers: &str, body: &[u8]) -> (u16, String) {
    let mut stream = proxy.connect();
    let head = format!("{method} {path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n", body.len());
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
    answer(stream)
}

fn post(proxy: &Proxy, path: &str, headers: &str, body: &[u8]) -> (u16, Value) {
    let (status, body) = ask(proxy, "POST", path, headers, body);
    (status, serde_json::from_str(&body).unwrap_or_else(|_| panic!("{status}: {body}")))
}

fn success() -> (u16, Value) {
    (200, json!({"text": "Success", "code": 0}))
}

fn wrong(status: u16, code: u16, text: &str) -> (u16, Value) {
    (status, json!({"text": text, "code": code}))
}

fn wrong_event(code: u16, text: &str, event: usize) -> (u16, Value) {
    (400, json!({"text": text, "code": code, "invalid-event-number": event}))
}

#[test]
fn events_are_masked_in_every_part_and_stay_one_record_each() {
    let proxy = Proxy::start("splunk_hec", "", folder());
    let one = json!({"time": "1700000000.25", "host": "user@example.com", "source": "/home/jane", "sourcetype": "_json", "index": "main",
        "event": {"msg": "login user@example.com", "password": "hunter2hunter2", "deep": [{"ssn": "123-45-6789"}]},
        "fields": {"email": "user@example.com", "ok": "yes", "many": ["user@example.com"]}});
    let two = json!({"event": "card 4111 1111 1111 1111\nssn=123-45-6789", "user@example.com": 1});
    // Nothing between them, a type of forms, and another address.
    let body = [one.to_string(), two.to_string()].concat();
    let headers = "content-type: application/x-www-form-urlencoded\r\ncontent-encoding: gzip\r\n";
    assert_eq!(post(&proxy, &format!("{EVENT}/1.0"), headers, &gzip(body.as_bytes())), success());
    assert_eq!(post(&proxy, "/services/collector?host=web-1&sourcetype=t%20x", "", b"{\"event\":\"plain\",\"host\":\"own\"}\n"), success());
    let records = proxy.records(3);
    assert_eq!(records[0]["event"], json!({"msg": "login [EMAIL]", "password": "[PASSWORD_ASSIGNMENT]", "deep": [{"ssn": "[US_SSN]"}]}));
    assert_eq!(records[0]["fields"], json!({"email": "[EMAIL]", "ok": "yes", "many": ["[EMAIL]"]}));
    assert_eq!(["host", "sourcetype", "index", "time"].map(|key| records[0][key].clone()), ["[EMAIL]", "_json", "main", "1700000000.25"]);
    assert_eq!(records[1]["event"], "card [PAN]\nssn=[US_SSN]");
    assert!(records[1].get("user@example.com").is_none(), "{}", records[1]);
    assert_eq!(["event", "host", "sourcetype"].map(|key| records[2][key].clone()), ["plain", "own", "t x"]);
    assert!(records.iter().all(|record| record["residency.region"] == "eu-west-1"), "{records:?}");
}

#[test]
fn lines_are_records_too() {
    let proxy = Proxy::start("splunk_hec", "", folder());
    assert_eq!(post(&proxy, "/services/collector/raw", "", b"login user@example.com\nplain\n"), success());
    let query = "/services/collector/raw/1.0?host=user@example.com&source=app&channel=0b1a&time=1700000000";
    assert_eq!(post(&proxy, query, "content-type: text/plain\r\n", b"ssn=123-45-6789\n{\"ssn\":\"123-45-6789\"}"), success());
    let records = proxy.records(4);
    assert_eq!((&records[0]["message"], &records[1]["message"]), (&json!("login [EMAIL]"), &json!("plain")));
    assert_eq!(["event", "host", "source"].map(|key| records[2][key].clone()), ["ssn=[US_SSN]", "[EMAIL]", "app"]);
    assert_eq!(records[3]["event"], json!({"ssn": "[US_SSN]"}));
}

#[test]
fn what_the_address_says_does_not_make_a_request_grow_beyond_measure() {
    let proxy = Proxy::start("splunk_hec", "", folder());
    let query = format!("?host={}", "x".repeat(4000));
    for (path, event) in [(EVENT, "{\"event\":1}\n"), ("/services/collector/raw", "x\n")] {
        let path = format!("{path}{query}");
        assert_eq!(post(&proxy, &path, "", event.repeat(50_000).as_bytes()), wrong(413, 27, "Request entity too large"));
        assert_eq!(post(&proxy, &path, "", event.repeat(20).as_bytes()), success());
    }
    assert_eq!(proxy.records(40).len(), 40);
}

#[test]
fn clients_are_told_what_splunk_tells_them() {
    let folder = folder();
    let token = file(&folder, "token", "5f1c0000-0000-4000-8000-00000000abcd\n");
    let options = format!(", tokens: [{{ file: '{}' }}], max_body: 64KiB", token.display());
    let proxy = Proxy::start("splunk_hec", &options, folder);
    let good = "authorization: Splunk 5f1c0000-0000-4000-8000-00000000abcd\r\n";
    let event = b"{\"event\":\"x\"}".as_slice();
    for (headers, path, wanted) in [
        ("", EVENT, wrong(401, 2, "Token is required")),
        ("authorization: Splunk\r\n", EVENT, wrong(401, 3, "Invalid authorization")),
        ("authorization: Digest abc\r\n", EVENT, wrong(401, 3, "Invalid authorization")),
        ("authorization: Basic !\r\n", EVENT, wrong(401, 3, "Invalid authorization")),
        ("authorization: Splunk 5f1c0000-0000-4000-8000-00000000abce\r\n", EVENT, wrong(403, 4, "Invalid token")),
        ("", "/services/collector?token=5f1c0000-0000-4000-8000-00000000abcd", wrong(400, 16, "Query string authorization is not enabled")),
        (good, EVENT, success()),
        ("authorization: Basic eDo1ZjFjMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMGFiY2Q=\r\n", EVENT, success()),
    ] {
        assert_eq!(post(&proxy, path, headers, event), wanted, "{headers}{path}");
    }
    let large = vec![b' '; 65 << 10];
    for (path, body, wanted) in [
        (EVENT, b"".as_slice(), wrong(400, 5, "No data")),
        (EVENT, b"text", wrong_event(6, "Invalid data format", 0)),
        (EVENT, b"{\"event\":1}{\"event\":", wrong_event(6, "Invalid data format", 1)),
        (EVENT, b"{\"event\":1}{\"x\":1}", wrong_event(12, "Event field is required", 1)),
        (EVENT, b"{\"event\":\"\"}", wrong_event(13, "Event field cannot be blank", 0)),
        (EVENT, b"{\"event\":1,\"fields\":{\"a\":{}}}", wrong_event(15, "Error in handling indexed fields", 0)),
        (EVENT, &large, wrong(413, 27, "Request entity too large")),
        ("/services/collector?channel=a%20b", event, wrong(400, 11, "Invalid data channel")),
        ("/services/collector/ack?channel=0b1a", b"{\"acks\":[0]}", wrong(400, 14, "ACK is disabled")),
        ("/services/collector/x", event, wrong(404, 404, "The requested URL was not found on this server.")),
    ] {
        assert_eq!(post(&proxy, path, good, body), wanted, "{path}");
    }
    assert_eq!(ask(&proxy, "OPTIONS", &format!("{EVENT}/1.0"), "", b"").0, 200);
    assert_eq!(ask(&proxy, "GET", "/services/collector/health", "", b""), (200, "{\"text\":\"HEC is healthy\",\"code\":17}".to_owned()));
    assert_eq!(ask(&proxy, "GET", EVENT, good, b"").0, 405);
    assert_eq!(proxy.records(2).len(), 2);
}

#[test]
fn an_id_turns_true_only_when_the_records_are_safe() {
    let store = Store::start();
    store.always(Some(crate::support::proxy::Answer::Status(503)));
    // In memory: safe is what the store has taken.
    let proxy = crate::support::proxy::Proxy::start(&format!(
        "region: eu-west-1\nsources: {{ in: {{ type: splunk_hec, listen: '127.0.0.1:PORT', ack: true }} }}\n\
         sinks: {{ out: {{ type: http, region: eu-west-1, url: 'http://127.0.0.1:{}/' }} }}\nroutes: [{{ to: [out] }}]\n",
        store.port
    ));
    let call = |path: &str, body: &str| {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", proxy.port)).unwrap();
        let head = format!("POST {path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        stream.write_all(head.as_bytes()).unwrap();
        let (status, body) = answer(stream);
        (status, serde_json::from_str::<Value>(&body).unwrap())
    };
    assert_eq!(call(EVENT, "{\"event\":1}"), wrong(400, 10, "Data channel is missing"));
    let (status, told) = call(&format!("{EVENT}?channel=aa-1"), "{\"event\":\"user@example.com\"}");
    assert_eq!((status, &told["code"]), (200, &json!(0)));
    let id = told["ackId"].as_u64().unwrap();
    let asked = |channel: &str| {
        let (status, told) = call(&format!("/services/collector/ack?channel={channel}"), &json!({"acks": [id]}).to_string());
        assert_eq!(status, 200, "{told}");
        told["acks"][id.to_string()].as_bool().unwrap()
    };
    until("a request that fails", || store.requests() > 0);
    assert!(!asked("aa-1"), "the store has not taken it");
    store.always(None);
    until("the record is taken", || store.len() == 1);
    assert!(!asked("other"), "an id belongs to its channel");
    until("the id is true", || asked("aa-1"));
    assert!(!asked("aa-1"), "an id is told once");
    assert!(store.lines()[0].contains("[EMAIL]"));
}
