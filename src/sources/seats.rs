//! Connections of a listener: how many there may be, and who has to go when there are more.
//!
//! A connection that waits for a request is the first to go, the longest wait first; then one whose body
//! comes too slowly. One whose request is complete is left to end.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// Time that a body may take before others may need its place.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it is looked for a place.
const LOOK: Duration = Duration::from_millis(250);

/// What a connection is at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// A handshake or the head of a request is to come.
    Waiting,
    /// A body is to come.
    Reading,
    /// The request is complete.
    Answering,
}

/// The connections of one listener.
pub(super) struct Seats {
    permits: Arc<Semaphore>,
    taken: Mutex<HashMap<u64, Arc<Mark>>>,
    next: AtomicU64,
    start: Instant,
}

/// What is known of one connection.
pub(super) struct Mark {
    /// Phase in the lowest two bits, and above them when it began, in microseconds.
    state: AtomicU64,
    /// Bytes of its body.
    held: AtomicUsize,
    start: Instant,
    leave: Notify,
    /// Calls under way, where a connection may have several at once: then they say what it is at.
    calls: Mutex<Vec<Arc<Mark>>>,
}

/// What a connection is at, since when (microseconds), and the bytes of its bodies.
#[derive(Clone, Copy)]
struct Look {
    phase: Phase,
    since: u64,
    held: usize,
}

/// The place of one connection; it is free again when this is dropped.
pub(super) struct Seat {
    pub(super) mark: Arc<Mark>,
    seats: Arc<Seats>,
    number: u64,
    _permit: OwnedSemaphorePermit,
}

impl Seats {
    pub(super) fn new(most: usize) -> Arc<Self> {
        let permits = Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)));
        Arc::new(Self { permits, taken: Mutex::default(), next: AtomicU64::new(0), start: Instant::now() })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<u64, Arc<Mark>>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place; makes one free, or waits for one.
    pub(super) async fn take(self: &Arc<Self>) -> Seat {
        let permit = loop {
            if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
                break permit;
            }
            self.make_room();
            if let Ok(Ok(permit)) = tokio::time::timeout(LOOK, Arc::clone(&self.permits).acquire_owned()).await {
                break permit;
            }
        };
        let mark = Mark::new(self.start);
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.taken().insert(number, Arc::clone(&mark));
        Seat { mark, seats: Arc::clone(self), number, _permit: permit }
    }

    /// Ends the connection that can best be spared.
    pub(super) fn make_room(&self) {
        let mut taken = self.taken();
        let looks = taken.iter().map(|(number, mark)| (*number, mark.look()));
        let waiting = looks.filter(|(_, look)| look.phase == Phase::Waiting);
        let oldest = waiting.min_by_key(|(_, look)| look.since).map(|(number, _)| number);
        let spared = oldest.or_else(|| slowest(&taken));
        if let Some(mark) = spared.and_then(|number| taken.remove(&number)) {
            mark.leave.notify_one();
        }
    }

    /// Ends the connection that has held the most memory for a body that is still not there.
    pub(super) fn end_slow_body(&self) {
        let mut taken = self.taken();
        if let Some(mark) = slowest(&taken).and_then(|number| taken.remove(&number)) {
            mark.leave.notify_one();
        }
    }

    /// Waits until every connection has ended.
    pub(super) async fn empty(&self, most: usize) {
        let _ = self.permits.acquire_many(u32::try_from(most).unwrap_or(u32::MAX)).await;
    }
}

fn slowest(taken: &HashMap<u64, Arc<Mark>>) -> Option<u64> {
    let looks = taken.iter().map(|(number, mark)| (*number, mark.look(), mark.now()));
    let age = |look: &Look, now: u64| Duration::from_micros(now.saturating_sub(look.since));
    let slow = looks.filter(|(_, look, now)| look.phase == Phase::Reading && age(look, *now) > PATIENCE);
    slow.max_by_key(|(_, look, now)| (look.held, age(look, *now))).map(|(number, ..)| number)
}

impl Mark {
    fn new(start: Instant) -> Arc<Self> {
        let mark = Self { state: AtomicU64::new(0), held: AtomicUsize::new(0), start, leave: Notify::new(), calls: Mutex::default() };
        mark.set(Phase::Waiting);
        Arc::new(mark)
    }

    pub(super) fn set(&self, phase: Phase) {
        self.state.store(self.now() << 2 | phase as u64, Ordering::Relaxed);
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX >> 2)
    }

    /// The mark of one more call of this connection, and whether it is the only one.
    pub(super) fn begin(&self) -> (Arc<Mark>, bool) {
        let call = Self::new(self.start);
        call.set(Phase::Reading);
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.push(Arc::clone(&call));
        (call, calls.len() == 1)
    }

    /// Ends a call of this connection, which waits when it has no other.
    pub(super) fn end(&self, call: &Arc<Mark>) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.retain(|other| !Arc::ptr_eq(other, call));
        if calls.is_empty() {
            self.set(Phase::Waiting);
        }
    }

    /// One body that is still to come makes the connection one that reads, since that began.
    fn look(&self) -> Look {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let looks = calls.iter().map(|call| call.look());
        let joined = looks.reduce(|one, other| {
            let first = match (one.phase, other.phase) {
                (Phase::Reading, Phase::Reading) if other.since < one.since => other,
                (Phase::Reading, _) => one,
                (_, Phase::Reading) => other,
                _ => one,
            };
            Look { held: one.held + other.held, ..first }
        });
        joined.unwrap_or_else(|| Look { phase: self.phase(), since: self.since(), held: self.held.load(Ordering::Relaxed) })
    }

    pub(super) fn hold(&self, bytes: usize) {
        self.held.store(bytes, Ordering::Relaxed);
    }

    /// Ends when the connection has to go.
    pub(super) async fn leave(&self) {
        self.leave.notified().await;
    }

    fn phase(&self) -> Phase {
        match self.state.load(Ordering::Relaxed) & 3 {
            0 => Phase::Waiting,
            1 => Phase::Reading,
            _ => Phase::Answering,
        }
    }

    fn since(&self) -> u64 {
        self.state.load(Ordering::Relaxed) >> 2
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.taken().remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_longest_wait_goes_first_and_complete_requests_stay() {
        let seats = Seats::new(3);
        let (busy, old, young) = (seats.take().await, seats.take().await, seats.take().await);
        busy.mark.set(Phase::Answering);
        old.mark.set(Phase::Waiting);
        tokio::time::sleep(Duration::from_millis(2)).await;
        young.mark.set(Phase::Waiting);
        seats.make_room();
        old.mark.leave().await;
        drop(old);
        let fourth = seats.take().await;
        fourth.mark.set(Phase::Answering);
        seats.make_room();
        young.mark.leave().await;
        drop(young);
        seats.make_room();
        assert_eq!(seats.taken().len(), 2, "a complete request was ended");
    }

    #[tokio::test]
    async fn a_connection_reads_as_long_as_one_of_its_calls_does() {
        let seat = Seats::new(1).take().await;
        let mark = &seat.mark;
        let ((slow, alone), (quick, second)) = (mark.begin(), mark.begin());
        assert!(alone && !second);
        let since = mark.look().since;
        quick.set(Phase::Answering);
        slow.hold(7);
        let look = mark.look();
        assert!(look.phase == Phase::Reading && look.since == since && look.held == 7);
        mark.end(&slow);
        assert!(mark.look().phase == Phase::Answering);
        mark.end(&quick);
        assert!(mark.look().phase == Phase::Waiting);
    }
}
