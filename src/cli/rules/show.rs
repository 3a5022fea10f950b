//! `hushlog rules show`: everything the catalogue says about a kind.

use std::fmt::Write as _;

use hushlog::{Kind, Mask, catalog};

use super::super::exit::{Exit, Failure};
use super::super::output::Output;

/// Shows what is known about a kind: formats, keys, masks, sources, examples
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Options {
    /// Kinds, as `hushlog rules list` names them
    #[arg(value_name = "KIND", required = true)]
    kinds: Vec<String>,
}

const AFTER_HELP: &str = "\
Examples:
  hushlog rules show us_ssn
  hushlog rules show iban pan";

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    let mut text = String::new();
    for name in &options.kinds {
        let Some(kind) = catalog().iter().find(|kind| kind.id == name) else { return Err(Failure::Kind(name.clone())) };
        if !text.is_empty() {
            text.push('\n');
        }
        describe(kind, &mut text);
    }
    Output::stdout()?.write(text.as_bytes())?;
    Ok(Exit::Done)
}

fn describe(kind: &'static Kind, text: &mut String) {
    let percent = |value: u8| match value {
        0 => "never".to_owned(),
        _ => format!("{}.{:02}", value / 100, value % 100),
    };
    let masks: Vec<&str> =
        Mask::ALL.iter().filter(|mask| **mask != Mask::Partial || kind.partial.is_some()).map(|mask| mask.name()).collect();
    let keys: Vec<&str> = kind.keys().collect();
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "{name:<12}{value}");
        }
    };
    line("kind", kind.id);
    line("name", kind.name);
    line("group", kind.group);
    line("region", kind.region);
    line("label", kind.label);
    line("alone", &percent(kind.confidence));
    line("keyed", &percent(kind.keyed));
    line("found by", kind.trigger);
    line("masks", &masks.join(", "));
    line("HIPAA", kind.hipaa);
    line("GDPR", kind.gdpr);
    line("PCI DSS", kind.pci);
    line("keys", &keys.join(", "));
    line("context", &kind.context.join(", "));
    line("sources", &kind.references.join("; "));
    line("traps", kind.traps);
    for example in kind.positives {
        line("masked", &example.replace('⋅', ""));
    }
    for example in kind.negatives {
        line("not masked", &example.replace('⋅', ""));
    }
}
