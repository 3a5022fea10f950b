//! The register a kernel computes shapes in: one or more 64-bit words at once.
//!
//! Shape algebra is written once, against this trait. `behind::<K>` is the heart of
//! it: the plane as seen K bytes later, with the bits that cross a word boundary
//! coming from the word before.

use super::WORDS as SPAN_WORDS;

/// A row of 64-bit words of one plane.
pub(crate) trait Lanes: Copy {
    /// Words in the row.
    const WORDS: usize;

    /// A row of zeros.
    fn zero() -> Self;
    /// Reads a row of a plane from word `at`, a multiple of the row's length.
    fn load(plane: &[u64; SPAN_WORDS], at: usize) -> Self;
    /// Writes the row.
    fn store(self, words: &mut [u64; 8]);
    fn and(self, other: Self) -> Self;
    fn or(self, other: Self) -> Self;
    /// `self & !other`.
    fn without(self, other: Self) -> Self;
    /// Bit i of the result is bit i - K of the plane; `before` is the row before this one.
    fn behind<const K: i32>(self, before: Self) -> Self;
    /// Writes `start` plus the position of each of the first bits set; returns how many it looked for.
    ///
    /// As many are written whatever the word holds, because a branch on the number of bits
    /// would be mispredicted more often than not.
    #[inline(always)]
    fn positions(mut bits: u64, start: u32, room: &mut [u32; 16]) -> usize {
        const AHEAD: usize = 4;
        for slot in room.iter_mut().take(AHEAD) {
            *slot = start + bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
        }
        AHEAD
    }
    /// Which words are not zero, one bit each.
    fn occupied(self) -> u8;
}

/// One 64-bit word: the portable row.
#[derive(Clone, Copy)]
pub(crate) struct Word(pub(crate) u64);

impl Lanes for Word {
    const WORDS: usize = 1;

    #[inline(always)]
    fn zero() -> Self {
        Self(0)
    }
    #[inline(always)]
    fn load(plane: &[u64; SPAN_WORDS], at: usize) -> Self {
        Self(plane.get(at).copied().unwrap_or(0))
    }
    #[inline(always)]
    fn store(self, words: &mut [u64; 8]) {
        words[0] = self.0;
    }
    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    #[inline(always)]
    fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
    #[inline(always)]
    fn behind<const K: i32>(self, before: Self) -> Self {
        Self(self.0 << K | before.0 >> (64 - K))
    }
    #[inline(always)]
    fn occupied(self) -> u8 {
        u8::from(self.0 != 0)
    }
}
