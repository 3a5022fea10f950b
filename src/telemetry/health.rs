//! Whether the program can do its work, and if not, why.

use super::{Telemetry, lock, meters::millis};
use std::sync::atomic::Ordering::Relaxed;

/// A sink that fails for less than this is no cause to send traffic elsewhere.
const PATIENCE: u64 = 10_000;
/// Share of the buffer, in percent, from which on it counts as full.
const FULL: u64 = 98;

/// Why no records should be sent here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// Not everything is open yet, or the program ends.
    NotRunning,
    /// A sink takes nothing.
    SinkFailing {
        /// As the configuration names it.
        sink: String,
        /// Milliseconds since 1970 (UTC).
        since: u64,
    },
    /// No more records can wait.
    BufferFull,
    /// The disk of the buffer takes nothing: it is full, or fails.
    DiskFailing,
    /// The audit log cannot be written.
    AuditFailing,
}

impl Telemetry {
    /// Everything that speaks against sending records here; nothing while all is well.
    pub fn causes(&self) -> Vec<Cause> {
        let mut causes = Vec::new();
        if !self.running.load(Relaxed) {
            causes.push(Cause::NotRunning);
        }
        for sink in lock(&self.sinks).values() {
            let failing = sink.failing_for();
            if failing >= PATIENCE {
                causes.push(Cause::SinkFailing { sink: sink.name().to_owned(), since: millis().saturating_sub(failing) });
            }
        }
        let waiting = self.waiting();
        if waiting.max_bytes > 0 && waiting.bytes.saturating_mul(100) >= waiting.max_bytes.saturating_mul(FULL) {
            causes.push(Cause::BufferFull);
        }
        if waiting.failing {
            causes.push(Cause::DiskFailing);
        }
        if self.audit_failing.load(Relaxed) {
            causes.push(Cause::AuditFailing);
        }
        causes
    }
}
