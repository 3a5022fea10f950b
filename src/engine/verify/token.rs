//! Token programs: data-only patterns such as `hf_[A-Za-z]{34,}`.

use super::phrases;
use super::scan::{Scan, Source};
use crate::engine::catalog::{Item, PROGRAMS, id};

/// Tries one token program with its first byte at `start`.
pub(crate) fn program(scan: &mut Scan<'_>, program: u16, start: usize) {
    let Some(program) = PROGRAMS.get(usize::from(program)) else { return };
    if !program.any_left && !scan.word_may_start(start) {
        scan.refuse(program.kind, start, start, "part of a longer word");
        return;
    }
    // A prefix repeated inside a long token starts no other one.
    if start < scan.done.token && scan.done.token - start > 1024 {
        return;
    }
    let Some(end) = run(scan.hay, start, program.items, &mut scan.done.run) else {
        scan.refuse(program.kind, start, start, "prefix without the rest of the token");
        return;
    };
    if scan.byte(end).is_ascii_alphanumeric() {
        scan.refuse(program.kind, start, end, "longer than the token can be");
        return;
    }
    scan.done.token = scan.done.token.max(end);
    scan.accept_alone(program.kind, start, end, Source::Format);
    if program.kind == id::AWS_ACCESS_KEY_ID {
        phrases::behind_key_id(scan, end);
    }
}

/// One past the end of the token at `start`, if all items are there.
fn run(hay: &[u8], start: usize, items: &[Item], seen: &mut Run) -> Option<usize> {
    let mut at = start;
    for item in items {
        let most = usize::from(item.max);
        let taken = if most < LONG {
            let room = hay.get(at..hay.len().min(at + most))?;
            room.iter().position(|byte| !item.set.contains(*byte)).unwrap_or(room.len())
        } else {
            seen.end(hay, at, item).saturating_sub(at).min(most)
        };
        if taken < usize::from(item.min) {
            return None;
        }
        at += taken;
    }
    Some(at)
}

/// Items that may take as many bytes remember where their run ended.
const LONG: usize = 64;

/// The run of one set of bytes that was seen last, so that starts repeated in it cost one search.
#[derive(Default)]
pub(crate) struct Run {
    set: [u64; 4],
    start: usize,
    end: usize,
}

impl Run {
    /// One past the run of the item's bytes at `at`.
    fn end(&mut self, hay: &[u8], at: usize, item: &Item) -> usize {
        if self.set != item.set.0 || !(self.start..self.end).contains(&at) {
            let rest = hay.get(at..).unwrap_or_default();
            let length = rest.iter().position(|byte| !item.set.contains(*byte)).unwrap_or(rest.len());
            *self = Self { set: item.set.0, start: at, end: at + length };
        }
        self.end
    }
}

/// Whether a whole value is a token of the kind.
#[cfg(any(test, feature = "test-hooks"))]
pub(crate) fn matches_program(kind: &'static crate::engine::catalog::Kind, value: &[u8]) -> bool {
    PROGRAMS.iter().any(|program| {
        program.kind.builtin().is_some_and(|own| std::ptr::eq(own, kind))
            && run(value, 0, program.items, &mut Run::default()) == Some(value.len())
    })
}
