//! Opens a folder: what is there, what is damaged, where to go on.
//!
//! Every frame is checked once. Nothing that is damaged keeps the program from starting, and nothing
//! is deleted because of damage: a segment whose header does not hold is kept under another name.
//! What does refuse a start is somebody else in the folder, a wrong key, or a newer program's files.

use super::cursors::{self, Cursors};
use super::files::{File, Files, Lock};
use super::format::{Kind, MAX_HEADER};
use super::key::Key;
use super::segment::{Damage, Segment, Unreadable, number};
use super::state::{Live, Shared, State};
use super::{OpenError, Settings};
use crate::route::Generation;
use std::io;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;
use tokio::sync::Notify;

/// What opening a folder found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Batches that wait for a sink.
    pub entries: u64,
    /// Segments in use.
    pub segments: u64,
    /// Segments whose header is damaged; they are kept as `.bad`.
    pub bad: u64,
    /// Damage of the others, and batches that are missing between them.
    pub damage: Damage,
    /// Whether the file of cursors is damaged or missing: what waits is sent again from the start.
    pub cursors_lost: bool,
}

/// What the check of one segment gives.
struct Checked {
    live: Live,
    entries: u64,
    damage: Damage,
}

/// Whether no cursors can have been saved yet: a folder is empty at first, and still has its first segment when
/// the program ends in its first second or its disk is full.
fn is_young(names: &[String]) -> bool {
    let saved = names.iter().any(|name| name == cursors::NAME);
    let first = names.iter().filter_map(|name| number(name, ".seg")).min();
    !saved && first.is_none_or(|first| first == 1)
}

/// Opens a folder that nobody else has open.
pub(super) fn open(settings: Settings, sinks: &[String], generation: Generation) -> Result<(Arc<Shared>, Lock, Recovery), OpenError> {
    let Settings { dir, key, max_bytes, when_full, segment_bytes, files } = settings;
    files.make_dir(&dir)?;
    let lock = files.lock(&dir.join("lock"), false).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => OpenError::Locked,
        _ => OpenError::Io(error),
    })?;
    let mut recovery = Recovery::default();
    let names = files.list(&dir)?;
    for name in names.iter().filter(|name| name.ends_with(".tmp")) {
        // Never acknowledged: it had no name of its own yet.
        files.remove(&dir.join(name))?;
    }
    let cursors = read_cursors(files.as_ref(), &dir)?;
    recovery.cursors_lost = cursors.is_none() && !is_young(&names);
    let cursors = cursors.unwrap_or_default();
    let own: Vec<u64> = sinks.iter().map(|name| cursors.of(name).unwrap_or(0)).collect();
    let mut state = State::new(generation, own);
    state.others = cursors.sinks.iter().filter(|(name, _)| !sinks.contains(name)).cloned().collect();
    state.gaps = cursors.gaps.clone();
    state.next = cursors.sinks.iter().map(|(_, next)| *next).max().unwrap_or(0);
    state.next_number = names.iter().filter_map(|name| number(name, ".seg").or_else(|| number(name, ".bad"))).max().unwrap_or(0) + 1;
    let (opened, bad) = headers(files.as_ref(), &dir, &names, key.as_ref())?;
    recovery.bad = bad;
    let mut firsts: Vec<u64> = opened.iter().map(|(_, segment, _)| segment.header.first).skip(1).collect();
    firsts.push(u64::MAX);
    for ((number, segment, file), void) in opened.into_iter().zip(firsts) {
        let is_last = void == u64::MAX;
        let checked = check(number, segment, void, sinks, generation, &cursors).map_err(OpenError::Io)?;
        let mut live = checked.live;
        let mut damage = checked.damage;
        if is_last && damage.tail > 0 {
            // A read-only disk is found out by the first batch.
            let _ = file.cut(live.bytes).and_then(|()| file.sync());
        }
        if !is_last {
            let missing = void.saturating_sub(live.end).saturating_sub(cursors.in_gaps(live.end, void));
            damage.stretches += u64::from(missing > 0);
            damage.batches += missing;
            live.damaged |= missing > 0 && damage.tail > 0;
            // Bytes that were never acknowledged: the next segment has what counts.
            damage.tail = if missing > 0 { damage.tail } else { 0 };
        }
        recovery.damage = recovery.damage.and(damage);
        recovery.entries += checked.entries;
        recovery.segments += 1;
        state.next = state.next.max(live.end);
        state.total += live.bytes;
        state.segments.push_back(live);
    }
    state.judge_stall();
    let shared = Shared {
        files,
        dir,
        key,
        sinks: sinks.to_vec(),
        max_bytes,
        segment_bytes,
        when_full,
        state: Mutex::new(state),
        work: Condvar::new(),
        appended: Notify::new(),
        room: Notify::new(),
    };
    Ok((Arc::new(shared), lock, recovery))
}

type Opened = Vec<(u64, Segment, Arc<dyn File>)>;

/// Opens the segments of a folder by their numbers. Those with a damaged header are put aside and counted.
fn headers(files: &dyn Files, dir: &Path, names: &[String], key: Option<&Key>) -> Result<(Opened, u64), OpenError> {
    let mut numbers: Vec<(u64, &String)> = names.iter().filter_map(|name| Some((number(name, ".seg")?, name))).collect();
    numbers.sort_unstable();
    let (mut opened, mut bad) = (Vec::new(), 0);
    for (number, name) in numbers {
        let path = dir.join(name);
        let file = files.open(&path)?;
        match Segment::open(Arc::clone(&file), key) {
            Ok(segment) if segment.header.kind == Kind::Waiting => opened.push((number, segment, file)),
            Ok(_) | Err(Unreadable::Damaged) => {
                bad += 1;
                // If it cannot be renamed, it is found and counted again.
                let _ = files.rename(&path, &path.with_extension("bad"));
            }
            Err(Unreadable::Newer) => return Err(OpenError::Newer),
            Err(Unreadable::Key) => return Err(OpenError::Key),
            Err(Unreadable::Io(error)) if is_damage(&error) => {
                bad += 1;
                let _ = files.rename(&path, &path.with_extension("bad"));
            }
            Err(Unreadable::Io(error)) => return Err(OpenError::Io(error)),
        }
    }
    Ok((opened, bad))
}

/// Reads a segment to its end.
fn check(number: u64, mut segment: Segment, void: u64, sinks: &[String], generation: Generation, cursors: &Cursors) -> io::Result<Checked> {
    segment.void_from(void);
    let header = segment.header.clone();
    let names = (header.sinks != sinks).then(|| header.sinks.clone());
    let taken: Vec<u64> = header.sinks.iter().map(|name| cursors.of(name).unwrap_or(0)).collect();
    let mut last = vec![0; header.sinks.len()];
    let mut entries = 0;
    loop {
        let stored = match segment.next(0) {
            Ok(Some(stored)) => stored,
            Ok(None) => break,
            Err(error) if is_damage(&error) => {
                segment.damage.stretches += 1;
                break;
            }
            Err(error) => return Err(error),
        };
        let mut waits = false;
        for sink in stored.sinks.iter() {
            if let (Some(last), Some(taken)) = (last.get_mut(sink), taken.get(sink))
                && *taken <= stored.sequence
            {
                *last = stored.sequence + 1;
                waits = true;
            }
        }
        entries += u64::from(waits);
    }
    let bytes = segment.position();
    let damage = segment.damage;
    let (first, end) = (header.first, segment.expected());
    let damaged = damage.stretches > 0;
    let generation = if names.is_some() && header.generation == generation { Generation::default() } else { header.generation };
    let live = Live { number, first, end, bytes, generation, names, last, active: false, migrated: false, damaged, since: Instant::now() };
    Ok(Checked { live, entries, damage })
}

pub(super) fn read_cursors(files: &dyn Files, dir: &Path) -> Result<Option<Cursors>, OpenError> {
    let file = match files.open(&dir.join(cursors::NAME)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    // Names of 64 sinks, and gaps: more than that is damage.
    let size = usize::try_from(file.size()?).unwrap_or(usize::MAX).min(MAX_HEADER + (16 << 20));
    let mut bytes = vec![0; size];
    let read = match super::segment::fill(file.as_ref(), &mut bytes, 0) {
        Err(error) if is_damage(&error) => return Ok(None),
        read => read?,
    };
    bytes.truncate(read);
    Ok(Cursors::decode(&bytes))
}

/// Whether an error of reading means that the bytes are gone, and not that the system is short of something.
pub(super) fn is_damage(error: &io::Error) -> bool {
    const EIO: i32 = 5;
    error.raw_os_error() == Some(EIO) || matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof)
}
