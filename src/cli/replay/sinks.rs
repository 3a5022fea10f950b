//! A replay into the sinks of a configuration: what a part of the proxy that has no source but this does.
//!
//! The buffer makes the replay wait where a sink is slow. An input is through when the sinks have all of it,
//! or when it is on the disk of the buffer.

use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hushlog::pipeline::{Build, Feed, Feeds, Running};
use hushlog::replay::{Deliver, Records, Target};
use hushlog::{Clean, Engine};
use tokio::runtime::{Handle, Runtime};

use crate::cli::config;
use crate::cli::exit::Failure;
use crate::cli::logs::LogOptions;

/// Name of the source that records carry.
const SOURCE: &str = "replay";
/// Most time for what waits on the disk of the buffer, and is safe there, when all inputs are through.
const SEND: Duration = Duration::from_secs(60);

/// The way to the sinks.
pub(super) struct Sinks {
    runtime: Runtime,
    running: Running,
    feeds: Arc<Feeds>,
}

impl Sinks {
    /// Opens the sinks that are named.
    pub(super) fn start(path: &Path, to: &[String], engine: &Arc<Engine>) -> Result<Self, Failure> {
        let (file, config) = config::load(path)?;
        let (build, feeds) = Build::replayed(config, SOURCE, to).map_err(|problems| Failure::Config { file, problems })?;
        if let Ok(log) = io::stderr().as_fd().try_clone_to_owned() {
            LogOptions::warnings(Arc::new(std::fs::File::from(log)));
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().map_err(Failure::Runtime)?;
        let running = runtime.block_on(build.start(Arc::clone(engine))).map_err(Failure::Start)?;
        let closed = |_| Failure::Runtime(io::ErrorKind::BrokenPipe.into());
        let feeds = Arc::new(runtime.block_on(feeds).map_err(closed)?);
        Ok(Self { runtime, running, feeds })
    }

    /// Where the records go.
    pub(super) fn target(&self) -> Target {
        Target::sinks(Arc::new(Way { feeds: Arc::clone(&self.feeds), runtime: self.runtime.handle().clone() }))
    }

    /// Ends. Returns the bytes that only the disk of the buffer has.
    pub(super) fn finish(self) -> u64 {
        self.runtime.block_on(self.running.shutdown(SEND))
    }
}

struct Way {
    feeds: Arc<Feeds>,
    runtime: Handle,
}

impl Deliver for Way {
    fn begin(&self, path: &str) -> io::Result<Box<dyn Records>> {
        let _within = self.runtime.enter();
        self.feeds.file(path).map(|feed| Box::new(Lines(feed)) as Box<dyn Records>).map_err(io::Error::other)
    }
}

struct Lines(Feed);

impl Records for Lines {
    fn push(&mut self, clean: Clean<'_>) -> io::Result<()> {
        self.0.push(clean);
        self.0.send();
        self.0.failed().map_or(Ok(()), |error| Err(io::Error::other(error)))
    }

    fn end(self: Box<Self>) -> io::Result<()> {
        self.0.finish().map_err(io::Error::other)
    }
}
