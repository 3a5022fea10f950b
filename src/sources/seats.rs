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
        let mark = Arc::new(Mark { state: AtomicU64::new(0), held: AtomicUsize::new(0), start: self.start, leave: Notify::new() });
        mark.set(Phase::Waiting);
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.taken().insert(number, Arc::clone(&mark));
        Seat { mark, seats: Arc::clone(self), number, _permit: permit }
    }

    /// Ends the connection that can best be spared.
    pub(super) fn make_room(&self) {
        let mut taken = self.taken();
        let waiting = taken.iter().filter(|(_, mark)| mark.phase() == Phase::Waiting);
        let oldest = waiting.min_by_key(|(_, mark)| mark.since()).map(|(number, _)| *number);
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
    let slow = taken.iter().filter(|(_, mark)| mark.phase() == Phase::Reading && mark.age() > PATIENCE);
    slow.max_by_key(|(_, mark)| (mark.held.load(Ordering::Relaxed), mark.age())).map(|(number, _)| *number)
}

impl Mark {
    pub(super) fn set(&self, phase: Phase) {
        let now = u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX >> 2);
        self.state.store(now << 2 | phase as u64, Ordering::Relaxed);
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

    fn age(&self) -> Duration {
        self.start.elapsed().saturating_sub(Duration::from_micros(self.since()))
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
}
