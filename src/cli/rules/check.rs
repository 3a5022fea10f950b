//! `hushlog rules check`: whether rule files can be used, and what each rule costs.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use hushlog::{Cost, Engine};

use super::super::bench::cpu_time;
use super::super::corpus::Corpus;
use super::super::exit::{Exit, Failure};
use super::super::output::Output;
use super::super::policy::MaskOptions;
use super::super::setup::{self, PolicyOptions};

/// Checks rule files and prints what each rule costs
///
/// Reads the files as `--rules` does, with the same errors. Then scrubs generated log lines
/// with and without the rules of each file and prints, for each rule, its cost class and,
/// for the file, the nanoseconds per kilobyte that its rules add.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Options {
    /// Rule files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  hushlog rules check site.toml";

/// Bytes of generated log that are scrubbed to measure.
const SAMPLE: usize = 8 << 20;
/// Runs, of which the fastest counts.
const RUNS: usize = 5;

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    let mut sample = Vec::new();
    Corpus::new(0, false).fill(&mut sample, SAMPLE);
    let plain = setup::engine(&PolicyOptions::standard(Vec::new()), &MaskOptions::default())?;
    let mut text = String::new();
    for file in &options.files {
        let engine = setup::engine(&PolicyOptions::standard(vec![file.clone()]), &MaskOptions::default())?;
        // Side by side, so that both see the same machine.
        let (mut without, mut with) = (Duration::MAX, Duration::MAX);
        for _ in 0..RUNS {
            without = without.min(time(&plain, &sample));
            with = with.min(time(&engine, &sample));
        }
        let added = with.saturating_sub(without).as_nanos() * 1024 / sample.len() as u128;
        let base = without.as_nanos() * 1024 / sample.len() as u128;
        let _ = writeln!(text, "{}: {} rules, +{added} ns per KB (without them: {base} ns)", file.display(), engine.rules().count());
        let width = engine.rules().map(|rule| rule.id.len()).max().unwrap_or(0);
        for rule in engine.rules() {
            let (class, advice) = match rule.cost {
                Cost::Anchored => ("anchored", ""),
                Cost::FullScan => ("full-scan", "  begin the expression with a literal of three bytes, or name the keys it stands behind"),
            };
            let _ = writeln!(text, "  {:<width$}  {class}{advice}", rule.id);
        }
    }
    Output::stdout()?.write(text.as_bytes())?;
    Ok(Exit::Done)
}

/// CPU time to scrub the sample.
fn time(engine: &Engine, sample: &[u8]) -> Duration {
    let start = cpu_time();
    let mut stream = engine.stream();
    let mut drop_output = |clean: hushlog::Clean<'_>| {
        std::hint::black_box(clean.as_bytes());
    };
    stream.push(sample, &mut drop_output);
    stream.finish(&mut drop_output);
    cpu_time().saturating_sub(start)
}
