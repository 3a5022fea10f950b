//! What is in the folder of a buffer, for people: counts and places, never a body.
//!
//! Reads only, and takes no lock: beside a program that runs it shows one moment, roughly.

use super::OpenError;
use super::cursors::{self, Cursors};
use super::dead_letters::FOLDER;
use super::files::{self, Files};
use super::key::Key;
use super::recover::read_cursors;
use super::segment::{Damage, Segment, Unreadable, number};
use std::path::Path;

/// One segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentInfo {
    /// Name of its file.
    pub name: String,
    /// Bytes of its file.
    pub bytes: u64,
    /// Whether it is encrypted.
    pub encrypted: bool,
    /// First sequence number, and one more than the last.
    pub sequences: (u64, u64),
    /// Batches that are readable.
    pub entries: u64,
    /// Records in them.
    pub records: u64,
    /// What is damaged. `None` if nothing of it can be read.
    pub damage: Option<Damage>,
}

/// How far a sink has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SinkInfo {
    /// Its name.
    pub name: String,
    /// The first sequence number that it has not taken.
    pub next: u64,
    /// Batches that wait for it.
    pub waiting: u64,
}

/// What is in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inspection {
    /// Segments by number, those that were put aside among them.
    pub segments: Vec<SegmentInfo>,
    /// Sinks that anything is or was for.
    pub sinks: Vec<SinkInfo>,
    /// Whether the file of cursors is damaged.
    pub cursors_damaged: bool,
}

/// Whether a folder is that of a buffer, by the names in it.
///
/// # Errors
/// What the system says, as when there is no such folder.
pub fn is_buffer(dir: &Path) -> std::io::Result<bool> {
    // `list` takes a folder that is not there for an empty one.
    std::fs::read_dir(dir)?;
    let names = files::Disk.list(dir)?;
    // One that is new has its lock alone.
    let own = |name: &String| name == cursors::NAME || name == "lock" || [".seg", ".bad"].iter().any(|end| number(name, end).is_some());
    Ok(names.iter().any(own) || dir.join(FOLDER).is_dir())
}

/// Looks into a folder.
///
/// # Errors
/// What the system says, or if the key is wrong.
pub fn inspect(dir: &Path, key: Option<&Key>) -> Result<Inspection, OpenError> {
    let files = files::Disk;
    if !is_buffer(dir)? {
        return Err(OpenError::NoBuffer);
    }
    let names = files.list(dir)?;
    let cursors = read_cursors(&files, dir)?;
    let cursors_damaged = cursors.is_none() && names.iter().any(|name| name == cursors::NAME);
    let cursors = cursors.unwrap_or_default();
    let sinks = cursors.sinks.iter().map(|(name, next)| SinkInfo { name: name.clone(), next: *next, waiting: 0 }).collect();
    let mut inspection = Inspection { segments: Vec::new(), sinks, cursors_damaged };
    let numbered = |name: &String| number(name, ".seg").or_else(|| number(name, ".bad"));
    let mut segments: Vec<(u64, &String)> = names.iter().filter_map(|name| Some((numbered(name)?, name))).collect();
    segments.sort_unstable();
    for (_, name) in segments {
        let file = match files.open(&dir.join(name)) {
            // Deleted since.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            file => file?,
        };
        let mut info = SegmentInfo {
            name: name.clone(),
            bytes: file.size()?,
            encrypted: false,
            sequences: (0, 0),
            entries: 0,
            records: 0,
            damage: None,
        };
        match Segment::open(file, key) {
            Ok(mut segment) => {
                info.encrypted = segment.header.encrypted;
                while let Some(stored) = segment.next(0)? {
                    info.entries += 1;
                    info.records += stored.batch.len() as u64;
                    if !name.ends_with(".bad") {
                        inspection.count(&segment.header.sinks, &stored, &cursors);
                    }
                }
                info.sequences = (segment.header.first, segment.expected());
                info.damage = Some(segment.damage);
            }
            Err(Unreadable::Damaged) => {}
            Err(Unreadable::Newer) => return Err(OpenError::Newer),
            Err(Unreadable::Key) => return Err(OpenError::Key),
            Err(Unreadable::Io(error)) => return Err(OpenError::Io(error)),
        }
        inspection.segments.push(info);
    }
    Ok(inspection)
}

impl Inspection {
    fn count(&mut self, names: &[String], stored: &super::segment::Stored, cursors: &Cursors) {
        for name in stored.sinks.iter().filter_map(|sink| names.get(sink)) {
            let next = cursors.of(name).unwrap_or(0);
            let waits = u64::from(stored.sequence >= next);
            match self.sinks.iter_mut().find(|sink| sink.name == *name) {
                Some(sink) => sink.waiting += waits,
                None => self.sinks.push(SinkInfo { name: name.clone(), next, waiting: waits }),
            }
        }
    }
}
