//! Text in cells: stretches of about the same size that end with a line, where there is an end.
//!
//! For who scans one text on several threads. Where the cells end depends on the text and the size alone,
//! not on how it was cut into reads.

use crate::record::Raw;
use std::io::{self, Read};
use std::ops::Range;

/// Bytes read at once.
const READ: usize = 128 * 1024;

/// A stretch of text.
pub struct Cell {
    /// The text.
    pub raw: Raw,
    /// Whether its last byte ends a line.
    pub ends_line: bool,
}

impl Cell {
    /// Reads it from its beginning.
    pub fn reader(&self) -> impl Read + '_ {
        self.raw.expose()
    }

    /// A part of it.
    pub fn part(&self, range: Range<usize>) -> Option<Raw> {
        self.raw.expose().get(range).map(|part| Raw::new(part.to_vec()))
    }
}

/// Cuts what a reader gives.
pub struct Cells<R> {
    inner: R,
    size: usize,
    held: Raw,
    /// Memory of cells that nobody needs any more.
    spare: Vec<Raw>,
    /// How the reader ended.
    end: Option<io::Result<()>>,
}

impl<R: Read> Cells<R> {
    /// Cells of at most `size` bytes.
    pub fn new(inner: R, size: usize) -> Self {
        Self { inner, size, held: Raw::default(), spare: Vec::new(), end: None }
    }

    /// The next cell; nothing at the end.
    ///
    /// # Errors
    /// Those of the reader, after everything that it gave before.
    pub fn take(&mut self) -> io::Result<Option<Cell>> {
        while self.held.len() < self.size && self.end.is_none() {
            let room = READ.min(self.size - self.held.len());
            match self.held.read_from(&mut self.inner, room) {
                Ok(0) => self.end = Some(Ok(())),
                Ok(_) => {}
                Err(error) => self.end = Some(Err(error)),
            }
        }
        if self.held.is_empty() {
            return self.end.take().unwrap_or(Ok(())).map(|()| None);
        }
        let text = self.held.expose();
        let ending = memchr::memrchr(b'\n', text);
        let length = ending.map_or(text.len(), |end| end + 1);
        let mut rest = self.spare.pop().unwrap_or_default();
        rest.extend(text.get(length..).unwrap_or_default());
        let mut raw = std::mem::replace(&mut self.held, rest);
        raw.discard(length..raw.len());
        Ok(Some(Cell { raw, ends_line: ending.is_some() }))
    }

    /// Takes back the memory of a cell.
    pub fn reuse(&mut self, cell: Cell) {
        let mut raw = cell.raw;
        raw.discard(0..raw.len());
        self.spare.push(raw);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_end_with_lines_whatever_the_reads() {
        struct Slow<'t>(&'t [u8], usize);
        impl Read for Slow<'_> {
            fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
                let length = room.len().min(self.1);
                self.0.read(&mut room[..length])
            }
        }
        let text = b"one\ntwo\n\nthree and more\nfour";
        let cut = |reads| {
            let mut cells = Cells::new(Slow(text, reads), 10);
            let mut parts = Vec::new();
            while let Some(cell) = cells.take().unwrap() {
                parts.push((cell.raw.expose().to_vec(), cell.ends_line));
                cells.reuse(cell);
            }
            parts
        };
        let wanted = [("one\ntwo\n\n", true), ("three and ", false), ("more\n", true), ("four", false)];
        for reads in 1..12 {
            assert_eq!(cut(reads), wanted.map(|(text, ends)| (text.as_bytes().to_vec(), ends)));
        }
    }
}
