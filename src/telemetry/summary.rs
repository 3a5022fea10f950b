//! What happened between two moments, for the audit log: counts by source, way and sink.

use super::Telemetry;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering::Relaxed;

/// Totals since the start, or the difference of two of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// By source and by the sinks of its records (a bit each).
    pub routes: BTreeMap<(String, u64), RouteTotals>,
    /// By source.
    pub sources: BTreeMap<String, SourceTotals>,
    /// By sink.
    pub sinks: BTreeMap<String, SinkTotals>,
}

/// What was scanned on one way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouteTotals {
    /// Bytes scanned.
    pub bytes: u64,
    /// Records withheld.
    pub withheld: u64,
    /// Records dropped by a mask.
    pub dropped: u64,
    /// Findings replaced by tokens.
    pub pseudonymised: u64,
    /// Findings by kind.
    pub findings: BTreeMap<String, u64>,
}

/// What a source did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceTotals {
    /// Records taken.
    pub records: u64,
    /// Batches refused, by reason.
    pub refused: BTreeMap<&'static str, u64>,
    /// Requests without valid credentials.
    pub auth_failures: u64,
}

/// What a sink did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SinkTotals {
    /// Records taken.
    pub records: u64,
    /// Bytes taken.
    pub bytes: u64,
    /// Requests sent again.
    pub retries: u64,
    /// Records refused for good, by reason.
    pub dead_letters: BTreeMap<&'static str, u64>,
}

impl Telemetry {
    /// Totals since the start.
    pub fn summary(&self) -> Summary {
        let places = self.kinds.all();
        let mut summary = Summary::default();
        for source in self.source_meters() {
            let name = source.name().to_owned();
            for way in source.ways() {
                let mut totals = RouteTotals {
                    bytes: way.bytes.load(Relaxed),
                    withheld: way.withheld.load(Relaxed),
                    dropped: way.dropped.load(Relaxed),
                    pseudonymised: way.pseudonymised.load(Relaxed),
                    findings: BTreeMap::new(),
                };
                for (counter, place) in way.findings.iter().zip(&places) {
                    let count = counter.load(Relaxed);
                    if count > 0 {
                        *totals.findings.entry(place.kind.to_string()).or_default() += count;
                    }
                }
                summary.routes.insert((name.clone(), way.sinks), totals);
            }
            let refused = source.refusals().filter(|(_, count)| *count > 0).collect();
            let totals = SourceTotals { records: source.records(), refused, auth_failures: source.auth_failures() };
            summary.sources.insert(name, totals);
        }
        for sink in self.sink_meters() {
            let totals = SinkTotals {
                records: sink.records(),
                bytes: sink.bytes(),
                retries: sink.retries().values().sum(),
                dead_letters: sink.dead_letters(),
            };
            summary.sinks.insert(sink.name().to_owned(), totals);
        }
        summary
    }
}

impl Summary {
    /// What came since an earlier summary; without what did not move.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let mut moved = Self::default();
        for (key, now) in &self.routes {
            let then = before.routes.get(key).cloned().unwrap_or_default();
            let totals = RouteTotals {
                bytes: now.bytes - then.bytes.min(now.bytes),
                withheld: now.withheld - then.withheld.min(now.withheld),
                dropped: now.dropped - then.dropped.min(now.dropped),
                pseudonymised: now.pseudonymised - then.pseudonymised.min(now.pseudonymised),
                findings: difference(&now.findings, &then.findings),
            };
            if totals != RouteTotals::default() {
                moved.routes.insert(key.clone(), totals);
            }
        }
        for (key, now) in &self.sources {
            let then = before.sources.get(key).cloned().unwrap_or_default();
            let totals = SourceTotals {
                records: now.records - then.records.min(now.records),
                refused: difference(&now.refused, &then.refused),
                auth_failures: now.auth_failures - then.auth_failures.min(now.auth_failures),
            };
            if totals != SourceTotals::default() {
                moved.sources.insert(key.clone(), totals);
            }
        }
        for (key, now) in &self.sinks {
            let then = before.sinks.get(key).cloned().unwrap_or_default();
            let totals = SinkTotals {
                records: now.records - then.records.min(now.records),
                bytes: now.bytes - then.bytes.min(now.bytes),
                retries: now.retries - then.retries.min(now.retries),
                dead_letters: difference(&now.dead_letters, &then.dead_letters),
            };
            if totals != SinkTotals::default() {
                moved.sinks.insert(key.clone(), totals);
            }
        }
        moved
    }

    /// Whether nothing happened.
    pub fn is_empty(&self) -> bool {
        self.routes.is_empty() && self.sources.is_empty() && self.sinks.is_empty()
    }
}

fn difference<K: Ord + Clone>(now: &BTreeMap<K, u64>, then: &BTreeMap<K, u64>) -> BTreeMap<K, u64> {
    let moved = now.iter().map(|(key, count)| (key.clone(), count.saturating_sub(then.get(key).copied().unwrap_or(0))));
    moved.filter(|(_, count)| *count > 0).collect()
}
