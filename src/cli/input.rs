//! Inputs: standard input and files, opened and decoded.
//!
//! First stop of the data: hands a reader to the engine's own buffer and never looks at
//! the bytes. Errors name the input as it was given on the command line.

use std::cell::Cell;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::text::printable;

/// Where bytes come from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Stdin,
    File(PathBuf),
}

/// An input that cannot be opened, or not read to its end.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {name}: {source}")]
pub(super) struct InputError {
    name: String,
    source: io::Error,
}

/// Bytes read so far from inputs, before decompression.
pub(super) type Count = Rc<Cell<u64>>;

impl Source {
    /// The inputs of a command: standard input where none or `-` is given.
    pub(super) fn all(files: &[PathBuf]) -> Vec<Self> {
        if files.is_empty() {
            return vec![Self::Stdin];
        }
        files.iter().map(|file| Self::one(file)).collect()
    }

    /// One input.
    pub(super) fn one(file: &Path) -> Self {
        if file.as_os_str() == OsStr::new("-") { Self::Stdin } else { Self::File(file.to_path_buf()) }
    }

    /// The name in messages.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Stdin => "standard input".to_owned(),
            Self::File(path) => format!("`{}`", printable(path.as_os_str())),
        }
    }

    /// The name as it was given; `-` is standard input. May hold any character.
    pub(super) fn given(&self) -> String {
        match self {
            Self::Stdin => "-".to_owned(),
            Self::File(path) => path.to_string_lossy().into_owned(),
        }
    }

    /// The size, where the input is a file on disk.
    pub(super) fn size(&self) -> Option<u64> {
        let Self::File(path) = self else {
            return None;
        };
        let metadata = path.metadata().ok()?;
        metadata.is_file().then_some(metadata.len())
    }

    /// What the input is on disk, to tell whether an output is the same.
    pub(super) fn metadata(&self) -> io::Result<std::fs::Metadata> {
        match self {
            Self::Stdin => stdin()?.metadata(),
            Self::File(path) => path.metadata(),
        }
    }

    /// Opens the input and what it is packed in; adds what is read from it to `count`.
    ///
    /// # Errors
    /// A file that cannot be opened, a folder, and content that is refused.
    pub(super) fn open(&self, count: &Count) -> Result<Box<dyn Read>, InputError> {
        let file = match self {
            Self::Stdin => {
                if io::stdin().is_terminal() && io::stderr().is_terminal() {
                    super::say(format_args!("hushlog: reading what you type, until Ctrl-D"));
                }
                stdin()
            }
            Self::File(path) => File::open(path).and_then(refuse_folder),
        };
        let counted = file.map(|file| Counted { file, count: Rc::clone(count) });
        counted.and_then(hushlog::decode::open).map_err(|source| self.failed(source))
    }

    /// An error while reading, with the name of the input.
    pub(super) fn failed(&self, source: io::Error) -> InputError {
        InputError { name: self.name(), source }
    }
}

/// The descriptor itself, without the buffer of the standard library: what was read is
/// handed on at once.
fn stdin() -> io::Result<File> {
    io::stdin().as_fd().try_clone_to_owned().map(File::from)
}

fn refuse_folder(file: File) -> io::Result<File> {
    if file.metadata()?.is_dir() {
        let text = "it is a folder; name the files in it";
        return Err(io::Error::new(io::ErrorKind::IsADirectory, text));
    }
    Ok(file)
}

struct Counted {
    file: File,
    count: Count,
}

impl Read for Counted {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(room)?;
        self.count.set(self.count.get() + read as u64);
        Ok(read)
    }
}
