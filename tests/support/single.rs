//! `hushlog run` for tests: the built program, its configuration, its answers and its output.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A proxy that runs until it is dropped. Its records go to standard output.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    _folder: TempDir,
}

/// A folder for the files that a configuration names.
pub(crate) fn folder() -> TempDir {
    TempDir::new().unwrap()
}

/// Writes a file and returns its path.
pub(crate) fn file(folder: &TempDir, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    path
}

fn free_address() -> SocketAddr {
    ([127, 0, 0, 1], super::proxy::free_port()).into()
}

impl Proxy {
    /// Starts it with one source of a type and its options, such as `, max_connections: 8`.
    pub(crate) fn start(kind: &str, options: &str, folder: TempDir) -> Self {
        Self::start_with(kind, options, "", folder)
    }

    /// The same, with more sections of the configuration.
    pub(crate) fn start_with(kind: &str, options: &str, more: &str, folder: TempDir) -> Self {
        Self::begin(kind, "listen", options, more, folder)
    }

    /// The same for a source whose address another option says.
    pub(crate) fn start_at(kind: &str, key: &str, options: &str, folder: TempDir) -> Self {
        Self::begin(kind, key, options, "", folder)
    }

    fn begin(kind: &str, key: &str, options: &str, more: &str, folder: TempDir) -> Self {
        let address = free_address();
        let config = format!(
            "region: eu-west-1\nsources: {{ in: {{ type: {kind}, {key}: \"{address}\"{options} }} }}\n\
             sinks: {{ out: {{ type: stdout }} }}\nroutes: [{{ to: [out] }}]\n{more}\n"
        );
        let config = file(&folder, "hushlog.yaml", config);
        let program = assert_cmd::cargo::cargo_bin!("hushlog");
        let mut child = Command::new(program)
            .args(["run", "--drain-ms", "500", "-c"])
            .arg(config)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (out, kept) = (BufReader::new(child.stdout.take().unwrap()), Arc::clone(&lines));
        std::thread::spawn(move || out.lines().map_while(Result::ok).for_each(|line| kept.lock().unwrap().push(line)));
        let proxy = Self { address, child, lines, _folder: folder };
        let end = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(address).is_err() {
            assert!(Instant::now() < end, "the proxy does not listen");
            std::thread::sleep(Duration::from_millis(10));
        }
        proxy
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// A connection of its own.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    }

    /// Posts a body; the status and the body of the answer.
    pub(crate) fn post(&self, headers: &str, body: &[u8]) -> (u16, String) {
        exchange(self.connect(), headers, body)
    }

    /// Records that came out so far, waiting until there are so many.
    pub(crate) fn records(&self, count: usize) -> Vec<serde_json::Value> {
        let end = Instant::now() + Duration::from_secs(20);
        while self.lines.lock().unwrap().len() < count && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(5));
        }
        self.lines.lock().unwrap().iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Waits until a record with some text came out; whether one did.
    pub(crate) fn said(&self, text: &str) -> bool {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            // The newest is asked first.
            if self.lines.lock().unwrap().iter().rev().any(|line| line.contains(text)) {
                return true;
            }
            if Instant::now() > end {
                return false;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// The most anonymous memory that it had, in KiB: without the pages of the program's own file.
    pub(crate) fn anonymous(&self) -> u64 {
        self.memory("VmHWM") - self.memory("RssFile")
    }

    /// What stands in `/proc` of it, in KiB.
    fn memory(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Posts a body on a connection and reads one answer.
pub(crate) fn exchange(stream: impl Read + Write, headers: &str, body: &[u8]) -> (u16, String) {
    exchange_at(stream, "/", headers, body)
}

/// The same at another path.
pub(crate) fn exchange_at(mut stream: impl Read + Write, path: &str, headers: &str, body: &[u8]) -> (u16, String) {
    let head = format!("POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n", body.len());
    // A proxy that refuses early need not read everything.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body)).and_then(|()| stream.flush());
    answer(stream)
}

/// Reads an answer to the end of its connection.
pub(crate) fn answer(mut stream: impl Read) -> (u16, String) {
    let mut bytes = Vec::new();
    // TLS clients are told of an end without a goodbye as an error.
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
}

/// Packs bytes with gzip.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}
