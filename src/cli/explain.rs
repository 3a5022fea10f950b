//! `hushlog explain`: what each candidate of a line was taken for, and what came of it.
//!
//! Lines are shown as shapes, so that the output can go into an issue. Values are shown
//! only on a terminal, to the person who has the log anyway.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, IsTerminal, Read};
use std::path::PathBuf;

use hushlog::{Candidate, Engine, Outcome};

use super::exit::{Exit, Failure};
use super::input::{Count, Source};
use super::output::Output;
use super::policy::MaskOptions;
use super::setup::{self, PolicyOptions};
use super::text::escape_controls;

/// Longest line that is explained: the engine's cap for a record.
const LINE_MAX: u64 = 1 << 20;
/// Characters of a candidate's shape that are shown.
const SHAPE_SHOWN: usize = 40;

/// Shows why a line is masked, or why not
///
/// For each candidate of a line: its place in bytes, its shape, the kind it was tried
/// as, and whether it was accepted, rejected by a check, or overruled by another one. A
/// place that nothing points to is no candidate: it was never tried.
///
/// Values are shown as shapes: d for a digit, a or A for a letter, the rest as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Options {
    #[command(flatten)]
    policy: PolicyOptions,

    /// Show values instead of shapes; on a terminal only
    ///
    /// What this prints is unscrubbed, so it is refused when the output goes to a pipe or
    /// a file.
    #[arg(long)]
    show_values: bool,

    /// File to read; `-` is standard input, also used when none is given
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  echo 'order 4111111111111112 card=4111111111111111' | hushlog explain
  tail -n 1 app.log | hushlog explain --rules site.toml
  hushlog explain --show-values app.log";

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    if options.show_values && !std::io::stdout().is_terminal() {
        return Err(Failure::ValuesOffTerminal);
    }
    let engine = setup::engine(&options.policy, &MaskOptions::default())?;
    let source = match &options.file {
        Some(file) => Source::one(file),
        None => Source::Stdin,
    };
    let write = if options.show_values { values } else { shapes };
    let mut output = Output::stdout()?;
    let mut reader = BufReader::new(source.open(&Count::default())?);
    let (mut line, mut number) = (Vec::new(), 0_u64);
    loop {
        line.clear();
        let mut room = reader.by_ref().take(LINE_MAX + 1);
        let read = room.read_until(b'\n', &mut line);
        if read.map_err(|error| source.failed(error))? == 0 {
            return Ok(Exit::Done);
        }
        number += 1;
        let whole = line.ends_with(b"\n") || line.len() as u64 <= LINE_MAX;
        let text = if whole {
            explain(&engine, number, record(&line), write)
        } else {
            skip_line(&mut reader).map_err(|error| source.failed(error))?;
            format!("line {number}: longer than 1 MiB, not explained\n")
        };
        output.write(text.as_bytes())?;
    }
}

/// The line without its end.
fn record(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn skip_line(reader: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let held = reader.fill_buf()?;
        let end = held.iter().position(|byte| *byte == b'\n');
        let (skipped, found) = match end {
            Some(at) => (at + 1, true),
            None => (held.len(), held.is_empty()),
        };
        reader.consume(skipped);
        if found {
            return Ok(());
        }
    }
}

fn explain(engine: &Engine, number: u64, record: &[u8], write: fn(&[u8]) -> String) -> String {
    let mut text = format!("line {number}: {}\n", write(record));
    let mut candidates = engine.explain(record);
    candidates.sort_by_key(|candidate| (candidate.start, candidate.end));
    let rows: Vec<_> = candidates.iter().map(|candidate| row(candidate, record, write)).collect();
    let mut widths = [0; 4];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let [place, shape, kind, outcome] = widths;
    for [a, b, c, d, detail] in &rows {
        let line = format!("  {a:<place$}  {b:<shape$}  {c:<kind$}  {d:<outcome$}  {detail}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    if rows.is_empty() {
        text.push_str("  no candidates: no shape, literal or key in this line points to a kind\n");
    }
    text
}

/// Place, shape, kind, outcome, and what there is to say about it.
fn row(candidate: &Candidate, record: &[u8], write: fn(&[u8]) -> String) -> [String; 5] {
    let bytes = record.get(candidate.start..candidate.end);
    let mut shape = write(bytes.unwrap_or_default());
    if let Some((at, _)) = shape.char_indices().nth(SHAPE_SHOWN) {
        shape.truncate(at);
        shape.push('…');
    }
    let why = candidate.why.as_ref().map(ToString::to_string).unwrap_or_default();
    let confidence = format!("{:.2} {why}", candidate.confidence);
    let (outcome, detail) = match candidate.outcome {
        Outcome::Won => ("accepted", confidence),
        Outcome::Overruled => ("overruled", confidence),
        Outcome::Refused(reason) => ("rejected", reason.to_owned()),
        _ => ("undecided", confidence),
    };
    [format!("{}-{}", candidate.start, candidate.end), shape, candidate.kind.clone(), outcome.to_owned(), detail]
}

/// The text as it is, save what would control the terminal.
fn values(bytes: &[u8]) -> String {
    escape_controls(&String::from_utf8_lossy(bytes))
}

/// `d` for digits, `a` and `A` for letters, ASCII and common punctuation as they are, and
/// `?` for everything else: an odd character may be what makes a value unique.
pub(super) fn shapes(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().map(shape).collect()
}

fn shape(c: char) -> char {
    match c {
        c if c.is_numeric() => 'd',
        c if c.is_uppercase() => 'A',
        c if c.is_alphabetic() => 'a',
        ' '..='~' | '\t' | '\u{a0}'..='\u{bf}' | '\u{2010}'..='\u{2027}' => c,
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_keep_punctuation_and_nothing_else() {
        assert_eq!(shapes(b"SSN: 123-45-6789 ok"), "AAA: ddd-dd-dddd aa");
        assert_eq!(shapes("Zoë, 王 ١٢ “x” –".as_bytes()), "Aaa, a dd “a” –");
        assert_eq!(shapes(b"a\xff\x1b[0m\xf0\x9f\x98\x80"), "a??[da?");
    }

    #[test]
    fn a_record_has_no_line_end() {
        for line in [&b"x"[..], b"x\n", b"x\r\n"] {
            assert_eq!(record(line), b"x");
        }
    }

    #[test]
    fn the_rest_of_a_long_line_is_skipped() {
        let mut reader = &b"rest of it\nnext"[..];
        assert!(skip_line(&mut reader).is_ok());
        assert_eq!(reader, b"next");
        assert!(skip_line(&mut reader).is_ok());
        assert_eq!(reader, b"");
    }
}
