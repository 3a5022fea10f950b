//! `hushlog rules diff`: what another set of rules, or another preset, would change in a log.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use hushlog::policy::PRESETS;
use hushlog::{Engine, Found};

use super::super::exit::{Exit, Failure};
use super::super::explain::shapes;
use super::super::input::{Count, Source};
use super::super::output::Output;
use super::super::policy::MaskOptions;
use super::super::setup::{self, PolicyOptions};
use super::super::text::{counted, grouped};

/// Compares what two policies find in a log: counts and shapes, never values
///
/// OLD and NEW are rule files or names of presets. For every kind that differs: how many
/// findings only the old one has, how many only the new one, and their commonest shapes.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Options {
    /// Rule file, or name of a preset
    #[arg(value_name = "OLD")]
    old: PathBuf,

    /// Rule file, or name of a preset
    #[arg(value_name = "NEW")]
    new: PathBuf,

    /// Logs to compare on; `-` is standard input, also used when none is given
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  hushlog rules diff old.toml new.toml app.log
  hushlog rules diff standard hipaa app.log";

/// Bytes that are compared at once: whole lines.
const BLOCK: usize = 1 << 20;
/// Shapes printed for each kind and side.
const SHAPES: usize = 5;
/// Different shapes that are counted for each kind and side.
const SHAPES_COUNTED: usize = 1000;

/// Findings of one kind that one side alone has.
#[derive(Default)]
struct Only {
    count: u64,
    shapes: BTreeMap<String, u64>,
}

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    let engines = [side(&options.old)?, side(&options.new)?];
    let mut sides: [BTreeMap<String, Only>; 2] = Default::default();
    let mut both = 0;
    for source in Source::all(&options.files) {
        let mut reader = BufReader::new(source.open(&Count::default())?);
        let mut block = Vec::new();
        loop {
            let read = reader.read_until(b'\n', &mut block).map_err(|error| source.failed(error))?;
            if read == 0 || block.len() >= BLOCK {
                both += compare(&engines, &block, &mut sides);
                block.clear();
            }
            if read == 0 {
                break;
            }
        }
    }
    let text = report(&sides, both);
    Output::stdout()?.write(text.as_bytes())?;
    Ok(Exit::Done)
}

fn side(name: &Path) -> Result<Engine, Failure> {
    let preset = name.to_str().filter(|name| PRESETS.contains(name));
    let policy = match preset {
        Some(preset) => PolicyOptions { preset: preset.to_owned(), ..PolicyOptions::standard(Vec::new()) },
        None => PolicyOptions::standard(vec![name.to_path_buf()]),
    };
    setup::engine(&policy, &MaskOptions::default())
}

/// Counts what one side alone finds in the block; returns what both find.
fn compare(engines: &[Engine; 2], block: &[u8], sides: &mut [BTreeMap<String, Only>; 2]) -> u64 {
    let starts: Vec<usize> = std::iter::once(0).chain(memchr::memchr_iter(b'\n', block).map(|end| end + 1)).collect();
    let found = engines.each_ref().map(|engine| engine.find(block));
    let same = |a: &Found, b: &Found| (a.line, a.start, a.end, &a.kind) == (b.line, b.start, b.end, &b.kind);
    let [old, new] = &found;
    let mut alone = 0;
    for (side, (own, (mine, other))) in sides.iter_mut().zip([(old, new), (new, old)]).enumerate() {
        for found in mine {
            let near = other.partition_point(|there| (there.line, there.start) < (found.line, found.start));
            if other
                .iter()
                .skip(near)
                .take_while(|there| (there.line, there.start) == (found.line, found.start))
                .any(|there| same(found, there))
            {
                continue;
            }
            alone += u64::from(side == 0);
            let only = own.entry(found.kind.clone()).or_default();
            only.count += 1;
            let start = usize::try_from(found.line - 1).ok().and_then(|line| starts.get(line)).copied().unwrap_or(0);
            let value = block.get(start + found.start..start + found.end).unwrap_or_default();
            let shape = shapes(value);
            if only.shapes.len() < SHAPES_COUNTED || only.shapes.contains_key(&shape) {
                *only.shapes.entry(shape).or_default() += 1;
            }
        }
    }
    old.len() as u64 - alone
}

fn report(sides: &[BTreeMap<String, Only>; 2], both: u64) -> String {
    let mut text = String::new();
    let [old, new] = sides;
    for (sign, side) in [('-', old), ('+', new)] {
        for (kind, only) in side {
            let _ = writeln!(text, "{sign} {kind}  {}", counted(only.count, "findings"));
            let mut shapes: Vec<(&String, &u64)> = only.shapes.iter().collect();
            shapes.sort_by_key(|(shape, count)| (std::cmp::Reverse(**count), *shape));
            for (shape, count) in shapes.into_iter().take(SHAPES) {
                let _ = writeln!(text, "    {:>9}  {shape}", grouped(*count));
            }
        }
    }
    let alone = |side: &BTreeMap<String, Only>| side.values().map(|only| only.count).sum::<u64>();
    let _ = writeln!(
        text,
        "{} in both, {} only with the old one, {} only with the new one",
        counted(both, "findings"),
        grouped(alone(old)),
        grouped(alone(new))
    );
    text
}
