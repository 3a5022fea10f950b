//! A record that begins in a file and goes on in the next one: the runtime wrote a part of a line, and the kubelet
//! rotated the file before the next part came.
//!
//! The stream of the older file goes on in the new one, so that both parts are scanned as one text and leave as
//! one record. The older file counts as read when that record was handed over.

use super::live::Live;
use super::mark::At;
use super::tail::Tail;
use super::watch::Watch;
use std::collections::HashMap;
use std::fs::File;
use std::io::Read;

/// Before a file is read: takes over what is open at the end of the one before it. Returns whether the file may be
/// read now; a new one not while the older one is not read to its end.
pub(super) fn take_over(file: u64, lives: &mut HashMap<u64, Live<'_>>, watch: &mut Watch) -> bool {
    taken_before(file, lives, watch);
    let Some(own) = watch.tails.get(&file).filter(|tail| tail.read_to == 0 && tail.point.offset == 0) else { return true };
    if own.size == 0 || lives.contains_key(&file) {
        return true;
    }
    let older = watch.tails.iter().filter(|(_, other)| is_before(other, own)).max_by_key(|(_, other)| other.modified);
    let Some(older) = older.map(|(number, _)| *number) else { return true };
    let Some(other) = watch.tails.get_mut(&older) else { return true };
    if other.retry.is_some() || other.input.plain().is_none() {
        // It cannot be read now: nobody waits for it.
        return true;
    }
    other.look();
    let live = lives.get(&older);
    if live.is_none() && other.point.offset < other.size {
        // Its stream was dropped: what was open is read again first.
        (other.carried, other.read_to) = (None, other.point.offset);
        return false;
    }
    if other.size != other.read_to {
        return false;
    }
    let whole = other.input.plain().is_some_and(|plain| ends_line(plain, other.size));
    if whole
        && live.is_some_and(Live::holds)
        && let Some(mut live) = lives.remove(&older)
    {
        live.go_on_in_next();
        lives.insert(file, live);
        other.carried = Some(file);
    }
    true
}

/// Whether what was open at the end of a file has left with the first record of the one behind it.
pub(super) fn has_left(next: u64, watch: &Watch) -> bool {
    watch.tails.get(&next).is_none_or(|tail| tail.point.offset > 0)
}

/// After a restart: what is open at the end of this file has left with the file behind it, if that was read already.
fn taken_before(file: u64, lives: &mut HashMap<u64, Live<'_>>, watch: &mut Watch) {
    let known = |tail: &&Tail| tail.is_known && tail.rotated.is_some() && tail.size == tail.read_to;
    let Some(own) = watch.tails.get(&file).filter(known) else { return };
    let whole = own.input.plain().is_some_and(|plain| ends_line(plain, own.size));
    if !whole || !lives.get(&file).is_some_and(Live::holds) {
        return;
    }
    let next = watch.tails.iter().filter(|(_, other)| is_before(own, other)).min_by_key(|(_, other)| other.modified);
    let Some(next) = next.filter(|(_, next)| next.point.offset > 0).map(|(number, _)| *number) else { return };
    lives.remove(&file);
    if let Some(own) = watch.tails.get_mut(&file) {
        own.carried = Some(next);
    }
}

/// Whether a file had the name of another one before. Nobody writes to a file that has another name now.
fn is_before(older: &Tail, newer: &Tail) -> bool {
    older.home == newer.home
        && older.identity != newer.identity
        && (older.modified < newer.modified || older.modified == newer.modified && older.rotated.is_some() && newer.rotated.is_none())
}

/// Whether the last line is complete: after a crash of the node it may not be, and nothing continues it.
fn ends_line(file: &File, size: u64) -> bool {
    let mut last = [0];
    let read = size.checked_sub(1).map(|at| At { file, at }.read(&mut last));
    matches!(read, Some(Ok(1))) && last == *b"\n"
}
