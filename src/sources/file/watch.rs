//! Which files are followed: new ones, rotated ones, copies, compressed ones, and those that are gone.
//!
//! Looks at the folders now and then and compares what is there with what is known. A file stays what
//! it is under any name; an unknown file with a rotated name is either a copy of one that is followed,
//! or a generation that came and went between two looks.

use super::Options;
use super::checkpoint::{Entry, Point};
use super::commit::Store;
use super::live::{Input, unpack};
use super::mark::{self, Identity, Mark};
use super::paths::{Found, Unread, is_closed};
use super::records::Form;
use super::tail::Tail;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io;
use std::ops::Bound;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A compressed file is looked at when nobody has written to it for so long.
const SETTLED: Duration = Duration::from_secs(2);
/// How long a file of an earlier run may be missing until its bytes count as lost.
const MISSING: Duration = Duration::from_secs(10);
/// How long a file that holds no text is left alone.
const LEFT: Duration = Duration::from_secs(600);
/// How far the time of a file may be behind the clock: kernels set it at their ticks, file systems keep whole seconds.
const GRAIN: Duration = Duration::from_secs(2);
/// Bytes before the end of a file that are read for what is open there, where reading begins at the end.
const CONTEXT: u64 = 192 * 1024;
/// Shortest time between two messages about files that are not read.
const TELL: Duration = Duration::from_secs(60);

/// Size of a file, and when it was written to last.
type Stamp = (u64, SystemTime);

pub(super) struct Watch {
    /// By the number of their checkpoint.
    pub(super) tails: BTreeMap<u64, Tail>,
    /// Read to their end, as they were then. A new file may have the inode of one that is gone, and as many bytes.
    done: HashMap<Identity, Stamp>,
    /// Not to be read: copies, and files from before the first start.
    ignored: HashMap<Identity, Stamp>,
    /// Not to be looked at before.
    later: HashMap<Identity, Instant>,
    /// Files of an earlier run that were not found yet.
    missing: Vec<u64>,
    begun: Instant,
    is_first: bool,
    served: u64,
    key: [u8; 32],
    follow: bool,
    /// What was said of files that are not read, and when.
    told: (Unread, Option<Instant>),
}

impl Watch {
    pub(super) fn new(options: &Options, store: &Store) -> Self {
        Self {
            tails: BTreeMap::new(),
            done: HashMap::new(),
            ignored: HashMap::new(),
            later: HashMap::new(),
            missing: store.read(|checkpoints| checkpoints.entries.iter().filter(|(_, entry)| !entry.done).map(|(file, _)| *file).collect()),
            begun: Instant::now(),
            is_first: true,
            served: 0,
            key: store.read(|checkpoints| checkpoints.key),
            follow: options.paths.follow,
            told: (Unread::default(), None),
        }
    }

    /// Files in the order of their turns: the one behind the last that was served comes first.
    pub(super) fn turns(&self) -> Vec<u64> {
        let behind = self.tails.range((Bound::Excluded(self.served), Bound::Unbounded));
        behind.chain(self.tails.range(..=self.served)).map(|(file, _)| *file).collect()
    }

    pub(super) fn serve(&mut self, file: u64) {
        self.served = file;
    }

    /// Compares what is there with what is known.
    pub(super) fn look(&mut self, options: &Options, store: &Store) {
        let (found, mut unread) = options.paths.list();
        let present: HashMap<Identity, &Found> = found.iter().map(|file| (file.identity, file)).collect();
        let homes: HashSet<&Path> = found.iter().map(|file| file.path.as_path()).collect();
        for tail in self.tails.values_mut() {
            let is_home = present
                .get(&tail.identity)
                .is_some_and(|file| file.path == tail.home && !file.base.as_ref().is_some_and(|base| homes.contains(base.as_path())));
            if is_home {
                tail.rotated = None;
            } else {
                tail.rotated.get_or_insert_with(Instant::now);
            }
            tail.look();
        }
        // The inode of a file that is gone may soon be that of another one.
        self.done.retain(|identity, _| present.contains_key(identity));
        self.ignored.retain(|identity, _| present.contains_key(identity));
        self.later.retain(|identity, until| present.contains_key(identity) && *until > Instant::now());
        let followed: HashSet<Identity> = self.tails.values().map(|tail| tail.identity).collect();
        for file in found.iter().filter(|file| !followed.contains(&file.identity)) {
            if self.ignored.get(&file.identity) != Some(&stamp(file)) && !self.later.contains_key(&file.identity) {
                let opened = if file.is_packed { self.packed(file, options, store) } else { self.unknown(file, &found, options, store) };
                // What cannot be opened now is tried at the next look.
                unread.unreadable += u64::from(opened.is_err_and(|error| is_closed(&error)));
            }
        }
        self.tell_unread(unread, store);
        if self.begun.elapsed() >= MISSING {
            self.count_missing(store);
        }
        self.is_first = false;
    }

    /// Counts what is not read, and says so when it becomes more, once a minute at most. Names are the senders' words: none is said.
    fn tell_unread(&mut self, unread: Unread, store: &Store) {
        let Unread { unreadable, unnamed } = unread;
        store.unread(unreadable, unnamed);
        let is_more = unreadable > self.told.0.unreadable || unnamed > self.told.0.unnamed;
        if is_more && self.told.1.is_none_or(|told| told.elapsed() >= TELL) {
            self.told = (unread, Some(Instant::now()));
            tracing::warn!(source = &*store.source, unreadable, unnamed, "files or folders that the patterns name are not read");
        } else if unreadable + unnamed == 0 {
            self.told.0 = unread;
        }
    }

    fn unknown(&mut self, file: &Found, found: &[Found], options: &Options, store: &Store) -> io::Result<()> {
        if self.done.get(&file.identity) == Some(&stamp(file)) {
            return Ok(());
        }
        let opened = mark::open(&file.path, self.follow)?;
        // By the time it was opened it may be another one.
        if Identity::of(&opened.metadata()?) != file.identity {
            return Ok(());
        }
        self.done.remove(&file.identity);
        if let Some((number, entry)) = self.remembered(file.identity, &opened, store) {
            self.missing.retain(|missing| *missing != number);
            if entry.done && entry.point.offset == file.size {
                self.done.insert(file.identity, stamp(file));
                return Ok(());
            }
            let mut tail = Tail::new(file.identity, home(file).to_owned(), Input::Plain(opened), entry.point.clone());
            (tail.mark, tail.before, tail.is_known) = (entry.mark, self.predecessor(file, found), true);
            tail.rotated = rotated(file);
            store.change(number, |entry| entry.done = false);
            tail.look();
            self.tails.insert(number, tail);
            return Ok(());
        }
        // The kubelet renames and never copies.
        if let Some(base) = file.base.as_ref().filter(|_| !matches!(options.form, Form::Pods))
            && let Some(tail) = self.tails.values().find(|tail| tail.home == *base && tail.rotated.is_none())
        {
            if tail.mark.is_empty() && tail.size > 0 {
                // Nothing of the other one was read, so nothing tells whether this is its copy.
                return Ok(());
            }
            if !tail.mark.is_empty() && tail.mark.fits(&self.key, &opened)? {
                self.ignored.insert(file.identity, stamp(file));
                return Ok(());
            }
            let is_young = file.modified.elapsed().is_ok_and(|age| age < SETTLED);
            if is_young && tail.mark.begins(&self.key, &opened)? {
                // A copy that is still being written.
                return Ok(());
            }
        }
        let from_end = options.from_end && self.is_first && store.read(|checkpoints| checkpoints.is_new);
        let modified = (file.modified + GRAIN).duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(0));
        if !file.is_direct && (from_end || modified < store.read(|checkpoints| checkpoints.since)) {
            self.ignored.insert(file.identity, stamp(file));
            return Ok(());
        }
        let point = match from_end {
            true => Point { offset: file.size, from: file.size.saturating_sub(CONTEXT), table: None },
            false => Point::default(),
        };
        let (before, rotated) = (self.predecessor(file, found), rotated(file));
        let home = home(file).to_owned();
        self.add(Tail { before, rotated, ..Tail::new(file.identity, home, Input::Plain(opened), point) }, store);
        Ok(())
    }

    /// What an earlier run knew of a file.
    fn remembered(&self, identity: Identity, opened: &File, store: &Store) -> Option<(u64, Entry)> {
        let known = store.read(|checkpoints| {
            let known =
                checkpoints.entries.iter().rev().filter(|(number, entry)| entry.identity == identity && !self.tails.contains_key(number));
            known.map(|(number, entry)| (*number, entry.clone())).collect::<Vec<_>>()
        });
        known.into_iter().find(|(_, entry)| entry.mark.fits(&self.key, opened).unwrap_or(false))
    }

    /// The file that had the name of this one before.
    fn predecessor(&self, file: &Found, found: &[Found]) -> Option<File> {
        if file.base.is_some() {
            return None;
        }
        let rotated = self.tails.values().filter(|tail| tail.home == file.path && tail.rotated.is_some());
        if let Some(plain) = rotated.max_by_key(|tail| tail.rotated).and_then(|tail| tail.input.plain()) {
            return plain.try_clone().ok();
        }
        let older = found.iter().filter(|other| other.base.as_ref() == Some(&file.path) && !other.is_packed);
        older.max_by_key(|other| other.modified).and_then(|other| mark::open(&other.path, self.follow).ok())
    }

    fn add(&mut self, mut tail: Tail, store: &Store) -> u64 {
        tail.look();
        let entry = Entry { identity: tail.identity, mark: tail.mark, size: tail.size, point: tail.point.clone(), done: false };
        let number = store.write(|checkpoints| checkpoints.add(entry));
        self.tails.insert(number, tail);
        number
    }

    /// A compressed file: one that was read before it was compressed, or one to be read.
    fn packed(&mut self, file: &Found, options: &Options, store: &Store) -> io::Result<()> {
        if self.done.get(&file.identity) == Some(&stamp(file)) || (!file.is_direct && self.missing.is_empty()) {
            return Ok(());
        }
        if file.modified.elapsed().is_ok_and(|age| age < SETTLED) {
            return Ok(());
        }
        // Whatever goes wrong, it is not tried at every look.
        self.later.insert(file.identity, Instant::now() + MISSING);
        let opened = mark::open(&file.path, self.follow)?;
        let known = self.remembered(file.identity, &opened, store).map(|(number, entry)| (number, entry, false));
        let is_itself = known.is_some();
        let known = known.or_else(|| self.unpacked(&opened, store));
        self.later.remove(&file.identity);
        // Its own bytes mark it from now on, not its text.
        let mark = Mark::at(&self.key, &opened, file.size, Mark::default())?;
        let tail = |point| Tail {
            mark,
            ..Tail::new(file.identity, home(file).to_owned(), Input::Packed { file: opened, reader: None, at: 0 }, point)
        };
        if let Some((number, entry, more)) = known {
            self.missing.retain(|missing| *missing != number);
            if entry.done && is_itself {
                self.done.insert(file.identity, stamp(file));
            } else if self.tails.contains_key(&number) || (entry.done && !more) {
                self.ignored.insert(file.identity, stamp(file));
            } else {
                let mut tail = tail(entry.point);
                tail.look();
                store.change(number, |entry| (entry.identity, entry.mark, entry.done) = (file.identity, mark, false));
                self.tails.insert(number, tail);
            }
        } else if !file.is_direct || (options.from_end && self.is_first && store.read(|checkpoints| checkpoints.is_new)) {
            self.ignored.insert(file.identity, stamp(file));
        } else {
            self.add(tail(Point::default()), store);
        }
        Ok(())
    }

    /// The known file whose text is that of a compressed one, and whether there is more behind what was read.
    ///
    /// One that cannot be read is not known; that it cannot be read is said when it is.
    fn unpacked(&self, opened: &File, store: &Store) -> Option<(u64, Entry, bool)> {
        let entries: Vec<_> = store.read(|checkpoints| {
            let known = checkpoints.entries.iter().rev().filter(|(_, entry)| !entry.mark.is_empty());
            known.map(|(number, entry)| (*number, entry.clone())).collect()
        });
        let mut heads: HashMap<u64, Mark> = HashMap::new();
        for (number, entry) in entries {
            let bytes = entry.mark.head_bytes();
            let head = match heads.get(&bytes) {
                Some(head) => *head,
                None => Mark::of_text(&self.key, &mut unpack(opened).ok()?, bytes).ok()?,
            };
            heads.insert(bytes, head);
            if !entry.mark.has_head_of(&head) {
                continue;
            }
            let mut reader = unpack(opened).ok()?;
            if entry.mark.fits_text(&self.key, &mut reader).ok()? {
                let more = mark::skip(&mut reader, 1).ok()? > 0;
                return Some((number, entry, more));
            }
        }
        None
    }

    /// A file was truncated. If there is a copy of what it was, the copy takes its place, and nothing is lost.
    pub(super) fn adopt_copy(&mut self, number: u64, options: &Options, store: &Store) -> bool {
        let Some(tail) = self.tails.get(&number) else { return false };
        if tail.mark.is_empty() {
            return false;
        }
        let followed: HashSet<Identity> = self.tails.values().map(|tail| tail.identity).collect();
        let copy = options.paths.list().0.into_iter().find_map(|file| {
            if file.is_packed || file.base.as_ref() != Some(&tail.home) || followed.contains(&file.identity) {
                return None;
            }
            let opened = mark::open(&file.path, self.follow).ok()?;
            tail.mark.fits(&self.key, &opened).ok()?.then_some((file, opened))
        });
        let Some((file, opened)) = copy else { return false };
        self.ignored.remove(&file.identity);
        let before = opened.try_clone().ok();
        let Some(tail) = self.tails.get_mut(&number) else { return false };
        let original = (tail.identity, std::mem::replace(&mut tail.input, Input::Plain(opened)));
        tail.identity = file.identity;
        tail.rotated = Some(Instant::now());
        tail.look();
        let home = tail.home.clone();
        store.change(number, |entry| entry.identity = file.identity);
        self.add(Tail { before, ..Tail::new(original.0, home, original.1, Point::default()) }, store);
        true
    }

    /// The same file from its beginning, as another one.
    pub(super) fn begin_anew(&mut self, number: u64, input: Input, store: &Store) {
        if let Some(tail) = self.tails.remove(&number) {
            self.add(Tail::new(tail.identity, tail.home, input, Point::default()), store);
        }
    }

    /// A file was read to its end, and nobody writes to it.
    pub(super) fn end(&mut self, number: u64) {
        if let Some(tail) = self.tails.remove(&number) {
            let (Input::Plain(file) | Input::Packed { file, .. }) = &tail.input else { return };
            let stamp = file.metadata().and_then(|metadata| Ok((metadata.len(), metadata.modified()?)));
            // What comes after it was read to its end is seen at the next look.
            let stamp = stamp.ok().filter(|(size, _)| matches!(tail.input, Input::Packed { .. }) || *size == tail.read_to);
            if let Some(stamp) = stamp {
                self.done.insert(tail.identity, stamp);
            }
        }
    }

    /// A file holds what is not read: it is looked at again much later.
    pub(super) fn leave(&mut self, number: u64) {
        if let Some(tail) = self.tails.remove(&number) {
            self.later.insert(tail.identity, Instant::now() + LEFT);
        }
    }

    /// Files of an earlier run that are nowhere: what was not read of them is lost.
    fn count_missing(&mut self, store: &Store) {
        for number in std::mem::take(&mut self.missing) {
            let lost = store.write(|checkpoints| {
                let entry = checkpoints.entries.get_mut(&number).filter(|_| !self.tails.contains_key(&number))?;
                entry.done = true;
                Some(entry.size.saturating_sub(entry.point.offset))
            });
            store.lost(lost.unwrap_or(0));
        }
    }
}

fn stamp(file: &Found) -> Stamp {
    (file.size, file.modified)
}

/// Since when its name is another one: it was found so.
fn rotated(file: &Found) -> Option<Instant> {
    (home(file) != file.path).then(Instant::now)
}

/// The name that its records carry.
fn home(file: &Found) -> &Path {
    match &file.base {
        Some(base) if !file.is_direct => base,
        _ => &file.path,
    }
}
