//! The hidden command that puts this program into a volume, for the init container of wrapped pods.
//!
//! The image holds nothing else that could copy a file.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::exit::{Exit, Failure};

/// Copies this program. For the injector alone.
#[derive(Debug, clap::Args)]
#[command(name = "__install", hide = true)]
pub(super) struct Options {
    /// The file to make
    target: PathBuf,
}

/// Copies the program: whole under its name, or not at all.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    copy(options).map_err(|source| Failure::System { what: "copy the program", source })?;
    Ok(Exit::Done)
}

fn copy(options: &Options) -> io::Result<()> {
    let unfinished = options.target.with_extension("new");
    let mut to = File::create(&unfinished)?;
    io::copy(&mut File::open("/proc/self/exe")?, &mut to)?;
    to.set_permissions(fs::Permissions::from_mode(0o555))?;
    fs::rename(&unfinished, &options.target)
}
