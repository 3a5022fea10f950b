//! Literal anchors: from a prefilter hit to the anchors that really stand there.
//!
//! The prefilter plane may fire on nibble look-alikes; here the exact byte sets of the
//! buckets that agree are compared.

use crate::engine::catalog::{Anchor, BUCKETS, PREFILTER};

/// Calls `each` for every anchor whose window starts at `at`.
#[inline]
pub(crate) fn anchors_at(hay: &[u8], at: usize, mut each: impl FnMut(&'static Anchor)) {
    let window: [u8; 4] = std::array::from_fn(|offset| hay.get(at + offset).copied().unwrap_or(0));
    let mut buckets = PREFILTER
        .bytes
        .iter()
        .zip(window)
        .fold(0xffu8, |agree, (table, byte)| agree & table.get(usize::from(byte)).copied().unwrap_or(0));
    while buckets != 0 {
        let bucket = BUCKETS.get(buckets.trailing_zeros() as usize).copied().unwrap_or_default();
        for anchor in bucket {
            if anchor.sets.iter().zip(window).all(|(set, byte)| set.contains(byte)) {
                each(anchor);
            }
        }
        buckets &= buckets - 1;
    }
}
