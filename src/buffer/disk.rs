//! Records that wait on disk: appending, reading, moving to another generation.
//!
//! What was appended lately is read from memory, everything else from its segment, so that a sink
//! that is down costs disk and no memory. All writing is the writer thread's.

use super::recover::{self, Recovery, is_damage};
use super::segment::{Segment, Stored, Unreadable};
use super::state::{Look, Receiver, Shared};
use super::writer::Writer;
use super::{AppendError, Entry, Migrate, OpenError, Refused, Settings, Waiting};
use crate::record::Batch;
use crate::route::{Generation, SinkSet};
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Bytes that a reader takes from a segment at once.
const AHEAD: usize = 1 << 20;
/// Bytes of migrated batches that are under way at once.
const UNDER_WAY: u64 = 4 << 20;
/// How long to wait when the system cannot open or read a file just now.
const RETRY: Duration = Duration::from_secs(1);

pub(super) struct Disk {
    shared: Arc<Shared>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// A sink's place.
#[derive(Default)]
pub(super) struct Place {
    next: u64,
    ahead: VecDeque<Arc<Entry>>,
    /// Reads from a segment; survives that the one who waits for it is dropped.
    reading: Option<tokio::task::JoinHandle<Read>>,
    open: Option<(u64, Segment)>,
}

/// What was read from a segment.
struct Read {
    entries: Vec<Arc<Entry>>,
    next: u64,
    open: Option<(u64, Segment)>,
    wait: bool,
}

impl Disk {
    pub(super) fn open(settings: Settings, sinks: &[String], generation: Generation) -> Result<(Self, Recovery), OpenError> {
        let (shared, lock, recovery) = recover::open(settings, sinks, generation)?;
        let writer = Writer::new(Arc::clone(&shared), lock);
        let thread = std::thread::Builder::new().name("buffer".to_owned()).spawn(move || writer.run())?;
        Ok((Self { shared, writer: Mutex::new(Some(thread)) }, recovery))
    }

    pub(super) async fn append(
        &self,
        batch: Batch,
        sinks: SinkSet,
        generation: Generation,
        refused: Option<Refused>,
    ) -> Result<Receiver, AppendError> {
        let size = super::format::frame_size(&batch);
        loop {
            let room = self.shared.room.notified();
            tokio::pin!(room);
            // Registered before looking, so that no commit in between is missed.
            room.as_mut().enable();
            {
                let mut state = self.shared.state();
                if state.closed {
                    return Err(AppendError::Closed);
                }
                if self.shared.room(&mut state, size)? {
                    return Ok(self.shared.enqueue(&mut state, (batch, sinks), generation, refused));
                }
            }
            room.await;
        }
    }

    /// The place of a sink as it was saved.
    pub(super) fn place(&self, sink: usize) -> Place {
        Place { next: self.shared.state().cursors.get(sink).copied().unwrap_or(0), ..Place::default() }
    }

    pub(super) async fn next(&self, sink: usize, place: &mut Place) -> Option<Arc<Entry>> {
        loop {
            let more = self.shared.appended.notified();
            tokio::pin!(more);
            more.as_mut().enable();
            if let Some(reading) = &mut place.reading {
                let read = reading.await;
                place.reading = None;
                if let Ok(read) = read {
                    (place.next, place.open) = (read.next, read.open);
                    place.ahead.extend(read.entries);
                    if read.wait {
                        tokio::time::sleep(RETRY).await;
                    }
                }
                continue;
            }
            match self.look(sink, place) {
                Look::Entry(entry) => return Some(entry),
                Look::Closed => return None,
                Look::Nothing(_) => more.await,
                Look::Segment { number, bytes, end } => {
                    let (shared, from, open) = (Arc::clone(&self.shared), place.next, place.open.take());
                    place.reading = Some(tokio::task::spawn_blocking(move || read(&shared, sink, from, (number, bytes, end), open)));
                }
            }
        }
    }

    /// What is in memory already; never reads a file, so that it can be asked anywhere.
    pub(super) fn try_next(&self, sink: usize, place: &mut Place) -> Option<Arc<Entry>> {
        match self.look(sink, place) {
            Look::Entry(entry) => Some(entry),
            _ => None,
        }
    }

    fn look(&self, sink: usize, place: &mut Place) -> Look {
        let state = self.shared.state();
        if place.reading.is_some() {
            return Look::Nothing(place.next);
        }
        if let Some(first) = place.ahead.front() {
            if state.stalled || state.switch.is_some() {
                // Whether they hold is not known yet: the generation may stay what it is.
                return if state.ended { Look::Closed } else { Look::Nothing(place.next) };
            }
            if state.generation == first.generation
                && let Some(entry) = place.ahead.pop_front()
            {
                return Look::Entry(entry);
            }
            // They went through the routes again, and come back as others.
            place.ahead.clear();
        }
        let look = state.look(sink, place.next);
        match &look {
            Look::Entry(entry) => (place.next, place.open) = (entry.sequence + 1, None),
            // An open file of a segment that is deleted would keep its bytes on the disk.
            Look::Nothing(next) => (place.next, place.open) = (*next, None),
            Look::Segment { .. } | Look::Closed => {}
        }
        look
    }

    pub(super) fn commit(&self, sink: usize, sequence: u64) {
        let mut state = self.shared.state();
        let was_dirty = state.dirty;
        state.commit(sink, sequence);
        if !was_dirty || state.blocked || state.is_front_done() {
            self.shared.work.notify_all();
        }
    }

    /// Begins another generation. Nothing is read before the writer has come to it.
    pub(super) fn begin(&self, generation: Generation, migrate: Migrate) {
        self.shared.state().switch = Some((generation, migrate));
        self.shared.work.notify_all();
    }

    /// Moves what waits to the generation that holds. Blocks.
    pub(super) fn migrate(&self) -> Result<u64, AppendError> {
        let shared = &self.shared;
        let mut state = shared.state();
        while state.switch.is_some() && !state.ended {
            state = shared.work.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.ended {
            return Err(AppendError::Closed);
        }
        // Where none was begun nothing waits under another.
        let (generation, Some(migrate)) = (state.generation, state.migrate.clone()) else { return Ok(0) };
        let numbers: Vec<u64> = state.segments.iter().filter(|live| state.is_stale(live)).map(|live| live.number).collect();
        drop(state);
        let mut moved = 0;
        for number in numbers {
            moved += self.move_segment(number, generation, &migrate)?;
            let mut state = shared.state();
            state.segments.iter_mut().filter(|live| live.number == number).for_each(|live| live.migrated = true);
            state.dirty = true;
            state.judge_stall();
            shared.work.notify_all();
        }
        shared.state().judge_stall();
        shared.appended.notify_waiters();
        Ok(moved)
    }

    fn move_segment(&self, number: u64, generation: Generation, migrate: &Migrate) -> Result<u64, AppendError> {
        let shared = &self.shared;
        let bytes = shared.state().segments.iter().find(|live| live.number == number).map_or(0, |live| live.bytes);
        let mut segment = match open(shared, number, bytes) {
            Ok(segment) => segment,
            Err(_) => return Err(AppendError::Disk),
        };
        let names = segment.header.sinks.clone();
        let (mut open, mut under_way, mut moved) = (Vec::new(), 0, 0);
        loop {
            let stored = match segment.next(0) {
                Ok(Some(stored)) => stored,
                Ok(None) => break,
                Err(error) if is_damage(&error) => {
                    self.shared.damaged(number, 1);
                    break;
                }
                Err(_) => return Err(AppendError::Disk),
            };
            let (waiting, taken) = self.parted(number, &names, &stored);
            if waiting.is_empty() {
                continue;
            }
            moved += 1;
            for item in migrate(&Waiting { batch: &stored.batch, sinks: waiting, taken }) {
                under_way += super::format::frame_size(&item.0);
                // Whatever is full: it frees the segment that it comes from.
                open.push(shared.enqueue(&mut shared.state(), item, generation, None));
            }
            if under_way > UNDER_WAY {
                settle(&mut open)?;
                under_way = 0;
            }
        }
        settle(&mut open)?;
        Ok(moved)
    }

    /// Names of the sinks that wait for a batch, and of those that have it.
    fn parted<'n>(&self, number: u64, names: &'n [String], stored: &Stored) -> (Vec<&'n str>, Vec<&'n str>) {
        let state = self.shared.state();
        let live = state.segments.iter().find(|live| live.number == number);
        let waits = |sink: usize| live.is_some_and(|live| state.cursor(live, sink, &self.shared.sinks) <= stored.sequence);
        let (waiting, taken): (Vec<usize>, Vec<usize>) = stored.sinks.iter().partition(|sink| waits(*sink));
        let named = |places: Vec<usize>| places.into_iter().filter_map(|place| names.get(place)).map(String::as_str).collect();
        (named(waiting), named(taken))
    }

    pub(super) fn close(&self) {
        self.shared.state().closed = true;
        self.shared.appended.notify_waiters();
        self.shared.room.notify_waiters();
        self.shared.work.notify_all();
    }

    pub(super) fn waiting_bytes(&self) -> u64 {
        self.shared.state().waiting_bytes()
    }

    pub(super) fn max_bytes(&self) -> u64 {
        self.shared.max_bytes
    }

    /// Age of the oldest segment that still has something for a sink.
    pub(super) fn oldest(&self) -> Option<Duration> {
        self.shared.state().oldest()
    }

    /// Whether the disk takes nothing just now.
    pub(super) fn is_failing(&self) -> bool {
        self.shared.state().failing
    }

    pub(super) fn damage(&self) -> super::Damage {
        self.shared.state().damage
    }

    /// Writes what is queued, saves the cursors, and gives the folder free. Blocks.
    pub(super) fn end(&self) {
        {
            let mut state = self.shared.state();
            (state.closed, state.ending) = (true, true);
        }
        self.shared.work.notify_all();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            let _ = writer.join();
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.end();
    }
}

impl Shared {
    /// Counts damage that was not known when the folder was opened.
    fn damaged(&self, number: u64, stretches: u64) {
        let mut state = self.state();
        let fresh = state.segments.iter_mut().find(|live| live.number == number && !live.damaged);
        if let Some(live) = fresh {
            live.damaged = true;
            state.damage.stretches += stretches;
            tracing::error!(segment = number, "a segment of the buffer is damaged; what is readable of it is sent");
        }
    }
}

fn settle(open: &mut Vec<Receiver>) -> Result<(), AppendError> {
    open.drain(..).try_for_each(|receiver| receiver.blocking_recv().unwrap_or(Err(AppendError::Closed)))
}

fn open(shared: &Shared, number: u64, bytes: u64) -> io::Result<Segment> {
    let file = shared.files.open(&shared.path(number, ".seg"))?;
    let mut segment = Segment::open(file, shared.key.as_ref()).map_err(|error| match error {
        Unreadable::Io(error) => error,
        // It held when the folder was opened.
        Unreadable::Damaged | Unreadable::Newer | Unreadable::Key => io::ErrorKind::UnexpectedEof.into(),
    })?;
    segment.bound(bytes);
    Ok(segment)
}

/// Reads entries of a sink from a segment: some, if there are any.
fn read(shared: &Shared, sink: usize, from: u64, (number, bytes, end): (u64, u64, u64), kept: Option<(u64, Segment)>) -> Read {
    let mut next = from;
    let mut entries = Vec::new();
    let outcome = match kept.filter(|(kept, _)| *kept == number) {
        Some((_, mut segment)) => {
            segment.bound(bytes);
            Ok(segment)
        }
        None => open(shared, number, bytes),
    };
    let outcome = outcome.and_then(|mut segment| {
        let generation = segment.header.generation;
        let mut size = 0;
        while size < AHEAD {
            let Some(Stored { sequence, sinks, batch, .. }) = segment.next(next)? else {
                segment.ends_at(end);
                next = end.max(next);
                break;
            };
            next = sequence + 1;
            if sinks.has(sink) {
                size += batch.pinned();
                entries.push(Arc::new(Entry::new(sequence, sinks, generation, batch)));
            }
        }
        Ok(segment)
    });
    match outcome {
        Ok(mut segment) => {
            let damage = std::mem::take(&mut segment.damage);
            if damage.is_any() {
                shared.damaged(number, damage.stretches.max(1));
            }
            Read { entries, next, open: Some((number, segment)), wait: false }
        }
        Err(error) if is_damage(&error) => {
            // Deleted under the reader when every sink had it, or broken: either way nothing comes of it.
            if shared.state().segments.iter().any(|live| live.number == number) {
                shared.damaged(number, 1);
            }
            Read { entries, next: end.max(next), open: None, wait: false }
        }
        Err(_) => Read { entries, next, open: None, wait: true },
    }
}
