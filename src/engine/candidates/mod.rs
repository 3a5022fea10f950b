//! Bit planes to candidates: places where a verifier should look.
//!
//! Second step of a scan. Shapes come out of the planes in vector registers, literal
//! anchors out of the prefilter plane, keys out of the separators. A candidate decides
//! nothing: every verifier checks the bytes again from scratch, so that running all
//! verifiers at every position gives the same findings (the oracle of the tests).

pub(crate) mod keys;
pub(crate) mod literals;
pub(crate) mod national;
pub(crate) mod people;
pub(crate) mod shapes;

/// Keeps the offsets that are wanted, in order, at the front of `list`; returns how many.
///
/// Without a branch for one: nothing says which will be.
#[inline(always)]
fn retain(list: &mut [u32], wanted: impl Fn(usize) -> bool) -> usize {
    let mut kept = 0;
    for at in 0..list.len() {
        let Some(offset) = list.get(at).copied() else { break };
        if let Some(slot) = list.get_mut(kept) {
            *slot = offset;
        }
        kept += usize::from(wanted(offset as usize));
    }
    kept
}
