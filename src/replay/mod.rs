//! Replay: years of old logs, masked, counted and proven.
//!
//! Files and objects go through the same engine as live records, one thread a file, into a folder or bucket
//! that mirrors them.
//! [`run`] writes the outputs, a journal from which a killed run goes on, and in the end the manifest;
//! [`verify`] checks manifest and outputs, [`inventory`] says what is in the inputs and writes nothing.
//! Names of files are scrubbed like values, and nothing that was scanned stands in any of these.

mod entry;
mod file;
mod inputs;
mod inventory;
mod journal;
mod manifest;
mod meters;
mod names;
mod run;
#[cfg(feature = "aws")]
mod s3;
mod split;
mod store;
mod target;
mod verify;
mod writer;

pub use entry::{Entry, Status, Totals, Written};
pub use inputs::{Filter, Input, collect};
pub use inventory::{FileCount, Inventory, inventory};
pub use manifest::About;
pub use meters::Meters;
pub use run::{Outcome, Plan, day_of, run};
pub use store::{StoreOptions, Stores};
pub use target::{Deliver, Records, Target};
pub use verify::{Verdict, verify};

use crate::audit::AuditKeyError;
use std::io;
use std::path::Path;

use crate::policy::date;

/// Why a replay cannot begin or go on. Names of inputs are scrubbed in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// No input is left.
    #[error("there is nothing to replay: no input fits; what lies in the output folder is not read")]
    Empty,
    /// Another run is at work.
    #[error("another replay writes into this folder")]
    Locked,
    /// The journal is that of other inputs or options.
    #[error(
        "a replay of other inputs or options was begun here: give the same inputs and options to go on with it, \
         or `--force` to begin anew and write over what it wrote"
    )]
    OtherPlan,
    /// A manifest is there.
    #[error("there is a manifest of another replay: name another folder, or give `--force` to write over it and its outputs")]
    Finished,
    /// Outputs would write over files.
    #[error("{count} files are there already, the first is `{first}`: name another folder, or give `--force` to write over them")]
    Exists {
        /// How many.
        count: usize,
        /// Name of the first output.
        first: String,
    },
    /// An output, the manifest or the journal cannot be written.
    #[error("cannot write `{name}`: {source}")]
    Output {
        /// Below the output folder.
        name: String,
        /// What the system says.
        source: io::Error,
    },
    /// A bucket cannot be used.
    #[error("cannot use the bucket `{bucket}`: {source}")]
    Store {
        /// Its name.
        bucket: String,
        /// What is wrong, in words of the program's own.
        source: io::Error,
    },
    /// Built without stores.
    #[error("`s3://` is read and written by programs that were built with the feature `aws` only")]
    NoStore,
    /// The key of digests cannot be used.
    #[error("cannot use the key of digests: {0}")]
    DigestKey(AuditKeyError),
    /// The key that signs cannot be used.
    #[error("cannot use the key that signs: {0}")]
    SignKey(AuditKeyError),
    /// The manifest cannot be read.
    #[error("cannot read the manifest: {0}")]
    Manifest(io::Error),
}

impl ReplayError {
    fn output(name: &str, source: io::Error) -> Self {
        Self::Output { name: name.to_owned(), source }
    }

    /// The same for a file of the program's own, by the last part of its name.
    fn own(path: &Path, source: io::Error) -> Self {
        Self::output(&path.file_name().unwrap_or_default().to_string_lossy(), source)
    }
}
