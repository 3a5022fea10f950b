//! `hushlog check`: whether a configuration can run, and where its records would go.

use std::path::PathBuf;

use super::exit::{Exit, Failure};
use super::output::Output;
use super::text::table;

/// Checks a configuration and prints its routes
///
/// Reads the configuration, compiles its rules and says everything that is wrong with it, with line
/// and key path. What is right is printed as a table: which source's records, of which region, go to
/// which sinks. Nothing is opened and nothing is sent.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Options {
    /// Configuration; see `hushlog init` and docs/config.md
    #[arg(short, long, value_name = "FILE")]
    config: PathBuf,
}

const AFTER_HELP: &str = "\
Examples:
  hushlog check -c hushlog.yaml
  hushlog init --compliance gdpr --region eu-west-1 -o hushlog.yaml && hushlog check -c hushlog.yaml";

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    let (build, _) = super::run::load(&options.config)?;
    let mut rows = vec![["SOURCE", "REGION", "ZONE", "SINKS"].map(str::to_owned)];
    rows.extend(build.routes());
    Output::stdout()?.write(table(&rows).as_bytes())?;
    Ok(Exit::Done)
}
