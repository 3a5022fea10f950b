//! `hushlog rules list`: one line a kind.

use std::fmt::Write as _;

use hushlog::{Cost, Kind, catalog};
use serde::Serialize;

use super::super::exit::{Exit, Failure};
use super::super::output::Output;
use super::super::policy::MaskOptions;
use super::super::setup::{self, PolicyOptions};

/// Lists the kinds, and which of them the policy looks for
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Options {
    #[command(flatten)]
    policy: PolicyOptions,

    /// Only this group: generic, financial, us_health, us_gov, secrets, ml, national, rule
    #[arg(long, value_name = "NAME")]
    group: Option<String>,

    /// Only what the policy looks for
    #[arg(long)]
    on: bool,

    /// Form of the output: a table for people, or one JSON object a line
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const AFTER_HELP: &str = "\
Examples:
  hushlog rules list --on
  hushlog rules list --group national --packs gb,de
  hushlog rules list --format jsonl | jq -r 'select(.hipaa != \"\") | .kind'";

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Jsonl,
}

/// One kind. The names and their order are stable.
#[derive(Serialize)]
struct Row<'a> {
    kind: &'a str,
    group: &'a str,
    region: &'a str,
    on: bool,
    /// Confidence of the format alone, in percent; 0 where it never suffices.
    confidence: u8,
    /// Confidence under a key, in percent; 0 where no key makes it.
    keyed: u8,
    hipaa: &'a str,
    gdpr: &'a str,
    pci: &'a str,
    name: &'a str,
}

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    let engine = setup::engine(&options.policy, &MaskOptions::default())?;
    let builtin = catalog().iter().map(|kind| row(kind, engine.looks_for(kind.id)));
    let own = engine.rules().map(|rule| Row {
        kind: rule.id,
        group: "rule",
        region: "",
        on: true,
        confidence: 0,
        keyed: 0,
        hipaa: "",
        gdpr: "",
        pci: "",
        name: if rule.cost == Cost::FullScan { "user rule, full-scan" } else { "user rule, anchored" },
    });
    let wanted = |row: &Row<'_>| (!options.on || row.on) && options.group.as_deref().is_none_or(|group| group == row.group);
    let rows: Vec<Row<'_>> = builtin.chain(own).filter(wanted).collect();
    let text = match options.format {
        Format::Text => table(&rows),
        // Rows of names and numbers cannot fail to be written.
        Format::Jsonl => rows.iter().map(|row| serde_json::to_string(row).unwrap_or_default() + "\n").collect(),
    };
    Output::stdout()?.write(text.as_bytes())?;
    Ok(Exit::Done)
}

fn row(kind: &'static Kind, on: bool) -> Row<'static> {
    Row {
        kind: kind.id,
        group: kind.group,
        region: kind.region,
        on,
        confidence: kind.confidence,
        keyed: kind.keyed,
        hipaa: kind.hipaa,
        gdpr: kind.gdpr,
        pci: kind.pci,
        name: kind.name,
    }
}

fn table(rows: &[Row<'_>]) -> String {
    let width = |cell: fn(&Row<'_>) -> usize, least: usize| rows.iter().map(cell).max().unwrap_or(0).max(least);
    let (kinds, groups, regions) = (width(|row| row.kind.len(), 4), width(|row| row.group.len(), 5), width(|row| row.region.len(), 6));
    let mut text = format!(
        "{:kinds$}  {:groups$}  {:regions$}  {:3}  {:>5}  {:>5}  {:5}  {}\n",
        "KIND", "GROUP", "REGION", "ON", "ALONE", "KEYED", "HIPAA", "NAME"
    );
    let percent = |value: u8| if value == 0 { "-".to_owned() } else { format!("{}.{:02}", value / 100, value % 100) };
    for row in rows {
        let _ = writeln!(
            text,
            "{:kinds$}  {:groups$}  {:regions$}  {:3}  {:>5}  {:>5}  {:5}  {}",
            row.kind,
            row.group,
            row.region,
            if row.on { "yes" } else { "no" },
            percent(row.confidence),
            percent(row.keyed),
            row.hipaa,
            row.name
        );
    }
    text
}
