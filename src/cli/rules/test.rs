//! `hushlog rules test`: do the examples of the kinds and rules come out as they say?

use std::fmt::Write as _;
use std::path::PathBuf;

use hushlog::{Engine, catalog};

use super::super::exit::{Exit, Failure};
use super::super::output::Output;
use super::super::setup;
use super::super::text::counted;
use super::carriers::{CARRIERS, Carrier};

/// Runs the examples of the built-in kinds and of user rules
///
/// Every kind has lines in which `«…»` must be masked, and lines in which it must find
/// nothing; a user rule names its own as `match` and `no_match`. Each is tried as text, in a
/// service log, syslog, a container's log, JSON and Docker JSON. Exits with 1 if one fails.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Options {
    /// File of user rules; repeatable
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,

    /// Only these kinds and rules
    #[arg(value_name = "KIND")]
    kinds: Vec<String>,
}

const AFTER_HELP: &str = "\
Examples:
  hushlog rules test
  hushlog rules test --rules site.toml site_mrn";

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    let engine = setup::every_kind(&options.rules)?;
    let known = |name: &&String| catalog().iter().any(|kind| kind.id == **name) || engine.rules().any(|rule| rule.id == **name);
    if let Some(unknown) = options.kinds.iter().find(|name| !known(name)) {
        return Err(Failure::Kind(unknown.clone()));
    }
    let wanted = |id: &str| options.kinds.is_empty() || options.kinds.iter().any(|kind| kind == id);
    let mut tally = Tally::default();
    for kind in catalog().iter().filter(|kind| wanted(kind.id)) {
        tally.kind(&engine, kind.id, kind.positives, kind.negatives);
    }
    for rule in engine.rules().filter(|rule| wanted(rule.id)) {
        tally.kind(&engine, rule.id, rule.positives, rule.negatives);
    }
    let _ = writeln!(
        tally.text,
        "{} of {} passed, {} without an example",
        tally.tried - tally.failed,
        counted(tally.tried, "examples"),
        counted(tally.without, "kinds")
    );
    Output::stdout()?.write(tally.text.as_bytes())?;
    Ok(if tally.failed == 0 { Exit::Done } else { Exit::Found })
}

#[derive(Default)]
struct Tally {
    text: String,
    tried: u64,
    failed: u64,
    without: u64,
}

impl Tally {
    fn kind(&mut self, engine: &Engine, id: &str, positives: &[impl AsRef<str>], negatives: &[impl AsRef<str>]) {
        self.without += u64::from(positives.is_empty() && negatives.is_empty());
        for carrier in &CARRIERS {
            for (at, example) in positives.iter().enumerate() {
                self.case(id, carrier, "match", at, example.as_ref(), |carrier, text| masks(engine, carrier, text));
            }
            for (at, example) in negatives.iter().enumerate() {
                self.case(id, carrier, "no_match", at, example.as_ref(), |carrier, text| !finds(engine, carrier, text, id));
            }
        }
    }

    fn case(&mut self, id: &str, carrier: &Carrier, list: &str, at: usize, example: &str, passes: impl Fn(&Carrier, &str) -> bool) {
        if !carrier.takes(example) {
            return;
        }
        self.tried += 1;
        if !passes(carrier, example) {
            self.failed += 1;
            let _ = writeln!(self.text, "{id}: {list}[{at}] fails in {}", carrier.name);
        }
    }
}

/// Whether nothing that the example marks is left.
fn masks(engine: &Engine, carrier: &Carrier, example: &str) -> bool {
    let carried = carrier.carry(example);
    let out = engine.scrub(carried.line.as_bytes());
    let out = String::from_utf8_lossy(&out);
    // The rest of the line may hold the same letters.
    let gone = |secret: &String| {
        let marked = carried.secrets.iter().filter(|other| *other == secret).count();
        out.matches(secret.as_str()).count() + marked <= carried.line.matches(secret.as_str()).count()
    };
    carried.secrets.iter().all(gone)
}

fn finds(engine: &Engine, carrier: &Carrier, example: &str, id: &str) -> bool {
    engine.find(carrier.carry(example).line.as_bytes()).iter().any(|found| found.kind == id)
}
