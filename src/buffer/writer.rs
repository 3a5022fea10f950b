//! The one thread that writes: group commit, new segments, cursors, deletions.
//!
//! It takes everything that is queued (within a bound), writes it with one write and one sync, and
//! only then completes the receipts. After an error nothing more goes into that segment: what a
//! failed sync left on the disk is not known. The next group begins a new one.

use super::files::{self, File, Lock};
use super::format::{Frame, Header, Kind};
use super::key::Cipher;
use super::state::{Done, Item, Live, Shared, State};
use super::{AppendError, Entry, Waiting, cursors};
use std::io;
use std::sync::{Arc, MutexGuard};
use std::time::{Duration, Instant};

/// Bytes that are written at once, unless one batch is larger.
const GROUP: u64 = 4 << 20;
/// Memory that is kept between writes.
const KEPT: usize = 8 << 20;
/// How often cursors are saved.
const SAVE: Duration = Duration::from_secs(1);
/// How often a disk that failed is tried while nobody appends.
const TRY: Duration = Duration::from_secs(1);
/// Least bytes of such a try.
const LEAST_TRY: u64 = 64 << 10;
/// File of such a try.
const TRIAL: &str = "trial.tmp";

/// The thread's own state.
pub(super) struct Writer {
    shared: Arc<Shared>,
    active: Option<Active>,
    next: u64,
    out: Vec<u8>,
    saved: Instant,
    /// Since the disk failed: when it was tried last, and the bytes that it did not take.
    failing: Option<(Instant, u64)>,
    /// Held as long as the thread runs.
    _lock: Lock,
}

/// The segment that grows.
struct Active {
    file: Arc<dyn File>,
    header: Header,
    cipher: Option<Cipher>,
    bytes: u64,
}

enum Work {
    Group(Vec<Item>),
    Switch,
    Tidy,
    Try,
    End,
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>, lock: Lock) -> Self {
        let next = shared.state().next;
        Self { shared, active: None, next, out: Vec::new(), saved: Instant::now(), failing: None, _lock: lock }
    }

    /// Works until the buffer ends.
    pub(super) fn run(mut self) {
        loop {
            match self.wait() {
                Work::Group(items) => self.group(items),
                Work::Switch => self.switch(),
                Work::Tidy => self.tidy(false),
                Work::Try => self.try_again(),
                Work::End => break,
            }
        }
        self.tidy(true);
    }

    fn wait(&mut self) -> Work {
        let shared = Arc::clone(&self.shared);
        let mut state = shared.state();
        loop {
            if state.switch.is_some() {
                return Work::Switch;
            }
            let due = state.dirty && self.saved.elapsed() >= SAVE;
            if due || state.is_front_done() || (state.blocked && state.is_active_taken()) {
                return Work::Tidy;
            }
            if !state.queue.is_empty() {
                return Work::Group(take(&mut state));
            }
            if state.ending {
                return Work::End;
            }
            if self.failing.is_some_and(|(tried, _)| tried.elapsed() >= TRY) {
                return Work::Try;
            }
            state = self.sleep(&shared, state);
        }
    }

    fn sleep<'s>(&self, shared: &'s Shared, state: MutexGuard<'s, State>) -> MutexGuard<'s, State> {
        // A poisoned lock is a panic elsewhere; the state it guards is moved in single steps.
        let save = state.dirty.then(|| SAVE.saturating_sub(self.saved.elapsed()));
        let again = self.failing.map(|(tried, _)| TRY.saturating_sub(tried.elapsed()));
        if let Some(left) = save.into_iter().chain(again).min() {
            shared.work.wait_timeout(state, left).map_or_else(|poisoned| poisoned.into_inner().0, |(state, _)| state)
        } else {
            shared.work.wait(state).unwrap_or_else(std::sync::PoisonError::into_inner)
        }
    }

    /// Writes a group, and completes its receipts.
    fn group(&mut self, items: Vec<Item>) {
        let size: u64 = items.iter().map(|item| item.size).sum();
        let (entries, done) = self.entries(items);
        let written = if entries.is_empty() { Ok(0) } else { self.write(&entries) };
        if let Err(error) = &written {
            self.abandon(error, size);
        }
        let mut state = self.shared.state();
        state.queue_bytes -= size.min(state.queue_bytes);
        let outcome = written.map_err(|_| AppendError::Disk).map(|bytes| {
            self.failing = None;
            state.failing = false;
            self.next += entries.len() as u64;
            state.total += bytes;
            state.next = self.next;
            let stale = state.segments.back().is_some_and(|live| live.generation != state.generation);
            if let Some(live) = state.segments.back_mut().filter(|live| live.active) {
                live.bytes += bytes;
                live.end = self.next;
                for entry in &entries {
                    for sink in entry.sinks.iter() {
                        live.last.get_mut(sink).into_iter().for_each(|last| *last = entry.sequence + 1);
                    }
                }
                if live.bytes >= self.shared.segment_bytes {
                    live.active = false;
                    self.active = None;
                }
            }
            if !stale {
                entries.into_iter().for_each(|entry| state.remember(entry));
            }
        });
        drop(state);
        done.into_iter().for_each(|done| done.say(outcome));
        self.out.clear();
        self.out.shrink_to(KEPT);
        self.shared.appended.notify_waiters();
        self.shared.room.notify_waiters();
    }

    /// The entries of items. Those of another generation go through the callback first.
    fn entries(&self, items: Vec<Item>) -> (Vec<Arc<Entry>>, Vec<Done>) {
        let (generation, migrate) = {
            let state = self.shared.state();
            (state.generation, state.migrate.clone())
        };
        let (mut entries, mut done) = (Vec::with_capacity(items.len()), Vec::with_capacity(items.len()));
        for item in items {
            let batches = match &migrate {
                Some(migrate) if item.generation != generation => {
                    let names = item.sinks.iter().filter_map(|sink| self.shared.sinks.get(sink)).map(String::as_str).collect();
                    migrate(&Waiting { batch: &item.batch, sinks: names, taken: Vec::new() })
                }
                _ => vec![(item.batch, item.sinks)],
            };
            for (batch, sinks) in batches {
                let sequence = self.next + entries.len() as u64;
                entries.push(Arc::new(Entry::new(sequence, sinks, generation, batch)));
            }
            done.push(item.done);
        }
        (entries, done)
    }

    /// Writes and syncs. Gives the bytes that the segment grew by.
    fn write(&mut self, entries: &[Arc<Entry>]) -> io::Result<u64> {
        if self.active.is_none() {
            self.active = Some(self.begin()?);
        }
        let Some(active) = &mut self.active else { return Err(io::ErrorKind::NotFound.into()) };
        self.out.clear();
        for entry in entries {
            let range = 0..entry.batch.len();
            let frame = Frame { sequence: entry.sequence, sinks: entry.sinks, refusal: None, batch: &entry.batch, range };
            frame.encode(&mut self.out, &active.header, active.cipher.as_ref()).ok_or(io::ErrorKind::InvalidInput)?;
        }
        active.file.write_at(&self.out, active.bytes)?;
        active.file.sync()?;
        active.bytes += self.out.len() as u64;
        Ok(self.out.len() as u64)
    }

    /// Begins a new segment: its name is on the disk with its whole header, or not at all.
    fn begin(&self) -> io::Result<Active> {
        let shared = &self.shared;
        let (number, generation) = {
            let mut state = shared.state();
            state.next_number += 1;
            (state.next_number - 1, state.generation)
        };
        let (header, bytes) = Header::new(Kind::Waiting, self.next, generation, &shared.sinks, shared.key.as_ref())
            .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let cipher = shared.key.as_ref().and_then(|key| key.cipher(&header.salt, &bytes));
        if header.encrypted && cipher.is_none() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let file = files::replace(shared.files.as_ref(), &shared.dir, &format!("{number:08}.seg"), &bytes)?;
        let mut state = shared.state();
        state.total += header.length;
        state.segments.push_back(Live {
            number,
            first: self.next,
            end: self.next,
            bytes: header.length,
            generation,
            names: None,
            last: vec![0; shared.sinks.len()],
            active: true,
            migrated: false,
            damaged: false,
            since: Instant::now(),
        });
        Ok(Active { file, bytes: header.length, header, cipher })
    }

    /// Gives up a segment that could not be written. What it held before stays.
    fn abandon(&mut self, error: &io::Error, size: u64) {
        if self.failing.is_none() {
            tracing::error!(reason = %error.kind(), "the disk of the buffer does not take records; they are not acknowledged");
        }
        self.failing = Some((Instant::now(), size));
        self.shared.state().failing = true;
        if let Some(active) = self.active.take() {
            // If this fails, the next segment's first number says that what stands here is void.
            let _ = active.file.cut(active.bytes).and_then(|()| active.file.sync());
            if let Some(live) = self.shared.state().segments.back_mut().filter(|live| live.active) {
                live.active = false;
            }
        }
    }

    /// Tries whether a disk that failed takes as much again. Nobody may append while the program says that it is not ready.
    fn try_again(&mut self) {
        let Some((_, size)) = self.failing else { return };
        let (files, path) = (&self.shared.files, self.shared.dir.join(TRIAL));
        let bytes = vec![0; usize::try_from(size.clamp(LEAST_TRY, GROUP)).unwrap_or(0)];
        let tried = files.create(&path).and_then(|file| file.write_at(&bytes, 0).and_then(|()| file.sync()));
        let removed = files.remove(&path);
        if tried.and(removed).is_ok() {
            self.failing = None;
            self.shared.state().failing = false;
            tracing::info!("the disk of the buffer takes records again");
        } else {
            self.failing = Some((Instant::now(), size));
        }
    }

    /// Begins another generation.
    fn switch(&mut self) {
        let mut state = self.shared.state();
        if let Some((generation, migrate)) = state.switch.take() {
            if state.generation != generation {
                self.active = None;
                state.segments.iter_mut().for_each(|live| live.active = false);
            }
            state.generation = generation;
            state.migrate = Some(migrate);
            state.forget_all();
            state.judge_stall();
        }
        drop(state);
        self.shared.work.notify_all();
        self.shared.appended.notify_waiters();
    }

    /// Saves the cursors if it is time, and deletes what every sink has taken.
    fn tidy(&mut self, end: bool) {
        let shared = Arc::clone(&self.shared);
        let due = end || self.saved.elapsed() >= SAVE;
        let mut state = shared.state();
        if (state.blocked || end) && state.is_active_taken() {
            self.active = None;
            state.segments.iter_mut().for_each(|live| live.active = false);
        }
        let mut gone = Vec::new();
        while state.is_front_done() {
            gone.extend(state.segments.pop_front());
        }
        state.blocked = false;
        let inner: Vec<(u64, u64, u64)> = state
            .segments
            .iter()
            .filter(|live| !live.active && state.is_taken(live))
            .map(|live| (live.number, live.first, live.end))
            .collect();
        let leaving: Vec<(u64, u64)> = inner.iter().map(|(_, first, end)| (*first, *end)).collect();
        let cursors = (due && (state.dirty || end)).then(|| state.snapshot(&shared.sinks, &leaving));
        state.dirty &= cursors.is_none();
        state.total -= gone.iter().map(|live| live.bytes).sum::<u64>().min(state.total);
        drop(state);
        if let Some(cursors) = cursors {
            self.saved = Instant::now();
            match files::replace(shared.files.as_ref(), &shared.dir, cursors::NAME, &cursors.encode()) {
                Ok(_) => {
                    let mut state = shared.state();
                    state.gaps = cursors.gaps;
                    let (taken, left) = std::mem::take(&mut state.segments)
                        .into_iter()
                        .partition::<Vec<_>, _>(|live| inner.iter().any(|(number, ..)| *number == live.number));
                    state.segments = left.into();
                    state.total -= taken.iter().map(|live| live.bytes).sum::<u64>().min(state.total);
                    gone.extend(taken);
                }
                Err(error) => {
                    shared.state().dirty = true;
                    tracing::warn!(reason = %error.kind(), "how far the sinks have come was not saved; it is tried again");
                }
            }
        }
        for live in &gone {
            let path = shared.path(live.number, ".seg");
            // What holds damage is kept: somebody may want to look at it.
            let done =
                if live.damaged { shared.files.rename(&path, &shared.path(live.number, ".bad")) } else { shared.files.remove(&path) };
            if let Err(error) = done {
                tracing::warn!(reason = %error.kind(), "a segment that is no longer needed was not removed");
            }
        }
        shared.room.notify_waiters();
        shared.appended.notify_waiters();
    }
}

/// Whatever ends the thread: nobody waits for it any more.
impl Drop for Writer {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        (state.closed, state.ended) = (true, true);
        state.queue.clear();
        state.queue_bytes = 0;
        drop(state);
        self.shared.work.notify_all();
        self.shared.appended.notify_waiters();
        self.shared.room.notify_waiters();
    }
}

fn take(state: &mut State) -> Vec<Item> {
    let mut items = Vec::new();
    let mut bytes = 0;
    while let Some(item) = state.queue.front()
        && (items.is_empty() || bytes + item.size <= GROUP)
    {
        bytes += item.size;
        items.extend(state.queue.pop_front());
    }
    items
}
