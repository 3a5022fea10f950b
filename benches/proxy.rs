//! The proxy as a process, in four parts: events per CPU-second of `hushlog run`, from HTTP to HTTP on
//! loopback; the same of each source; the latency that it adds; and file to file.
//!
//! Starts the program with a configuration, sends 250-byte NDJSON events over connections that stay
//! open, takes what comes out, and counts the program's own CPU time (`/proc/PID/stat`). Usage:
//! `cargo bench --bench proxy [-- --test] [events|sources|latency|files]…`; `HUSHLOG_PROXY_SECONDS` changes the time of
//! each row, `HUSHLOG_PROXY_MB` the size of the files, `HUSHLOG_PROGRAM` the program.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark stops at the first surprise"
)]

#[path = "proxy/files.rs"]
mod files;
#[path = "proxy/latency.rs"]
mod latency;
#[path = "proxy/sources.rs"]
mod sources;

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// One row of the table.
struct Case {
    name: &'static str,
    connections: usize,
    events: usize,
    disk: bool,
}

const CASES: [Case; 4] = [
    Case { name: "1 MB bodies, memory", connections: 2, events: 4_000, disk: false },
    Case { name: "1 MB bodies, disk", connections: 2, events: 4_000, disk: true },
    Case { name: "single events, memory", connections: 64, events: 1, disk: false },
    Case { name: "single events, disk", connections: 64, events: 1, disk: true },
];

fn main() {
    let test = std::env::args().any(|argument| argument == "--test");
    let chosen: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let part = |name: &str| chosen.is_empty() || chosen.iter().any(|chosen| chosen == name);
    let given = |name: &str, default: u64| std::env::var(name).ok().and_then(|given| given.parse().ok()).unwrap_or(default);
    let time = if test { Duration::from_millis(300) } else { Duration::from_secs(given("HUSHLOG_PROXY_SECONDS", 5)) };
    if part("events") {
        events(time);
    }
    if part("sources") {
        sources::print(if test { Duration::from_millis(300) } else { time });
    }
    if part("latency") {
        latency::print(if test { Duration::from_millis(100) } else { time });
    }
    if part("files") {
        files::print(if test { 1 } else { usize::try_from(given("HUSHLOG_PROXY_MB", 256)).expect("a size") });
    }
}

fn events(time: Duration) {
    println!("{:24} {:>14} {:>12} {:>12} {:>12}", "", "events/CPU-s", "events/s", "sent", "received");
    for case in &CASES {
        let row = run(case, time);
        println!("{:24} {:>14.0} {:>12.0} {:>12} {:>12}", case.name, row.per_cpu_second, row.per_second, row.sent, row.received);
        assert_eq!(row.sent, row.received, "every event that was acknowledged came out");
    }
}

struct Row {
    per_cpu_second: f64,
    per_second: f64,
    sent: u64,
    received: u64,
}

fn run(case: &Case, time: Duration) -> Row {
    let received = Arc::new(AtomicU64::new(0));
    let sink = receive(Arc::clone(&received));
    let folder = tempfile::tempdir().expect("a folder for the buffer");
    let port = free_port();
    let proxy = Proxy::start(port, sink, case.disk.then(|| folder.path()));
    let sent = Arc::new(AtomicU64::new(0));
    let stop = Arc::new(AtomicBool::new(false));
    let (from, cpu) = (Instant::now(), proxy.cpu());
    let senders: Vec<_> = (0..case.connections)
        .map(|seed| {
            let (sent, stop, events) = (Arc::clone(&sent), Arc::clone(&stop), case.events);
            thread::spawn(move || send(port, seed, events, &sent, &stop))
        })
        .collect();
    thread::sleep(time);
    stop.store(true, Ordering::Relaxed);
    senders.into_iter().for_each(|sender| sender.join().expect("a sender"));
    let sent = sent.load(Ordering::Relaxed);
    let waited = Instant::now();
    while received.load(Ordering::Relaxed) < sent && waited.elapsed() < Duration::from_secs(20) {
        thread::sleep(Duration::from_millis(10));
    }
    let used = proxy.cpu() - cpu;
    Row {
        per_cpu_second: sent as f64 / used,
        per_second: sent as f64 / from.elapsed().as_secs_f64(),
        sent,
        received: received.load(Ordering::Relaxed),
    }
}

/// The program under measurement.
struct Proxy {
    child: Child,
    port: u16,
    _config: tempfile::NamedTempFile,
}

impl Proxy {
    fn start(port: u16, sink: u16, folder: Option<&std::path::Path>) -> Self {
        let buffer = folder.map_or_else(String::new, |folder| format!("buffer: {{ dir: {} }}\n", folder.display()));
        let text = format!(
            "region: eu-west-1\nsources: {{ app: {{ type: http, listen: \"127.0.0.1:{port}\" }} }}\n\
             routes: [{{ to: [out] }}]\nsinks: {{ out: {{ type: http, region: eu-west-1, url: \"http://127.0.0.1:{sink}/\" }} }}\n{buffer}"
        );
        Self::run(port, &text)
    }

    /// With a configuration, under which it listens on a port.
    fn run(port: u16, text: &str) -> Self {
        let mut config = tempfile::NamedTempFile::new().expect("a file for the configuration");
        config.write_all(text.as_bytes()).expect("the configuration is written");
        let program = std::env::var("HUSHLOG_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_hushlog").to_owned());
        let child = Command::new(program).args(["run", "-c"]).arg(config.path()).stderr(Stdio::null()).spawn().expect("the program starts");
        let proxy = Self { child, port, _config: config };
        let from = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(from.elapsed() < Duration::from_secs(10), "the program listens");
            thread::sleep(Duration::from_millis(5));
        }
        proxy
    }

    /// CPU seconds used so far (proc(5): fields 14 and 15, in ticks of 10 ms).
    fn cpu(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("the program runs");
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        fields[11..13].iter().map(|ticks| ticks.parse::<f64>().expect("a number")).sum::<f64>() / 100.0
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Events of one connection; every fortieth has something to mask.
fn body(seed: usize, events: usize) -> Vec<u8> {
    let mut text = String::new();
    for event in 0..events {
        let number = (seed * 7_919 + event).wrapping_mul(2_654_435_761) % 1_000_000_007;
        let user = if event % 40 == 0 { "jane.sample@example.com" } else { "worker-7c9f reports done" };
        let mut line = format!(
            "{{\"ts\":\"2026-03-0{}T12:{:02}:{:02}Z\",\"level\":\"info\",\"step\":{number},\"loss\":0.{},\"msg\":\"epoch {} batch {} {user}\",\"node\":\"gpu-{}\"",
            1 + event % 9,
            event % 60,
            event / 60 % 60,
            number % 99_991,
            event % 17,
            event % 4_099,
            event % 64
        );
        let _ = writeln!(
            line,
            ",\"pad\":\"{}\"}}",
            "lorem ipsum dolor sit amet ".repeat(9).get(..250usize.saturating_sub(line.len() + 10)).unwrap_or_default()
        );
        text.push_str(&line);
    }
    text.into_bytes()
}

fn send(port: u16, seed: usize, events: usize, sent: &AtomicU64, stop: &AtomicBool) {
    let body = body(seed, events);
    let head = format!("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: {}\r\n\r\n", body.len());
    let request = [head.as_bytes(), &body].concat();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    stream.set_nodelay(true).expect("no delay");
    let mut answer = [0; 1024];
    while !stop.load(Ordering::Relaxed) {
        stream.write_all(&request).expect("a request is written");
        let read = stream.read(&mut answer).expect("an answer");
        assert!(answer[..read].starts_with(b"HTTP/1.1 200"), "the records are taken");
        sent.fetch_add(events as u64, Ordering::Relaxed);
    }
}

/// A store that counts lines.
fn receive(count: Arc<AtomicU64>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let count = Arc::clone(&count);
            thread::spawn(move || take(stream, &count));
        }
    });
    port
}

fn take(mut stream: TcpStream, count: &AtomicU64) {
    let mut held = vec![0; 256 * 1024];
    let mut filled = 0;
    loop {
        let Ok(read) = stream.read(&mut held[filled..]) else { return };
        if read == 0 {
            return;
        }
        filled += read;
        let Some(head) = held[..filled].windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&held[..head]).to_ascii_lowercase();
        let length: usize =
            text.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok()).expect("a length is announced");
        let mut left = length - (filled - head - 4);
        count.fetch_add(held[head + 4..filled].iter().filter(|byte| **byte == b'\n').count() as u64, Ordering::Relaxed);
        while left > 0 {
            let room = left.min(held.len());
            let Ok(read) = stream.read(&mut held[..room]) else { return };
            left -= read;
            count.fetch_add(held[..read].iter().filter(|byte| **byte == b'\n').count() as u64, Ordering::Relaxed);
        }
        filled = 0;
        if stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").is_err() {
            return;
        }
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}
