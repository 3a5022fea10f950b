//! The command line: arguments in, one command run, an exit code out.
//!
//! Everything that opens files, prints, reads the environment or a clock is below this
//! module; it uses the library through its public surface only, so it can neither open
//! a `Raw` nor declare bytes clean. Data goes to standard output, everything else to
//! standard error, and no message quotes input (I4).

mod args;
#[cfg(feature = "server")]
mod audit;
mod bench;
#[cfg(feature = "server")]
mod buffer;
#[cfg(feature = "server")]
mod check;
mod completions;
mod config;
mod corpus;
mod exec;
mod exit;
mod explain;
mod find;
mod init;
#[cfg(feature = "server")]
mod injector;
mod input;
mod install;
mod keyfile;
mod keygen;
#[cfg(feature = "server")]
mod logs;
mod man;
mod output;
mod policy;
mod progress;
#[cfg(feature = "server")]
mod replay;
mod rules;
#[cfg(feature = "server")]
mod run;
mod scrub;
mod setup;
mod text;

use std::ffi::OsString;
use std::io::Write;
use std::panic::Location;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use args::Command;
use exit::Failure;

/// Panics that are reported; an engine that fails on every record would fill the screen.
const PANICS_SHOWN: usize = 5;

/// Runs the program with its arguments, the first of them its own name.
pub(crate) fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let command = match args::parse(arguments) {
        Ok(command) => command,
        Err(exit) => return exit.into(),
    };
    let outcome = match command {
        Command::Scrub(options) => scrub::run(&options),
        Command::Find(options) => find::run(&options),
        Command::Exec(options) => exec::run(&options),
        Command::Become(options) => return exec::become_command(&options),
        Command::Install(options) => install::run(&options),
        #[cfg(feature = "server")]
        Command::Injector(options) => injector::run(&options),
        Command::Explain(options) => explain::run(&options),
        Command::Init(options) => init::run(&options),
        #[cfg(feature = "server")]
        Command::Check(options) => check::run(&options),
        #[cfg(feature = "server")]
        Command::Run(options) => run::run(&options),
        #[cfg(feature = "server")]
        Command::Audit(options) => audit::run(&options),
        #[cfg(feature = "server")]
        Command::Buffer(options) => buffer::run(&options),
        #[cfg(feature = "server")]
        Command::Dlq(options) => buffer::dlq(&options),
        #[cfg(feature = "server")]
        Command::Replay(options) => replay::run(&options),
        Command::Keygen(options) => keygen::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Rules(options) => rules::run(&options),
        Command::Completions(options) => completions::run(&options),
        Command::Man(options) => man::run(&options),
    };
    let exit = outcome.unwrap_or_else(|failure| {
        if !matches!(failure, Failure::BrokenPipe) {
            say_error(&failure);
        }
        failure.exit()
    });
    exit.into()
}

/// Says that a part of the program failed, and where: never with what, because the text
/// of a panic can quote the bytes it happened on.
pub(crate) fn report_panic(location: Option<&Location<'_>>) {
    static SEEN: AtomicUsize = AtomicUsize::new(0);
    if SEEN.fetch_add(1, Ordering::Relaxed) >= PANICS_SHOWN {
        return;
    }
    match location {
        Some(at) => say(format_args!("hushlog: internal error at {at}")),
        None => say(format_args!("hushlog: internal error")),
    }
}

fn say_error(error: &dyn std::fmt::Display) {
    say(format_args!("hushlog: error: {error}"));
}

/// Writes a line to standard error. A closed standard error is no reason to stop.
fn say(line: std::fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
