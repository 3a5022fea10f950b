//! What the program counts about itself, and how it is read: metrics, health, audit summaries.
//!
//! [`Telemetry`] holds plain counters. Who counts holds a meter and adds to it once a batch; nothing
//! is allocated for a record. Who reads (`export`, `health`, `summary`) takes what stands there. Labels
//! are names of the configuration, kinds, and words of the program's own (invariant I4).

mod export;
mod health;
mod kinds;
mod meters;
pub mod names;
mod summary;

pub use export::{ExportError, Exporter};
pub use health::Cause;
pub use meters::{Connected, Refusal, SinkMeter, SourceMeter};
pub use summary::{RouteTotals, SinkTotals, SourceTotals, Summary};

use kinds::Kinds;
use opentelemetry::KeyValue;
use opentelemetry::metrics::Histogram;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// Sources, and sinks, that are told apart; those beyond count as `other`.
const NAMES: usize = 50;

/// A part of the way that is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Scanning and masking a batch.
    Scrub,
    /// Until the buffer has room for it.
    Buffer,
    /// One request, until the sink answered.
    Send,
}

impl Stage {
    const ALL: [(Self, &'static str); 3] = [(Self::Scrub, "scrub"), (Self::Buffer, "buffer"), (Self::Send, "send")];
}

/// What waits, as the buffer says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Waiting {
    /// Bytes that wait.
    pub bytes: u64,
    /// Bytes that may wait.
    pub max_bytes: u64,
    /// Age of the oldest batch.
    pub oldest: Duration,
    /// Whether the disk takes nothing.
    pub failing: bool,
}

/// Last line of the audit log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditHead {
    /// Its sequence.
    pub sequence: u64,
    /// Its hash.
    pub hash: [u8; 32],
}

/// Asks the buffer.
type Watch = Box<dyn Fn() -> Waiting + Send + Sync>;

/// Everything that is counted.
pub struct Telemetry {
    started: Instant,
    kinds: Arc<Kinds>,
    sources: Mutex<BTreeMap<Box<str>, Arc<SourceMeter>>>,
    sinks: Mutex<BTreeMap<Box<str>, Arc<SinkMeter>>>,
    stages: OnceLock<Stages>,
    buffer: OnceLock<Watch>,
    config: Mutex<ConfigState>,
    keys: Mutex<Vec<(Box<str>, SystemTime)>>,
    audit: Mutex<Option<AuditHead>>,
    audit_failures: AtomicU64,
    audit_failing: AtomicBool,
    running: AtomicBool,
}

/// Timing needs somebody who reads it: without an exporter nothing is recorded.
struct Stages {
    histogram: Histogram<f64>,
    labels: [[KeyValue; 1]; Stage::ALL.len()],
}

#[derive(Clone, Copy)]
struct ConfigState {
    loaded: Instant,
    ok: bool,
    accepted: u64,
    refused: u64,
}

impl Default for Telemetry {
    fn default() -> Self {
        let started = Instant::now();
        Self {
            started,
            kinds: Arc::default(),
            sources: Mutex::default(),
            sinks: Mutex::default(),
            stages: OnceLock::new(),
            buffer: OnceLock::new(),
            config: Mutex::new(ConfigState { loaded: started, ok: true, accepted: 0, refused: 0 }),
            keys: Mutex::default(),
            audit: Mutex::default(),
            audit_failures: AtomicU64::new(0),
            audit_failing: AtomicBool::new(false),
            running: AtomicBool::new(false),
        }
    }
}

impl Telemetry {
    /// The meter of a source; the same one for the same name.
    pub fn source(&self, name: &str) -> Arc<SourceMeter> {
        meter(&self.sources, name, |name| SourceMeter::new(name, Arc::clone(&self.kinds)))
    }

    /// The meter of a sink; the same one for the same name.
    pub fn sink(&self, name: &str) -> Arc<SinkMeter> {
        meter(&self.sinks, name, SinkMeter::new)
    }

    /// Kinds that may be found, each with the name of its mask. Once for each policy.
    pub fn learn<'k>(&self, kinds: impl Iterator<Item = (&'k str, &'static str)>) {
        self.kinds.learn(kinds);
    }

    /// Keys in use: identifier, and when the key was written.
    pub fn keys(&self, keys: impl IntoIterator<Item = (String, SystemTime)>) {
        *lock(&self.keys) = keys.into_iter().take(16).map(|(id, written)| (id.into(), written)).collect();
    }

    /// Whom to ask about what waits.
    pub fn watch(&self, buffer: impl Fn() -> Waiting + Send + Sync + 'static) {
        let _ = self.buffer.set(Box::new(buffer));
    }

    /// Begins to time a stage. Dropping what is returned ends it.
    pub fn time(self: &Arc<Self>, stage: Stage) -> Timed {
        Timed { telemetry: self.stages.get().is_some().then(|| (Arc::clone(self), Instant::now())), stage }
    }

    /// A configuration was read again.
    pub fn reloaded(&self, accepted: bool) {
        let mut config = lock(&self.config);
        config.ok = accepted;
        if accepted {
            config.loaded = Instant::now();
            config.accepted += 1;
        } else {
            config.refused += 1;
        }
    }

    /// The last line of the audit log.
    pub fn audit_head(&self, head: AuditHead) {
        *lock(&self.audit) = Some(head);
        self.audit_failing.store(false, Relaxed);
    }

    /// A line of the audit log could not be written.
    pub fn audit_failed(&self) {
        self.audit_failures.fetch_add(1, Relaxed);
        self.audit_failing.store(true, Relaxed);
    }

    /// Whether records are taken: set when everything is open, and unset when it is time to stop.
    pub fn running(&self, running: bool) {
        self.running.store(running, Relaxed);
    }

    fn waiting(&self) -> Waiting {
        self.buffer.get().map(|ask| ask()).unwrap_or_default()
    }

    fn source_meters(&self) -> Vec<Arc<SourceMeter>> {
        lock(&self.sources).values().cloned().collect()
    }

    fn sink_meters(&self) -> Vec<Arc<SinkMeter>> {
        lock(&self.sinks).values().cloned().collect()
    }
}

/// A stage that is being timed.
pub struct Timed {
    telemetry: Option<(Arc<Telemetry>, Instant)>,
    stage: Stage,
}

impl Drop for Timed {
    fn drop(&mut self) {
        let Some((telemetry, began)) = &self.telemetry else { return };
        let Some(stages) = telemetry.stages.get() else { return };
        let labels = stages.labels.iter().zip(Stage::ALL).find(|(_, (stage, _))| *stage == self.stage);
        stages.histogram.record(began.elapsed().as_secs_f64(), labels.map(|(labels, _)| labels.as_slice()).unwrap_or_default());
    }
}

fn meter<M>(meters: &Mutex<BTreeMap<Box<str>, Arc<M>>>, name: &str, new: impl Fn(&str) -> M) -> Arc<M> {
    let mut meters = lock(meters);
    let name = if meters.contains_key(name) || meters.len() < NAMES { name } else { "other" };
    Arc::clone(meters.entry(name.into()).or_insert_with(|| Arc::new(new(name))))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
