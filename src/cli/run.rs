//! `hushlog run`: the proxy, from a configuration.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hushlog::Engine;
use hushlog::pipeline::{Build, Reload, Running};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::config;
use super::exit::{Exit, Failure};
use super::logs::LogOptions;
use super::policy::MaskOptions;
use super::setup::{self, PolicyOptions};

/// Runs the log proxy
///
/// Takes records from the sources of a configuration, masks them, tags each with its region and
/// sends it to the sinks that its zone may have. Nothing is taken before the rules are compiled and
/// every sink is open; a sender gets its answer when its records are safe.
///
/// SIGTERM and SIGINT stop taking records, send what waits, and end. SIGHUP reads the configuration
/// and the files of its secrets again: one that cannot be used changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Options {
    /// Configuration; see `hushlog init` and docs/config.md
    #[arg(short, long, value_name = "FILE")]
    config: PathBuf,

    /// Most milliseconds that waiting records are sent for when the program is told to stop
    #[arg(long, value_name = "MS", default_value_t = 10_000)]
    drain_ms: u64,

    #[command(flatten)]
    log: LogOptions,
}

const AFTER_HELP: &str = "\
Examples:
  hushlog init --compliance hipaa --region eu-west-1 -o hushlog.yaml
  hushlog check -c hushlog.yaml
  hushlog run -c hushlog.yaml
  hushlog run -c hushlog.yaml --log-format json --log-level warn
  curl --data-binary @app.ndjson -H 'Content-Type: application/x-ndjson' http://127.0.0.1:8088/";

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    let (build, engine) = load(&options.config)?;
    options.log.start();
    let drain = Duration::from_millis(options.drain_ms);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::Runtime)?;
    runtime.block_on(async {
        let mut signals = Signals::new().map_err(Failure::Runtime)?;
        let mut running = build.start(engine).await.map_err(Failure::Start)?;
        tracing::info!(version = env!("CARGO_PKG_VERSION"), "running");
        while let Asked::Reload = signals.wait(&mut running).await {
            running = reload(running, &options.config, drain).await?;
        }
        let left = running.shutdown(drain).await;
        tracing::info!(bytes_not_sent = left, "stopped");
        Ok(Exit::Done)
    })
}

/// Reads the configuration again. What cannot be used is said, and the old one stays in force.
async fn reload(mut running: Running, path: &Path, drain: Duration) -> Result<Running, Failure> {
    let (build, engine) = match load(path) {
        Ok(loaded) => loaded,
        Err(failure) => {
            // The text names lines and key paths, never values.
            tracing::error!(problem = %failure, "the configuration is not used; the one before stays in force");
            running.refused().await;
            return Ok(running);
        }
    };
    match running.reload(build, engine).await {
        Reload::Done => tracing::info!("the configuration was read again and is in force"),
        Reload::Refused(problem) => {
            tracing::error!(%problem, "the configuration is not used; the one before stays in force");
            running.refused().await;
        }
        Reload::Restart(build, engine) => return restart(running, *build, engine, drain).await,
    }
    Ok(running)
}

/// Ends the proxy and starts it with another configuration; if that cannot be opened, with the one before.
async fn restart(running: Running, build: Build, engine: Arc<Engine>, drain: Duration) -> Result<Running, Failure> {
    let (before, engine_before) = running.again();
    running.shutdown(drain).await;
    let error = match build.start(engine).await {
        Ok(running) => {
            tracing::info!("the configuration was read again and is in force; sources and sinks were opened anew");
            return Ok(running);
        }
        Err(error) => error,
    };
    tracing::error!(%error, "the configuration cannot be started; the one before is started again");
    let build = before.map_err(|problems| Failure::Config { file: "the one before".to_owned(), problems })?;
    let running = build.start(engine_before).await.map_err(Failure::Start)?;
    running.refused().await;
    Ok(running)
}

/// Reads a configuration and compiles what it says.
pub(super) fn load(path: &Path) -> Result<(Build, Arc<Engine>), Failure> {
    let (name, config, problems) = config::load_partly(path)?;
    if !problems.is_empty() {
        return Err(Failure::Config { file: name, problems: Build::problems(&config, problems) });
    }
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let written = |key: &String| std::fs::metadata(folder.join(key)).and_then(|metadata| metadata.modified()).ok();
    let files: Vec<_> = config.policy.keys.iter().map(written).collect();
    let build = Build::check(config).map_err(|problems| Failure::Config { file: name, problems })?;
    let policy = PolicyOptions { config: Some(path.to_owned()), ..PolicyOptions::standard(Vec::new()) };
    let engine = setup::engine(&policy, &MaskOptions::default())?;
    let keys = engine.key_ids().iter().cloned().zip(files).filter_map(|(id, written)| Some((id, written?)));
    let rules: Vec<Vec<u8>> = config::read(path)?.merged(&policy)?.rules.iter().filter_map(|file| std::fs::read(file).ok()).collect();
    let build = build.keys(keys.collect()).rules(&rules);
    Ok((build, Arc::new(engine)))
}

/// What the program is asked for.
enum Asked {
    Stop,
    Reload,
}

/// Signals of the system.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        let [terminate, interrupt, hangup] = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()].map(signal);
        Ok(Self { terminate: terminate?, interrupt: interrupt?, hangup: hangup? })
    }

    async fn wait(&mut self, running: &mut Running) -> Asked {
        tokio::select! {
            _ = self.terminate.recv() => Asked::Stop,
            _ = self.interrupt.recv() => Asked::Stop,
            _ = self.hangup.recv() => Asked::Reload,
            () = running.ended() => Asked::Stop,
        }
    }
}
