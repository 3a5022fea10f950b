//! What the audit log says. No field takes text that could come from a record.

use crate::record::CleanText;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// One thing that happened.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The program starts.
    Start {
        /// Version of the program and of its rules.
        version: &'static str,
        /// Hash over the catalogue of kinds.
        catalogue: Hex,
        /// Hash over policy, residency and routes.
        config: Hex,
        /// Milliseconds between seals.
        seal_ms: u64,
    },
    /// The last line was torn, by a crash while it was written. Its part was put aside.
    Repair {
        /// Bytes put aside.
        torn_bytes: u64,
    },
    /// A key is in use.
    Key {
        /// Its identifier.
        key: CleanText,
        /// What for: `tokens`, `buffer` or `seal`.
        purpose: &'static str,
    },
    /// A rule lets values of a kind through.
    Loosening {
        /// `allow` or `exclude`.
        table: &'static str,
        /// The kind.
        kind: CleanText,
        /// Last day on which it holds.
        expires: Option<CleanText>,
    },
    /// What was found on one way since the last summary.
    Findings {
        /// Source of the records.
        source: CleanText,
        /// Sinks that they are for.
        sinks: Vec<CleanText>,
        /// Bytes scanned.
        bytes: u64,
        /// Findings by kind.
        findings: BTreeMap<CleanText, u64>,
        /// Findings replaced by tokens.
        pseudonymised: u64,
        /// Records withheld because scanning them failed.
        withheld: u64,
        /// Records dropped by a mask.
        dropped: u64,
    },
    /// Records taken from a source since the last summary.
    Taken {
        /// The source.
        source: CleanText,
        /// Records.
        records: u64,
    },
    /// Batches that were not taken, and not acknowledged.
    Refused {
        /// The source.
        source: CleanText,
        /// Why: `undecided` is a route that is not allowed yet.
        reason: &'static str,
        /// How many.
        batches: u64,
    },
    /// Requests without valid credentials.
    Authentication {
        /// The source.
        source: CleanText,
        /// How many.
        failed: u64,
    },
    /// What a sink took since the last summary.
    Sent {
        /// The sink.
        sink: CleanText,
        /// Records.
        records: u64,
        /// Bytes.
        bytes: u64,
        /// Requests that failed and were sent again.
        retries: u64,
    },
    /// Records that a sink refused for good.
    DeadLetters {
        /// The sink.
        sink: CleanText,
        /// Why.
        reason: &'static str,
        /// How many.
        records: u64,
    },
    /// A configuration was read again.
    Reload {
        /// Whether it is in force.
        accepted: bool,
        /// Its hash; nothing if it could not be read.
        config: Option<Hex>,
    },
    /// The program ends.
    Stop {
        /// Bytes that wait in the buffer.
        bytes_not_sent: u64,
    },
}

/// A hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hex(pub [u8; 32]);

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::line::hex(&self.0))
    }
}
