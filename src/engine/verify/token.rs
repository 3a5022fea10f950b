//! Token programs: data-only patterns such as `hf_[A-Za-z]{34,}`.

use super::scan::{Scan, Source};
use crate::engine::catalog::{Item, PROGRAMS};

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
    let Some(end) = run(scan.hay, start, program.items) else {
        scan.refuse(program.kind, start, start, "prefix without the rest of the token");
        return;
    };
    if scan.byte(end).is_ascii_alphanumeric() {
        scan.refuse(program.kind, start, end, "longer than the token can be");
        return;
    }
    scan.done.token = scan.done.token.max(end);
    scan.accept_alone(program.kind, start, end, Source::Format);
}

/// One past the end of the token at `start`, if all items are there.
fn run(hay: &[u8], start: usize, items: &[Item]) -> Option<usize> {
    let mut at = start;
    for item in items {
        let room = hay.get(at..hay.len().min(at + usize::from(item.max)))?;
        let taken = room.iter().position(|byte| !item.set.contains(*byte)).unwrap_or(room.len());
        if taken < usize::from(item.min) {
            return None;
        }
        at += taken;
    }
    Some(at)
}

/// Whether a whole value is a token of the kind.
#[cfg(any(test, feature = "test-hooks"))]
pub(crate) fn matches_program(kind: &'static crate::engine::catalog::Kind, value: &[u8]) -> bool {
    PROGRAMS.iter().any(|program| {
        program.kind.builtin().is_some_and(|own| std::ptr::eq(own, kind)) && run(value, 0, program.items) == Some(value.len())
    })
}
