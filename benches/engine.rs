//! The engine on five corpora, for every kernel this processor can run.
//!
//! Identifiers are stage/corpus/kernel. Each stage contains the ones before it:
//! `candidates` (byte classes and prefilters), `verify`, `resolve`, `mask`, then `scrub`
//! (a stream, output emitted). Before it is measured, every corpus must give the findings
//! that were planted in it: a benchmark of wrong results is worth nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a benchmark stops at the first surprise")]
#![allow(missing_docs, reason = "the macro of the benchmark library makes public functions")]

mod common;

use common::shapes::SHAPES;
use common::{ELEVEN, Planted, corpus, is_test, size};
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main, measurement::WallTime};
use hushlog::bench::{Measure, Stage};
use hushlog::{Engine, Kernel};
use std::hint::black_box;
use std::time::Duration;

/// Bytes given to a stage at once, cut at a line end.
const BLOCK: usize = 128 * 1024;

fn kernels() -> impl Iterator<Item = Kernel> {
    Kernel::ALL.into_iter().filter(|kernel| kernel.is_available())
}

fn scrub(engine: &Engine, text: &[u8]) -> u64 {
    let mut stream = engine.stream();
    let mut out = 0;
    stream.push(text, &mut |clean| out += black_box(clean.as_bytes()).len() as u64);
    stream.finish(&mut |clean| out += black_box(clean.as_bytes()).len() as u64);
    out
}

/// Whole lines of about [`BLOCK`] bytes.
fn blocks(text: &[u8]) -> Vec<&[u8]> {
    let mut rest = text;
    let mut blocks = Vec::new();
    while !rest.is_empty() {
        let end = memchr::memrchr(b'\n', rest.get(..BLOCK).unwrap_or(rest)).map_or(rest.len(), |end| end + 1);
        let (block, behind) = rest.split_at(end);
        blocks.push(block);
        rest = behind;
    }
    blocks
}

fn group<'c>(criterion: &'c mut Criterion, stage: &str, bytes: usize) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(stage);
    group.sampling_mode(SamplingMode::Flat).sample_size(10).warm_up_time(Duration::from_millis(300));
    group.measurement_time(Duration::from_secs(1)).throughput(Throughput::Bytes(bytes as u64));
    group
}

fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Candidates => "candidates",
        Stage::Verify => "verify",
        Stage::Resolve => "resolve",
        Stage::Mask => "mask",
    }
}

fn corpora(criterion: &mut Criterion) {
    for (name, values, json) in [
        ("clean", Planted::None, false),
        ("typical", Planted::TwoPercent, false),
        ("dense", Planted::Dense, false),
        ("json", Planted::TwoPercent, true),
    ] {
        let corpus = corpus(size(), values, json);
        for kernel in kernels() {
            let engine = Engine::builder().kernel(kernel).build().unwrap();
            assert_eq!(engine.find(&corpus.text).len(), corpus.planted, "{name}: findings with {}", kernel.name());
            let eleven = Engine::builder().kernel(kernel).only(&ELEVEN).unwrap().build().unwrap();
            assert_eq!(eleven.find(&corpus.text).len(), corpus.planted, "{name}: findings of eleven kinds with {}", kernel.name());
            for stage in Stage::ALL {
                let mut group = group(criterion, stage_name(stage), corpus.text.len());
                let (blocks, mut measure) = (blocks(&corpus.text), Measure::default());
                group.bench_function(BenchmarkId::new(name, kernel.name()), |bencher| {
                    bencher.iter(|| blocks.iter().map(|block| measure.run(&engine, block, stage)).sum::<usize>());
                });
            }
            let mut group = group(criterion, "scrub", corpus.text.len());
            group.bench_function(BenchmarkId::new(name, kernel.name()), |bencher| bencher.iter(|| scrub(&engine, &corpus.text)));
            group.bench_function(BenchmarkId::new(format!("{name}-eleven-kinds"), kernel.name()), |bencher| {
                bencher.iter(|| scrub(&eleven, &corpus.text));
            });
        }
    }
}

/// Shapes that once were, or could be, slow; benches/adversarial.rs has them all and the bounds.
fn adversarial(criterion: &mut Criterion) {
    const FEW: [&str; 8] =
        ["at signs", "digits", "double quotes", "opening braces", "backslashes", "equal signs", "base64, one line", "JSON 100,000 deep"];
    for shape in SHAPES.iter().filter(|shape| FEW.contains(&shape.name)) {
        let text = shape.make(if is_test() { 64 * 1024 } else { 4 * 1024 * 1024 });
        for kernel in kernels() {
            let engine = Engine::builder().kernel(kernel).build().unwrap();
            assert_eq!(engine.find(&text).len(), 0, "{}: nothing to find", shape.name);
            let mut group = group(criterion, "scrub", text.len());
            let name = format!("adversarial-{}", shape.name.replace([' ', ','], "-"));
            group.bench_function(BenchmarkId::new(name, kernel.name()), |bencher| bencher.iter(|| scrub(&engine, &text)));
        }
    }
}

criterion_group!(benches, corpora, adversarial);
criterion_main!(benches);
