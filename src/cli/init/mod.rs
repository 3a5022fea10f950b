//! `hushlog init`: a configuration to start from.
//!
//! The files are written with their comments, from one text for each part: what a framework asks
//! for decides which parts, and what stands in them.

mod template;

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use hushlog::config::Config;
use hushlog::residency::Region;

use super::exit::{Exit, Failure};
use super::output::Output;
use super::text::printable;
use template::Answers;

/// Writes a configuration to start from, with comments
///
/// What a framework asks for is filled in: preset, encryption, retention, the audit log. What only
/// you know is marked CHANGE: addresses, names of buckets and log groups, the number of the business
/// associate agreement, how your record numbers look. A file that is there already is not written over.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Options {
    /// Frameworks to comply with, with commas between them
    #[arg(long, value_enum, value_delimiter = ',', required = true, value_name = "NAMES")]
    compliance: Vec<Framework>,

    /// Region where hushlog runs and the logs stay, such as `eu-west-1`
    #[arg(long, value_name = "REGION")]
    region: String,

    /// How medical record numbers look at your site, as a regular expression
    #[arg(long, value_name = "REGEX")]
    mrn: Option<String>,

    /// How accession or encounter numbers look at your site, as a regular expression
    #[arg(long, value_name = "REGEX")]
    accession: Option<String>,

    /// For a trial: an emulator of AWS at this address, such as `http://127.0.0.1:5000`, is all stores
    #[arg(long, value_name = "URL", value_parser = address)]
    emulator: Option<String>,

    /// Write there instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  hushlog init --compliance hipaa --region us-east-1 -o hushlog.yaml
  hushlog init --compliance hipaa,soc2 --region us-east-1 --mrn 'MR-[0-9]{7}'
  hushlog init --compliance gdpr --region eu-west-1 --emulator http://127.0.0.1:5000
  hushlog scrub --config hushlog.yaml app.log";

/// What may be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(super) enum Framework {
    /// Health data in the United States (45 CFR 164)
    Hipaa,
    /// Personal data in the European Union (Regulation (EU) 2016/679)
    Gdpr,
    /// Cards (PCI DSS 4.0.1)
    Pci,
    /// Service organisations (AICPA trust services criteria)
    Soc2,
}

impl Framework {
    fn preset(self) -> &'static str {
        match self {
            Self::Hipaa => "hipaa",
            Self::Gdpr => "gdpr",
            Self::Pci => "pci",
            Self::Soc2 => "soc2",
        }
    }
}

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    let region = Region::find(&options.region)
        .ok_or_else(|| Failure::Region { given: printable(options.region.as_ref()), near: near(&options.region) })?;
    for (option, format) in [("--mrn", &options.mrn), ("--accession", &options.accession)] {
        if let Some(format) = format {
            check_format(option, format)?;
        }
    }
    let mut frameworks = options.compliance.clone();
    frameworks.sort_unstable();
    frameworks.dedup();
    let answers = Answers {
        frameworks: &frameworks,
        region,
        mrn: options.mrn.as_deref(),
        accession: options.accession.as_deref(),
        emulator: options.emulator.as_deref(),
    };
    let text = template::write(&answers);
    debug_assert!(Config::parse(&text).is_ok(), "what is written can be read");
    let Some(path) = &options.output else {
        Output::stdout()?.write(text.as_bytes())?;
        return Ok(Exit::Done);
    };
    let name = format!("`{}`", printable(path.as_os_str()));
    let written = OpenOptions::new().write(true).create_new(true).open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|source| Failure::Output { name, source })?;
    Ok(Exit::Done)
}

/// The address of an emulator, as it may stand between quotes.
fn address(given: &str) -> Result<String, &'static str> {
    let rest = given.strip_prefix("http://").or_else(|| given.strip_prefix("https://"));
    match rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:-_[]/".contains(&byte))) {
        true => Ok(given.to_owned()),
        false => Err("an address looks like `http://127.0.0.1:5000`"),
    }
}

/// Whether the expression can be a rule, before it stands in a file.
fn check_format(option: &'static str, format: &str) -> Result<(), Failure> {
    let kind = if option == "--mrn" { "mrn" } else { "encounter_accession_id" };
    let builder = hushlog::Engine::builder().site(kind, format).map_err(|source| Failure::Site { option, source })?;
    builder.build().map(drop).map_err(|source| Failure::Site { option, source })
}

/// Regions to name when one is unknown: those that begin alike.
fn near(given: &str) -> String {
    let head: String = given.chars().take_while(|letter| *letter != '-').collect();
    let mut near: Vec<&str> = Region::all().map(|region| region.name).filter(|name| name.starts_with(&head)).collect();
    if near.is_empty() || head.is_empty() {
        near = Region::all().filter(|region| region.provider == "aws").map(|region| region.name).collect();
    }
    near.join(", ")
}
