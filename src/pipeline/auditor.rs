//! Keeps the audit log: what starts, what happened in each interval, what ends.
//!
//! Writing and syncing happen on threads that may block. Sealed lines wait here until the sink of
//! `audit.to` has room for them; how far they came is kept beside the log, so that a restart goes on there.

use super::StartError;
use crate::audit::{AuditLog, Event, Hex, SealKey};
use crate::buffer::Buffer;
use crate::config::Config;
use crate::engine::Engine;
use crate::engine::catalog::catalog;
use crate::record::{Batch, CleanBuf, CleanText, Origin};
use crate::residency::Region;
use crate::route::{Generation, SinkSet};
use crate::sources::now;
use crate::task::Stop;
use crate::telemetry::{AuditHead, Summary, Telemetry};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Longest time without a seal when nothing happens: its absence says something, too.
const QUIET: Duration = Duration::from_secs(3_600);
/// Shortest time between two seals.
const SHORTEST: Duration = Duration::from_millis(100);
/// How long sealed lines wait for room in the buffer before the next attempt.
const ROOM: Duration = Duration::from_secs(2);
/// Bytes of sealed lines that wait for a sink; beyond that the oldest stay in the file alone.
const PENDING: usize = 4 << 20;

/// The audit log and what is written into it.
pub(super) struct Auditor {
    state: Mutex<State>,
    telemetry: Arc<Telemetry>,
    /// Names of the sinks, in their order.
    sinks: Vec<CleanText>,
    interval: Duration,
    /// Bytes of a file, then the next one is begun.
    rotate: Option<u64>,
    to: Option<Destination>,
}

struct State {
    log: AuditLog,
    before: Summary,
    /// Sealed lines for the sink, and the sequence of the last one.
    pending: CleanBuf,
    last: u64,
}

/// Where sealed lines go.
struct Destination {
    sinks: SinkSet,
    origin: Arc<Origin>,
    generation: Generation,
    path: PathBuf,
}

impl Auditor {
    /// Opens the log and says what starts.
    pub(super) fn open(config: &Config, engine: &Engine, generation: Generation, telemetry: &Arc<Telemetry>) -> Result<Self, StartError> {
        let failed = |source: io::Error| StartError { path: "audit".to_owned(), source };
        let Some(audit) = &config.server.audit else { return Err(failed(io::ErrorKind::NotFound.into())) };
        let path = Path::new(&audit.path);
        let key = SealKey::load(audit.key.as_ref(), path)
            .map_err(|error| StartError { path: "audit.key".to_owned(), source: io::Error::other(error) })?;
        let sink = |name: &String| config.server.sinks.iter().position(|sink| sink.name == *name);
        let log = AuditLog::open(path, key, audit.to.is_some()).map_err(|error| failed(io::Error::other(error)))?;
        let to = audit.to.as_ref().and_then(sink).map(|place| Destination {
            sinks: SinkSet::default().with(place),
            origin: Arc::new(origin(config)),
            generation,
            path: path.to_owned(),
        });
        let auditor = Self {
            state: Mutex::new(State { log, before: Summary::default(), pending: CleanBuf::default(), last: 0 }),
            telemetry: Arc::clone(telemetry),
            sinks: config.server.sinks.iter().map(|sink| CleanText::declared(&sink.name)).collect(),
            interval: audit.seal.max(SHORTEST),
            rotate: audit.rotate,
            to,
        };
        auditor.begin(config, engine, generation).map_err(failed)?;
        Ok(auditor)
    }

    fn begin(&self, config: &Config, engine: &Engine, generation: Generation) -> io::Result<()> {
        let mut state = self.state();
        let mut events = vec![Event::Start {
            version: env!("CARGO_PKG_VERSION"),
            catalogue: Hex(catalogue(engine)),
            config: Hex(generation.0),
            seal_ms: u64::try_from(self.interval.as_millis()).unwrap_or(u64::MAX),
        }];
        let key = |id: &str, purpose| Event::Key { key: CleanText::declared(id), purpose };
        events.push(key(state.log.key_id(), "seal"));
        events.extend(engine.key_ids().iter().map(|id| key(id, "tokens")));
        events.extend(config.server.buffer.key.iter().map(|_| key("buffer", "buffer")));
        events.extend(engine.loosenings().map(|loosening| Event::Loosening {
            table: loosening.table,
            kind: CleanText::declared(&loosening.kind),
            expires: loosening.expires.as_deref().map(CleanText::declared),
        }));
        state.write(&events)?;
        self.close(&mut state)
    }

    /// Writes what happened and seals it, again and again until it is time to stop.
    pub(super) async fn run(self: Arc<Self>, buffer: Arc<Buffer>, mut stop: Stop) {
        self.ship(&buffer).await;
        loop {
            tokio::select! {
                () = tokio::time::sleep(self.interval) => {}
                () = stop.wait() => return,
            }
            self.seal().await;
            self.ship(&buffer).await;
        }
    }

    /// Writes what happened since the last time, and seals.
    pub(super) async fn seal(self: &Arc<Self>) {
        self.blocking(|auditor| auditor.interval_passed()).await;
    }

    /// Says that a configuration was read again.
    pub(super) async fn reloaded(self: &Arc<Self>, generation: Option<Generation>) {
        let event = Event::Reload { accepted: generation.is_some(), config: generation.map(|generation| Hex(generation.0)) };
        self.blocking(move |auditor| auditor.said(&event)).await;
    }

    /// Says what happened at last, and that the program ends.
    pub(super) async fn stopped(self: &Arc<Self>, bytes_not_sent: u64) {
        self.seal().await;
        self.blocking(move |auditor| auditor.said(&Event::Stop { bytes_not_sent })).await;
    }

    async fn blocking(self: &Arc<Self>, work: impl FnOnce(&Self) -> io::Result<()> + Send + 'static) {
        let auditor = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || work(&auditor)).await;
        if !matches!(done, Ok(Ok(()))) {
            self.telemetry.audit_failed();
            tracing::error!("the audit log cannot be written");
        }
    }

    fn interval_passed(&self) -> io::Result<()> {
        let mut state = self.state();
        let now = self.telemetry.summary();
        let events = self.events(now.since(&state.before));
        state.write(&events)?;
        state.before = now;
        let quiet = state.log.sealed_at().elapsed().unwrap_or_default() < QUIET;
        if state.log.unsealed() == 0 && quiet { Ok(()) } else { self.close(&mut state) }
    }

    fn said(&self, event: &Event) -> io::Result<()> {
        let mut state = self.state();
        state.log.append(event)?;
        self.close(&mut state)
    }

    /// Seals, and lets the world know the head.
    fn close(&self, state: &mut State) -> io::Result<()> {
        let part = state.log.seal()?;
        let head = state.log.head();
        self.telemetry.audit_head(AuditHead { sequence: head.sequence, hash: head.hash });
        if self.to.is_some() {
            if state.pending.as_bytes().len() > PENDING {
                state.pending.clear();
                tracing::error!("sealed lines of the audit log did not reach their sink and stand in the file alone");
            }
            state.pending.append(&part);
            state.last = head.sequence;
        }
        self.rotate.map_or(Ok(()), |most| state.log.rotate(most))
    }

    /// Hands sealed lines to the buffer, if there is room.
    pub(super) async fn ship(&self, buffer: &Arc<Buffer>) {
        let Some(to) = &self.to else { return };
        let (part, last) = {
            let mut state = self.state();
            (std::mem::take(&mut state.pending), state.last)
        };
        if part.as_bytes().is_empty() {
            return;
        }
        let batch = Batch::of_lines(Arc::clone(&to.origin), part.clone(), now());
        match tokio::time::timeout(ROOM, buffer.append(batch, to.sinks, to.generation)).await {
            Ok(Ok(receipt)) => {
                let path = to.path.clone();
                tokio::spawn(async move {
                    if receipt.safe().await.is_ok() {
                        let _ = tokio::task::spawn_blocking(move || crate::audit::sent(&path, last)).await;
                    }
                });
            }
            _ => {
                let mut state = self.state();
                let mut all = part;
                all.append(&state.pending);
                state.pending = all;
            }
        }
    }

    fn events(&self, moved: Summary) -> Vec<Event> {
        let mut events = Vec::new();
        for ((source, sinks), totals) in moved.routes {
            let sinks = self.sinks.iter().zip(0_u32..).filter(|(_, place)| sinks.checked_shr(*place).unwrap_or(0) & 1 == 1);
            let findings: BTreeMap<CleanText, u64> =
                totals.findings.iter().map(|(kind, count)| (CleanText::declared(kind), *count)).collect();
            events.push(Event::Findings {
                source: CleanText::declared(&source),
                sinks: sinks.map(|(name, _)| name.clone()).collect(),
                bytes: totals.bytes,
                findings,
                pseudonymised: totals.pseudonymised,
                withheld: totals.withheld,
                dropped: totals.dropped,
            });
        }
        for (source, totals) in moved.sources {
            let source = CleanText::declared(&source);
            if totals.records > 0 {
                events.push(Event::Taken { source: source.clone(), records: totals.records });
            }
            events.extend(totals.refused.into_iter().map(|(reason, batches)| Event::Refused { source: source.clone(), reason, batches }));
            if totals.auth_failures > 0 {
                events.push(Event::Authentication { source, failed: totals.auth_failures });
            }
        }
        for (sink, totals) in moved.sinks {
            let sink = CleanText::declared(&sink);
            if totals.records + totals.bytes + totals.retries > 0 {
                let (records, bytes, retries) = (totals.records, totals.bytes, totals.retries);
                events.push(Event::Sent { sink: sink.clone(), records, bytes, retries });
            }
            let dead = totals.dead_letters.into_iter();
            events.extend(dead.map(|(reason, records)| Event::DeadLetters { sink: sink.clone(), reason, records }));
        }
        events
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn write(&mut self, events: &[Event]) -> io::Result<()> {
        events.iter().try_for_each(|event| self.log.append(event))
    }
}

/// The source that lines of the audit log name. No source of a configuration may have the name.
pub(super) const AUDIT: &str = "audit";

/// Where lines of the audit log come from: the instance itself.
fn origin(config: &Config) -> Origin {
    let region = config.region.as_deref().and_then(Region::find);
    Origin {
        source: CleanText::declared(AUDIT),
        region: CleanText::declared(region.map_or("", |region| region.name)),
        zone: CleanText::declared(region.map_or("", |region| region.zone)),
        attributes: Vec::new(),
    }
}

/// One hash over what is looked for: the catalogue, the user's rules, and the masks.
fn catalogue(engine: &Engine) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for kind in catalog() {
        for part in [kind.id, kind.label, kind.group, kind.region, kind.trigger] {
            hasher.update(part.as_bytes()).update(&[0]);
        }
        hasher.update(&[kind.confidence, kind.keyed]);
        for part in kind.context.iter().chain(kind.positives).chain(kind.negatives) {
            hasher.update(part.as_bytes()).update(&[0]);
        }
    }
    for rule in engine.rules() {
        hasher.update(format!("{rule:?}").as_bytes());
    }
    for (kind, mask) in engine.masks() {
        hasher.update(kind.as_bytes()).update(mask.name().as_bytes());
    }
    *hasher.finalize().as_bytes()
}
