//! Hostile peers at every listener: it stays up, within its memory, and serves the others.
//!
//! Each kind of listener, with and without TLS, is given connections that say nothing, begin and go on slowly, or hold
//! half of a body; a good client is served in between. `HUSHLOG_HOSTILE` says how many connections (tests/long/hostile.sh).

use crate::otlp::{self, EXPORT};
use crate::support::single::{Proxy, exchange_at, file, folder};
use crate::tls;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Most anonymous memory, in KiB.
const MEMORY: u64 = 64 * 1024;
/// Time in which a good client has to be served.
const SERVED: Duration = Duration::from_secs(8);

trait Stream: Read + Write {}
impl<S: Read + Write> Stream for S {}

/// One kind of listener.
struct Kind {
    name: &'static str,
    source: &'static str,
    /// The option that says the address.
    key: &'static str,
    options: &'static str,
    /// Words of the protocol that its peer waits for more behind.
    begin: fn() -> Vec<u8>,
    /// Words that announce more, and as much of it as is taken.
    body: fn() -> Vec<u8>,
    serve: fn(&Served<'_>),
}

struct Served<'s> {
    proxy: &'s Proxy,
    tls: Option<&'s Path>,
}

const KINDS: [Kind; 8] = [
    over_http("http", "", |served| served.post("/", "content-type: application/x-ndjson\r\n", "{\"a\":1}\n", 200)),
    over_http("cloudwatch_logs", ", unknown_streams: create", |served| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        let body = format!("{{\"logGroupName\":\"g\",\"logStreamName\":\"s\",\"logEvents\":[{{\"timestamp\":{now},\"message\":\"m\"}}]}}");
        served.post("/", "content-type: application/x-amz-json-1.1\r\nx-amz-target: Logs_20140328.PutLogEvents\r\n", &body, 200);
    }),
    over_http("splunk_hec", "", |served| served.post("/services/collector/event", "", "{\"event\":\"x\"}", 200)),
    over_http("datadog", "", |served| served.post("/api/v2/logs", "content-type: application/json\r\n", "[{\"message\":\"x\"}]", 202)),
    Kind {
        key: "http",
        ..over_http("otlp", "", |served| served.post("/v1/logs", "content-type: application/json\r\n", "{\"resourceLogs\":[]}", 200))
    },
    Kind {
        name: "otlp gRPC",
        source: "otlp",
        key: "grpc",
        options: "",
        begin: || [PREFACE, &frame(4, 0, 0, b"")[..7]].concat(),
        body: calls,
        serve: |served| {
            let call = otlp::call_blocking(served.proxy.address.port(), served.tls, EXPORT, b"\0\0\0\0\0".to_vec());
            assert_eq!(call.0, "0", "{}", call.1);
        },
    },
    Kind {
        name: "syslog",
        source: "syslog",
        key: "listen",
        options: "",
        begin: || b"<14>1 - host app - - - half".to_vec(),
        body: || [b"65000 <14>1 - host app - - - ".as_slice(), &[b'a'; 60_000]].concat(),
        serve: |served| {
            let text = format!("good-{}", next());
            let mut stream = served.connect();
            stream.write_all(format!("<14>1 - host app - - - {text}\n").as_bytes()).unwrap();
            stream.flush().unwrap();
            assert!(served.proxy.said(&text), "{text} did not come");
        },
    },
    Kind {
        name: "fluent",
        source: "fluent",
        key: "listen",
        options: "",
        begin: || b"\x93\xa3app".to_vec(),
        body: || [b"\x93\xa3app\xc6\x00\xff\x00\x00".as_slice(), &[0; 60_000]].concat(),
        serve: |served| {
            let mut stream = served.connect();
            stream.write_all(b"\x93\xa3app\x91\x92\x00\x81\xa1a\x01\x81\xa5chunk\xa2id").unwrap();
            stream.flush().unwrap();
            let mut ack = [0; 8];
            stream.read_exact(&mut ack).unwrap();
            assert_eq!(&ack, b"\x81\xa3ack\xa2id");
        },
    },
];

const fn over_http(source: &'static str, options: &'static str, serve: fn(&Served<'_>)) -> Kind {
    Kind {
        name: source,
        source,
        key: "listen",
        options,
        begin: || b"POST / HTTP/1.1\r\nhost: x\r\nx-slow: ".to_vec(),
        body: || [b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 16000000\r\n\r\n".as_slice(), &[b'a'; 60_000]].concat(),
        serve,
    }
}

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A frame of HTTP/2 (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, stream: u32, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), content].concat()
}

/// As many calls as a connection may have, with large headers and half of a body each.
fn calls() -> Vec<u8> {
    let literal = |name: &str, value: &str| {
        let length = |text: &str| match u8::try_from(text.len()) {
            Ok(length @ 0..=126) => vec![length],
            // An integer of HPACK beyond seven bits (RFC 7541, section 5.1).
            _ => {
                let rest = text.len() - 127;
                vec![127, (rest & 127) as u8 | 128, (rest >> 7) as u8]
            }
        };
        [&[0], length(name).as_slice(), name.as_bytes(), &length(value), value.as_bytes()].concat()
    };
    let large = "x".repeat(3_400);
    let headers: Vec<u8> = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", EXPORT),
        (":authority", "x"),
        ("content-type", "application/grpc"),
        ("x-large", &large),
    ]
    .iter()
    .flat_map(|(name, value)| literal(name, value))
    .collect();
    let mut said = [PREFACE, &frame(4, 0, 0, b"")].concat();
    for call in 0..8 {
        said.extend(frame(1, 4, 2 * call + 1, &headers));
        said.extend(frame(0, 0, 2 * call + 1, &[b"\0\0\xff\0\0".as_slice(), &[0; 3_900]].concat()));
    }
    said
}

/// A number that no other record has.
fn next() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl Served<'_> {
    fn connect(&self) -> Box<dyn Stream> {
        match self.tls {
            None => Box::new(self.proxy.connect()),
            Some(made) => {
                let mut roots = RootCertStore::empty();
                roots.add(CertificateDer::from_pem_file(made.join("ca.pem")).unwrap()).unwrap();
                let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
                let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
                let config = Arc::new(builder.with_root_certificates(roots).with_no_client_auth());
                let client = ClientConnection::new(config, ServerName::try_from("localhost").unwrap()).unwrap();
                Box::new(StreamOwned::new(client, self.proxy.connect()))
            }
        }
    }

    fn post(&self, path: &str, headers: &str, body: &str, wanted: u16) {
        let (status, told) = exchange_at(self.connect(), path, headers, body.as_bytes());
        assert_eq!(status, wanted, "{told}");
    }
}

/// What an attacker does on each connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attack {
    Silence,
    /// The first words, and one more byte now and then.
    Slow,
    /// As much of a body as is taken.
    Body,
    /// A handshake of TLS that is not ended.
    Handshake,
}

/// Bytes of a client's first message, of which more is announced than comes (RFC 8446, section 4.1.2).
fn half_hello() -> Vec<u8> {
    [b"\x16\x03\x01\x40\x00\x01\x00\x3f\xfc\x03\x03".as_slice(), &[7; 12_000]].concat()
}

fn attack(kind: &Kind, attack: Attack, served: &Served<'_>, count: usize) {
    let said = match (attack, served.tls) {
        (Attack::Silence, _) => Vec::new(),
        (Attack::Slow, None) => (kind.begin)(),
        (Attack::Body, None) => (kind.body)(),
        (Attack::Handshake | Attack::Slow, _) => half_hello()[..200].to_vec(),
        (Attack::Body, Some(_)) => half_hello(),
    };
    let mut held: Vec<TcpStream> = Vec::with_capacity(count);
    for number in 0..count {
        let mut stream = served.proxy.connect();
        stream.set_nonblocking(true).unwrap();
        let mut rest = said.as_slice();
        // What the system takes at once; the rest later.
        while let Ok(written @ 1..) = stream.write(rest) {
            rest = &rest[written..];
        }
        held.push(stream);
        if number % (count / 4) == count / 8 {
            if attack == Attack::Slow {
                held.iter_mut().for_each(|stream| drop(stream.write(b"a")));
            }
            let begin = Instant::now();
            (kind.serve)(served);
            assert!(begin.elapsed() < SERVED, "{} under {attack:?}: served after {:?}", kind.name, begin.elapsed());
        }
    }
    (kind.serve)(served);
}

/// Attacks of every sort on every kind of listener.
fn attacks(over_tls: bool) {
    let count = std::env::var("HUSHLOG_HOSTILE").ok().and_then(|given| given.parse().ok()).unwrap_or(200);
    let only = std::env::var("HUSHLOG_LISTENER").unwrap_or_default();
    // So that places run out in a short run as well.
    let places = if count < 2_000 { ", max_connections: 64" } else { "" };
    let made = over_tls.then(|| tls::certificates(&["server"]));
    for kind in KINDS.iter().filter(|kind| kind.name.contains(&only)) {
        let files = folder();
        let tls = made.as_ref().map_or_else(String::new, |made| {
            let path = made.path().display();
            format!(", tls: {{ cert: \"{path}/server.pem\", key: {{ file: \"{path}/server.key\" }} }}")
        });
        let options = format!("{}{places}{tls}", kind.options);
        let proxy = Proxy::start_at(kind.source, kind.key, &options, files);
        let served = Served { proxy: &proxy, tls: made.as_ref().map(tempfile::TempDir::path) };
        (kind.serve)(&served);
        let mut most = Vec::new();
        for sort in [Attack::Silence, Attack::Slow, Attack::Handshake, Attack::Body] {
            attack(kind, sort, &served, count);
            most.push(proxy.anonymous());
        }
        let tls = if over_tls { " over TLS" } else { "" };
        println!("{}{tls}: {count} connections a sort of attack, KiB of anonymous memory at most so far: {most:?}", kind.name);
        assert!(most[3] < MEMORY, "{}{tls}: {most:?} KiB", kind.name);
    }
}

#[test]
fn every_listener_outlives_hostile_peers() {
    attacks(false);
}

#[test]
fn every_listener_outlives_hostile_peers_over_tls() {
    attacks(true);
}

/// Packed bodies that open to far more than is taken.
#[test]
fn bombs_are_refused_by_every_listener() {
    let zeros = vec![0; 64 << 20];
    let bomb = crate::support::single::gzip(&zeros);
    let gzip = "content-encoding: gzip\r\ncontent-type: application/json\r\nx-amz-target: Logs_20140328.PutLogEvents\r\n";
    for kind in &KINDS {
        let proxy = Proxy::start_at(kind.source, kind.key, kind.options, folder());
        let served = Served { proxy: &proxy, tls: None };
        let path = match kind.name {
            "splunk_hec" => "/services/collector",
            "datadog" => "/api/v2/logs",
            "otlp" => "/v1/logs",
            _ => "/",
        };
        for _ in 0..8 {
            match kind.name {
                "syslog" => break,
                "fluent" => {
                    let mut stream = proxy.connect();
                    let length = u32::try_from(bomb.len()).unwrap().to_be_bytes();
                    let message = [b"\x93\xa3app\xc6".as_slice(), &length, &bomb, b"\x81\xaacompressed\xa4gzip"].concat();
                    let _ = stream.write_all(&message);
                    assert!(matches!(stream.read(&mut [0]), Ok(0) | Err(_)));
                }
                "otlp gRPC" => {
                    let length = u32::try_from(bomb.len()).unwrap().to_be_bytes();
                    let call = [&[1], length.as_slice(), &bomb].concat();
                    assert_eq!(otlp::call_packed(proxy.address.port(), call).0, "8");
                }
                _ => {
                    let (status, told) = exchange_at(proxy.connect(), path, gzip, &bomb);
                    assert!(matches!(status, 400 | 413), "{} {status} {told}", kind.name);
                }
            }
        }
        (kind.serve)(&served);
        assert!(proxy.anonymous() < MEMORY, "{}: {} KiB", kind.name, proxy.anonymous());
    }
}

/// Requests of as many records as possible, each with next to nothing in it, a few at once.
#[test]
fn records_of_next_to_nothing_take_bounded_memory() {
    let list = |count| vec!["{}"; count].join(",");
    let logs = format!("{{\"resourceLogs\":[{{\"scopeLogs\":[{{\"logRecords\":[{}]}}]}}]}}", list(100_000));
    for (source, key, path, content_type, body, wanted) in [
        ("http", "listen", "/", "text/plain", "a\n".repeat(8 << 20), 413),
        ("http", "listen", "/", "text/plain", "a\n".repeat(290_000), 200),
        ("http", "listen", "/", "application/json", format!("[{}]", list(4 << 20)), 413),
        ("splunk_hec", "listen", "/services/collector/raw", "text/plain", "a\n".repeat(8 << 20), 413),
        ("splunk_hec", "listen", "/services/collector", "text/plain", "{\"event\":1}".repeat(1 << 20), 413),
        ("datadog", "listen", "/api/v2/logs", "application/json", format!("[{}]", vec!["{\"a\":1}"; 100_001].join(",")), 413),
        ("datadog", "listen", "/api/v2/logs", "application/json", format!("[{}]", vec!["{\"a\":1}"; 100_000].join(",")), 202),
        ("otlp", "http", "/v1/logs", "application/json", logs, 200),
    ] {
        let proxy = Proxy::start_at(source, key, "", folder());
        let packed = crate::support::single::gzip(body.as_bytes());
        let headers = format!("content-type: {content_type}\r\ncontent-encoding: gzip\r\n");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let (status, told) = exchange_at(proxy.connect(), path, &headers, &packed);
                    assert!(status == wanted || status == 503, "{source}: {status} {told}");
                });
            }
        });
        println!("{source}: {} KiB of anonymous memory at most", proxy.anonymous());
        assert!(proxy.anonymous() < MEMORY, "{source}: {} KiB", proxy.anonymous());
    }
}

/// Tokens that are wrong, at every listener that has them.
#[test]
fn a_wrong_token_is_refused_by_every_listener() {
    for (source, key, option, path, header) in [
        ("http", "listen", "tokens", "/", "authorization: Bearer"),
        ("splunk_hec", "listen", "tokens", "/services/collector", "authorization: Splunk"),
        ("datadog", "listen", "api_keys", "/api/v2/logs", "dd-api-key:"),
        ("otlp", "http", "tokens", "/v1/logs", "authorization: Bearer"),
    ] {
        let files = folder();
        let token = file(&files, "token", "a-token-of-this-test");
        let proxy = Proxy::start_at(source, key, &format!(", {option}: [{{ file: \"{}\" }}]", token.display()), files);
        let status = |token: &str| {
            let headers = format!("{header} {token}\r\ncontent-type: application/json\r\n");
            exchange_at(proxy.connect(), path, &headers, b"{}").0
        };
        for wrong in ["a-token-of-this-tesT", "a-token-of-this-test-", "a", ""] {
            assert!(matches!(status(wrong), 401 | 403), "{source} {wrong}");
        }
        assert!(!matches!(status("a-token-of-this-test"), 401 | 403), "{source}");
    }
}
