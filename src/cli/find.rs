//! `hushlog find`: places and kinds of findings, never values.
//!
//! Every input has its own finder, so that lines are counted from its start. What one
//! read gave is written at once.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write as _};
use std::path::PathBuf;

use hushlog::{Engine, Found, Why};
use serde::{Serialize, Serializer};

use super::args;
use super::exit::{Exit, Failure};
use super::input::{Count, InputError, Source};
use super::output::Output;
use super::policy::MaskOptions;
use super::setup::{self, PolicyOptions};
use super::text::{counted, escape_controls, grouped};

/// Lists findings by place and kind, without values
///
/// Shows where `scrub` would mask something, and why. No value and no other byte of the
/// input is ever printed. Offsets count bytes from the start of the line, half-open; for
/// compressed files, lines and offsets are those of the text inside.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Options {
    #[command(flatten)]
    policy: PolicyOptions,

    /// Form of the output
    ///
    /// text is for people: FILE:LINE:START-END, kind, confidence, reason, and a summary
    /// on standard error. jsonl is one JSON object a finding, for programs.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Exit with 1 when anything was found
    #[arg(long)]
    fail: bool,

    /// When to use colour
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    color: Color,

    /// Files to read; `-` is standard input, also used when none is given
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  hushlog find app.log
  hushlog find --format jsonl app.log | jq -r .kind | sort | uniq -c
  hushlog find --fail build.log        exit with 1 if a log holds something";

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Jsonl,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    fn is_on(self) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
                std::io::stdout().is_terminal() && !args::no_color() && !dumb
            }
        }
    }
}

/// A finding as a JSON line. The names and their order are stable.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    line: u64,
    start: usize,
    end: usize,
    kind: &'a str,
    confidence: f32,
    #[serde(serialize_with = "as_text")]
    why: &'a Why,
}

fn as_text<S: Serializer>(why: &Why, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(why)
}

/// Findings on their way out, and their counts.
struct Listing {
    output: Output,
    format: Format,
    color: bool,
    /// The name of the input as it is printed.
    file: String,
    block: Vec<u8>,
    kinds: BTreeMap<String, u64>,
}

impl Listing {
    fn add(&mut self, found: &Found) {
        match self.kinds.get_mut(&found.kind) {
            Some(count) => *count += 1,
            None => {
                self.kinds.insert(found.kind.clone(), 1);
            }
        }
        // Writing to memory: there is no error to handle.
        let _ = match self.format {
            Format::Jsonl => self.add_json(found),
            Format::Text => self.add_text(found),
        };
    }

    fn add_json(&mut self, found: &Found) -> std::io::Result<()> {
        let line = Line {
            file: &self.file,
            line: found.line,
            start: found.start,
            end: found.end,
            kind: &found.kind,
            confidence: found.confidence,
            why: &found.why,
        };
        serde_json::to_writer(&mut self.block, &line)?;
        self.block.push(b'\n');
        Ok(())
    }

    fn add_text(&mut self, found: &Found) -> std::io::Result<()> {
        let [name, number, kind, dim, off] =
            if self.color { ["\x1b[35m", "\x1b[32m", "\x1b[1;31m", "\x1b[2m", "\x1b[0m"] } else { [""; 5] };
        writeln!(
            self.block,
            "{name}{file}{off}:{number}{line}{off}:{start}-{end} {kind}{id}{off} \
             {dim}{confidence:.2} {why}{off}",
            file = self.file,
            line = found.line,
            start = found.start,
            end = found.end,
            id = found.kind,
            confidence = found.confidence,
            why = found.why,
        )
    }

    fn flush(&mut self) -> Result<(), Failure> {
        if self.block.is_empty() {
            return Ok(());
        }
        let outcome = self.output.write(&self.block);
        self.block.clear();
        outcome
    }

    fn total(&self) -> u64 {
        self.kinds.values().sum()
    }

    /// `3 findings: email 2, pan 1`, the most frequent first.
    fn summary(&self) -> String {
        let mut kinds: Vec<_> = self.kinds.iter().collect();
        kinds.sort_by_key(|(kind, count)| (std::cmp::Reverse(**count), kind.as_str()));
        let kinds: Vec<_> = kinds.iter().map(|(kind, count)| format!("{kind} {}", grouped(**count))).collect();
        match kinds.as_slice() {
            [] => "no findings".to_owned(),
            kinds => format!("{}: {}", counted(self.total(), "findings"), kinds.join(", ")),
        }
    }
}

/// What ends the reading of one input early.
enum Stop {
    Input(InputError),
    Output(Failure),
}

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    let engine = setup::engine(&options.policy, &MaskOptions::default())?;
    let mut listing = Listing {
        output: Output::stdout()?,
        format: options.format,
        color: options.color.is_on(),
        file: String::new(),
        block: Vec::new(),
        kinds: BTreeMap::new(),
    };
    let mut exit = Exit::Done;
    for source in Source::all(&options.files) {
        match list(&engine, &source, &mut listing) {
            Ok(()) => {}
            Err(Stop::Input(error)) => {
                super::say_error(&error);
                exit = Exit::Input;
            }
            // The findings stand, even if nobody wanted to see them all.
            Err(Stop::Output(Failure::BrokenPipe)) if options.fail => return Ok(Exit::Found),
            Err(Stop::Output(failure)) => return Err(failure),
        }
    }
    if options.format == Format::Text {
        super::say(format_args!("{}", listing.summary()));
    }
    if exit == Exit::Done && options.fail && listing.total() > 0 {
        exit = Exit::Found;
    }
    Ok(exit)
}

fn list(engine: &Engine, source: &Source, listing: &mut Listing) -> Result<(), Stop> {
    listing.file = match listing.format {
        Format::Jsonl => source.given(),
        Format::Text => escape_controls(&source.given()),
    };
    let mut reader = source.open(&Count::default()).map_err(Stop::Input)?;
    let mut finder = engine.finder();
    if matches!(source, Source::File(_)) {
        // What had its name before may be gone.
        finder.may_begin_in_key();
    }
    let outcome = loop {
        match finder.read_from(&mut reader) {
            Ok(0) => break Ok(()),
            Ok(_) => {}
            Err(error) => break Err(Stop::Input(source.failed(error))),
        }
        finder.drain(&mut |found| listing.add(&found));
        listing.flush().map_err(Stop::Output)?;
    };
    finder.finish(&mut |found| listing.add(&found));
    listing.flush().map_err(Stop::Output)?;
    outcome
}
