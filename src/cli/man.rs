//! `hushlog man`: manual pages, made from the same definitions as the help.

use clap::CommandFactory;
use clap_mangen::Man;

use super::args::Arguments;
use super::exit::{Exit, Failure};
use super::output::Output;

/// Prints a manual page
///
/// The page of hushlog, or of one of its commands, as roff on standard output.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Options {
    /// Command whose page to print; without it, the page of hushlog
    command: Option<String>,
}

const AFTER_HELP: &str = "\
Examples:
  hushlog man > hushlog.1
  hushlog man scrub > hushlog-scrub.1
  hushlog man scrub | man -l -";

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    let mut whole = Arguments::command();
    whole.build();
    let (title, page) = match &options.command {
        None => ("hushlog".to_owned(), whole),
        Some(name) => match whole.find_subcommand(name) {
            Some(command) => (format!("hushlog-{name}"), command.clone()),
            None => return Err(Failure::Command(name.clone())),
        },
    };
    let mut text = Vec::new();
    let written = Man::new(page).title(title).source(concat!("hushlog ", env!("CARGO_PKG_VERSION"))).render(&mut text);
    written.map_err(|source| Failure::Output { name: "the page".to_owned(), source })?;
    Output::stdout()?.write(&text)?;
    Ok(Exit::Done)
}
