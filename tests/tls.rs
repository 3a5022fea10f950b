//! TLS of listeners: versions, client certificates, certificates that are renewed, and who has to have it.
//!
//! The certificates are made here with the `openssl` program and live for a day.

use crate::support::single::{Proxy, exchange, file, folder};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

fn openssl(folder: &Path, arguments: &str) {
    let outcome = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().expect("the program openssl");
    assert!(outcome.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&outcome.stderr));
}

/// An authority, and certificates of it under some names.
pub(crate) fn certificates(names: &[&str]) -> TempDir {
    let made = folder();
    let path = made.path();
    openssl(
        path,
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 1 -subj /CN=test-authority \
         -addext basicConstraints=critical,CA:TRUE",
    );
    file(&made, "names", "subjectAltName=DNS:localhost\n");
    for name in names {
        issue(path, name, name);
    }
    made
}

fn issue(folder: &Path, file: &str, name: &str) {
    openssl(folder, &format!("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {file}.key -out {file}.csr -subj /CN={name}"));
    openssl(folder, &format!("x509 -req -in {file}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -extfile names -out {file}.pem"));
}

type Version = &'static rustls::SupportedProtocolVersion;

/// A client that trusts the authority, with a certificate of its own if it has one.
fn connect(proxy: &Proxy, made: &Path, own: Option<&str>, version: Version) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(made.join("ca.pem")).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(&[version]).unwrap().with_root_certificates(roots);
    let mut config = match own {
        None => builder.with_no_client_auth(),
        Some(own) => {
            let chain = vec![CertificateDer::from_pem_file(made.join(format!("{own}.pem"))).unwrap()];
            builder.with_client_auth_cert(chain, PrivateKeyDer::from_pem_file(made.join(format!("{own}.key"))).unwrap()).unwrap()
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let client = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap();
    StreamOwned::new(client, proxy.connect())
}

fn status(proxy: &Proxy, made: &Path, own: Option<&str>, version: Version) -> u16 {
    exchange(connect(proxy, made, own, version), "", b"mail=user@example.com\n").0
}

fn options(made: &Path, more: &str) -> String {
    let path = made.display();
    format!(", tls: {{ cert: \"{path}/server.pem\", key: {{ file: \"{path}/server.key\" }}{more} }}")
}

const V12: Version = &rustls::version::TLS12;
const V13: Version = &rustls::version::TLS13;

#[test]
fn both_versions_are_spoken_unless_one_is_too_low() {
    let made = certificates(&["server"]);
    let proxy = Proxy::start("http", &options(made.path(), ""), folder());
    assert_eq!(status(&proxy, made.path(), None, V12), 200);
    let mut stream = connect(&proxy, made.path(), None, V13);
    stream.write_all(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\na\n").unwrap();
    let mut head = [0; 12];
    stream.read_exact(&mut head).unwrap();
    assert_eq!(&head, b"HTTP/1.1 200");
    assert_eq!(stream.conn.alpn_protocol(), Some(b"http/1.1".as_slice()));
    assert_eq!(proxy.post("", b"x\n").0, 0, "plaintext was answered");
    let strict = Proxy::start("http", &options(made.path(), ", min: \"1.3\""), folder());
    assert_eq!(status(&strict, made.path(), None, V13), 200);
    assert_eq!(status(&strict, made.path(), None, V12), 0);
    assert_eq!(proxy.records(2)[0]["message"], "mail=[EMAIL]");
}

#[test]
fn clients_without_a_certificate_of_the_authority_are_sent_away() {
    let made = certificates(&["server", "client"]);
    let other = certificates(&["stranger"]);
    for name in ["stranger.pem", "stranger.key"] {
        std::fs::copy(other.path().join(name), made.path().join(name)).unwrap();
    }
    let metrics = format!("127.0.0.1:{}", crate::support::proxy::free_port());
    let only = options(made.path(), &format!(", client_ca: \"{}/ca.pem\"", made.path().display()));
    let proxy = Proxy::start_with("http", &only, &format!("admin: {{ metrics: \"{metrics}\" }}"), folder());
    for version in [V12, V13] {
        assert_eq!(status(&proxy, made.path(), Some("client"), version), 200);
        assert_eq!(status(&proxy, made.path(), None, version), 0);
        assert_eq!(status(&proxy, made.path(), Some("stranger"), version), 0);
    }
    // Whoever only knocks is no client.
    drop(proxy.connect());
    let counted = "hushlog_source_refused_total{reason=\"tls\",source=\"in\"} 4";
    crate::support::proxy::until("four were counted", || {
        crate::watch::request(&metrics, "GET /metrics", b"").is_some_and(|(_, page)| page.contains(counted))
    });
}

#[test]
fn a_renewed_certificate_is_used_and_a_broken_one_is_not() {
    let made = certificates(&["server"]);
    let proxy = Proxy::start("http", &options(made.path(), ""), folder());
    let seen = || {
        let mut stream = connect(&proxy, made.path(), None, V13);
        stream.write_all(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n").unwrap();
        stream.read_exact(&mut [0; 12]).unwrap();
        stream.conn.peer_certificates().unwrap()[0].to_vec()
    };
    let first = seen();
    file(&made, "server.pem", "no certificate");
    std::thread::sleep(Duration::from_secs(11));
    assert!(seen() == first);
    issue(made.path(), "server", "server");
    let end = Instant::now() + Duration::from_secs(15);
    while seen() == first {
        assert!(Instant::now() < end, "the certificate is the old one");
        std::thread::sleep(Duration::from_millis(500));
    }
}

#[test]
fn half_handshakes_do_not_hold_up_others() {
    let made = certificates(&["server"]);
    let proxy = Proxy::start("http", &format!("{}, max_connections: 32", options(made.path(), "")), folder());
    let half: Vec<TcpStream> = (0..64)
        .map(|_| {
            let mut stream = proxy.connect();
            // The beginning of a hello that does not go on.
            stream.write_all(b"\x16\x03\x01\x40\x00\x01\x00\x3f\xfc\x03\x03").unwrap();
            stream
        })
        .collect();
    let begin = Instant::now();
    assert_eq!(status(&proxy, made.path(), None, V13), 200);
    assert!(begin.elapsed() < Duration::from_secs(3));
    drop(half);
}

#[test]
fn a_compliance_preset_refuses_what_can_be_read_on_the_way() {
    let made = certificates(&["server"]);
    let check = |config: &str| {
        let config = file(&made, "hushlog.yaml", config);
        let outcome = Command::new(assert_cmd::cargo::cargo_bin!("hushlog")).args(["check", "-c"]).arg(config).output().unwrap();
        (outcome.status.success(), String::from_utf8(outcome.stderr).unwrap())
    };
    let tls = options(made.path(), "");
    let config = |preset: &str, source: &str, sink: &str| {
        format!(
            "preset: {preset}\nregion: eu-west-1\nsources:\n  app:\n    type: http\n    listen: {source}\nsinks:\n  out: {sink}\nroutes: [{{ to: [out] }}]\naudit: {{ path: /var/lib/hushlog/audit.jsonl }}\n"
        )
    };
    let stdout = "{ type: stdout }";
    let (ok, said) = check(&config("soc2", "\"0.0.0.0:8088\"", stdout));
    assert!(!ok && said.contains("line 6: `sources.app.listen`: "), "{said}");
    let (ok, said) = check(&config("soc2", "\"127.0.0.1:8088\"", "{ type: http, region: eu-west-1, url: \"http://logs.example/\" }"));
    assert!(!ok && said.contains("line 8: `sinks.out.url`: "), "{said}");
    for (preset, source, sink) in [
        ("standard", "\"0.0.0.0:8088\"", stdout),
        ("soc2", "\"[::1]:8088\"", "{ type: http, region: eu-west-1, url: \"http://127.0.0.1:1/\" }"),
        ("soc2", "\"127.0.0.1:8088\"", "{ type: http, region: eu-west-1, url: \"https://logs.example/\" }"),
        ("soc2", &format!("\"0.0.0.0:8088\"\n    tls: {}", tls.trim_start_matches(", tls: ")), stdout),
    ] {
        let (ok, said) = check(&config(preset, source, sink));
        assert!(ok, "{said}");
    }
    let (ok, said) = check(&config("standard", "\"0.0.0.0:8088\"\n    tls: { cert: /nowhere }", stdout));
    assert!(!ok && said.contains("`sources.app.tls`: "), "{said}");
}

#[test]
fn the_sink_has_a_certificate_of_its_own() {
    let made = certificates(&["server", "client"]);
    let path = made.path().display();
    let store = Proxy::start("http", &options(made.path(), &format!(", client_ca: \"{path}/ca.pem\"")), folder());
    let home = folder();
    let config = format!(
        "region: eu-west-1\nsources: {{ in: {{ type: stdin }} }}\nsinks: {{ out: {{ type: http, region: eu-west-1, \
         url: \"https://localhost:{}\", ca: \"{path}/ca.pem\", cert: \"{path}/client.pem\", key: {{ file: \"{path}/client.key\" }} }} }}\n\
         routes: [{{ to: [out] }}]\n",
        store.port()
    );
    let config = file(&home, "hushlog.yaml", config);
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("hushlog"))
        .args(["run", "-c"])
        .arg(config)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"mail=user@example.com\n").unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(store.records(1)[0]["message"], "mail=[EMAIL]");
}
