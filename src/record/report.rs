//! Counts of what a stream did: kinds and bytes, never values (invariant I4).

use serde::Serialize;

/// What happened to the findings of one kind.
#[derive(Clone, Debug, Default, Serialize, PartialEq, Eq)]
pub struct KindCount {
    /// Identifier of the kind, as in docs/detectors.md, or of the user rule.
    pub kind: String,
    /// Findings whose bytes were replaced.
    pub masked: u64,
    /// Input bytes that were replaced.
    pub bytes: u64,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Totals of one stream, or of several added together.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Input bytes scanned.
    pub bytes_in: u64,
    /// Output bytes emitted.
    pub bytes_out: u64,
    /// Input lines (ended by `\n`, or by the end of the input).
    pub lines: u64,
    /// Records replaced by `[WITHHELD:reason]` because scanning them failed.
    pub withheld: u64,
    /// Records replaced because a kind's mask is `drop_record`.
    pub dropped: u64,
    /// Findings replaced by keyed tokens. Who holds the key can find the person again: they are
    /// pseudonymised, not anonymous (GDPR, Article 4(5)).
    #[serde(skip_serializing_if = "is_zero")]
    pub pseudonymised: u64,
    /// Decoded fields that a store routes by whose value became a constant.
    #[serde(skip_serializing_if = "is_zero")]
    pub structural: u64,
    /// Stretches masked because a limit was reached before their end was seen.
    pub capped: u64,
    /// One entry a kind that was masked at least once, by identifier.
    pub kinds: Vec<KindCount>,
}

impl Report {
    /// Adds the totals of another stream.
    pub fn merge(&mut self, other: &Report) {
        self.bytes_in += other.bytes_in;
        self.bytes_out += other.bytes_out;
        self.lines += other.lines;
        self.withheld += other.withheld;
        self.dropped += other.dropped;
        self.pseudonymised += other.pseudonymised;
        self.structural += other.structural;
        self.capped += other.capped;
        for count in &other.kinds {
            self.add(&count.kind, count.masked, count.bytes);
        }
    }

    /// Takes off the totals that the same stream had before.
    pub(crate) fn subtract(&mut self, before: &Report) {
        self.bytes_in -= before.bytes_in;
        self.bytes_out -= before.bytes_out;
        self.lines -= before.lines;
        self.withheld -= before.withheld;
        self.dropped -= before.dropped;
        self.pseudonymised -= before.pseudonymised;
        self.structural -= before.structural;
        self.capped -= before.capped;
        for (count, before) in
            self.kinds.iter_mut().flat_map(|count| before.kinds.iter().find(|b| b.kind == count.kind).map(|b| (count, b)))
        {
            count.masked -= before.masked;
            count.bytes -= before.bytes;
        }
        self.kinds.retain(|count| count.masked > 0);
    }

    /// Findings masked, over all kinds.
    pub fn masked(&self) -> u64 {
        self.kinds.iter().map(|count| count.masked).sum()
    }

    /// Adds findings of one kind.
    pub(crate) fn add(&mut self, kind: &str, masked: u64, bytes: u64) {
        match self.kinds.binary_search_by(|count| count.kind.as_str().cmp(kind)) {
            Ok(at) => {
                if let Some(count) = self.kinds.get_mut(at) {
                    count.masked += masked;
                    count.bytes += bytes;
                }
            }
            Err(at) => self.kinds.insert(at, KindCount { kind: kind.to_owned(), masked, bytes }),
        }
    }
}
