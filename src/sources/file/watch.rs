//! Which files are followed: new ones, rotated ones, copies, compressed ones, and those that are gone.
//!
//! Looks at the folders now and then and compares what is there with what is known. A file stays what
//! it is under any name; an unknown file with a rotated name is either a copy of one that is followed,
//! or a generation that came and went between two looks.

use super::Options;
use super::carry;
use super::checkpoint::{Entry, Point};
use super::commit::Store;
use super::live::{Input, unpack};
use super::mark::{self, Identity, Mark};
use super::paths::{Found, Unread, is_closed};
use super::records::Form;
use super::tail::{Before, Tail};
use crate::decode::fingerprint::digest;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io;
use std::ops::Bound;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
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
    /// They hold what is not read, and are not to be looked at before.
    left: HashMap<Identity, Instant>,
    /// Files of an earlier run that were not found yet, and their homes.
    missing: BTreeMap<u64, u64>,
    /// Homes whose last file was not read to its end: what comes next there may be the rest of a line.
    torn: HashSet<u64>,
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
            left: HashMap::new(),
            missing: store.read(|checkpoints| {
                checkpoints.entries.iter().filter(|(_, entry)| !entry.done).map(|(file, entry)| (*file, entry.home)).collect()
            }),
            torn: HashSet::new(),
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
                if let Some(file) = present.get(&tail.identity) {
                    tail.name = Some(file.plain.clone());
                }
            }
            tail.look();
        }
        // The inode of a file that is gone may soon be that of another one.
        self.done.retain(|identity, _| present.contains_key(identity));
        self.ignored.retain(|identity, _| present.contains_key(identity));
        self.later.retain(|identity, until| present.contains_key(identity) && *until > Instant::now());
        let followed: HashSet<Identity> = self.tails.values().map(|tail| tail.identity).collect();
        let is_read = |identity: &Identity| self.tails.values().any(|tail| tail.identity == *identity && tail.read_to > 0);
        self.left.retain(|identity, _| present.contains_key(identity) && !is_read(identity));
        unread.content = self.left.len() as u64;
        for file in found.iter().filter(|file| !followed.contains(&file.identity)) {
            let is_left = self.left.get(&file.identity).is_some_and(|until| *until > Instant::now());
            if self.ignored.get(&file.identity) != Some(&stamp(file)) && !self.later.contains_key(&file.identity) && !is_left {
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
    /// What a content is was said when it was looked at.
    fn tell_unread(&mut self, unread: Unread, store: &Store) {
        let Unread { unreadable, unnamed, content } = unread;
        store.unread([unreadable, unnamed, content]);
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
            self.missing.remove(&number);
            if entry.done && entry.point.offset == file.size {
                self.done.insert(file.identity, stamp(file));
                return Ok(());
            }
            let mut tail = Tail::new(file.identity, home(file).to_owned(), Input::Plain(opened), entry.point.clone());
            (tail.mark, tail.before) = (entry.mark, self.predecessor(file, found, options));
            (tail.rotated, tail.name) = rotated(file);
            let home = self.home_mark(&tail.home);
            store.change(number, |entry| (entry.done, entry.home) = (false, home));
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
            true => Point { offset: file.size, from: file.size.saturating_sub(CONTEXT), ..Point::default() },
            false => Point::default(),
        };
        let (before, (rotated, name)) = (self.predecessor(file, found, options), rotated(file));
        let home = home(file).to_owned();
        self.add(Tail { before, rotated, name, ..Tail::new(file.identity, home, Input::Plain(opened), point) }, store);
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
    fn predecessor(&self, file: &Found, found: &[Found], options: &Options) -> Option<Before> {
        if matches!(options.form, Form::Pods) {
            // The kubelet's names stand in the order of time.
            let (home, is_home) = (home(file), home(file) == file.path);
            let before = |other: &&Found| {
                other.identity != file.identity && self::home(other) == home && other.path != home && (is_home || other.plain < file.plain)
            };
            let older = found.iter().filter(before).max_by(|one, other| one.plain.cmp(&other.plain))?;
            let opened = mark::open(&older.path, self.follow).ok()?;
            return Some(Before { file: opened, name: older.plain.clone(), is_packed: older.is_packed });
        }
        if file.base.is_some() {
            return None;
        }
        let rotated = self.tails.values().filter(|tail| tail.home == file.path && tail.rotated.is_some());
        if let Some(plain) = rotated.max_by_key(|tail| tail.rotated).and_then(|tail| tail.input.plain()) {
            return plain.try_clone().ok().map(Before::plain);
        }
        let older = found.iter().filter(|other| other.base.as_ref() == Some(&file.path) && !other.is_packed);
        older.max_by_key(|other| other.modified).and_then(|other| mark::open(&other.path, self.follow).ok()).map(Before::plain)
    }

    fn add(&mut self, mut tail: Tail, store: &Store) -> u64 {
        tail.look();
        let home = self.home_mark(&tail.home);
        if self.torn.remove(&home) {
            tail.point.rest = [true; 2];
        }
        let (mark, size, point) = (tail.mark, tail.size, tail.point.clone());
        let entry = Entry { identity: tail.identity, mark, size, point, done: false, home };
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
        let (rotated, name) = rotated(file);
        let tail = |point| Tail {
            mark,
            rotated,
            name: name.clone(),
            ..Tail::new(file.identity, home(file).to_owned(), Input::Packed { file: opened, reader: None, at: 0 }, point)
        };
        if let Some((number, entry, more)) = known {
            self.missing.remove(&number);
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
        let before = opened.try_clone().ok().map(Before::plain);
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

    /// The same file from its beginning, as another one; `open` if it broke off where a line goes on.
    pub(super) fn begin_anew(&mut self, number: u64, input: Input, open: bool, store: &Store) {
        if let Some(tail) = self.tails.remove(&number) {
            let point = Point { rest: [open; 2], ..Point::default() };
            self.add(Tail::new(tail.identity, tail.home, input, point), store);
        }
    }

    /// The name that records carry, as checkpoints know it.
    fn home_mark(&self, home: &Path) -> u64 {
        u64::from_le_bytes(*digest(&self.key, home.as_os_str().as_bytes()).first_chunk().unwrap_or(&[0; 8]))
    }

    /// Whether a file that an earlier run read under this name may still be found: it comes first.
    pub(super) fn awaits(&self, home: &Path) -> bool {
        !self.missing.is_empty() && self.missing.values().any(|mark| *mark == self.home_mark(home))
    }

    /// The end of a file is not to be had: what comes first in the next one may be the rest of its last line.
    fn tear(&mut self, home: u64, store: &Store) {
        let unread: Vec<u64> = store.read(|checkpoints| {
            let of_home = checkpoints.entries.iter().filter(|(_, entry)| entry.home == home && entry.point.offset == 0 && !entry.done);
            of_home.map(|(number, _)| *number).collect()
        });
        let tails = self.tails.iter_mut().filter(|(number, tail)| unread.contains(number) && tail.point.offset == 0 && !tail.is_open);
        match tails.min_by(|(_, one), (_, other)| carry::order(one, other)) {
            Some((number, tail)) => {
                tail.point.rest = [true; 2];
                store.change(*number, |entry| entry.point.rest = [true; 2]);
            }
            None => {
                self.torn.insert(home);
            }
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

    /// A file holds what is not read: it is looked at again much later. Returns whether that is new.
    pub(super) fn leave(&mut self, number: u64) -> bool {
        let Some(tail) = self.tails.remove(&number) else { return false };
        self.left.insert(tail.identity, Instant::now() + LEFT).is_none()
    }

    /// Files of an earlier run that are nowhere: what was not read of them is lost.
    fn count_missing(&mut self, store: &Store) {
        for (number, home) in std::mem::take(&mut self.missing) {
            // Before it counts as done: a restart finds the one or the other.
            self.tear(home, store);
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

/// Since when its name is another one, and that name: it was found so.
fn rotated(file: &Found) -> (Option<Instant>, Option<PathBuf>) {
    (home(file) != file.path).then(|| (Instant::now(), file.plain.clone())).unzip()
}

/// The name that its records carry.
fn home(file: &Found) -> &Path {
    match &file.base {
        Some(base) if !file.is_direct => base,
        _ => &file.path,
    }
}
