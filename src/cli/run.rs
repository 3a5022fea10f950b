//! `hushlog run`: the proxy, from a configuration.

use std::path::PathBuf;
use std::time::Duration;

use hushlog::pipeline::{Build, Running};
use tokio::signal::unix::{SignalKind, signal};

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
/// SIGTERM and SIGINT stop taking records, send what waits, and end.
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
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::Runtime)?;
    runtime.block_on(async {
        let mut stop = Signals::new().map_err(Failure::Runtime)?;
        let mut running = build.start(engine).await.map_err(Failure::Start)?;
        tracing::info!(version = env!("CARGO_PKG_VERSION"), "running");
        stop.wait(&mut running).await;
        let left = running.shutdown(Duration::from_millis(options.drain_ms)).await;
        tracing::info!(bytes_not_sent = left, "stopped");
        Ok(Exit::Done)
    })
}

/// Reads a configuration and compiles what it says.
pub(super) fn load(path: &std::path::Path) -> Result<(Build, hushlog::Engine), Failure> {
    let (name, config) = config::load(path)?;
    let folder = path.parent().map(std::path::Path::to_owned).unwrap_or_default();
    let written = |key: &String| std::fs::metadata(folder.join(key)).and_then(|metadata| metadata.modified()).ok();
    let files: Vec<_> = config.policy.keys.iter().map(written).collect();
    let build = Build::check(config).map_err(|problems| Failure::Config { file: name, problems })?;
    let policy = PolicyOptions { config: Some(path.to_owned()), ..PolicyOptions::standard(Vec::new()) };
    let engine = setup::engine(&policy, &MaskOptions::default())?;
    let keys = engine.key_ids().iter().cloned().zip(files).filter_map(|(id, written)| Some((id, written?)));
    let build = build.keys(keys.collect());
    Ok((build, engine))
}

/// What ends the program.
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn wait(&mut self, running: &mut Running) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            () = running.ended() => {}
        }
    }
}
