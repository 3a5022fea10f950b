//! `hushlog keygen`: a new key for tokens.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use hushlog::Key;
use zeroize::Zeroizing;

use super::exit::{Exit, Failure};
use super::output::Output;
use super::text::printable;

/// Bytes of a new key.
const BYTES: usize = 32;

/// Writes a new key for tokens
///
/// 32 bytes from the random source of the operating system, as three lines of text. With
/// `-o` the file is readable by its owner only (mode 0400), and a file that is there already
/// is never written over: without its key, old tokens join with nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Options {
    /// Identifier of the key, which stands in its tokens: `k` and one to four digits
    #[arg(long, value_name = "ID", default_value = "k1")]
    id: String,

    /// Write there instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  hushlog keygen -o hushlog.key
  hushlog scrub --key hushlog.key --mask email=token app.log
  hushlog keygen --id k2 -o hushlog-2.key     the next key, to rotate to";

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    let mut secret = Zeroizing::new([0; BYTES]);
    getrandom::fill(secret.as_mut()).map_err(Failure::Random)?;
    let key = Key::new(&options.id, secret.as_slice()).map_err(|source| Failure::KeyId { id: options.id.clone(), source })?;
    let text = key.text();
    match &options.output {
        Some(path) => {
            write(path, text.as_bytes()).map_err(|source| Failure::Output { name: format!("`{}`", printable(path.as_os_str())), source })?
        }
        None => Output::stdout()?.write(text.as_bytes())?,
    }
    Ok(Exit::Done)
}

fn write(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o400).open(path)?;
    let written = file.write_all(text).and_then(|()| file.sync_all());
    if written.is_err() {
        // Half a key is none.
        let _ = fs::remove_file(path);
    }
    written
}
