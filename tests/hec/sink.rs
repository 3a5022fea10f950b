//! The sink `splunk_hec` against a collector that is written from Splunk's documentation and forgives nothing.

use crate::support::proxy::{Proxy, read_message, until};
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

const TOKEN: &str = "5f1c0000-0000-4000-8000-00000000abcd";

/// What the collector knows. Its state is that of Splunk: tokens, channels, ids, an index.
#[derive(Default)]
struct State {
    /// Whether the token has indexer acknowledgement.
    ack: bool,
    /// Answers to come for events, instead of its own.
    answers: VecDeque<(u16, &'static str)>,
    /// Events that were indexed.
    indexed: Vec<Value>,
    /// Ids by channel, and how often each is asked after until it is true.
    ids: HashMap<(String, u64), u32>,
    next: u64,
    /// What it saw that no client should do.
    wrong: Vec<String>,
    /// Answers given, by their code.
    codes: Vec<u64>,
}

#[derive(Clone)]
struct Collector {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl Collector {
    fn start(ack: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let state = Arc::new(Mutex::new(State { ack, ..State::default() }));
        let collector = Self { port: listener.local_addr().unwrap().port(), state };
        let own = collector.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let own = own.clone();
                thread::spawn(move || own.serve(stream));
            }
        });
        collector
    }

    fn serve(&self, mut stream: TcpStream) {
        while let Ok((head, body)) = read_message(&mut stream) {
            let (status, text) = self.answer(&head, body);
            let answer = format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{text}", text.len());
            if stream.write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    }

    fn answer(&self, head: &str, body: Vec<u8>) -> (u16, String) {
        let mut state = self.state.lock().unwrap();
        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned));
        let said = |code: u64, text: &str| json!({"text": text, "code": code}).to_string();
        let place = head.split(' ').nth(1).unwrap_or_default();
        if !head.starts_with("POST ") {
            state.wrong.push(head.to_owned());
        }
        let outcome = match header("authorization") {
            None => (401, said(2, "Token is required")),
            Some(given) if given != format!("Splunk {TOKEN}") => (403, said(4, "Invalid token")),
            Some(_) => match place.split('?').next().unwrap_or_default() {
                "/services/collector/ack" => ack(&mut state, header("x-splunk-request-channel"), &body),
                "/services/collector/event" => {
                    let gzip = header("content-encoding").is_some_and(|encoding| encoding == "gzip");
                    let mut text = Vec::new();
                    if gzip {
                        flate2::read::GzDecoder::new(body.as_slice()).read_to_end(&mut text).unwrap();
                    } else {
                        text = body;
                    }
                    events(&mut state, header("x-splunk-request-channel"), &text)
                }
                other => {
                    state.wrong.push(other.to_owned());
                    (404, "{\"text\":\"The requested URL was not found on this server.\",\"code\":404}".to_owned())
                }
            },
        };
        let code = serde_json::from_str::<Value>(&outcome.1).ok().and_then(|said| said["code"].as_u64());
        state.codes.extend(code);
        outcome
    }
}

fn is_guid(name: &str) -> bool {
    let lengths: Vec<usize> = name.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && name.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

fn ack(state: &mut State, channel: Option<String>, body: &[u8]) -> (u16, String) {
    if !state.ack {
        return (400, json!({"text": "ACK is disabled", "code": 14}).to_string());
    }
    let Some(channel) = channel.filter(|name| is_guid(name)) else {
        return (400, json!({"text": "Invalid data channel", "code": 11}).to_string());
    };
    let asked: Value = serde_json::from_slice(body).unwrap();
    let mut told = serde_json::Map::new();
    for id in asked["acks"].as_array().unwrap() {
        let key = (channel.clone(), id.as_u64().unwrap());
        let done = match state.ids.get_mut(&key) {
            Some(0) => state.ids.remove(&key).is_some(),
            Some(left) => {
                *left -= 1;
                false
            }
            None => false,
        };
        told.insert(id.to_string(), json!(done));
    }
    (200, json!({"acks": told}).to_string())
}

fn events(state: &mut State, channel: Option<String>, text: &[u8]) -> (u16, String) {
    if let Some((status, text)) = state.answers.pop_front() {
        return (status, text.to_owned());
    }
    if state.ack && channel.is_none() {
        return (400, json!({"text": "Data channel is missing", "code": 10}).to_string());
    }
    if channel.as_deref().is_some_and(|name| !is_guid(name)) {
        return (400, json!({"text": "Invalid data channel", "code": 11}).to_string());
    }
    let mut taken = Vec::new();
    for (at, event) in serde_json::Deserializer::from_slice(text).into_iter::<Value>().enumerate() {
        let refuse = |code: u64, text: &str| (400, json!({"text": text, "code": code, "invalid-event-number": at}).to_string());
        let Ok(Value::Object(event)) = event else { return refuse(6, "Invalid data format") };
        let known = ["time", "host", "source", "sourcetype", "index", "event", "fields"];
        if let Some(key) = event.keys().find(|key| !known.contains(&key.as_str())) {
            state.wrong.push(format!("the key {key}"));
        }
        match event.get("event") {
            None | Some(Value::Null) => return refuse(12, "Event field is required"),
            Some(Value::String(text)) if text.is_empty() => return refuse(13, "Event field cannot be blank"),
            Some(_) => {}
        }
        let flat = event.get("fields").is_none_or(|fields| fields.as_object().is_some_and(|fields| !fields.values().any(Value::is_object)));
        if !flat {
            return refuse(15, "Error in handling indexed fields");
        }
        if !event["time"].is_number() {
            return refuse(6, "Invalid data format");
        }
        if event.get("index").is_some_and(|index| !["main", "web"].contains(&index.as_str().unwrap_or_default())) {
            return refuse(7, "Incorrect index");
        }
        taken.push(Value::Object(event));
    }
    if taken.is_empty() {
        return (400, json!({"text": "No data", "code": 5}).to_string());
    }
    state.indexed.extend(taken);
    if !state.ack {
        return (200, json!({"text": "Success", "code": 0}).to_string());
    }
    let id = state.next;
    state.next += 1;
    state.ids.insert((channel.unwrap(), id), 2);
    (200, json!({"text": "Success", "code": 0, "ackId": id}).to_string())
}

fn config(collector: &Collector, source: &str, options: &str) -> String {
    format!(
        "region: eu-west-1\nsources: {{ in: {{ type: {source}, listen: '127.0.0.1:PORT' }} }}\n\
         sinks: {{ out: {{ type: splunk_hec, region: eu-west-1, url: 'http://127.0.0.1:{}', token: {{ file: 'DIR/hushlog.token' }}{options} }} }}\n\
         routes: [{{ to: [out] }}]\n",
        collector.port
    )
}

/// Starts a proxy whose token is there first.
fn started(collector: &Collector, source: &str, options: &str) -> Proxy {
    let made = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(made.path(), TOKEN).unwrap();
    let path = made.into_temp_path();
    let text = config(collector, source, options).replace("DIR/hushlog.token", &path.display().to_string());
    Proxy::start(&text)
}

#[test]
fn records_arrive_as_events_with_their_tag() {
    let collector = Collector::start(false);
    let proxy = started(&collector, "splunk_hec", ", host: '{source}', source: hushlog, sourcetype: _json, index: main");
    let body = concat!(
        "{\"time\":1700000000.123456,\"host\":\"web-1\",\"index\":\"web\",\"event\":{\"mail\":\"user@example.com\"},\"fields\":{\"a\":\"b\"}}",
        "{\"time\":1700000001,\"index\":\"user@example.com\",\"event\":\"ssn=123-45-6789\"}",
    );
    assert_eq!(send(&proxy, "/services/collector/event", body), 200);
    assert_eq!(send(&proxy, "/services/collector/raw", "plain \"text\""), 200);
    let state = collector.state.lock().unwrap();
    assert!(state.wrong.is_empty(), "{:?}", state.wrong);
    let mut events = state.indexed.clone();
    assert_eq!(events.len(), 3);
    let time = events[2]["time"].take();
    assert!(time.as_f64().unwrap() > 1.7e9, "{time}");
    let tag = "eu-west-1";
    assert_eq!(
        events,
        [
            json!({"time": 1_700_000_000.123_456, "host": "web-1", "source": "hushlog", "sourcetype": "_json", "index": "web",
                "event": {"mail": "[EMAIL]"}, "fields": {"a": "b", "residency.region": tag}}),
            json!({"time": 1_700_000_001, "host": "in", "source": "hushlog", "sourcetype": "_json", "index": "main",
                "event": "ssn=[US_SSN]", "fields": {"residency.region": tag}}),
            json!({"time": null, "host": "in", "source": "hushlog", "sourcetype": "_json", "index": "main",
                "event": "plain \"text\"", "fields": {"residency.region": tag}}),
        ]
    );
}

#[test]
fn what_fails_is_sent_again_and_what_is_wrong_is_refused_alone() {
    let collector = Collector::start(false);
    let busy = "{\"text\":\"Server is busy\",\"code\":9}";
    collector.state.lock().unwrap().answers.extend([
        (503, busy),
        (200, "<html>a page</html>"),
        (403, "{\"text\":\"Invalid token\",\"code\":4}"),
    ]);
    let proxy = started(&collector, "splunk_hec", ", compression: none");
    // An index that is not there: the collector names the event.
    let body = "{\"event\":1}{\"event\":2,\"index\":\"other\"}{\"event\":3}";
    let status = send(&proxy, "/services/collector/event", body);
    // Without dead letters what is refused for good is said to the sender.
    assert_eq!(status, 400);
    let state = collector.state.lock().unwrap();
    let events: Vec<&Value> = state.indexed.iter().map(|event| &event["event"]).collect();
    assert_eq!(events, [&json!(1), &json!(3)]);
    assert!(state.wrong.is_empty(), "{:?}", state.wrong);
}

#[test]
fn with_ack_a_record_counts_when_the_indexer_has_it() {
    let collector = Collector::start(true);
    let proxy = started(&collector, "http", ", ack: true");
    assert_eq!(proxy.post("text/plain", b"login user@example.com").unwrap(), 200);
    let state = collector.state.lock().unwrap();
    assert_eq!(state.indexed.len(), 1);
    assert_eq!(state.indexed[0]["event"], "login [EMAIL]");
    assert!(state.ids.is_empty(), "the id was asked after until it was true");
}

#[test]
fn a_record_that_is_not_acknowledged_in_time_is_sent_again() {
    let collector = Collector::start(true);
    let proxy = started(&collector, "http", ", ack: true, ack_timeout: 1s");
    let sender = thread::spawn({
        let port = proxy.port;
        move || crate::support::proxy::Sender::connect(port).unwrap().post("text/plain", &[], b"one").unwrap()
    });
    // An indexer that lost the first request.
    until("the first request", || {
        let mut state = collector.state.lock().unwrap();
        let there = !state.ids.is_empty();
        if there {
            state.ids.clear();
        }
        there
    });
    assert_eq!(sender.join().unwrap(), 200);
    assert_eq!(collector.state.lock().unwrap().indexed.len(), 2);
}

#[test]
fn a_token_without_acknowledgement_refuses_the_start() {
    let collector = Collector::start(false);
    let folder = tempfile::TempDir::new().unwrap();
    let text = config(&collector, "http", ", ack: true").replace("PORT", &crate::support::proxy::free_port().to_string());
    let text = text.replace("DIR", &folder.path().display().to_string());
    std::fs::write(folder.path().join("hushlog.token"), TOKEN).unwrap();
    std::fs::write(folder.path().join("hushlog.yaml"), text).unwrap();
    let outcome = std::process::Command::new(env!("CARGO_BIN_EXE_hushlog"))
        .args(["run", "-c"])
        .arg(folder.path().join("hushlog.yaml"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&outcome.stderr);
    assert!(!outcome.status.success() && said.contains("no indexer acknowledgement"), "{said}");
}

/// Posts a body; the status of the answer.
fn send(proxy: &Proxy, path: &str, body: &str) -> u16 {
    let mut stream = TcpStream::connect(("127.0.0.1", proxy.port)).unwrap();
    let head = format!("POST {path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(head.as_bytes()).unwrap();
    crate::support::single::answer(stream).0
}
