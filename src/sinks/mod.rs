//! Where records go. One file each, and one line in [`KINDS`].
//!
//! A sink knows how to send one request; [`driver`] does everything else: what goes into a request,
//! when it is sent, what happens when it fails, and what is committed. A sink sees scrubbed bytes only.

#[cfg(feature = "aws")]
pub(crate) mod aws;
mod care;
mod client;
#[cfg(feature = "aws")]
mod cloudwatch_logs;
mod datadog;
pub mod driver;
mod encode;
mod exchange;
mod file;
pub(crate) mod host;
mod http;
mod otlp;
#[cfg(feature = "aws")]
pub(crate) mod s3;
mod splunk_hec;
mod stdout;
mod template;

use crate::buffer::Entry;
use crate::config::fields::Fields;
use crate::config::{Component, Problem, Problems};
use crate::record::{Origin, Record};
use crate::task::Task;
use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

pub use care::{Care, Transport};

/// How much goes into one request.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes, as [`Sink::cost`] counts them.
    pub bytes: usize,
    /// Records.
    pub records: usize,
    /// Requests under way at once.
    pub requests: usize,
    /// How long to wait for more records before a request is sent that is not full.
    pub linger: Duration,
}

/// Records that are sent together.
pub struct Request {
    /// What they share, as [`Sink::partition`] says.
    pub partition: String,
    /// Stretches of entries, in their order.
    pub parts: Vec<Part>,
    /// Records in them.
    pub records: usize,
    /// Bytes, as [`Sink::cost`] counts them.
    pub bytes: usize,
}

/// Some records of one entry.
#[derive(Clone)]
pub struct Part {
    /// The entry.
    pub entry: Arc<Entry>,
    /// Places of the records.
    pub range: Range<usize>,
}

impl Part {
    /// Its records, in their order.
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.entry.batch.records(self.range.clone())
    }

    /// Their bodies, one behind the other.
    pub fn bodies(&self) -> &[u8] {
        self.entry.batch.bodies_of(self.range.clone())
    }
}

impl Request {
    /// Its records and where they come from, in their order.
    pub fn records(&self) -> impl Iterator<Item = (&Origin, Record<'_>)> {
        self.parts.iter().flat_map(|part| part.records().map(|record| (part.entry.batch.origin().as_ref(), record)))
    }
}

/// What a request that was taken in part leaves. Places count its records from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rest {
    /// Records that will never be taken, and why.
    pub refused: Vec<(usize, &'static str)>,
    /// Records that are to be sent next, in a request of their own.
    pub left: Vec<usize>,
}

impl Rest {
    /// Whether the whole request was taken.
    pub fn is_empty(&self) -> bool {
        self.refused.is_empty() && self.left.is_empty()
    }
}

/// Why a request was not taken. The reason is text of the program's own, never of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendError {
    /// It may be taken later.
    Retry {
        /// What went wrong.
        reason: &'static str,
        /// What the other side says how long to wait.
        after: Option<Duration>,
    },
    /// Half of it may be taken.
    TooLarge,
    /// All but these records were taken.
    Partly(Rest),
    /// It will never be taken.
    Refused {
        /// What went wrong.
        reason: &'static str,
    },
}

impl SendError {
    /// A failure that may pass.
    pub fn retry(reason: &'static str) -> Self {
        Self::Retry { reason, after: None }
    }
}

/// Sends requests to one store.
pub trait Sink: Send + Sync {
    /// How much goes into one request.
    fn limits(&self) -> Limits;

    /// Bytes that a record adds to a request.
    fn cost(&self, origin: &Origin, record: &Record<'_>) -> usize;

    /// Records of different partitions are sent apart.
    fn partition(&self, _origin: &Origin) -> String {
        String::new()
    }

    /// Whether the requests of one partition are sent one behind the other.
    fn in_order(&self) -> bool {
        false
    }

    /// Sends one request, once.
    fn send<'s>(&'s self, request: &'s Request) -> Task<'s, Result<(), SendError>>;

    /// Checks at the start that the store is what the configuration says.
    fn check(&self) -> Task<'_, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }
}

/// A sink whose options were read, and that is not open yet.
pub trait Builder: Send {
    /// Opens what it needs.
    ///
    /// # Errors
    /// What the system says.
    fn open(self: Box<Self>) -> Task<'static, io::Result<Arc<dyn Sink>>>;

    /// Whether its secrets can be used as they are now. Opens nothing.
    ///
    /// # Errors
    /// What is wrong with them.
    fn ready(&self) -> io::Result<()> {
        Ok(())
    }

    /// Where it sends to without TLS beyond this machine, for the presets that forbid it.
    fn plaintext(&self) -> Option<String> {
        None
    }

    /// What becomes of records there, as far as the options say it.
    fn care(&self) -> Care;

    /// Metadata that names are made with: the option, the name, and whether the option says what stands there without it.
    fn places(&self) -> Vec<(&'static str, &str, bool)> {
        Vec::new()
    }
}

/// One type of sink.
pub struct Kind {
    /// What `type` says.
    pub name: &'static str,
    /// One line for lists.
    pub summary: &'static str,
    /// An example of its options, as in the configuration.
    pub example: &'static str,
    /// Whether records leave this machine, so that the sink has a region of its own.
    pub leaves: bool,
    pub(crate) build: fn(&mut Fields<'_>, &Component, &mut Problems) -> Option<Box<dyn Builder>>,
}

/// Every type of sink.
pub const KINDS: &[&Kind] = &[
    #[cfg(feature = "aws")]
    &cloudwatch_logs::KIND,
    &datadog::KIND,
    &file::KIND,
    &http::KIND,
    &otlp::KIND,
    #[cfg(feature = "aws")]
    &s3::KIND,
    &splunk_hec::KIND,
    &stdout::KIND,
];

/// Reads the options of a sink.
pub fn build(component: &Component, problems: &mut Problems) -> Option<(&'static Kind, Box<dyn Builder>)> {
    let Some(kind) = KINDS.iter().find(|kind| kind.name == component.kind) else {
        let known = KINDS.iter().map(|kind| format!("`{}`", kind.name)).collect::<Vec<_>>().join(", ");
        problems.add(component.problem("type", "an unknown type of sink", known));
        return None;
    };
    if kind.leaves && component.region.is_none() {
        problems.add(component.problem("region", "nothing", "the region where this store lies"));
    }
    let mut fields = component.options();
    let before = problems.len();
    let sink = (kind.build)(&mut fields, component, problems);
    fields.finish(problems);
    if sink.is_none() && problems.len() == before {
        problems.add(Problem::new(component.line, &component.path, "a sink without what it needs", kind.example));
    }
    Some((kind, sink?))
}

#[cfg(test)]
mod tests;
