//! Records that a sink refused for good: a folder for each sink, in the format of segments.
//!
//! `NNNNNNNN.seg` keeps them, each with its time and reason. To be sent again a segment gets the name
//! `NNNNNNNN.again`, in one step; the program that runs on the folder appends what is in it to the
//! buffer and removes it when that is safe. A lock in the folder keeps the two apart. A crash in
//! between sends records twice and loses none.

use super::files::{self, File, Files};
use super::format::{Frame, Header, Kind, Refusal};
use super::key::{Cipher, Key};
use super::segment::{Damage, Segment, Unreadable, number};
use super::{OpenError, Settings};
use crate::record::{Batch, CleanText};
use crate::route::{Generation, SinkSet};
use std::collections::HashMap;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Folder inside the folder of the buffer.
pub const FOLDER: &str = "dlq";
/// Bytes after which a new segment begins: as much as is read at once to be sent again.
const SEGMENT: u64 = 4 << 20;

/// Keeps what sinks refuse.
pub struct DeadLetters {
    dir: PathBuf,
    key: Option<Key>,
    max_bytes: u64,
    files: Arc<dyn Files>,
    open: Mutex<HashMap<String, Arc<Mutex<Option<Open>>>>>,
}

/// The segment of a sink that grows.
struct Open {
    path: PathBuf,
    file: Arc<dyn File>,
    header: Header,
    cipher: Option<Cipher>,
    bytes: u64,
    next: u64,
}

/// A segment whose records are to be sent again.
pub struct Again {
    /// The sink that refused them.
    pub sink: String,
    path: PathBuf,
}

/// What is known of one refused request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The sink that refused it.
    pub sink: String,
    /// When: milliseconds since 1970 (UTC).
    pub time: i64,
    /// Why.
    pub reason: CleanText,
    /// Records in it.
    pub records: u64,
    /// Bytes of their bodies.
    pub bytes: u64,
    /// Whether it is to be sent again.
    pub again: bool,
}

impl DeadLetters {
    /// The dead letters of a buffer's folder.
    pub fn new(settings: &Settings) -> Self {
        Self {
            dir: settings.dir.join(FOLDER),
            key: settings.key.clone(),
            max_bytes: settings.max_bytes,
            files: Arc::clone(&settings.files),
            open: Mutex::default(),
        }
    }

    /// Keeps records of batches; on the disk when it returns. Blocks.
    ///
    /// # Errors
    /// What the system says, or `StorageFull` when a sink has as many as the buffer may hold. Nothing is kept then.
    pub fn keep(&self, sink: &str, parts: &[(&Batch, Range<usize>)], time: i64, reason: &str) -> io::Result<()> {
        let name_holds = !sink.is_empty() && sink.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        if !name_holds {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let slot = Arc::clone(self.open.lock().unwrap_or_else(PoisonError::into_inner).entry(sink.to_owned()).or_default());
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        let dir = self.dir.join(sink);
        if slot.is_none() {
            self.files.make_dir(&self.dir)?;
            self.files.make_dir(&dir)?;
        }
        let _lock = self.files.lock(&dir.join("lock"), true)?;
        // It may have been marked to be sent again meanwhile; then nothing may be added to it.
        let mut open = match slot.take().filter(|open| open.bytes < SEGMENT && self.files.open(&open.path).is_ok()) {
            Some(open) => open,
            None => self.begin(sink, &dir)?,
        };
        let mut out = Vec::new();
        let mut next = open.next;
        for (batch, range) in parts {
            let refusal = Some(Refusal { time, reason });
            let frame = Frame { sequence: next, sinks: SinkSet::default().with(0), refusal, batch, range: range.clone() };
            frame.encode(&mut out, &open.header, open.cipher.as_ref()).ok_or(io::ErrorKind::InvalidInput)?;
            next += 1;
        }
        if let Err(error) = open.file.write_at(&out, open.bytes).and_then(|()| open.file.sync()) {
            let _ = open.file.cut(open.bytes).and_then(|()| open.file.sync());
            return Err(error);
        }
        (open.bytes, open.next) = (open.bytes + out.len() as u64, next);
        *slot = Some(open);
        Ok(())
    }

    fn begin(&self, sink: &str, dir: &Path) -> io::Result<Open> {
        let names = self.files.list(dir)?;
        let mut held = 0;
        for name in names.iter().filter(|name| name.len() > 8 && !name.ends_with(".tmp")) {
            held += self.files.open(&dir.join(name))?.size()?;
        }
        if held >= self.max_bytes {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let numbered = |name: &String| [".seg", ".again", ".bad"].iter().find_map(|end| number(name, end));
        let number = names.iter().filter_map(numbered).max().unwrap_or(0) + 1;
        let (header, bytes) = Header::new(Kind::DeadLetters, 0, Generation::default(), &[sink.to_owned()], self.key.as_ref())
            .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let cipher = self.key.as_ref().and_then(|key| key.cipher(&header.salt, &bytes));
        if header.encrypted && cipher.is_none() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let name = format!("{number:08}.seg");
        let file = files::replace(self.files.as_ref(), dir, &name, &bytes)?;
        Ok(Open { path: dir.join(name), file, bytes: header.length, header, cipher, next: 0 })
    }

    /// Segments that are to be sent again.
    ///
    /// # Errors
    /// What the system says.
    pub fn again(&self) -> io::Result<Vec<Again>> {
        let mut found = Vec::new();
        for sink in self.files.list(&self.dir)? {
            let dir = self.dir.join(&sink);
            for name in self.files.list(&dir)?.iter().filter(|name| number(name, ".again").is_some()) {
                found.push(Again { sink: sink.clone(), path: dir.join(name) });
            }
        }
        Ok(found)
    }

    /// What is in one of them, and what of it is damaged.
    ///
    /// # Errors
    /// If it cannot be read at all.
    pub fn batches(&self, again: &Again) -> Result<(Vec<Batch>, Damage), OpenError> {
        let mut segment = match open(self.files.as_ref(), &again.path, self.key.as_ref())? {
            Some(segment) => segment,
            None => return Ok((Vec::new(), Damage { stretches: 1, ..Damage::default() })),
        };
        let mut batches = Vec::new();
        while let Some(stored) = segment.next(0)? {
            batches.push(stored.batch);
        }
        Ok((batches, segment.damage))
    }

    /// Its records are safe elsewhere. What was damaged is kept, for somebody to look at.
    ///
    /// # Errors
    /// What the system says.
    pub fn sent(&self, again: &Again, damage: Damage) -> io::Result<()> {
        if damage.is_any() {
            return self.files.rename(&again.path, &again.path.with_extension("bad"));
        }
        // Held open, it would keep its bytes on the disk.
        let slot = self.open.lock().unwrap_or_else(PoisonError::into_inner).get(&again.sink).cloned();
        if let Some(slot) = slot {
            let grows = again.path.with_extension("seg");
            slot.lock().unwrap_or_else(PoisonError::into_inner).take_if(|open| open.path == grows);
        }
        self.files.remove(&again.path)
    }
}

/// The dead letters in the folder of a buffer, and how many of its segments are damaged.
///
/// # Errors
/// What the system says, or if the key is wrong.
pub fn list(dir: &Path, key: Option<&Key>) -> Result<(Vec<Letter>, u64), OpenError> {
    let (files, dir) = (files::Disk, dir.join(FOLDER));
    let (mut letters, mut damaged) = (Vec::new(), 0);
    for sink in files.list(&dir)? {
        for name in files.list(&dir.join(&sink))? {
            let again = number(&name, ".again").is_some();
            damaged += u64::from(number(&name, ".bad").is_some());
            if !again && number(&name, ".seg").is_none() {
                continue;
            }
            let Some(mut segment) = open(&files, &dir.join(&sink).join(&name), key)? else {
                damaged += 1;
                continue;
            };
            while let Some(stored) = segment.next(0)? {
                let Some(refusal) = stored.refusal else { continue };
                letters.push(Letter {
                    sink: sink.clone(),
                    time: refusal.time,
                    reason: refusal.reason,
                    records: stored.batch.len() as u64,
                    bytes: stored.batch.bodies().len() as u64,
                    again,
                });
            }
            damaged += u64::from(segment.damage.is_any());
        }
    }
    Ok((letters, damaged))
}

/// Names of the sinks that have a folder of dead letters.
///
/// # Errors
/// What the system says.
pub fn sinks(dir: &Path) -> io::Result<Vec<String>> {
    files::Disk.list(&dir.join(FOLDER))
}

/// Marks the dead letters of one sink, or of all, to be sent again. Returns the number of segments.
///
/// # Errors
/// What the system says. What was marked stays so.
pub fn retry(dir: &Path, sink: Option<&str>) -> io::Result<u64> {
    let (files, dir) = (files::Disk, dir.join(FOLDER));
    let mut marked = 0;
    for name in files.list(&dir)?.iter().filter(|name| sink.is_none_or(|sink| sink == name.as_str())) {
        let dir = dir.join(name);
        let _lock = files.lock(&dir.join("lock"), true)?;
        for name in files.list(&dir)?.iter().filter(|name| number(name, ".seg").is_some()) {
            let path = dir.join(name);
            files.rename(&path, &path.with_extension("again"))?;
            marked += 1;
        }
        files.sync_dir(&dir)?;
    }
    Ok(marked)
}

/// Opens a segment; `None` if its header is damaged.
fn open(files: &dyn Files, path: &Path, key: Option<&Key>) -> Result<Option<Segment>, OpenError> {
    match Segment::open(files.open(path)?, key) {
        Ok(segment) => Ok(Some(segment)),
        Err(Unreadable::Damaged) => Ok(None),
        Err(Unreadable::Newer) => Err(OpenError::Newer),
        Err(Unreadable::Key) => Err(OpenError::Key),
        Err(Unreadable::Io(error)) => Err(OpenError::Io(error)),
    }
}
