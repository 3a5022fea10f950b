//! Listeners for people and machines that look after the program: health and metrics.
//!
//! Read-only, without secrets and without anything of a record: names of the configuration, counts,
//! static words. Bounded: few connections, no bodies, a short time for each request.

mod server;

pub(crate) use server::open_pages;
pub use server::{Admin, AdminError};

use crate::telemetry::{Cause, Exporter, Telemetry};
use serde_json::json;
use std::sync::Arc;

/// What a page answers.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) kind: &'static str,
    pub(crate) body: String,
}

/// Pages of one listener.
pub(crate) trait Pages: Send + Sync + 'static {
    /// The page of a path, if there is one.
    fn page(&self, path: &str) -> Option<Page>;
}

const JSON: &str = "application/json";

/// `/healthz`, `/readyz` and `/version`.
struct Health(Arc<Telemetry>);

impl Pages for Health {
    fn page(&self, path: &str) -> Option<Page> {
        match path {
            "/healthz" => Some(Page { status: 200, kind: JSON, body: json!({ "status": "live" }).to_string() }),
            "/readyz" => Some(readiness(&self.0.causes())),
            "/version" => {
                let body = json!({ "name": "hushlog", "version": env!("CARGO_PKG_VERSION") }).to_string();
                Some(Page { status: 200, kind: JSON, body })
            }
            _ => None,
        }
    }
}

fn readiness(causes: &[Cause]) -> Page {
    if causes.is_empty() {
        return Page { status: 200, kind: JSON, body: json!({ "status": "ready" }).to_string() };
    }
    let causes: Vec<_> = causes
        .iter()
        .map(|cause| match cause {
            Cause::NotRunning => json!({ "cause": "not_running" }),
            Cause::SinkFailing { sink, since } => json!({ "cause": "sink_failing", "sink": sink, "since_ms": since }),
            Cause::BufferFull => json!({ "cause": "buffer_full" }),
            Cause::DiskFailing => json!({ "cause": "disk_failing" }),
            Cause::AuditFailing => json!({ "cause": "audit_failing" }),
        })
        .collect();
    Page { status: 503, kind: JSON, body: json!({ "status": "not_ready", "causes": causes }).to_string() }
}

/// `/metrics`.
struct Metrics(Arc<Exporter>);

impl Pages for Metrics {
    fn page(&self, path: &str) -> Option<Page> {
        (path == "/metrics").then(|| Page { status: 200, kind: "text/plain; version=0.0.4; charset=utf-8", body: self.0.page() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readiness_names_its_causes() {
        assert_eq!(readiness(&[]).status, 200);
        let page = readiness(&[Cause::SinkFailing { sink: "store".to_owned(), since: 17 }, Cause::BufferFull]);
        assert_eq!(page.status, 503);
        let body: serde_json::Value = serde_json::from_str(&page.body).unwrap();
        assert_eq!(body["causes"][0]["sink"], "store");
        assert_eq!(body["causes"][1]["cause"], "buffer_full");
    }
}
