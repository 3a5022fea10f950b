//! `hushlog audit`: checks an audit log, and prints its head.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use hushlog::audit::{self, Head, LogFiles, PublicKeys};

use super::exit::{Exit, Failure};
use super::output::Output;
use super::text::printable;

/// Checks the audit log of `run`
///
/// Every line of the log holds the hash of the one before it, and seals sign them. `verify` finds
/// lines that were changed, left out, moved or written anew; `head` prints what to keep elsewhere, so
/// that an end that was cut off is found, too. See docs/audit.md.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Check every line and every seal; ends with 1 if something is wrong
    Verify(Verify),
    /// Print sequence and hash of the last line, as SEQ:HASH
    Head(Log),
}

#[derive(Debug, clap::Args)]
struct Log {
    /// Audit log; files that were set aside when they were full are found beside it
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Debug, clap::Args)]
struct Verify {
    #[command(flatten)]
    log: Log,

    /// Head that was kept elsewhere; without one, an end that was cut off cannot be seen
    #[arg(long, value_name = "SEQ:HASH")]
    head: Option<Head>,

    /// Public keys of the seals; by default FILE.pub, which who changed the log may have changed, too
    #[arg(long, value_name = "FILE")]
    public_key: Option<PathBuf>,

    /// The file alone is a part of a log, as a sink has it, and may begin with any line
    #[arg(long)]
    part: bool,
}

const AFTER_HELP: &str = "\
Examples:
  hushlog audit verify /var/lib/hushlog/audit.jsonl --public-key audit.pub
  hushlog audit head /var/lib/hushlog/audit.jsonl
  hushlog audit verify audit.jsonl --head \"$(cat kept-elsewhere)\"";

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    match &options.command {
        Command::Verify(verify) => check(verify),
        Command::Head(Log { file }) => {
            let head = audit::last(whole(file)?).map_err(|source| unread(file, source))?;
            let head = head.ok_or_else(|| Failure::AuditChanged { file: printable(file.as_os_str()) })?;
            Output::stdout()?.write(format!("{head}\n").as_bytes())?;
            Ok(Exit::Done)
        }
    }
}

fn check(verify: &Verify) -> Result<Exit, Failure> {
    let file = &verify.log.file;
    let log: BufReader<Box<dyn Read>> =
        if verify.part { BufReader::new(Box::new(open(file)?)) } else { BufReader::new(Box::new(whole(file)?)) };
    let keys = verify.public_key.clone().unwrap_or_else(|| PublicKeys::beside(file));
    let known = PublicKeys::read(&keys).map_err(|source| Failure::AuditKey { file: printable(keys.as_os_str()), source })?;
    let verdict = audit::verify(log, &known, verify.head, verify.part).map_err(|source| unread(file, source))?;
    Output::stdout()?.write(format!("{}: {verdict}\n", printable(file.as_os_str())).as_bytes())?;
    Ok(if verdict.problem.is_none() { Exit::Done } else { Exit::Found })
}

fn open(file: &Path) -> Result<File, Failure> {
    File::open(file).map_err(|source| unread(file, source))
}

/// A log with the files that were full.
fn whole(file: &Path) -> Result<BufReader<LogFiles>, Failure> {
    LogFiles::open(file).map(BufReader::new).map_err(|source| unread(file, source))
}

fn unread(file: &Path, source: std::io::Error) -> Failure {
    Failure::AuditUnread { file: printable(file.as_os_str()), source }
}
