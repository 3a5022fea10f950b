//! `hushlog exec`: a command whose output is scrubbed before anybody else can read it.
//!
//! The command gets pipes in place of standard output and standard error, and hushlog puts the same
//! pipes in place of its own, so that what is written to `/proc/1/fd/1` is scrubbed too. The real
//! ones are known to hushlog alone. The engine is built first: without it the command does not start.

mod child;
mod signals;
#[cfg(feature = "server")]
mod sinks;
mod streams;
mod tty;

use std::ffi::OsString;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::exit::{Exit, Failure};
use super::policy::MaskOptions;
use super::setup::{self, PolicyOptions};
use signals::Signals;
use streams::{Ends, Readers, Real};
use tty::Terminal;

pub(super) use child::{Become, become_command};

/// Runs a command and scrubs its output
///
/// Starts CMD with its standard output and standard error on pipes, masks what it writes, line by
/// line, and writes it to its own. Signals are passed on, the exit code is that of CMD (128 and the
/// number of the signal when one ended it; 126 and 127 when it cannot be run). If hushlog dies, CMD
/// dies with it.
///
/// A line leaves when it is complete. When CMD ends, what other processes still write is read for
/// `--drain-ms`, and a last line without its end is scrubbed and written.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Options {
    #[command(flatten)]
    policy: PolicyOptions,

    #[command(flatten)]
    masks: MaskOptions,

    /// Give CMD a terminal
    ///
    /// Both outputs are one then. A prompt is seen when its line ends: before that it may be half of a value.
    #[arg(long, conflicts_with = "merge")]
    tty: bool,

    /// One pipe for both outputs: everything leaves on standard output, in the order it was written
    #[arg(long)]
    merge: bool,

    /// Most milliseconds to read on after CMD has ended, while others hold its output open
    #[arg(long, value_name = "MS", default_value_t = 1_000)]
    drain_ms: u64,

    #[cfg(feature = "server")]
    #[command(flatten)]
    sinks: sinks::SinkOptions,

    /// The command and its arguments
    #[arg(value_name = "CMD", required = true, last = true)]
    command: Vec<OsString>,
}

const AFTER_HELP: &str = "\
Examples:
  hushlog exec -- python train.py --epochs 3
  hushlog exec --preset hipaa -- torchrun --nproc-per-node 8 train.py
  hushlog exec -c hushlog.yaml --merge -- ./job.sh
  hushlog exec -c hushlog.yaml --to cloudwatch -- python train.py";

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    if setup::has_keys(&options.policy)? {
        return Err(Failure::ExecTokens);
    }
    let engine = Arc::new(setup::engine(&options.policy, &options.masks)?);
    let refuse = |what| move |source: io::Error| Failure::System { what, source };
    // Before any thread is there: from here on signals wait for the one that passes them on.
    let signals = Signals::hold_back().map_err(refuse("hold back signals"))?;
    let real = Real::take().map_err(refuse("keep the standard output"))?;
    #[cfg(feature = "server")]
    let sinks = sinks::Sinks::start(&options.sinks, options.policy.config.as_deref(), &engine, &real)?;
    let (terminal, (readers, ends)) = if options.tty {
        let (terminal, slave) = Terminal::open(&real).map_err(refuse("open a terminal"))?;
        let streams = Readers::of_terminal(&terminal, slave).map_err(refuse("open a terminal"))?;
        (Some(terminal), streams)
    } else {
        (None, Readers::of_pipes(options.merge).map_err(refuse("make pipes"))?)
    };
    ends.replace_own().map_err(refuse("replace the standard output"))?;
    let child = match child::start(&options.command, &ends, options.tty) {
        Ok(child) => child,
        Err(source) => {
            real.restore();
            return Err(Failure::System { what: "start a process", source });
        }
    };
    let code = std::thread::scope(|scope| {
        let also = None;
        #[cfg(feature = "server")]
        let stream = |name| sinks.as_ref().and_then(|sinks| sinks.stream(name));
        #[cfg(feature = "server")]
        let also = also.or(Some(&stream as &streams::Beside<'_>));
        let running = readers.start(scope, &engine, &real, also);
        let code = signals.pass_on(child, || terminal.iter().for_each(|terminal| terminal.resize(&real)));
        Ends::release(ends);
        let drain = Duration::from_millis(options.drain_ms);
        #[cfg(feature = "server")]
        sinks.iter().for_each(|sinks| sinks.hurry(drain));
        running.finish(drain);
        code
    });
    real.restore();
    #[cfg(feature = "server")]
    if let Some(notice) = sinks.and_then(sinks::Sinks::finish) {
        super::say_error(&notice);
    }
    Ok(Exit::Command(code))
}
