//! Outputs: standard output, or a file that appears only when it is complete.
//!
//! Last stop of the data. Every call writes at once to the descriptor, without a buffer
//! in between, so that a complete line is out as soon as it was scrubbed. A file is
//! written under a temporary name in its own folder and renamed at the end; until then,
//! and if anything fails, what stood there before stays. Both names hold scrubbed bytes
//! only (I2).

use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::exit::Failure;
use super::input::Source;
use super::text::printable;

/// Names tried for a temporary file before giving up.
const ATTEMPTS: u32 = 16;

/// An open output.
pub(super) struct Output {
    file: File,
    name: String,
    pending: Option<Pending>,
}

/// A file that does not have its name yet. Removed unless it gets it.
struct Pending {
    temporary: PathBuf,
    target: PathBuf,
}

impl Output {
    /// Standard output.
    pub(super) fn stdout() -> Result<Self, Failure> {
        let name = "standard output".to_owned();
        match io::stdout().as_fd().try_clone_to_owned() {
            Ok(descriptor) => Ok(Self { file: File::from(descriptor), name, pending: None }),
            Err(source) => Err(Failure::Output { name, source }),
        }
    }

    /// A file. A device or pipe is written to directly.
    pub(super) fn create(path: &Path) -> Result<Self, Failure> {
        let name = format!("`{}`", printable(path.as_os_str()));
        match open(path) {
            Ok((file, pending)) => Ok(Self { file, name, pending }),
            Err(source) => Err(Failure::Output { name, source }),
        }
    }

    /// Writes all bytes at once.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.file.write_all(bytes).map_err(|source| match source.kind() {
            io::ErrorKind::BrokenPipe => Failure::BrokenPipe,
            _ => Failure::Output { name: self.name.clone(), source },
        })
    }

    /// Gives a file its name. Without this call it is removed again.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        let Some(pending) = &self.pending else {
            return Ok(());
        };
        match fs::rename(&pending.temporary, &pending.target) {
            Ok(()) => {
                self.pending = None;
                Ok(())
            }
            Err(source) => Err(Failure::Output { name: self.name.clone(), source }),
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if let Some(pending) = &self.pending {
            let _ = fs::remove_file(&pending.temporary);
        }
    }
}

/// Writes a whole file, or nothing.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut output = Output::create(path)?;
    output.write(bytes)?;
    output.finish()
}

fn open(path: &Path) -> io::Result<(File, Option<Pending>)> {
    // Through links: the file they name is replaced, not the link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let permissions = match fs::metadata(&target) {
        Ok(old) if old.is_dir() => {
            let text = "it is a folder; name a file in it";
            return Err(io::Error::new(io::ErrorKind::IsADirectory, text));
        }
        Ok(old) if !old.is_file() => {
            let file = OpenOptions::new().write(true).open(&target)?;
            return Ok((file, None));
        }
        Ok(old) => Some(old.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let (file, temporary) = create_beside(&target)?;
    let pending = Pending { temporary, target };
    if let Err(error) = take_over(&file, permissions) {
        let _ = fs::remove_file(&pending.temporary);
        return Err(error);
    }
    Ok((file, Some(pending)))
}

fn create_beside(target: &Path) -> io::Result<(File, PathBuf)> {
    let mut attempt = 0;
    loop {
        let name = format!(".hushlog-{}-{attempt}.tmp", std::process::id());
        let temporary = target.with_file_name(name);
        match OpenOptions::new().write(true).create_new(true).open(&temporary) {
            Ok(file) => return Ok((file, temporary)),
            // Left behind by a run that was killed.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < ATTEMPTS => {
                attempt += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

fn take_over(file: &File, permissions: Option<Permissions>) -> io::Result<()> {
    permissions.map_or(Ok(()), |old| file.set_permissions(old))
}

/// Refuses a command that would write over what it reads. Only files on disk count: two
/// names of a terminal or of /dev/null do no harm.
pub(super) fn keep_apart(
    inputs: &[Source],
    rules: &[PathBuf],
    keys: &[PathBuf],
    output: Option<&Path>,
    report: Option<&Path>,
) -> Result<(), Failure> {
    let mut read = Vec::new();
    for source in inputs {
        read.push((source.metadata(), format!("the input {}", source.name())));
    }
    for (what, file) in rules.iter().map(|file| ("rules", file)).chain(keys.iter().map(|file| ("key", file))) {
        let name = format!("the {what} `{}`", printable(file.as_os_str()));
        read.push((file.metadata(), name));
    }
    let mut written = Vec::new();
    for (option, path) in [("--output", output), ("--report", report)] {
        if let Some(path) = path {
            let name = format!("`{option} {}`", printable(path.as_os_str()));
            written.push((path.metadata(), name));
        }
    }
    if output.is_none() {
        let metadata = io::stdout().as_fd().try_clone_to_owned().map(File::from);
        let metadata = metadata.and_then(|file| file.metadata());
        written.push((metadata, "standard output".to_owned()));
    }
    for (to, output) in &written {
        for (from, input) in &read {
            if on_disk(to).is_some() && on_disk(to) == on_disk(from) {
                return Err(Failure::SameFile { output: output.clone(), input: input.clone() });
            }
        }
    }
    match (output, report) {
        (Some(output), Some(report)) if place(output) == place(report) => Err(Failure::SameOutput(printable(report.as_os_str()))),
        _ => Ok(()),
    }
}

/// Device and number of a file on disk.
fn on_disk(metadata: &io::Result<Metadata>) -> Option<(u64, u64)> {
    let metadata = metadata.as_ref().ok()?;
    metadata.is_file().then(|| (metadata.dev(), metadata.ino()))
}

/// Where a file is or will be, through links and `..`.
fn place(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    if let Ok(place) = fs::canonicalize(&absolute) {
        return place;
    }
    match (absolute.parent().map(fs::canonicalize), absolute.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => absolute,
    }
}
