//! The output of the command as records, to sinks of a configuration.
//!
//! The real output never waits for a sink: unless the options say otherwise, what the buffer has no
//! room for is dropped, counted, and said when the command has ended.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hushlog::config::WhenFull;
use hushlog::pipeline::{Build, Feed, Feeds, Running};
use hushlog::{Clean, Engine, Report};
use tokio::runtime::Runtime;

use super::super::config;
use super::super::exit::Failure;
use super::super::logs::LogOptions;
use super::streams::{Also, Real};

/// Where records go beside the output.
#[derive(Debug, clap::Args)]
pub(super) struct SinkOptions {
    /// Send what CMD writes to these sinks of the configuration as well; repeatable, or with commas between them
    #[arg(long, value_name = "SINK", value_delimiter = ',', requires = "config")]
    to: Vec<String>,

    /// What happens when a sink is too slow and the buffer is full
    ///
    /// With `block`, CMD waits in its next write until there is room: a store that is down stops a training run.
    #[arg(long, value_enum, value_name = "WAY", default_value_t, requires = "to")]
    when_full: Full,

    /// Most milliseconds that waiting records are sent for when CMD has ended
    #[arg(long, value_name = "MS", default_value_t = 10_000, requires = "to")]
    send_ms: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Full {
    /// New records are dropped and counted
    #[default]
    DropNewest,
    /// CMD waits
    Block,
}

/// Name of the source that records carry.
const SOURCE: &str = "exec";

/// The way to the sinks.
pub(super) struct Sinks {
    runtime: Runtime,
    running: Running,
    feeds: Feeds,
    send: Duration,
}

impl Sinks {
    /// Opens the sinks that the options name; none if they name none.
    pub(super) fn start(options: &SinkOptions, path: Option<&Path>, engine: &Arc<Engine>, real: &Real) -> Result<Option<Self>, Failure> {
        let Some(path) = path.filter(|_| !options.to.is_empty()) else { return Ok(None) };
        let when_full = if options.when_full == Full::Block { WhenFull::Block } else { WhenFull::DropNewest };
        let (file, config) = config::load(path)?;
        let (build, feeds) = Build::fed(config, SOURCE, &options.to, when_full).map_err(|problems| Failure::Config { file, problems })?;
        if let Ok(log) = real.err.try_clone() {
            LogOptions::warnings(Arc::new(File::from(log)));
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().map_err(Failure::Runtime)?;
        let running = runtime.block_on(build.start(Arc::clone(engine))).map_err(Failure::Start)?;
        let closed = |_| Failure::Runtime(std::io::ErrorKind::BrokenPipe.into());
        let feeds = runtime.block_on(feeds).map_err(closed)?;
        Ok(Some(Self { runtime, running, feeds, send: Duration::from_millis(options.send_ms) }))
    }

    /// What takes the text of an output.
    pub(super) fn stream(&self, name: &str) -> Option<Box<dyn Also>> {
        let _within = self.runtime.enter();
        self.feeds.stream(name).ok().map(|feed| Box::new(feed) as Box<dyn Also>)
    }

    /// The command has ended: after so long no output of it waits for room.
    pub(super) fn hurry(&self, after: Duration) {
        let _within = self.runtime.enter();
        self.feeds.hurry(after);
    }

    /// Sends what waits, and says what was not sent.
    pub(super) fn finish(self) -> Option<String> {
        let left = self.runtime.block_on(self.running.shutdown(self.send));
        let dropped = self.feeds.dropped();
        let mut parts = Vec::new();
        if dropped > 0 {
            parts.push(format!("{dropped} records were not taken, because the buffer was full"));
        }
        if left > 0 {
            parts.push(format!("records of {left} bytes were not sent in time"));
        }
        (!parts.is_empty()).then(|| format!("the sinks do not have everything: {}", parts.join("; ")))
    }
}

impl Also for Feed {
    fn push(&mut self, clean: Clean<'_>) {
        Feed::push(self, clean);
    }

    fn send(&mut self, report: &Report) {
        self.scanned(report);
        Feed::send(self);
    }

    fn end(mut self: Box<Self>, report: &Report) {
        self.scanned(report);
        Feed::end(*self);
    }
}
