//! The journal: which inputs of a replay are through, so that a run that was killed goes on.
//!
//! JSON lines beside the manifest: the plan, then the entry of each input as it will stand in the manifest.
//! Holds no raw bytes. A line that a kill tore is cut off; what a line claims is believed only after the
//! output was read again. Locked while a run is at work, and removed when the manifest is there.

use super::ReplayError;
use super::entry::Entry;
use crate::lock;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// What was planned.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Planned {
    pub(super) journal: u32,
    pub(super) plan: String,
    pub(super) as_of: String,
    pub(super) inputs: u64,
}

/// An open journal.
pub(super) struct Journal {
    file: File,
    path: PathBuf,
    /// The plan of the run that began it.
    pub(super) planned: Option<Planned>,
    /// Inputs that it says are through.
    pub(super) entries: Vec<Entry>,
}

impl Journal {
    /// Opens or makes the journal, and reads it.
    pub(super) fn open(path: &Path) -> Result<Self, ReplayError> {
        let failed = |source| ReplayError::own(path, source);
        let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path).map_err(failed)?;
        lock::exclusively(&file).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => ReplayError::Locked,
            _ => failed(error),
        })?;
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(failed)?;
        let (planned, entries, whole) = parse(&text);
        file.set_len(whole as u64).map_err(failed)?;
        Ok(Self { file, path: path.to_owned(), planned, entries })
    }

    /// Forgets what is in it and notes a plan.
    pub(super) fn begin(&mut self, planned: Planned) -> Result<(), ReplayError> {
        self.entries.clear();
        self.file.set_len(0).map_err(|source| ReplayError::own(&self.path, source))?;
        self.write(&planned)?;
        self.planned = Some(planned);
        Ok(())
    }

    /// Notes that an input is through.
    pub(super) fn add(&mut self, entry: &Entry) -> Result<(), ReplayError> {
        self.write(entry)
    }

    fn write(&mut self, line: &impl Serialize) -> Result<(), ReplayError> {
        let text = serde_json::to_string(line).map_err(io::Error::from).map(|text| text + "\n");
        // Not synced: what a crash of the machine takes is done again.
        text.and_then(|text| self.file.write_all(text.as_bytes())).map_err(|source| ReplayError::own(&self.path, source))
    }

    /// Removes it: the manifest says everything.
    pub(super) fn remove(self) -> Result<(), ReplayError> {
        fs::remove_file(&self.path).map_err(|source| ReplayError::own(&self.path, source))
    }
}

/// The plan that a journal holds.
pub(super) fn planned(path: &Path) -> Option<Planned> {
    parse(&fs::read(path).ok()?).0
}

/// Plan, entries, and the bytes that whole lines take.
fn parse(text: &[u8]) -> (Option<Planned>, Vec<Entry>, usize) {
    let (mut planned, mut entries, mut whole) = (None, Vec::new(), 0);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let Some(content) = line.strip_suffix(b"\n") else { break };
        if planned.is_none() {
            planned = serde_json::from_slice(content).ok();
            if planned.is_none() {
                break;
            }
        } else {
            let Ok(entry) = serde_json::from_slice(content) else { break };
            entries.push(entry);
        }
        whole += line.len();
    }
    (planned, entries, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_line_is_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j");
        let planned = || Planned { journal: 1, plan: "p".to_owned(), as_of: "2026-03-01".to_owned(), inputs: 1 };
        let mut journal = Journal::open(&path).unwrap();
        assert!(matches!(Journal::open(&path), Err(ReplayError::Locked)));
        journal.begin(planned()).unwrap();
        drop(journal);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, [&whole[..], b"{\"input\":1,"].concat()).unwrap();
        let journal = Journal::open(&path).unwrap();
        assert_eq!((journal.planned.as_ref(), journal.entries.len()), (Some(&planned()), 0));
        assert_eq!(fs::read(&path).unwrap(), whole);
    }
}
