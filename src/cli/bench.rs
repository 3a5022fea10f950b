//! `hushlog bench`: how fast the engine scrubs a generated corpus, kernel by kernel.
//!
//! The corpus never repeats and is made a piece at a time, so any size fits in memory. Each
//! piece goes through every kernel in turn: what the machine does meanwhile hits all alike.
//! Only the scanning thread's CPU time counts: end to end, from the read into the engine's
//! buffer to the emitted output, and then for the scan alone, as far as each of its stages.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hushlog::bench::{Measure, Stage};
use hushlog::{Clean, Engine, Kernel, Report, Stream};

use super::corpus::Corpus;
use super::exit::{Exit, Failure};
use super::output::Output;
use super::policy::MaskOptions;
use super::setup::{self, PolicyOptions};
use super::text::{bytes, counted, grouped};

/// Corpus made at a time: stays in the second-level cache, as a block just read does.
const PIECE: usize = 1 << 20;
/// Largest block of a stage, about what the stream scans.
const BLOCK: usize = 128 << 10;

/// Measures the speed on this machine
///
/// Scrubs a generated corpus of service logs, JSON lines and syslog, in which 2 % of the
/// lines hold a synthetic value, and prints megabytes (10^6 bytes) per second of CPU time
/// for every kernel this processor can run: end to end, and as far as each stage of the
/// scan. The same seed gives the same corpus everywhere.
///
/// With --write, writes the corpus instead, to measure other tools on it.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Options {
    #[command(flatten)]
    policy: PolicyOptions,

    /// Size of the corpus, such as 500000000, 500M or 1G
    #[arg(long, value_name = "N", default_value = "256M", value_parser = size)]
    bytes: u64,

    /// Measure this kernel only
    ///
    /// Without it, all kernels that the processor can run are measured, or the one that
    /// HUSHLOG_KERNEL names.
    #[arg(long, value_name = "NAME")]
    kernel: Option<String>,

    /// Another corpus of the same form
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// Put every line into a JSON record, as container runtimes do
    #[arg(long)]
    json: bool,

    /// Write the corpus to a file and measure nothing; `-` is standard output
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  hushlog bench
  hushlog bench --bytes 1G --kernel avx2
  hushlog bench --bytes 1G --seed 7 --write corpus.log";

/// One kernel under measurement.
struct Run<'e> {
    engine: &'e Engine,
    stream: Stream<'e>,
    time: Duration,
    measure: Measure,
    /// Time as far as each stage, in the order of [`Stage::ALL`].
    stages: [Duration; Stage::ALL.len()],
}

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    let mut corpus = Corpus::new(options.seed, options.json);
    if let Some(path) = &options.write {
        write_corpus(corpus, options.bytes, path)?;
        return Ok(Exit::Done);
    }
    let one = setup::kernel(options.kernel.as_deref())?;
    let kernels: Vec<_> =
        if options.kernel.is_some() || setup::kernel_is_forced() { vec![one] } else { setup::available_kernels().collect() };
    let engines = kernels
        .iter()
        .map(|kernel| setup::engine_with(&options.policy, &MaskOptions::default(), *kernel))
        .collect::<Result<Vec<_>, _>>()?;
    let mut runs: Vec<_> = engines.iter().map(Run::new).collect();

    let (mut done, mut lines, mut pieces) = (0, 0, 0);
    let mut piece = Vec::new();
    while done < options.bytes {
        piece.clear();
        lines += corpus.fill(&mut piece, wanted(options.bytes - done));
        let first = pieces % runs.len().max(1);
        let (early, late) = runs.split_at_mut(first);
        for run in late.iter_mut().chain(early) {
            run.scrub(&piece);
            run.scan(&piece);
        }
        done += piece.len() as u64;
        pieces += 1;
    }
    for run in &mut runs {
        run.finish();
    }

    Output::stdout()?.write(&table(options, done, lines, &runs))?;
    Ok(Exit::Done)
}

impl<'e> Run<'e> {
    fn new(engine: &'e Engine) -> Self {
        Self {
            engine,
            stream: engine.stream(),
            time: Duration::ZERO,
            measure: Measure::default(),
            stages: [Duration::ZERO; Stage::ALL.len()],
        }
    }

    /// Scans the piece in blocks of whole lines, once as far as each stage.
    fn scan(&mut self, piece: &[u8]) {
        for block in blocks(piece) {
            for (time, stage) in self.stages.iter_mut().zip(Stage::ALL) {
                let start = cpu_time();
                std::hint::black_box(self.measure.run(self.engine, block, stage));
                *time += cpu_time().saturating_sub(start);
            }
        }
    }

    fn scrub(&mut self, mut piece: &[u8]) {
        let start = cpu_time();
        // Reading from memory does not fail; an error would end the piece like its end.
        while self.stream.read_from(&mut piece).unwrap_or(0) > 0 {
            self.stream.drain(&mut drop_output);
        }
        self.time += cpu_time().saturating_sub(start);
    }

    fn finish(&mut self) {
        let start = cpu_time();
        self.stream.finish(&mut drop_output);
        self.time += cpu_time().saturating_sub(start);
    }
}

fn drop_output(clean: Clean<'_>) {
    std::hint::black_box(clean.as_bytes());
}

fn table(options: &Options, size: u64, lines: u64, runs: &[Run<'_>]) -> Vec<u8> {
    let mut text = Vec::new();
    let reports: Vec<Report> = runs.iter().map(|run| run.stream.report()).collect();
    let form = if options.json { "JSON records" } else { "mixed logs" };
    // Writing to memory: there is no error to handle.
    let _ = writeln!(text, "corpus   {form}, {}, {}, seed {}", bytes(size), counted(lines, "lines"), options.seed);
    let _ = writeln!(text, "default  {}", Kernel::best().name());
    let _ = write!(text, "\n{:<14}{:>8}{:>9}{:>12}", "kernel", "MB/s", "CPU s", "findings");
    for stage in Stage::ALL {
        let _ = write!(text, "{:>12}", stage_name(stage));
    }
    for (run, report) in runs.iter().zip(&reports) {
        let name = run.engine.kernel().name();
        let whole = grouped(speed(size, run.time));
        let _ = write!(text, "\n{name:<14}{whole:>8}{:>9.3}{:>12}", run.time.as_secs_f64(), grouped(report.masked()));
        for time in run.stages {
            let _ = write!(text, "{:>12}", grouped(speed(size, time)));
        }
    }
    let _ = writeln!(
        text,
        "\n\nMB/s: end to end, read from memory, scrub, output dropped. Then the scan alone, as far as each stage.\n{CLOCK}"
    );
    text
}

fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Candidates => "candidates",
        Stage::Verify => "verify",
        Stage::Resolve => "resolve",
        Stage::Mask => "mask",
    }
}

/// Cuts whole lines into blocks of whole lines.
fn blocks(mut piece: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let block = piece.get(..BLOCK).unwrap_or(piece);
        let end = block.iter().rposition(|byte| *byte == b'\n').map_or(block.len(), |at| at + 1);
        let (block, rest) = piece.split_at(end);
        piece = rest;
        (!block.is_empty()).then_some(block)
    })
}

/// Megabytes a second.
fn speed(size: u64, time: Duration) -> u64 {
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    size.checked_div(micros).unwrap_or(0)
}

fn write_corpus(mut corpus: Corpus, size: u64, path: &Path) -> Result<(), Failure> {
    let mut output = if path.as_os_str() == "-" { Output::stdout()? } else { Output::create(path)? };
    let mut piece = Vec::new();
    let mut done = 0;
    while done < size {
        piece.clear();
        corpus.fill(&mut piece, wanted(size - done));
        output.write(&piece)?;
        done += piece.len() as u64;
    }
    output.finish()
}

/// Bytes of the next piece, with this much to go.
fn wanted(left: u64) -> usize {
    usize::try_from(left).unwrap_or(PIECE).min(PIECE)
}

/// A number of bytes with an optional unit: k, M, G (powers of 1000), Ki, Mi, Gi.
fn size(text: &str) -> Result<u64, String> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let unit = match unit.trim_end_matches('B') {
        "" => 1,
        "k" | "K" => 1000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        "Ki" => 1 << 10,
        "Mi" => 1 << 20,
        "Gi" => 1 << 30,
        _ => return Err("the unit is none of k, M, G, Ki, Mi, Gi".to_owned()),
    };
    let number: u64 = digits.parse().map_err(|_| "write a number, such as 256M".to_owned())?;
    match number.checked_mul(unit) {
        Some(size) if size > 0 => Ok(size),
        _ => Err("it must be from 1 byte to 16 EiB".to_owned()),
    }
}

#[cfg(target_os = "linux")]
const CLOCK: &str = "CPU time of the thread.";
#[cfg(not(target_os = "linux"))]
const CLOCK: &str = "Wall-clock time.";

#[cfg(target_os = "linux")]
pub(super) fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let nanos = u32::try_from(time.tv_nsec).unwrap_or(0);
    Duration::new(seconds, nanos)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn cpu_time() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(size("17"), Ok(17));
        assert_eq!(size("500M"), Ok(500_000_000));
        assert_eq!(size("64KiB"), Ok(65_536));
        assert_eq!(size("1GB"), Ok(1_000_000_000));
        for wrong in ["", "M", "1T", "0", "-1", "1.5G", "99999999999G"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn blocks_hold_whole_lines_and_all_of_them() {
        let line = [b"x".repeat(999), b"\n".to_vec()].concat();
        let piece = line.repeat(1000);
        assert_eq!(blocks(&piece).collect::<Vec<_>>().concat(), piece);
        assert!(blocks(&piece).all(|block| block.len() <= BLOCK && block.ends_with(b"\n")));
        let long = b"x".repeat(2 * BLOCK);
        assert_eq!(blocks(&long).map(<[u8]>::len).collect::<Vec<_>>(), [BLOCK, BLOCK]);
    }

    #[test]
    fn speed_is_in_megabytes_a_second() {
        assert_eq!(speed(2_000_000_000, Duration::from_secs(1)), 2000);
        assert_eq!(speed(1, Duration::ZERO), 0);
    }
}
