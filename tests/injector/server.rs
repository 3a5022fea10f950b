//! The running program, and a client of it that trusts its certificate.

use crate::support::single::{answer, exchange};
use crate::tls::certificates;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub(super) const IMAGE: &str = "registry.example/hushlog@sha256:0000000000000000000000000000000000000000000000000000000000000000";

pub(super) struct Injector {
    address: SocketAddr,
    pub(super) health: SocketAddr,
    pub(super) metrics: SocketAddr,
    child: Child,
    tls: Arc<ClientConfig>,
    _made: TempDir,
}

impl Injector {
    pub(super) fn start() -> Self {
        let made = certificates(&["server"]);
        let free = || TcpListener::bind("127.0.0.1:0").unwrap();
        let listeners = [free(), free(), free()];
        let [address, health, metrics] = listeners.each_ref().map(|listener| listener.local_addr().unwrap());
        drop(listeners);
        let text = |address: SocketAddr| address.to_string();
        let child = Command::new(assert_cmd::cargo::cargo_bin!("hushlog"))
            .args(["injector", "--tls-cert", "server.pem", "--tls-key", "server.key", "--drain-ms", "0", "--image", IMAGE])
            .args(["--listen", &text(address), "--health", &text(health), "--metrics", &text(metrics)])
            .current_dir(made.path())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(made.path().join("ca.pem")).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let tls = Arc::new(tls.with_root_certificates(roots).with_no_client_auth());
        let injector = Self { address, health, metrics, child, tls, _made: made };
        let end = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(address).is_err() {
            assert!(Instant::now() < end, "the injector does not listen");
            std::thread::sleep(Duration::from_millis(10));
        }
        injector
    }

    /// Posts a body; the status and the body of the answer.
    pub(super) fn post(&self, path: &str, body: &[u8]) -> (u16, String) {
        let client = ClientConnection::new(Arc::clone(&self.tls), ServerName::try_from("localhost").unwrap()).unwrap();
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let stream = StreamOwned::new(client, stream);
        exchange(At { stream, path: path.to_owned() }, "content-type: application/json\r\n", body)
    }

    /// The response to an AdmissionReview.
    pub(super) fn review(&self, path: &str, review: &Value) -> Value {
        let (status, text) = self.post(path, review.to_string().as_bytes());
        assert_eq!(status, 200, "{text}");
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(answer["apiVersion"], "admission.k8s.io/v1");
        assert_eq!(answer["kind"], "AdmissionReview");
        assert_eq!(answer["response"]["uid"], review["request"]["uid"]);
        answer["response"].clone()
    }

    /// A page without TLS.
    pub(super) fn page(&self, address: SocketAddr, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
        answer(stream)
    }

    /// Has it end by itself; what it wrote.
    pub(super) fn stop(mut self) -> String {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        assert!(self.child.wait().unwrap().success());
        log
    }
}

impl Drop for Injector {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Puts the path into the first line of the request.
struct At<S> {
    stream: S,
    path: String,
}

impl<S: Read> Read for At<S> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.stream.read(buffer)
    }
}

impl<S: Write> Write for At<S> {
    fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
        match buffer.strip_prefix(b"POST / ") {
            None => self.stream.write(buffer),
            Some(rest) => {
                self.stream.write_all(format!("POST {} ", self.path).as_bytes())?;
                self.stream.write_all(rest)?;
                Ok(buffer.len())
            }
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.stream.flush()
    }
}
