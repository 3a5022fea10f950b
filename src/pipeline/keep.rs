//! Where records wait: which form the configuration asks for, and what a change of it means for them.
//!
//! What waited under another policy or other routes is scanned and routed again before anything of
//! it is sent. What then has nowhere to go is a dead letter. Those that are to be sent again come
//! back the same way.

use crate::buffer::dead_letters::DeadLetters as Folder;
use crate::buffer::{Buffer, Key, Migrate, OpenError, Settings, Waiting};
use crate::config::BufferConfig;
use crate::record::{Batch, CleanText, Origin, Raw, Report};
use crate::route::{Generation, Plan, SinkSet};
use crate::sinks::driver::DeadLetters;
use crate::sinks::{self, Part};
use crate::sources::{Shared, now};
use crate::task::{Stop, Task};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long to wait before something is tried again that the disk refused.
const RETRY: Duration = Duration::from_secs(1);
/// How often to look for dead letters that are to be sent again.
const LOOK: Duration = Duration::from_secs(5);
/// Why a batch became a dead letter that no route takes any more.
const NOWHERE: &str = "no route takes it since the configuration changed";

/// The buffer of a configuration, and the folder of its dead letters if it has one.
pub(super) async fn open(
    config: &BufferConfig,
    sinks: Vec<String>,
    generation: Generation,
) -> io::Result<(Arc<Buffer>, Option<Arc<Folder>>)> {
    let Some(dir) = &config.dir else {
        return Ok((Buffer::in_memory(sinks.len(), config.max_bytes, config.when_full), None));
    };
    let key = match &config.key {
        Some(place) => {
            let secret = place.load_key()?;
            Some(Key::parse(secret.expose()).ok_or_else(|| io::Error::other("the key is not 32 bytes or 64 hex digits"))?)
        }
        None => None,
    };
    let settings = Settings::new(Path::new(dir), key, config.max_bytes, config.when_full);
    let folder = Arc::new(Folder::new(&settings));
    // Reads the whole folder, which would hold up everybody else here.
    let opened = tokio::task::spawn_blocking(move || Buffer::on_disk(settings, &sinks, generation)).await;
    let (buffer, found) = opened.map_err(|_| OpenError::Io(io::ErrorKind::Other.into()))??;
    tracing::info!(entries = found.entries, segments = found.segments, "the buffer is open");
    if found.damage.is_any() || found.bad > 0 || found.cursors_lost {
        tracing::error!(
            stretches = found.damage.stretches,
            batches_missing = found.damage.batches,
            bytes_cut = found.damage.tail,
            segments_put_aside = found.bad,
            cursors_lost = found.cursors_lost,
            "the buffer is damaged; what is readable of it is sent"
        );
    }
    Ok((buffer, Some(folder)))
}

/// Scans and routes what waits under another generation. Tries until the disk takes it.
pub(super) async fn migrate(shared: Arc<Shared>, sinks: Vec<String>, letters: Option<Arc<Folder>>, mut stop: Stop) {
    loop {
        let (shared, names, letters) = (Arc::clone(&shared), sinks.clone(), letters.clone());
        let work = tokio::task::spawn_blocking(move || {
            let plan = shared.plan.load_full();
            let generation = plan.generation;
            let buffer = Arc::clone(&shared.buffer);
            buffer.migrate(&names, generation, callback(&shared, plan, &names, letters))
        });
        match work.await {
            Ok(Ok(0)) => return,
            Ok(Ok(batches)) => return tracing::info!(batches, "records that waited were scanned and routed again"),
            _ => tracing::warn!("records that wait could not be moved to the new configuration; it is tried again"),
        }
        tokio::select! {
            () = tokio::time::sleep(RETRY) => {}
            () = stop.wait() => return,
        }
    }
}

fn callback(shared: &Arc<Shared>, plan: Arc<Plan>, names: &[String], letters: Option<Arc<Folder>>) -> Migrate {
    // The buffer keeps the callback; what it needs of `shared` must not keep the buffer.
    let (shared, names) = (Arc::downgrade(shared), names.to_vec());
    Arc::new(move |waiting| {
        let Some(shared) = shared.upgrade() else { return Vec::new() };
        again(&shared, &plan, waiting, &names, letters.as_deref())
    })
}

/// What is to be appended instead of a batch.
fn again(shared: &Shared, plan: &Plan, waiting: &Waiting<'_>, names: &[String], letters: Option<&Folder>) -> Vec<(Batch, SinkSet)> {
    let old = waiting.batch.origin();
    let metadata: Vec<(&str, &str)> = old.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let routing = plan.router.source(old.source.as_str()).and_then(|source| plan.router.route(source, &metadata));
    let places = |wanted: &[&str]| -> SinkSet { wanted.iter().filter_map(|name| names.iter().position(|known| known == name)).collect() };
    let allowed = routing.map(|routing| routing.sinks).unwrap_or_default();
    // Those that wait for it and may have it; if there are none, those that may have it and have not got it yet.
    let wanted: SinkSet = places(&waiting.sinks).iter().filter(|sink| allowed.has(*sink)).collect();
    let gone = waiting.sinks.iter().any(|name| !names.iter().any(|known| known == name));
    let sinks = if wanted.is_empty() || gone { allowed.without(places(&waiting.taken)) } else { wanted };
    let region = routing.map(|routing| routing.region);
    let mut report = Report::default();
    let attributes = old.attributes.iter().map(|(name, value)| {
        let clean = plan.engine.value(name.as_str().as_bytes(), value.as_str().as_bytes(), &mut report);
        (name.clone(), CleanText::scrubbed(&clean))
    });
    let origin = Origin {
        attributes: attributes.collect(),
        source: old.source.clone(),
        region: region.map_or_else(|| old.region.clone(), |region| CleanText::declared(region.name)),
        zone: region.map_or_else(|| old.zone.clone(), |region| CleanText::declared(region.zone)),
    };
    let mut batch = Batch::new(Arc::new(origin));
    for record in waiting.batch.records(0..waiting.batch.len()) {
        batch.push(&shared.scrub(plan, &Raw::new(record.body.to_vec())), record.time);
    }
    if !sinks.is_empty() {
        return vec![(batch, sinks)];
    }
    let sink = waiting.sinks.first().copied().unwrap_or("none");
    match letters {
        Some(letters) => {
            // It blocks rather than lose what was acknowledged.
            while let Err(error) = letters.keep(sink, &[(&batch, 0..batch.len())], now(), NOWHERE) {
                tracing::error!(sink, reason = %error.kind(), "dead letters cannot be written; it is tried again");
                std::thread::sleep(RETRY);
            }
        }
        None => tracing::error!(sink, reason = NOWHERE, records = batch.len(), "records are refused for good and lost"),
    }
    Vec::new()
}

/// Appends dead letters that are to be sent again, until it is told to stop.
pub(super) async fn resend(shared: Arc<Shared>, sinks: Vec<String>, letters: Arc<Folder>, mut stop: Stop) {
    loop {
        if let Err(error) = resend_once(&shared, &sinks, &letters).await {
            tracing::warn!(reason = %error.kind(), "dead letters could not be sent again; it is tried again");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = stop.wait() => return,
        }
    }
}

async fn resend_once(shared: &Arc<Shared>, sinks: &[String], letters: &Arc<Folder>) -> io::Result<()> {
    for file in letters.again()? {
        let (shared, names, letters) = (Arc::clone(shared), sinks.to_vec(), Arc::clone(letters));
        let read = tokio::task::spawn_blocking(move || -> io::Result<_> {
            let (batches, damage) = letters.batches(&file)?;
            let plan = shared.plan.load_full();
            let mut items = Vec::new();
            for batch in &batches {
                let waiting = Waiting { batch, sinks: vec![&file.sink], taken: Vec::new() };
                items.extend(again(&shared, &plan, &waiting, &names, Some(&letters)));
            }
            Ok((items, plan.generation, file, damage, shared, letters))
        });
        let (items, generation, file, damage, shared, letters) = read.await.map_err(|_| io::ErrorKind::Other)??;
        let records: usize = items.iter().map(|(batch, _)| batch.len()).sum();
        let mut receipts = Vec::with_capacity(items.len());
        for (batch, sinks) in items {
            receipts.push(shared.buffer.append(batch, sinks, generation).await.map_err(io::Error::other)?);
        }
        for receipt in receipts {
            receipt.safe().await.map_err(io::Error::other)?;
        }
        tracing::info!(sink = file.sink.as_str(), records, "dead letters are sent again");
        tokio::task::spawn_blocking(move || letters.sent(&file, damage)).await.map_err(|_| io::ErrorKind::Other)??;
    }
    Ok(())
}

/// Refused records go to the folder.
pub(super) struct Kept(pub(super) Arc<Folder>);

impl DeadLetters for Kept {
    fn keep<'d>(&'d self, sink: &'d str, request: &'d sinks::Request, reason: &'static str) -> Task<'d, ()> {
        Box::pin(async move {
            tracing::error!(sink, reason, records = request.records, "records are refused for good and kept as dead letters");
            loop {
                let (letters, name, parts) = (Arc::clone(&self.0), sink.to_owned(), request.parts.clone());
                let kept = tokio::task::spawn_blocking(move || {
                    let parts: Vec<_> = parts.iter().map(|Part { entry, range }| (&entry.batch, range.clone())).collect();
                    letters.keep(&name, &parts, now(), reason)
                });
                match kept.await {
                    Ok(Ok(())) => return,
                    // Nothing is committed before they are safe.
                    _ => tracing::error!(sink, "dead letters cannot be written; it is tried again"),
                }
                tokio::time::sleep(RETRY).await;
            }
        })
    }
}
