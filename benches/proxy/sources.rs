//! Events per CPU-second of each source beside `http`, in one run: the same events, as each protocol carries them.
//!
//! Rounds go over all sources in turn, so that what else the machine does meets each of them alike.

use super::{Proxy, free_port, receive};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Events of a request, of a chunk, and of one write of syslog.
const EVENTS: usize = 2_000;
const CONNECTIONS: usize = 2;
const ROUNDS: u32 = 3;

/// What a sender has to know of a protocol.
struct Protocol {
    name: &'static str,
    /// The source without its address.
    source: &'static str,
    /// One request, as it goes over the connection.
    request: fn(&[Event]) -> Vec<u8>,
    answer: Answer,
}

#[derive(Clone, Copy)]
enum Answer {
    Http,
    Call,
    Ack,
    /// None: the sender waits until the store is not far behind.
    None,
}

const PROTOCOLS: [Protocol; 10] = [
    Protocol {
        name: "http",
        source: "type: http, listen",
        request: |events| post("/", "application/x-ndjson", "", lines(events)),
        answer: Answer::Http,
    },
    Protocol {
        name: "cloudwatch_logs",
        source: "type: cloudwatch_logs, unknown_streams: create, listen",
        request: cloudwatch,
        answer: Answer::Http,
    },
    Protocol { name: "splunk_hec, events", source: "type: splunk_hec, listen", request: splunk, answer: Answer::Http },
    Protocol {
        name: "splunk_hec, lines",
        source: "type: splunk_hec, listen",
        request: |events| post("/services/collector/raw", "text/plain", "", lines(events)),
        answer: Answer::Http,
    },
    Protocol { name: "datadog", source: "type: datadog, listen", request: datadog, answer: Answer::Http },
    Protocol {
        name: "otlp, protocol buffers",
        source: "type: otlp, http",
        request: |events| post("/v1/logs", "application/x-protobuf", "", otlp(events)),
        answer: Answer::Http,
    },
    Protocol { name: "otlp, JSON", source: "type: otlp, http", request: otlp_json, answer: Answer::Http },
    Protocol { name: "otlp, gRPC", source: "type: otlp, grpc", request: otlp, answer: Answer::Call },
    Protocol { name: "syslog over TCP", source: "type: syslog, listen", request: syslog, answer: Answer::None },
    Protocol { name: "fluent", source: "type: fluent, listen", request: fluent, answer: Answer::Ack },
];

/// One event: its time, its message, and texts with their names.
struct Event {
    message: String,
    texts: Vec<(&'static str, String)>,
}

fn event(number: usize) -> Event {
    let mixed = number.wrapping_mul(2_654_435_761) % 1_000_000_007;
    // Every fortieth has something to mask.
    let user = if number.is_multiple_of(40) { "jane.sample@example.com" } else { "worker-7c9f reports done" };
    Event {
        message: format!("epoch {} batch {} {user}", number % 17, number % 4_099),
        texts: vec![
            ("level", "info".to_owned()),
            ("step", mixed.to_string()),
            ("node", format!("gpu-{}", number % 64)),
            ("pad", "lorem ipsum dolor sit amet ".repeat(5)),
        ],
    }
}

fn members(event: &Event) -> String {
    event.texts.iter().map(|(name, text)| format!(",\"{name}\":\"{text}\"")).collect()
}

fn object(event: &Event, name: &str) -> String {
    format!("{{\"{name}\":\"{}\"{}}}", event.message, members(event))
}

fn lines(events: &[Event]) -> String {
    events.iter().map(|event| object(event, "msg") + "\n").collect()
}

fn post(path: &str, content_type: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head =
        format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {content_type}\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn joined(events: &[Event], each: impl Fn(&Event) -> String) -> String {
    events.iter().map(each).collect::<Vec<_>>().join(",")
}

fn cloudwatch(events: &[Event]) -> Vec<u8> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_millis();
    let each = |event: &Event| format!("{{\"timestamp\":{now},\"message\":\"{}\"}}", object(event, "msg").replace('"', "\\\""));
    let body = format!("{{\"logGroupName\":\"g\",\"logStreamName\":\"s\",\"logEvents\":[{}]}}", joined(events, each));
    post("/", "application/x-amz-json-1.1", "X-Amz-Target: Logs_20140328.PutLogEvents\r\n", body)
}

fn splunk(events: &[Event]) -> Vec<u8> {
    let each = |event: &Event| format!("{{\"time\":1700000000.25,\"host\":\"h\",\"event\":{}}}", object(event, "msg"));
    post("/services/collector", "application/json", "", events.iter().map(each).collect::<String>())
}

fn datadog(events: &[Event]) -> Vec<u8> {
    post("/api/v2/logs", "application/json", "", format!("[{}]", joined(events, |event| object(event, "message"))))
}

fn otlp_json(events: &[Event]) -> Vec<u8> {
    let pair = |(name, text): &(&str, String)| format!("{{\"key\":\"{name}\",\"value\":{{\"stringValue\":\"{text}\"}}}}");
    let each = |event: &Event| {
        let pairs: Vec<_> = event.texts.iter().map(pair).collect();
        format!(
            "{{\"timeUnixNano\":\"1700000000000000000\",\"body\":{{\"stringValue\":\"{}\"}},\"attributes\":[{}]}}",
            event.message,
            pairs.join(",")
        )
    };
    let body = format!("{{\"resourceLogs\":[{{\"scopeLogs\":[{{\"logRecords\":[{}]}}]}}]}}", joined(events, each));
    post("/v1/logs", "application/json", "", body)
}

/// A field of protocol buffers that has a length.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let (mut length, mut out) = (content.len(), vec![number << 3 | 2]);
    while length > 127 {
        out.push((length & 127) as u8 | 128);
        length >>= 7;
    }
    out.push(length as u8);
    out.extend_from_slice(content);
    out
}

fn otlp(events: &[Event]) -> Vec<u8> {
    let text = |text: &str| field(1, text.as_bytes());
    let mut logs = Vec::new();
    for event in events {
        let mut log = [b"\x09".as_slice(), &1_700_000_000_000_000_000_u64.to_le_bytes(), &field(5, &text(&event.message))].concat();
        for (name, value) in &event.texts {
            log.extend(field(6, &[text(name), field(2, &text(value))].concat()));
        }
        logs.extend(field(2, &log));
    }
    field(1, &field(2, &logs))
}

fn syslog(events: &[Event]) -> Vec<u8> {
    let each = |event: &Event| {
        let texts: String = event.texts.iter().map(|(name, text)| format!(" {name}={text}")).collect();
        format!("<14>1 2023-11-14T22:13:20Z host app - - - {}{texts}\n", event.message)
    };
    events.iter().map(each).collect::<String>().into_bytes()
}

fn fluent(events: &[Event]) -> Vec<u8> {
    let text = |text: &str| [&[0xd9, u8::try_from(text.len()).expect("a short text")], text.as_bytes()].concat();
    let mut out = [b"\x93\xa3app\xdc".as_slice(), &u16::try_from(events.len()).expect("few events").to_be_bytes()].concat();
    for event in events {
        out.extend_from_slice(b"\x92\xce\x65\x53\xf1\x00");
        out.push(0x80 | u8::try_from(event.texts.len() + 1).expect("few members"));
        out.extend([text("msg"), text(&event.message)].concat());
        for (name, value) in &event.texts {
            out.extend([text(name), text(value)].concat());
        }
    }
    out.extend_from_slice(b"\x81\xa5chunk\xa2id");
    out
}

/// Prints the table.
pub(super) fn print(time: Duration) {
    let mut sums = [(0_u64, 0.0_f64); PROTOCOLS.len()];
    for _ in 0..ROUNDS {
        for (protocol, (events, seconds)) in PROTOCOLS.iter().zip(&mut sums) {
            let (sent, used) = run(protocol, time / ROUNDS);
            *events += sent;
            *seconds += used;
        }
    }
    let rate = |(events, seconds): (u64, f64)| events as f64 / seconds;
    println!("{:24} {:>14} {:>10}", "", "events/CPU-s", "to http");
    for (protocol, sum) in PROTOCOLS.iter().zip(sums) {
        println!("{:24} {:>14.0} {:>10.2}", protocol.name, rate(sum), rate(sum) / rate(sums[0]));
    }
}

/// Events that came out, and the seconds of CPU that they took.
fn run(protocol: &'static Protocol, time: Duration) -> (u64, f64) {
    let received = Arc::new(AtomicU64::new(0));
    let (sink, port) = (receive(Arc::clone(&received)), free_port());
    let text = format!(
        "region: eu-west-1\nsources: {{ app: {{ {}: \"127.0.0.1:{port}\" }} }}\n\
         routes: [{{ to: [out] }}]\nsinks: {{ out: {{ type: http, region: eu-west-1, url: \"http://127.0.0.1:{sink}/\" }} }}\n",
        protocol.source
    );
    let proxy = Proxy::run(port, &text);
    let (sent, stop, cpu) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)), proxy.cpu());
    let senders: Vec<_> = (0..CONNECTIONS)
        .map(|seat| {
            let (sent, stop, received) = (Arc::clone(&sent), Arc::clone(&stop), Arc::clone(&received));
            thread::spawn(move || {
                let events: Vec<_> = (0..EVENTS).map(|number| event(seat * EVENTS + number)).collect();
                let mut link = Link::open(port, protocol.answer);
                let request = (protocol.request)(&events);
                while !stop.load(Ordering::Relaxed) {
                    while matches!(protocol.answer, Answer::None)
                        && sent.load(Ordering::Relaxed) > received.load(Ordering::Relaxed) + 40_000
                    {
                        thread::sleep(Duration::from_millis(1));
                    }
                    link.send(&request);
                    sent.fetch_add(EVENTS as u64, Ordering::Relaxed);
                }
            })
        })
        .collect();
    thread::sleep(time);
    stop.store(true, Ordering::Relaxed);
    senders.into_iter().for_each(|sender| sender.join().expect("a sender"));
    let (sent, from) = (sent.load(Ordering::Relaxed), Instant::now());
    while received.load(Ordering::Relaxed) < sent && from.elapsed() < Duration::from_secs(20) {
        thread::sleep(Duration::from_millis(2));
    }
    assert_eq!(received.load(Ordering::Relaxed), sent, "{}: every event came out", protocol.name);
    (sent, proxy.cpu() - cpu)
}

/// The connection of a sender.
enum Link {
    Stream(TcpStream, Answer),
    Calls(tokio::runtime::Runtime, hyper::client::conn::http2::SendRequest<Full<Bytes>>),
}

impl Link {
    fn open(port: u16, answer: Answer) -> Self {
        if !matches!(answer, Answer::Call) {
            let stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
            stream.set_nodelay(true).expect("no delay");
            return Self::Stream(stream, answer);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let sender = runtime.block_on(async {
            let stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
            let (executor, stream) = (hyper_util::rt::TokioExecutor::new(), hyper_util::rt::TokioIo::new(stream));
            let (sender, connection) = hyper::client::conn::http2::handshake(executor, stream).await.expect("a greeting");
            tokio::spawn(connection);
            sender
        });
        Self::Calls(runtime, sender)
    }

    fn send(&mut self, request: &[u8]) {
        match self {
            Self::Stream(stream, answer) => {
                stream.write_all(request).expect("a request is written");
                let mut told = [0; 1024];
                match answer {
                    Answer::Http => {
                        let read = stream.read(&mut told).expect("an answer");
                        assert!(told[..read].starts_with(b"HTTP/1.1 20"), "the records are taken");
                    }
                    Answer::Ack => stream.read_exact(&mut told[..8]).expect("an answer"),
                    Answer::None | Answer::Call => {}
                }
            }
            Self::Calls(runtime, sender) => runtime.block_on(async {
                let length = u32::try_from(request.len()).expect("a short message").to_be_bytes();
                let call = hyper::Request::post("http://localhost/opentelemetry.proto.collector.logs.v1.LogsService/Export")
                    .header("content-type", "application/grpc")
                    .header("te", "trailers")
                    .body(Full::new([&[0], length.as_slice(), request].concat().into()))
                    .expect("a request");
                let answer = sender.send_request(call).await.expect("an answer").into_body().collect().await.expect("its body");
                let status = answer.trailers().and_then(|trailers| trailers.get("grpc-status"));
                assert!(status.is_some_and(|status| status == "0"), "the records are taken");
            }),
        }
    }
}
