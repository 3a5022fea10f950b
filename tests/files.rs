//! `hushlog run` on real files: nothing lost, nothing doubled, nothing raw.
//!
//! Records carry numbers, so that what is missing and what is doubled can be counted. The program
//! writes to standard output, which is a file that every run of a test appends to.
#![cfg(feature = "server")]

mod crash;
mod parts;
mod pods;
mod rotation;
mod shape;
mod stdin;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Longest time that anything may take.
const DEADLINE: Duration = Duration::from_secs(120);

/// A folder with logs, and what the program made of them.
struct Home {
    folder: tempfile::TempDir,
    source: String,
}

/// A running program; killed when it goes.
struct Proxy(Child);

impl Home {
    /// Reads `*.log` of the folder `logs`.
    fn new() -> Self {
        Self::with("type: file, include: ['DIR/logs/*.log'], poll: 20ms, rotate_wait: 300ms, checkpoints: DIR/state")
    }

    /// A source of its own; `DIR` stands for the folder.
    fn with(source: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("logs")).unwrap();
        Self { source: source.replace("DIR", folder.path().to_str().unwrap()), folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn log(&self, name: &str) -> PathBuf {
        self.path("logs").join(name)
    }

    fn command(&self) -> Command {
        let config = format!(
            "region: eu-west-1\nsources:\n  logs: {{ {} }}\nsinks: {{ out: {{ type: stdout }} }}\nroutes: [{{ to: [out] }}]\n",
            self.source
        );
        fs::write(self.path("hushlog.yaml"), config).unwrap();
        let append = |name: &str| OpenOptions::new().create(true).append(true).open(self.path(name)).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_hushlog"));
        command.arg("run").arg("-c").arg(self.path("hushlog.yaml"));
        command.stdin(Stdio::null()).stdout(append("out")).stderr(append("err"));
        command
    }

    fn start(&self) -> Proxy {
        Proxy(self.command().spawn().unwrap())
    }

    /// Starts it, and waits until it knows when its first start was: what was rotated before is not read.
    fn begin(&self) -> Proxy {
        let proxy = self.start();
        wait("the first start", || self.path("state/logs.json").exists(), || self.err());
        proxy
    }

    fn out(&self) -> String {
        fs::read_to_string(self.path("out")).unwrap_or_default()
    }

    fn err(&self) -> String {
        fs::read_to_string(self.path("err")).unwrap_or_default()
    }

    /// Waits until the output fits.
    #[track_caller]
    fn until(&self, what: &str, fits: impl Fn(&str) -> bool) {
        wait(what, || fits(&self.out()), || format!("{} bytes of output; messages: {}", self.out().len(), self.err()));
    }

    /// Waits until the output has so many records.
    #[track_caller]
    fn until_records(&self, records: usize) {
        self.until("records", |out| out.lines().count() >= records);
    }

    /// How often each number came out.
    fn numbers(&self) -> BTreeMap<u64, usize> {
        let mut numbers = BTreeMap::new();
        for line in self.out().lines() {
            let digits = line.split("\"n\":").nth(1).unwrap_or_else(|| panic!("no number in {line}"));
            let digits: String = digits.chars().take_while(char::is_ascii_digit).collect();
            *numbers.entry(digits.parse().unwrap()).or_default() += 1;
        }
        numbers
    }

    /// Every number from 0 on came out; returns how many came out again.
    #[track_caller]
    fn complete(&self, numbers: u64) -> usize {
        let found = self.numbers();
        let missing: Vec<u64> = (0..numbers).filter(|number| !found.contains_key(number)).collect();
        assert!(missing.is_empty(), "{} of {numbers} are missing, from {:?} on; {}", missing.len(), missing.first(), self.err());
        assert_eq!(found.len() as u64, numbers, "numbers that nobody wrote");
        found.values().map(|count| count - 1).sum()
    }

    /// Waits until the checkpoint of the only file that is not done is at this offset.
    #[track_caller]
    fn until_safe(&self, offset: u64) {
        let read = || fs::read_to_string(self.path("state/logs.json")).unwrap_or_default();
        wait("a checkpoint", || read().contains(&format!("\"point\":{{\"offset\":{offset},")), || format!("{offset}: {}", read()));
    }
}

impl Proxy {
    /// As a power cut does it to the process.
    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// As an operator does it.
    #[track_caller]
    fn stop(self) {
        assert!(self.terminate().success());
    }

    fn terminate(mut self) -> std::process::ExitStatus {
        let pid = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        self.0.wait().unwrap()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[track_caller]
fn wait(what: &str, fits: impl Fn() -> bool, said: impl Fn() -> String) {
    let begun = Instant::now();
    while !fits() {
        assert!(begun.elapsed() < DEADLINE, "waited too long for {what}; {}", said());
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Records with these numbers, of about 250 bytes.
fn records(numbers: std::ops::Range<u64>) -> String {
    let mut text = String::new();
    for number in numbers {
        let _ = writeln!(
            text,
            "{{\"n\":{number},\"level\":\"info\",\"msg\":\"step done, loss went down, checkpoint written to the shared folder of the run\",\"queue\":\"default\",\"worker\":\"gpu-node-17\",\"state\":\"the next batch is being loaded and the clock is ticking\"}}"
        );
    }
    text
}

fn append(path: &Path, text: impl AsRef<[u8]>) {
    OpenOptions::new().create(true).append(true).open(path).unwrap().write_all(text.as_ref()).unwrap();
}

fn size(path: &Path) -> u64 {
    File::open(path).unwrap().metadata().unwrap().len()
}
