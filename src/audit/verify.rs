//! Checking an audit log: every line against the one before it, every seal against its key.
//!
//! Stops at the first thing that is wrong and names it. What was cut off the end cannot be seen from the
//! file alone: that takes a head that was kept elsewhere.

use super::key::PublicKeys;
use super::line::{self, DOMAIN, Head, Line};
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead, Read};

/// Lines of a part that are remembered.
const SEEN: usize = 100_000;

/// What is wrong with a log. Lines are counted from 1, as an editor does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// There is no whole line: nothing is vouched for.
    Empty,
    /// The bytes of a line do not fit its hash.
    Edited {
        /// The line.
        line: u64,
    },
    /// Lines are not there.
    Missing {
        /// Line where they should stand.
        line: u64,
        /// First sequence that is missing.
        from: u64,
        /// Last one.
        to: u64,
    },
    /// Lines stand in another order.
    Moved {
        /// The first of them.
        line: u64,
        /// Its sequence.
        found: u64,
        /// The one that belongs there.
        expected: u64,
    },
    /// A line holds another hash than that of the line before.
    Rewritten {
        /// The line; itself or the one before it was written anew.
        line: u64,
    },
    /// A seal does not fit: lines since the seal before were written anew without the key.
    Recomputed {
        /// The seal.
        line: u64,
        /// Last sequence that an earlier seal vouches for.
        sealed_to: u64,
    },
    /// A seal was made with a key that was not given.
    UnknownKey {
        /// The seal.
        line: u64,
    },
    /// Lines went without a seal for longer than the program lets them.
    Unsealed {
        /// The first of them.
        line: u64,
    },
    /// The log ends before the head.
    Truncated {
        /// Last sequence in the file.
        last: u64,
        /// Sequence of the head.
        head: u64,
    },
    /// The line of the head's sequence has another hash.
    OtherHead {
        /// Sequence of the head.
        head: u64,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the log has no line: one that a program wrote begins with its start"),
            Self::Edited { line } => write!(f, "line {line} was edited: its bytes do not fit its hash"),
            Self::Missing { line, from, to } => write!(f, "lines are missing before line {line}: sequence {from} to {to}"),
            Self::Moved { line, found, expected } => write!(f, "line {line} was moved: it has sequence {found} where {expected} belongs"),
            Self::Rewritten { line } => write!(f, "line {line} does not follow the line before it: one of both was written anew"),
            Self::Recomputed { line, sealed_to } => {
                write!(
                    f,
                    "the seal in line {line} does not fit: the chain was recomputed without the key after sequence {sealed_to}, the last that a seal vouches for"
                )
            }
            Self::UnknownKey { line } => write!(f, "the seal in line {line} was made with a key that was not given"),
            Self::Unsealed { line } => write!(f, "seals are missing: none follows line {line} in time"),
            Self::Truncated { last, head } => write!(f, "the end was cut off: the file ends with sequence {last}, the head is {head}"),
            Self::OtherHead { head } => write!(f, "the chain was recomputed: sequence {head} has another hash than the head"),
        }
    }
}

/// What came of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// The last line that is as it was written.
    pub head: Head,
    /// Last sequence that a seal vouches for.
    pub sealed_to: u64,
    /// Bytes of a last line that a crash tore; 0 if the last line is whole.
    pub torn: u64,
    /// Whether a head that was kept elsewhere was found in the log.
    pub anchored: bool,
    /// What is wrong; nothing else was looked at behind it.
    pub problem: Option<Problem>,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "intact to {}, sealed to {}", self.head.sequence, self.sealed_to)?;
        match &self.problem {
            Some(problem) => write!(f, "; {problem}")?,
            None if self.anchored => f.write_str(", end anchored")?,
            None => f.write_str(", end not anchored")?,
        }
        if self.torn > 0 {
            write!(f, "; the last line is torn ({} bytes), as by a crash while it was written", self.torn)?;
        }
        Ok(())
    }
}

/// Checks a log. `anchor` is a head that was kept elsewhere; a `part` may begin with any sequence.
///
/// # Errors
/// If the log cannot be read.
pub fn verify(log: impl BufRead, keys: &PublicKeys, anchor: Option<Head>, part: bool) -> io::Result<Verdict> {
    let mut state =
        State { verdict: Verdict::default(), keys, anchor, part, seen: BTreeMap::new(), line: 0, unsealed: None, seal_ms: None };
    state.run(log)?;
    Ok(state.verdict)
}

/// The head of a log: its last whole line. `None` if that line was changed.
///
/// # Errors
/// If the log cannot be read.
pub fn last(mut log: impl BufRead) -> io::Result<Option<Head>> {
    let (mut text, mut head) = (Vec::new(), Some(Head::default()));
    while next(&mut log, &mut text)? && text.ends_with(b"\n") {
        text.pop();
        head = Line::read(&text).map(|line| line.head);
    }
    Ok(head)
}

struct State<'k> {
    verdict: Verdict,
    keys: &'k PublicKeys,
    anchor: Option<Head>,
    part: bool,
    /// Hashes of a part's lines: a sink may hold some twice.
    seen: BTreeMap<u64, [u8; 32]>,
    /// Lines read.
    line: u64,
    /// The first line behind the last seal, and its time.
    unsealed: Option<(u64, u64)>,
    /// Longest time without a seal.
    seal_ms: Option<u64>,
}

impl State<'_> {
    fn run(&mut self, mut log: impl BufRead) -> io::Result<()> {
        let mut text = Vec::new();
        while next(&mut log, &mut text)? {
            self.line += 1;
            let whole = text.strip_suffix(b"\n");
            let Some(line) = whole else {
                if line::has_more_than_a_line(&text) || text.len() > line::MAX {
                    self.verdict.problem = Some(Problem::Edited { line: self.line });
                } else {
                    self.verdict.torn = text.len() as u64;
                }
                break;
            };
            if let Err(problem) = self.step(line) {
                self.verdict.problem = Some(self.missing_or_moved(problem, &mut log)?);
                return Ok(());
            }
        }
        if self.verdict.problem.is_none() {
            self.end();
        }
        if self.verdict.problem.is_none() && self.verdict.head == Head::default() {
            self.verdict.problem = Some(Problem::Empty);
        }
        Ok(())
    }

    fn step(&mut self, text: &[u8]) -> Result<(), Problem> {
        let line = Line::read(text).ok_or(Problem::Edited { line: self.line })?;
        let before = self.verdict.head;
        let expected = before.sequence + 1;
        let begins_part = self.part && self.line == 1;
        if line.head.sequence > expected && !begins_part {
            return Err(Problem::Missing { line: self.line, from: expected, to: line.head.sequence - 1 });
        }
        if self.part {
            if self.seen.get(&line.head.sequence) == Some(&line.head.hash) {
                return Ok(());
            }
            if self.seen.len() >= SEEN {
                self.seen.pop_first();
            }
            self.seen.insert(line.head.sequence, line.head.hash);
        }
        if line.head.sequence < expected {
            return Err(Problem::Moved { line: self.line, found: line.head.sequence, expected });
        }
        if line.prev != before.hash && !begins_part {
            return Err(Problem::Rewritten { line: self.line });
        }
        self.seals(&line)?;
        if self.anchor.is_some_and(|anchor| anchor.sequence == line.head.sequence && anchor.hash != line.head.hash) {
            return Err(Problem::OtherHead { head: line.head.sequence });
        }
        self.verdict.anchored |= self.anchor == Some(line.head);
        self.verdict.head = line.head;
        if line.seal.is_some() {
            self.verdict.sealed_to = line.head.sequence;
        }
        Ok(())
    }

    fn seals(&mut self, line: &Line<'_>) -> Result<(), Problem> {
        self.seal_ms = line.seal_ms.or(self.seal_ms);
        let Some(seal) = &line.seal else {
            let time = line.time.unwrap_or(0);
            let (first, since) = *self.unsealed.get_or_insert((self.line, time));
            // A start may come long after a crash that left its last lines without a seal.
            let late = self.seal_ms.is_some_and(|most| time.saturating_sub(since) > most.saturating_mul(3) + 10_000);
            if late && line.seal_ms.is_none() {
                return Err(Problem::Unsealed { line: first });
            }
            if line.seal_ms.is_some() {
                self.unsealed = Some((self.line, time));
            }
            return Ok(());
        };
        self.unsealed = None;
        match self.keys.verify(&seal.key, &[DOMAIN, seal.signed].concat(), &seal.signature) {
            Some(true) => Ok(()),
            Some(false) => Err(Problem::Recomputed { line: self.line, sealed_to: self.verdict.sealed_to }),
            None => Err(Problem::UnknownKey { line: self.line }),
        }
    }

    /// Lines that are missing here may stand further down.
    fn missing_or_moved(&self, problem: Problem, log: &mut impl BufRead) -> io::Result<Problem> {
        let Problem::Missing { line, from, to } = problem else { return Ok(problem) };
        let mut text = Vec::new();
        while next(log, &mut text)? {
            if Line::read(text.strip_suffix(b"\n").unwrap_or(&text)).is_some_and(|line| line.head.sequence == from) {
                return Ok(Problem::Moved { line, found: to + 1, expected: from });
            }
        }
        Ok(Problem::Missing { line, from, to })
    }

    fn end(&mut self) {
        if let Some(anchor) = self.anchor
            && !self.verdict.anchored
        {
            let last = self.verdict.head.sequence;
            self.verdict.problem = Some(Problem::Truncated { last, head: anchor.sequence });
        }
    }
}

/// Reads a line with its end; one that is longer than any of ours is cut.
fn next(log: &mut impl BufRead, text: &mut Vec<u8>) -> io::Result<bool> {
    text.clear();
    Ok(log.take(line::MAX as u64 + 1).read_until(b'\n', text)? > 0)
}
