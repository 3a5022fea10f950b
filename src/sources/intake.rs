//! The way of a source's bytes through the engine into the buffer.
//!
//! All sources go this one way: scrub, tag with region and zone, route, wait in the buffer. What
//! comes back is a receipt, and a source acknowledges when the receipt says that the records are safe.

use super::sender::Sender;
use crate::buffer::{AppendError, Buffer, Receipt, Refused};
use crate::decode::{self, DecodeError};
use crate::engine::{OpenKey, Scratch};
use crate::record::{Batch, CleanBuf, CleanText, Events, Origin, Raw, Report};
use crate::route::{Metadata, Plan, QUARANTINE, SinkSet};
use crate::telemetry::{Refusal, SourceMeter, Stage, Telemetry};
use arc_swap::ArcSwap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Bytes that are scrubbed in the task that read them: about a millisecond of work.
const INLINE: usize = 256 * 1024;
/// Scratch memory that is kept for later.
const SCRATCHES: usize = 8;

/// Why records were not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IntakeError {
    /// A residency rule asks for metadata that has not arrived.
    #[error("the region of the records is not known yet")]
    Undecided,
    /// The scrubbed text could not be given back to its records. None of it is passed on.
    #[error("the records cannot be told apart")]
    Unclear,
    /// They are no text that is read.
    #[error("the records are no UTF-8 text")]
    NoText(DecodeError),
    /// The buffer does not take them.
    #[error(transparent)]
    Buffer(#[from] AppendError),
}

/// What all intakes share.
pub struct Shared {
    /// What records are processed under.
    pub plan: ArcSwap<Plan>,
    /// Where they wait.
    pub buffer: Arc<Buffer>,
    /// Where it is counted.
    pub telemetry: Arc<Telemetry>,
    scratches: Mutex<Vec<Scratch>>,
}

impl Shared {
    /// Puts the parts together; counts are kept and shown nowhere.
    pub fn new(plan: Plan, buffer: Arc<Buffer>) -> Arc<Self> {
        Self::metered(plan, buffer, Arc::default())
    }

    /// Puts the parts together.
    pub fn metered(plan: Plan, buffer: Arc<Buffer>, telemetry: Arc<Telemetry>) -> Arc<Self> {
        telemetry.learn(plan.engine.masks().map(|(kind, mask)| (kind, mask.name())));
        Arc::new(Self { plan: ArcSwap::from_pointee(plan), buffer, telemetry, scratches: Mutex::default() })
    }

    fn scratch(&self) -> Scratch {
        self.scratches.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn keep(&self, scratch: Scratch) {
        let mut scratches = self.scratches.lock().unwrap_or_else(PoisonError::into_inner);
        if scratches.len() < SCRATCHES {
            scratches.push(scratch);
        }
    }

    /// Scrubs text; of what was sent before it, only a private key that is open may go on in it.
    fn scrub(&self, plan: &Plan, raw: &Raw, open: Option<OpenKey>) -> Scrubbed {
        let _timed = self.telemetry.time(Stage::Scrub);
        let mut clean = CleanBuf::with_capacity(raw.len() + raw.len() / 8);
        let mut stream = plan.engine.stream_in(self.scratch());
        if let Some(key) = open {
            stream.go_on_in_key(key);
        }
        stream.push_raw(raw, &mut |part| clean.push(part));
        stream.finish(&mut |part| clean.push(part));
        let (report, open) = (stream.report(), stream.open_key());
        self.keep(stream.into_scratch());
        Scrubbed { clean, report, open }
    }
}

/// What came of text.
struct Scrubbed {
    clean: CleanBuf,
    /// Belongs to [`SourceMeter::scanned`].
    report: Report,
    /// The private key that is open at its end.
    open: Option<OpenKey>,
}

/// One source's way in.
#[derive(Clone)]
pub struct Intake {
    shared: Arc<Shared>,
    name: Arc<str>,
    meter: Arc<SourceMeter>,
    /// Counts what is refused later.
    refused: Refused,
}

/// Where records of one origin go.
#[derive(Clone)]
pub struct Address {
    /// Tag of the records.
    pub origin: Arc<Origin>,
    /// Sinks that may have them.
    pub sinks: SinkSet,
}

impl Intake {
    /// The way in of a source.
    pub fn new(shared: Arc<Shared>, name: &str) -> Self {
        let meter = shared.telemetry.source(name);
        let counts = Arc::clone(&meter);
        let refused: Refused = Arc::new(move |error| counts.refused(refusal(error)));
        Self { shared, name: name.into(), meter, refused }
    }

    /// Where the source counts.
    pub fn meter(&self) -> &Arc<SourceMeter> {
        &self.meter
    }

    /// Name of the source in the configuration.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What records are processed under now. Hold it for one batch only.
    pub fn plan(&self) -> Arc<Plan> {
        self.shared.plan.load_full()
    }

    /// Where records with this metadata go. The values are scrubbed before they become attributes.
    ///
    /// # Errors
    /// If metadata that a rule asks for has not arrived.
    pub fn address(&self, plan: &Plan, metadata: Metadata<'_>) -> Result<Address, IntakeError> {
        self.tagged(plan, metadata, &[])
    }

    /// The same, with tags that decide nothing. Their names are scrubbed too: one that holds a finding is left out.
    ///
    /// # Errors
    /// If metadata that a rule asks for has not arrived.
    pub fn tagged(&self, plan: &Plan, metadata: Metadata<'_>, tags: &[(String, String)]) -> Result<Address, IntakeError> {
        let source = plan.router.source(&self.name).ok_or(IntakeError::Undecided)?;
        let Some(routing) = plan.router.route(source, metadata) else {
            self.meter.refused(Refusal::Undecided);
            return Err(IntakeError::Undecided);
        };
        let mut report = Report::default();
        let mut attributes: Vec<(CleanText, CleanText)> = metadata
            .iter()
            .map(|(name, value)| {
                let clean = plan.engine.value(name.as_bytes(), value.as_bytes(), &mut report);
                (CleanText::declared(name), CleanText::scrubbed(&clean))
            })
            .collect();
        for (name, value) in tags {
            let shown = CleanText::scrubbed(&plan.engine.value(b"", name.as_bytes(), &mut report));
            if shown.as_str() == name {
                let clean = plan.engine.value(name.as_bytes(), value.as_bytes(), &mut report);
                attributes.push((shown, CleanText::scrubbed(&clean)));
            }
        }
        if !attributes.is_empty() {
            self.meter.scanned(&report, routing.sinks.bits());
        }
        let origin = Origin {
            source: CleanText::declared(&self.name),
            region: CleanText::declared(routing.region.name),
            zone: CleanText::declared(routing.region.zone),
            attributes,
        };
        Ok(Address { origin: Arc::new(origin), sinks: routing.sinks })
    }

    /// Takes text whose lines are records.
    ///
    /// # Errors
    /// If they were not taken; then nothing may be acknowledged.
    pub async fn lines(&self, raw: Raw, metadata: Metadata<'_>) -> Result<Receipt, IntakeError> {
        let raw = decode::text(raw).map_err(IntakeError::NoText)?;
        let plan = self.plan();
        let address = self.address(&plan, metadata)?;
        let sender = Sender::of_task();
        let scrubbed = self.scrub(&plan, raw, &sender).await?;
        self.meter.scanned(&scrubbed.report, address.sinks.bits());
        let batch = Batch::of_lines(address.origin, scrubbed.clean, now());
        let receipt = self.submit(&plan, batch, address.sinks).await?;
        if let Some(sender) = sender {
            sender.took(scrubbed.open);
        }
        Ok(receipt)
    }

    /// Takes records with times of their own. A record may have several lines and stays one.
    ///
    /// # Errors
    /// If they were not taken; then nothing may be acknowledged.
    pub async fn events(&self, events: Events, metadata: Metadata<'_>) -> Result<Receipt, IntakeError> {
        let plan = self.plan();
        let address = self.address(&plan, metadata)?;
        let sender = Sender::of_task();
        let (text, cuts) = events.into_parts();
        let scrubbed = self.scrub(&plan, text, &sender).await?;
        self.meter.scanned(&scrubbed.report, address.sinks.bits());
        let batch = Batch::of_events(address.origin, scrubbed.clean, cuts).ok_or(IntakeError::Unclear)?;
        let receipt = self.submit(&plan, batch, address.sinks).await?;
        if let Some(sender) = sender {
            sender.took(scrubbed.open);
        }
        Ok(receipt)
    }

    async fn scrub(&self, plan: &Arc<Plan>, raw: Raw, sender: &Option<Sender>) -> Result<Scrubbed, IntakeError> {
        let open = sender.as_ref().and_then(Sender::open_key);
        if raw.len() <= INLINE {
            return Ok(self.shared.scrub(plan, &raw, open));
        }
        // A blocked runtime thread would hold up everybody else.
        let (shared, plan) = (Arc::clone(&self.shared), Arc::clone(plan));
        let work = tokio::task::spawn_blocking(move || shared.scrub(&plan, &raw, open));
        Ok(work.await.map_err(|_| AppendError::Closed)?)
    }

    /// Takes a batch that was made under a plan.
    ///
    /// # Errors
    /// If it was not taken; then nothing may be acknowledged.
    pub async fn submit(&self, plan: &Plan, batch: Batch, sinks: SinkSet) -> Result<Receipt, IntakeError> {
        if batch.is_empty() || sinks.is_empty() {
            return Ok(Receipt::nothing());
        }
        let (records, set_apart) = (batch.len(), batch.origin().attribute(QUARANTINE).is_some());
        let timed = self.shared.telemetry.time(Stage::Buffer);
        let receipt = self.shared.buffer.append_for(batch, sinks, plan.generation, Some(Arc::clone(&self.refused))).await;
        drop(timed);
        match &receipt {
            Ok(_) => {
                self.meter.took(records);
                if set_apart {
                    self.meter.quarantined(records);
                }
            }
            Err(error) => self.meter.refused(refusal(*error)),
        }
        Ok(receipt?)
    }
}

fn refusal(error: AppendError) -> Refusal {
    match error {
        AppendError::Full => Refusal::Full,
        AppendError::Closed => Refusal::Closed,
        AppendError::Disk => Refusal::Disk,
        AppendError::Refused => Refusal::Sink,
    }
}

/// Milliseconds since 1970 (UTC).
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
