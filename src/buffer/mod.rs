//! Where scrubbed records wait until the sinks took them.
//!
//! Sources append batches, each sink reads at its own place. An entry is forgotten when every
//! sink that it is for has committed it. What waits is bounded in bytes. With a folder it waits on
//! disk and is safe once it is synced; without one it waits in memory and is safe once it is taken.

mod cursors;
pub mod dead_letters;
mod disk;
pub mod files;
mod format;
pub mod inspect;
mod key;
mod memory;
mod recover;
mod segment;
mod state;
mod writer;

use crate::record::Batch;
use crate::route::{Generation, SinkSet};
use disk::{Disk, Place};
use files::Files;
use memory::Memory;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

pub use crate::config::WhenFull;
pub use format::Kind;
pub use key::Key;
pub use recover::Recovery;
pub use segment::Damage;
#[cfg(any(fuzzing, test, feature = "test-hooks"))]
#[doc(hidden)]
pub use segment::probe;

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
    /// Whether a sink refused some of them for good and there was no place to keep them.
    refused: AtomicBool,
    /// In memory: every sink has it, or something else stands for it.
    taken: Notify,
}

impl Entry {
    pub(crate) fn new(sequence: u64, sinks: SinkSet, generation: Generation, batch: Batch) -> Self {
        Self { sequence, sinks, generation, batch, refused: AtomicBool::new(false), taken: Notify::new() }
    }

    /// Notes that a sink refused records for good and nothing keeps them: who waits for them is told.
    pub fn refuse(&self) {
        self.refused.store(true, Ordering::Release);
    }

    fn is_refused(&self) -> bool {
        self.refused.load(Ordering::Acquire)
    }
}

/// A batch that waits under a policy and routes that hold no more.
pub struct Waiting<'w> {
    /// Its records.
    pub batch: &'w Batch,
    /// Names of the sinks that it still waits for.
    pub sinks: Vec<&'w str>,
    /// Names of the sinks that took it.
    pub taken: Vec<&'w str>,
}

/// Scans and routes a batch again: what is to be appended instead of it.
pub type Migrate = Arc<dyn Fn(&Waiting<'_>) -> Vec<(Batch, SinkSet)> + Send + Sync>;

/// Is told when a batch that was taken is refused after all, whether anybody waits for it or not.
pub type Refused = Arc<dyn Fn(AppendError) + Send + Sync>;

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
    /// A sink refused records for good, and there is no folder to keep them.
    #[error("a sink refuses the records for good")]
    Refused,
    /// The disk does not take it.
    #[error("the disk of the buffer does not take records")]
    Disk,
}

/// Why a folder was not opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// By another process, or by this one.
    #[error("the folder is in use by another process")]
    Locked,
    /// Segments are encrypted, and not with this key.
    #[error("the folder is encrypted with another key; give it the key that it was written with")]
    Key,
    /// Nothing of a buffer is in it.
    #[error("it holds no buffer; name the folder that `buffer.dir` of the configuration names")]
    NoBuffer,
    /// A newer version wrote it.
    #[error("the folder was written by a newer version of the program")]
    Newer,
    /// More than 64 sinks, or a name of more than 255 bytes.
    #[error("more than 64 sinks, or a name of more than 255 bytes")]
    Sinks,
    /// What the system says.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<OpenError> for io::Error {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Io(error) => error,
            other => Self::other(other),
        }
    }
}

/// How records wait on disk.
pub struct Settings {
    /// Folder; made if it is not there.
    pub dir: PathBuf,
    /// Encrypts what is written.
    pub key: Option<Key>,
    /// Most bytes of all segments.
    pub max_bytes: u64,
    /// What happens then.
    pub when_full: WhenFull,
    /// Bytes after which a new segment begins.
    pub segment_bytes: u64,
    /// The file system below.
    pub files: Arc<dyn Files>,
}

impl Settings {
    /// Settings for a folder of the system's file system.
    pub fn new(dir: &Path, key: Option<Key>, max_bytes: u64, when_full: WhenFull) -> Self {
        let segment_bytes = (max_bytes / 16).clamp(64 << 10, 64 << 20);
        Self { dir: dir.to_owned(), key, max_bytes, when_full, segment_bytes, files: Arc::new(files::Disk) }
    }
}

/// Records that wait, in memory or on disk.
pub struct Buffer {
    form: Form,
}

enum Form {
    Memory(Box<Memory>),
    Disk(Disk),
}

/// What a source waits for before it acknowledges.
pub struct Receipt {
    waits: Waits,
}

enum Waits {
    /// For nothing: a receipt of no records.
    Nothing,
    /// Until every sink has this entry.
    Taken(Arc<Buffer>, Arc<Entry>, Option<Refused>),
    /// Until it is on the disk.
    Synced(state::Receiver),
}

impl Buffer {
    /// A buffer in memory for a number of sinks. Records are safe when the sinks took them.
    pub fn in_memory(sinks: usize, max_bytes: u64, when_full: WhenFull) -> Arc<Self> {
        Arc::new(Self { form: Form::Memory(Box::new(Memory::new(sinks, max_bytes, when_full))) })
    }

    /// A buffer in a folder. Records are safe when they are synced. Reads the folder; blocks.
    ///
    /// Entries of another generation, or of other sinks, wait until [`Self::migrate`] was called, and
    /// so does everything behind them.
    ///
    /// # Errors
    /// If somebody else has the folder open, or the key is wrong; never because of damage.
    pub fn on_disk(settings: Settings, sinks: &[String], generation: Generation) -> Result<(Arc<Self>, Recovery), OpenError> {
        if sinks.len() > SinkSet::MAX || sinks.iter().any(|name| name.len() > 255) {
            return Err(OpenError::Sinks);
        }
        let (disk, recovery) = Disk::open(settings, sinks, generation)?;
        Ok((Arc::new(Self { form: Form::Disk(disk) }), recovery))
    }

    /// Adds a batch. Waits while no more may wait, if the configuration says so.
    ///
    /// # Errors
    /// If the batch was not taken; nothing of it is sent then.
    pub async fn append(self: &Arc<Self>, batch: Batch, sinks: SinkSet, generation: Generation) -> Result<Receipt, AppendError> {
        self.append_for(batch, sinks, generation, None).await
    }

    /// The same; what becomes of the batch later is told as well.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub async fn append_for(
        self: &Arc<Self>,
        batch: Batch,
        sinks: SinkSet,
        generation: Generation,
        refused: Option<Refused>,
    ) -> Result<Receipt, AppendError> {
        let waits = match &self.form {
            Form::Memory(memory) => Waits::Taken(Arc::clone(self), memory.append(batch, sinks, generation).await?, refused),
            Form::Disk(disk) => Waits::Synced(disk.append(batch, sinks, generation, refused).await?),
        };
        Ok(Receipt { waits })
    }

    /// Begins another generation: from now on nothing that was appended under an earlier one is read before it went
    /// through `migrate`, which scans and routes it again and says what is appended instead. That is so for batches
    /// that come later, too. `sinks` are the names of the sinks, which stay the same.
    ///
    /// To be called before anything is appended under that generation; [`Self::migrate`] moves what waits.
    pub fn begin(&self, sinks: &[String], generation: Generation, migrate: Migrate) {
        match &self.form {
            Form::Memory(memory) => memory.begin(sinks, generation, migrate),
            Form::Disk(disk) => disk.begin(generation, migrate),
        }
    }

    /// Moves what waits to the generation that was begun last. Blocks: call it where blocking is allowed. Returns how
    /// many batches it was.
    ///
    /// # Errors
    /// If the disk does not take the records; then it can be called again, and nothing is lost.
    pub fn migrate(&self) -> Result<u64, AppendError> {
        match &self.form {
            Form::Memory(memory) => Ok(memory.migrate()),
            Form::Disk(disk) => disk.migrate(),
        }
    }

    /// The reader of a sink. One at a time.
    pub fn reader(self: &Arc<Self>, sink: usize) -> Reader {
        let (next, place) = match &self.form {
            Form::Memory(memory) => (memory.open(sink), Place::default()),
            Form::Disk(disk) => (0, disk.place(sink)),
        };
        Reader { buffer: Arc::clone(self), sink, next, place }
    }

    /// No more is taken; readers end when they have read everything.
    pub fn close(&self) {
        match &self.form {
            Form::Memory(memory) => memory.close(),
            Form::Disk(disk) => disk.close(),
        }
    }

    /// The end: closes, saves how far the sinks have come, and gives the folder free.
    pub async fn finish(self: &Arc<Self>) {
        let this = Arc::clone(self);
        // Waits for the writer's last sync, which would hold up everybody else here.
        let _ = tokio::task::spawn_blocking(move || match &this.form {
            Form::Memory(memory) => memory.close(),
            Form::Disk(disk) => disk.end(),
        })
        .await;
    }

    /// Bytes that may wait.
    pub fn max_bytes(&self) -> u64 {
        match &self.form {
            Form::Memory(memory) => memory.max_bytes(),
            Form::Disk(disk) => disk.max_bytes(),
        }
    }

    /// Age of the oldest entry that waits; nothing when none does.
    pub fn oldest(&self) -> Option<Duration> {
        match &self.form {
            Form::Memory(memory) => memory.oldest(),
            Form::Disk(disk) => disk.oldest(),
        }
    }

    /// Bytes that wait.
    pub fn waiting_bytes(&self) -> u64 {
        match &self.form {
            Form::Memory(memory) => memory.waiting_bytes(),
            Form::Disk(disk) => disk.waiting_bytes(),
        }
    }

    /// Whether the disk takes nothing just now: it is full, or fails. Found out anew every second while it is so.
    pub fn is_failing(&self) -> bool {
        match &self.form {
            Form::Memory(_) => false,
            Form::Disk(disk) => disk.is_failing(),
        }
    }

    /// What was found damaged since the folder was opened.
    pub fn damage(&self) -> Damage {
        match &self.form {
            Form::Memory(_) => Damage::default(),
            Form::Disk(disk) => disk.damage(),
        }
    }
}

impl Receipt {
    /// The receipt of no records.
    pub fn nothing() -> Self {
        Self { waits: Waits::Nothing }
    }

    /// Waits until the records are safe: on disk, or taken by all their sinks.
    ///
    /// # Errors
    /// If they never will be.
    pub async fn safe(self) -> Result<(), AppendError> {
        match self.waits {
            Waits::Nothing => Ok(()),
            Waits::Taken(buffer, entry, refused) => match &buffer.form {
                Form::Memory(memory) => {
                    let taken = memory.committed(entry).await;
                    if let (Err(error), Some(refused)) = (taken, refused) {
                        refused(error);
                    }
                    taken
                }
                Form::Disk(_) => Ok(()),
            },
            Waits::Synced(receiver) => receiver.await.unwrap_or(Err(AppendError::Closed)),
        }
    }
}

/// One sink's place in the buffer.
pub struct Reader {
    buffer: Arc<Buffer>,
    sink: usize,
    /// In memory.
    next: u64,
    /// On disk.
    place: Place,
}

impl Reader {
    /// The next entry for this sink; waits for one. `None` when the buffer is closed and read to its end.
    pub async fn next(&mut self) -> Option<Arc<Entry>> {
        match &self.buffer.form {
            Form::Memory(memory) => {
                let entry = memory.next(self.sink, self.next).await?;
                self.next = entry.sequence + 1;
                Some(entry)
            }
            Form::Disk(disk) => disk.next(self.sink, &mut self.place).await,
        }
    }

    /// The next entry for this sink, if there is one in memory already.
    pub fn try_next(&mut self) -> Option<Arc<Entry>> {
        match &self.buffer.form {
            Form::Memory(memory) => {
                let entry = memory.try_next(self.sink, self.next)?;
                self.next = entry.sequence + 1;
                Some(entry)
            }
            Form::Disk(disk) => disk.try_next(self.sink, &mut self.place),
        }
    }

    /// Everything up to this entry, it included, is taken by the sink.
    pub fn commit(&self, sequence: u64) {
        match &self.buffer.form {
            Form::Memory(memory) => memory.commit(self.sink, sequence),
            Form::Disk(disk) => disk.commit(self.sink, sequence),
        }
    }
}
