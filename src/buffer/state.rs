//! What the buffer on disk knows of itself: segments, cursors, the queue, recent entries.
//!
//! One lock guards it, held for look-ups only and never while a file is touched. The writer thread
//! moves it forward; appenders and readers look.

use super::cursors::Cursors;
use super::files::Files;
use super::key::Key;
use super::segment::Damage;
use super::{AppendError, Entry, Migrate, Refused, WhenFull};
use crate::record::Batch;
use crate::route::{Generation, SinkSet};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, oneshot};

/// Bytes of entries that wait for the writer.
const QUEUE: u64 = 8 << 20;
/// Bytes of recent entries that readers find in memory.
const RING: usize = 4 << 20;

/// What appenders, readers and the writer share.
pub(super) struct Shared {
    pub(super) files: Arc<dyn Files>,
    pub(super) dir: PathBuf,
    pub(super) key: Option<Key>,
    pub(super) sinks: Vec<String>,
    pub(super) max_bytes: u64,
    pub(super) segment_bytes: u64,
    pub(super) when_full: WhenFull,
    pub(super) state: Mutex<State>,
    /// Something for the writer to do, or done by it.
    pub(super) work: Condvar,
    /// Entries to read, or the end.
    pub(super) appended: Notify,
    /// Room for entries, or the end.
    pub(super) room: Notify,
}

pub(super) struct State {
    pub(super) queue: VecDeque<Item>,
    pub(super) queue_bytes: u64,
    /// Rising by number.
    pub(super) segments: VecDeque<Live>,
    pub(super) next_number: u64,
    /// The next sequence number; all before are on the disk.
    pub(super) next: u64,
    /// Bytes of all segments.
    pub(super) total: u64,
    /// For each sink the first sequence number that it has not taken.
    pub(super) cursors: Vec<u64>,
    /// Those of sinks that are no more, as long as entries wait for them.
    pub(super) others: Vec<(String, u64)>,
    /// Ranges that were deleted before older ones.
    pub(super) gaps: Vec<(u64, u64)>,
    /// Whether the cursors are to be saved.
    pub(super) dirty: bool,
    /// Whether somebody waits for room on the disk.
    pub(super) blocked: bool,
    ring: VecDeque<Arc<Entry>>,
    ring_bytes: usize,
    pub(super) generation: Generation,
    pub(super) migrate: Option<Migrate>,
    pub(super) switch: Option<(Generation, Migrate)>,
    /// Whether entries of another generation wait, so that nothing is read.
    pub(super) stalled: bool,
    /// No more is taken.
    pub(super) closed: bool,
    /// The writer is to end.
    pub(super) ending: bool,
    /// The writer has ended.
    pub(super) ended: bool,
    /// What readers found damaged.
    pub(super) damage: Damage,
    /// Whether the disk did not take what was written last.
    pub(super) failing: bool,
}

/// A batch on its way to the disk.
pub(super) struct Item {
    pub(super) batch: Batch,
    pub(super) sinks: SinkSet,
    pub(super) generation: Generation,
    pub(super) size: u64,
    pub(super) done: Done,
}

/// Whom to tell what became of a batch.
pub(super) struct Done {
    sender: oneshot::Sender<Result<(), AppendError>>,
    refused: Option<Refused>,
}

impl Done {
    pub(super) fn say(self, outcome: Result<(), AppendError>) {
        if let (Err(error), Some(refused)) = (outcome, &self.refused) {
            refused(error);
        }
        // Not everybody waits for it.
        let _ = self.sender.send(outcome);
    }
}

/// A segment that is on the disk.
pub(super) struct Live {
    pub(super) number: u64,
    pub(super) first: u64,
    pub(super) end: u64,
    /// Bytes that hold frames, with the header.
    pub(super) bytes: u64,
    pub(super) generation: Generation,
    /// Names of its sinks, if they are not those of the buffer.
    pub(super) names: Option<Vec<String>>,
    /// For each of its sinks one more than the last sequence number that is for it.
    pub(super) last: Vec<u64>,
    /// Whether it grows.
    pub(super) active: bool,
    /// Whether all of it stands in newer segments.
    pub(super) migrated: bool,
    /// Whether something in it is damaged.
    pub(super) damaged: bool,
    /// When it was begun, or found.
    pub(super) since: Instant,
}

/// What a reader finds.
pub(super) enum Look {
    Entry(Arc<Entry>),
    /// In the segment with this number, that holds frames in so many bytes, up to a sequence.
    Segment {
        number: u64,
        bytes: u64,
        end: u64,
    },
    /// Nothing before this sequence.
    Nothing(u64),
    /// Nothing, and nothing will come.
    Closed,
}

impl Shared {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn path(&self, number: u64, end: &str) -> PathBuf {
        self.dir.join(format!("{number:08}{end}"))
    }

    /// Whether a batch may be queued now.
    pub(super) fn room(&self, state: &mut State, size: u64) -> Result<bool, AppendError> {
        let on_disk = state.total + state.queue_bytes + size <= self.max_bytes;
        // One batch always fits, or a large one would wait for ever.
        if !on_disk && (state.queue_bytes > 0 || state.is_waiting()) {
            if self.when_full == WhenFull::DropNewest {
                return Err(AppendError::Full);
            }
            state.blocked = true;
            self.work.notify_all();
            return Ok(false);
        }
        Ok(state.queue_bytes == 0 || state.queue_bytes + size <= QUEUE)
    }

    /// Puts a batch into the queue.
    pub(super) fn enqueue(&self, state: &mut State, item: (Batch, SinkSet), generation: Generation, refused: Option<Refused>) -> Receiver {
        let (sender, receiver) = oneshot::channel();
        let done = Done { sender, refused };
        let (batch, sinks) = item;
        let size = super::format::frame_size(&batch);
        state.queue_bytes += size;
        state.queue.push_back(Item { batch, sinks, generation, size, done });
        self.work.notify_all();
        receiver
    }
}

/// Says when a batch is on the disk.
pub(super) type Receiver = oneshot::Receiver<Result<(), AppendError>>;

impl State {
    pub(super) fn new(generation: Generation, cursors: Vec<u64>) -> Self {
        Self {
            queue: VecDeque::new(),
            queue_bytes: 0,
            segments: VecDeque::new(),
            next_number: 1,
            next: 0,
            total: 0,
            cursors,
            others: Vec::new(),
            gaps: Vec::new(),
            dirty: false,
            blocked: false,
            ring: VecDeque::new(),
            ring_bytes: 0,
            generation,
            migrate: None,
            switch: None,
            stalled: false,
            closed: false,
            ending: false,
            ended: false,
            damage: Damage::default(),
            failing: false,
        }
    }

    /// The cursor of a segment's sink.
    pub(super) fn cursor(&self, segment: &Live, sink: usize, names: &[String]) -> u64 {
        let Some(own) = &segment.names else { return self.cursors.get(sink).copied().unwrap_or(0) };
        let Some(name) = own.get(sink) else { return 0 };
        match names.iter().position(|known| known == name) {
            Some(place) => self.cursors.get(place).copied().unwrap_or(0),
            None => self.others.iter().find(|(known, _)| known == name).map_or(0, |(_, next)| *next),
        }
    }

    /// Whether no sink waits for anything of a segment.
    pub(super) fn is_taken(&self, segment: &Live) -> bool {
        // Entries of a segment with names of its own wait until they are migrated.
        segment.migrated
            || (segment.names.is_none() && segment.last.iter().zip(&self.cursors).all(|(last, cursor)| last <= cursor))
            || segment.last.iter().all(|last| *last == 0)
    }

    /// Whether the front segment can go.
    pub(super) fn is_front_done(&self) -> bool {
        self.segments.front().is_some_and(|front| !front.active && self.is_taken(front))
    }

    fn is_waiting(&self) -> bool {
        self.segments.iter().any(|segment| !self.is_taken(segment))
    }

    /// The segment that grows, if everything in it is taken and it holds anything.
    pub(super) fn is_active_taken(&self) -> bool {
        self.segments.back().is_some_and(|back| back.active && back.end > back.first && self.is_taken(back))
    }

    pub(super) fn is_stale(&self, segment: &Live) -> bool {
        !segment.migrated && (segment.generation != self.generation || segment.names.is_some()) && !self.is_taken(segment)
    }

    /// Looks whether entries of another generation wait.
    pub(super) fn judge_stall(&mut self) {
        self.stalled = self.segments.iter().any(|segment| self.is_stale(segment));
    }

    pub(super) fn remember(&mut self, entry: Arc<Entry>) {
        self.ring_bytes += entry.batch.pinned();
        self.ring.push_back(entry);
        while self.ring_bytes > RING && self.forget_first() {}
    }

    pub(super) fn forget_all(&mut self) {
        self.ring.clear();
        self.ring_bytes = 0;
    }

    fn forget_first(&mut self) -> bool {
        let first = self.ring.pop_front();
        self.ring_bytes -= first.as_ref().map_or(0, |entry| entry.batch.pinned());
        first.is_some()
    }

    /// Moves a sink's cursor.
    pub(super) fn commit(&mut self, sink: usize, sequence: u64) {
        let Some(cursor) = self.cursors.get_mut(sink).filter(|cursor| **cursor <= sequence) else { return };
        *cursor = sequence + 1;
        self.dirty = true;
        while let Some(entry) = self.ring.front()
            && entry.sinks.iter().all(|sink| self.cursors.get(sink).is_none_or(|cursor| *cursor > entry.sequence))
        {
            self.forget_first();
        }
    }

    /// What there is for a sink from a sequence on.
    pub(super) fn look(&self, sink: usize, from: u64) -> Look {
        if self.stalled || self.switch.is_some() {
            // A stall at the end is for the next start to resolve.
            return if self.ended { Look::Closed } else { Look::Nothing(from) };
        }
        let recent = self.ring.front().map_or(self.next, |entry| entry.sequence);
        if from < recent {
            let holds = |segment: &&Live| !segment.migrated && segment.last.get(sink).is_some_and(|last| *last > from);
            if let Some(segment) = self.segments.iter().find(holds).filter(|segment| segment.first < recent) {
                return Look::Segment { number: segment.number, bytes: segment.bytes, end: segment.end };
            }
        }
        let skip = usize::try_from(from.saturating_sub(recent)).unwrap_or(usize::MAX);
        match self.ring.iter().skip(skip).find(|entry| entry.sinks.has(sink)) {
            Some(entry) => Look::Entry(Arc::clone(entry)),
            None if self.closed && self.queue.is_empty() && self.queue_bytes == 0 => Look::Closed,
            None => Look::Nothing(self.next.max(from)),
        }
    }

    /// What is to be saved; segments in `leaving` count as deleted.
    pub(super) fn snapshot(&self, names: &[String], leaving: &[(u64, u64)]) -> Cursors {
        let others =
            self.others.iter().filter(|_| self.segments.iter().any(|segment| segment.names.is_some() && !segment.migrated)).cloned();
        let sinks = names.iter().cloned().zip(self.cursors.iter().copied()).chain(others).collect();
        let front = self.segments.front().map_or(u64::MAX, |segment| segment.first);
        let gaps = self.gaps.iter().chain(leaving).filter(|gap| gap.1 > front).copied().collect();
        Cursors { sinks, gaps }
    }

    /// How long ago the oldest segment was begun, or found, that a sink has not passed.
    pub(super) fn oldest(&self) -> Option<Duration> {
        let waits = |segment: &&Live| !self.is_taken(segment);
        self.segments.iter().find(waits).map(|segment| segment.since.elapsed())
    }

    /// Bytes that wait: of a segment that is taken in part, in proportion.
    pub(super) fn waiting_bytes(&self) -> u64 {
        let waiting = |segment: &Live| {
            if self.is_taken(segment) {
                return 0;
            }
            let lowest = segment.last.iter().zip(&self.cursors).filter(|(last, cursor)| last > cursor).map(|(_, cursor)| *cursor).min();
            let (open, all) = match lowest.filter(|_| segment.names.is_none()) {
                Some(lowest) => (segment.end - lowest.clamp(segment.first, segment.end), segment.end - segment.first),
                None => (1, 1),
            };
            (u128::from(segment.bytes) * u128::from(open) / u128::from(all.max(1))) as u64
        };
        self.queue_bytes + self.segments.iter().map(waiting).sum::<u64>()
    }
}
