//! What looks after the program while it runs: counters, health and metrics pages, the audit log.
//!
//! Opened before any source, so that what cannot be opened refuses the start, and ended last.

use super::auditor::{AUDIT, Auditor};
use super::{StartError, transport};
use crate::admin::Admin;
use crate::buffer::Buffer;
use crate::config::{Config, Problem, Problems, SecretRef};
use crate::engine::Engine;
use crate::residency::Region;
use crate::route::Generation;
use crate::sinks::host;
use crate::task::Stop;
use crate::telemetry::{Exporter, Telemetry, Waiting};
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Everything beside the way of the records.
pub(super) struct Operations {
    pub(super) telemetry: Arc<Telemetry>,
    exporter: Option<Arc<Exporter>>,
    auditor: Option<Arc<Auditor>>,
    stop: watch::Sender<bool>,
    signal: Stop,
    tasks: Vec<JoinHandle<()>>,
}

/// Checks what the configuration says about them.
pub(super) fn check(config: &Config, problems: &mut Problems) {
    let admin = &config.server.admin;
    for (path, address) in [("admin.health", &admin.health), ("admin.metrics", &admin.metrics)] {
        if address.as_ref().is_some_and(|address| address.parse::<SocketAddr>().is_err()) {
            problems.add(Problem::new(admin.line, path, "another text", "an address and port, such as `127.0.0.1:8081`"));
        }
    }
    if admin.otlp.as_ref().is_some_and(|address| !is_plain_url(address)) {
        let allowed = "a URL such as `http://127.0.0.1:4318/v1/metrics`, without TLS: a collector on this machine or its network";
        problems.add(Problem::new(admin.line, "admin.otlp", "another text", allowed));
    }
    pushed(config, problems);
    for source in config.server.sources.iter().filter(|source| source.name == AUDIT) {
        problems.add(source.problem("", "a name that the audit log has", "another name"));
    }
    let Some(audit) = &config.server.audit else { return };
    let Some(to) = &audit.to else { return };
    match config.server.sinks.iter().find(|sink| sink.name == *to) {
        None => problems.add(Problem::new(audit.line, "audit.to", "an unknown name", "the name of a sink")),
        // The audit log names sources, sinks and counts: it stays where the program runs.
        Some(sink) if sink.region.is_some() && zone(&sink.region) != zone(&config.region) => {
            problems.add(Problem::new(audit.line, "audit.to", "a sink in another zone", "a sink in the zone of `region`"));
        }
        Some(_) => {}
    }
}

/// Metrics name sources, sinks and counts: like the audit log they stay where the program runs.
fn pushed(config: &Config, problems: &mut Problems) {
    let admin = &config.server.admin;
    let mut wrong = |key: &str, found: &str, allowed: String| problems.add(Problem::new(admin.line, key, found, allowed));
    let Some(url) = admin.otlp.as_deref().and_then(|address| address.parse::<hyper::Uri>().ok()) else {
        if admin.otlp_region.is_some() && admin.otlp.is_none() {
            wrong("admin.otlp_region", "a region without `otlp`", "both or none".to_owned());
        }
        return;
    };
    let host = url.host().unwrap_or_default();
    if transport::is_loopback(host) {
        return;
    }
    if let Some(preset) = transport::preset(config) {
        wrong("admin.otlp", "a host beyond this machine, without TLS", format!("a collector on this machine, under the preset `{preset}`"));
    }
    match admin.otlp_region.as_deref() {
        None => wrong("admin.otlp_region", "nothing", "the region where the host of `otlp` lies, in the zone of `region`".to_owned()),
        Some(name) if Region::find(name).is_none() => {
            wrong("admin.otlp_region", "an unknown region", "a region of AWS, Azure or Google Cloud, such as `eu-west-1`".to_owned());
        }
        Some(_) if zone(&admin.otlp_region) != zone(&config.region) => {
            wrong("admin.otlp_region", "a region in another zone", "a region in the zone of `region`".to_owned());
        }
        Some(name) => {
            if let Some(found) = host::wrong(host, name) {
                wrong("admin.otlp", found, "a host in the region that `otlp_region` names".to_owned());
            }
        }
    }
}

fn zone(name: &Option<String>) -> Option<&'static str> {
    name.as_deref().and_then(Region::find).map(|region| region.zone)
}

fn is_plain_url(text: &str) -> bool {
    let uri = text.parse::<hyper::Uri>().ok().filter(|uri| uri.scheme_str() == Some("http"));
    uri.and_then(|uri| uri.authority().map(|authority| !authority.as_str().contains('@'))).unwrap_or(false)
}

impl Operations {
    /// Opens what the configuration asks for. `keys` are those for tokens, with the day they were written.
    pub(super) async fn open(
        config: &Config,
        engine: &Engine,
        generation: Generation,
        mut keys: Vec<(String, SystemTime)>,
    ) -> Result<Self, StartError> {
        let telemetry = Arc::new(Telemetry::default());
        let admin = &config.server.admin;
        let exporter = match (&admin.metrics, &admin.otlp) {
            (None, None) => None,
            (_, otlp) => Some(Arc::new(
                Exporter::start(&telemetry, otlp.as_deref())
                    .map_err(|error| StartError { path: "admin.otlp".to_owned(), source: io::Error::other(error) })?,
            )),
        };
        let auditor = match &config.server.audit {
            Some(_) => Some(Arc::new(Auditor::open(config, engine, generation, &telemetry)?)),
            None => None,
        };
        let buffer_key = config.server.buffer.key.as_ref().and_then(written).map(|written| ("buffer".to_owned(), written));
        let seal_key = config.server.audit.as_ref().and_then(|audit| match &audit.key {
            Some(key) => written(key),
            None => written(&SecretRef::File(format!("{}.key", audit.path))),
        });
        keys.extend(buffer_key);
        keys.extend(seal_key.map(|written| ("audit".to_owned(), written)));
        telemetry.keys(keys);
        let admin = Admin::bind(admin, &telemetry, exporter.as_ref())
            .await
            .map_err(|error| StartError { path: error.path.to_owned(), source: error.source })?;
        let (stop, signal) = Stop::new();
        let tasks = admin.tasks(&signal).into_iter().map(tokio::spawn).collect();
        Ok(Self { telemetry, exporter, auditor, stop, signal, tasks })
    }

    /// Everything is open: says so, watches the buffer and begins to seal.
    pub(super) fn running(&mut self, buffer: &Arc<Buffer>) {
        let watched = Arc::downgrade(buffer);
        self.telemetry.watch(move || {
            let Some(buffer) = watched.upgrade() else { return Waiting::default() };
            let oldest = buffer.oldest().unwrap_or_default();
            Waiting { bytes: buffer.waiting_bytes(), max_bytes: buffer.max_bytes(), oldest, failing: buffer.is_failing() }
        });
        if let Some(auditor) = &self.auditor {
            self.tasks.push(tokio::spawn(Arc::clone(auditor).run(Arc::clone(buffer), self.signal.clone())));
        }
        self.telemetry.running(true);
    }

    /// A configuration was read again: in force under a generation, or refused.
    pub(super) async fn reloaded(&self, generation: Option<Generation>) {
        self.telemetry.reloaded(generation.is_some());
        if let Some(auditor) = &self.auditor {
            auditor.reloaded(generation).await;
        }
    }

    /// Sources have ended and the buffer is open: the audit log so far goes to its sink.
    pub(super) async fn sources_ended(&self, buffer: &Arc<Buffer>) {
        if let Some(auditor) = &self.auditor {
            auditor.seal().await;
            auditor.ship(buffer).await;
        }
    }

    /// Ends with a last seal, a last push and the last page.
    pub(super) async fn end(self, bytes_not_sent: u64) {
        let _ = self.stop.send(true);
        for task in self.tasks {
            let _ = task.await;
        }
        if let Some(auditor) = &self.auditor {
            auditor.stopped(bytes_not_sent).await;
        }
        if let Some(exporter) = self.exporter {
            let _ = tokio::task::spawn_blocking(move || exporter.shutdown()).await;
        }
    }
}

/// When a key's file was written.
fn written(key: &SecretRef) -> Option<SystemTime> {
    match key {
        SecretRef::File(path) => fs::metadata(path).and_then(|metadata| metadata.modified()).ok(),
        SecretRef::Env(_) => None,
    }
}
