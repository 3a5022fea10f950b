//! The files of one audit log: those that were full, by the sequence of their last line, and the one that is written.
//!
//! The chain goes on from one file to the next, so that all of them together are one log.

use super::key::with_ending;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Digits of a sequence in a name: names are in the order of the files.
const DIGITS: usize = 20;

/// The name of a full file.
pub(super) fn full(log: &Path, last: u64) -> PathBuf {
    with_ending(log, &format!("{last:0DIGITS$}"))
}

/// The full files of a log, the oldest first.
pub(super) fn earlier(log: &Path) -> io::Result<Vec<PathBuf>> {
    let Some(name) = log.file_name().map(|name| name.as_encoded_bytes()) else { return Ok(Vec::new()) };
    let folder = log.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let found = entry?.file_name();
        let digits = found.as_encoded_bytes().strip_prefix(name).and_then(|rest| rest.strip_prefix(b"."));
        if digits.is_some_and(|digits| digits.len() == DIGITS && digits.iter().all(u8::is_ascii_digit)) {
            files.push(folder.join(found));
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// A whole log, one file behind the other.
pub struct LogFiles {
    now: Option<File>,
    rest: std::vec::IntoIter<PathBuf>,
}

impl LogFiles {
    /// Opens a log by the name of the file that is written.
    ///
    /// # Errors
    /// If that file cannot be opened, or its folder cannot be read.
    pub fn open(log: &Path) -> io::Result<Self> {
        // Asked for by name: that it is missing is said at once.
        drop(File::open(log)?);
        let mut files = earlier(log)?;
        files.push(log.to_owned());
        Ok(Self { now: None, rest: files.into_iter() })
    }
}

impl Read for LogFiles {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(file) = &mut self.now {
                let read = file.read(into)?;
                if read > 0 || into.is_empty() {
                    return Ok(read);
                }
            }
            let Some(next) = self.rest.next() else { return Ok(0) };
            self.now = Some(File::open(next)?);
        }
    }
}
