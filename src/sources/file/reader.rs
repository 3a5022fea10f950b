//! The thread that reads all files of a source, each in its turn.
//!
//! It hands batches to the buffer and waits while the buffer does; nothing is read ahead of that. A
//! stream lives as long as its file is read under one plan. When a plan comes that is new, all streams
//! end at their last record and begin again behind it.

use super::about::{About, Describe, Told};
use super::carry::{self, Begin, End};
use super::checkpoint::Point;
use super::commit::{Store, Taken};
use super::live::{Filled, Input, Live};
use super::mark::{self, Mark};
use super::records::Form;
use super::tail::Tail;
use super::watch::Watch;
use super::{Files, Options};
use crate::buffer::{AppendError, Receipt};
use crate::decode::{self, DecodeError};
use crate::route::{Plan, QUARANTINE};
use crate::sources::intake::{Address, Intake, IntakeError};
use crate::task::Stop;
use crate::telemetry::Refusal;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::mpsc;

/// Files whose streams are kept.
const LIVE: usize = 64;
/// How long a stream is kept without something to read.
const IDLE: Duration = Duration::from_secs(5);
/// Most files that are read one behind the other in one turn.
const CHAIN: usize = 16;
/// After this long something else is looked at, such as new files.
const RETRY: Duration = Duration::from_secs(1);

pub(super) struct Reader {
    options: Options,
    describe: Arc<dyn Describe>,
    intake: Intake,
    stop: Stop,
    store: Store,
    taken: mpsc::Sender<Taken>,
}

/// Why a turn did not end well.
enum Broken {
    /// The program ends.
    Stopped,
    /// The buffer takes nothing now, or the region is not known: the same bytes are tried later.
    Later,
}

/// What is to be read, and the streams.
struct Work<'e> {
    plan: &'e Plan,
    runtime: &'e Handle,
    lives: HashMap<u64, Live<'e>>,
    /// Files that wait for the one whose turn it is.
    behind: usize,
}

impl Reader {
    pub(super) fn new(files: Files, intake: Intake, stop: Stop, store: Store, taken: mpsc::Sender<Taken>) -> Self {
        Self { options: files.options, describe: files.describe, intake, stop, store, taken }
    }

    /// Reads until the program ends.
    pub(super) fn run(self, runtime: &Handle) {
        let mut watch = Watch::new(&self.options, &self.store);
        while !self.stop.is_set() {
            let plan = self.intake.plan();
            let work = Work { plan: &plan, runtime, lives: HashMap::new(), behind: 0 };
            self.under(&plan, work, &mut watch);
            // Streams were dropped: what they had not handed over is read again.
            let begun: Vec<u64> = watch.tails.iter().filter(|(_, tail)| tail.point.offset > 0).map(|(file, _)| *file).collect();
            watch.tails.values_mut().for_each(|tail| {
                tail.carried = tail.carried.filter(|next| begun.contains(next));
                if tail.carried.is_none() {
                    tail.is_open = false;
                    tail.read_to = tail.read_to.min(tail.point.offset);
                }
            });
        }
    }

    /// Reads under one plan until there is another one.
    fn under(&self, plan: &Arc<Plan>, mut work: Work<'_>, watch: &mut Watch) {
        let mut looked: Option<Instant> = None;
        loop {
            if self.stop.is_set() || !Arc::ptr_eq(&self.intake.plan(), plan) {
                return;
            }
            // A folder that takes long to look at is looked at less often.
            if looked.is_none_or(|looked| looked.elapsed() >= self.options.poll) {
                watch.look(&self.options, &self.store);
                work.lives.retain(|file, live| watch.tails.contains_key(file) && (live.used.elapsed() < IDLE || live.waits()));
                looked = Some(Instant::now());
            }
            let mut idle = true;
            for file in watch.turns() {
                watch.serve(file);
                match self.attempt(file, &mut work, watch) {
                    Some(read) => idle &= !read,
                    None => return,
                }
                if looked.is_some_and(|looked| looked.elapsed() >= self.options.poll) {
                    idle = false;
                    break;
                }
            }
            if idle {
                let mut stop = self.stop.clone();
                let _ = work.runtime.block_on(async { tokio::time::timeout(self.options.poll, stop.wait()).await });
            }
        }
    }

    /// Reads a batch of one file, and begins its stream anew later if that fails. Returns whether there was something
    /// to do; nothing if the program ends.
    fn attempt(&self, file: u64, work: &mut Work<'_>, watch: &mut Watch) -> Option<bool> {
        match self.turn(file, work, watch) {
            Ok(read) => Some(read),
            Err(Broken::Stopped) => None,
            Err(Broken::Later) => {
                work.lives.remove(&file);
                if let Some(tail) = watch.tails.get_mut(&file) {
                    tail.read_to = tail.read_to.min(tail.point.offset);
                    tail.retry = Some(Instant::now() + RETRY);
                }
                Some(false)
            }
        }
    }

    /// Reads a batch of one file. Returns whether there was something to do.
    fn turn(&self, file: u64, work: &mut Work<'_>, watch: &mut Watch) -> Result<bool, Broken> {
        if let Some(next) = watch.tails.get(&file).and_then(|tail| tail.carried) {
            return self.carried(file, next, work, watch);
        }
        let joins = matches!(self.options.form, Form::Pods);
        if joins {
            let mut begin = carry::take_over(file, &mut work.lives, watch);
            if let Begin::Behind(older) = begin {
                // At once: among many files its stream would be dropped again before this one's turn.
                work.behind += 1;
                let read = if work.behind <= CHAIN { self.attempt(older, work, watch) } else { Some(false) };
                work.behind -= 1;
                if !read.ok_or(Broken::Stopped)? {
                    return Ok(false);
                }
                begin = carry::take_over(file, &mut work.lives, watch);
            }
            if !matches!(begin, Begin::Now) {
                return Ok(matches!(begin, Begin::Behind(_)));
            }
        }
        let Some(tail) = watch.tails.get_mut(&file) else { return Ok(false) };
        let mut ended = tail.has_ended(self.options.rotate_wait);
        if joins && ended && tail.is_open {
            match carry::end(file, watch) {
                End::Waits => ended = false,
                End::Taken => return self.finished(file, work, watch),
                End::Here => {}
            }
        }
        let Some(tail) = watch.tails.get_mut(&file) else { return Ok(false) };
        if !tail.has_work() && !ended {
            return if work.lives.get(&file).is_some_and(Live::is_due) { self.flush(file, work, tail).map(|()| true) } else { Ok(false) };
        }
        if self.look_again(file, work, tail) {
            return Ok(true);
        }
        if !work.lives.contains_key(&file) {
            self.make_room(work, watch)?;
        }
        let Some(tail) = watch.tails.get_mut(&file) else { return Ok(false) };
        let key = self.store.read(|checkpoints| checkpoints.key);
        // What cannot be looked at now is an error when it is read.
        if let Some(plain) = tail.input.plain()
            && !tail.mark.fits(&key, plain).unwrap_or(true)
        {
            self.truncated(file, work, watch)?;
            return Ok(true);
        }
        tail.touched = false;
        tail.verified();
        let head = tail.input.plain().filter(|_| tail.read_to == 0).and_then(|plain| mark::head(plain).ok());
        if let Some(head) = head {
            match decode::begins_text(&head, ended) {
                Some(Ok(())) => {}
                // A few bytes that may become anything.
                None => return Ok(false),
                Some(Err(problem)) => {
                    work.lives.remove(&file);
                    if watch.leave(file) {
                        tracing::error!(source = &*self.store.source, %problem, "a file is not read");
                    }
                    return Ok(true);
                }
            }
        }
        let filled = self.fill(file, ended, work, tail)?;
        if let Some(error) = filled.error {
            if matches!(tail.input, Input::Packed { .. }) {
                // Damaged, or not text: nothing more can be read from it.
                let problem = error.get_ref().and_then(|error| error.downcast_ref::<DecodeError>()).map(tracing::field::display);
                tracing::error!(
                    source = &*self.store.source,
                    problem,
                    "a compressed file is damaged, or holds no text: it is not read further"
                );
                self.end(file, work, watch);
                return Ok(true);
            }
            tracing::warn!(source = &*self.store.source, kind = %error.kind(), "a file cannot be read now");
            tail.retry = Some(Instant::now() + RETRY);
            tail.failing.get_or_insert_with(Instant::now);
            return Ok(true);
        }
        tail.failing = None;
        if filled.at_end && matches!(tail.input, Input::Packed { .. }) && !ended {
            tail.size = tail.read_to;
            if joins && tail.is_open {
                return Ok(true);
            }
            // Nobody writes to it: its end is here.
            self.fill(file, true, work, tail)?;
            self.end(file, work, watch);
        } else if ended && filled.at_end && tail.size == tail.read_to {
            self.end(file, work, watch);
        }
        Ok(true)
    }

    /// A file whose open end went on in the next one is done when that has left.
    fn carried(&self, file: u64, next: u64, work: &mut Work<'_>, watch: &mut Watch) -> Result<bool, Broken> {
        if carry::has_left(next, watch) { self.finished(file, work, watch) } else { Ok(false) }
    }

    /// All of a file left, a part of it in another one's record.
    fn finished(&self, file: u64, work: &mut Work<'_>, watch: &mut Watch) -> Result<bool, Broken> {
        let Some(tail) = watch.tails.get_mut(&file) else { return Ok(false) };
        tail.carried = None;
        let point = Point::plain(tail.read_to);
        self.hand_over(file, work, tail, Vec::new(), &point, true)?;
        self.end(file, work, watch);
        Ok(true)
    }

    /// Fills a batch and hands it over.
    fn fill(&self, file: u64, last: bool, work: &mut Work<'_>, tail: &mut Tail) -> Result<Filled, Broken> {
        if !work.lives.contains_key(&file) {
            let addresses = self.addresses(work.plan, tail)?;
            let how = (&self.options.form, self.options.max_line);
            let live = Live::begin(work.plan, addresses, how, &mut tail.input, (&tail.point, tail.before.as_ref()));
            work.lives.insert(file, live.map_err(|_| Broken::Later)?);
        }
        let Some(live) = work.lives.get_mut(&file) else { return Err(Broken::Later) };
        let key = self.store.read(|checkpoints| checkpoints.key);
        let before = tail.input.plain().and_then(|plain| tail.mark.with_head(&key, plain).ok());
        // What a rotated or truncated file breaks off with goes on elsewhere, and is not scanned with its rest now.
        let goes_on = tail.name.is_some() || matches!(tail.input, Input::Gone);
        let mut filled = if last { live.finish(&mut tail.input, goes_on) } else { live.fill(&mut tail.input, false) };
        let is_open = filled.at_end && !last && live.holds();
        let (report, sinks) = live.scanned();
        self.intake.meter().scanned(&report, sinks.bits());
        self.store.left_out(live.left_out());
        if let (Some(before), Some(plain)) = (before, tail.input.plain()) {
            // Marked before the records leave, and looked at after that.
            let mark = Mark::at(&key, plain, live.read_to, before).unwrap_or(before);
            if !before.fits(&key, plain).unwrap_or(false) {
                // Replaced while it was read: nobody knows whose bytes these are. What was not handed over is read again.
                work.lives.remove(&file);
                (tail.read_to, tail.touched) = (tail.read_to.min(tail.point.offset), true);
                return Ok(Filled { batches: Vec::new(), point: tail.point.clone(), at_end: false, error: None });
            }
            tail.mark = mark;
        }
        (tail.read_to, tail.is_open) = (live.read_to, is_open);
        if filled.at_end {
            tail.size = if tail.size < tail.read_to { tail.read_to } else { tail.size };
        }
        let done = last && filled.at_end;
        let batches = std::mem::take(&mut filled.batches);
        self.hand_over(file, work, tail, batches, &filled.point, done)?;
        Ok(filled)
    }

    fn flush(&self, file: u64, work: &mut Work<'_>, tail: &mut Tail) -> Result<(), Broken> {
        let Some(filled) = work.lives.get_mut(&file).map(Live::flush) else { return Ok(()) };
        self.hand_over(file, work, tail, filled.batches, &filled.point, false)
    }

    /// The stream that was not used for the longest time goes first; what waits for more lines is complete then.
    fn make_room(&self, work: &mut Work<'_>, watch: &mut Watch) -> Result<(), Broken> {
        while work.lives.len() >= LIVE {
            let oldest = work.lives.iter().min_by_key(|(_, live)| live.used).map(|(file, _)| *file);
            let Some(oldest) = oldest else { break };
            if let Some(tail) = watch.tails.get_mut(&oldest) {
                self.flush(oldest, work, tail)?;
            }
            work.lives.remove(&oldest);
        }
        Ok(())
    }

    fn hand_over(
        &self,
        file: u64,
        work: &Work<'_>,
        tail: &mut Tail,
        batches: Vec<(crate::record::Batch, crate::route::SinkSet)>,
        point: &Point,
        done: bool,
    ) -> Result<(), Broken> {
        let mut receipts = Vec::with_capacity(2);
        for (batch, sinks) in batches {
            receipts.push(self.submit(work, batch, sinks)?);
        }
        tail.retry = None;
        if receipts.is_empty() {
            receipts.push(Receipt::nothing());
        }
        let (mark, size) = (tail.mark, tail.size.max(tail.read_to));
        self.store.change(file, |entry| (entry.mark, entry.size) = (mark, size));
        let moved = done || *point != tail.point;
        tail.point = point.clone();
        let last = receipts.len().saturating_sub(1);
        for (at, receipt) in receipts.into_iter().enumerate() {
            let point = (at == last && moved).then(|| point.clone());
            let taken = Taken { receipt, file, point, done };
            let mut stop = self.stop.clone();
            work.runtime.block_on(async {
                tokio::select! {
                    sent = self.taken.send(taken) => sent.map_err(|_| Broken::Stopped),
                    () = stop.wait() => Err(Broken::Stopped),
                }
            })?;
        }
        Ok(())
    }

    fn submit(&self, work: &Work<'_>, batch: crate::record::Batch, sinks: crate::route::SinkSet) -> Result<Receipt, Broken> {
        let (records, mut stop) = (batch.len(), self.stop.clone());
        let submitted = work.runtime.block_on(async {
            tokio::select! {
                submitted = self.intake.submit(work.plan, batch, sinks) => Some(submitted),
                () = stop.wait() => None,
            }
        });
        match submitted {
            None | Some(Err(IntakeError::Buffer(AppendError::Closed))) => Err(Broken::Stopped),
            Some(Ok(receipt)) => Ok(receipt),
            Some(Err(IntakeError::Buffer(AppendError::Full))) => {
                tracing::warn!(
                    source = &*self.store.source,
                    records,
                    "the buffer is full: records were dropped, as the configuration says"
                );
                Ok(Receipt::nothing())
            }
            Some(Err(_)) => {
                tracing::warn!(source = &*self.store.source, "the buffer does not take records now: they are tried again");
                Err(Broken::Later)
            }
        }
    }

    /// Metadata that is another one now begins the stream anew: no record is sent under what does not hold any more.
    ///
    /// Returns whether that is so.
    fn look_again(&self, file: u64, work: &mut Work<'_>, tail: &mut Tail) -> bool {
        let Some(live) = work.lives.get(&file).filter(|_| self.describe.changes()) else { return false };
        if let Told::Known(about) = self.describe.about(&tail.home)
            && about != live.about
        {
            work.lives.remove(&file);
            tail.read_to = tail.read_to.min(tail.point.offset);
            return true;
        }
        false
    }

    /// Where records of a file go, and what that stands on.
    fn addresses(&self, plan: &Plan, tail: &mut Tail) -> Result<([Address; 2], About), Broken> {
        // What is set apart for want of metadata is looked at again when that has come.
        let (about, stands_on) = match self.describe.about(&tail.home) {
            Told::Known(about) => match self.both(plan, &about) {
                Ok(addresses) => {
                    tail.unknown = None;
                    return Ok((addresses, about));
                }
                Err(_) => (about.clone(), about),
            },
            Told::Waiting(about) => {
                self.intake.meter().refused(Refusal::Undecided);
                (about, About::default())
            }
        };
        if tail.unknown.is_none() {
            tracing::warn!(source = &*self.store.source, "the region of a file is not known: its records wait");
        }
        if tail.unknown.get_or_insert_with(Instant::now).elapsed() < self.describe.wait() {
            return Err(Broken::Later);
        }
        let mut set_apart = about;
        set_apart.named.push((QUARANTINE, "undecided".to_owned()));
        let addresses = self.both(plan, &set_apart).map_err(|_| Broken::Later)?;
        Ok((addresses, stands_on))
    }

    /// The addresses of both streams of pods; of other files the same one twice.
    fn both(&self, plan: &Plan, about: &About) -> Result<[Address; 2], IntakeError> {
        let address = |stream: Option<&'static str>| {
            let mut metadata: Vec<(&str, &str)> = about.named.iter().map(|(name, value)| (*name, value.as_str())).collect();
            metadata.extend(stream.map(|stream| ("stream", stream)));
            self.intake.tagged(plan, &metadata, &about.tags)
        };
        match self.options.form {
            Form::Pods => address(Some("stdout")).and_then(|out| Ok([out, address(Some("stderr"))?])),
            _ => address(None).map(|one| [one.clone(), one]),
        }
    }

    /// A file that is shorter than it was, or another one: what was read of it ends, and it begins anew.
    fn truncated(&self, file: u64, work: &mut Work<'_>, watch: &mut Watch) -> Result<(), Broken> {
        if watch.adopt_copy(file, &self.options, &self.store) {
            return Ok(());
        }
        let Some(tail) = watch.tails.get_mut(&file) else { return Ok(()) };
        let is_open = tail.is_open || tail.gone() > 0 || work.lives.get(&file).is_some_and(Live::holds);
        let input = std::mem::replace(&mut tail.input, Input::Gone);
        self.store.lost(tail.gone());
        // What is held back of it is its last record.
        let handed = if work.lives.contains_key(&file) { self.fill(file, true, work, tail).map(drop) } else { Ok(()) };
        work.lives.remove(&file);
        watch.begin_anew(file, input, is_open, &self.store);
        handed
    }

    /// A file was read to its end, and nobody writes to it.
    fn end(&self, file: u64, work: &mut Work<'_>, watch: &mut Watch) {
        work.lives.remove(&file);
        watch.end(file);
    }
}
