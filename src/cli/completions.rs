//! `hushlog completions`: scripts that complete the command line in a shell.

use clap::CommandFactory;
use clap_complete::Shell;

use super::args::Arguments;
use super::exit::{Exit, Failure};
use super::output::Output;

/// Prints a completion script for a shell
///
/// The script goes to standard output; where it belongs depends on the shell.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Options {
    /// Shell to complete in
    shell: Shell,
}

const AFTER_HELP: &str = "\
Examples:
  hushlog completions bash > ~/.local/share/bash-completion/completions/hushlog
  hushlog completions zsh > ~/.zfunc/_hushlog
  hushlog completions fish > ~/.config/fish/completions/hushlog.fish";

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Arguments::command(), "hushlog", &mut script);
    Output::stdout()?.write(&script)?;
    Ok(Exit::Done)
}
