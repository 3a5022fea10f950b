//! The source `otlp`: what exporters send over HTTP and gRPC, and what they are told.

use crate::support::proxy::{Proxy, Store, free_port, read_message, until};
use crate::support::single::gzip;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::HeaderMap;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};

pub(crate) const EXPORT: &str = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";

struct Setup {
    proxy: Proxy,
    store: Store,
    grpc: u16,
}

fn start(options: &str) -> Setup {
    let (store, grpc) = (Store::start(), free_port());
    let proxy = Proxy::start(&format!(
        "region: eu-west-1\nsources: {{ in: {{ type: otlp, http: '127.0.0.1:PORT', grpc: '127.0.0.1:{grpc}'{options} }} }}\n\
         sinks: {{ out: {{ type: http, region: eu-west-1, url: 'http://127.0.0.1:{}/' }} }}\nroutes: [{{ to: [out] }}]\n",
        store.port
    ));
    until("gRPC is there", || TcpStream::connect(("127.0.0.1", grpc)).is_ok());
    Setup { proxy, store, grpc }
}

pub(crate) type Said = (String, String, Vec<u8>);

async fn call(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Said {
    let (executor, stream) = (hyper_util::rt::TokioExecutor::new(), hyper_util::rt::TokioIo::new(stream));
    let (mut sender, connection) = hyper::client::conn::http2::handshake::<_, _, Full<Bytes>>(executor, stream).await.unwrap();
    tokio::spawn(connection);
    let request =
        hyper::Request::post(format!("http://localhost{path}")).header("content-type", "application/grpc").header("te", "trailers");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let answer = sender.send_request(request.body(Full::new(body.into())).unwrap()).await.unwrap();
    assert_eq!(answer.status(), 200);
    let mut said: HeaderMap = answer.headers().clone();
    let body = answer.into_body().collect().await.unwrap();
    said.extend(body.trailers().cloned().unwrap_or_default());
    let text = |name| said.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    (text("grpc-status"), text("grpc-message"), body.to_bytes().to_vec())
}

/// A client's side of TLS that trusts one authority.
fn trusting(authority: &Path) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    builder.with_root_certificates(roots).with_no_client_auth()
}

/// One call of gRPC on a connection of its own; over TLS if there is a folder with the authority.
pub(crate) fn call_blocking(port: u16, tls: Option<&Path>, path: &str, body: Vec<u8>) -> Said {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let Some(made) = tls else { return call(stream, path, &[], body).await };
        let mut config = trusting(&made.join("ca.pem"));
        config.alpn_protocols = vec![b"h2".to_vec()];
        let name = ServerName::try_from("localhost").unwrap();
        call(tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap(), path, &[], body).await
    })
}

/// One call whose message is packed with gzip.
pub(crate) fn call_packed(port: u16, body: Vec<u8>) -> Said {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        call(stream, EXPORT, &[("grpc-encoding", "gzip")], body).await
    })
}

impl Setup {
    fn post(&self, path: &str, headers: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.proxy.port)).unwrap();
        let head = format!("POST {path} HTTP/1.1\r\nhost: h\r\n{headers}content-length: {}\r\n\r\n", body.len());
        stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
        let (head, body) = read_message(&mut stream).unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body)
    }

    fn json(&self, path: &str, headers: &str, body: &Value) -> (u16, Value) {
        let (status, told) =
            self.post(path, &format!("content-type: application/json; charset=utf-8\r\n{headers}"), body.to_string().as_bytes());
        (status, serde_json::from_slice(&told).unwrap_or_default())
    }

    /// One call of gRPC; its status, its message, and what is in the frame of the answer.
    fn call(&self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Said {
        tokio::runtime::Runtime::new()
            .unwrap()
            .block_on(async { call(tokio::net::TcpStream::connect(("127.0.0.1", self.grpc)).await.unwrap(), path, headers, body).await })
    }

    fn records(&self, count: usize) -> Vec<Value> {
        until("all records are there", || self.store.len() >= count);
        assert_eq!(self.store.len(), count);
        self.store.lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn request(records: &Value) -> Value {
    json!({"resourceLogs": [{"resource": {"attributes": [{"key": "note", "value": {"stringValue": "user@example.com"}}]},
        "scopeLogs": [{"scope": {"name": "lib user@example.com"}, "logRecords": records}]}]})
}

fn bytes(field: u8, value: &[u8]) -> Vec<u8> {
    [&[field << 3 | 2, u8::try_from(value.len()).unwrap()], value].concat()
}

/// A request in protocol buffers whose logs have these texts.
fn protobuf(texts: &[&str]) -> Vec<u8> {
    let logs: Vec<u8> = texts.iter().flat_map(|text| bytes(2, &bytes(5, &bytes(1, text.as_bytes())))).collect();
    bytes(1, &bytes(2, &logs))
}

fn framed(flag: u8, message: &[u8]) -> Vec<u8> {
    [&[flag], u32::try_from(message.len()).unwrap().to_be_bytes().as_slice(), message].concat()
}

#[test]
fn logs_are_masked_in_every_part() {
    let setup = start("");
    let deep = json!({"kvlistValue": {"values": [{"key": "list", "value": {"arrayValue": {"values": [
        {"stringValue": "user@example.com"}, {"bytesValue": "dXNlckBleGFtcGxlLmNvbQ=="}, {"bytesValue": "/wB1c2VyQGV4YW1wbGUuY29t/w=="}]}}},
        {"key": "password", "value": {"stringValue": "hunter2hunter2"}}]}});
    let log = json!({"timeUnixNano": "1700000000123456789", "severityNumber": 17, "severityText": "ERROR", "eventName": "user@example.com",
        "body": {"stringValue": "ssn=123-45-6789\nsecond line"}, "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174",
        "attributes": [{"key": "deep", "value": deep}, {"key": "user@example.com", "value": {"intValue": "7"}},
            {"key": "card", "value": {"intValue": "4111111111111111"}}]});
    assert_eq!(setup.json("/v1/logs", "", &request(&json!([log]))), (200, json!({})));
    let headers = "content-type: application/x-protobuf\r\ncontent-encoding: gzip\r\n";
    assert_eq!(setup.post("/v1/logs", headers, &gzip(&protobuf(&["mail user@example.com"]))), (200, Vec::new()));
    let call = |flag, headers: &[_], body: &[u8]| setup.call(EXPORT, headers, framed(flag, body));
    assert_eq!(call(0, &[], &protobuf(&["call user@example.com"])), ("0".into(), String::new(), framed(0, b"")));
    assert_eq!(call(1, &[("grpc-encoding", "gzip")], &gzip(&protobuf(&["packed user@example.com"]))).0, "0");
    let records = setup.records(4);
    let first = &records[0];
    assert_eq!(first["body"], "ssn=[US_SSN]\nsecond line");
    let list = &first["attributes"]["deep"]["list"];
    assert_eq!([&list[0], &list[1]], ["[EMAIL]", "[EMAIL]"]);
    assert_eq!(["resource", "scope"].map(|key| first[key].clone()), [json!({"note": "[EMAIL]"}), json!({"name": "lib [EMAIL]"})]);
    assert_eq!(
        ["timestamp", "severity_text", "trace_id", "span_id"].map(|key| first[key].clone()),
        ["2023-11-14T22:13:20.123456789Z", "ERROR", "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174"]
    );
    assert_eq!(first["severity_number"], 17);
    let bodies = records[1..].iter().map(|record| record["body"].clone()).collect::<Vec<_>>();
    assert_eq!(bodies, ["mail [EMAIL]", "call [EMAIL]", "packed [EMAIL]"]);
    assert!(records.iter().all(|record| record["residency.region"] == "eu-west-1"), "{records:?}");
    let seen = String::from_utf8_lossy(&setup.store.seen()).into_owned();
    for raw in ["user@", "dXNlckBleGFtcGxlLmNvb", "4111111111111111", "hunter2", "123-45"] {
        assert!(!seen.contains(raw), "{raw} came through: {seen}");
    }
}

#[test]
fn what_cannot_be_taken_is_told() {
    let setup = start(", max_body: 64KiB");
    let good = json!({"body": {"stringValue": "x"}});
    let (status, told) = setup.json("/v1/logs", "", &request(&json!([good, {"body": 7}, good])));
    assert_eq!((status, &told["partialSuccess"]["rejectedLogRecords"]), (200, &json!("1")));
    for path in ["/v1/traces", "/v1/metrics"] {
        let (status, told) = setup.json(path, "", &json!({}));
        assert_eq!((status, told["message"].as_str().unwrap().contains("logs only")), (404, true), "{told}");
    }
    let status = |headers: &str, body: &[u8]| setup.post("/v1/logs", headers, body).0;
    assert_eq!(status("", b"{}"), 415);
    assert_eq!(status("content-type: application/json\r\n", b"{\"resourceLogs\":[{"), 400);
    assert_eq!(status("content-type: application/x-protobuf\r\n", b"\x0a\x05a"), 400);
    assert_eq!(status("content-type: application/x-protobuf\r\n", &vec![0; 65 << 10]), 413);
    let traces = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    let (code, message, _) = setup.call(traces, &[], framed(0, b""));
    assert_eq!((code.as_str(), message.contains("logs only")), ("12", true));
    let code = |headers: &[_], body| setup.call(EXPORT, headers, body).0;
    assert_eq!(code(&[], framed(0, b"\x0a\x05a")), "3");
    assert_eq!(code(&[], b"\0\0\0\0\x09abc".to_vec()), "3");
    assert_eq!(code(&[("grpc-encoding", "snappy")], framed(1, b"x")), "12");
    assert_eq!(code(&[], framed(0, &vec![0; 65 << 10])), "8");
    assert_eq!(code(&[], framed(0, b"")), "0");
    assert_eq!(setup.records(2).len(), 2);
}

#[test]
fn a_request_that_would_grow_beyond_measure_is_refused_before_it_does() {
    let setup = start("");
    let large = |length: usize, count: usize| {
        let resource = json!({"attributes": [{"key": "a", "value": {"stringValue": "x".repeat(length)}}]});
        json!({"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": vec![json!({}); count]}]}]})
    };
    let before = setup.proxy.anonymous();
    let (status, told) = setup.json("/v1/logs", "", &large(30_000, 90_000));
    assert_eq!((status, &told["code"]), (413, &json!(8)), "{told}");
    assert!(told["message"].as_str().unwrap().contains("send fewer at once"), "{told}");
    assert!(setup.proxy.anonymous() < before + (64 << 10), "memory grew from {before} KiB to {} KiB", setup.proxy.anonymous());
    assert_eq!(setup.json("/v1/logs", "", &large(30_000, 50)).0, 200);
    assert_eq!(setup.records(50).len(), 50);
}

#[test]
fn senders_need_the_token_on_both_addresses() {
    let token = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(token.path(), "00000000000000000000000000000abc").unwrap();
    let setup = start(&format!(", tokens: [{{ file: '{}' }}]", token.path().display()));
    let good = "Bearer 00000000000000000000000000000abc";
    assert_eq!(setup.json("/v1/logs", "", &json!({})).0, 401);
    assert_eq!(setup.json("/v1/logs", &format!("authorization: {good}\r\n"), &json!({})).0, 200);
    assert_eq!(setup.call(EXPORT, &[], framed(0, b"")).0, "16");
    assert_eq!(setup.call(EXPORT, &[("authorization", good)], framed(0, b"")).0, "0");
}

#[test]
fn calls_come_over_tls_by_their_protocol_alone() {
    let made = crate::tls::certificates(&["server"]);
    let path = |name: &str| made.path().join(name).display().to_string();
    let setup = start(&format!(", tls: {{ cert: '{}', key: {{ file: '{}' }} }}", path("server.pem"), path("server.key")));
    let config = trusting(&made.path().join("ca.pem"));
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        for (protocol, good) in [("h2", true), ("http/1.1", false)] {
            let mut config = config.clone();
            config.alpn_protocols = vec![protocol.into()];
            let stream = tokio::net::TcpStream::connect(("127.0.0.1", setup.grpc)).await.unwrap();
            let name = ServerName::try_from("localhost").unwrap();
            match tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await {
                Ok(stream) => assert!(good && call(stream, EXPORT, &[], framed(0, &protobuf(&["x"]))).await.0 == "0"),
                Err(_) => assert!(!good, "no handshake"),
            }
        }
    });
    assert_eq!(setup.records(1).len(), 1);
}
