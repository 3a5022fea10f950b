//! Ids of requests whose records are not safe yet, and of those whose are.
//!
//! An id that is not known to be done is not done: what waits takes no memory here, and what is forgotten makes a
//! sender send again. Ids go on rising over a restart, so that nobody takes the id of another run for his own.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Ids that are done and not asked after.
const DONE: usize = 64 * 1024;
/// Requests that wait at once.
const WAITING: usize = 8 * 1024;
/// Ids of one millisecond: from one start to the next the clock goes on.
const EACH: u64 = 1 << 12;

/// Ids of one listener.
pub(super) struct Acks {
    next: AtomicU64,
    done: Mutex<Done>,
    waiting: Arc<Semaphore>,
}

#[derive(Default)]
struct Done {
    /// Hash of the channel of each id that is done.
    ids: HashMap<u64, [u8; 32]>,
    /// In the order in which they were done; those that were asked after too.
    order: VecDeque<u64>,
}

impl Acks {
    /// Begins with an id of the time `now`, in milliseconds since 1970. Clients read ids as 64 bits or as 53.
    pub(super) fn new(now: i64) -> Self {
        let first = u64::try_from(now).unwrap_or(0) * EACH;
        Self { next: AtomicU64::new(first), done: Mutex::default(), waiting: Arc::new(Semaphore::new(WAITING)) }
    }

    /// Room for one more request that waits; none when there are too many.
    pub(super) fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.waiting).try_acquire_owned().ok()
    }

    /// The id of a request.
    pub(super) fn next(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// The records of a request are safe.
    pub(super) fn done(&self, channel: &str, id: u64) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        if done.order.len() >= DONE
            && let Some(oldest) = done.order.pop_front()
        {
            done.ids.remove(&oldest);
        }
        done.ids.insert(id, *blake3::hash(channel.as_bytes()).as_bytes());
        done.order.push_back(id);
    }

    /// What a channel is told of its ids. What was told as done is forgotten, as in Splunk.
    pub(super) fn take(&self, channel: &str, asked: &[u64]) -> Vec<(u64, bool)> {
        let channel = *blake3::hash(channel.as_bytes()).as_bytes();
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        let mut told: Vec<(u64, bool)> = asked.iter().map(|id| (*id, done.ids.get(id) == Some(&channel))).collect();
        told.sort_unstable();
        told.dedup();
        for (id, _) in told.iter().filter(|(_, done)| *done) {
            done.ids.remove(id);
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_true_once_and_on_its_channel() {
        let acks = Acks::new(1_700_000_000_000);
        let (one, two) = (acks.next(), acks.next());
        assert_eq!((one, two), (1_700_000_000_000 << 12, (1_700_000_000_000 << 12) + 1));
        assert!(two < 1 << 53);
        acks.done("a", two);
        assert_eq!(acks.take("b", &[one, two]), [(one, false), (two, false)]);
        assert_eq!(acks.take("a", &[two, one, two]), [(one, false), (two, true)]);
        assert_eq!(acks.take("a", &[two]), [(two, false)]);
    }

    #[test]
    fn the_oldest_ids_are_forgotten() {
        let acks = Acks::new(0);
        (0..=DONE as u64).for_each(|id| acks.done("a", id));
        assert_eq!(acks.take("a", &[0, 1, DONE as u64]), [(0, false), (1, true), (DONE as u64, true)]);
        assert!(acks.done.lock().unwrap().order.len() <= DONE);
    }
}
