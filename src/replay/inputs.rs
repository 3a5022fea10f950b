//! What is replayed: files, folders, patterns, objects, and their names below the output.
//!
//! First stop of a replay. Folders are read in the order of their names; links in them are not followed
//! but listed as left out. Names are relative to the deepest folder that holds all that was given; keys
//! of objects are names in folders `s3://BUCKET/…`.

use super::ReplayError;
use super::store::{self, Listed, Store, Stores};
use super::target::Target;
use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// Folders inside each other, at most.
const DEPTH: usize = 200;
/// Most bytes of the object that CloudWatch Logs writes before an export.
const PROBE: u64 = 256;

/// A file to replay, or what was found in place of one.
pub struct Input {
    /// Where it lies.
    pub(super) path: PathBuf,
    /// The object that it is, if it is none of the file system.
    pub(super) object: Option<Object>,
    /// Its name below the common folder.
    pub(super) relative: PathBuf,
    /// Bytes of it that are read; what is added later is not.
    pub(super) size: u64,
    pub(super) modified: Option<SystemTime>,
    /// Why it is left out without a look into it.
    pub(super) odd: Option<&'static str>,
}

/// An object of a store.
pub(super) struct Object {
    store: Arc<dyn Store>,
    listed: Listed,
}

impl Input {
    /// Opens it.
    pub(super) fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        match &self.object {
            Some(object) => Ok(object.store.open(&object.listed)),
            None => Ok(Box::new(File::open(&self.path)?)),
        }
    }

    /// What of an object changes with its content.
    pub(super) fn version(&self) -> &str {
        self.object.as_ref().map_or("", |object| &object.listed.version)
    }
}

/// What of the inputs is wanted.
#[derive(Debug, Default)]
pub struct Filter {
    /// Names to take; all if there are none.
    pub include: Vec<glob::Pattern>,
    /// Names to leave.
    pub exclude: Vec<glob::Pattern>,
    /// Changed at this time or later.
    pub since: Option<SystemTime>,
    /// Changed before this time.
    pub until: Option<SystemTime>,
}

const OPTIONS: glob::MatchOptions =
    glob::MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: false };

impl Filter {
    fn takes(&self, input: &Input) -> bool {
        let name = input.relative.file_name().unwrap_or_default().to_string_lossy();
        let path = input.relative.to_string_lossy();
        // A pattern with a slash means the path, any other the name alone.
        let fits = |pattern: &glob::Pattern| {
            let text = if pattern.as_str().contains('/') { &path } else { &name };
            pattern.matches_with(text, OPTIONS)
        };
        let time = |at: SystemTime| self.since.is_none_or(|since| at >= since) && self.until.is_none_or(|until| at < until);
        (self.include.is_empty() || self.include.iter().any(fits)) && !self.exclude.iter().any(fits) && input.modified.is_none_or(time)
    }
}

/// Lists the inputs that are given, without what lies in `leave`, where the output goes.
///
/// Each file once, in the order given; a pattern that fits nothing is an input that is not there.
///
/// # Errors
/// If a bucket cannot be listed.
pub fn collect(given: &[PathBuf], filter: &Filter, leave: Option<&Target>, stores: &Stores) -> Result<Vec<Input>, ReplayError> {
    let leave = leave.and_then(Target::address).map(Path::to_owned);
    let mut found = Found { inputs: Vec::new(), seen: HashSet::new(), leave, base: None };
    for path in given {
        if let Some((bucket, prefix)) = path.to_str().and_then(store::location) {
            found.bucket(bucket, prefix, stores)?;
            continue;
        }
        match fs::metadata(path) {
            Ok(metadata) => found.given(path, &metadata),
            Err(_) => found.pattern(path),
        }
    }
    let base = found.base.unwrap_or_default();
    let mut inputs = found.inputs;
    for input in &mut inputs {
        input.relative = input.path.strip_prefix(&base).unwrap_or(&input.path).to_owned();
    }
    inputs.retain(|input| filter.takes(input));
    Ok(inputs)
}

/// The path without links, as far as it is there.
pub(super) fn whole(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if let Ok(whole) = fs::canonicalize(&absolute) {
        return whole;
    }
    match (absolute.parent(), absolute.file_name()) {
        (Some(folder), Some(name)) => whole(folder).join(name),
        _ => absolute,
    }
}

struct Found {
    inputs: Vec<Input>,
    /// As bytes: keys of objects with one slash and with two are two.
    seen: HashSet<OsString>,
    leave: Option<PathBuf>,
    base: Option<PathBuf>,
}

impl Found {
    /// The objects below a prefix.
    fn bucket(&mut self, bucket: &str, prefix: &str, stores: &Stores) -> Result<(), ReplayError> {
        let store = stores.bucket(bucket)?;
        let root = PathBuf::from(format!("s3://{bucket}"));
        let place = if prefix.is_empty() { root.clone() } else { root.join(prefix) };
        let mut under = place.clone();
        let mut any = false;
        let listed = store::below(store.as_ref(), prefix, &mut |listed| {
            any = true;
            let mut path = root.clone().into_os_string();
            path.push("/");
            path.push(&listed.key);
            // The object itself was given, not what is below it.
            if listed.key == prefix {
                under = place.parent().map(Path::to_owned).unwrap_or_default();
            }
            self.object(path.into(), Object { store: Arc::clone(&store), listed });
        });
        listed.map_err(|source| ReplayError::Store { bucket: bucket.to_owned(), source })?;
        if !any {
            self.odd(place.clone(), "it is not there");
            under = place.parent().filter(|_| !prefix.is_empty()).map_or(place.clone(), Path::to_owned);
        }
        self.under(under);
        Ok(())
    }

    fn object(&mut self, path: PathBuf, object: Object) {
        let is_folder = object.listed.key.ends_with('/');
        // What programs make to show a folder.
        if self.leaves(&path)
            || is_folder && object.listed.size == 0
            || is_probe(&path, object.listed.size)
            || !self.seen.insert(path.clone().into())
        {
            return;
        }
        let (size, modified) = (object.listed.size, object.listed.modified);
        let odd = is_folder.then_some("its key ends with a slash");
        self.inputs.push(Input { path, object: Some(object), relative: PathBuf::new(), size, modified, odd });
    }

    fn leaves(&self, path: &Path) -> bool {
        self.leave.as_ref().is_some_and(|leave| path.starts_with(leave))
    }

    fn given(&mut self, path: &Path, metadata: &Metadata) {
        if metadata.is_dir() {
            let folder = whole(path);
            self.under(folder.clone());
            self.folder(&folder, 0);
        } else {
            let parent = whole(path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")));
            let path = parent.join(path.file_name().unwrap_or_default());
            self.under(parent);
            self.file(path, metadata);
        }
    }

    fn pattern(&mut self, path: &Path) {
        let text = path.to_string_lossy();
        let mut any = false;
        if text.contains(['*', '?', '[']) {
            // What stands before the first star is the folder that the names are relative to.
            let fixed: PathBuf = path.components().take_while(|part| !is_pattern(*part)).collect();
            let matches = glob::glob_with(&text, OPTIONS).into_iter().flatten().flatten();
            for path in matches {
                if let Ok(metadata) = fs::metadata(&path) {
                    any = true;
                    self.given(&path, &metadata);
                }
            }
            self.under(whole(if fixed.as_os_str().is_empty() { Path::new(".") } else { &fixed }));
        }
        if !any {
            let path = whole(path);
            self.under(path.parent().map(Path::to_owned).unwrap_or_default());
            self.odd(path, "it is not there");
        }
    }

    /// Makes the common folder hold this one.
    fn under(&mut self, folder: PathBuf) {
        self.base = Some(match self.base.take() {
            None => folder,
            Some(base) => base.components().zip(folder.components()).take_while(|(one, other)| one == other).map(|(one, _)| one).collect(),
        });
    }

    fn folder(&mut self, folder: &Path, depth: usize) {
        if self.leaves(folder) {
            return;
        }
        let entries: Result<Vec<_>, _> = fs::read_dir(folder).and_then(Iterator::collect);
        let Ok(mut entries) = entries else { return self.odd(folder.to_owned(), "the folder cannot be read") };
        if depth > DEPTH {
            return self.odd(folder.to_owned(), "too many folders inside each other");
        }
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => self.folder(&path, depth + 1),
                Ok(metadata) if metadata.is_symlink() => self.odd(path, "it is a link"),
                Ok(metadata) => self.file(path, &metadata),
                Err(_) => self.odd(path, "it cannot be read"),
            }
        }
    }

    fn file(&mut self, path: PathBuf, metadata: &Metadata) {
        if !metadata.is_file() {
            return self.odd(path, "it is no file");
        }
        if self.leaves(&path) || is_probe(&path, metadata.len()) || !self.seen.insert(path.clone().into()) {
            return;
        }
        let modified = metadata.modified().ok();
        self.inputs.push(Input { path, object: None, relative: PathBuf::new(), size: metadata.len(), modified, odd: None });
    }

    fn odd(&mut self, path: PathBuf, why: &'static str) {
        if self.seen.insert(path.clone().into()) {
            self.inputs.push(Input { path, object: None, relative: PathBuf::new(), size: 0, modified: None, odd: Some(why) });
        }
    }
}

/// What CloudWatch Logs leaves in a bucket when it tries whether it may export there.
fn is_probe(path: &Path, size: u64) -> bool {
    size <= PROBE && path.file_name() == Some(OsStr::new("aws-logs-write-test"))
}

fn is_pattern(part: Component<'_>) -> bool {
    part.as_os_str().as_bytes().iter().any(|byte| matches!(byte, b'*' | b'?' | b'['))
}

/// The bytes of a name, for digests.
pub(super) fn bytes(path: &Path) -> &[u8] {
    OsStr::as_bytes(path.as_os_str())
}
