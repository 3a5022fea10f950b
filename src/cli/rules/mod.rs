//! `hushlog rules`: what is looked for, what a rule costs, and whether it does what it says.

mod carriers;
mod check;
mod diff;
mod list;
mod show;
mod test;

use super::exit::{Exit, Failure};

/// Lists, shows, checks, tests and compares what is looked for
///
/// Built-in kinds are data in the program; user rules are TOML files, described in
/// docs/rules.md.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Examples:
  hushlog rules list --group secrets
  hushlog rules show us_ssn
  hushlog rules check site.toml
  hushlog rules test --rules site.toml
  hushlog rules diff old.toml new.toml app.log";

#[derive(Debug, clap::Subcommand)]
enum Command {
    List(list::Options),
    Show(show::Options),
    Check(check::Options),
    Test(test::Options),
    Diff(diff::Options),
}

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    match &options.command {
        Command::List(options) => list::run(options),
        Command::Show(options) => show::run(options),
        Command::Check(options) => check::run(options),
        Command::Test(options) => test::run(options),
        Command::Diff(options) => diff::run(options),
    }
}
