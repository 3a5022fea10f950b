//! Records that a sink refuses for good: kept beside the buffer, or told to the sender.

use crate::buffer::dead_letters::DeadLetters as Folder;
use crate::record::Batch;
use crate::sinks::Request;
use crate::sinks::driver::DeadLetters;
use crate::sources::{Shared, now};
use crate::task::{Stop, Task};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::migrate::Again;

/// How often it is looked for letters that are to be sent again.
const LOOK: Duration = Duration::from_secs(5);
/// How long to wait when the disk does not take them.
const WAIT: Duration = Duration::from_secs(1);

/// Keeps refused records, if there is a folder.
pub(super) struct Letters {
    folder: Option<Arc<Folder>>,
}

impl Letters {
    pub(super) fn new(folder: Option<Folder>) -> Self {
        Self { folder: folder.map(Arc::new) }
    }

    /// Keeps a whole batch, where blocking is allowed. Without a folder it is lost, and said.
    pub(super) fn keep_batch(&self, sink: &str, batch: &Batch, reason: &'static str) {
        let Some(folder) = &self.folder else {
            tracing::error!(sink, reason, records = batch.len(), "records are lost: there is no folder for dead letters");
            return;
        };
        // It blocks rather than lose what was acknowledged.
        while let Err(error) = folder.keep(sink, &[(batch, 0..batch.len())], now(), reason) {
            tracing::error!(sink, cause = %error.kind(), "dead letters cannot be written; it is tried again");
            std::thread::sleep(WAIT);
        }
    }

    /// Looks for letters that are to be sent again, and appends them to the buffer.
    pub(super) async fn send_again(self: Arc<Self>, again: Again, shared: Arc<Shared>, mut stop: Stop) {
        let Some(folder) = &self.folder else { return };
        loop {
            let found = {
                let folder = Arc::clone(folder);
                tokio::task::spawn_blocking(move || folder.again()).await
            };
            for letter in found.ok().and_then(Result::ok).unwrap_or_default() {
                let read = {
                    let folder = Arc::clone(folder);
                    tokio::task::spawn_blocking(move || folder.batches(&letter).map(|(batches, damage)| (letter, batches, damage))).await
                };
                let Ok(Ok((letter, batches, damage))) = read else {
                    tracing::error!("dead letters that are to be sent again cannot be read");
                    continue;
                };
                let mut safe = true;
                for batch in batches {
                    let plan = shared.plan.load_full();
                    for (batch, sinks) in again.batches(&plan, &batch, &[letter.sink.as_str()], &[]) {
                        safe &= match shared.buffer.append(batch, sinks, plan.generation).await {
                            Ok(receipt) => receipt.safe().await.is_ok(),
                            Err(_) => false,
                        };
                    }
                }
                if safe {
                    let folder = Arc::clone(folder);
                    let _ = tokio::task::spawn_blocking(move || folder.sent(&letter, damage)).await;
                }
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = stop.wait() => return,
            }
        }
    }
}

impl DeadLetters for Letters {
    fn keep<'d>(&'d self, sink: &'d str, request: &'d Request, reason: &'static str) -> Task<'d, bool> {
        Box::pin(async move {
            let Some(folder) = &self.folder else {
                tracing::error!(sink, reason, records = request.records, "records are refused for good, and who sent them is told");
                return false;
            };
            tracing::error!(sink, reason, records = request.records, "records are refused for good and kept as dead letters");
            loop {
                let (folder, name, parts) = (Arc::clone(folder), sink.to_owned(), request.parts.clone());
                let kept = tokio::task::spawn_blocking(move || {
                    let parts: Vec<(&Batch, Range<usize>)> = parts.iter().map(|part| (&part.entry.batch, part.range.clone())).collect();
                    folder.keep(&name, &parts, now(), reason)
                });
                match kept.await {
                    Ok(Ok(())) => return true,
                    // The records stay where they are, and the sink stands still: better than to lose them.
                    _ => tracing::error!(sink, reason, "dead letters cannot be written; it is tried again"),
                }
                tokio::time::sleep(WAIT).await;
            }
        })
    }
}
