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
    bytes: Vec<u8>,
}

impl Raw {
    /// Takes ownership of unscanned bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes }
    }

    /// Empty, with room for `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { bytes: Vec::with_capacity(capacity) }
    }

    /// Number of bytes held.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether no bytes are held.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Opens the bytes. For the engine and the decoders only.
    pub(crate) fn expose(&self) -> &[u8] {
        &self.bytes
    }

    /// Appends a copy of `bytes`.
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Forgets the bytes of `range`; what follows moves up.
    pub(crate) fn discard(&mut self, range: Range<usize>) {
        let end = range.end.min(self.bytes.len());
        self.bytes.drain(range.start.min(end)..end);
    }

    /// Reads once from `reader` into spare room of at most `room` bytes.
    ///
    /// Returns the number of bytes read, 0 at the end of the input.
    ///
    /// # Errors
    /// Whatever the reader reports; the bytes held before stay as they were.
    pub fn read_from(&mut self, reader: &mut impl Read, room: usize) -> io::Result<usize> {
        let held = self.bytes.len();
        self.bytes.resize(held.saturating_add(room), 0);
        let spare = self.bytes.get_mut(held..).unwrap_or_default();
        let outcome = loop {
            match reader.read(spare) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        let read = outcome.as_ref().copied().unwrap_or(0).min(room);
        self.bytes.truncate(held.saturating_add(read));
        outcome
    }
}
