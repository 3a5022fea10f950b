//! Records of several lines: which line begins one.

use crate::config::Problems;
use crate::config::fields::Fields;
use regex_automata::meta::Regex;
use std::time::Duration;

/// How lines are joined, and how many.
#[derive(Clone)]
pub(super) struct Multiline {
    start: Start,
    pub(super) lines: usize,
    pub(super) wait: Duration,
}

#[derive(Clone)]
enum Start {
    /// A line that matches begins a record.
    Pattern(Regex),
    /// Every line does that is no part of a traceback.
    Traceback,
}

/// What was seen of a record so far.
#[derive(Default)]
pub(super) struct Seen {
    /// In a traceback of Python, whose last line stands at the margin.
    python: bool,
}

const FORM: &str = "`traceback`, or a map such as `{ start: '^\\d{4}-', lines: 500, wait: 1s }`";
const EXPRESSION: &str = "a regular expression of at most 1 MiB compiled, without look-around and back-references, such as `'^\\d{4}-'`";
/// Memory of a compiled pattern, in bytes.
const PATTERN: usize = 1 << 20;

impl Multiline {
    pub(super) fn read(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Self> {
        let at = fields.take("multiline")?;
        let mut multiline = Self { start: Start::Traceback, lines: 500, wait: Duration::from_secs(1) };
        if !at.is_map() {
            at.choice(problems, &[("traceback", ())])?;
            return Some(multiline);
        }
        let mut map = at.map(problems, FORM)?;
        let preset = map.take("preset").map(|preset| preset.choice(problems, &[("traceback", ())]));
        let start = map.take("start");
        if preset.is_some() == start.is_some() {
            at.wrong_as(problems, "not one of `start` and `preset`", FORM);
        }
        if let Some(start) = start {
            let config = Regex::config().nfa_size_limit(Some(PATTERN)).hybrid_cache_capacity(PATTERN);
            let syntax = regex_automata::util::syntax::Config::new().utf8(false);
            let pattern = start.text(problems, EXPRESSION).unwrap_or_default();
            match Regex::builder().configure(config.utf8_empty(false)).syntax(syntax).build(pattern) {
                Ok(pattern) => multiline.start = Start::Pattern(pattern),
                Err(_) => start.wrong_as(problems, "text that is none, or too large a one", EXPRESSION),
            }
        }
        if let Some(lines) = map.take("lines").and_then(|lines| lines.number(problems, 2, 100_000)) {
            multiline.lines = lines as usize;
        }
        if let Some(wait) = map.take("wait").and_then(|wait| wait.duration_within(problems, "1ms", "1h")) {
            multiline.wait = wait;
        }
        map.finish(problems);
        Some(multiline)
    }

    /// Whether a line begins a record.
    pub(super) fn starts(&self, line: &[u8], seen: &mut Seen) -> bool {
        match &self.start {
            Start::Pattern(pattern) => pattern.is_match(line),
            Start::Traceback => !goes_on(line, seen),
        }
    }
}

/// Whether a line belongs to the traceback above it.
fn goes_on(line: &[u8], seen: &mut Seen) -> bool {
    const AT_MARGIN: [&[u8]; 6] = [
        b"Caused by:",
        b"Suppressed:",
        b"Traceback (most recent call last)",
        b"During handling of the above exception",
        b"The above exception was the direct cause",
        b"...",
    ];
    if line.starts_with(b"Traceback (most recent call last)") {
        seen.python = true;
        return true;
    }
    if line.is_empty() || matches!(line.first(), Some(b' ' | b'\t')) {
        return true;
    }
    // The line with the exception itself.
    if std::mem::take(&mut seen.python) {
        return true;
    }
    AT_MARGIN.iter().any(|text| line.starts_with(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tracebacks_belong_to_the_line_above() {
        let multiline = Multiline { start: Start::Traceback, lines: 9, wait: Duration::ZERO };
        let text = "ERROR failed\nTraceback (most recent call last):\n  File \"a.py\", line 1\nValueError: no\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"b.py\"\nKeyError: 1\nINFO next\njava.lang.Error: x\n\tat a.B(C.java:1)\nCaused by: y\n\t... 3 more\nINFO last";
        let mut seen = Seen::default();
        let starts: Vec<&str> = text.lines().filter(|line| multiline.starts(line.as_bytes(), &mut seen)).collect();
        assert_eq!(starts, ["ERROR failed", "INFO next", "java.lang.Error: x", "INFO last"]);
    }
}
