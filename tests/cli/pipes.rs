//! Pipes: nothing waits for more input, and a reader that goes away is no error.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use super::{CLEAN, LINE, Program, program};

/// Far beyond what a line takes; reached only when the test fails.
const DEADLINE: Duration = Duration::from_secs(30);

/// Runs the program with all its pipes held by the test.
fn spawn(home: &Program, arguments: &[&str]) -> Child {
    let mut command = program(home.folder.path());
    command.args(arguments).stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// The lines of a reader as they arrive.
fn lines(reader: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(reader).lines() {
            if sender.send(line.unwrap()).is_err() {
                return;
            }
        }
    });
    receiver
}

fn end(mut child: Child) -> (ExitStatus, String) {
    drop(child.stdin.take());
    let mut messages = String::new();
    let stderr = child.stderr.take();
    stderr.unwrap().read_to_string(&mut messages).unwrap();
    (child.wait().unwrap(), messages)
}

#[test]
fn a_complete_line_is_out_while_the_input_pauses() {
    let home = Program::new();
    let mut child = spawn(&home, &["scrub"]);
    let mut stdin = child.stdin.take().unwrap();
    let out = lines(child.stdout.take().unwrap());
    for _ in 0..3 {
        write!(stdin, "{LINE}unfinished ").unwrap();
        assert_eq!(out.recv_timeout(DEADLINE).unwrap(), CLEAN.trim_end());
        assert!(out.try_recv().is_err(), "the unfinished line is out");
        writeln!(stdin, "line").unwrap();
        assert_eq!(out.recv_timeout(DEADLINE).unwrap(), "unfinished line");
    }
    write!(stdin, "the end").unwrap();
    drop(stdin);
    assert_eq!(out.recv_timeout(DEADLINE).unwrap(), "the end");
    assert_eq!(end(child), (ExitStatus::default(), String::new()));
}

#[test]
fn findings_are_out_while_the_input_pauses() {
    let home = Program::new();
    let mut child = spawn(&home, &["find", "--format", "jsonl"]);
    let mut stdin = child.stdin.take().unwrap();
    let out = lines(child.stdout.take().unwrap());
    write!(stdin, "{LINE}").unwrap();
    let first = out.recv_timeout(DEADLINE).unwrap();
    assert!(first.contains(r#""kind":"email""#), "{first}");
    drop(stdin);
    assert_eq!(end(child), (ExitStatus::default(), String::new()));
}

#[test]
fn compressed_input_is_read_as_it_comes() {
    let home = Program::new();
    let mut child = spawn(&home, &["scrub"]);
    let mut stdin = child.stdin.take().unwrap();
    let out = lines(child.stdout.take().unwrap());
    for _ in 0..2 {
        // A member of its own each time: complete, so nothing may be held back.
        stdin.write_all(&super::gzip(LINE.repeat(100))).unwrap();
        for _ in 0..100 {
            assert_eq!(out.recv_timeout(DEADLINE).unwrap(), CLEAN.trim_end());
        }
    }
    drop(stdin);
    assert_eq!(end(child), (ExitStatus::default(), String::new()));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let home = Program::new().with("app.log", LINE.repeat(200_000));
    for command in ["scrub", "find", "explain"] {
        let mut child = spawn(&home, &[command, "app.log"]);
        let mut first = [0; 5];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        assert_eq!(end(child), (ExitStatus::default(), String::new()), "{command}");
    }
}

#[test]
fn a_reader_that_goes_away_does_not_hide_what_was_found() {
    let home = Program::new().with("app.log", LINE.repeat(200_000));
    let mut child = spawn(&home, &["find", "--fail", "app.log"]);
    drop(child.stdout.take());
    assert_eq!(end(child).0.code(), Some(1));
}

#[test]
fn a_closed_standard_error_stops_nothing() {
    let home = Program::new().with("app.log", LINE);
    let mut child = spawn(&home, &["scrub", "missing.log", "app.log"]);
    drop(child.stderr.take());
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    assert_eq!(out, CLEAN);
    assert_eq!(child.wait().unwrap().code(), Some(3));
}

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_end_in_a_core_file() {
    let home = Program::new();
    let mut child = spawn(&home, &["scrub"]);
    let mut stdin = child.stdin.take().unwrap();
    let out = lines(child.stdout.take().unwrap());
    writeln!(stdin, "started").unwrap();
    out.recv_timeout(DEADLINE).unwrap();
    let mut limits = String::new();
    let path = format!("/proc/{}/limits", child.id());
    File::open(path).unwrap().read_to_string(&mut limits).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size"));
    let values: Vec<_> = core.unwrap().split_whitespace().skip(4).take(2).collect();
    assert_eq!(values, ["0", "0"]);
    drop(stdin);
    assert_eq!(end(child), (ExitStatus::default(), String::new()));
}
