//! Where outputs go: a folder, a bucket, or sinks.
//!
//! An output has its name when it is complete and safe, and not before. What was written can be read again,
//! to be compared with what the journal or a manifest says of it.

use super::ReplayError;
use super::entry::Written;
use super::inputs;
use super::store::{self, Store, Stores, Upload};
use crate::record::Clean;
use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes read at once.
const READ: usize = 128 * 1024;

/// Sinks that take the scrubbed text of inputs as records.
pub trait Deliver: Send + Sync {
    /// Begins with an input. Its path decides about the region of its records; it is not scrubbed.
    ///
    /// # Errors
    /// If the region is not known.
    fn begin(&self, path: &str) -> io::Result<Box<dyn Records>>;
}

/// The records of an input.
pub trait Records: Send {
    /// Adds text.
    ///
    /// # Errors
    /// If the sinks refused some of it for good.
    fn push(&mut self, clean: Clean<'_>) -> io::Result<()>;

    /// The end: waits until the sinks have everything.
    ///
    /// # Errors
    /// If they never will.
    fn end(self: Box<Self>) -> io::Result<()>;
}

/// Where the outputs of a replay go.
#[derive(Clone)]
pub struct Target(Form);

#[derive(Clone)]
enum Form {
    Folder(PathBuf),
    /// Keys are the prefix, which ends with a slash unless it is empty, and the name.
    Bucket {
        store: Arc<dyn Store>,
        address: PathBuf,
        prefix: String,
    },
    Sinks(Arc<dyn Deliver>),
}

impl Target {
    /// A folder, which need not be there.
    pub fn folder(path: &Path) -> Self {
        Self(Form::Folder(inputs::whole(path)))
    }

    /// A folder, or `s3://bucket/prefix`.
    ///
    /// # Errors
    /// If the bucket cannot be used.
    pub fn named(path: &Path, stores: &Stores) -> Result<Self, ReplayError> {
        let Some((bucket, prefix)) = path.to_str().and_then(store::location) else { return Ok(Self::folder(path)) };
        let store = stores.bucket(bucket)?;
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        Ok(Self(Form::Bucket { store, address: path.to_owned(), prefix }))
    }

    /// Sinks.
    pub fn sinks(deliver: Arc<dyn Deliver>) -> Self {
        Self(Form::Sinks(deliver))
    }

    /// The folder, if it is one.
    pub fn as_folder(&self) -> Option<&Path> {
        match &self.0 {
            Form::Folder(folder) => Some(folder),
            Form::Bucket { .. } | Form::Sinks(_) => None,
        }
    }

    /// What lies here is no input.
    pub(super) fn address(&self) -> Option<&Path> {
        match &self.0 {
            Form::Folder(path) | Form::Bucket { address: path, .. } => Some(path),
            Form::Sinks(_) => None,
        }
    }

    /// Makes the folder.
    pub(super) fn make(&self) -> io::Result<()> {
        self.as_folder().map_or(Ok(()), fs::create_dir_all)
    }

    /// Those of the names that are there already.
    pub(super) fn taken<'n>(&self, names: impl Iterator<Item = &'n str>) -> io::Result<Vec<&'n str>> {
        match &self.0 {
            Form::Folder(folder) => Ok(names.filter(|name| folder.join(name).symlink_metadata().is_ok()).collect()),
            Form::Bucket { store, prefix, .. } => {
                let mut there = HashSet::new();
                store.list(prefix, &mut |object| {
                    there.insert(object.key);
                })?;
                Ok(names.filter(|name| there.contains(&format!("{prefix}{name}"))).collect())
            }
            Form::Sinks(_) => Ok(Vec::new()),
        }
    }

    /// Begins an output. Files stand under a temporary name made of the number until they are kept.
    pub(super) fn create(&self, name: &str, number: u64, input: &Path) -> io::Result<Sheet> {
        match &self.0 {
            Form::Folder(folder) => {
                let target = folder.join(name);
                if let Some(parent) = target.parent() {
                    fs::create_dir_all(parent)?;
                }
                let temporary = Temporary::beside(&target, number);
                Ok(Sheet::File { file: File::create(&temporary.path)?, temporary, target })
            }
            Form::Bucket { store, prefix, .. } => Ok(Sheet::Object(store.create(&format!("{prefix}{name}")))),
            Form::Sinks(deliver) => Ok(Sheet::Records(deliver.begin(&input.to_string_lossy())?)),
        }
    }

    /// What an output holds. `None` if it cannot be read.
    pub(super) fn written(&self, name: &str) -> Option<Written> {
        match &self.0 {
            Form::Folder(folder) => {
                let file = File::open(folder.join(name)).ok()?;
                if !file.metadata().ok()?.is_file() {
                    return None;
                }
                measure(file)
            }
            Form::Bucket { store, prefix, .. } => measure(store.open(&store.find(&format!("{prefix}{name}")).ok()??)),
            Form::Sinks(_) => None,
        }
    }

    /// Waits until the names of the outputs are on disk.
    pub(super) fn settle(&self, names: &[String]) -> Result<(), ReplayError> {
        let Some(out) = self.as_folder() else { return Ok(()) };
        let folders: BTreeSet<PathBuf> = names.iter().filter_map(|name| out.join(name).parent().map(Path::to_owned)).collect();
        for folder in folders.iter().filter(|folder| folder.is_dir()) {
            File::open(folder).and_then(|file| file.sync_all()).map_err(|source| ReplayError::own(folder, source))?;
        }
        Ok(())
    }

    /// Puts copies of the program's own files beside outputs that lie elsewhere.
    pub(super) fn copy(&self, files: &[PathBuf]) -> Result<(), ReplayError> {
        let Form::Bucket { store, prefix, .. } = &self.0 else { return Ok(()) };
        for path in files.iter().filter(|path| path.is_file()) {
            let copied = File::open(path).and_then(|mut file| {
                let mut object = store.create(&format!("{prefix}{}", path.file_name().unwrap_or_default().to_string_lossy()));
                io::copy(&mut file, &mut object)?;
                object.keep()
            });
            copied.map_err(|source| ReplayError::own(path, source))?;
        }
        Ok(())
    }
}

fn measure(reader: impl Read) -> Option<Written> {
    let (mut hasher, mut reader) = (blake3::Hasher::new(), BufReader::with_capacity(READ, reader));
    let size = io::copy(&mut reader, &mut hasher).ok()?;
    Some(Written { size, blake3: hasher.finalize().to_hex().to_string() })
}

/// An output that does not have its name yet. Gone unless it gets it.
pub(super) enum Sheet {
    File { file: File, temporary: Temporary, target: PathBuf },
    Object(Box<dyn Upload>),
    Records(Box<dyn Records>),
}

impl Sheet {
    /// Waits until everything is on disk, as far as it is written to one.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        match self {
            Self::File { file, .. } => file.sync_all(),
            Self::Object(_) | Self::Records(_) => Ok(()),
        }
    }

    /// Gives it its name.
    pub(super) fn keep(self) -> io::Result<()> {
        match self {
            Self::File { temporary, target, .. } => fs::rename(&temporary.path, target),
            Self::Object(object) => object.keep(),
            Self::Records(records) => records.end(),
        }
    }
}

impl Write for Sheet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File { file, .. } => file.write(bytes),
            Self::Object(object) => object.write(bytes),
            Self::Records(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file that does not have its name yet. Removed unless it gets it.
pub(super) struct Temporary {
    path: PathBuf,
}

impl Temporary {
    /// Named by number, so that what a kill left behind is written over by the next run.
    fn beside(target: &Path, number: u64) -> Self {
        Self { path: target.with_file_name(format!(".hushlog-replay-{number}.tmp")) }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}
