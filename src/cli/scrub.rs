//! `hushlog scrub`: inputs through the engine to the output.
//!
//! All inputs go through one stream, because their output is one text: a value that
//! begins in one file and ends in the next is one value for whoever reads it.

use std::io::IsTerminal;
use std::path::PathBuf;

use hushlog::{Clean, Stream};

use super::exit::{Exit, Failure};
use super::input::{Count, InputError, Source};
use super::output::{self, Output};
use super::policy::MaskOptions;
use super::progress::Progress;
use super::setup::{self, PolicyOptions};
use super::text::printable;

/// Masks sensitive values in logs
///
/// Reads standard input, or files one after another, and writes the same with sensitive
/// values masked: as many lines out as in, and every byte outside a finding as it was. A
/// complete line is out as soon as it was read, so `tail -f` can be piped through.
///
/// gzip and zstd input is recognised and read as its text; other containers are refused.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Options {
    #[command(flatten)]
    policy: PolicyOptions,

    #[command(flatten)]
    masks: MaskOptions,

    /// Write counts as JSON
    ///
    /// Bytes, lines, findings and bytes masked by kind; never values. The file appears
    /// when the run is over.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    /// Write there instead of to standard output
    ///
    /// The file appears, or is replaced, only when all inputs were read to the end. It
    /// cannot be one of the inputs.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Files to read; `-` is standard input, also used when none is given
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  hushlog scrub app.log > clean.log
  tail -f app.log | hushlog scrub
  kubectl logs -f pod | hushlog scrub --mask email=partial
  hushlog scrub --report report.json -o clean.log app.log.2.gz app.log.1.zst app.log
  hushlog scrub --packs gb,de app.log
  hushlog scrub --rules site.toml app.log
  hushlog scrub --preset hipaa,pci --as-of 2026-03-01 app.log
  hushlog scrub --preset hipaa --mode limited_data_set --reference \"DUA 2026-17\" app.log
  hushlog scrub --preset gdpr --key hushlog.key --zone eu --mask email=token app.log";

/// What ends the reading of one input early.
enum Stop {
    /// The other inputs are still read.
    Input(InputError),
    /// Nothing can be written any more.
    Output(Failure),
}

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    let sources = Source::all(&options.files);
    let to_file = options.output.as_deref();
    let report = options.report.as_deref();
    if report.is_some_and(|path| path.as_os_str() == "-") {
        return Err(Failure::ReportToStdout);
    }
    let engine = setup::engine(&options.policy, &options.masks)?;
    output::keep_apart(&sources, &options.policy.rules, &options.policy.masking.keys, to_file, report)?;
    let mut output = match to_file {
        Some(path) => Output::create(path)?,
        None => Output::stdout()?,
    };

    let read = Count::default();
    let to_terminal = to_file.is_none() && std::io::stdout().is_terminal();
    let mut progress = Progress::new(&sources, &read, to_terminal);
    let mut stream = engine.stream();
    let mut failed = 0;
    for source in &sources {
        if matches!(source, Source::File(_)) {
            // What had its name before may be gone.
            stream.may_begin_in_key();
        }
        match pump(&mut stream, source, &read, &mut output, &mut progress) {
            Ok(()) => {}
            Err(Stop::Input(error)) => {
                progress.erase();
                super::say_error(&error);
                failed += 1;
            }
            Err(Stop::Output(failure)) => return Err(failure),
        }
        // A table does not go on in the next file.
        emit(&mut output, |emit| stream.next_input(emit))?;
    }
    emit(&mut output, |emit| stream.finish(emit))?;
    drop(progress);

    if let Some(path) = report {
        write_report(&stream, path)?;
    }
    match to_file {
        Some(path) if failed > 0 => Err(Failure::Incomplete { output: printable(path.as_os_str()), failed, inputs: sources.len() }),
        _ => {
            output.finish()?;
            Ok(if failed > 0 { Exit::Input } else { Exit::Done })
        }
    }
}

/// Reads one input to its end. Every read's complete lines are written before the next
/// read, which may wait.
fn pump(stream: &mut Stream<'_>, source: &Source, read: &Count, output: &mut Output, progress: &mut Progress) -> Result<(), Stop> {
    let mut reader = source.open(read).map_err(Stop::Input)?;
    loop {
        match stream.read_from(&mut reader) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) => return Err(Stop::Input(source.failed(error))),
        }
        emit(output, |emit| stream.drain(emit)).map_err(Stop::Output)?;
        progress.tick(|| stream.report().masked());
    }
}

/// Writes what `step` emits; after an error, nothing more.
fn emit(output: &mut Output, step: impl FnOnce(&mut dyn FnMut(Clean<'_>))) -> Result<(), Failure> {
    let mut outcome = Ok(());
    step(&mut |clean| {
        if outcome.is_ok() {
            outcome = output.write(clean.as_bytes());
        }
    });
    outcome
}

fn write_report(stream: &Stream<'_>, path: &std::path::Path) -> Result<(), Failure> {
    let text = serde_json::to_vec_pretty(&stream.report());
    let mut text = text.map_err(|error| Failure::Output { name: "the report".to_owned(), source: error.into() })?;
    text.push(b'\n');
    output::write_file(path, &text)
}
