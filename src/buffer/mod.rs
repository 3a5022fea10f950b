//! Where scrubbed records wait until the sinks took them.
//!
//! Sources append batches, each sink reads at its own place. An entry is forgotten when every
//! sink that it is for has committed it. What waits is bounded in bytes.

mod memory;

use crate::record::Batch;
use memory::Memory;
use std::sync::Arc;
use std::time::Duration;

pub use crate::config::WhenFull;
use crate::route::{Generation, SinkSet};

/// A batch that waits.
pub struct Entry {
    /// Place in the order of all entries.
    pub sequence: u64,
    /// Sinks that it is for.
    pub sinks: SinkSet,
    /// Policy and routes that it went through.
    pub generation: Generation,
    /// Its records.
    pub batch: Batch,
}

/// Why a batch was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// `drop_newest`, and no more may wait.
    #[error("the buffer is full")]
    Full,
    /// The program ends.
    #[error("the buffer is closed")]
    Closed,
    /// The disk does not take it.
    #[error("the disk of the buffer does not take records")]
    Disk,
}

/// Records that wait, in memory or on disk.
pub struct Buffer {
    memory: Memory,
}

/// What a source waits for before it acknowledges.
pub struct Receipt {
    /// None for a receipt of no records.
    waits: Option<(Arc<Buffer>, u64)>,
}

impl Buffer {
    /// A buffer in memory for a number of sinks. Records are safe when the sinks took them.
    pub fn in_memory(sinks: usize, max_bytes: u64, when_full: WhenFull) -> Arc<Self> {
        Arc::new(Self { memory: Memory::new(sinks, max_bytes, when_full) })
    }

    /// Adds a batch. Waits while no more may wait, if the configuration says so.
    ///
    /// # Errors
    /// If the batch was not taken; nothing of it is sent then.
    pub async fn append(self: &Arc<Self>, batch: Batch, sinks: SinkSet, generation: Generation) -> Result<Receipt, AppendError> {
        let sequence = self.memory.append(batch, sinks, generation).await?;
        Ok(Receipt { waits: Some((Arc::clone(self), sequence)) })
    }

    /// The reader of a sink. One at a time.
    pub fn reader(self: &Arc<Self>, sink: usize) -> Reader {
        Reader { buffer: Arc::clone(self), sink, next: 0 }
    }

    /// No more is taken; readers end when they have read everything.
    pub fn close(&self) {
        self.memory.close();
    }

    /// Bytes that may wait.
    pub fn max_bytes(&self) -> u64 {
        self.memory.max_bytes()
    }

    /// Age of the oldest entry that waits; nothing when none does.
    pub fn oldest(&self) -> Option<Duration> {
        self.memory.oldest()
    }

    /// Bytes that wait.
    pub fn waiting_bytes(&self) -> u64 {
        self.memory.waiting_bytes()
    }
}

impl Receipt {
    /// The receipt of no records.
    pub fn nothing() -> Self {
        Self { waits: None }
    }

    /// Waits until the records are safe: on disk, or taken by all their sinks.
    ///
    /// # Errors
    /// If they never will be.
    pub async fn safe(self) -> Result<(), AppendError> {
        match self.waits {
            Some((buffer, sequence)) => buffer.memory.committed(sequence).await,
            None => Ok(()),
        }
    }
}

/// One sink's place in the buffer.
pub struct Reader {
    buffer: Arc<Buffer>,
    sink: usize,
    next: u64,
}

impl Reader {
    /// The next entry for this sink; waits for one. `None` when the buffer is closed and read to its end.
    pub async fn next(&mut self) -> Option<Arc<Entry>> {
        let entry = self.buffer.memory.next(self.sink, self.next).await?;
        self.next = entry.sequence + 1;
        Some(entry)
    }

    /// The next entry for this sink, if there is one already.
    pub fn try_next(&mut self) -> Option<Arc<Entry>> {
        let entry = self.buffer.memory.try_next(self.sink, self.next)?;
        self.next = entry.sequence + 1;
        Some(entry)
    }

    /// Everything up to this entry, it included, is taken by the sink.
    pub fn commit(&self, sequence: u64) {
        self.buffer.memory.commit(self.sink, sequence);
    }
}
