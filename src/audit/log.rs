//! Writing the audit log: one line, one write; seals reach the disk before they count.
//!
//! The file is locked, readable by its owner only, and never changed but at its end. A line that a crash
//! tore is put aside under a name of its own, and the chain goes on behind the last whole line. A file that is
//! full is set aside behind a seal, and the chain goes on in the next one.

use super::event::Event;
use super::files;
use super::key::{AuditKeyError, SealKey, with_ending};
use super::line::{self, Head, Line};
use crate::lock;
use crate::record::{CleanBuf, CleanText};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Bytes of sealed lines that are kept for a sink; what does not fit is in the file all the same.
const PART: usize = 1 << 20;

/// The audit log cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// What the system said.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Another process writes it.
    #[error("another process writes it")]
    Locked,
    /// Its end was changed.
    #[error("its last line does not fit its hash: look at it with `hushlog audit verify`, and move it away")]
    Changed,
    /// The key cannot be used.
    #[error("its key cannot be used: {0}")]
    Key(#[from] AuditKeyError),
}

/// An audit log that is open.
pub struct AuditLog {
    path: PathBuf,
    file: File,
    length: u64,
    head: Head,
    key: SealKey,
    ships: bool,
    /// Lines since the last seal, for a sink.
    part: CleanBuf,
    unsealed: u64,
    sealed_at: SystemTime,
}

impl AuditLog {
    /// Opens or makes a log. One that `ships` collects its lines for a sink, from the last that the sink took.
    ///
    /// # Errors
    /// If it cannot be used.
    pub fn open(path: &Path, key: SealKey, ships: bool) -> Result<Self, OpenError> {
        let file = locked(path)?;
        let length = file.metadata()?.len();
        // An empty file goes on behind the last one that was full.
        let full = if length == 0 { files::earlier(path)?.pop() } else { None };
        let (tail, from) = match &full {
            Some(full) => tail(&File::open(full)?)?,
            None => tail(&file)?,
        };
        let whole = memchr::memrchr(b'\n', &tail).map_or(0, |at| at + 1);
        if whole == 0 && from > 0 {
            return Err(OpenError::Changed);
        }
        let (lines, torn) = tail.split_at_checked(whole).unwrap_or_default();
        if full.is_some() && !torn.is_empty() {
            return Err(OpenError::Changed);
        }
        let sent = if ships { sent_to(path) } else { u64::MAX };
        let mut part = CleanBuf::default();
        let head = match lines.strip_suffix(b"\n") {
            None => Head::default(),
            Some(lines) => {
                let last = memchr::memrchr(b'\n', lines).and_then(|at| lines.get(at + 1..)).unwrap_or(lines);
                let head = Line::read(last).ok_or(OpenError::Changed)?.head;
                if sent < head.sequence {
                    unsent(lines, sent, &mut part);
                }
                head
            }
        };
        let length = length - torn.len() as u64;
        let mut log = Self { path: path.to_owned(), file, length, head, key, ships, part, unsealed: 0, sealed_at: SystemTime::now() };
        if !torn.is_empty() {
            log.put_aside(path, torn)?;
            log.append(&Event::Repair { torn_bytes: torn.len() as u64 })?;
        }
        Ok(log)
    }

    fn put_aside(&self, path: &Path, torn: &[u8]) -> io::Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let aside = with_ending(path, &format!("torn-{now}"));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(aside)?;
        file.write_all(torn)?;
        file.sync_all()?;
        self.file.set_len(self.length)?;
        self.file.sync_all()
    }

    /// The last line.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Identifier of the key that seals.
    pub fn key_id(&self) -> &str {
        self.key.id()
    }

    /// Lines since the last seal.
    pub fn unsealed(&self) -> u64 {
        self.unsealed
    }

    /// When it was sealed last.
    pub fn sealed_at(&self) -> SystemTime {
        self.sealed_at
    }

    /// Adds a line.
    ///
    /// # Errors
    /// If it could not be written; then it does not count, and the next one takes its place.
    pub fn append(&mut self, event: &Event) -> io::Result<()> {
        let (text, head) = line::of_event(self.head, event, SystemTime::now());
        self.write(&text, head)
    }

    /// Seals everything so far, and waits until it is on disk. Returns the lines since the last seal.
    ///
    /// # Errors
    /// If it could not be written.
    pub fn seal(&mut self) -> io::Result<CleanBuf> {
        let now = SystemTime::now();
        let (text, head) = line::of_seal(self.head, &self.key, now);
        self.write(&text, head)?;
        self.file.sync_data()?;
        self.unsealed = 0;
        self.sealed_at = now;
        Ok(std::mem::take(&mut self.part))
    }

    /// Sets a sealed file of at least that many bytes aside, under the sequence of its last line, and begins the next one.
    ///
    /// # Errors
    /// If there is no other file; then the log goes on in this one.
    pub fn rotate(&mut self, most: u64) -> io::Result<()> {
        if self.length < most || self.unsealed > 0 {
            return Ok(());
        }
        let next = with_ending(&self.path, "next");
        let file = locked(&next).map_err(io::Error::other)?;
        // Between the two names a crash leaves none: the next start makes the file and goes on behind the full one.
        fs::rename(&self.path, files::full(&self.path, self.head.sequence))?;
        fs::rename(&next, &self.path)?;
        if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder)?.sync_all()?;
        }
        (self.file, self.length) = (file, 0);
        Ok(())
    }

    fn write(&mut self, text: &str, head: Head) -> io::Result<()> {
        if let Err(error) = self.file.write_all(text.as_bytes()) {
            // Half a line would tear the chain.
            self.file.set_len(self.length)?;
            return Err(error);
        }
        self.length += text.len() as u64;
        self.head = head;
        self.unsealed += 1;
        if self.ships && self.part.as_bytes().len() + text.len() <= PART {
            self.part.push_text(&CleanText::declared(text));
        }
        Ok(())
    }
}

/// Opens or makes a file that only its owner reads and only this process writes.
fn locked(path: &Path) -> Result<File, OpenError> {
    let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
    lock::exclusively(&file).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => OpenError::Locked,
        _ => error.into(),
    })?;
    Ok(file)
}

/// The last bytes of a file, and where they begin.
fn tail(file: &File) -> io::Result<(Vec<u8>, u64)> {
    let length = file.metadata()?.len();
    let from = length.saturating_sub(2 * line::MAX as u64);
    let mut tail = vec![0; usize::try_from(length - from).unwrap_or(0)];
    file.read_exact_at(&mut tail, from)?;
    Ok((tail, from))
}

/// Lines behind a sequence, as far as the end of a log that was read still has them.
fn unsent(lines: &[u8], sent: u64, part: &mut CleanBuf) {
    for line in lines.split(|byte| *byte == b'\n') {
        // The first may be cut, and what does not fit its hash is no line of ours.
        if Line::read(line).is_some_and(|line| line.head.sequence > sent)
            && let Ok(text) = std::str::from_utf8(line)
        {
            part.push_text(&CleanText::declared(text));
            part.push_own("\n");
        }
    }
}

/// Notes beside a log that a sink took its lines up to a sequence.
///
/// # Errors
/// If the note cannot be written; then the lines are sent again after the next start.
pub fn sent(log: &Path, sequence: u64) -> io::Result<()> {
    if sequence <= sent_to(log) {
        return Ok(());
    }
    let (note, new) = (with_ending(log, "sent"), with_ending(log, "sent.new"));
    std::fs::write(&new, format!("{sequence}\n"))?;
    std::fs::rename(new, note)
}

fn sent_to(log: &Path) -> u64 {
    std::fs::read_to_string(with_ending(log, "sent")).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}
