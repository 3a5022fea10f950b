//! Why a record was or was not masked: every candidate and what became of it.

use super::Engine;
use super::find::why;
use super::scanner::Scanner;
use super::verify::Traced;
use crate::record::Why;

/// One candidate of a record. Offsets into the record, half-open; never the value.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Identifier of the kind it was taken for.
    pub kind: String,
    /// What became of it.
    pub outcome: Outcome,
    /// From 0 to 1; 0 when refused.
    pub confidence: f32,
    /// What made the detector accept, if it did.
    pub why: Option<Why>,
}

/// What became of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Masked under its own label.
    Won,
    /// Masked under the label of a stronger finding.
    Overruled,
    /// Not accepted: the check that failed.
    Refused(&'static str),
}

pub(crate) fn explain(engine: &Engine, record: &[u8]) -> Vec<Candidate> {
    let mut scanner = Scanner::new();
    let mut trace: Vec<Traced> = Vec::new();
    scanner.scan_traced(engine, record, &mut trace);
    let mut candidates: Vec<Candidate> = Vec::new();
    for traced in &trace {
        let Some(reason) = traced.refused else { continue };
        candidates.push(Candidate {
            start: traced.start,
            end: traced.end,
            kind: engine.name(traced.kind).id.to_owned(),
            outcome: Outcome::Refused(reason),
            confidence: 0.0,
            why: None,
        });
    }
    for hit in scanner.hits() {
        let (start, end) = (hit.start as usize, hit.end as usize);
        let won =
            scanner.spans.iter().any(|span| span.kind == hit.kind && span.source == hit.source && span.start <= start && span.end >= end);
        candidates.push(Candidate {
            start,
            end,
            kind: engine.name(hit.kind).id.to_owned(),
            outcome: if won { Outcome::Won } else { Outcome::Overruled },
            confidence: f32::from(hit.confidence) / 100.0,
            why: Some(why(hit.source, hit.kind)),
        });
    }
    candidates.sort_by_key(|candidate| (candidate.start, candidate.end));
    candidates.dedup();
    candidates
}
