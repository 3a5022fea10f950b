//! How far a replay is: counters that any thread may read, and the brake of `--rate`.

use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Longest sleep at once.
const NAP: Duration = Duration::from_millis(200);

/// Counters of a replay.
#[derive(Debug)]
pub struct Meters {
    /// Bytes of all inputs.
    pub bytes: AtomicU64,
    /// Bytes that need not be read any more: they were read, or an earlier run read them.
    pub read: AtomicU64,
    /// Bytes that an earlier run read.
    pub skipped: AtomicU64,
    /// Inputs.
    pub files: AtomicU64,
    /// Inputs that are through.
    pub done: AtomicU64,
    /// Findings.
    pub findings: AtomicU64,
    rate: Option<u64>,
    started: Instant,
}

impl Meters {
    /// At most `rate` bytes of inputs are read in a second.
    pub fn new(rate: Option<u64>) -> Self {
        let [bytes, read, skipped, files, done, findings] = std::array::from_fn(|_| AtomicU64::new(0));
        Self { bytes, read, skipped, files, done, findings, rate, started: Instant::now() }
    }

    /// Time since the start.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    pub(super) fn add(counter: &AtomicU64, more: u64) {
        counter.fetch_add(more, Ordering::Relaxed);
    }

    /// Waits until what was read fits the rate.
    fn brake(&self) {
        let Some(rate) = self.rate else { return };
        loop {
            let read = self.read.load(Ordering::Relaxed).saturating_sub(self.skipped.load(Ordering::Relaxed));
            let due = Duration::from_millis(read.saturating_mul(1000) / rate.max(1));
            let early = due.saturating_sub(self.elapsed());
            if early.is_zero() {
                return;
            }
            std::thread::sleep(early.min(NAP));
        }
    }
}

/// A reader that counts, and waits for the rate.
pub(super) struct Metered<'m, R> {
    pub(super) inner: R,
    pub(super) meters: &'m Meters,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.meters.brake();
        let read = self.inner.read(room)?;
        Meters::add(&self.meters.read, read as u64);
        Ok(read)
    }
}
