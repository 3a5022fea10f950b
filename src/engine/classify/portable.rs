//! The portable kernel: one table look-up a byte, eight classes a 64-bit word.
//!
//! Runs on every processor and is the oracle for the vector kernels.
#![expect(clippy::indexing_slicing, reason = "tables of 256 entries, indexed by a byte")]

use super::{Class, Classify, Planes, Word, drive};
use crate::engine::candidates::literals::buckets_of;
use crate::engine::candidates::shapes::Hits;
use crate::engine::catalog::WORD_BUCKETS;

pub(super) fn scan(hay: &[u8], planes: &mut Planes, hits: &mut Hits, visit: &mut dyn FnMut(&mut Hits)) {
    drive::<Portable, Word>(hay, planes, hits, visit);
}

pub(super) struct Portable;

/// The classes of a byte: bit 0 of byte `c` of the two numbers is set if it belongs to class `c`.
static MEMBERS: [[u64; 2]; 256] = {
    let mut members = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut class = 0;
        while class < CLASSES.len() {
            if belongs(CLASSES[class], byte as u8) {
                members[byte][class / 8] |= 1 << (class % 8 * 8);
            }
            class += 1;
        }
        byte += 1;
    }
    members
};

const fn belongs(class: Class, byte: u8) -> bool {
    match class {
        Class::Digit => byte.is_ascii_digit(),
        Class::Upper => byte.is_ascii_uppercase(),
        Class::Lower => byte.is_ascii_lowercase(),
        Class::Hex => byte.is_ascii_hexdigit() && !byte.is_ascii_digit(),
        Class::Dot => byte == b'.',
        Class::Dash => byte == b'-',
        Class::Space => byte == b' ',
        Class::Colon => byte == b':',
        Class::Equals => byte == b'=',
        Class::Under => byte == b'_',
        Class::Backslash => byte == b'\\',
        Class::Closer => matches!(byte, b')' | b']'),
        Class::Mark => matches!(byte, b'@' | b'+' | b'^' | b'%'),
        Class::WordLiteral | Class::Literal => false,
    }
}

impl Classify for Portable {
    #[inline(always)]
    fn words(hay: &[u8], start: usize, first_word: usize, words: usize, planes: &mut Planes) {
        for at in 0..words {
            let from = start + at * 64;
            let Some(bytes) = hay.get(from..from + 64) else { return };
            word(bytes, first_word + at, planes);
            let Some(window) = hay.get(from..from + 67) else { return };
            let (words, anywhere) = literals(window);
            planes.set(Class::WordLiteral, first_word + at, words);
            planes.set(Class::Literal, first_word + at, anywhere);
        }
    }
}

#[inline(always)]
fn word(bytes: &[u8], at: usize, planes: &mut Planes) {
    // Byte `c` of entry `i`: the bits of class `c` in the i-th eight bytes.
    let (mut first, mut second) = ([0u64; 8], [0u64; 8]);
    for ((chunk, first), second) in bytes.chunks_exact(8).zip(&mut first).zip(&mut second) {
        for (bit, byte) in chunk.iter().enumerate() {
            let [one, other] = MEMBERS[usize::from(*byte)];
            *first |= one << bit;
            *second |= other << bit;
        }
    }
    transpose(&mut first);
    transpose(&mut second);
    for (class, word) in CLASSES.into_iter().zip(first.into_iter().chain(second)) {
        planes.set(class, at, word);
    }
}

/// Transposes eight rows of eight bytes, by halves, quarters and single bytes.
#[inline(always)]
fn transpose(rows: &mut [u64; 8]) {
    const LOW: [(usize, u64); 3] = [(4, 0x0000_0000_ffff_ffff), (2, 0x0000_ffff_0000_ffff), (1, 0x00ff_00ff_00ff_00ff)];
    for (distance, low) in LOW {
        for at in 0..8 {
            if at & distance == 0 {
                let swapped = (rows[at] >> (distance * 8) ^ rows[at + distance]) & low;
                rows[at + distance] ^= swapped;
                rows[at] ^= swapped << (distance * 8);
            }
        }
    }
}

/// The classes that `word` finds, in its order.
pub(super) const CLASSES: [Class; 13] = [
    Class::Digit,
    Class::Upper,
    Class::Lower,
    Class::Hex,
    Class::Dot,
    Class::Dash,
    Class::Space,
    Class::Colon,
    Class::Equals,
    Class::Under,
    Class::Backslash,
    Class::Closer,
    Class::Mark,
];

/// Where an anchor at a word, and one anywhere, may start.
#[inline(always)]
fn literals(window: &[u8]) -> (u64, u64) {
    let (mut words, mut anywhere) = (0, 0);
    for (at, four) in window.windows(4).enumerate() {
        let Ok(four) = <[u8; 4]>::try_from(four) else { break };
        let buckets = buckets_of(four);
        if buckets != 0 {
            words |= u64::from(buckets << (64 - WORD_BUCKETS) != 0) << at;
            anywhere |= u64::from(buckets >> WORD_BUCKETS != 0) << at;
        }
    }
    (words, anywhere)
}
