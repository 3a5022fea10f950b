//! Where a stream is in its input, for who has to begin again there after a crash.
//!
//! What is decided has left the engine, but not all of it may be forgotten: a private key that is open,
//! a record that is read in windows and the header of a table have to be read again before the bytes
//! behind them mean the same. Noted at the end of each block, in offsets of the input; holds no bytes.

use std::ops::Range;

/// From where the input has to be read again, for what is decided next to come out the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resume {
    /// First byte to read; what comes out of bytes before the decided ones is to be left out.
    pub from: u64,
    /// Bytes with the header of the table that is open: to be read before.
    pub table: Option<Range<u64>>,
}

/// The place, and what is open there.
#[derive(Default)]
pub(super) struct Place {
    /// One past the last line end that was decided.
    pub(super) line_end: u64,
    /// One past each line end, while somebody asks for them.
    pub(super) ends: Option<Vec<u64>>,
    since: Option<u64>,
    table: Option<Range<u64>>,
    /// Which table of the input it is.
    serial: u32,
}

/// Longest stretch that is read again for the header of a table: the rule below it may be in the next block.
const HEADER: u64 = 64 * 1024;

impl Place {
    /// Notes line ends of decided bytes, the first of which is at `start`.
    pub(super) fn lines(&mut self, start: u64, bytes: &[u8]) {
        if let Some(last) = memchr::memrchr(b'\n', bytes) {
            self.line_end = start + last as u64 + 1;
        }
        if let Some(ends) = &mut self.ends {
            ends.extend(memchr::memchr_iter(b'\n', bytes).map(|at| start + at as u64 + 1));
        }
    }

    /// Notes what is open after a block: the bytes that the open private key has taken, the open table.
    pub(super) fn block(&mut self, block: Range<u64>, inside_long: bool, key: Option<usize>, table: Option<u32>) {
        match key {
            None => self.since = None,
            Some(_) if inside_long => self.long(block.start),
            // The first line of the key is in this block, or it is that of an earlier one.
            Some(taken) if self.since.is_none() || (taken as u64) < block.end - block.start => self.since = Some(block.start),
            Some(_) => {}
        }
        match (table, &mut self.table) {
            (None, open) => *open = None,
            (Some(serial), Some(open)) if serial == self.serial => {
                if open.end == block.start && open.end - open.start < HEADER {
                    open.end = block.end;
                }
            }
            (Some(serial), open) => {
                *open = Some(block);
                self.serial = serial;
            }
        }
    }

    /// Notes that a record is read in windows.
    pub(super) fn long(&mut self, start: u64) {
        self.since.get_or_insert(start);
        self.table = None;
    }

    /// Notes that an input ended: tables end there, a private key may go on.
    pub(super) fn ended(&mut self) {
        self.table = None;
    }

    pub(super) fn resume(&self, decided: u64) -> Resume {
        Resume { from: self.since.unwrap_or(decided), table: self.table.clone() }
    }
}
