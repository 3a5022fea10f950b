//! Findings instead of output: where, what and why, line by line.

use super::Engine;
use super::candidates::keys;
use super::catalog::KindId;
use super::stream::{Part, Pump};
use super::tally::Tally;
use super::verify::{Source, packs};
use crate::record::{Report, Why};
use std::io::{self, Read};

/// A finding and its place. Never holds the value.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Line, counted from 1; lines end at `\n`.
    pub line: u64,
    /// First byte, counted from the start of the line.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Identifier of the kind or of the user rule.
    pub kind: String,
    /// From 0 to 1.
    pub confidence: f32,
    /// What made the detector accept.
    pub why: Why,
}

/// A search through a stream; see [`super::Stream`] for how it is fed.
pub struct Finder<'e> {
    pump: Pump<'e>,
    place: Place,
}

/// Where in the input the next undecided byte is.
#[derive(Default)]
struct Place {
    lines: u64,
    column: usize,
}

impl<'e> Finder<'e> {
    pub(crate) fn new(engine: &'e Engine) -> Self {
        Self { pump: Pump::new(engine), place: Place::default() }
    }

    /// As [`super::Stream::may_begin_in_key`].
    pub fn may_begin_in_key(&mut self) {
        self.pump.may_begin_in_key();
    }

    /// Adds bytes and reports the findings of the records they complete.
    pub fn push(&mut self, bytes: &[u8], emit: &mut dyn FnMut(Found)) {
        self.pump.extend(bytes);
        self.drain(emit);
    }

    /// Reads once into the search's own buffer. Returns the bytes read, 0 at the end.
    ///
    /// # Errors
    /// Whatever the reader reports.
    pub fn read_from(&mut self, reader: &mut impl Read) -> io::Result<usize> {
        self.pump.read_from(reader)
    }

    /// Reports the findings of all complete records held.
    pub fn drain(&mut self, emit: &mut dyn FnMut(Found)) {
        let place = &mut self.place;
        self.pump.drain(false, &mut |part, engine, tally| place.visit(part, engine, tally, emit));
    }

    /// Reports what is left, as if the input ended here.
    pub fn finish(&mut self, emit: &mut dyn FnMut(Found)) {
        let place = &mut self.place;
        self.pump.drain(true, &mut |part, engine, tally| place.visit(part, engine, tally, emit));
    }

    /// Counts so far; `masked` counts findings.
    pub fn report(&self) -> Report {
        self.pump.report()
    }
}

impl Place {
    fn visit(&mut self, part: &Part<'_>, engine: &Engine, tally: &mut Tally, emit: &mut dyn FnMut(Found)) {
        // Of a withheld record nothing is known; the next line begins at its end.
        let Part::Scanned { hay, from, spans, .. } = part else { return };
        let mut at = *from;
        for span in spans.iter().filter(|span| span.end > *from) {
            let start = span.start.max(at);
            self.pass(hay.get(at..start).unwrap_or_default());
            at = start;
            let kind = engine.name(span.kind).id;
            tally.add(span.kind, span.end - start);
            emit(Found {
                line: self.lines + 1,
                start: self.column,
                end: self.column + span.end - start,
                kind: kind.to_owned(),
                confidence: f32::from(span.confidence) / 100.0,
                why: why(span.source, span.kind),
            });
        }
        self.pass(hay.get(at..).unwrap_or_default());
    }

    fn pass(&mut self, bytes: &[u8]) {
        self.lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
        self.column = match memchr::memrchr(b'\n', bytes) {
            Some(end) => bytes.len() - end - 1,
            None => self.column + bytes.len(),
        };
    }
}

/// The public reason for a source.
pub(crate) fn why(source: Source, _kind: KindId) -> Why {
    match source {
        Source::Key(at) => Why::Key(keys::key(at).map_or_else(|| packs::name(at), |key| key.name)),
        Source::Rule => Why::Rule,
        Source::Checksum => Why::Checksum,
        // What the hidden text was taken for has a format of its own.
        Source::Format | Source::Hidden(_) => Why::Format,
        Source::Weak => Why::Weak,
        Source::Context => Why::Context,
    }
}
