//! The sink `datadog` against an intake with the limits that Datadog documents.

use crate::support::proxy::{Proxy, Sender, read_message};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

const KEY: &str = "00000000000000000000000000000abc";

#[derive(Default)]
struct State {
    /// Answers to come, instead of its own.
    answers: VecDeque<u16>,
    taken: Vec<Value>,
    requests: Vec<usize>,
    wrong: Vec<String>,
}

#[derive(Clone)]
struct Service {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl Service {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let service = Self { port: listener.local_addr().unwrap().port(), state: Arc::default() };
        let own = service.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let own = own.clone();
                thread::spawn(move || own.serve(stream));
            }
        });
        service
    }

    fn serve(&self, mut stream: TcpStream) {
        while let Ok((head, body)) = read_message(&mut stream) {
            let status = self.answer(&head, &body);
            if stream.write_all(format!("HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\n{{}}").as_bytes()).is_err() {
                return;
            }
        }
    }

    fn answer(&self, head: &str, body: &[u8]) -> u16 {
        let mut state = self.state.lock().unwrap();
        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        if !head.starts_with("POST /api/v2/logs HTTP/1.1") || header("content-type") != Some("application/json") {
            state.wrong.push(head.to_owned());
            return 404;
        }
        if header("dd-api-key") != Some(KEY) {
            return 403;
        }
        if let Some(status) = state.answers.pop_front() {
            return status;
        }
        let mut text = Vec::new();
        match header("content-encoding") {
            Some("gzip") => drop(flate2::read::GzDecoder::new(body).read_to_end(&mut text).unwrap()),
            _ => text = body.to_vec(),
        }
        if text.len() > 5_000_000 {
            return 413;
        }
        let logs: Vec<&serde_json::value::RawValue> = serde_json::from_slice(&text).unwrap();
        if logs.len() > 1000 || logs.iter().any(|log| log.get().len() > 1_000_000) {
            state.wrong.push(format!("{} logs over a limit", logs.len()));
            return 413;
        }
        state.requests.push(logs.len());
        let logs = logs.iter().map(|log| serde_json::from_str(log.get()).unwrap());
        state.taken.extend(logs);
        202
    }
}

fn start(service: &Service, source: &str, options: &str) -> Proxy {
    let made = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(made.path(), KEY).unwrap();
    // It is read at the start and not needed afterwards.
    let key = made.into_temp_path();
    Proxy::start(&format!(
        "region: eu-west-1\nsources: {{ in: {{ type: {source}, listen: '127.0.0.1:PORT' }} }}\n\
         sinks: {{ out: {{ type: datadog, region: eu-west-1, endpoint: 'http://127.0.0.1:{}', endpoint_region: eu-west-1, \
         api_key: {{ file: '{}' }}{options} }} }}\nroutes: [{{ to: [out] }}]\n",
        service.port,
        key.display()
    ))
}

#[test]
fn records_arrive_as_logs_with_their_tag() {
    let service = Service::start();
    service.state.lock().unwrap().answers.extend([503, 403, 429]);
    let proxy = start(&service, "datadog", ", service: web, hostname: '{source}'");
    let log = json!([{"message": "login user@example.com", "ddtags": "env:prod,email:user@example.com,residency.region:us-east-1",
        "service": "own", "timestamp": 1_700_000_000_123_u64}]);
    let mut stream = TcpStream::connect(("127.0.0.1", proxy.port)).unwrap();
    let body = log.to_string();
    let head = format!("POST /api/v2/logs HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(head.as_bytes()).unwrap();
    assert_eq!(crate::support::single::answer(stream).0, 202);
    let state = service.state.lock().unwrap();
    assert!(state.wrong.is_empty(), "{:?}", state.wrong);
    let tags = "env:prod,email:[EMAIL],residency.region.claimed:us-east-1,residency.region:eu-west-1";
    let wanted =
        json!({"message": "login [EMAIL]", "ddtags": tags, "service": "own", "hostname": "in", "timestamp": 1_700_000_000_123_u64});
    assert_eq!(state.taken, [wanted]);
}

#[test]
fn requests_stay_within_the_limits() {
    let service = Service::start();
    let proxy = start(&service, "http", "");
    let mut lines: String = (0..1500).map(|at| format!("{{\"n\":{at}}}\n")).collect();
    // Quotes double in a string: more than 5 MB come of these.
    (0..8).for_each(|_| lines.push_str(&format!("{}\n", "\"x".repeat(310_000))));
    assert_eq!(Sender::connect(proxy.port).unwrap().post("text/plain", &[], lines.as_bytes()).unwrap(), 200);
    let state = service.state.lock().unwrap();
    assert!(state.wrong.is_empty(), "{:?}", state.wrong);
    assert_eq!(state.taken.len(), 1508);
    assert!(state.requests.iter().all(|logs| *logs <= 1000), "{:?}", state.requests);
}

#[test]
fn what_is_longer_than_the_service_takes_is_refused_alone() {
    let service = Service::start();
    let proxy = start(&service, "http", "");
    let lines = format!("one\n{}\ntwo\n", "\"x".repeat(340_000));
    assert_eq!(Sender::connect(proxy.port).unwrap().post("text/plain", &[], lines.as_bytes()).unwrap(), 422);
    let state = service.state.lock().unwrap();
    assert_eq!(state.taken.iter().map(|log| log["message"].clone()).collect::<Vec<_>>(), ["one", "two"]);
    assert!(state.wrong.is_empty(), "{:?}", state.wrong);
}
