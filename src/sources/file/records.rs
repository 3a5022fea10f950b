//! From scrubbed lines to records: a line each, lines joined, or what a container's program wrote.
//!
//! Keeps the offset behind the last line whose record is complete: a checkpoint may not lie in a
//! record that is still being put together.

use super::multiline::{Multiline, Seen};
use crate::record::{Batch, CleanBuf};
use crate::sources::cri::Line;
use crate::sources::intake::{Address, now};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How records are made of lines.
#[derive(Clone)]
pub(in crate::sources) enum Form {
    /// Each line is one.
    Lines,
    /// Several lines may be one.
    Joined(Multiline),
    /// Lines of a container runtime.
    Pods,
}

/// Most bytes of input between a record that waits for its end and the newest line.
const APART: u64 = 4 << 20;
/// Stands for a part of a line whose other part is not there: together they may be a value, and alone neither is one.
const WITHHELD: &str = "[WITHHELD:part]";
/// Longest time that the part of a line waits for the next one.
const PART_WAIT: Duration = Duration::from_secs(5);

/// A record that may go on.
struct Open {
    body: CleanBuf,
    lines: usize,
    time: i64,
    /// Whether its text is left out: its beginning was not scanned with it.
    withheld: bool,
}

/// Puts records together.
pub(super) struct Joiner {
    multiline: Option<Multiline>,
    /// Of each stream: the text of files, or standard output; standard error.
    open: [Open; 2],
    seen: Seen,
    /// One past the last line of which nothing waits.
    pub(super) safe: u64,
    /// Of each stream: whether the next record may be the rest of a line that began elsewhere. As it is now, and at `safe`.
    rest: [bool; 2],
    pub(super) safe_rest: [bool; 2],
    last: u64,
    since: Instant,
    most: usize,
}

/// Records that are complete, of each stream.
pub(super) struct Ready {
    pub(super) batches: [Batch; 2],
}

impl Ready {
    pub(super) fn new(addresses: &[Address; 2]) -> Self {
        Self { batches: [0, 1].map(|at: usize| Batch::new(Arc::clone(&if at == 0 { &addresses[0] } else { &addresses[1] }.origin))) }
    }
}

impl Joiner {
    pub(super) fn new(form: &Form, most: usize, (at, rest): (u64, [bool; 2])) -> Option<Self> {
        let multiline = match form {
            Form::Lines => return None,
            Form::Joined(multiline) => Some(multiline.clone()),
            Form::Pods => None,
        };
        let open = || Open { body: CleanBuf::default(), lines: 0, time: 0, withheld: false };
        Some(Self {
            multiline,
            open: [open(), open()],
            seen: Seen::default(),
            safe: at,
            rest,
            safe_rest: rest,
            last: at,
            since: Instant::now(),
            most,
        })
    }

    /// Takes a line that ends before `end`; it lies in `text` from `start` on, its line end included.
    pub(super) fn line(&mut self, text: &CleanBuf, start: usize, stop: usize, end: u64, ready: &mut Ready) {
        let line = text.as_bytes().get(start..stop).unwrap_or_default();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        self.since = Instant::now();
        match &self.multiline {
            Some(multiline) => {
                let starts = multiline.starts(line, &mut self.seen);
                let [open, _] = &self.open;
                if open.lines > 0 && (starts || open.lines >= multiline.lines || open.body.as_bytes().len() + line.len() >= self.most) {
                    self.close(0, ready);
                    self.safe = self.last;
                }
                let [open, _] = &mut self.open;
                if open.lines > 0 {
                    open.body.push_own("\n");
                } else {
                    open.time = now();
                }
                open.body.push_part(text, start..start + line.len());
                open.lines += 1;
            }
            None => self.runtime_line(text, start, line, ready),
        }
        self.last = end;
        if self.multiline.is_none() && self.open.iter().all(|open| open.lines == 0) {
            (self.safe, self.safe_rest) = (end, self.rest);
        } else if end.saturating_sub(self.safe) > APART {
            self.flush(ready);
        }
    }

    fn runtime_line(&mut self, text: &CleanBuf, start: usize, line: &[u8], ready: &mut Ready) {
        let read = Line::read(line);
        let stream = read.as_ref().is_some_and(|read| read.is_error);
        let Some(open) = self.open.get_mut(usize::from(stream)) else { return };
        let goes_on = match &read {
            Some(read) => {
                if open.lines == 0 {
                    open.time = read.time.unwrap_or_else(now);
                }
                // What was not scanned as one is not written as one.
                open.withheld |= read.is_tagged && (read.goes_on || open.lines > 0);
                read.append(text, start, &mut open.body);
                read.goes_on
            }
            None => {
                open.time = now();
                open.body.push_part(text, start..start + line.len());
                false
            }
        };
        open.lines += 1;
        if let Some(rest) = self.rest.get_mut(usize::from(stream)) {
            open.withheld |= *rest;
            *rest &= goes_on;
        }
        if !goes_on || open.body.as_bytes().len() >= self.most {
            self.close(usize::from(stream), ready);
        }
    }

    fn close(&mut self, stream: usize, ready: &mut Ready) {
        if let (Some(open), Some(batch)) = (self.open.get_mut(stream), ready.batches.get_mut(stream)) {
            open.body.trim_line_end();
            if std::mem::take(&mut open.withheld) {
                open.body.clear();
                open.body.push_own(WITHHELD);
            }
            if !open.body.as_bytes().is_empty() {
                batch.push(&open.body, open.time);
            }
            open.body.clear();
            open.lines = 0;
        }
    }

    /// Takes what waits as complete.
    pub(super) fn flush(&mut self, ready: &mut Ready) {
        for stream in 0..self.open.len() {
            if self.open.get(stream).is_some_and(|open| open.lines > 0) {
                self.close(stream, ready);
            }
        }
        self.seen = Seen::default();
        (self.safe, self.safe_rest) = (self.last, self.rest);
    }

    /// The parts of lines that wait have no end that is scanned with them: they are left out.
    pub(super) fn withhold(&mut self) {
        if self.multiline.is_none() {
            self.open.iter_mut().for_each(|open| open.withheld |= open.lines > 0);
        }
    }

    /// What comes next stands in another file: offsets begin again.
    pub(super) fn begin_file(&mut self) {
        (self.safe, self.last) = (0, 0);
    }

    /// Whether something waits for longer than it should.
    pub(super) fn is_due(&self) -> bool {
        let wait = self.multiline.as_ref().map_or(PART_WAIT, |multiline| multiline.wait);
        self.waits() && self.since.elapsed() >= wait
    }

    /// Whether something waits.
    pub(super) fn waits(&self) -> bool {
        self.open.iter().any(|open| open.lines > 0)
    }
}
