//! Checking a manifest and the outputs it names.
//!
//! Every line against the one before it, the totals against the lines, the seal against its key, and every
//! output against its size and BLAKE3. Nothing of the outputs is quoted.

use super::ReplayError;
use super::entry::{Entry, Totals};
use super::manifest::{DOMAIN, First, LINE_MAX, Tag};
use super::target::Target;
use crate::audit::chain::{self, Broken, Reader};
use crate::audit::{Head, PublicKeys};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Component, Path};

/// What came of a check.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Last line that is as it was written.
    pub head: Head,
    /// Inputs that the manifest names, as far as it could be read.
    pub inputs: u64,
    /// Outputs that are as they were written.
    pub outputs: u64,
    /// Whether a key that was given signed all lines.
    pub signed: bool,
    /// Whether a head that was kept elsewhere is in it.
    pub anchored: bool,
    /// What is wrong, with its place.
    pub problems: Vec<String>,
}

/// Checks a manifest, and the outputs below `out`. With `keys`, a seal is asked for.
///
/// # Errors
/// If the manifest cannot be read.
pub fn verify(manifest: &Path, out: &Target, keys: Option<&PublicKeys>, anchor: Option<Head>) -> Result<Verdict, ReplayError> {
    let mut check =
        Check { keys, anchor, out, verdict: Verdict::default(), first: None, totals: Totals::default(), end: false, sealed: false };
    let mut file = BufReader::new(File::open(manifest).map_err(ReplayError::Manifest)?);
    let (mut reader, mut text, mut line) = (Reader::default(), Vec::new(), 0_u64);
    let mut whole = true;
    loop {
        text.clear();
        let read = file.by_ref().take(LINE_MAX).read_until(b'\n', &mut text).map_err(ReplayError::Manifest)?;
        if read == 0 {
            break;
        }
        line += 1;
        let members = text.strip_suffix(b"\n").ok_or(Broken::Edited).and_then(|text| reader.next(text));
        let outcome = match members {
            Ok(members) => check.line(&members, reader.head()),
            Err(Broken::Edited) => Err("was edited: its bytes do not fit its hash"),
            Err(Broken::Elsewhere) => {
                Err("does not follow the line before it: lines are missing or were moved, or one of both was written anew")
            }
        };
        if let Err(what) = outcome {
            check.verdict.problems.push(format!("line {line} of the manifest {what}"));
            whole = false;
            break;
        }
        check.verdict.head = reader.head();
    }
    if whole {
        check.end();
    }
    Ok(check.verdict)
}

struct Check<'c> {
    keys: Option<&'c PublicKeys>,
    anchor: Option<Head>,
    out: &'c Target,
    verdict: Verdict,
    first: Option<First>,
    totals: Totals,
    end: bool,
    sealed: bool,
}

impl Check<'_> {
    fn line(&mut self, members: &[u8], head: Head) -> Result<(), &'static str> {
        const OTHER: &str = "is not what belongs there";
        let tag: Tag = serde_json::from_slice(members).map_err(|_| OTHER)?;
        if let Some(anchor) = self.anchor.filter(|anchor| anchor.sequence == head.sequence) {
            if anchor.hash != head.hash {
                return Err("has another hash than the head that was kept: the manifest was written anew");
            }
            self.verdict.anchored = true;
        }
        match (tag.event.as_str(), self.end, self.sealed) {
            ("head", false, false) if head.sequence == 1 => self.first = Some(serde_json::from_slice(members).map_err(|_| OTHER)?),
            ("input", false, false) if head.sequence > 1 => {
                let entry: Entry = serde_json::from_slice(members).map_err(|_| OTHER)?;
                if entry.input != head.sequence - 1 {
                    return Err(OTHER);
                }
                self.totals.add(&entry);
                self.output(&entry);
            }
            ("end", false, false) if head.sequence > 1 => {
                let totals: Totals = serde_json::from_slice(members).map_err(|_| OTHER)?;
                let wanted = self.first.as_ref().map(|first| first.inputs);
                if totals != self.totals || wanted != Some(totals.inputs) {
                    return Err("has totals that do not fit the lines before it");
                }
                self.end = true;
            }
            ("seal", true, false) => {
                self.sealed = true;
                let key = tag.key.unwrap_or_default();
                match self.keys.and_then(|keys| chain::signed(members, &key, DOMAIN, keys)) {
                    Some(true) => self.verdict.signed = true,
                    Some(false) => return Err("is a seal that does not fit: the manifest was written anew without the key"),
                    None => return Err("is a seal of a key that was not given"),
                }
            }
            _ => return Err(OTHER),
        }
        Ok(())
    }

    fn output(&mut self, entry: &Entry) {
        self.verdict.inputs += 1;
        let Some(output) = &entry.output else { return };
        let name = Path::new(&entry.name);
        let inside = name.components().all(|part| matches!(part, Component::Normal(_)));
        let there = if inside { self.out.written(&entry.name) } else { None };
        let what = match there {
            Some(there) if there == *output => {
                self.verdict.outputs += 1;
                return;
            }
            Some(there) if there.size != output.size => format!("has {} bytes, and {} were written", there.size, output.size),
            Some(_) => "was changed: its bytes do not fit the hash".to_owned(),
            None => "is missing or cannot be read".to_owned(),
        };
        self.verdict.problems.push(format!("the output `{}` of input {} {what}", entry.name, entry.input));
    }

    fn end(&mut self) {
        let signed_by = self.first.as_ref().is_some_and(|first| first.signed_by.is_some());
        let mut wrong = |what: &str| self.verdict.problems.push(format!("the manifest {what}"));
        if !self.end {
            wrong("has no end: it was cut off");
        } else if !self.sealed && (signed_by || self.keys.is_some()) {
            wrong("has no seal: it was cut off, or written anew without the key");
        }
        if let Some(anchor) = self.anchor.filter(|_| !self.verdict.anchored) {
            self.verdict.problems.push(format!("the manifest ends before line {}, the head that was kept", anchor.sequence));
        }
    }
}
