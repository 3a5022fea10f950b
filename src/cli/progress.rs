//! One line on standard error that says how far a long run is.
//!
//! Shown only where it disturbs nothing: standard error is a terminal, the output does
//! not go to one, and all inputs are files, whose sizes are known. Drawn at most ten
//! times a second and erased at the end.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use super::input::{Count, Source};
use super::text::{bytes, counted};

/// Time between two drawings.
const INTERVAL: Duration = Duration::from_millis(100);
/// Carriage return, then "erase to the end of the line" (ECMA-48).
const ERASE: &str = "\r\x1b[K";

/// The line, or nothing where it is not shown.
pub(super) struct Progress {
    line: Option<Line>,
}

struct Line {
    total: u64,
    read: Count,
    started: Instant,
    drawn: Option<Instant>,
}

impl Progress {
    /// `to_terminal` says whether the output is a terminal.
    pub(super) fn new(sources: &[Source], read: &Count, to_terminal: bool) -> Self {
        let total: Option<u64> = sources.iter().map(Source::size).sum();
        let shown = !to_terminal && io::stderr().is_terminal();
        Self { line: total.filter(|_| shown).map(|total| Line { total, read: Count::clone(read), started: Instant::now(), drawn: None }) }
    }

    /// Draws the line if it is time to. Only then asks for the number of findings.
    pub(super) fn tick(&mut self, findings: impl FnOnce() -> u64) {
        let Some(line) = &mut self.line else {
            return;
        };
        let now = Instant::now();
        if now.duration_since(line.drawn.unwrap_or(line.started)) < INTERVAL {
            return;
        }
        line.drawn = Some(now);
        let elapsed = now.duration_since(line.started);
        let text = describe(line.read.get(), line.total, elapsed, findings());
        let mut stderr = io::stderr();
        let _ = write!(stderr, "{ERASE}{text}").and_then(|()| stderr.flush());
    }

    /// Erases the line, before something else is printed and at the end.
    pub(super) fn erase(&mut self) {
        if let Some(line) = &mut self.line
            && line.drawn.take().is_some()
        {
            let _ = write!(io::stderr(), "{ERASE}");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.erase();
    }
}

fn describe(read: u64, total: u64, elapsed: Duration, findings: u64) -> String {
    let percent = (read.saturating_mul(100)).checked_div(total).unwrap_or(100).min(100);
    let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
    let speed = read.checked_div(micros).unwrap_or(0);
    format!("{} of {}  {percent} %  {speed} MB/s  {}", bytes(read), bytes(total), counted(findings, "findings"),)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_how_fast_and_how_much() {
        let second = Duration::from_secs(1);
        let text = describe(1_300_000_000, 5_000_000_000, second, 12_345);
        assert_eq!(text, "1.3 GB of 5.0 GB  26 %  1300 MB/s  12 345 findings");
        assert_eq!(describe(0, 0, Duration::ZERO, 1), "0 B of 0 B  100 %  0 MB/s  1 finding");
    }

    #[test]
    fn a_file_that_grew_is_not_over_the_whole() {
        let text = describe(20, 10, Duration::from_secs(1), 0);
        assert!(text.contains("100 %"), "{text}");
    }
}
