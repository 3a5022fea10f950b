//! Counts by kind while scanning: an index instead of a name, no search, no allocation.

use super::Engine;
use super::catalog::KindId;
use crate::record::Report;

/// What was masked so far.
#[derive(Default)]
pub(crate) struct Tally {
    /// Everything but the kinds.
    pub(crate) report: Report,
    kinds: Vec<(u64, u64)>,
}

impl Tally {
    /// Counts one finding of `bytes` input bytes.
    pub(crate) fn add(&mut self, kind: KindId, bytes: usize) {
        let at = usize::from(kind.0);
        if at >= self.kinds.len() {
            self.kinds.resize(at + 1, (0, 0));
        }
        if let Some((findings, total)) = self.kinds.get_mut(at) {
            *findings += 1;
            *total += bytes as u64;
        }
    }

    /// The counts with names.
    pub(crate) fn report(&self, engine: &Engine) -> Report {
        let mut report = self.report.clone();
        for (at, (findings, bytes)) in self.kinds.iter().enumerate().filter(|(_, (findings, _))| *findings > 0) {
            report.add(engine.name(KindId(at as u16)).id, *findings, *bytes);
        }
        report
    }
}
