//! Streams: any cut of the bytes gives the same output.
//!
//! Bytes go into one buffer; complete records are scanned in blocks and leave at once,
//! an unfinished tail waits. Three things may hold a tail back longer: a run of split
//! container lines, the first line of a passport zone, a record over the cap. Such a
//! record is scanned in windows at fixed distances from its start, each with the bytes
//! around it as context, so that its output depends on its bytes alone.
//!
//! A panic while scanning is caught: the block is scanned record by record, and only the
//! record that panics is withheld.

use super::Engine;
use super::lines::may_close;
use super::mask::{self, Output, Rewritten};
use super::place::{Place, Resume};
use super::resolve::Span;
use super::scanner::Scanner;
use super::tally::Tally;
use super::verify::PemState;
use crate::record::{Clean, Raw, Report};
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Bytes asked of a reader at once.
const READ: usize = 128 * 1024;
/// Longest record scanned whole, in bytes.
const CAP: usize = 1024 * 1024;
/// Bytes scanned beyond a window, and kept before it: more than any bounded finding.
const CONTEXT: usize = 8 * 1024;
/// Most bytes held back for a structure over several lines that are scanned again at each new line.
const HELD: usize = 4 * 1024;
/// Bytes of a record from which on it is scanned in windows, however many of them are there.
const LONG: usize = CAP + CONTEXT;

/// A stream of log bytes on its way through the engine.
///
/// Feed it with [`Stream::push`], or with [`Stream::read_from`] and [`Stream::drain`],
/// and end it with [`Stream::finish`]. Complete records are emitted as soon as they are
/// in; a stretch without findings is emitted without a copy.
pub struct Stream<'e> {
    pump: Pump<'e>,
    out: Output,
}

/// A private key that is open where a stream ended. Holds none of its bytes.
#[derive(Clone, Copy, Debug)]
pub struct OpenKey(PemState);

/// Memory that streams hand on, so that a short stream costs no allocation.
pub struct Scratch {
    scanner: Scanner,
    buffer: Raw,
    out: Output,
}

impl Default for Scratch {
    fn default() -> Self {
        Self { scanner: Scanner::new(), buffer: Raw::default(), out: Output::default() }
    }
}

impl<'e> Stream<'e> {
    pub(crate) fn new(engine: &'e Engine) -> Self {
        Self { pump: Pump::new(engine), out: Output::default() }
    }

    pub(crate) fn with(engine: &'e Engine, scratch: Scratch) -> Self {
        Self { pump: Pump::with(engine, scratch.scanner, scratch.buffer), out: scratch.out }
    }

    /// Gives the stream's memory back for another stream. What was pushed and not finished is lost.
    pub fn into_scratch(mut self) -> Scratch {
        self.pump.buffer.discard(0..self.pump.buffer.len());
        // What was open belongs to this stream, not to the next one.
        self.pump.scanner.pem = None;
        self.pump.scanner.tables.restart();
        self.out.begin_stream();
        Scratch { scanner: self.pump.scanner, buffer: self.pump.buffer, out: self.out }
    }

    /// Adds unscanned bytes and emits the records they complete.
    pub fn push_raw(&mut self, raw: &Raw, emit: &mut dyn FnMut(Clean<'_>)) {
        self.push(raw.expose(), emit);
    }

    /// Adds bytes and emits the records they complete.
    pub fn push(&mut self, bytes: &[u8], emit: &mut dyn FnMut(Clean<'_>)) {
        // Large inputs go through in steps, so that the buffer stays small.
        for step in bytes.chunks(READ) {
            self.pump.extend(step);
            self.drain(emit);
        }
    }

    /// Reads once into the stream's own buffer. Returns the bytes read, 0 at the end of the input.
    ///
    /// # Errors
    /// Whatever the reader reports; bytes read before stay.
    pub fn read_from(&mut self, reader: &mut impl Read) -> io::Result<usize> {
        self.pump.read_from(reader)
    }

    /// Scrubs and emits all complete records held.
    pub fn drain(&mut self, emit: &mut dyn FnMut(Clean<'_>)) {
        let out = &mut self.out;
        self.pump.drain(false, &mut |part, engine, tally| write_part(part, engine, tally, out, emit));
    }

    /// Says that another input begins, such as the next file: tables end here, and its first line may be a header.
    ///
    /// A record without its line end goes on in the next input, as where a log was rotated.
    pub fn next_input(&mut self, emit: &mut dyn FnMut(Clean<'_>)) {
        self.drain(emit);
        if self.pump.may_begin_anew() {
            self.finish(emit);
        }
    }

    /// Scrubs and emits what is left, as if the input ended here. What is pushed after it is a new input.
    pub fn finish(&mut self, emit: &mut dyn FnMut(Clean<'_>)) {
        let out = &mut self.out;
        self.pump.drain(true, &mut |part, engine, tally| write_part(part, engine, tally, out, emit));
    }

    /// Counts so far.
    pub fn report(&self) -> Report {
        self.pump.report()
    }

    /// Says that the bytes to come stand behind a line end, and are not the first of their input.
    pub fn go_on(&mut self) {
        self.pump.scanner.tables.go_on();
    }

    /// The private key that is open behind the decided bytes.
    pub fn open_key(&self) -> Option<OpenKey> {
        self.pump.scanner.pem.map(OpenKey)
    }

    /// Says that the bytes to come may go on with the private key that another stream ended in.
    pub fn go_on_in_key(&mut self, key: OpenKey) {
        self.pump.scanner.pem = Some(key.0);
    }

    /// Says that the bytes to come may go on with a private key whose beginning is not known: the first lines that
    /// can be nothing else count as lines of it. Says nothing where a key or a record is open.
    pub fn may_begin_in_key(&mut self) {
        self.pump.may_begin_in_key();
    }

    /// Input bytes that are decided: what came of them was emitted. The others are held back.
    pub fn decided(&self) -> u64 {
        self.pump.tally.report.bytes_in
    }

    /// One past the last line end among the decided bytes; 0 without one.
    pub fn line_end(&self) -> u64 {
        self.pump.place.line_end
    }

    /// From now on notes where lines end, or stops doing so; see [`Self::take_line_ends`].
    pub fn note_line_ends(&mut self, note: bool) {
        self.pump.place.ends = note.then(Vec::new);
    }

    /// Moves what was noted to `ends`: one past each line end of decided bytes. As many were emitted.
    pub fn take_line_ends(&mut self, ends: &mut Vec<u64>) {
        if let Some(noted) = &mut self.pump.place.ends {
            ends.append(noted);
        }
    }

    /// Whether keys were masked in an object that may go on: the next one in it with the same label gets a number.
    pub fn numbers_keys(&self) -> bool {
        self.out.numbers_keys()
    }

    /// From where the input has to be read again by who begins anew behind the decided bytes.
    ///
    /// It is the first byte that is not decided, unless something is open there whose state a new stream lacks.
    pub fn resume(&self) -> Resume {
        self.pump.place.resume(self.decided())
    }
}

fn write_part(part: &Part<'_>, engine: &Engine, tally: &mut Tally, out: &mut Output, emit: &mut dyn FnMut(Clean<'_>)) {
    match part {
        Part::Scanned { hay, from, spans, rewritten } => {
            if spans.is_empty() {
                out.pass(hay, *from);
                let rest = hay.get(*from..).unwrap_or_default();
                tally.report.bytes_out += rest.len() as u64;
                if !rest.is_empty() {
                    emit(Clean::assume_scrubbed(rest));
                }
                return;
            }
            out.bytes.clear();
            mask::write(engine, hay, *from, spans, rewritten, out, tally);
        }
        Part::Withheld => {
            out.withheld();
            out.bytes.clear();
            out.bytes.extend_from_slice(b"[WITHHELD:panic]");
        }
    }
    tally.report.bytes_out += out.bytes.len() as u64;
    emit(Clean::assume_scrubbed(&out.bytes));
}

/// A decided stretch of the input.
pub(crate) enum Part<'a> {
    /// Scanned bytes: everything from `from` on is decided, with the spans to mask in it.
    Scanned { hay: &'a [u8], from: usize, spans: &'a [Span], rewritten: &'a Rewritten },
    /// A record whose scan panicked, without its line end.
    Withheld,
}

/// What happens to decided stretches.
pub(crate) type Handle<'h> = dyn FnMut(&Part<'_>, &Engine, &mut Tally) + 'h;

/// Cuts the input into stretches that can be decided, and has them scanned.
pub(crate) struct Pump<'e> {
    engine: &'e Engine,
    scanner: Scanner,
    buffer: Raw,
    /// Bytes at the front of the buffer that were emitted already and serve as context.
    context: usize,
    /// How many bytes must be held before it is worth looking for the end of a held run again,
    /// unless a line after `tried` may be that end.
    wait: usize,
    tried: usize,
    /// Whether bytes up to the next delimiter belong to a value that was already masked.
    inside_masked: bool,
    place: Place,
    pub(crate) tally: Tally,
}

impl<'e> Pump<'e> {
    pub(crate) fn new(engine: &'e Engine) -> Self {
        Self::with(engine, Scanner::new(), Raw::with_capacity(2 * READ))
    }

    fn with(engine: &'e Engine, scanner: Scanner, buffer: Raw) -> Self {
        Self {
            engine,
            scanner,
            buffer,
            context: 0,
            wait: 0,
            tried: 0,
            inside_masked: false,
            place: Place::default(),
            tally: Tally::default(),
        }
    }

    pub(crate) fn read_from(&mut self, reader: &mut impl Read) -> io::Result<usize> {
        self.buffer.read_from(reader, READ)
    }

    pub(crate) fn report(&self) -> Report {
        self.tally.report(self.engine)
    }

    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        self.buffer.extend(bytes);
    }

    /// Decides what can be decided; everything when `last`.
    pub(crate) fn drain(&mut self, last: bool, handle: &mut Handle<'_>) {
        loop {
            self.skip_masked_tail(last);
            let open = self.buffer.expose().get(self.context..).unwrap_or_default();
            let held = open.len();
            // What of a record is there yet must not count: a long one is cut at fixed places.
            let front = open.get(..held.min(LONG)).unwrap_or_default();
            // The rest of a long record goes alone.
            let ending = if self.context > 0 { memchr::memchr2(b'\n', b'\r', front) } else { memchr::memrchr2(b'\n', b'\r', front) };
            let progress = match ending.map(|end| self.context + end + 1) {
                None if held >= LONG => self.window(handle),
                Some(end) if self.context > 0 => self.block(end, true, handle),
                Some(end) if held >= LONG => self.block(end, false, handle) || self.block(end, true, handle),
                _ if last => {
                    let end = self.buffer.len();
                    self.block(end, true, handle);
                    false
                }
                Some(end) if end >= self.wait || self.may_close(open.get(self.tried..end).unwrap_or_default()) => {
                    self.block(end, false, handle)
                }
                _ => false,
            };
            if !progress {
                break;
            }
        }
        if last {
            self.buffer.discard(0..self.buffer.len());
            self.context = 0;
            self.inside_masked = false;
            self.scanner.tables.restart();
            self.place.ended();
        }
    }

    /// Where nothing is open, a key may be whose beginning is not known.
    pub(crate) fn may_begin_in_key(&mut self) {
        if self.buffer.is_empty() && self.scanner.pem.is_none_or(PemState::is_guess) {
            self.scanner.pem = Some(PemState::perhaps());
        }
    }

    /// Whether nothing but an open row of a table is held back.
    fn may_begin_anew(&self) -> bool {
        let held = self.buffer.expose();
        held.is_empty() || self.scanner.tables.held && matches!(held.last(), Some(b'\n' | b'\r'))
    }

    /// Whether one of the lines may end what is held back.
    fn may_close(&self, lines: &[u8]) -> bool {
        may_close(lines) || self.scanner.tables.may_close(lines)
    }

    /// Scans whole records up to `end`. Returns whether some of them could be decided.
    fn block(&mut self, end: usize, force: bool, handle: &mut Handle<'_>) -> bool {
        if end <= self.context {
            return false;
        }
        let hay = self.buffer.expose().get(..end).unwrap_or_default();
        let pem = self.scanner.pem;
        self.scanner.tables.inside_long = self.context > 0;
        let scanned = catch_unwind(AssertUnwindSafe(|| self.scanner.scan_decided(self.engine, hay, force)));
        let decided = match scanned {
            Ok(decided) => {
                let spans = self.scanner.spans.as_slice();
                let spans = spans.get(..spans.partition_point(|span| span.start < decided)).unwrap_or_default();
                let part = Part::Scanned {
                    hay: hay.get(..decided).unwrap_or_default(),
                    from: self.context,
                    spans,
                    rewritten: &self.scanner.rewritten,
                };
                handle(&part, self.engine, &mut self.tally);
                decided
            }
            Err(_) => {
                let tables = std::mem::take(&mut self.scanner.tables);
                self.scanner = Scanner::new();
                self.scanner.pem = pem;
                self.scanner.tables = tables;
                let block = Block { hay, from: self.context, force };
                contain(self.engine, &mut self.scanner, &block, &mut self.tally, handle)
            }
        };
        self.scanner.tables.commit();
        let bytes = self.buffer.expose().get(self.context..decided).unwrap_or_default();
        let start = self.tally.report.bytes_in;
        self.tally.report.bytes_in += bytes.len() as u64;
        self.place.lines(start, bytes);
        let open = self.scanner.pem.map(PemState::taken);
        self.place.block(start..start + bytes.len() as u64, self.context > 0, open, self.scanner.tables.open());
        self.tally.report.lines +=
            memchr::memchr_iter(b'\n', bytes).count() as u64 + u64::from(force && !bytes.is_empty() && !bytes.ends_with(b"\n"));
        self.buffer.discard(0..decided);
        self.context = 0;
        // A held run is looked at again when twice as much is there, so that many small
        // pushes cost no more than one; a few lines are when there is another one.
        self.tried = end - decided;
        self.wait = match self.tried {
            0 => 0,
            held if self.scanner.split || self.scanner.tables.held || held > HELD => 2 * held,
            held => held + 1,
        };
        decided > 0
    }

    /// Scans the first window of a record that is over the cap.
    fn window(&mut self, handle: &mut Handle<'_>) -> bool {
        let cut = self.context + CAP;
        let hay = self.buffer.expose().get(..self.context + LONG).unwrap_or_default();
        self.scanner.cut = true;
        let scanned = catch_unwind(AssertUnwindSafe(|| self.scanner.scan(self.engine, hay, true)));
        self.scanner.cut = false;
        if scanned.is_err() {
            self.scanner = Scanner::new();
            self.tally.report.withheld += 1;
            handle(&Part::Withheld, self.engine, &mut self.tally);
        }
        self.scanner.tables.lose();
        let spans = if scanned.is_ok() { self.scanner.spans.as_slice() } else { &[] };
        let crossing = spans.iter().find(|span| span.start < cut && span.end > cut);
        let end = crossing.map_or(cut, |span| span.end);
        // A value that reaches the end of what is held goes on: what follows belongs to it.
        self.inside_masked = end == hay.len();
        self.tally.report.capped += u64::from(self.inside_masked);
        let before = spans.partition_point(|span| span.start < end);
        if scanned.is_ok() {
            let part = Part::Scanned {
                hay: hay.get(..end).unwrap_or_default(),
                from: self.context,
                spans: spans.get(..before).unwrap_or_default(),
                rewritten: &self.scanner.rewritten,
            };
            handle(&part, self.engine, &mut self.tally);
        }
        self.place.long(self.tally.report.bytes_in);
        self.tally.report.bytes_in += (end - self.context) as u64;
        let keep = end.saturating_sub(CONTEXT);
        self.buffer.discard(0..keep);
        self.context = end - keep;
        true
    }

    /// Drops the rest of a value whose mask was already written.
    fn skip_masked_tail(&mut self, last: bool) {
        if !self.inside_masked {
            return;
        }
        let rest = self.buffer.expose().get(self.context..).unwrap_or_default();
        let stop = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r' | b'"' | b'\'' | b' ' | b',' | b'<' | b'>'));
        let length = stop.unwrap_or(rest.len());
        self.tally.report.bytes_in += length as u64;
        self.buffer.discard(self.context..self.context + length);
        self.inside_masked = stop.is_none() && !last;
    }
}

/// Bytes whose scan panicked; those before `from` are only context.
struct Block<'b> {
    hay: &'b [u8],
    from: usize,
    force: bool,
}

/// After a panic: finds the records that panic and scans the block again with these blanked
/// out, so that the others keep their neighbours. Returns where the decided bytes end.
///
/// If no record panics by itself (split lines may do so together), all are withheld.
fn contain(engine: &Engine, scanner: &mut Scanner, block: &Block<'_>, tally: &mut Tally, handle: &mut Handle<'_>) -> usize {
    let hay = block.hay;
    let pem = scanner.pem;
    let tables = std::mem::take(&mut scanner.tables);
    let mut calm = hay.to_vec();
    let (mut records, mut culprits) = (Vec::new(), Vec::new());
    let mut start = 0;
    while start < hay.len() {
        let rest = hay.get(start..).unwrap_or_default();
        let record = start..start + memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        start = record.end + 1;
        if record.is_empty() {
            continue;
        }
        let text = hay.get(record.clone()).unwrap_or_default();
        if catch_unwind(AssertUnwindSafe(|| scanner.scan(engine, text, true))).is_err() {
            *scanner = Scanner::new();
            if let Some(blank) = calm.get_mut(record.clone()) {
                // Letters go on with a private key or a table, and begin nothing.
                blank.fill(b'A');
            }
            culprits.push(record.clone());
        }
        records.push(record);
    }
    scanner.pem = pem;
    scanner.tables = tables;
    let decided = match catch_unwind(AssertUnwindSafe(|| scanner.scan_decided(engine, &calm, block.force))) {
        Ok(decided) => decided,
        Err(_) => {
            *scanner = Scanner::new();
            scanner.tables.lose();
            culprits = records;
            hay.len()
        }
    };
    let spans = scanner.spans.as_slice();
    let scanned = |from: usize, to: usize, tally: &mut Tally, handle: &mut Handle<'_>| {
        let inside = spans.partition_point(|span| span.end <= from)..spans.partition_point(|span| span.start < to);
        let spans = spans.get(inside).unwrap_or_default();
        let part = Part::Scanned { hay: hay.get(..to).unwrap_or_default(), from, spans, rewritten: &scanner.rewritten };
        handle(&part, engine, tally);
    };
    let mut at = block.from;
    for culprit in culprits.into_iter().filter(|culprit| culprit.end > block.from && culprit.start < decided) {
        scanned(at, culprit.start.max(at), tally, handle);
        handle(&Part::Withheld, engine, tally);
        tally.report.withheld += 1;
        at = culprit.end;
    }
    scanned(at, decided.max(at), tally, handle);
    decided
}
