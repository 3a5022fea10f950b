//! Literal anchors: from a prefilter hit to the anchors that really stand there.
//!
//! The prefilter planes may fire on look-alikes; here the exact byte sets of the buckets
//! that agree are compared.
#![expect(clippy::indexing_slicing, reason = "tables of 256 entries, indexed by a byte")]

use crate::engine::catalog::{ANYWHERE, ANYWHERE_BUCKETS, Anchor, Prefilter, WORD_A, WORD_A_BUCKETS, WORD_B, WORD_B_BUCKETS};

/// Calls `each` for every anchor whose window starts at `at`.
#[inline]
pub(crate) fn anchors_at(hay: &[u8], at: usize, mut each: impl FnMut(&'static Anchor)) {
    let window = match hay.get(at..).and_then(|rest| rest.first_chunk::<4>()) {
        Some(four) => *four,
        None => std::array::from_fn(|offset| hay.get(at + offset).copied().unwrap_or(0)),
    };
    for (prefilter, buckets) in [(&WORD_A, &WORD_A_BUCKETS), (&WORD_B, &WORD_B_BUCKETS), (&ANYWHERE, &ANYWHERE_BUCKETS)] {
        let mut agree = buckets_of(prefilter, window);
        while agree != 0 {
            for anchor in buckets.get(agree.trailing_zeros() as usize).copied().unwrap_or_default() {
                if stands_in(anchor, window) {
                    each(anchor);
                }
            }
            agree &= agree - 1;
        }
    }
}

/// The buckets that have an anchor for each position of the window.
#[inline]
fn buckets_of(prefilter: &Prefilter, window: [u8; 4]) -> u8 {
    let [first, second, third, fourth] = &prefilter.bytes;
    let [a, b, c, d] = window;
    first[usize::from(a)] & second[usize::from(b)] & third[usize::from(c)] & fourth[usize::from(d)]
}

#[inline]
fn stands_in(anchor: &Anchor, window: [u8; 4]) -> bool {
    (u32::from_le_bytes(window) | anchor.fold) & anchor.care == anchor.value
        && anchor.sets.iter().zip(window).all(|(set, byte)| set.contains(byte))
}
