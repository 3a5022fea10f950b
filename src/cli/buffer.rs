//! `hushlog buffer` and `hushlog dlq`: what waits in the folder of a buffer, and what sinks refused.
//!
//! Prints counts, places and reasons, never a body. Neither command needs the program to be stopped.

use std::path::{Path, PathBuf};

use hushlog::buffer::inspect::{Inspection, inspect, is_buffer};
use hushlog::buffer::{Key, OpenError, dead_letters};

use super::exit::{Exit, Failure};
use super::keyfile;
use super::output::Output;
use super::text::{bytes, escape_controls, grouped, printable};

/// Largest key file: 64 digits and a line end.
const KEY_MAX: u64 = 66;

/// Shows what waits in the folder of a buffer
///
/// The folder is the one that `buffer.dir` of the configuration names.
#[derive(Debug, clap::Args)]
#[command(after_help = BUFFER_HELP)]
pub(super) struct BufferOptions {
    #[command(subcommand)]
    action: BufferAction,
}

#[derive(Debug, clap::Subcommand)]
enum BufferAction {
    /// Prints segments, entries, bytes, damage and how far each sink has come; never a body
    Inspect(Folder),
}

/// Lists records that sinks refused, or has them sent again
///
/// They are kept in the folder `dlq` of the buffer, with the time and the reason.
#[derive(Debug, clap::Args)]
#[command(after_help = DLQ_HELP)]
pub(super) struct DlqOptions {
    #[command(subcommand)]
    action: DlqAction,
}

#[derive(Debug, clap::Subcommand)]
enum DlqAction {
    /// Prints sink, time, records and reason of each; never a body
    List(Folder),
    /// Marks them to be sent again: by the program that runs, within seconds, or at its next start
    Retry(Retry),
}

#[derive(Debug, clap::Args)]
struct Folder {
    /// Folder of the buffer
    #[arg(value_name = "DIR")]
    dir: PathBuf,

    /// Key file of the buffer, if it is encrypted
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Retry {
    /// Folder of the buffer
    #[arg(value_name = "DIR")]
    dir: PathBuf,

    /// Only those of one sink
    #[arg(long, value_name = "NAME")]
    sink: Option<String>,
}

const BUFFER_HELP: &str = "\
Examples:
  hushlog buffer inspect /var/lib/hushlog
  hushlog buffer inspect /var/lib/hushlog --key /run/secrets/hushlog/buffer";

const DLQ_HELP: &str = "\
Examples:
  hushlog dlq list /var/lib/hushlog
  hushlog dlq retry /var/lib/hushlog --sink splunk";

/// Runs `hushlog buffer`.
pub(super) fn run(options: &BufferOptions) -> Result<Exit, Failure> {
    let BufferAction::Inspect(folder) = &options.action;
    let found = folder.open(inspect)?;
    Output::stdout()?.write(shown(&found).as_bytes())?;
    Ok(Exit::Done)
}

/// Runs `hushlog dlq`.
pub(super) fn dlq(options: &DlqOptions) -> Result<Exit, Failure> {
    let text = match &options.action {
        DlqAction::List(folder) => letters(&folder.open(listed)?),
        DlqAction::Retry(retry) => {
            let failed = |source| Failure::Folder { dir: printable(retry.dir.as_os_str()), source };
            of_buffer(&retry.dir).map_err(failed)?;
            if let Some(sink) = &retry.sink {
                let known = dead_letters::sinks(&retry.dir).map_err(|error| failed(OpenError::Io(error)))?;
                if !known.contains(sink) {
                    return Err(Failure::NoLetters { sink: escape_controls(sink) });
                }
            }
            let marked = dead_letters::retry(&retry.dir, retry.sink.as_deref()).map_err(|error| failed(OpenError::Io(error)))?;
            format!("{} to be sent again\n", super::text::counted(marked, "files"))
        }
    };
    Output::stdout()?.write(text.as_bytes())?;
    Ok(Exit::Done)
}

type Letters = (Vec<dead_letters::Letter>, u64);

fn listed(dir: &Path, key: Option<&Key>) -> Result<Letters, OpenError> {
    of_buffer(dir)?;
    dead_letters::list(dir, key)
}

fn of_buffer(dir: &Path) -> Result<(), OpenError> {
    if is_buffer(dir)? { Ok(()) } else { Err(OpenError::NoBuffer) }
}

impl Folder {
    fn open<T>(&self, look: impl Fn(&Path, Option<&Key>) -> Result<T, OpenError>) -> Result<T, Failure> {
        let key = self.key.as_deref().map(read_key).transpose()?;
        let dir = || printable(self.dir.as_os_str());
        look(&self.dir, key.as_ref()).map_err(|source| match source {
            OpenError::Key if key.is_none() => Failure::FolderKey { dir: dir() },
            source => Failure::Folder { dir: dir(), source },
        })
    }
}

fn read_key(path: &Path) -> Result<Key, Failure> {
    Key::parse(&keyfile::read(path, KEY_MAX)?).ok_or_else(|| Failure::BufferKey { file: printable(path.as_os_str()) })
}

fn shown(found: &Inspection) -> String {
    let mut rows = vec![["SEGMENT", "BYTES", "FIRST", "NEXT", "ENTRIES", "RECORDS", "ENCRYPTED", "DAMAGE"].map(str::to_owned)];
    for segment in &found.segments {
        let damage = match &segment.damage {
            None => "cannot be read".to_owned(),
            Some(damage) if !damage.is_any() => "none".to_owned(),
            Some(damage) => format!("{} stretches, {} entries, {} bytes at the end", damage.stretches, damage.batches, damage.tail),
        };
        rows.push([
            segment.name.clone(),
            bytes(segment.bytes),
            segment.sequences.0.to_string(),
            segment.sequences.1.to_string(),
            grouped(segment.entries),
            grouped(segment.records),
            if segment.encrypted { "yes" } else { "no" }.to_owned(),
            damage,
        ]);
    }
    let mut text = super::text::table(&rows);
    let mut rows = vec![["SINK", "NEXT", "WAITING"].map(str::to_owned)];
    for sink in &found.sinks {
        rows.push([escape_controls(&sink.name), sink.next.to_string(), grouped(sink.waiting)]);
    }
    text.push('\n');
    text.push_str(&super::text::table(&rows));
    if found.cursors_damaged {
        text.push_str("\nHow far the sinks have come cannot be read: everything that waits is sent again.\n");
    }
    text
}

fn letters((letters, damaged): &Letters) -> String {
    let mut rows = vec![["SINK", "TIME", "RECORDS", "BYTES", "STATE", "REASON"].map(str::to_owned)];
    for letter in letters {
        rows.push([
            escape_controls(&letter.sink),
            utc(letter.time),
            grouped(letter.records),
            bytes(letter.bytes),
            if letter.again { "again" } else { "kept" }.to_owned(),
            escape_controls(letter.reason.as_str()),
        ]);
    }
    let mut text = super::text::table(&rows);
    if *damaged > 0 {
        text.push_str(&format!("\n{} damaged\n", super::text::counted(*damaged, "files")));
    }
    text
}

/// Milliseconds since 1970 as a time in UTC.
fn utc(time: i64) -> String {
    let seconds = time.div_euclid(1000);
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days from the first of March of the year 0, in eras of 400 years.
    let day = days + 719_468;
    let era = day.div_euclid(146_097);
    let day = day.rem_euclid(146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let date = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{date:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::utc;

    #[test]
    fn times_are_written_in_utc() {
        for (time, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (1_700_000_000_000, "2023-11-14T22:13:20Z"),
            (1_709_164_800_000, "2024-02-29T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(utc(time), expected);
        }
    }
}
