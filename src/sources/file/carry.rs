//! A record that begins in a file and goes on in the next one: the runtime wrote a part of a line, and the kubelet
//! rotated the file before the next part came.
//!
//! The stream of the older file goes on in the new one, so that both parts are scanned as one text and leave as
//! one record. The older file counts as read when that record was handed over. A new file is not begun by itself while
//! the one before it is unread or open; where that one cannot be had, what may be the rest of its line is left out.

use super::live::Live;
use super::mark::At;
use super::tail::Tail;
use super::watch::Watch;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

/// How long a file waits for one before it that cannot be read.
const FAILING: Duration = Duration::from_secs(30);

/// What becomes of what is open at the end of a file that was rotated away.
pub(super) enum End {
    /// It waits for the next file.
    Waits,
    /// It left with the first record of the next one.
    Taken,
    /// Nothing continues it.
    Here,
}

/// Whether a file may be read now.
pub(super) enum Begin {
    /// Yes.
    Now,
    /// When the one before it is found.
    Later,
    /// When this one, which is before it, is read to its end.
    Behind(u64),
}

/// Before a file is read: takes over what is open at the end of the one before it.
pub(super) fn take_over(file: u64, lives: &mut HashMap<u64, Live<'_>>, watch: &mut Watch) -> Begin {
    let begins = |tail: &&Tail| tail.point.offset == 0 && tail.size > 0 && tail.has_work();
    let Some(own) = watch.tails.get(&file).filter(begins).filter(|_| !lives.contains_key(&file)) else { return Begin::Now };
    if watch.awaits(&own.home) {
        return Begin::Later;
    }
    let older = watch.tails.iter().filter(|(_, other)| is_before(other, own)).max_by(|(_, one), (_, other)| order(one, other));
    // Another one that was not read stands between them, or it is known that there is nothing to take over.
    let is_apart = |other: &Tail| {
        own.point.rest != [false; 2]
            || own.before.as_ref().is_some_and(|before| other.name.as_ref().is_some_and(|name| *name < before.name))
    };
    let older = older.filter(|(_, other)| !is_apart(other)).map(|(number, _)| *number);
    if let Some(own) = watch.tails.get_mut(&file) {
        // Its stream was dropped, or none began.
        own.read_to = 0;
    }
    let Some(other) = older.and_then(|older| watch.tails.get_mut(&older)) else { return Begin::Now };
    let Some(older) = older else { return Begin::Now };
    if other.failing.is_some_and(|since| since.elapsed() >= FAILING) {
        if let Some(own) = watch.tails.get_mut(&file) {
            own.point.rest = [true; 2];
        }
        return Begin::Now;
    }
    other.look();
    let live = lives.get(&older);
    if live.is_none() && other.point.offset < other.size {
        // Its stream was dropped: what was open is read again first.
        (other.carried, other.is_open, other.read_to) = (None, false, other.point.offset);
        return Begin::Behind(older);
    }
    if other.size != other.read_to {
        return Begin::Behind(older);
    }
    if live.is_some_and(Live::holds)
        && ends_line(other)
        && let Some(mut live) = lives.remove(&older)
    {
        live.go_on_in_next();
        lives.insert(file, live);
        other.carried = Some(file);
    }
    Begin::Now
}

/// Whether what was open at the end of a file has left with the first record of the one behind it.
pub(super) fn has_left(next: u64, watch: &Watch) -> bool {
    watch.tails.get(&next).is_none_or(|tail| tail.point.offset > 0)
}

/// What becomes of what is open at the end of a file.
pub(super) fn end(file: u64, watch: &Watch) -> End {
    let Some(own) = watch.tails.get(&file) else { return End::Here };
    if !ends_line(own) {
        return End::Here;
    }
    let next = watch.tails.values().filter(|other| is_before(own, other)).min_by(|one, other| order(one, other));
    match next {
        Some(next) if next.point.offset > 0 => End::Taken,
        Some(_) => End::Waits,
        // As long as it is there, its container may go on.
        None if own.input.file().is_none_or(|file| file.metadata().is_ok_and(|metadata| metadata.nlink() == 0)) => End::Here,
        None => End::Waits,
    }
}

/// Whether a file had the name of another one before. Nobody writes to a file that has another name now.
fn is_before(older: &Tail, newer: &Tail) -> bool {
    older.home == newer.home && older.identity != newer.identity && order(older, newer) == Ordering::Less
}

/// Which of two files of one name was written first: the kubelet's names say so, and say more than clocks do.
pub(super) fn order(one: &Tail, other: &Tail) -> Ordering {
    match (one.rotated, other.rotated) {
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (since, others) => match (&one.name, &other.name) {
            (Some(name), Some(others)) if name != others => name.cmp(others),
            _ => since.cmp(&others).then(one.modified.cmp(&other.modified)),
        },
    }
}

/// Whether the last line is complete: after a crash of the node it may not be, and nothing continues it.
fn ends_line(tail: &Tail) -> bool {
    fn last(file: &File, size: u64) -> bool {
        let mut last = [0];
        let read = size.checked_sub(1).map(|at| At { file, at }.read(&mut last));
        matches!(read, Some(Ok(1))) && last == *b"\n"
    }
    // Of a compressed file it would have to be unpacked once more.
    tail.input.plain().is_none_or(|plain| last(plain, tail.size))
}
