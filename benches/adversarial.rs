//! Inputs made to hurt: none may be slower than 100 MB per CPU-second, and twice as much
//! may take at most 2.2 times the CPU.
//!
//! `cargo bench --bench adversarial [-- [--megabytes N] [--kernel NAME] [NAME PART]]` prints a
//! table and fails if a shape misses a bound. Only the scanning thread's CPU time counts
//! (so Linux only), the best of several runs. With `--test`, each shape is
//! scrubbed once, small.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a benchmark stops at the first surprise")]

mod common;

use common::shapes::SHAPES;
use hushlog::{Engine, Kernel};
use std::process::ExitCode;

/// Slowest allowed, in 10^6 bytes per CPU-second.
const FLOOR: f64 = 100.0;
/// Most that twice the input may take.
const RATIO: f64 = 2.2;
/// Bytes given to the stream at once, as a reader does.
const READ: usize = 128 * 1024;
/// A single run is not repeated when it took longer than this, in seconds.
const LONG: f64 = 1.0;

/// CPU seconds that this thread has used.
fn cpu() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// CPU seconds for one pass, and the bytes that came out.
fn scrub(engine: &Engine, text: &[u8]) -> (f64, u64) {
    let start = cpu();
    let mut stream = engine.stream();
    let mut out = 0;
    for step in text.chunks(READ) {
        stream.push(step, &mut |clean| out += clean.as_bytes().len() as u64);
    }
    stream.finish(&mut |clean| out += clean.as_bytes().len() as u64);
    (cpu() - start, out)
}

fn best(engine: &Engine, text: &[u8]) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let (seconds, _) = scrub(engine, text);
        best = best.min(seconds);
        if seconds > LONG {
            break;
        }
    }
    best
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let option = |name: &str| arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1));
    let megabytes: usize = option("--megabytes").map_or(8, |text| text.parse().expect("a number of megabytes"));
    let kernel = option("--kernel").map_or(Kernel::best(), |name| {
        Kernel::ALL.into_iter().find(|kernel| kernel.name() == name).expect("avx512-vbmi2, avx512, avx2 or portable")
    });
    let mut values = arguments.iter().filter(|argument| !argument.starts_with("--"));
    let part = values.find(|value| Some(*value) != option("--megabytes") && Some(*value) != option("--kernel"));
    let engine = Engine::builder().kernel(kernel).build().unwrap();
    let shapes = SHAPES.iter().filter(|shape| part.is_none_or(|part| shape.name.contains(part.as_str())));
    if common::is_test() {
        for shape in shapes {
            let text = shape.make(64 * 1024);
            let (_, out) = scrub(&engine, &text);
            assert!(out > 0, "{}: something comes out", shape.name);
            println!("test adversarial/{} ... ok", shape.name);
        }
        return ExitCode::SUCCESS;
    }
    println!("kernel {}, {megabytes} MB, ratio to half of it\n", engine.kernel().name());
    println!("| input | KB | MB/s | ratio | |\n|---|---:|---:|---:|---|");
    let mut missed = 0;
    for shape in shapes {
        // What is hopeless on a sixteenth is not tried on the whole.
        let bytes = megabytes * 1_000_000;
        let probe = shape.make(bytes / 16);
        let bytes = if probe.len() as f64 / 1e6 / best(&engine, &probe) < FLOOR / 10.0 { bytes / 16 } else { bytes };
        let whole = shape.make(bytes);
        let half = shape.make(bytes / 2);
        let (short, long) = (best(&engine, &half), best(&engine, &whole));
        let speed = whole.len() as f64 / 1e6 / long;
        let ratio = (long / whole.len() as f64) / (short / half.len() as f64) * 2.0;
        let bad = speed < FLOOR || ratio > RATIO && long > 0.002;
        missed += usize::from(bad);
        println!("| {} | {} | {speed:.0} | {ratio:.2} | {} |", shape.name, whole.len() / 1000, if bad { "missed" } else { "" });
    }
    println!("\n{missed} of {} shapes miss a bound", SHAPES.len());
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
