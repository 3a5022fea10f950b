//! Where records come from. One file each, and one line in [`KINDS`].
//!
//! A source turns bytes into [`Raw`](crate::record::Raw), has them scrubbed by its [`Intake`], and
//! acknowledges when the records are safe. It knows no sinks.

mod auth;
mod body;
mod cloudwatch_logs;
mod cluster;
mod cri;
mod datadog;
pub(crate) mod feed;
mod file;
mod fluent;
mod grpc;
mod http;
mod inbound;
mod intake;
mod kubernetes;
mod listener;
mod otlp;
mod seats;
mod sender;
mod sigv4;
mod splunk_hec;
mod stdin;
mod syslog;

pub use feed::{Feed, Feeds};
pub use intake::{Address, Intake, IntakeError, Shared, now};

use crate::config::fields::Fields;
use crate::config::{Component, Problem, Problems};
use crate::task::{Stop, Task};
use std::io;
use std::path::PathBuf;

/// What a source needs to run.
pub struct Context {
    /// Its way to the buffer.
    pub intake: Intake,
    /// Says when to stop taking records.
    pub stop: Stop,
    /// Folder of the buffer, where a source may keep a folder of its own.
    pub folder: Option<PathBuf>,
}

/// A source whose options were read.
pub trait Source: Send {
    /// Binds and opens what it reads from, and gives the task that reads it until the end.
    ///
    /// # Errors
    /// What the system says when an address or a folder cannot be used.
    fn open(self: Box<Self>, context: Context) -> Task<'static, io::Result<Task<'static, ()>>>;

    /// Addresses that it listens on without TLS beyond this machine, for the presets that forbid it.
    fn plaintext(&self) -> Option<std::net::SocketAddr> {
        None
    }

    /// Whether its secrets can be used as they are now. Opens nothing.
    ///
    /// # Errors
    /// What is wrong with them.
    fn ready(&self) -> io::Result<()> {
        Ok(())
    }

    /// Whether it keeps something on disk and its options do not say where.
    fn needs_folder(&self) -> bool {
        false
    }
}

/// One type of source.
pub struct Kind {
    /// What `type` says.
    pub name: &'static str,
    /// One line for lists.
    pub summary: &'static str,
    /// An example of its options, as in the configuration.
    pub example: &'static str,
    /// Trusted metadata that its records have, which residency rules may ask for.
    pub provides: &'static [&'static str],
    /// What else its records are tagged with: names may be made with it, but it is the sender's word.
    pub tags: &'static [&'static str],
    pub(crate) build: fn(&mut Fields<'_>, &mut Problems) -> Option<Box<dyn Source>>,
}

/// Every type of source.
pub const KINDS: &[&Kind] = &[
    &cloudwatch_logs::KIND,
    &datadog::KIND,
    &file::KIND,
    &fluent::KIND,
    &http::KIND,
    &kubernetes::KIND,
    &otlp::KIND,
    &splunk_hec::KIND,
    &stdin::KIND,
    &syslog::KIND,
];

/// Reads the options of a source.
pub fn build(component: &Component, problems: &mut Problems) -> Option<(&'static Kind, Box<dyn Source>)> {
    let Some(kind) = KINDS.iter().find(|kind| kind.name == component.kind) else {
        let known = KINDS.iter().map(|kind| format!("`{}`", kind.name)).collect::<Vec<_>>().join(", ");
        problems.add(component.problem("type", "an unknown type of source", known));
        return None;
    };
    let mut fields = component.options();
    let before = problems.len();
    let source = (kind.build)(&mut fields, problems);
    fields.finish(problems);
    if source.is_none() && problems.len() == before {
        problems.add(Problem::new(component.line, &component.path, "a source without what it needs", kind.example));
    }
    Some((kind, source?))
}
