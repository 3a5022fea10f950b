//! A file that is being read: its stream through the engine, and the records that come out.
//!
//! It can be dropped at any time and begun again at its point: bytes before it are read again as far
//! as something was open there, and what comes out of them is left out. So memory is needed only for
//! files that are being read now, and a restart, a reload and a pause are the same thing.

use super::about::About;
use super::checkpoint::Point;
use super::holes::{self, Dense, Place};
use super::mark::{self, At};
use super::records::{Form, Joiner, Ready};
use super::tail::Before;
use crate::decode::MARK;
use crate::engine::Stream;
use crate::record::{Batch, CleanBuf, Report};
use crate::route::{Plan, SinkSet};
use crate::sources::intake::{Address, now};
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Instant;

/// Bytes that become one batch, about.
const BATCH: usize = 256 * 1024;
/// Bytes at the end of a rotated file in which a private key may have begun that goes on in the next one.
const SEED: u64 = 128 * 1024;
/// Bytes at the end of a file in which a part of a line may have begun that goes on in the next one; the engine holds no more.
const HELD: u64 = 1 << 20;

/// What a file is read through.
pub(super) enum Input {
    /// The file itself.
    Plain(File),
    /// The text of a compressed file.
    Packed { file: File, reader: Option<Box<dyn Read>>, at: u64 },
    /// Nothing any more: what was not read is lost.
    Gone,
}

impl Input {
    fn read(&mut self, stream: &mut Stream<'_>, offset: u64, place: &mut Place) -> io::Result<usize> {
        match self {
            Self::Plain(file) => stream.read_from(&mut Dense { at: At { file, at: offset }, place }),
            Self::Packed { file, reader, at } => {
                if reader.is_none() || offset < *at {
                    *reader = Some(unpack(file)?);
                    *at = 0;
                }
                let Some(reader) = reader else { return Ok(0) };
                *at += mark::skip(reader, offset - *at)?;
                let read = stream.read_from(reader)?;
                *at += read as u64;
                Ok(read)
            }
            Self::Gone => Ok(0),
        }
    }

    /// What is read, compressed or not.
    pub(super) fn file(&self) -> Option<&File> {
        match self {
            Self::Plain(file) | Self::Packed { file, .. } => Some(file),
            Self::Gone => None,
        }
    }

    /// The file itself, unless it is compressed.
    pub(super) fn plain(&self) -> Option<&File> {
        match self {
            Self::Plain(file) => Some(file),
            Self::Packed { .. } | Self::Gone => None,
        }
    }
}

/// The text of a compressed file.
pub(super) fn unpack(file: &File) -> io::Result<Box<dyn Read>> {
    let mut file = file.try_clone()?;
    io::Seek::rewind(&mut file)?;
    crate::decode::open(file)
}

/// What came out.
pub(super) struct Filled {
    pub(super) batches: Vec<(Batch, SinkSet)>,
    /// What counts as taken when these batches are safe.
    pub(super) point: Point,
    /// Nothing more is there now.
    pub(super) at_end: bool,
    pub(super) error: Option<io::Error>,
}

pub(super) struct Live<'e> {
    stream: Stream<'e>,
    /// Offset in the file of the stream's first byte; before the file, if the stream began in the one before it.
    base: i64,
    /// Bytes of a table's header that the stream read first, and where they and the bytes behind them stand.
    header: Option<(u64, Point)>,
    pub(super) read_to: u64,
    /// What is known of the bytes there.
    place: Place,
    /// Bytes of holes that were left out and not counted yet.
    nuls: u64,
    point: Point,
    /// Lines that end up to the point were records before.
    skipping: bool,
    /// Whether what comes out next is the beginning of the file.
    at_start: bool,
    text: CleanBuf,
    ends: Vec<u64>,
    joiner: Option<Joiner>,
    addresses: [Address; 2],
    max_line: usize,
    /// What was counted already.
    counted: Report,
    /// What was known of its records when it began.
    pub(super) about: About,
    pub(super) used: Instant,
    /// Whether parts of lines that are open at the end are left out.
    withhold: bool,
}

impl<'e> Live<'e> {
    /// Begins, or goes on at a point. `before` is the file that was rotated away from the same name.
    pub(super) fn begin(
        plan: &'e Plan,
        (addresses, about): ([Address; 2], About),
        (form, max_line): (&Form, usize),
        input: &mut Input,
        (point, before): (&Point, Option<&Before>),
    ) -> io::Result<Self> {
        let (mut stream, mut base, mut from, mut header) = (plan.engine.stream(), 0, point.from, None);
        match point.table {
            Some((start, end)) if end <= from => {
                begin_at(&mut stream, start);
                let fed = feed(&mut stream, input, start, end)?;
                base = i64::try_from(from).unwrap_or(0) - i64::try_from(fed).unwrap_or(0);
                // Where the two stretches are one, the header may still grow, and places are those of the file.
                header = (end < from).then(|| (fed, point.clone()));
                if stream.decided() != end - start {
                    // Something is held back: only all of it in its order says what it is.
                    stream = plan.engine.stream();
                    begin_at(&mut stream, start);
                    (base, from, header) = (i64::try_from(start).unwrap_or(0), start, None);
                }
            }
            Some((start, _)) => {
                from = from.min(start);
                begin_at(&mut stream, from);
                base = i64::try_from(from).unwrap_or(0);
            }
            None if from == 0 => {
                // What had its name before may be gone, or compressed.
                stream.may_begin_in_key();
                if let Some((seeded, fed)) = before.filter(|before| !before.is_packed).and_then(|before| seed(plan, &before.file)) {
                    (stream, base) = (seeded, -i64::try_from(fed).unwrap_or(0));
                }
            }
            None => {
                begin_at(&mut stream, from);
                base = i64::try_from(from).unwrap_or(0);
            }
        }
        let skipping = from < point.offset;
        let mut point = point.clone();
        if matches!(form, Form::Pods) && point.offset == 0 && before.is_some_and(|before| is_open(plan, before)) {
            // What is open there is not scanned with what comes here.
            point.rest = [true; 2];
        }
        let joiner = Joiner::new(form, max_line, (point.offset, point.rest));
        stream.note_line_ends(skipping || joiner.is_some());
        // What was read only to know what is open here was counted before.
        let counted = stream.report();
        Ok(Self {
            stream,
            base,
            header,
            read_to: from,
            place: Place::new(),
            nuls: 0,
            at_start: from == 0 && point.offset == 0,
            point,
            skipping,
            text: CleanBuf::default(),
            ends: Vec::new(),
            joiner,
            addresses,
            max_line,
            counted,
            about,
            used: Instant::now(),
            withhold: false,
        })
    }

    /// Offset in the file of a place of the stream.
    fn place(&self, of_stream: u64) -> u64 {
        i64::try_from(of_stream).ok().and_then(|place| u64::try_from(place + self.base).ok()).unwrap_or(0)
    }

    /// From where to begin again for what is not decided yet.
    fn anchor(&self) -> Point {
        let resume = self.stream.resume();
        let mut anchor = Point::of(&resume, self.base);
        if let Some((fed, begun)) = &self.header {
            if resume.table.as_ref().is_some_and(|table| table.start < *fed) {
                anchor.table = begun.table;
            }
            if resume.from < *fed {
                anchor.from = begun.from;
            }
        }
        anchor
    }

    /// Reads what is there, up to a batch; `last` says that no more will come.
    pub(super) fn fill(&mut self, input: &mut Input, last: bool) -> Filled {
        if std::mem::take(&mut self.place.is_hole) {
            self.leave_out_hole(input);
        }
        let anchor = self.anchor();
        let before = self.place(self.stream.decided());
        let (mut at_end, mut error, start) = (false, None, self.read_to);
        while self.read_to - start < BATCH as u64 && !at_end {
            match input.read(&mut self.stream, self.read_to, &mut self.place) {
                Ok(0) if self.place.is_hole => break,
                Ok(0) => at_end = true,
                Ok(read) => {
                    self.read_to += read as u64;
                    let text = &mut self.text;
                    self.stream.drain(&mut |part| text.push(part));
                }
                Err(problem) => {
                    error = Some(problem);
                    break;
                }
            }
        }
        let finished = last && at_end;
        if finished {
            let text = &mut self.text;
            self.stream.finish(&mut |part| text.push(part));
        }
        self.used = Instant::now();
        let batches = self.records(&anchor, before, finished);
        Filled { batches, point: self.point.clone(), at_end, error }
    }

    /// Goes on behind the NULs here as if they were not there. What is open before them says in bytes of the file where it
    /// begins: then they are text.
    fn leave_out_hole(&mut self, input: &Input) {
        let (decided, resume) = (self.stream.decided(), self.stream.resume());
        let open = self.skipping || resume.from != decided || resume.table.is_some() || self.place(decided) != self.read_to;
        let nuls = input.plain().filter(|_| !open).and_then(|file| holes::nuls(file, self.read_to).ok()).unwrap_or(0);
        if nuls == 0 {
            return self.place.pass();
        }
        self.place.behind();
        self.base += i64::try_from(nuls).unwrap_or(0);
        self.read_to += nuls;
        self.nuls += nuls;
    }

    /// Bytes of holes that were left out since this was asked last.
    pub(super) fn left_out(&mut self) -> u64 {
        std::mem::take(&mut self.nuls)
    }

    /// Takes records that waited for more lines as complete.
    pub(super) fn flush(&mut self) -> Filled {
        let mut batches = Vec::new();
        if let Some(joiner) = &mut self.joiner {
            let mut ready = Ready::new(&self.addresses);
            joiner.flush(&mut ready);
            if joiner.safe >= self.point.offset {
                (self.point.offset, self.point.rest) = (joiner.safe, joiner.safe_rest);
            }
            batches = self.addressed(ready);
        }
        Filled { batches, point: self.point.clone(), at_end: true, error: None }
    }

    /// Whether records wait too long for more lines.
    pub(super) fn is_due(&self) -> bool {
        self.joiner.as_ref().is_some_and(Joiner::is_due)
    }

    /// Whether pausing it would cut something.
    pub(super) fn waits(&self) -> bool {
        self.joiner.as_ref().is_some_and(Joiner::waits)
    }

    /// What was scanned since this was asked last, and the sinks that it is for.
    pub(super) fn scanned(&mut self) -> (Report, SinkSet) {
        let now = self.stream.report();
        let new = now.since(&self.counted);
        self.counted = now;
        (new, self.addresses.first().map(|address| address.sinks).unwrap_or_default())
    }

    /// Whether a part of a record is open at the end of what was read.
    pub(super) fn holds(&self) -> bool {
        !self.skipping && (self.waits() || self.place(self.stream.decided()) < self.read_to)
    }

    /// Reads to the end, where no more will come; what goes on in another file is left out if that is not scanned with it.
    pub(super) fn finish(&mut self, input: &mut Input, withhold: bool) -> Filled {
        self.withhold = withhold;
        self.fill(input, true)
    }

    /// Goes on with the next file as if it stood behind this one.
    pub(super) fn go_on_in_next(&mut self) {
        self.base -= i64::try_from(self.read_to).unwrap_or(0);
        (self.read_to, self.point, self.header) = (0, Point::default(), None);
        if let Some(joiner) = &mut self.joiner {
            joiner.begin_file();
        }
    }

    fn addressed(&self, ready: Ready) -> Vec<(Batch, SinkSet)> {
        let batches = ready.batches.into_iter().zip(&self.addresses);
        batches.filter(|(batch, _)| !batch.is_empty()).map(|(batch, address)| (batch.cut(self.max_line), address.sinks)).collect()
    }

    fn records(&mut self, anchor: &Point, before: u64, finished: bool) -> Vec<(Batch, SinkSet)> {
        let whole = if finished { None } else { memchr::memrchr(b'\n', self.text.as_bytes()).map(|end| end + 1).or(Some(0)) };
        let rest = self.text.split_off(whole.unwrap_or(usize::MAX));
        let mut text = std::mem::replace(&mut self.text, rest);
        if self.at_start && !text.as_bytes().is_empty() {
            self.at_start = false;
            if text.as_bytes().starts_with(MARK) {
                text.forget(MARK.len());
            }
        }
        self.stream.take_line_ends(&mut self.ends);
        if self.skipping {
            self.skip(&mut text);
        }
        let (mut batches, mut safe);
        if let Some(joiner) = &mut self.joiner {
            let mut ready = Ready::new(&self.addresses);
            let mut ends = std::mem::take(&mut self.ends);
            let (mut start, mut marks) = (0, ends.drain(..));
            while start < text.as_bytes().len() {
                let line = text.as_bytes().get(start..).unwrap_or_default();
                let stop = start + memchr::memchr(b'\n', line).map_or(line.len(), |end| end + 1);
                let end = marks.next().unwrap_or_else(|| self.stream.decided());
                let end = u64::try_from(i64::try_from(end).unwrap_or(0) + self.base).unwrap_or(0);
                joiner.line(&text, start, stop, end, &mut ready);
                start = stop;
            }
            drop(marks);
            self.ends = ends;
            if finished {
                if self.withhold {
                    joiner.withhold();
                }
                joiner.flush(&mut ready);
            } else if self.text.as_bytes().len() >= self.max_line {
                // A part of a line that is too long; what follows is another record.
                let part = std::mem::take(&mut self.text);
                joiner.line(&part, 0, part.as_bytes().len(), joiner.safe, &mut ready);
            }
            safe = joiner.safe;
            batches = self.addressed(ready);
        } else {
            self.ends.clear();
            batches = Vec::new();
            safe = if self.skipping { self.point.offset } else { self.place(self.stream.line_end()) };
            if let Some(address) = self.addresses.first() {
                for text in [Some(text), (self.text.as_bytes().len() >= self.max_line).then(|| std::mem::take(&mut self.text))] {
                    let Some(text) = text.filter(|text| !text.as_bytes().is_empty()) else { continue };
                    let batch = Batch::of_lines(Arc::clone(&address.origin), text, now());
                    batches.push((batch.cut(self.max_line), address.sinks));
                }
            }
        }
        let decided = self.place(self.stream.decided());
        if finished {
            safe = decided;
        }
        if safe > self.point.offset {
            let resume = self.stream.resume();
            self.point = if safe == decided && resume.from == self.stream.decided() && resume.table.is_none() {
                Point::plain(safe)
            } else if safe > before {
                Point { offset: safe, from: anchor.from.min(safe), table: anchor.table, ..Point::default() }
            } else {
                // An earlier place to begin from is as good.
                Point { offset: safe, ..self.point.clone() }
            };
            self.point.rest = self.joiner.as_ref().map(|joiner| joiner.safe_rest).unwrap_or_default();
        }
        if finished {
            // The rest of the input is a new one, if there ever is any.
            self.point = Point::plain(decided);
        }
        batches
    }

    /// Leaves out the lines that were records before.
    fn skip(&mut self, text: &mut CleanBuf) {
        let (base, until) = (self.base, i64::try_from(self.point.offset).unwrap_or(i64::MAX));
        let known = self.ends.partition_point(|end| i64::try_from(*end).unwrap_or(0) + base <= until);
        let behind = known.checked_sub(1).and_then(|last| memchr::memchr_iter(b'\n', text.as_bytes()).nth(last)).map_or(0, |end| end + 1);
        text.forget(behind);
        self.ends.drain(..known);
        if !self.ends.is_empty() || self.place(self.stream.line_end()) >= self.point.offset {
            self.skipping = false;
            self.stream.note_line_ends(self.joiner.is_some());
        }
    }
}

fn begin_at(stream: &mut Stream<'_>, at: u64) {
    if at > 0 {
        stream.go_on();
    }
}

/// Has a stretch read without taking what comes out. Returns the bytes read.
fn feed(stream: &mut Stream<'_>, input: &mut Input, start: u64, end: u64) -> io::Result<u64> {
    match input {
        Input::Plain(file) => feed_file(stream, file, start, end),
        Input::Packed { file, .. } => {
            let mut reader = unpack(file)?;
            mark::skip(&mut reader, start)?;
            feed_reader(stream, &mut reader, end - start)
        }
        Input::Gone => Ok(0),
    }
}

fn feed_file(stream: &mut Stream<'_>, file: &File, start: u64, end: u64) -> io::Result<u64> {
    feed_reader(stream, &mut At { file, at: start }, end - start)
}

fn feed_reader(stream: &mut Stream<'_>, reader: &mut dyn Read, bytes: u64) -> io::Result<u64> {
    let (mut reader, mut fed) = (reader.take(bytes), 0);
    loop {
        let read = stream.read_from(&mut reader)?;
        if read == 0 {
            return Ok(fed);
        }
        fed += read as u64;
        stream.drain(&mut |_| {});
    }
}

/// A stream behind the end of a rotated file, if a private key is open there.
fn seed<'e>(plan: &'e Plan, before: &File) -> Option<(Stream<'e>, u64)> {
    let size = before.metadata().ok()?.len();
    let from = size.saturating_sub(SEED);
    let mut stream = plan.engine.stream();
    begin_at(&mut stream, from);
    let fed = feed_file(&mut stream, before, from, size).ok()?;
    let resume = stream.resume();
    let open = stream.decided() == fed && stream.line_end() == fed && resume.from < fed && resume.table.is_none();
    open.then_some((stream, fed))
}

/// Whether a part of a line is open at the end of a file.
fn is_open(plan: &Plan, before: &Before) -> bool {
    let mut stream = plan.engine.stream();
    let fed = if before.is_packed {
        unpack(&before.file).and_then(|mut reader| feed_reader(&mut stream, &mut reader, u64::MAX))
    } else {
        before.file.metadata().map(|metadata| metadata.len()).and_then(|size| {
            let from = size.saturating_sub(HELD);
            begin_at(&mut stream, from);
            feed_file(&mut stream, &before.file, from, size)
        })
    };
    // What cannot be read may be open.
    fed.map_or(true, |fed| stream.decided() < fed)
}
