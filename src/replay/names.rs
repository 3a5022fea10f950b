//! Names of outputs: those of the inputs, scrubbed like values and made unique.
//!
//! Each part of a path is scanned by itself, and the whole once more. Where two names become one, the later
//! gets `-2`, `-3`, …, before its endings. What comes out is plain text that any file system takes: no
//! control characters, no `..`, at most 255 bytes a part.

use super::inputs::{Input, bytes};
use crate::engine::Engine;
use crate::record::Report;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

/// Longest part of a path, with room for a suffix.
const LONGEST: usize = 230;
/// Endings that say what a file is. They stay, whatever the name before them becomes.
const ENDINGS: [&str; 14] =
    [".gz", ".zst", ".log", ".json", ".ndjson", ".jsonl", ".csv", ".tsv", ".txt", ".out", ".err", ".gzip", ".zstd", ".old"];

/// Gives names, the same for the same inputs in the same order.
pub(super) struct Names<'e> {
    engine: &'e Engine,
    keep: bool,
    /// Folder of the output and original part to the part that stands for it.
    given: HashMap<(String, Vec<u8>), String>,
    taken: HashSet<String>,
}

impl<'e> Names<'e> {
    /// `own` are names that no output may have.
    pub(super) fn new(engine: &'e Engine, keep: bool, own: Vec<String>) -> Self {
        Self { engine, keep, given: HashMap::new(), taken: own.into_iter().collect() }
    }

    /// The name of an input's output, with slashes.
    pub(super) fn give(&mut self, input: &Input) -> String {
        let raw = bytes(&input.relative);
        let mut folder = String::new();
        let parts: Vec<&[u8]> = raw.split(|byte| *byte == b'/').filter(|part| !part.is_empty()).collect();
        let whole = self.scrub(raw);
        let clean: Vec<&[u8]> = whole.split(|byte| *byte == b'/').filter(|part| !part.is_empty()).collect();
        let shown = aligned(&parts, &clean);
        let last = parts.len().saturating_sub(1);
        for (at, (part, shown)) in parts.iter().zip(shown).enumerate() {
            let key = (folder.clone(), part.to_vec());
            // Folders may be shared, a file is one of its own: keys of a store can differ in their slashes alone.
            let name = match self.given.get(&key).filter(|_| at < last) {
                Some(name) => name.clone(),
                None => {
                    let name = self.unique(&folder, &self.part(part, shown));
                    if at < last {
                        self.given.insert(key, name.clone());
                    }
                    name
                }
            };
            if !folder.is_empty() {
                folder.push('/');
            }
            folder.push_str(&name);
        }
        // The common folder itself, when it cannot be read.
        if folder.is_empty() { self.unique("", "masked") } else { folder }
    }

    /// A part as it is written: `shown` is what the scan of the whole path left of it, if that can be told.
    fn part(&self, part: &[u8], shown: Option<&[u8]>) -> String {
        if self.keep {
            return plain(part);
        }
        let alone = self.scrub(part);
        let shown = shown.unwrap_or(if alone == part { b"masked" } else { &alone });
        let ending = ending(part);
        let stem = |name: &[u8]| name.strip_suffix(ending).unwrap_or(name).to_vec();
        let mut clean = self.scrub(&stem(shown));
        if clean == stem(part) {
            // An ending can also be what makes a value one.
            clean = stem(&alone);
        }
        let mut name = plain(&clean);
        if name.len() > LONGEST {
            let hash = blake3::hash(name.as_bytes()).to_hex();
            let mut at = LONGEST - 17;
            while !name.is_char_boundary(at) {
                at -= 1;
            }
            name.truncate(at);
            let _ = write!(name, "-{}", hash.get(..16).unwrap_or_default());
        }
        name + &String::from_utf8_lossy(ending)
    }

    fn unique(&mut self, folder: &str, name: &str) -> String {
        let path = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let ending = String::from_utf8_lossy(ending(name.as_bytes())).into_owned();
        let stem = name.strip_suffix(&ending).unwrap_or(name);
        let mut candidate = name.to_owned();
        let mut number = 1;
        while !self.taken.insert(path(&candidate)) {
            number += 1;
            candidate = format!("{stem}-{number}{ending}");
        }
        candidate
    }

    fn scrub(&self, name: &[u8]) -> Vec<u8> {
        if self.keep {
            return name.to_vec();
        }
        let mut report = Report::default();
        self.engine.value(b"", name, &mut report).as_bytes().to_vec()
    }
}

/// What became of a part, if that can be told.
type Shown<'c> = Option<&'c [u8]>;

/// What became of each part. Where a finding took a slash with it, only those before and behind it can be told.
fn aligned<'c>(parts: &[&[u8]], clean: &[&'c [u8]]) -> Vec<Shown<'c>> {
    if parts.len() == clean.len() {
        return clean.iter().map(|part| Some(*part)).collect();
    }
    let mut shown = vec![None; parts.len()];
    let set = |(place, (part, clean)): (&mut Shown<'c>, (&&[u8], &&'c [u8]))| {
        let same = part == clean;
        *place = same.then_some(*clean).or(*place);
        same
    };
    let _ = shown.iter_mut().zip(parts.iter().zip(clean)).all(set);
    let _ = shown.iter_mut().rev().zip(parts.iter().rev().zip(clean.iter().rev())).all(set);
    shown
}

/// The endings at the end of a name that begins with something else: `.log.gz`, `.log.1`.
fn ending(name: &[u8]) -> &[u8] {
    let known = |rest: &[u8]| ENDINGS.iter().map(|ending| ending.as_bytes()).find(|ending| rest.ends_with(ending));
    let mut rest = name;
    loop {
        // A number counts behind a known ending only: it may belong to a value, such as an address.
        let digits = rest.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let rotated = rest.get(..rest.len() - digits).and_then(|before| before.strip_suffix(b"."));
        let before = match (known(rest), rotated) {
            (Some(ending), _) => rest.strip_suffix(ending),
            (None, Some(before)) if (1..=3).contains(&digits) && known(before).is_some() => Some(before),
            _ => None,
        };
        match before {
            Some(before) if !before.is_empty() => rest = before,
            _ => return name.get(rest.len()..).unwrap_or_default(),
        }
    }
}

/// Text that stands for the bytes in a file system and in JSON alike.
fn plain(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_control() || c == '/' {
                let mut bytes = [0; 4];
                escape(c.encode_utf8(&mut bytes).as_bytes(), &mut text);
            } else {
                text.push(c);
            }
        }
        escape(chunk.invalid(), &mut text);
    }
    match text.as_str() {
        "" | "." | ".." => "masked".to_owned(),
        // Names of files that are not complete.
        own if own.starts_with(".hushlog-") => format!("masked{own}"),
        _ => text,
    }
}

fn escape(bytes: &[u8], text: &mut String) {
    for byte in bytes {
        let _ = write!(text, "%{byte:02X}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;

    fn names(given: &[&str], keep: bool) -> Vec<String> {
        let engine = Engine::standard();
        let mut names = Names::new(&engine, keep, vec!["manifest.jsonl".to_owned()]);
        let input = |name: &&str| Input {
            path: name.into(),
            object: None,
            relative: Path::new(OsStr::from_bytes(name.as_bytes())).into(),
            size: 0,
            modified: None,
            odd: None,
        };
        given.iter().map(|name| names.give(&input(name))).collect()
    }

    #[test]
    fn names_are_scrubbed_and_apart() {
        let given = [
            "a@example.com.log.gz",
            "b@example.com.log.gz",
            "app/x.log",
            "manifest.jsonl",
            "ssn=123-45-6789/y.csv",
            "a\nb.1",
            "203.0.113.7.log",
            "q.log.2.gz",
        ];
        let wanted = [
            "[EMAIL].log.gz",
            "[EMAIL]-2.log.gz",
            "app/x.log",
            "manifest-2.jsonl",
            "ssn=[US_SSN]/masked.csv",
            "a%0Ab.1",
            "[IP_V4].log",
            "q.log.2.gz",
        ];
        assert_eq!(names(&given, false), wanted);
        assert_eq!(names(&given, true)[0], given[0]);
    }

    #[test]
    fn folders_of_one_name_stay_apart() {
        let wanted = ["[EMAIL]/app.log", "[EMAIL]/b.log", "[EMAIL]-2/app.log"];
        assert_eq!(names(&["a@example.com/app.log", "a@example.com/b.log", "b@example.com/app.log"], false), wanted);
    }

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let long = "é".repeat(120);
        let names = names(&[&format!("{long}a.log"), &format!("{long}b.log")], false);
        assert!(names.iter().all(|name| name.len() < 255), "{names:?}");
        assert_ne!(names[0], names[1]);
    }
}
