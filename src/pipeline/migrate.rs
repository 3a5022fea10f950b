//! Records that wait when the policy or the routes change: scanned and routed again before they are sent.

use super::auditor::AUDIT;
use super::letters::Letters;
use crate::buffer::{Migrate, Waiting};
use crate::record::{Batch, CleanText, Events, Origin, Report};
use crate::route::{Plan, SinkSet};
use std::sync::Arc;

/// Scans and routes batches again.
#[derive(Clone)]
pub(super) struct Again {
    /// Names of the sinks, in their order.
    sinks: Arc<[String]>,
    letters: Arc<Letters>,
}

impl Again {
    pub(super) fn new(sinks: &[String], letters: &Arc<Letters>) -> Self {
        Self { sinks: sinks.into(), letters: Arc::clone(letters) }
    }

    /// What the buffer calls for each batch that waits under another plan.
    pub(super) fn under(&self, plan: Arc<Plan>) -> Migrate {
        let this = self.clone();
        Arc::new(move |waiting: &Waiting<'_>| this.batches(&plan, waiting.batch, &waiting.sinks, &waiting.taken))
    }

    /// A batch under a plan: for the sinks that it may go to now, without those that took it.
    pub(super) fn batches(&self, plan: &Plan, batch: &Batch, waiting: &[&str], taken: &[&str]) -> Vec<(Batch, SinkSet)> {
        let places = |names: &[&str]| -> SinkSet {
            self.sinks.iter().enumerate().filter(|(_, name)| names.contains(&name.as_str())).map(|(place, _)| place).collect()
        };
        let origin = batch.origin();
        if origin.source.as_str() == AUDIT {
            // Lines of the program's own: masked once more their hashes would not hold.
            return vec![(batch.clone(), places(waiting))];
        }
        let metadata: Vec<(&str, &str)> = origin.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let routing = plan.router.source(origin.source.as_str()).map(|source| plan.router.route(source, &metadata));
        let (region, zone, sinks) = match routing {
            Some(Some(routing)) => {
                // Those that wait for it and may have it; if one is gone, those that may and have not got it yet.
                let wanted: SinkSet = places(waiting).iter().filter(|sink| routing.sinks.has(*sink)).collect();
                let gone = waiting.iter().any(|name| self.sinks.iter().all(|known| known != name));
                let sinks = if wanted.is_empty() || gone { routing.sinks.without(places(taken)) } else { wanted };
                (routing.region.name, routing.region.zone, sinks)
            }
            // The source is gone, or its metadata is: the records keep their zone.
            _ => {
                let (region, zone) = (origin.region.as_str(), origin.zone.as_str());
                (region, zone, places(waiting).iter().filter(|sink| plan.router.lies_in(*sink, zone)).collect())
            }
        };
        let origin = Origin {
            source: origin.source.clone(),
            region: CleanText::declared(region),
            zone: CleanText::declared(zone),
            attributes: self.attributes(plan, origin),
        };
        let scanned = scan(plan, batch, Arc::new(origin));
        if sinks.is_empty() {
            self.letters.keep_batch(
                waiting.first().copied().unwrap_or("none"),
                &scanned,
                "no route takes it since the configuration changed",
            );
            return Vec::new();
        }
        vec![(scanned, sinks)]
    }

    fn attributes(&self, plan: &Plan, origin: &Origin) -> Vec<(CleanText, CleanText)> {
        let mut report = Report::default();
        let again = |(name, value): &(CleanText, CleanText)| {
            let value = plan.engine.value(name.as_str().as_bytes(), value.as_str().as_bytes(), &mut report);
            (name.clone(), CleanText::scrubbed(&value))
        };
        origin.attributes.iter().map(again).collect()
    }
}

/// Scans the bodies of a batch once more; each stays one record.
fn scan(plan: &Plan, batch: &Batch, origin: Arc<Origin>) -> Batch {
    let mut events = Events::default();
    batch.records(0..batch.len()).for_each(|record| events.push(record.body, record.time));
    let mut clean = crate::record::CleanBuf::with_capacity(events.bytes());
    let mut stream = plan.engine.stream();
    stream.push_raw(events.text(), &mut |part| clean.push(part));
    stream.finish(&mut |part| clean.push(part));
    Batch::of_events(Arc::clone(&origin), clean, events.cuts()).unwrap_or_else(|| one_by_one(plan, batch, origin))
}

/// For records that cannot be told apart in their common text.
fn one_by_one(plan: &Plan, batch: &Batch, origin: Arc<Origin>) -> Batch {
    let mut scanned = Batch::new(origin);
    for record in batch.records(0..batch.len()) {
        let mut body = crate::record::CleanBuf::default();
        body.push_value(&plan.engine.value(b"", record.body, &mut Report::default()));
        scanned.push(&body, record.time);
    }
    scanned
}
