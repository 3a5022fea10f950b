//! `hushlog check`: whether a configuration can run, and where its records would go.

use std::path::PathBuf;

use hushlog::pipeline::Route;
use serde::Serialize;

use super::exit::{Exit, Failure};
use super::output::Output;
use super::text::{escape_controls, table};

/// Checks a configuration and prints its routes
///
/// Reads the configuration, compiles its rules and says everything that is wrong with it, with line
/// and key path. What is right is printed as a table: which source's records, of which region, go to
/// which sink and why they may, how they are encrypted and kept there, and what cannot be enforced
/// there. Nothing is opened and nothing is sent.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Options {
    /// Configuration; see `hushlog init` and docs/config.md
    #[arg(short, long, value_name = "FILE")]
    config: PathBuf,

    /// Form of the output: a table for people, or one JSON object a line
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Jsonl,
}

/// One route. The names and their order are stable.
#[derive(Serialize)]
struct Row<'r> {
    source: &'r str,
    region: &'r str,
    zone: &'r str,
    sink: &'r str,
    sink_region: &'r str,
    sink_zone: &'r str,
    allowed: bool,
    basis: &'r str,
    transport: &'r str,
    at_rest: &'r str,
    buffer: &'r str,
    retention: &'r str,
    not_enforceable: &'r [&'static str],
}

const AFTER_HELP: &str = "\
Examples:
  hushlog check -c hushlog.yaml
  hushlog check -c hushlog.yaml --format jsonl | jq -r 'select(.basis != \"same zone\")'
  hushlog init --compliance gdpr --region eu-west-1 -o hushlog.yaml && hushlog check -c hushlog.yaml";

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    let (build, _) = super::run::load(&options.config)?;
    let routes = build.routes();
    let text = match options.format {
        Format::Text => {
            let mut rows = vec![HEAD.map(str::to_owned)];
            rows.extend(routes.iter().map(cells));
            table(&rows)
        }
        Format::Jsonl => routes.iter().map(|route| serde_json::to_string(&row(route)).unwrap_or_default() + "\n").collect(),
    };
    Output::stdout()?.write(text.as_bytes())?;
    Ok(Exit::Done)
}

const HEAD: [&str; 9] = ["SOURCE", "REGION", "ZONE", "SINK", "SINK REGION", "BASIS", "ENCRYPTION", "RETENTION", "NOT ENFORCEABLE"];

fn cells(route: &Route) -> [String; 9] {
    let row = row(route);
    let mut cells = [row.source, row.region, row.zone, row.sink, row.sink_region, row.basis, "-", "-", "-"].map(escape_controls);
    if let ([.., encryption, retention, rest], true) = (&mut cells, row.allowed) {
        *encryption = format!("{}; at rest: {}; buffer: {}", row.transport, row.at_rest, row.buffer);
        *retention = row.retention.to_owned();
        if !row.not_enforceable.is_empty() {
            *rest = row.not_enforceable.join("; ");
        }
    }
    cells
}

fn row(route: &Route) -> Row<'_> {
    Row {
        source: &route.source,
        region: route.region.name,
        zone: route.region.zone,
        sink: &route.sink,
        sink_region: route.sink_region.name,
        sink_zone: route.sink_region.zone,
        allowed: route.allowed,
        basis: &route.basis,
        transport: route.care.transport.name(),
        at_rest: route.care.at_rest,
        buffer: route.buffer,
        retention: &route.care.retention,
        not_enforceable: &route.care.not_enforceable,
    }
}
