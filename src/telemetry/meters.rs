//! Counters of one source and of one sink: plain atomics, one addition a batch.
//!
//! A source or sink holds its meter by `Arc` for as long as it runs. Meters belong to a name of the
//! configuration and live as long as the program, so that a reload does not set them back.

use super::kinds::{Kinds, PLACES};
use crate::record::Report;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

/// Ways of one source that are told apart; those beyond count with the last.
const WAYS: usize = 64;
/// Reasons of one sink that are told apart; the others count as `other`.
const REASONS: usize = 4;

/// Why a batch was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Its region is not known yet.
    Undecided,
    /// The buffer is full.
    Full,
    /// The disk of the buffer takes nothing.
    Disk,
    /// The program ends.
    Closed,
    /// A sink refused the records for good.
    Sink,
    /// A client and the listener did not agree on TLS, as without a certificate that is asked for.
    Tls,
}

impl Refusal {
    /// Every reason, in the order of the counters.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Undecided, "undecided"),
        (Self::Full, "buffer_full"),
        (Self::Disk, "disk"),
        (Self::Closed, "stopping"),
        (Self::Sink, "sink"),
        (Self::Tls, "tls"),
    ];
}

/// Counters of one source.
pub struct SourceMeter {
    name: Arc<str>,
    kinds: Arc<Kinds>,
    records: AtomicU64,
    refused: [AtomicU64; Refusal::ALL.len()],
    auth_failures: AtomicU64,
    lost_bytes: AtomicU64,
    /// Files and folders: those that may not be opened, those whose names are no text, and those that hold none.
    unread: [AtomicU64; 3],
    quarantined: AtomicU64,
    connections: AtomicI64,
    ways: RwLock<Vec<Arc<Way>>>,
}

/// Counters of a source's records that go to the same sinks.
pub(super) struct Way {
    /// A bit for each sink.
    pub(super) sinks: u64,
    pub(super) bytes: AtomicU64,
    pub(super) withheld: AtomicU64,
    pub(super) dropped: AtomicU64,
    pub(super) pseudonymised: AtomicU64,
    /// By place; see [`Kinds`].
    pub(super) findings: Box<[AtomicU64]>,
}

impl SourceMeter {
    pub(super) fn new(name: &str, kinds: Arc<Kinds>) -> Self {
        Self {
            name: name.into(),
            kinds,
            records: AtomicU64::new(0),
            refused: Default::default(),
            auth_failures: AtomicU64::new(0),
            lost_bytes: AtomicU64::new(0),
            unread: Default::default(),
            quarantined: AtomicU64::new(0),
            connections: AtomicI64::new(0),
            ways: RwLock::default(),
        }
    }

    /// As the configuration names it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Counts what a scan saw, once a batch. `sinks` has a bit for each sink that the batch is for.
    pub fn scanned(&self, report: &Report, sinks: u64) {
        let way = self.way(sinks);
        way.bytes.fetch_add(report.bytes_in, Relaxed);
        for (counter, count) in
            [(&way.withheld, report.withheld), (&way.dropped, report.dropped), (&way.pseudonymised, report.pseudonymised)]
        {
            if count > 0 {
                counter.fetch_add(count, Relaxed);
            }
        }
        if !report.kinds.is_empty() {
            self.kinds.places(report.kinds.iter().map(|count| (count.kind.as_str(), count.masked)), |place, masked| {
                if let Some(counter) = way.findings.get(place) {
                    counter.fetch_add(masked, Relaxed);
                }
            });
        }
    }

    /// Counts records that the buffer took.
    pub fn took(&self, records: usize) {
        self.records.fetch_add(records as u64, Relaxed);
    }

    /// Counts a batch that was not taken.
    pub fn refused(&self, refusal: Refusal) {
        if let Some((counter, _)) = self.refused.iter().zip(Refusal::ALL).find(|(_, (known, _))| *known == refusal) {
            counter.fetch_add(1, Relaxed);
        }
    }

    /// Counts a request without valid credentials.
    pub fn auth_failed(&self) {
        self.auth_failures.fetch_add(1, Relaxed);
    }

    /// Counts bytes of a file that were gone before they were read.
    pub fn lost(&self, bytes: u64) {
        self.lost_bytes.fetch_add(bytes, Relaxed);
    }

    /// Says how many files and folders are not read now: what may not be opened, names that are no text, and what holds none.
    pub fn unread(&self, counts: [u64; 3]) {
        self.unread.iter().zip(counts).for_each(|(counter, count)| counter.store(count, Relaxed));
    }

    /// Counts records that were set apart, because their region is not known.
    pub fn quarantined(&self, records: usize) {
        self.quarantined.fetch_add(records as u64, Relaxed);
    }

    /// Counts a connection for as long as what is returned lives.
    pub fn connected(self: &Arc<Self>) -> Connected {
        self.connections.fetch_add(1, Relaxed);
        Connected(Arc::clone(self))
    }

    fn way(&self, sinks: u64) -> Arc<Way> {
        if let Some(way) = find(&self.ways.read().unwrap_or_else(PoisonError::into_inner), sinks) {
            return way;
        }
        let mut ways = self.ways.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(way) = find(&ways, sinks) {
            return way;
        }
        let findings = (0..=PLACES).map(|_| AtomicU64::new(0)).collect();
        let [bytes, withheld, dropped, pseudonymised] = [const { AtomicU64::new(0) }; 4];
        let way = Arc::new(Way { sinks, bytes, withheld, dropped, pseudonymised, findings });
        ways.push(Arc::clone(&way));
        way
    }

    pub(super) fn ways(&self) -> Vec<Arc<Way>> {
        self.ways.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A sum over all ways.
    pub(super) fn sum(&self, of: impl Fn(&Way) -> u64) -> u64 {
        self.ways().iter().map(|way| of(way)).sum()
    }

    pub(super) fn records(&self) -> u64 {
        self.records.load(Relaxed)
    }

    pub(super) fn refusals(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.refused.iter().zip(Refusal::ALL).map(|(counter, (_, name))| (name, counter.load(Relaxed)))
    }

    pub(super) fn auth_failures(&self) -> u64 {
        self.auth_failures.load(Relaxed)
    }

    pub(super) fn lost_bytes(&self) -> u64 {
        self.lost_bytes.load(Relaxed)
    }

    pub(super) fn unread_now(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.unread.iter().zip(["unreadable", "name", "content"]).map(|(counter, reason)| (reason, counter.load(Relaxed)))
    }

    pub(super) fn set_apart(&self) -> u64 {
        self.quarantined.load(Relaxed)
    }

    pub(super) fn connections(&self) -> i64 {
        self.connections.load(Relaxed)
    }
}

fn find(ways: &[Arc<Way>], sinks: u64) -> Option<Arc<Way>> {
    let known = ways.iter().find(|way| way.sinks == sinks);
    known.or_else(|| ways.last().filter(|_| ways.len() >= WAYS)).cloned()
}

impl Way {
    pub(super) fn found(&self) -> u64 {
        self.findings.iter().map(|counter| counter.load(Relaxed)).sum()
    }
}

/// A connection that is open.
pub struct Connected(Arc<SourceMeter>);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Relaxed);
    }
}

/// Counters of one sink.
pub struct SinkMeter {
    name: Arc<str>,
    bytes: AtomicU64,
    records: AtomicU64,
    /// Milliseconds since 1970 of the first of the failures that no success followed; 0 while it works.
    failing: AtomicU64,
    retries: Reasons,
    dead_letters: Reasons,
}

/// Counts by reason; reasons are the program's own words.
#[derive(Default)]
pub(super) struct Reasons(Mutex<BTreeMap<&'static str, u64>>);

impl Reasons {
    fn add(&self, reason: &'static str, count: u64) {
        let mut reasons = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let reason = if reasons.contains_key(reason) || reasons.len() < REASONS { reason } else { "other" };
        *reasons.entry(reason).or_default() += count;
    }

    pub(super) fn all(&self) -> BTreeMap<&'static str, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl SinkMeter {
    pub(super) fn new(name: &str) -> Self {
        let [bytes, records, failing] = [const { AtomicU64::new(0) }; 3];
        Self { name: name.into(), bytes, records, failing, retries: Reasons::default(), dead_letters: Reasons::default() }
    }

    /// As the configuration names it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Counts a request that the sink took.
    pub fn sent(&self, records: usize, bytes: usize) {
        self.records.fetch_add(records as u64, Relaxed);
        self.bytes.fetch_add(bytes as u64, Relaxed);
        self.failing.store(0, Relaxed);
    }

    /// Counts a request that failed and is sent again.
    pub fn retried(&self, reason: &'static str) {
        self.retries.add(reason, 1);
        let _ = self.failing.compare_exchange(0, millis().max(1), Relaxed, Relaxed);
    }

    /// Counts records that the sink refused for good.
    pub fn dead(&self, reason: &'static str, records: usize) {
        // It answers, and says what it does not want.
        self.failing.store(0, Relaxed);
        self.dead_letters.add(reason, records as u64);
    }

    /// Milliseconds since it takes nothing; 0 while it works.
    pub(super) fn failing_for(&self) -> u64 {
        match self.failing.load(Relaxed) {
            0 => 0,
            since => millis().saturating_sub(since).max(1),
        }
    }

    pub(super) fn records(&self) -> u64 {
        self.records.load(Relaxed)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Relaxed)
    }

    pub(super) fn retries(&self) -> BTreeMap<&'static str, u64> {
        self.retries.all()
    }

    pub(super) fn dead_letters(&self) -> BTreeMap<&'static str, u64> {
        self.dead_letters.all()
    }
}

/// Milliseconds since 1970 (UTC).
pub(super) fn millis() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
