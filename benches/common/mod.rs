//! A seeded log corpus that never repeats, with the places of what was planted in it.
//!
//! Used by the benches and by the comparison (benches/compare). The lines are made by
//! `lines`, the values by `values`; the seed decides everything.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a benchmark stops at the first surprise, and each one uses a part of this module"
)]

mod lines;
mod rng;
pub(crate) mod shapes;
mod values;

pub(crate) use rng::Rng;
pub(crate) use values::ELEVEN;

use lines::{Clock, write_line};
use std::fmt::Write as _;

/// How many values the lines hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Planted {
    /// None.
    None,
    /// One in 2 % of the lines.
    TwoPercent,
    /// Two in every line.
    Dense,
}

/// Log text, and how many values were planted in it.
pub(crate) struct Corpus {
    pub(crate) text: Vec<u8>,
    pub(crate) planted: usize,
}

/// Makes a corpus line by line, so that any size fits in memory.
pub(crate) struct Source {
    rng: Rng,
    clock: Clock,
    values: Planted,
    json: bool,
    plain: String,
    line: String,
    next_kind: usize,
    pub(crate) planted: usize,
}

impl Source {
    pub(crate) fn new(seed: u64, values: Planted, json: bool) -> Self {
        Self { rng: Rng::new(seed), clock: Clock::new(), values, json, plain: String::new(), line: String::new(), next_kind: 0, planted: 0 }
    }

    /// The next line, with its end. As JSON, it is the message of a record.
    pub(crate) fn line(&mut self) -> &str {
        self.plain.clear();
        write_line(&mut self.rng, &mut self.clock, &mut self.plain);
        let values = match self.values {
            Planted::None => 0,
            Planted::TwoPercent => u64::from(self.rng.below(50) == 0),
            Planted::Dense => 2,
        };
        for _ in 0..values {
            // In turn, so that every kind comes equally often.
            let (before, value, behind) = values::carried(&mut self.rng, self.next_kind);
            self.next_kind = (self.next_kind + 1) % ELEVEN.len();
            write!(self.plain, "{before}{value}{behind}").unwrap();
            self.planted += 1;
        }
        self.plain.push('\n');
        if !self.json {
            return &self.plain;
        }
        self.line.clear();
        let escaped = self.plain.trim_end().replace('\\', "\\\\").replace('"', "\\\"");
        let level = self.rng.pick(&["INFO", "WARN", "ERROR"]);
        let (node, millis) = (self.rng.below(64), self.rng.below(1000));
        writeln!(
            self.line,
            "{{\"time\":\"2026-11-22T02:11:50.{millis:03}Z\",\"level\":\"{level}\",\"host\":\"node-{node}\",\"message\":\"{escaped}\"}}"
        )
        .unwrap();
        &self.line
    }
}

/// At least `bytes` of log text in whole lines.
pub(crate) fn corpus(bytes: usize, values: Planted, json: bool) -> Corpus {
    let mut source = Source::new(1, values, json);
    let mut text = Vec::with_capacity(bytes + 1024);
    while text.len() < bytes {
        text.extend_from_slice(source.line().as_bytes());
    }
    Corpus { text, planted: source.planted }
}

/// Whether the benches only show that they work (`cargo bench -- --test`).
pub(crate) fn is_test() -> bool {
    std::env::args().any(|argument| argument == "--test")
}

/// Corpus size: small in test mode, else larger than the processor's caches.
pub(crate) fn size() -> usize {
    if is_test() { 256 * 1024 } else { 16 * 1024 * 1024 }
}
