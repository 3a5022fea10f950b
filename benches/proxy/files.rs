//! From a file to a file: megabytes (10^6) of input per second of the program's own CPU time.
//!
//! The program is started on an empty folder, so that its start is not counted; then the log is moved there.

use super::{Proxy, body, free_port};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

/// Prints the table, with files of so many megabytes.
pub(super) fn print(megabytes: usize) {
    println!("{:24} {:>14} {:>12} {:>12} {:>12}", "file to file", "MB/CPU-s", "MB/s", "lines", "MB");
    for (name, piece) in [("JSON lines", body(1, 4_000)), ("text lines", text())] {
        for disk in [false, true] {
            row(name, &piece, megabytes, disk);
        }
    }
}

fn row(name: &str, piece: &[u8], megabytes: usize, disk: bool) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("logs")).expect("a folder for the log");
    let times = (megabytes * 1_000_000).div_ceil(piece.len());
    let mut log = File::create(path("made")).expect("a log");
    (0..times).for_each(|_| log.write_all(piece).expect("the log is written"));
    let lines = times * newlines(piece);
    let port = free_port();
    let shown = folder.path().display();
    let buffer = if disk { format!("buffer: {{ dir: {shown}/buffer }}\n") } else { String::new() };
    let proxy = Proxy::run(
        port,
        &format!(
            "region: eu-west-1\nadmin: {{ health: \"127.0.0.1:{port}\" }}\n{buffer}\
             sources: {{ app: {{ type: file, include: [\"{shown}/logs/*.log\"], poll: 20ms, checkpoints: \"{shown}/state\" }} }}\n\
             routes: [{{ to: [out] }}]\nsinks: {{ out: {{ type: file, path: \"{shown}/out.ndjson\", max_size: 100GiB }} }}\n"
        ),
    );
    thread::sleep(Duration::from_millis(200));
    let (from, cpu) = (Instant::now(), proxy.cpu());
    fs::rename(path("made"), path("logs/app.log")).expect("the log is moved");
    let mut out = Counter::new(path("out.ndjson"));
    while out.count() < lines {
        assert!(from.elapsed() < Duration::from_secs(600), "every line comes out");
        thread::sleep(Duration::from_millis(5));
    }
    let used = (proxy.cpu() - cpu).max(0.01);
    let bytes = (times * piece.len()) as f64 / 1e6;
    let name = format!("{name}, {}", if disk { "disk" } else { "memory" });
    println!("{name:24} {:>14.0} {:>12.0} {lines:>12} {bytes:>12.0}", bytes / used, bytes / from.elapsed().as_secs_f64());
    assert_eq!(out.count(), lines, "no line comes twice");
}

/// Lines of a service; every fortieth has something to mask.
fn text() -> Vec<u8> {
    let mut text = String::new();
    for line in 0..8_000_usize {
        let number = line.wrapping_mul(2_654_435_761) % 1_000_000_007;
        let end = if line % 40 == 0 { "for jane.sample@example.com" } else { "in the pool of workers" };
        let (minute, second, millis) = (line / 60 % 60, line % 60, number % 1000);
        let _ = writeln!(
            text,
            "2026-03-01T12:{minute:02}:{second:02}.{millis:03}Z INFO trainer.loop: step {number} epoch {} loss 0.{:05} took {} ms {end}",
            line % 17,
            number % 99_991,
            number % 977
        );
    }
    text.into_bytes()
}

fn newlines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

/// Lines of a file that grows.
struct Counter {
    path: PathBuf,
    file: Option<File>,
    block: Vec<u8>,
    lines: usize,
}

impl Counter {
    fn new(path: PathBuf) -> Self {
        Self { path, file: None, block: vec![0; 1 << 20], lines: 0 }
    }

    fn count(&mut self) -> usize {
        if self.file.is_none() {
            self.file = File::open(&self.path).ok();
        }
        if let Some(file) = &mut self.file {
            while let Ok(read @ 1..) = file.read(&mut self.block) {
                self.lines += newlines(&self.block[..read]);
            }
        }
        self.lines
    }
}
