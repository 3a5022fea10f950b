//! A proxy that runs: started, read again, ended.

use super::letters::Letters;
use super::migrate::Again;
use super::operations::Operations;
use super::{Build, StartError, generation};
use crate::buffer::{AppendError, Buffer, Key, Settings};
use crate::config::{BufferConfig, Config, Problems, Secrets};
use crate::engine::Engine;
use crate::route::{Generation, Plan};
use crate::sinks::Sink;
use crate::sinks::driver::{DeadLetters, Driver, End};
use crate::sources::{Context, Intake, Shared};
use crate::task::Stop;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long to wait before a sink that failed inside is driven again.
const AGAIN: Duration = Duration::from_secs(1);

/// A proxy that runs.
pub struct Running {
    config: Config,
    rules: [u8; 32],
    keys: Vec<(String, SystemTime)>,
    /// What the files of its secrets held when it was opened: those of the buffer, and the others.
    secrets: [Secrets; 2],
    shared: Arc<Shared>,
    operations: Operations,
    names: Vec<String>,
    sinks: Vec<Arc<dyn Sink>>,
    letters: Arc<Letters>,
    sources: Vec<JoinHandle<()>>,
    drivers: Vec<JoinHandle<()>>,
    /// What moves waiting records to a new plan, and what sends dead letters again.
    helpers: Vec<JoinHandle<()>>,
    stop_sources: watch::Sender<bool>,
    stop_sinks: watch::Sender<bool>,
}

/// What a configuration that was read again needs.
pub enum Reload {
    /// It is in force.
    Done,
    /// Sources, sinks or the buffer are others: the proxy has to be started anew with it.
    Restart(Box<Build>, Arc<Engine>),
    /// It cannot be used, and nothing has changed; says why.
    Refused(String),
}

impl Build {
    /// Opens sinks, buffer and sources, and begins to take records.
    ///
    /// # Errors
    /// If one of them cannot be opened; then nothing runs.
    pub async fn start(self, engine: Arc<Engine>) -> Result<Running, StartError> {
        let at = |path: String| move |source| StartError { path, source };
        let generation = generation::of(&self.config, &engine, &self.rules);
        // Before anything is opened: a file that changes in between is seen at the next reload.
        let secrets = [self.config.server.buffer_key(), self.config.server.secrets()];
        let mut operations = Operations::open(&self.config, &engine, generation, self.keys.clone()).await?;
        let (mut names, mut sinks) = (Vec::new(), Vec::new());
        for (name, sink) in self.sinks {
            let sink = sink.open().await.map_err(at(format!("sinks.{name}")))?;
            sink.check().await.map_err(|problem| StartError { path: format!("sinks.{name}"), source: io::Error::other(problem) })?;
            names.push(name);
            sinks.push(sink);
        }
        let (buffer, letters) = open_buffer(&self.config.server.buffer, &names, generation).await?;
        let letters = Arc::new(letters);
        let plan = Plan { engine, router: self.router, generation };
        let shared = Shared::metered(plan, buffer, Arc::clone(&operations.telemetry));
        shared.buffer.begin(&names, generation, Again::new(&names, &letters).under(shared.plan.load_full()));
        let (stop_sources, sources_stop) = Stop::new();
        let mut tasks = Vec::new();
        for (name, source) in self.sources {
            let folder = self.config.server.buffer.dir.as_ref().map(PathBuf::from);
            let context = Context { intake: Intake::new(Arc::clone(&shared), &name), stop: sources_stop.clone(), folder };
            tasks.push(source.open(context).await.map_err(at(format!("sources.{name}")))?);
        }
        let (stop_sinks, _) = Stop::new();
        let mover = tokio::spawn(migrate_until_done(Arc::clone(&shared), sources_stop.clone()));
        let resender = tokio::spawn(Arc::clone(&letters).send_again(Again::new(&names, &letters), Arc::clone(&shared), sources_stop));
        operations.running(&shared.buffer);
        let mut running = Running {
            config: self.config,
            rules: self.rules,
            keys: self.keys,
            secrets,
            shared,
            operations,
            names,
            sinks,
            letters,
            sources: tasks.into_iter().map(tokio::spawn).collect(),
            drivers: Vec::new(),
            helpers: vec![mover, resender],
            stop_sources,
            stop_sinks,
        };
        running.drive();
        Ok(running)
    }
}

impl Running {
    /// Ends when every source has ended by itself, as standard input does.
    pub async fn ended(&mut self) {
        while let Some(source) = self.sources.last_mut() {
            let _ = source.await;
            self.sources.pop();
        }
    }

    /// What it takes to start it again as it is.
    pub fn again(&self) -> (Result<Build, Problems>, Arc<Engine>) {
        let build = Build::check(self.config.clone()).map(|build| Build { keys: self.keys.clone(), rules: self.rules, ..build });
        (build, Arc::clone(&self.shared.plan.load().engine))
    }

    /// Says that a configuration that was read again is refused.
    pub async fn refused(&self) {
        self.operations.reloaded(None).await;
    }

    /// Puts another configuration in force. Each record is processed under one of the two as a whole; what waits
    /// under the old one is scanned and routed again before it is sent.
    pub async fn reload(&mut self, build: Build, engine: Arc<Engine>) -> Reload {
        let (new, old) = (&build.config.server, &self.config.server);
        let same = (&new.sources, &new.sinks, &new.buffer, &new.audit, &new.admin)
            == (&old.sources, &old.sinks, &old.buffer, &old.audit, &old.admin)
            && build.config.region == self.config.region;
        // What runs goes on with the secrets that it has; it is not ended for one that is not there.
        let [key, secrets] = [new.buffer_key(), new.secrets()];
        if let Some(path) = key.missing().or(secrets.missing()) {
            return Reload::Refused(format!("the file `{path}` cannot be read, or is empty"));
        }
        let [key_before, secrets_before] = &self.secrets;
        if new.buffer == old.buffer && !key.same(key_before) {
            return Reload::Refused("`buffer.key` holds another key than the folder is encrypted with".to_owned());
        }
        if !same || !secrets.same(secrets_before) {
            if let Err(error) = build.ready() {
                return Reload::Refused(error.to_string());
            }
            return Reload::Restart(Box::new(build), engine);
        }
        let generation = generation::of(&build.config, &engine, &build.rules);
        // No request under the old routes is under way when the new ones hold.
        for driver in self.drivers.drain(..) {
            driver.abort();
            let _ = driver.await;
        }
        self.shared.telemetry.learn(engine.masks().map(|(kind, mask)| (kind, mask.name())));
        let plan = Arc::new(Plan { engine, router: build.router, generation });
        // The buffer knows of it first: what comes under the new plan is never taken for something of an earlier one.
        self.shared.buffer.begin(&self.names, generation, Again::new(&self.names, &self.letters).under(Arc::clone(&plan)));
        self.shared.plan.store(plan);
        self.helpers.retain(|helper| !helper.is_finished());
        self.helpers.push(tokio::spawn(migrate_until_done(Arc::clone(&self.shared), Stop::of(&self.stop_sources))));
        (self.config, self.rules, self.keys) = (build.config, build.rules, build.keys);
        self.drive();
        self.operations.reloaded(Some(generation)).await;
        Reload::Done
    }

    /// Takes no more records, sends what waits within a time, and ends. Returns the bytes that were not sent.
    pub async fn shutdown(self, drain: Duration) -> u64 {
        self.operations.telemetry.running(false);
        let _ = self.stop_sources.send(true);
        let deadline = tokio::time::Instant::now() + drain;
        for source in self.sources {
            let _ = tokio::time::timeout_at(deadline, source).await;
        }
        for helper in self.helpers {
            let _ = tokio::time::timeout_at(deadline, helper).await;
        }
        let buffer = &self.shared.buffer;
        self.operations.sources_ended(buffer).await;
        buffer.close();
        let mut drivers = self.drivers;
        for driver in &mut drivers {
            let _ = tokio::time::timeout_at(deadline, driver).await;
        }
        let _ = self.stop_sinks.send(true);
        for driver in &drivers {
            driver.abort();
        }
        buffer.finish().await;
        let left = buffer.waiting_bytes();
        self.operations.end(left).await;
        left
    }

    /// Starts a driver for each sink, from where it has come to.
    fn drive(&mut self) {
        let sinks = self.names.iter().zip(&self.sinks).enumerate();
        self.drivers = sinks
            .map(|(place, (name, sink))| {
                let (name, sink): (Arc<str>, _) = (name.as_str().into(), Arc::clone(sink));
                let (shared, letters) = (Arc::clone(&self.shared), Arc::clone(&self.letters));
                let mut stop = Stop::of(&self.stop_sinks);
                tokio::spawn(async move {
                    loop {
                        let driver = Driver {
                            name: Arc::clone(&name),
                            telemetry: Arc::clone(&shared.telemetry),
                            sink: Arc::clone(&sink),
                            reader: shared.buffer.reader(place),
                            dead_letters: Arc::clone(&letters) as Arc<dyn DeadLetters>,
                            stop: stop.clone(),
                        };
                        if driver.run().await == End::Done {
                            return;
                        }
                        tracing::error!(sink = %name, "an internal error while sending; it is tried again");
                        tokio::select! {
                            () = tokio::time::sleep(AGAIN) => {}
                            () = stop.wait() => return,
                        }
                    }
                })
            })
            .collect();
    }
}

/// Moves what waits, and tries until the disk takes it. Nothing of it is sent before.
async fn migrate_until_done(shared: Arc<Shared>, mut stop: Stop) {
    while migrate(&shared).await.is_err() {
        tracing::warn!("records that wait could not be moved to the new configuration; it is tried again");
        tokio::select! {
            () = tokio::time::sleep(AGAIN) => {}
            () = stop.wait() => return,
        }
    }
}

async fn migrate(shared: &Arc<Shared>) -> Result<(), AppendError> {
    let shared = Arc::clone(shared);
    let moved = tokio::task::spawn_blocking(move || shared.buffer.migrate()).await.map_err(|_| AppendError::Closed)??;
    if moved > 0 {
        tracing::info!(batches = moved, "records that waited under another policy or other routes were scanned and routed again");
    }
    Ok(())
}

/// The key of the buffer's folder, if it has one.
pub(super) fn buffer_key(config: &BufferConfig) -> Result<Option<Key>, StartError> {
    let Some(place) = &config.key else { return Ok(None) };
    let refuse = |source| StartError { path: "buffer.key".to_owned(), source };
    let secret = place.load_key().map_err(refuse)?;
    let problem = "found another content; allowed: 32 bytes, or 64 hex digits";
    Key::parse(secret.reveal()).map(Some).ok_or_else(|| refuse(io::Error::other(problem)))
}

async fn open_buffer(config: &BufferConfig, names: &[String], generation: Generation) -> Result<(Arc<Buffer>, Letters), StartError> {
    let Some(dir) = config.dir.clone() else {
        return Ok((Buffer::in_memory(names.len(), config.max_bytes, config.when_full), Letters::new(None)));
    };
    let refuse = |path: &str, source| StartError { path: path.to_owned(), source };
    let key = buffer_key(config)?;
    let settings = || Settings::new(Path::new(&dir), key.clone(), config.max_bytes, config.when_full);
    let letters = Letters::new(Some(crate::buffer::dead_letters::DeadLetters::new(&settings())));
    let (settings, names) = (settings(), names.to_vec());
    let opened = tokio::task::spawn_blocking(move || Buffer::on_disk(settings, &names, generation)).await;
    let (buffer, recovery) =
        opened.map_err(|error| refuse("buffer.dir", io::Error::other(error)))?.map_err(|error| refuse("buffer.dir", error.into()))?;
    let damage = recovery.damage;
    tracing::info!(entries = recovery.entries, segments = recovery.segments, "the buffer is open");
    if damage.is_any() || recovery.bad > 0 || recovery.cursors_lost {
        tracing::error!(
            bad_segments = recovery.bad,
            stretches = damage.stretches,
            batches = damage.batches,
            cursors_lost = recovery.cursors_lost,
            "the buffer is damaged: what cannot be read is counted here and left out"
        );
    }
    Ok((buffer, letters))
}
