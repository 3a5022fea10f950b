//! Replay end to end as a process: GB of text per CPU-second, with digests, manifest and packing.
//!
//! Writes a corpus with findings in 2 % of its lines, replays it as text, as one file, as gzip and as zstd, and runs `scrub`
//! over the same text and `zstd -dc | zstd -1` and its like beside it. CPU time is that of the children (`/proc/self/stat`, in hundredths of a second). Usage:
//! `cargo bench --bench replay [-- --test]`; `HUSHLOG_REPLAY_MB` changes the size, `HUSHLOG_PROGRAM` the program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a benchmark stops at the first surprise")]

mod common;

use common::{Planted, Source};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Files of the corpus: as many as there are threads to show.
const FILES: u64 = 4;

fn main() {
    let test = std::env::args().any(|argument| argument == "--test");
    let megabytes = std::env::var("HUSHLOG_REPLAY_MB").ok().and_then(|given| given.parse().ok()).unwrap_or(256);
    let bytes = if test { 4_000_000 } else { megabytes * 1_000_000_u64 };
    let folder = tempfile::tempdir().unwrap();
    for kind in ["text", "gzip", "zstd", "one"] {
        fs::create_dir(folder.path().join(kind)).unwrap();
    }
    for file in 0..FILES {
        write(folder.path(), file, bytes / FILES);
    }
    let mut one = File::create(folder.path().join("one/all.log")).unwrap();
    for file in 0..FILES {
        std::io::copy(&mut File::open(folder.path().join(format!("text/{file}.log"))).unwrap(), &mut one).unwrap();
    }
    println!("{:28} {:>12} {:>12}", "", "GB/CPU-s", "GB/s");
    let program = std::env::var("HUSHLOG_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_hushlog").to_owned());
    let replay = |kind: &str, jobs: &str| {
        let mut command = Command::new(&program);
        command.args(["replay", kind, "-o", "out", "--jobs", jobs]);
        let row = run(command, folder.path());
        let mut verify = Command::new(&program);
        verify.args(["replay", "verify", "out/manifest.jsonl"]);
        run(verify, folder.path());
        fs::remove_dir_all(folder.path().join("out")).unwrap();
        row
    };
    let shell = |script: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", script]).env("HUSHLOG", &program);
        run(command, folder.path())
    };
    print("scrub, to a file", bytes, &shell("for f in text/*; do \"$HUSHLOG\" scrub $f > copy; done; sync copy"));
    for kind in ["text", "one", "gzip", "zstd"] {
        for jobs in ["1", "2"] {
            print(&format!("{kind}, --jobs {jobs}"), bytes, &replay(kind, jobs));
        }
    }
    for (program, ending) in [("gzip", "gz"), ("zstd", "zst")] {
        if Command::new(program).arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success()) {
            let script = format!("for f in {program}/*; do {program} -dc $f | {program} -1 > copy.{ending}; done");
            print(&format!("{program} -dc | {program} -1"), bytes, &shell(&script));
        }
    }
}

fn write(folder: &Path, seed: u64, bytes: u64) {
    let text = folder.join(format!("text/{seed}.log"));
    let mut source = Source::new(seed + 1, Planted::TwoPercent, false);
    let (mut file, mut written) = (BufWriter::new(File::create(&text).unwrap()), 0);
    while written < bytes {
        let line = source.line();
        file.write_all(line.as_bytes()).unwrap();
        written += line.len() as u64;
    }
    file.flush().unwrap();
    let mut packed =
        flate2::write::GzEncoder::new(File::create(folder.join(format!("gzip/{seed}.log.gz"))).unwrap(), flate2::Compression::fast());
    std::io::copy(&mut File::open(&text).unwrap(), &mut packed).unwrap();
    packed.finish().unwrap();
    let packed = File::create(folder.join(format!("zstd/{seed}.log.zst"))).unwrap();
    zstd::stream::copy_encode(File::open(text).unwrap(), packed, 1).unwrap();
}

struct Row {
    cpu: f64,
    wall: f64,
}

fn run(mut command: Command, folder: &Path) -> Row {
    let (from, cpu) = (Instant::now(), children());
    let status = command.current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert!(status.success(), "{status}");
    Row { cpu: children() - cpu, wall: from.elapsed().as_secs_f64() }
}

/// CPU time of all children that ended, in seconds.
fn children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks: f64 = fields.iter().skip(13).take(2).map(|field| field.parse::<f64>().unwrap()).sum();
    ticks / 100.0
}

fn print(name: &str, bytes: u64, row: &Row) {
    let gigabytes = bytes as f64 / 1e9;
    println!("{name:28} {:>12.3} {:>12.3}", gigabytes / row.cpu.max(0.01), gigabytes / row.wall);
}
