//! Literal anchors: the most telling four-byte window of each pattern, and the
//! prefilter tables that find all of them in one pass.
//!
//! Anchors are spread over eight buckets, as in the Teddy algorithm: a byte position
//! keeps one bit a bucket, and four positions in a row must agree. Buckets are chosen
//! so that the expected number of false hits in log text is small.

use crate::data::{Detector, camel};
use crate::tokens::{ByteSet, Item, Program, parse};
use std::fmt::Write as _;

/// Positions compared by the prefilter.
const WIDTH: usize = 4;

/// Anchors of the record structure, not of a kind: lines that a container runtime split.
const STRUCTURE: [&str; 3] = ["stdout P ", "stderr P ", "\",\"stream\":\"std"];

struct Anchor {
    sets: [ByteSet; WIDTH],
    back: usize,
    action: String,
}

pub(crate) fn emit(out: &mut String, detectors: &[Detector], programs: &[Program]) {
    let mut anchors: Vec<Anchor> = Vec::new();
    for (at, program) in programs.iter().enumerate() {
        let (sets, back) = window(&detectors[program.detector].id, &program.items);
        anchors.push(Anchor { sets, back, action: format!("Action::Token({at})") });
    }
    for detector in detectors {
        let Some(finder) = &detector.finder else { continue };
        for pattern in &detector.anchors {
            let (sets, back) = window(&detector.id, &parse(&detector.id, pattern));
            anchors.push(Anchor { sets, back, action: format!("Action::Finder(Finder::{})", camel(finder)) });
        }
    }
    for pattern in STRUCTURE {
        let (sets, back) = window("structure", &parse("structure", pattern));
        anchors.push(Anchor { sets, back, action: "Action::Split".to_owned() });
    }
    let buckets = spread(anchors);
    emit_prefilter(out, &buckets);
    for (at, bucket) in buckets.iter().enumerate() {
        let _ = writeln!(out, "static BUCKET_{at}: [Anchor; {}] = [", bucket.len());
        for anchor in bucket {
            let sets: Vec<String> = anchor.sets.iter().map(|set| format!("ByteSet({:?})", set.0)).collect();
            let _ = writeln!(out, "Anchor {{ sets: [{}], back: {}, action: {} }},", sets.join(","), anchor.back, anchor.action);
        }
        let _ = writeln!(out, "];");
    }
    let names: Vec<String> = (0..buckets.len()).map(|at| format!("&BUCKET_{at}")).collect();
    let _ = writeln!(out, "pub(crate) static BUCKETS: [&[Anchor]; 8] = [{}];", names.join(","));
}

/// Chooses the rarest window among the positions whose offset from the start is fixed.
fn window(id: &str, items: &[Item]) -> ([ByteSet; WIDTH], usize) {
    let mut fixed: Vec<ByteSet> = Vec::new();
    for item in items {
        fixed.extend(std::iter::repeat_n(item.set, usize::from(item.min)));
        if item.min != item.max {
            break;
        }
    }
    fixed.truncate(64);
    assert!(fixed.len() >= 3, "{id}: an anchor needs three fixed positions");
    let mut best = (f64::MAX, [ByteSet::ALL; WIDTH], 0);
    for back in 0..fixed.len() {
        let sets: [ByteSet; WIDTH] = std::array::from_fn(|at| fixed.get(back + at).copied().unwrap_or(ByteSet::ALL));
        let weight = chance(&sets);
        if weight < best.0 {
            best = (weight, sets, back);
        }
    }
    (best.1, best.2)
}

fn chance(sets: &[ByteSet; WIDTH]) -> f64 {
    sets.iter().map(|set| (0..=255u8).filter(|byte| set.contains(*byte)).map(frequency).sum::<f64>()).product()
}

/// A rough model of how often a byte stands in log text.
fn frequency(byte: u8) -> f64 {
    match byte {
        b' ' => 0.10,
        b'e' => 0.05,
        b'0' | b'1' => 0.04,
        b'2'..=b'9' => 0.022,
        b'a' | b'i' | b'n' | b'o' | b'r' | b's' | b't' => 0.035,
        b'a'..=b'z' => 0.014,
        b':' | b'.' | b'-' => 0.02,
        b'/' | b'_' | b'=' | b'"' | b',' => 0.01,
        b'A'..=b'Z' => 0.005,
        0x21..=0x7e => 0.002,
        _ => 0.0005,
    }
}

fn spread(mut anchors: Vec<Anchor>) -> Vec<Vec<Anchor>> {
    anchors.sort_by(|a, b| chance(&b.sets).total_cmp(&chance(&a.sets)));
    let mut buckets: Vec<Vec<Anchor>> = (0..8).map(|_| Vec::new()).collect();
    let mut unions = [[ByteSet::EMPTY; WIDTH]; 8];
    for anchor in anchors {
        let grown: Vec<[ByteSet; WIDTH]> =
            unions.iter().map(|union| std::array::from_fn(|at| union[at].union(&anchor.sets[at]))).collect();
        let cost = |at: &usize| chance(&grown[*at]) - chance(&unions[*at]);
        let best = (0..8).min_by(|a, b| cost(a).total_cmp(&cost(b))).unwrap_or(0);
        unions[best] = grown[best];
        buckets[best].push(anchor);
    }
    buckets
}

fn emit_prefilter(out: &mut String, buckets: &[Vec<Anchor>]) {
    let mut bytes = [[0u8; 256]; WIDTH];
    for (bit, bucket) in buckets.iter().enumerate() {
        for anchor in bucket {
            for (position, set) in anchor.sets.iter().enumerate() {
                for byte in (0..=255u8).filter(|byte| set.contains(*byte)) {
                    bytes[position][usize::from(byte)] |= 1 << bit;
                }
            }
        }
    }
    let mut low = [[0u8; 16]; WIDTH];
    let mut high = [[0u8; 16]; WIDTH];
    for position in 0..WIDTH {
        for byte in 0..256 {
            low[position][byte & 15] |= bytes[position][byte];
            high[position][byte >> 4] |= bytes[position][byte];
        }
    }
    let _ = writeln!(out, "pub(crate) static PREFILTER: Prefilter = Prefilter {{ bytes: {bytes:?}, low: {low:?}, high: {high:?} }};");
}
