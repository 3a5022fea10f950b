//! What the manifest says of an input, and of a whole replay.
//!
//! Counts, keyed digests, scrubbed names and reasons of the program's own: nothing that was scanned (I4).

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How an input ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Read to its end and written.
    Done,
    /// Damaged: what came before the damage was written.
    Damaged,
    /// Something that is not opened; nothing was written.
    LeftOut,
    /// It could not be read; nothing was written.
    Unread,
}

/// An output as it lies on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Bytes.
    pub size: u64,
    /// BLAKE3 of them.
    pub blake3: String,
}

/// One input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place in the list, from 1.
    pub input: u64,
    /// Name below the output folder: that of the input, scrubbed.
    pub name: String,
    /// HMAC-SHA-256 of the name below the common folder of the inputs.
    pub name_digest: String,
    /// How it ended.
    pub status: Status,
    /// Why not `done`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// `gzip`, `zstd`, or nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packing: Option<String>,
    /// Bytes of the input, as it lies.
    pub size: u64,
    /// HMAC-SHA-256 of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Lines.
    pub records: u64,
    /// Findings that were masked, by kind.
    pub findings: BTreeMap<String, u64>,
    /// Records that were withheld because scanning them failed.
    pub withheld: u64,
    /// Records that a mask `drop_record` dropped.
    pub dropped: u64,
    /// What was written, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Written>,
    /// What sinks took, if it went to sinks: the scrubbed text of the input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered: Option<Written>,
}

/// What all inputs together come to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Inputs.
    pub inputs: u64,
    /// Those read to their ends.
    pub done: u64,
    /// Those written as far as they were whole.
    pub damaged: u64,
    /// Those left out.
    pub left_out: u64,
    /// Those that could not be read.
    pub unread: u64,
    /// Bytes of inputs.
    pub size: u64,
    /// Bytes of outputs, or of text that sinks took.
    pub output_size: u64,
    /// Lines.
    pub records: u64,
    /// Findings, by kind.
    pub findings: BTreeMap<String, u64>,
    /// Records withheld.
    pub withheld: u64,
    /// Records dropped.
    pub dropped: u64,
}

impl Totals {
    /// Adds an input.
    pub fn add(&mut self, entry: &Entry) {
        self.inputs += 1;
        *match entry.status {
            Status::Done => &mut self.done,
            Status::Damaged => &mut self.damaged,
            Status::LeftOut => &mut self.left_out,
            Status::Unread => &mut self.unread,
        } += 1;
        // What a changed manifest says can be any number.
        let sum = |total: &mut u64, more: u64| *total = total.saturating_add(more);
        sum(&mut self.size, entry.size);
        sum(&mut self.output_size, entry.output.as_ref().or(entry.delivered.as_ref()).map_or(0, |output| output.size));
        sum(&mut self.records, entry.records);
        sum(&mut self.withheld, entry.withheld);
        sum(&mut self.dropped, entry.dropped);
        for (kind, count) in &entry.findings {
            sum(self.findings.entry(kind.clone()).or_default(), *count);
        }
    }

    /// Whether every input was read to its end.
    pub fn complete(&self) -> bool {
        self.done == self.inputs
    }
}
