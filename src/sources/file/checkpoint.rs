//! What is remembered of files from one run to the next: how far their records are safe.
//!
//! One file for each source, replaced as a whole, so that it is never half written. It names files by
//! device, inode and keyed hashes: neither names nor contents stand in it. The key is drawn once and
//! stays in the folder.

use super::mark::{Identity, Mark};
use crate::engine::Resume;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Files that were read to their end and are remembered, so that a compressed copy is not read again.
const DONE: usize = 4_096;
/// Bytes of the key.
const KEY: usize = 32;
const VERSION: u32 = 1;

/// How far a file was read, and from where that has to be read again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Point {
    /// One past the last record that counts as taken.
    pub(super) offset: u64,
    /// From where to read; the records up to `offset` are left out.
    pub(super) from: u64,
    /// Header of an open table, to be read before.
    pub(super) table: Option<(u64, u64)>,
    /// Of each stream of a container: the next record may be the rest of a line whose beginning is not scanned with it.
    #[serde(default, skip_serializing_if = "is_neither")]
    pub(super) rest: [bool; 2],
}

fn is_neither(both: &[bool; 2]) -> bool {
    *both == [false, false]
}

impl Point {
    /// Nothing is open there.
    pub(super) fn plain(offset: u64) -> Self {
        Self { offset, from: offset, table: None, rest: [false; 2] }
    }

    /// A place of a stream whose first byte is at `base` of the file. What lies before the file is left out.
    pub(super) fn of(resume: &Resume, base: i64) -> Self {
        let at = |place: u64| i64::try_from(place).ok().and_then(|place| place.checked_add(base)).and_then(|at| u64::try_from(at).ok());
        let table = resume.table.as_ref().and_then(|table| Some((at(table.start)?, at(table.end)?)));
        Self { offset: 0, from: at(resume.from).unwrap_or(0), table, rest: [false; 2] }
    }
}

/// One file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) identity: Identity,
    pub(super) mark: Mark,
    /// Bytes that it was seen to have.
    pub(super) size: u64,
    /// As far as records are safe.
    pub(super) point: Point,
    /// Whether it is rotated and was read to its end.
    pub(super) done: bool,
    /// Keyed hash of the name that its records carry: files with the same one stand behind each other.
    #[serde(default)]
    pub(super) home: u64,
}

/// The files of one source.
pub(super) struct Checkpoints {
    folder: PathBuf,
    name: String,
    /// By a number that is given once.
    pub(super) entries: BTreeMap<u64, Entry>,
    next: u64,
    /// When the first of them was written, in milliseconds since 1970 (UTC).
    pub(super) since: i64,
    pub(super) key: [u8; KEY],
    pub(super) is_new: bool,
    /// Held as long as the source runs.
    _lock: File,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    since: i64,
    files: Vec<Entry>,
}

impl Checkpoints {
    /// Reads what an earlier run left; `now` is when this one begins.
    pub(super) fn open(folder: &Path, name: &str, now: i64) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let lock = private().create(true).truncate(false).write(true).open(folder.join(format!("{name}.lock")))?;
        lock.try_lock().map_err(|_| io::Error::new(io::ErrorKind::AddrInUse, "another process uses the checkpoints"))?;
        let key = key(folder)?;
        let stored = match fs::read(folder.join(format!("{name}.json"))) {
            Ok(bytes) => {
                Some(serde_json::from_slice::<Stored>(&bytes).ok().filter(|stored| stored.version == VERSION).ok_or_else(|| {
                    // Beginning anew would send everything again, and hide that something is wrong.
                    io::Error::new(
                        io::ErrorKind::InvalidData,
                        "the checkpoint file is damaged, or of a later version: remove it to read all files anew",
                    )
                })?)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let is_new = stored.is_none();
        let stored = stored.unwrap_or(Stored { version: VERSION, since: now, files: Vec::new() });
        let entries: BTreeMap<u64, Entry> = (0..).zip(stored.files).collect();
        Ok(Self {
            folder: folder.to_owned(),
            name: name.to_owned(),
            next: entries.len() as u64,
            entries,
            since: stored.since,
            key,
            is_new,
            _lock: lock,
        })
    }

    /// Remembers another file. Returns its number.
    pub(super) fn add(&mut self, entry: Entry) -> u64 {
        self.next += 1;
        self.entries.insert(self.next, entry);
        self.next
    }

    /// What is to be written, and where.
    pub(super) fn image(&mut self) -> io::Result<Image> {
        let mut done = self.entries.values().filter(|entry| entry.done).count();
        self.entries.retain(|_, entry| {
            let drop = entry.done && done > DONE;
            done -= usize::from(drop);
            !drop
        });
        let stored = Stored { version: VERSION, since: self.since, files: self.entries.values().cloned().collect() };
        Ok(Image { folder: self.folder.clone(), name: self.name.clone(), bytes: serde_json::to_vec(&stored)? })
    }
}

/// A checkpoint file as it is to be.
pub(super) struct Image {
    folder: PathBuf,
    name: String,
    bytes: Vec<u8>,
}

impl Image {
    /// Replaces the file; when this returns, it is on disk.
    pub(super) fn write(&self) -> io::Result<()> {
        replace(&self.folder, &format!("{}.json", self.name), &self.bytes)
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

fn replace(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let fresh = folder.join(format!("{name}.new"));
    let mut file = private().create(true).truncate(true).write(true).open(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, folder.join(name))?;
    File::open(folder)?.sync_all()
}

/// The key of this installation; drawn at the first start.
fn key(folder: &Path) -> io::Result<[u8; KEY]> {
    let mut key = [0; KEY];
    match File::open(folder.join("key")) {
        Ok(mut file) => file.read_exact(&mut key)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            getrandom::fill(&mut key).map_err(|_| io::Error::other("the system gives no random bytes"))?;
            // Sources start together: the first one that links its key has drawn it.
            let own = format!("key.{}", u32::from_le_bytes([key[0], key[1], key[2], key[3]]));
            replace(folder, &own, &key)?;
            let linked = fs::hard_link(folder.join(&own), folder.join("key"));
            fs::remove_file(folder.join(&own))?;
            match linked {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => File::open(folder.join("key"))?.read_exact(&mut key)?,
                other => other?,
            }
            File::open(folder)?.sync_all()?;
        }
        Err(error) => return Err(error),
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_one_process_at_a_time() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = tempfile::tempfile().unwrap();
        let mut first = Checkpoints::open(folder.path(), "app", 7).unwrap();
        let identity = Identity::of(&file.metadata().unwrap());
        let point = Point { offset: 9, from: 4, table: Some((0, 3)), rest: [false, true] };
        first.add(Entry { identity, mark: Mark::default(), size: 12, point: point.clone(), done: false, home: 5 });
        first.image().unwrap().write().unwrap();
        assert!(first.is_new);
        assert!(Checkpoints::open(folder.path(), "app", 8).is_err(), "two at once");
        Checkpoints::open(folder.path(), "other", 8).unwrap();
        let key = first.key;
        drop(first);
        let second = Checkpoints::open(folder.path(), "app", 8).unwrap();
        assert_eq!((second.key, second.since, second.is_new), (key, 7, false));
        assert_eq!(second.entries.values().next().unwrap().point, point);
        let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("key"), mode("app.json")), (0o600, 0o600));
        drop(second);
        fs::write(folder.path().join("app.json"), "{").unwrap();
        assert!(Checkpoints::open(folder.path(), "app", 8).is_err(), "damaged");
    }
}
