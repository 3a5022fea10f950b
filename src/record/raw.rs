//! Bytes that nobody has scanned yet.
//!
//! A `Raw` may be created, moved and dropped by anyone, but its bytes can be read
//! only by the engine and the decoders (invariant I1; `tests/architecture.rs` checks
//! who calls [`Raw::expose`]). It has no `Debug`, `Display`, `Serialize` or `Clone`,
//! so that no log line, error text or second copy can hold raw bytes by accident.

use std::io::{self, Read};
use std::ops::Range;

/// Unscanned bytes: movable, but closed to everything except the engine and the decoders.
#[derive(Default)]
pub struct Raw {
    /// Bytes held, and behind them room that was zeroed once.
    bytes: Vec<u8>,
    held: usize,
}

impl Raw {
    /// Takes ownership of unscanned bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { held: bytes.len(), bytes }
    }

    /// Empty, with room for `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { bytes: Vec::with_capacity(capacity), held: 0 }
    }

    /// Number of bytes held.
    pub fn len(&self) -> usize {
        self.held
    }

    /// Whether no bytes are held.
    pub fn is_empty(&self) -> bool {
        self.held == 0
    }

    /// Opens the bytes. For the engine and the decoders only.
    pub(crate) fn expose(&self) -> &[u8] {
        self.bytes.get(..self.held).unwrap_or_default()
    }

    /// Appends a copy of `bytes`.
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        let end = self.held.saturating_add(bytes.len());
        if let Some(room) = self.bytes.get_mut(self.held..end) {
            // Room that was zeroed once stays room.
            room.copy_from_slice(bytes);
        } else {
            self.bytes.truncate(self.held);
            self.bytes.extend_from_slice(bytes);
        }
        self.held = end;
    }

    /// Forgets the bytes of `range`; what follows moves up.
    pub(crate) fn discard(&mut self, range: Range<usize>) {
        let end = range.end.min(self.held);
        let start = range.start.min(end);
        self.bytes.copy_within(end..self.held, start);
        self.held -= end - start;
    }

    /// Gives memory back if it is much more than what is held.
    pub(crate) fn fit(&mut self) {
        if self.bytes.capacity() > 4 * self.held + 4096 {
            self.bytes.truncate(self.held);
            self.bytes.shrink_to_fit();
        }
    }

    /// Reads once from `reader` into spare room of at most `room` bytes.
    ///
    /// Returns the number of bytes read, 0 at the end of the input.
    ///
    /// # Errors
    /// Whatever the reader reports; the bytes held before stay as they were.
    pub fn read_from(&mut self, reader: &mut impl Read, room: usize) -> io::Result<usize> {
        let full = self.held.saturating_add(room);
        if self.bytes.len() < full {
            self.bytes.resize(full, 0);
        }
        let spare = self.bytes.get_mut(self.held..full).unwrap_or_default();
        let outcome = loop {
            match reader.read(spare) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        let read = outcome.as_ref().copied().unwrap_or(0).min(room);
        self.held = self.held.saturating_add(read);
        outcome
    }
}
