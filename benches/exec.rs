//! `hushlog exec` as a process: megabytes of log per CPU-second of its own, and what it adds to a line.
//!
//! The command writes a generated log to its standard output; only hushlog's own time is counted
//! (`/proc/PID/stat`), not the command's. Usage: `cargo bench --bench exec [-- --test]`;
//! `HUSHLOG_EXEC_MB` changes the size of the log.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark stops at the first surprise"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

fn main() {
    let test = std::env::args().any(|argument| argument == "--test");
    let size = std::env::var("HUSHLOG_EXEC_MB").ok().and_then(|given| given.parse().ok()).unwrap_or(512);
    let size = if test { 4 } else { size } * 1_000_000;
    println!("{:24} {:>12} {:>12}", "", "MB/CPU-s", "MB/s");
    for (name, line) in [("text lines", text as fn(usize) -> String), ("JSON lines", json)] {
        let (per_cpu_second, per_second) = throughput(line, size);
        println!("{name:24} {per_cpu_second:>12.0} {per_second:>12.0}");
    }
    let (lines, pause) = if test { (20, 1) } else { (1_000, 5) };
    let (plain, added) = (latency(false, lines, pause), latency(true, lines, pause));
    println!("{:24} {:>12} {:>12}", "", "p50 us", "p99 us");
    for (name, times) in [("a line, without", plain), ("a line, through hushlog", added)] {
        println!("{name:24} {:>12} {:>12}", times[times.len() / 2].as_micros(), times[times.len() * 99 / 100].as_micros());
    }
    println!("CPU of one silent second: {:.0} ms", silent().as_secs_f64() * 1_000.0);
}

/// Lines as a training job writes them; every fortieth has something to mask.
fn text(number: usize) -> String {
    let who = if number.is_multiple_of(40) { "user jane.sample@example.com asked" } else { "worker 12 reports progress" };
    format!(
        "2026-03-01 12:{:02}:{:02} INFO trainer: step {number} loss 0.{} {who}, throughput 1532 samples/s\n",
        number / 60 % 60,
        number % 60,
        number % 9_973
    )
}

fn json(number: usize) -> String {
    let who = if number.is_multiple_of(40) { "user jane.sample@example.com asked" } else { "worker 12 reports progress" };
    format!("{{\"level\":\"info\",\"step\":{number},\"loss\":0.{},\"msg\":\"{who}\",\"throughput\":1532}}\n", number % 9_973)
}

fn start(script: &str, argument: &str, through: bool) -> Child {
    let mut command = if through { Command::new(env!("CARGO_BIN_EXE_hushlog")) } else { Command::new("sh") };
    if through {
        command.args(["exec", "--", "sh"]);
    }
    command.args(["-c", script, "sh", argument]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the command starts")
}

/// Megabytes per CPU-second and per second.
fn throughput(line: fn(usize) -> String, size: usize) -> (f64, f64) {
    let mut log = tempfile::NamedTempFile::new().expect("a file for the log");
    let block: String = (0..)
        .map(line)
        .scan(0, |sum, line| {
            (*sum < 4_000_000).then(|| {
                *sum += line.len();
                line
            })
        })
        .collect();
    let copies = size.div_ceil(block.len());
    (0..copies).for_each(|_| log.write_all(block.as_bytes()).expect("the log is written"));
    log.flush().expect("the log is written");
    let from = Instant::now();
    let mut child = start("cat \"$1\"; read wait", log.path().to_str().expect("a path"), true);
    let mut out = child.stdout.take().expect("an output");
    let lines = copies * block.lines().count();
    let (mut seen, mut part) = (0, vec![0; 1 << 20]);
    while seen < lines {
        let read = out.read(&mut part).expect("the output is read");
        assert!(read > 0, "every line comes out");
        seen += memchr::memchr_iter(b'\n', &part[..read]).count();
    }
    let (used, took) = (cpu(&child), from.elapsed());
    drop(child.stdin.take());
    child.wait().expect("it ends");
    let megabytes = (copies * block.len()) as f64 / 1e6;
    (megabytes / used.as_secs_f64(), megabytes / took.as_secs_f64())
}

/// Times from a line given to `cat` until it comes out, in rising order.
fn latency(through: bool, lines: usize, pause: u64) -> Vec<Duration> {
    let mut child = start("exec cat", "", through);
    let (mut to, mut from) = (child.stdin.take().expect("an input"), BufReader::new(child.stdout.take().expect("an output")));
    let mut line = String::new();
    let mut times: Vec<Duration> = (0..lines)
        .map(|number| {
            std::thread::sleep(Duration::from_millis(pause));
            let begun = Instant::now();
            to.write_all(text(number).as_bytes()).expect("the line is written");
            line.clear();
            from.read_line(&mut line).expect("the line comes out");
            begun.elapsed()
        })
        .collect();
    drop(to);
    child.wait().expect("it ends");
    times.sort();
    times
}

/// CPU time of a second in which the command says nothing.
fn silent() -> Duration {
    let mut child = start("read wait", "", true);
    std::thread::sleep(Duration::from_millis(300));
    let before = cpu(&child);
    std::thread::sleep(Duration::from_secs(1));
    let used = cpu(&child) - before;
    drop(child.stdin.take());
    child.wait().expect("it ends");
    used
}

/// CPU time of the process itself (proc(5): fields 14 and 15, in ticks of 10 ms).
fn cpu(child: &Child) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).expect("the program runs");
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    Duration::from_millis(fields[11..13].iter().map(|ticks| ticks.parse::<u64>().expect("a number")).sum::<u64>() * 10)
}
