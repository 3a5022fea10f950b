//! How the program is watched: metrics, health, audit log and its own log, of the real binary.

mod audit;
mod leaks;
mod pages;
mod scrape;

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A store that takes everything, or answers with another status.
pub(crate) struct Store {
    pub(crate) address: String,
    bodies: Arc<Mutex<Vec<u8>>>,
    status: Arc<AtomicU16>,
}

impl Store {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (bodies, status) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicU16::new(200)));
        let (kept, answers) = (Arc::clone(&bodies), Arc::clone(&status));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, answers) = (Arc::clone(&kept), Arc::clone(&answers));
                std::thread::spawn(move || serve(stream, &kept, &answers));
            }
        });
        Self { address, bodies, status }
    }

    pub(crate) fn answer_with(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bodies.lock().unwrap()).into_owned()
    }
}

fn serve(mut stream: TcpStream, kept: &Mutex<Vec<u8>>, answers: &AtomicU16) -> Option<()> {
    loop {
        let (head, mut body) = head(&mut stream)?;
        let length: usize = header(&head, "content-length")?.parse().ok()?;
        let mut part = [0; 4096];
        while body.len() < length {
            let read = stream.read(&mut part).ok().filter(|read| *read > 0)?;
            body.extend_from_slice(&part[..read]);
        }
        let status = answers.load(Ordering::SeqCst);
        if status == 200 {
            kept.lock().unwrap().extend_from_slice(&body);
        }
        write!(stream, "HTTP/1.1 {status} x\r\ncontent-length: 0\r\n\r\n").ok()?;
    }
}

fn head(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    loop {
        if let Some(at) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
            let body = bytes.split_off(at + 4);
            return Some((String::from_utf8_lossy(&bytes).to_lowercase(), body));
        }
        let read = stream.read(&mut part).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&part[..read]);
    }
}

fn header(head: &str, name: &str) -> Option<String> {
    head.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim().to_owned()))
}

/// A free port of this machine.
pub(crate) fn port() -> u16 {
    crate::support::proxy::free_port()
}

/// One request and its answer: status and body.
pub(crate) fn request(address: &str, text: &str, body: &[u8]) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
    let (line, headers) = text.split_once('\n').unwrap_or((text, ""));
    let mut request = format!("{line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    headers.lines().for_each(|header| request.push_str(&format!("{header}\r\n")));
    stream.write_all(&[request.as_bytes(), b"\r\n", body].concat()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
}

/// The proxy as a process, with a source `app` that asks for a token, and pages of health and metrics.
pub(crate) struct Proxy {
    child: Child,
    pub(crate) folder: Arc<TempDir>,
    pub(crate) source: String,
    pub(crate) health: String,
    pub(crate) metrics: String,
}

impl Proxy {
    /// Starts it in a folder. `more` is added to the configuration.
    pub(crate) fn start(folder: &Arc<TempDir>, store: &Store, more: &str, options: &[&str]) -> Self {
        let [source, health, metrics] = [(); 3].map(|()| format!("127.0.0.1:{}", port()));
        fs::write(folder.path().join("token"), "sender-token\n").unwrap();
        // What begins with `otlp` belongs into the map of `admin`.
        let (admin, more) = if more.starts_with("otlp:") { (format!(", {more}"), "") } else { (String::new(), more) };
        let config = format!(
            "preset: standard\nregion: eu-west-1\n\
             sources: {{ app: {{ type: http, listen: \"{source}\", tokens: [{{ file: token }}] }} }}\n\
             sinks: {{ store: {{ type: http, region: eu-west-1, url: \"http://{}/x\" }} }}\n\
             routes: [{{ to: [store] }}]\n\
             admin: {{ health: \"{health}\", metrics: \"{metrics}\"{admin} }}\n{more}",
            store.address
        );
        fs::write(folder.path().join("hushlog.yaml"), config).unwrap();
        let log = fs::File::options().append(true).create(true).open(folder.path().join("stderr")).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_hushlog"))
            .current_dir(folder.path())
            .args(["run", "-c", "hushlog.yaml", "--drain-ms", "2000"])
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let proxy = Self { child, folder: Arc::clone(folder), source, health, metrics };
        proxy.wait("it starts", || request(&proxy.health, "GET /readyz", b"").is_some_and(|(status, _)| status == 200));
        proxy
    }

    pub(crate) fn wait(&self, what: &str, done: impl Fn() -> bool) {
        let begin = Instant::now();
        while !done() {
            assert!(begin.elapsed() < Duration::from_secs(30), "{what}: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Sends lines as a sender that may.
    pub(crate) fn send(&self, lines: &str) -> u16 {
        request(&self.source, "POST /in\nauthorization: Bearer sender-token", lines.as_bytes()).map_or(0, |(status, _)| status)
    }

    pub(crate) fn page(&self) -> String {
        request(&self.metrics, "GET /metrics", b"").unwrap().1
    }

    /// Value of a series; 0 if it is not there.
    pub(crate) fn value(&self, series: &str) -> f64 {
        let page = self.page();
        let line = page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.map_or(0.0, |value| value.parse().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What it said on standard error.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path("stderr")).unwrap_or_default()
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Ends it by SIGTERM; its exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        self.signal("-TERM");
        self.child.wait().unwrap().code()
    }

    /// Ends it at once, as a crash would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn folder() -> Arc<TempDir> {
    Arc::new(TempDir::new().unwrap())
}
