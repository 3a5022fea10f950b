//! Records that wait in memory.

use super::{AppendError, Entry, Migrate, Waiting, WhenFull};
use crate::record::Batch;
use crate::route::{Generation, SinkSet};
use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

pub(super) struct Memory {
    state: Mutex<State>,
    max_bytes: u64,
    when_full: WhenFull,
    /// Something was appended, or the buffer closed.
    appended: Notify,
    /// A sink committed, so that there may be room.
    committed: Notify,
}

struct State {
    entries: VecDeque<Arc<Entry>>,
    /// When each entry came in.
    since: VecDeque<Instant>,
    bytes: u64,
    next: u64,
    /// For each sink the first sequence that it has not committed.
    open: Vec<u64>,
    closed: bool,
    /// What was or is appended under another generation goes through this first.
    now: Option<Arc<Now>>,
    /// Entries that stand for one that was migrated.
    forwards: HashMap<u64, Range<u64>>,
}

/// The generation that holds.
struct Now {
    sinks: Vec<String>,
    generation: Generation,
    migrate: Migrate,
}

impl Memory {
    pub(super) fn new(sinks: usize, max_bytes: u64, when_full: WhenFull) -> Self {
        let state = State {
            entries: VecDeque::new(),
            since: VecDeque::new(),
            bytes: 0,
            next: 0,
            open: vec![0; sinks],
            closed: false,
            now: None,
            forwards: HashMap::new(),
        };
        Self { state: Mutex::new(state), max_bytes, when_full, appended: Notify::new(), committed: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn append(&self, batch: Batch, sinks: SinkSet, generation: Generation) -> Result<Arc<Entry>, AppendError> {
        let mut batch = Some(batch);
        loop {
            if let Some(outcome) = self.try_append(&mut batch, sinks, generation) {
                return outcome;
            }
            let room = self.committed.notified();
            tokio::pin!(room);
            // Registered before looking, so that no commit in between is missed.
            room.as_mut().enable();
            if let Some(outcome) = self.try_append(&mut batch, sinks, generation) {
                return outcome;
            }
            room.await;
        }
    }

    /// Takes the batch, or says why not; nothing while it has to wait for room.
    fn try_append(&self, batch: &mut Option<Batch>, sinks: SinkSet, generation: Generation) -> Option<Result<Arc<Entry>, AppendError>> {
        let mut state = self.state();
        if state.closed {
            return Some(Err(AppendError::Closed));
        }
        let size = batch.as_ref().map_or(0, Batch::pinned) as u64;
        // One batch always fits, or a large one would wait for ever.
        if state.bytes > 0 && state.bytes + size > self.max_bytes {
            return (self.when_full == WhenFull::DropNewest).then_some(Err(AppendError::Full));
        }
        let entry = state.push(batch.take()?, sinks, generation);
        if let Some(now) = state.now.clone().filter(|now| now.generation != generation) {
            state.replace(entry.sequence, &now);
        }
        drop(state);
        self.appended.notify_waiters();
        Some(Ok(entry))
    }

    pub(super) async fn next(&self, sink: usize, from: u64) -> Option<Arc<Entry>> {
        loop {
            let more = self.appended.notified();
            tokio::pin!(more);
            more.as_mut().enable();
            if let Some(entry) = self.try_next(sink, from) {
                return Some(entry);
            }
            if self.state().closed {
                return None;
            }
            more.await;
        }
    }

    pub(super) fn try_next(&self, sink: usize, from: u64) -> Option<Arc<Entry>> {
        let state = self.state();
        let first = state.entries.front()?.sequence;
        let skip = usize::try_from(from.saturating_sub(first)).unwrap_or(usize::MAX);
        // What waits under an earlier generation is moved first.
        state.entries.iter().skip(skip).find(|entry| entry.sinks.has(sink)).filter(|entry| !state.is_stale(entry)).cloned()
    }

    /// The first sequence that a sink has not committed.
    pub(super) fn open(&self, sink: usize) -> u64 {
        self.state().open.get(sink).copied().unwrap_or(0)
    }

    pub(super) fn commit(&self, sink: usize, sequence: u64) {
        let mut state = self.state();
        let Some(open) = state.open.get_mut(sink) else { return };
        let before = std::mem::replace(open, (*open).max(sequence + 1));
        // Whoever waits for one of these, and nobody else, is woken.
        let first = state.first();
        let place = |sequence: u64| usize::try_from(sequence.saturating_sub(first)).unwrap_or(usize::MAX);
        let moved = state.entries.iter().take(place(sequence + 1)).skip(place(before));
        let taken: Vec<Arc<Entry>> = moved.filter(|entry| state.is_done(entry)).cloned().collect();
        while let Some(entry) = state.entries.front()
            && state.is_done(entry)
        {
            state.bytes -= entry.batch.pinned() as u64;
            state.entries.pop_front();
            state.since.pop_front();
        }
        // Also of those whose receipts nobody waits for any more.
        let first = state.first();
        state.forwards.retain(|_, range| range.end > first);
        drop(state);
        taken.iter().for_each(|entry| entry.taken.notify_waiters());
        self.committed.notify_waiters();
    }

    /// Begins another generation.
    pub(super) fn begin(&self, sinks: &[String], generation: Generation, migrate: Migrate) {
        self.state().now = Some(Arc::new(Now { sinks: sinks.to_vec(), generation, migrate }));
    }

    /// Moves what waits to the generation that holds.
    pub(super) fn migrate(&self) -> u64 {
        let (mut moved, mut from) = (0, 0);
        loop {
            // The lock is given up between two: scanning takes its time, and another generation may begin.
            let mut state = self.state();
            let Some(now) = state.now.clone() else { break };
            let Some(stale) = state.first_stale(from).or_else(|| state.first_stale(0)) else { break };
            state.replace(stale, &now);
            (moved, from) = (moved + 1, stale + 1);
        }
        self.appended.notify_waiters();
        self.committed.notify_waiters();
        moved
    }

    /// Waits until every sink of an entry committed it, or of what stands for it now.
    pub(super) async fn committed(&self, entry: Arc<Entry>) -> Result<(), AppendError> {
        let mut open = vec![entry.sequence];
        let mut refused = false;
        while let Some(sequence) = open.pop() {
            refused |= self.taken(sequence).await;
            open.extend(self.state().forwards.remove(&sequence).into_iter().flatten());
        }
        if refused || entry.is_refused() { Err(AppendError::Refused) } else { Ok(()) }
    }

    /// Waits until every sink of an entry committed it. Returns whether one was seen to refuse it.
    async fn taken(&self, sequence: u64) -> bool {
        let mut seen: Option<Arc<Entry>> = None;
        loop {
            let find = |state: &State| {
                let at = usize::try_from(sequence.checked_sub(state.first())?).ok()?;
                state.entries.get(at).map(|entry| (Arc::clone(entry), state.is_done(entry)))
            };
            let entry = match find(&self.state()) {
                Some((entry, false)) => entry,
                Some((entry, true)) => return entry.is_refused(),
                None => return seen.is_some_and(|entry| entry.is_refused()),
            };
            {
                let moved = entry.taken.notified();
                tokio::pin!(moved);
                // Registered before looking again, so that no commit in between is missed.
                moved.as_mut().enable();
                if find(&self.state()).is_some_and(|(now, done)| !done && Arc::ptr_eq(&now, &entry)) {
                    moved.await;
                }
            }
            seen = Some(entry);
        }
    }

    pub(super) fn close(&self) {
        self.state().closed = true;
        self.appended.notify_waiters();
        self.committed.notify_waiters();
    }

    pub(super) fn max_bytes(&self) -> u64 {
        self.max_bytes
    }

    pub(super) fn oldest(&self) -> Option<Duration> {
        self.state().since.front().map(Instant::elapsed)
    }

    pub(super) fn waiting_bytes(&self) -> u64 {
        self.state().bytes
    }
}

impl State {
    /// The first sequence that waits.
    fn first(&self) -> u64 {
        self.entries.front().map_or(self.next, |entry| entry.sequence)
    }

    fn push(&mut self, batch: Batch, sinks: SinkSet, generation: Generation) -> Arc<Entry> {
        let sequence = self.next;
        self.next += 1;
        self.bytes += batch.pinned() as u64;
        let entry = Arc::new(Entry::new(sequence, sinks, generation, batch));
        self.entries.push_back(Arc::clone(&entry));
        self.since.push_back(Instant::now());
        entry
    }

    /// Puts others in the place of an entry, at the end; it stays as one that is for nobody.
    fn replace(&mut self, sequence: u64, now: &Now) {
        let Some(place) = sequence.checked_sub(self.first()).and_then(|place| usize::try_from(place).ok()) else { return };
        let Some(old) = self.entries.get(place).filter(|entry| !self.is_done(entry)).cloned() else { return };
        let waits = |sink: &usize| self.open.get(*sink).is_some_and(|open| *open <= sequence);
        let (waiting, taken): (Vec<usize>, Vec<usize>) = old.sinks.iter().partition(waits);
        let named = |places: Vec<usize>| places.into_iter().filter_map(|place| now.sinks.get(place)).map(String::as_str).collect();
        let batches = (now.migrate)(&Waiting { batch: &old.batch, sinks: named(waiting), taken: named(taken) });
        let nobody = Entry::new(sequence, SinkSet::default(), now.generation, Batch::new(Arc::clone(old.batch.origin())));
        self.bytes = self.bytes - old.batch.pinned() as u64 + nobody.batch.pinned() as u64;
        if let Some(entry) = self.entries.get_mut(place) {
            *entry = Arc::new(nobody);
        }
        let from = self.next;
        for (batch, sinks) in batches {
            self.push(batch, sinks, now.generation);
        }
        self.forwards.insert(sequence, from..self.next);
        old.taken.notify_waiters();
    }

    /// Whether an entry waits under an earlier generation.
    fn is_stale(&self, entry: &Entry) -> bool {
        self.now.as_ref().is_some_and(|now| now.generation != entry.generation) && !self.is_done(entry)
    }

    /// The first stale entry from a sequence on.
    fn first_stale(&self, from: u64) -> Option<u64> {
        let first = self.entries.front()?.sequence;
        let skip = usize::try_from(from.saturating_sub(first)).unwrap_or(usize::MAX);
        self.entries.iter().skip(skip).find(|entry| self.is_stale(entry)).map(|entry| entry.sequence)
    }

    fn is_done(&self, entry: &Entry) -> bool {
        entry.sinks.iter().all(|sink| self.open.get(sink).is_none_or(|open| *open > entry.sequence))
    }
}
