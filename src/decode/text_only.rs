//! Refuses what is no text: NUL bytes near the start of an input.
//!
//! For who copies a whole tree, where pictures and programs may lie between logs. Text has no NUL bytes
//! but by accident, and every common binary format has some in its first kilobytes. The answer depends
//! on the bytes alone, not on how they were cut into reads.

use super::DecodeError;
use std::io::{self, Read};

/// Bytes that are looked at.
const LOOK_AT: usize = 8 * 1024;

/// A reader of decoded text that ends with [`DecodeError::Binary`] where it is none.
pub struct TextOnly<R> {
    inner: R,
    left: usize,
}

impl<R: Read> TextOnly<R> {
    /// Looks at what the reader gives.
    pub fn new(inner: R) -> Self {
        Self { inner, left: LOOK_AT }
    }
}

impl<R: Read> Read for TextOnly<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(room)?;
        if self.left > 0 {
            let look = read.min(self.left);
            if memchr::memchr(0, room.get(..look).unwrap_or_default()).is_some() {
                return Err(DecodeError::Binary.into_io(io::ErrorKind::Unsupported));
            }
            self.left -= look;
        }
        Ok(read)
    }
}
