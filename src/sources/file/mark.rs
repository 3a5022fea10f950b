//! Which file is which: device and inode, and marks of what it holds.
//!
//! A name says little about a log, because rotation renames it, and an inode is used again when its
//! file is gone. The marks are keyed hashes of the first bytes and of the last ones that were read:
//! they show a file that was truncated or replaced, and they recognise a copy of one. They hold no text.

use crate::decode::fingerprint::{self, fingerprint};
use crate::record::Raw;
use serde::{Deserialize, Serialize};
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

/// Most bytes of each mark.
const SPAN: u64 = 1024;

/// Device and inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Identity {
    dev: u64,
    ino: u64,
}

impl Identity {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self { dev: metadata.dev(), ino: metadata.ino() }
    }
}

/// One stretch of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Stretch {
    at: u64,
    bytes: u64,
    print: [u8; fingerprint::LENGTH],
}

/// What a file held when it was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    head: Stretch,
    tail: Stretch,
}

impl Mark {
    /// The marks of a file that was read up to an offset, from earlier ones.
    pub(super) fn at(key: &[u8], file: &File, offset: u64, before: Self) -> io::Result<Self> {
        let head = if before.head.bytes < offset.min(SPAN) { stretch(key, file, 0, offset.min(SPAN))? } else { before.head };
        let from = offset.saturating_sub(SPAN);
        Ok(Self { head, tail: stretch(key, file, from, offset - from)? })
    }

    /// With the first bytes, if they were not marked yet.
    pub(super) fn with_head(self, key: &[u8], file: &File) -> io::Result<Self> {
        let head = if self.is_empty() { stretch(key, file, 0, SPAN)? } else { self.head };
        Ok(Self { head, ..self })
    }

    /// Whether a file is the one, or a copy of it.
    pub(super) fn fits(&self, key: &[u8], file: &File) -> io::Result<bool> {
        Ok(self.end() <= file.metadata()?.len()
            && stretch(key, file, self.head.at, self.head.bytes)? == self.head
            && stretch(key, file, self.tail.at, self.tail.bytes)? == self.tail)
    }

    /// As [`Self::fits`], of text that can only be read in order. Returns whether it does; the reader stands behind what was marked.
    pub(super) fn fits_text(&self, key: &[u8], reader: &mut dyn Read) -> io::Result<bool> {
        let head = take(reader, self.head.bytes)?;
        if head.len() as u64 != self.head.bytes || fingerprint(key, &head) != self.head.print {
            return Ok(false);
        }
        if self.tail.at + self.tail.bytes <= self.head.bytes {
            return Ok(true);
        }
        if self.tail.at < self.head.bytes {
            // A stretch that reaches into the first bytes is no longer to be had; its end is behind them.
            skip(reader, self.tail.at + self.tail.bytes - self.head.bytes)?;
            return Ok(true);
        }
        skip(reader, self.tail.at - self.head.bytes)?;
        let tail = take(reader, self.tail.bytes)?;
        Ok(tail.len() as u64 == self.tail.bytes && fingerprint(key, &tail) == self.tail.print)
    }

    /// Whether a file begins as this one, as far as it goes.
    pub(super) fn begins(&self, key: &[u8], file: &File) -> io::Result<bool> {
        let size = file.metadata()?.len();
        Ok(size < self.end() && (size < self.head.bytes || stretch(key, file, 0, self.head.bytes)? == self.head))
    }

    /// The mark of the first bytes of a text.
    pub(super) fn of_text(key: &[u8], reader: &mut dyn Read, bytes: u64) -> io::Result<Self> {
        let raw = take(reader, bytes)?;
        let head = Stretch { at: 0, bytes: raw.len() as u64, print: fingerprint(key, &raw) };
        Ok(Self { head, tail: Stretch::default() })
    }

    /// Whether both begin with the same bytes.
    pub(super) fn has_head_of(&self, other: &Self) -> bool {
        self.head == other.head
    }

    /// Bytes at the beginning that were marked.
    pub(super) fn head_bytes(&self) -> u64 {
        self.head.bytes
    }

    /// Whether there is something to recognise.
    pub(super) fn is_empty(&self) -> bool {
        self.head.bytes == 0
    }

    /// One past the bytes that were marked.
    pub(super) fn end(&self) -> u64 {
        self.tail.at + self.tail.bytes
    }
}

/// The first bytes of a file, as many as tell what it is.
pub(super) fn head(file: &File) -> io::Result<Raw> {
    take(&mut At { file, at: 0 }, 512)
}

fn stretch(key: &[u8], file: &File, at: u64, bytes: u64) -> io::Result<Stretch> {
    let raw = take(&mut At { file, at }, bytes)?;
    if raw.is_empty() {
        return Ok(Stretch { at, ..Stretch::default() });
    }
    // What is no longer there has a fingerprint of its own: that of fewer bytes.
    Ok(Stretch { at, bytes: raw.len() as u64, print: fingerprint(key, &raw) })
}

fn take(mut reader: &mut dyn Read, bytes: u64) -> io::Result<Raw> {
    let mut raw = Raw::default();
    while (raw.len() as u64) < bytes {
        let room = usize::try_from(bytes - raw.len() as u64).unwrap_or(usize::MAX);
        if raw.read_from(&mut reader, room)? == 0 {
            break;
        }
    }
    Ok(raw)
}

/// Reads on without keeping what is read.
pub(super) fn skip(reader: &mut dyn Read, bytes: u64) -> io::Result<u64> {
    io::copy(&mut reader.take(bytes), &mut io::sink())
}

/// A file read from an offset on, whatever its own position is.
pub(super) struct At<'f> {
    pub(super) file: &'f File,
    pub(super) at: u64,
}

impl Read for At<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// Opens a regular file. Anything else, and a link if they are not followed, is an error.
pub(super) fn open(path: &Path, follow: bool) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let refused = || io::Error::from(io::ErrorKind::InvalidInput);
    #[cfg(target_os = "linux")]
    let flags = {
        use rustix::fs::OFlags;
        // A pipe without a writer would never open.
        (OFlags::NONBLOCK | if follow { OFlags::empty() } else { OFlags::NOFOLLOW }).bits() as i32
    };
    #[cfg(not(target_os = "linux"))]
    let flags = {
        if !(if follow { std::fs::metadata(path) } else { std::fs::symlink_metadata(path) })?.is_file() {
            return Err(refused());
        }
        0
    };
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(refused()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_file_is_recognised_and_another_is_not() {
        let text = (0..400).map(|number| format!("line {number}\n")).collect::<String>();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let end = text.len() as u64;
        let mark = Mark::at(b"key", &file, end, Mark::default()).unwrap();
        assert!(mark.fits(b"key", &file).unwrap());
        assert!(Mark::default().fits(b"key", &file).unwrap(), "nothing was read");
        assert!(!mark.fits(b"other", &file).unwrap(), "the key decides");
        assert!(mark.fits_text(b"key", &mut text.as_bytes()).unwrap());
        file.write_all(b"more\n").unwrap();
        assert!(mark.fits(b"key", &file).unwrap(), "it grew");
        assert!(!mark.fits_text(b"key", &mut text.replace("line 399", "line 398").as_bytes()).unwrap());
        file.set_len(end - 1).unwrap();
        assert!(!mark.fits(b"key", &file).unwrap(), "it was truncated");
    }
}
