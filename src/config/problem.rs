//! What is wrong with a configuration: where, what was found, what is allowed.
//!
//! All problems of a file are collected and said at once. Of a value only its type is said,
//! never the value: it may be a secret that stands in the wrong place.

use std::fmt;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Counted from 1.
    pub line: usize,
    /// Key path, such as `sinks.cw.region` or `routes[0].to`; empty for the file.
    pub path: String,
    /// What stands there.
    pub found: String,
    /// What may stand there, or what to do.
    pub allowed: String,
}

impl Problem {
    pub(crate) fn new(line: usize, path: &str, found: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self { line, path: path.to_owned(), found: found.into(), allowed: allowed.into() }
    }

    pub(crate) fn syntax(line: usize, column: usize) -> Self {
        let allowed = "YAML; look for a missing colon, bracket or quote, or for tabs, there or on the line before";
        Self::new(line, "", format!("text in column {column} that is no YAML"), allowed)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        if !self.path.is_empty() {
            write!(f, "`{}`: ", self.path)?;
        }
        write!(f, "found {}; allowed: {}", self.found, self.allowed)
    }
}

/// Everything that is wrong with one file, in the order of its lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    list: Vec<Problem>,
}

impl Problems {
    pub(crate) fn add(&mut self, problem: Problem) {
        self.list.push(problem);
    }

    /// In the order of the lines.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.list.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(crate) fn sort(&mut self) {
        self.list.sort_by_key(|problem| problem.line);
    }
}

impl std::error::Error for Problems {}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.list.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            write!(f, "  {problem}")?;
        }
        Ok(())
    }
}
