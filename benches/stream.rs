//! Streams: what the size of the pieces that come in costs.
//!
//! Identifiers are push/corpus/bytes a piece. The same corpus goes through in pieces of
//! one line and of 512 bytes to 1 MiB; `read` is the way of the command line, which reads
//! into the stream's own buffer. The number of findings must not depend on the pieces.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a benchmark stops at the first surprise")]
#![allow(missing_docs, reason = "the macro of the benchmark library makes public functions")]

mod common;

use common::{Planted, corpus, size};
use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use hushlog::Engine;
use std::hint::black_box;
use std::io::Read;
use std::time::Duration;

fn pushed<'t>(engine: &Engine, pieces: impl Iterator<Item = &'t [u8]>) -> u64 {
    let mut stream = engine.stream();
    for piece in pieces {
        stream.push(piece, &mut |clean| {
            black_box(clean.as_bytes());
        });
    }
    stream.finish(&mut |clean| {
        black_box(clean.as_bytes());
    });
    stream.report().masked()
}

/// A reader that gives at most `most` bytes at once, as a pipe does.
struct Pipe<'t> {
    rest: &'t [u8],
    most: usize,
}

impl Read for Pipe<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = buffer.len().min(self.most);
        self.rest.read(buffer.get_mut(..most).unwrap_or_default())
    }
}

fn read(engine: &Engine, text: &[u8], most: usize) -> u64 {
    let (mut stream, mut pipe) = (engine.stream(), Pipe { rest: text, most });
    while stream.read_from(&mut pipe).unwrap() > 0 {
        stream.drain(&mut |clean| {
            black_box(clean.as_bytes());
        });
    }
    stream.finish(&mut |clean| {
        black_box(clean.as_bytes());
    });
    stream.report().masked()
}

fn pieces(criterion: &mut Criterion) {
    let engine = Engine::standard();
    for (name, json) in [("typical", false), ("json", true)] {
        let corpus = corpus(size(), Planted::TwoPercent, json);
        let (text, planted) = (corpus.text.as_slice(), corpus.planted as u64);
        let mut group = criterion.benchmark_group("push");
        group.sampling_mode(SamplingMode::Flat).sample_size(10).warm_up_time(Duration::from_millis(300));
        group.measurement_time(Duration::from_secs(1)).throughput(Throughput::Bytes(text.len() as u64));
        let lines = || text.split_inclusive(|byte| *byte == b'\n');
        assert_eq!(pushed(&engine, lines()), planted, "{name}: line by line");
        group.bench_function(BenchmarkId::new(name, "line"), |bencher| bencher.iter(|| pushed(&engine, lines())));
        for bytes in [512, 4096, 16 * 1024, 64 * 1024, 256 * 1024, 1024 * 1024] {
            assert_eq!(pushed(&engine, text.chunks(bytes)), planted, "{name}: {bytes} bytes a piece");
            group.bench_function(BenchmarkId::new(name, bytes), |bencher| bencher.iter(|| pushed(&engine, text.chunks(bytes))));
        }
        group.finish();
        let mut group = criterion.benchmark_group("read");
        group.sampling_mode(SamplingMode::Flat).sample_size(10).warm_up_time(Duration::from_millis(300));
        group.measurement_time(Duration::from_secs(1)).throughput(Throughput::Bytes(text.len() as u64));
        for bytes in [4096, 64 * 1024, usize::MAX] {
            assert_eq!(read(&engine, text, bytes), planted, "{name}: read by {bytes}");
            let id = if bytes == usize::MAX { "whole".to_owned() } else { bytes.to_string() };
            group.bench_function(BenchmarkId::new(name, id), |bencher| bencher.iter(|| read(&engine, text, bytes)));
        }
    }
}

criterion_group!(benches, pieces);
criterion_main!(benches);
