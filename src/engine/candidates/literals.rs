//! Literal anchors: from a prefilter hit to the anchors that really stand there.
//!
//! The prefilter planes may fire on look-alikes; here the exact byte sets of the anchors
//! that begin with the same two bytes are compared.

#![expect(clippy::indexing_slicing, reason = "tables of 256 entries, indexed by a byte")]

use crate::engine::catalog::{ANCHOR_LISTS, ANCHOR_STARTS, ANCHORS, Anchor, LITERALS};

/// Calls `each` for every anchor whose window starts at `at`.
#[inline]
pub(crate) fn anchors_at(hay: &[u8], at: usize, mut each: impl FnMut(&'static Anchor)) {
    let window = match hay.get(at..).and_then(|rest| rest.first_chunk::<4>()) {
        Some(four) => *four,
        None => std::array::from_fn(|offset| hay.get(at + offset).copied().unwrap_or(0)),
    };
    if buckets_of(window) == 0 {
        return;
    }
    let [first, second, ..] = window;
    let slot = pair_slot(first, second);
    let [Some(start), Some(end)] = [ANCHOR_STARTS.get(slot), ANCHOR_STARTS.get(slot + 1)] else { return };
    for at in ANCHOR_LISTS.get(usize::from(*start)..usize::from(*end)).unwrap_or_default() {
        if let Some(anchor) = ANCHORS.get(usize::from(*at)).filter(|anchor| stands_in(anchor, window)) {
            each(anchor);
        }
    }
}

/// The buckets, one bit each, that have an anchor with every byte of the window in its place.
#[inline]
pub(crate) fn buckets_of(window: [u8; 4]) -> u64 {
    let [first, second, third, fourth] = &LITERALS;
    let [a, b, c, d] = window;
    first[usize::from(a)] & second[usize::from(b)] & third[usize::from(c)] & fourth[usize::from(d)]
}

/// Slot of the anchors that begin with two bytes; the same as in patterns/build/anchors.rs.
#[inline]
fn pair_slot(first: u8, second: u8) -> usize {
    usize::from((u16::from(first) << 8 | u16::from(second)).wrapping_mul(0x9E37) >> 4)
}

/// Whether an anchor's window is `window`.
#[inline]
pub(crate) fn stands_in(anchor: &Anchor, window: [u8; 4]) -> bool {
    (u32::from_le_bytes(window) | anchor.fold) & anchor.care == anchor.value
        && anchor.sets.iter().zip(window).all(|(set, byte)| set.contains(byte))
}
