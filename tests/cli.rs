//! The program as its users meet it: arguments and bytes in; output, messages and exit
//! codes out. Each test runs the built binary. What is found and how it is masked is
//! tested elsewhere; the values used here are the plainest of their kind.

mod config;
mod exec;
mod explain;
mod find;
mod inputs;
mod leaks;
mod outputs;
mod pipes;
mod policy;
mod rules;
mod scrub;
mod usage;

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use tempfile::TempDir;

/// A line with two findings, and what `scrub` makes of it.
const LINE: &str = "login user@example.com ssn=123-45-6789 ok\n";
const CLEAN: &str = "login [EMAIL] ssn=[US_SSN] ok\n";

/// The program, in a folder of its own.
struct Program {
    folder: TempDir,
}

impl Program {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    /// Writes a file into the folder.
    fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        fs::write(self.path(name), content).unwrap();
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// What is in the folder, sorted.
    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
        let mut names: Vec<_> = entries.map(|entry| name(entry.unwrap())).collect();
        names.sort();
        names
    }

    /// A command that is run in the folder, with nothing on standard input.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::from_std(program(self.folder.path()));
        command.args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::from(self.command(arguments).assert())
    }

    fn run_on(&self, input: impl Into<Vec<u8>>, arguments: &[&str]) -> Ran {
        Ran::from(self.command(arguments).write_stdin(input).assert())
    }
}

/// The bare program, for tests that hold its pipes themselves.
fn program(folder: &Path) -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_hushlog"));
    command.current_dir(folder);
    command.env_remove("HUSHLOG_KERNEL").env_remove("NO_COLOR");
    command
}

/// How a run ended.
#[derive(Debug)]
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl From<Assert> for Ran {
    fn from(assert: Assert) -> Self {
        let output = assert.get_output();
        Self {
            code: output.status.code().expect("ended by a signal"),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ran {
    /// Ended well, and had nothing to say.
    #[track_caller]
    fn succeeded(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{}", self.out);
        self.out
    }

    /// Ended with this code and a message that holds these words.
    #[track_caller]
    fn failed(self, code: i32, words: &[&str]) -> String {
        assert_eq!(self.code, code, "{}", self.err);
        assert!(self.err.starts_with("hushlog: error: "), "{}", self.err);
        for word in words {
            assert!(self.err.contains(word), "no {word:?} in {}", self.err);
        }
        self.out
    }
}

pub(crate) fn gzip(text: impl AsRef<[u8]>) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_ref()).unwrap();
    encoder.finish().unwrap()
}

fn zstd(text: impl AsRef<[u8]>) -> Vec<u8> {
    zstd::encode_all(text.as_ref(), 1).unwrap()
}
