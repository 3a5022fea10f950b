//! Everything put together: a configuration becomes sources, a buffer and sinks that run.
//!
//! [`Build`] checks a configuration without touching network or disk. Starting it binds addresses
//! and opens sinks first and takes records last, so that a configuration that cannot work is refused
//! before anybody has handed over a record.

mod auditor;
mod compliance;
mod generation;
mod operations;

use crate::buffer::Buffer;
use crate::config::{Config, Problems};
use crate::engine::Engine;
use crate::route::{Generation, Plan, Router};
use crate::sinks::driver::{DeadLetters, Driver};
use crate::sinks::{self, Builder};
use crate::sources::{self, Context, Intake, Shared, Source};
use crate::task::{Stop, Task};
use operations::Operations;
use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Presets under which nothing may be read on the way (DESIGN: plaintext is for loopback only).
const COMPLIANCE: [&str; 4] = ["hipaa", "gdpr", "pci", "soc2"];

/// A configuration whose server part was checked.
pub struct Build {
    config: Config,
    router: Router,
    sources: Vec<(String, Box<dyn Source>)>,
    sinks: Vec<(String, Box<dyn Builder>)>,
    keys: Vec<(String, SystemTime)>,
}

/// Why it does not start.
#[derive(Debug, thiserror::Error)]
#[error("`{path}`: {source}")]
pub struct StartError {
    /// Key path, such as `sources.app`.
    pub path: String,
    /// What the system said.
    pub source: io::Error,
}

impl Build {
    /// Checks the server's part of a configuration.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn check(config: Config) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let sources: Vec<_> =
            config.server.sources.iter().map(|source| (source.name.clone(), sources::build(source, &mut problems))).collect();
        if config.server.buffer.dir.is_none() {
            let stays = |built: &Option<(_, Box<dyn Source>)>| built.as_ref().is_some_and(|(_, source)| source.needs_folder());
            for (component, _) in config.server.sources.iter().zip(&sources).filter(|(_, (_, built))| stays(built)) {
                problems.add(component.problem("checkpoints", "nothing, and no `buffer.dir`", "a folder that outlives a restart"));
            }
        }
        let sinks: Vec<_> = config.server.sinks.iter().map(|sink| (sink.name.clone(), sinks::build(sink, &mut problems))).collect();
        if let Some(preset) = config.policy.presets.iter().find(|preset| COMPLIANCE.contains(&preset.as_str())) {
            refuse_plaintext(&config, preset, &sources, &sinks, &mut problems);
        }
        let provides: Vec<&'static [&'static str]> =
            sources.iter().map(|(_, built)| built.as_ref().map_or(&[][..], |(kind, _)| kind.provides)).collect();
        let router = Router::build(&config, &provides, &mut problems);
        compliance::check(&config, &mut problems);
        if config.server.sources.is_empty() {
            problems.add(crate::config::Problem::new(1, "sources", "nothing", "at least one source, such as `app: { type: http, … }`"));
        }
        operations::check(&config, &mut problems);
        match router {
            Some(router) if problems.is_empty() => Ok(Self {
                sources: sources.into_iter().filter_map(|(name, built)| Some((name, built?.1))).collect(),
                sinks: sinks.into_iter().filter_map(|(name, built)| Some((name, built?.1))).collect(),
                router,
                config,
                keys: Vec::new(),
            }),
            _ => {
                problems.sort();
                Err(problems)
            }
        }
    }

    /// Which records go where, as a table.
    pub fn routes(&self) -> String {
        let mut rows = vec![["SOURCE", "REGION", "ZONE", "SINKS"].map(str::to_owned)];
        for (at, (name, _)) in self.sources.iter().enumerate() {
            for region in self.router.regions(at) {
                let sinks = self.router.sinks(at, region).iter().filter_map(|sink| self.sinks.get(sink)).map(|(name, _)| name.as_str());
                rows.push([name.clone(), region.name.to_owned(), region.zone.to_owned(), sinks.collect::<Vec<_>>().join(", ")]);
            }
        }
        table(&rows)
    }

    /// Notes the keys for tokens: identifier, and when its file was written.
    #[must_use]
    pub fn keys(mut self, keys: Vec<(String, SystemTime)>) -> Self {
        self.keys = keys;
        self
    }

    /// Opens sinks, buffer and sources, and begins to take records.
    ///
    /// # Errors
    /// If one of them cannot be opened; then nothing runs.
    pub async fn start(self, engine: Engine) -> Result<Running, StartError> {
        let at = |path: String| move |source| StartError { path, source };
        let generation = generation::of(&self.config);
        let mut operations = Operations::open(&self.config, &engine, generation, self.keys).await?;
        let mut opened = Vec::new();
        for (name, sink) in self.sinks {
            let sink = sink.open().await.map_err(at(format!("sinks.{name}")))?;
            sink.check().await.map_err(|problem| StartError { path: format!("sinks.{name}"), source: io::Error::other(problem) })?;
            opened.push((name, sink));
        }
        let limits = &self.config.server.buffer;
        let buffer = Buffer::in_memory(opened.len(), limits.max_bytes, limits.when_full);
        let (stop_sources, sources_stop) = Stop::new();
        let (stop_sinks, sinks_stop) = Stop::new();
        let dead_letters: Arc<dyn DeadLetters> = Arc::new(Counted);
        let plan = Plan { engine, router: self.router, generation };
        let shared = Shared::metered(plan, Arc::clone(&buffer), Arc::clone(&operations.telemetry));
        let mut tasks = Vec::new();
        for (name, source) in self.sources {
            let folder = limits.dir.as_ref().map(std::path::PathBuf::from);
            let context = Context { intake: Intake::new(Arc::clone(&shared), &name), stop: sources_stop.clone(), folder };
            tasks.push(source.open(context).await.map_err(at(format!("sources.{name}")))?);
        }
        let sinks = opened
            .into_iter()
            .enumerate()
            .map(|(place, (name, sink))| {
                let driver = Driver {
                    name: name.into(),
                    telemetry: Arc::clone(&operations.telemetry),
                    sink,
                    reader: buffer.reader(place),
                    dead_letters: Arc::clone(&dead_letters),
                    stop: sinks_stop.clone(),
                };
                tokio::spawn(driver.run())
            })
            .collect();
        let sources = tasks.into_iter().map(tokio::spawn).collect();
        operations.running(&buffer);
        Ok(Running { operations, buffer, sources, sinks, stop_sources, stop_sinks })
    }
}

type Built<K, T> = (String, Option<(&'static K, Box<T>)>);

/// Finds the sources and sinks whose records could be read between two machines.
fn refuse_plaintext(
    config: &Config,
    preset: &str,
    sources: &[Built<sources::Kind, dyn Source>],
    sinks: &[Built<sinks::Kind, dyn Builder>],
    problems: &mut Problems,
) {
    let open_sources = sources.iter().map(|(_, built)| built.as_ref().is_some_and(|(_, source)| source.plaintext().is_some()));
    for (component, _) in config.server.sources.iter().zip(open_sources).filter(|(_, open)| *open) {
        let found = "an address beyond this machine, without TLS";
        problems.add(component.problem_at("listen", found, format!("`tls`, or a loopback address, under the preset `{preset}`")));
    }
    let beyond = |builder: &dyn Builder| builder.plaintext().is_some_and(|host| !is_loopback(&host));
    let open_sinks = sinks.iter().map(|(_, built)| built.as_ref().is_some_and(|(_, sink)| beyond(sink.as_ref())));
    for (component, _) in config.server.sinks.iter().zip(open_sinks).filter(|(_, open)| *open) {
        let key = if component.has("endpoint") { "endpoint" } else { "url" };
        problems.add(component.problem_at(key, "a host beyond this machine, without TLS", format!("`https`, under the preset `{preset}`")));
    }
}

/// Whether a host is this machine. A name that has to be looked up is not, whatever it is today.
fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

/// A proxy that runs.
pub struct Running {
    operations: Operations,
    buffer: Arc<Buffer>,
    sources: Vec<JoinHandle<()>>,
    sinks: Vec<JoinHandle<()>>,
    stop_sources: watch::Sender<bool>,
    stop_sinks: watch::Sender<bool>,
}

impl Running {
    /// Ends when every source has ended by itself, as standard input does.
    pub async fn ended(&mut self) {
        for source in &mut self.sources {
            let _ = source.await;
        }
        self.sources.clear();
    }

    /// Says that a configuration was read again: in force under a generation, or refused.
    pub async fn reloaded(&self, generation: Option<Generation>) {
        self.operations.reloaded(generation).await;
    }

    /// Takes no more records, sends what waits within a time, and ends. Returns the bytes that were not sent.
    pub async fn shutdown(self, drain: Duration) -> u64 {
        self.operations.telemetry.running(false);
        let _ = self.stop_sources.send(true);
        let deadline = tokio::time::Instant::now() + drain;
        for source in self.sources {
            let _ = tokio::time::timeout_at(deadline, source).await;
        }
        self.operations.sources_ended(&self.buffer).await;
        self.buffer.close();
        let mut sinks = self.sinks;
        for sink in &mut sinks {
            let _ = tokio::time::timeout_at(deadline, sink).await;
        }
        let _ = self.stop_sinks.send(true);
        let left = self.buffer.waiting_bytes();
        self.operations.end(left).await;
        left
    }
}

/// Refused records without a folder for dead letters: counted, and said.
struct Counted;

impl DeadLetters for Counted {
    fn keep<'d>(&'d self, sink: &'d str, request: &'d sinks::Request, reason: &'static str) -> Task<'d, ()> {
        Box::pin(async move { tracing::error!(sink, reason, records = request.records, "records are refused for good and lost") })
    }
}

/// Rows with columns of equal width.
fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        widths.iter_mut().zip(row).for_each(|(width, cell)| *width = (*width).max(cell.chars().count()));
    }
    let mut text = String::new();
    for row in rows {
        let line: String = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}  ")).collect();
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
