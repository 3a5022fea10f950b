//! How far a replay is, on standard error: a line that is drawn again on a terminal, or JSON lines.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use hushlog::replay::Meters;
use serde::Serialize;

use crate::cli::text::{bytes, counted};

/// Carriage return, then "erase to the end of the line" (ECMA-48).
const ERASE: &str = "\r\x1b[K";

/// How progress is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Form {
    /// A line on a terminal, nothing elsewhere
    #[default]
    Auto,
    /// A JSON object a second
    Json,
    /// Nothing
    None,
}

/// The names and their order are stable.
#[derive(Serialize)]
struct State {
    files: u64,
    files_done: u64,
    bytes: u64,
    bytes_read: u64,
    bytes_per_second: u64,
    eta_seconds: Option<u64>,
    findings: u64,
}

impl Form {
    /// Shows the progress of some work.
    pub(super) fn during<T>(self, meters: &Meters, work: impl FnOnce() -> T) -> T {
        if self == Self::None || self == Self::Auto && !io::stderr().is_terminal() {
            return work();
        }
        let interval = Duration::from_millis(if self == Self::Json { 1000 } else { 200 });
        let (done, ended) = mpsc::channel::<()>();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                while ended.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
                    self.show(&State::of(meters));
                }
                if self == Self::Json {
                    self.show(&State::of(meters));
                } else {
                    let _ = write!(io::stderr(), "{ERASE}");
                }
            });
            let result = work();
            drop(done);
            result
        })
    }

    fn show(self, state: &State) {
        let text =
            if self == Self::Json { serde_json::to_string(state).unwrap_or_default() + "\n" } else { format!("{ERASE}{}", state.line()) };
        let mut stderr = io::stderr();
        let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
    }
}

impl State {
    fn of(meters: &Meters) -> Self {
        let [files, files_done, bytes, read, skipped, findings] =
            [&meters.files, &meters.done, &meters.bytes, &meters.read, &meters.skipped, &meters.findings]
                .map(|counter| counter.load(Ordering::Relaxed));
        let millis = u64::try_from(meters.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
        let speed = read.saturating_sub(skipped).saturating_mul(1000) / millis;
        let eta_seconds = bytes.saturating_sub(read).checked_div(speed);
        Self { files, files_done, bytes, bytes_read: read, bytes_per_second: speed, eta_seconds, findings }
    }

    fn line(&self) -> String {
        let eta = self.eta_seconds.map_or_else(String::new, |left| format!("  {}:{:02} left", left / 60, left % 60));
        format!(
            "{} of {} files  {} of {}  {}/s{eta}  {}",
            self.files_done,
            self.files,
            bytes(self.bytes_read),
            bytes(self.bytes),
            bytes(self.bytes_per_second),
            counted(self.findings, "findings")
        )
    }
}
