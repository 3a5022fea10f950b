//! Stages one by one, for the benchmark: what each adds to the one before.

use super::Engine;
use super::candidates::shapes::{Family, Hits};
use super::classify::{self, Planes};
use super::mask::{self, Output};
use super::scanner::Scanner;
use super::tally::Tally;

/// How far a scan goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Byte classes, shapes and literal prefilters: candidates are only counted.
    Candidates,
    /// Verifiers as well.
    Verify,
    /// Overlaps settled as well.
    Resolve,
    /// Output written as well.
    Mask,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 4] = [Self::Candidates, Self::Verify, Self::Resolve, Self::Mask];
}

/// Scratch memory of a measurement.
pub struct Measure {
    scanner: Scanner,
    planes: Box<Planes>,
    hits: Hits,
    out: Output,
}

impl Default for Measure {
    fn default() -> Self {
        Self { scanner: Scanner::new(), planes: Planes::new(), hits: Hits::new(), out: Output::default() }
    }
}

impl Measure {
    /// Runs one block of whole records through the stages up to `stage`; returns how many
    /// candidates, findings or output bytes came out.
    pub fn run(&mut self, engine: &Engine, block: &[u8], stage: Stage) -> usize {
        match stage {
            Stage::Candidates => self.candidates(engine, block).iter().map(|(_, count)| count).sum(),
            Stage::Verify => self.scanner.verify_only(engine, block),
            Stage::Resolve | Stage::Mask => {
                self.scanner.scan(engine, block, true);
                if stage == Stage::Mask {
                    self.out.bytes.clear();
                    let Scanner { spans, rewritten, .. } = &self.scanner;
                    mask::write(engine, block, 0, spans, rewritten, &mut self.out, &mut Tally::default());
                    return self.out.bytes.len();
                }
                self.scanner.spans.len()
            }
        }
    }

    /// Candidates of a block by family.
    pub fn candidates(&mut self, engine: &Engine, block: &[u8]) -> Vec<(String, usize)> {
        let mut counts = [0; Family::ALL.len()];
        self.hits.wants(&engine.settings);
        classify::scan(engine.kernel(), block, &mut self.planes, &mut self.hits, &mut |hits| {
            for (count, family) in counts.iter_mut().zip(Family::ALL) {
                *count += hits.of(family).len();
            }
        });
        Family::ALL.iter().map(|family| format!("{family:?}").to_lowercase()).zip(counts).collect()
    }
}
