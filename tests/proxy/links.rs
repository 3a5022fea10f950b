//! Senders of each source that acknowledges: events with numbers, and whether they were acknowledged.

use crate::otlp::EXPORT;
use crate::support::proxy::{DEADLINE, Sender};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::ops::Range;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A connection to a source. An error means that it is of no more use.
pub(super) trait Link: Send {
    /// Sends events with these numbers; whether they were acknowledged.
    fn send(&mut self, numbers: Range<u64>) -> io::Result<bool>;
}

/// A source that acknowledges: its options in front of the address, and how to reach it.
pub(super) struct Source {
    pub(super) name: &'static str,
    pub(super) options: &'static str,
    pub(super) connect: fn(u16) -> io::Result<Box<dyn Link>>,
}

pub(super) const SOURCES: [Source; 8] = [
    Source { name: "http", options: "type: http, listen", connect: |port| over_http(port, &HTTP) },
    Source {
        name: "cloudwatch_logs",
        options: "type: cloudwatch_logs, unknown_streams: create, listen",
        connect: |port| over_http(port, &CLOUDWATCH),
    },
    Source { name: "splunk_hec", options: "type: splunk_hec, listen", connect: |port| over_http(port, &HEC) },
    Source {
        name: "splunk_hec with ids",
        options: "type: splunk_hec, ack: true, listen",
        connect: |port| Ok(Box::new(Ids::connect(port)?)),
    },
    Source { name: "datadog", options: "type: datadog, listen", connect: |port| over_http(port, &DATADOG) },
    Source { name: "otlp over HTTP", options: "type: otlp, http", connect: |port| over_http(port, &OTLP) },
    Source { name: "otlp over gRPC", options: "type: otlp, grpc", connect: |port| Ok(Box::new(Calls::connect(port)?)) },
    Source { name: "fluent with chunks", options: "type: fluent, listen", connect: |port| Ok(Box::new(Chunks::connect(port)?)) },
];

pub(super) fn source(name: &str) -> &'static Source {
    SOURCES.iter().find(|source| source.name == name).unwrap()
}

/// How events go into a request over HTTP.
struct Form {
    path: &'static str,
    content_type: &'static str,
    headers: &'static [&'static str],
    body: fn(Range<u64>) -> String,
}

fn joined(numbers: Range<u64>, event: impl Fn(u64) -> String) -> String {
    numbers.map(event).collect::<Vec<_>>().join(",")
}

const HTTP: Form = Form {
    path: "/",
    content_type: "application/x-ndjson",
    headers: &[],
    body: |numbers| numbers.map(|number| format!("{{\"n\":{number}}}\n")).collect(),
};

const CLOUDWATCH: Form = Form {
    path: "/",
    content_type: "application/x-amz-json-1.1",
    headers: &["X-Amz-Target: Logs_20140328.PutLogEvents"],
    body: |numbers| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        let events = joined(numbers, |number| format!("{{\"timestamp\":{now},\"message\":\"{{\\\"n\\\":{number}}}\"}}"));
        format!("{{\"logGroupName\":\"/app\",\"logStreamName\":\"s\",\"logEvents\":[{events}]}}")
    },
};

const HEC: Form = Form {
    path: "/services/collector/event",
    content_type: "application/json",
    headers: &["X-Splunk-Request-Channel: 00000000-0000-4000-8000-000000000001"],
    body: |numbers| numbers.map(|number| format!("{{\"event\":{{\"n\":{number}}}}}")).collect(),
};

const DATADOG: Form = Form {
    path: "/api/v2/logs",
    content_type: "application/json",
    headers: &[],
    body: |numbers| format!("[{}]", joined(numbers, |number| format!("{{\"message\":\"m\",\"n\":{number}}}"))),
};

const OTLP: Form = Form {
    path: "/v1/logs",
    content_type: "application/json",
    headers: &[],
    body: |numbers| {
        let logs = joined(numbers, |number| format!("{{\"attributes\":[{{\"key\":\"n\",\"value\":{{\"intValue\":\"{number}\"}}}}]}}"));
        format!("{{\"resourceLogs\":[{{\"scopeLogs\":[{{\"logRecords\":[{logs}]}}]}}]}}")
    },
};

struct Posts(Sender, &'static Form);

fn over_http(port: u16, form: &'static Form) -> io::Result<Box<dyn Link>> {
    Ok(Box::new(Posts(Sender::connect(port)?, form)))
}

impl Link for Posts {
    fn send(&mut self, numbers: Range<u64>) -> io::Result<bool> {
        let Form { path, content_type, headers, body } = self.1;
        let (status, _) = self.0.ask(path, content_type, headers, body(numbers).as_bytes())?;
        Ok(matches!(status, 200 | 202))
    }
}

/// Splunk's acknowledgements: an id for each request, asked for until it is true.
struct Ids(Sender);

impl Ids {
    fn connect(port: u16) -> io::Result<Self> {
        Sender::connect(port).map(Self)
    }
}

impl Link for Ids {
    fn send(&mut self, numbers: Range<u64>) -> io::Result<bool> {
        let (status, told) = self.0.ask(HEC.path, HEC.content_type, HEC.headers, (HEC.body)(numbers).as_bytes())?;
        if status != 200 {
            return Ok(false);
        }
        let told: serde_json::Value = serde_json::from_slice(&told)?;
        let id = told["ackId"].as_u64().ok_or(io::ErrorKind::InvalidData)?;
        for _ in 0..1_000 {
            let asked = format!("{{\"acks\":[{id}]}}");
            let (_, told) = self.0.ask("/services/collector/ack", HEC.content_type, HEC.headers, asked.as_bytes())?;
            let told: serde_json::Value = serde_json::from_slice(&told)?;
            if told["acks"][id.to_string()] == true {
                return Ok(true);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(false)
    }
}

/// Calls of gRPC on one connection.
struct Calls {
    runtime: tokio::runtime::Runtime,
    sender: hyper::client::conn::http2::SendRequest<Full<Bytes>>,
}

impl Calls {
    fn connect(port: u16) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let sender = runtime.block_on(async {
            let stream = hyper_util::rt::TokioIo::new(tokio::net::TcpStream::connect(("127.0.0.1", port)).await?);
            let (sender, connection) =
                hyper::client::conn::http2::handshake(hyper_util::rt::TokioExecutor::new(), stream).await.map_err(io::Error::other)?;
            tokio::spawn(connection);
            io::Result::Ok(sender)
        })?;
        Ok(Self { runtime, sender })
    }
}

/// A field of protocol buffers that has a length.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let (mut length, mut out) = (content.len(), vec![number << 3 | 2]);
    while length > 127 {
        out.push((length & 127) as u8 | 128);
        length >>= 7;
    }
    out.push(length as u8);
    [out, content.to_vec()].concat()
}

impl Link for Calls {
    fn send(&mut self, numbers: Range<u64>) -> io::Result<bool> {
        let log = |number: u64| field(2, &field(5, &field(1, format!("\"n\":{number},").as_bytes())));
        let message = field(1, &field(2, &numbers.flat_map(log).collect::<Vec<u8>>()));
        let body = [&[0], u32::try_from(message.len()).unwrap().to_be_bytes().as_slice(), &message].concat();
        let request = hyper::Request::post(format!("http://localhost{EXPORT}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(Full::new(body.into()))
            .unwrap();
        self.runtime.block_on(async {
            let asked = async {
                let answer = self.sender.send_request(request).await.map_err(io::Error::other)?;
                let first = answer.headers().get("grpc-status").cloned();
                let body = answer.into_body().collect().await.map_err(io::Error::other)?;
                io::Result::Ok(body.trailers().and_then(|trailers| trailers.get("grpc-status").cloned()).or(first))
            };
            let status = tokio::time::timeout(DEADLINE, asked).await??;
            Ok(status.is_some_and(|status| status == "0"))
        })
    }
}

/// Chunks of the forward protocol and their acknowledgements.
struct Chunks(TcpStream);

impl Chunks {
    fn connect(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(DEADLINE))?;
        stream.set_nodelay(true)?;
        Ok(Self(stream))
    }
}

impl Link for Chunks {
    fn send(&mut self, numbers: Range<u64>) -> io::Result<bool> {
        let count = u16::try_from(numbers.end - numbers.start).unwrap().to_be_bytes();
        let log = |number: u64| [b"\x92\xce\x65\x53\xf1\x00\x81\xa1n\xcf".as_slice(), &number.to_be_bytes()].concat();
        let logs: Vec<u8> = numbers.flat_map(log).collect();
        self.0.write_all(&[b"\x93\xa3app\xdc".as_slice(), &count, &logs, b"\x81\xa5chunk\xa2id"].concat())?;
        let mut ack = [0; 8];
        self.0.read_exact(&mut ack)?;
        Ok(&ack == b"\x81\xa3ack\xa2id")
    }
}
