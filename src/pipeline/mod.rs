//! Everything put together: a configuration becomes sources, a buffer and sinks that run.
//!
//! [`Build`] checks a configuration without touching network or disk. Starting it binds addresses
//! and opens sinks first and takes records last, so that a configuration that cannot work is refused
//! before anybody has handed over a record.

mod generation;
mod keep;

use crate::buffer::Buffer;
use crate::config::{Config, Problems};
use crate::engine::Engine;
use crate::route::{Plan, Router};
use crate::sinks::driver::{DeadLetters, Driver};
use crate::sinks::{self, Builder};
use crate::sources::{self, Context, Intake, Shared, Source};
use crate::task::{Stop, Task};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A configuration whose server part was checked.
pub struct Build {
    config: Config,
    router: Router,
    sources: Vec<(String, Box<dyn Source>)>,
    sinks: Vec<(String, Box<dyn Builder>)>,
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
        let sinks: Vec<_> = config.server.sinks.iter().map(|sink| (sink.name.clone(), sinks::build(sink, &mut problems))).collect();
        let provides: Vec<&'static [&'static str]> =
            sources.iter().map(|(_, built)| built.as_ref().map_or(&[][..], |(kind, _)| kind.provides)).collect();
        let router = Router::build(&config, &provides, &mut problems);
        if config.server.sources.is_empty() {
            problems.add(crate::config::Problem::new(1, "sources", "nothing", "at least one source, such as `app: { type: http, … }`"));
        }
        match router {
            Some(router) if problems.is_empty() => Ok(Self {
                sources: sources.into_iter().filter_map(|(name, built)| Some((name, built?.1))).collect(),
                sinks: sinks.into_iter().filter_map(|(name, built)| Some((name, built?.1))).collect(),
                router,
                config,
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

    /// Opens sinks, buffer and sources, and begins to take records.
    ///
    /// # Errors
    /// If one of them cannot be opened; then nothing runs.
    pub async fn start(self, engine: Engine) -> Result<Running, StartError> {
        let at = |path: String| move |source| StartError { path, source };
        let mut opened = Vec::new();
        for (name, sink) in self.sinks {
            let sink = sink.open().await.map_err(at(format!("sinks.{name}")))?;
            sink.check().await.map_err(|problem| StartError { path: format!("sinks.{name}"), source: io::Error::other(problem) })?;
            opened.push((name, sink));
        }
        let generation = generation::of(&self.config);
        let names: Vec<String> = opened.iter().map(|(name, _)| name.clone()).collect();
        let (buffer, folder) = keep::open(&self.config.server.buffer, names.clone(), generation).await.map_err(at("buffer".to_owned()))?;
        let (stop_sources, sources_stop) = Stop::new();
        let (stop_sinks, sinks_stop) = Stop::new();
        let dead_letters: Arc<dyn DeadLetters> = match &folder {
            Some(folder) => Arc::new(keep::Kept(Arc::clone(folder))),
            None => Arc::new(Counted),
        };
        let shared = Shared::new(Plan { engine, router: self.router, generation }, Arc::clone(&buffer));
        let mut tasks = Vec::new();
        for (name, source) in self.sources {
            let context = Context { intake: Intake::new(Arc::clone(&shared), &name), stop: sources_stop.clone() };
            tasks.push(source.open(context).await.map_err(at(format!("sources.{name}")))?);
        }
        let sinks = opened
            .into_iter()
            .enumerate()
            .map(|(place, (name, sink))| {
                let driver = Driver {
                    name: name.into(),
                    sink,
                    reader: buffer.reader(place),
                    dead_letters: Arc::clone(&dead_letters),
                    stop: sinks_stop.clone(),
                };
                tokio::spawn(driver.run())
            })
            .collect();
        tokio::spawn(keep::migrate(Arc::clone(&shared), names.clone(), folder.clone(), sources_stop.clone()));
        if let Some(folder) = folder {
            tokio::spawn(keep::resend(shared, names, folder, sources_stop));
        }
        let sources = tasks.into_iter().map(tokio::spawn).collect();
        Ok(Running { buffer, sources, sinks, stop_sources, stop_sinks })
    }
}

/// A proxy that runs.
pub struct Running {
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

    /// Takes no more records, sends what waits within a time, and ends. Returns the bytes that were not sent.
    pub async fn shutdown(self, drain: Duration) -> u64 {
        let _ = self.stop_sources.send(true);
        let deadline = tokio::time::Instant::now() + drain;
        for source in self.sources {
            let _ = tokio::time::timeout_at(deadline, source).await;
        }
        self.buffer.close();
        let mut sinks = self.sinks;
        for sink in &mut sinks {
            let _ = tokio::time::timeout_at(deadline, sink).await;
        }
        let _ = self.stop_sinks.send(true);
        let left = self.buffer.waiting_bytes();
        self.buffer.finish().await;
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
