//! From receipts to checkpoints: what is safe counts as read, in the order in which it was taken.

use super::checkpoint::{Checkpoints, Entry, Point};
use crate::buffer::{AppendError, Receipt};
use crate::task::Stop;
use crate::telemetry::SourceMeter;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior};

/// How often the file is written while something changes.
const SAVE: Duration = Duration::from_millis(100);
/// How long records may take to become safe when the program ends.
const LAST: Duration = Duration::from_secs(5);

/// Records that were taken.
pub(super) struct Taken {
    pub(super) receipt: Receipt,
    pub(super) file: u64,
    /// How far the file counts as read when they are safe.
    pub(super) point: Option<Point>,
    /// Whether that is its end.
    pub(super) done: bool,
}

/// The checkpoints of a source, of which the reader and the committer each change their part.
#[derive(Clone)]
pub(super) struct Store {
    pub(super) source: Arc<str>,
    meter: Arc<SourceMeter>,
    state: Arc<Mutex<(Checkpoints, bool)>>,
}

impl Store {
    pub(super) fn new(meter: &Arc<SourceMeter>, checkpoints: Checkpoints) -> Self {
        // That this was the first start is to be known at the second.
        let is_new = checkpoints.is_new;
        Self { source: meter.name().into(), meter: Arc::clone(meter), state: Arc::new(Mutex::new((checkpoints, is_new))) }
    }

    /// Bytes of a file were gone before they were read.
    pub(super) fn lost(&self, bytes: u64) {
        if bytes > 0 {
            self.meter.lost(bytes);
            tracing::error!(source = &*self.source, bytes, "bytes of a file were gone before they were read");
        }
    }

    /// NULs where a line begins were left out.
    pub(super) fn left_out(&self, bytes: u64) {
        if bytes > 0 {
            tracing::warn!(source = &*self.source, bytes, "a file has a hole of NUL bytes, as after a truncation: it is left out");
        }
    }

    /// Files and folders that are not read: what may not be opened, names that are no text, and what holds none.
    pub(super) fn unread(&self, counts: [u64; 3]) {
        self.meter.unread(counts);
    }

    /// Looks at them.
    pub(super) fn read<T>(&self, look: impl FnOnce(&Checkpoints) -> T) -> T {
        look(&self.lock().0)
    }

    /// Changes them.
    pub(super) fn write<T>(&self, change: impl FnOnce(&mut Checkpoints) -> T) -> T {
        let mut state = self.lock();
        state.1 = true;
        change(&mut state.0)
    }

    /// Changes one file's.
    pub(super) fn change(&self, file: u64, change: impl FnOnce(&mut Entry)) {
        self.write(|checkpoints| {
            if let Some(entry) = checkpoints.entries.get_mut(&file) {
                change(entry);
            }
        });
    }

    fn lock(&self) -> MutexGuard<'_, (Checkpoints, bool)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the file if something changed.
    async fn save(&self) {
        let image = {
            let mut state = self.lock();
            if !std::mem::take(&mut state.1) {
                return;
            }
            state.0.image()
        };
        let written = tokio::task::spawn_blocking(move || image?.write()).await;
        if !matches!(written, Ok(Ok(()))) {
            self.lock().1 = true;
            tracing::error!(source = &*self.source, "the checkpoints cannot be written: after a restart files are read again");
        }
    }
}

/// Waits for receipts until the reader has ended.
pub(super) async fn commit(store: Store, mut taken: mpsc::Receiver<Taken>, mut stop: Stop) {
    let mut tick = tokio::time::interval(SAVE);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let end = async {
        stop.wait().await;
        tokio::time::sleep_until(Instant::now() + LAST).await;
    };
    tokio::pin!(end);
    'all: loop {
        let next = tokio::select! {
            next = taken.recv() => next,
            _ = tick.tick() => {
                store.save().await;
                continue;
            }
        };
        let Some(Taken { receipt, file, point, done }) = next else { break };
        let safe = receipt.safe();
        tokio::pin!(safe);
        loop {
            tokio::select! {
                safe = &mut safe => {
                    match safe {
                        // Refused for good: counted by the sink, and not to be read again.
                        Ok(()) | Err(AppendError::Refused) => break,
                        // Nothing behind it may count as read either.
                        Err(_) => break 'all,
                    }
                }
                _ = tick.tick() => store.save().await,
                () = &mut end => break 'all,
            }
        }
        if let Some(point) = point {
            store.change(file, |entry| (entry.point, entry.done) = (point, done));
        }
    }
    store.save().await;
}
