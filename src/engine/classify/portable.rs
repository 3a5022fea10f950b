//! The portable kernel: eight bytes at a time in 64-bit words.
//!
//! Runs on every processor and is the oracle for the vector kernels.
#![expect(clippy::indexing_slicing, reason = "tables of 256 entries, indexed by a byte")]

use super::{Class, Classify, Planes, Word, drive};
use crate::engine::candidates::shapes::Hits;
use crate::engine::candidates::literals::buckets_of;

pub(super) fn scan(hay: &[u8], planes: &mut Planes, hits: &mut Hits, visit: &mut dyn FnMut(&mut Hits)) {
    drive::<Portable, Word>(hay, planes, hits, visit);
}

pub(super) struct Portable;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;
const LOW: u64 = !HIGH;

/// High bit of each byte of `bytes` that is below `limit` (both below 128).
#[inline(always)]
fn below(bytes: u64, limit: u8) -> u64 {
    // Adding 128 - limit carries into the high bit from `limit` upwards.
    !((bytes & LOW) + ONES * u64::from(128 - limit)) & !bytes & HIGH
}

/// High bit of each byte from `low` to `high`, both included.
#[inline(always)]
fn range(bytes: u64, low: u8, high: u8) -> u64 {
    below(bytes, high + 1) & !below(bytes, low)
}

/// High bit of each byte equal to `byte`.
#[inline(always)]
fn equal(bytes: u64, byte: u8) -> u64 {
    let x = bytes ^ (ONES * u64::from(byte));
    !(((x & LOW) + LOW) | x) & HIGH
}

/// The eight high bits as the low eight bits of a word.
#[inline(always)]
fn gather(high_bits: u64) -> u64 {
    (high_bits >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
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
    let mut sums = [0u64; 13];
    for (index, chunk) in bytes.chunks_exact(8).enumerate() {
        let Ok(chunk) = <[u8; 8]>::try_from(chunk) else { return };
        let x = u64::from_le_bytes(chunk);
        let folded = x | (ONES * 0x20);
        let planes = [
            range(x, b'0', b'9'),
            range(x, b'A', b'Z'),
            range(x, b'a', b'z'),
            range(folded, b'a', b'f') & !(x & HIGH),
            equal(x, b'.'),
            equal(x, b'-'),
            equal(x, b' '),
            equal(x, b':'),
            equal(x, b'='),
            equal(x, b'_'),
            equal(x, b'\\'),
            equal(x, b')') | equal(x, b']'),
            equal(x, b'@') | equal(x, b'+') | equal(x, b'^') | equal(x, b'%'),
        ];
        for (sum, plane) in sums.iter_mut().zip(planes) {
            *sum |= gather(plane) << (index * 8);
        }
    }
    for (class, sum) in CLASSES.into_iter().zip(sums) {
        planes.set(class, at, sum);
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
        words |= u64::from(buckets & 0xffff != 0) << at;
        anywhere |= u64::from(buckets >> 16 != 0) << at;
    }
    (words, anywhere)
}
