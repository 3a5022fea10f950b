//! Records that wait in memory.

use super::{AppendError, Entry, WhenFull};
use crate::record::Batch;
use crate::route::{Generation, SinkSet};
use std::collections::VecDeque;
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
}

impl Memory {
    pub(super) fn new(sinks: usize, max_bytes: u64, when_full: WhenFull) -> Self {
        let state = State { entries: VecDeque::new(), since: VecDeque::new(), bytes: 0, next: 0, open: vec![0; sinks], closed: false };
        Self { state: Mutex::new(state), max_bytes, when_full, appended: Notify::new(), committed: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn append(&self, batch: Batch, sinks: SinkSet, generation: Generation) -> Result<u64, AppendError> {
        let size = batch.pinned() as u64;
        loop {
            let room = self.committed.notified();
            tokio::pin!(room);
            // Registered before looking, so that no commit in between is missed.
            room.as_mut().enable();
            {
                let mut state = self.state();
                if state.closed {
                    return Err(AppendError::Closed);
                }
                // One batch always fits, or a large one would wait for ever.
                if state.bytes == 0 || state.bytes + size <= self.max_bytes {
                    let sequence = state.next;
                    state.next += 1;
                    state.bytes += size;
                    state.entries.push_back(Arc::new(Entry { sequence, sinks, generation, batch }));
                    state.since.push_back(Instant::now());
                    drop(state);
                    self.appended.notify_waiters();
                    return Ok(sequence);
                }
                if self.when_full == WhenFull::DropNewest {
                    return Err(AppendError::Full);
                }
            }
            room.await;
        }
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
        state.entries.iter().skip(skip).find(|entry| entry.sinks.has(sink)).cloned()
    }

    pub(super) fn commit(&self, sink: usize, sequence: u64) {
        let mut state = self.state();
        if let Some(open) = state.open.get_mut(sink) {
            *open = (*open).max(sequence + 1);
        }
        while let Some(entry) = state.entries.front()
            && state.is_done(entry)
        {
            state.bytes -= entry.batch.pinned() as u64;
            state.entries.pop_front();
            state.since.pop_front();
        }
        drop(state);
        self.committed.notify_waiters();
    }

    /// Waits until every sink of an entry committed it.
    pub(super) async fn committed(&self, sequence: u64) -> Result<(), AppendError> {
        loop {
            let moved = self.committed.notified();
            tokio::pin!(moved);
            moved.as_mut().enable();
            {
                let state = self.state();
                let first = state.entries.front().map_or(state.next, |entry| entry.sequence);
                let entry = usize::try_from(sequence.saturating_sub(first)).ok().and_then(|at| state.entries.get(at));
                if sequence < first || entry.is_none_or(|entry| state.is_done(entry)) {
                    return Ok(());
                }
            }
            moved.await;
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
    fn is_done(&self, entry: &Entry) -> bool {
        entry.sinks.iter().all(|sink| self.open.get(sink).is_none_or(|open| *open > entry.sequence))
    }
}
