//! The dictionary of names: a perfect hash of the given and of the family names.
//!
//! A slot holds sixteen bits of a name's hash instead of the name, so that the tables stay small; a word that
//! is no name passes about once in 100,000.

use crate::keys::{emit_set, step};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Names in one bucket of the first level, on average.
const BUCKET: usize = 4;

pub(crate) fn emit(out: &mut String, folder: &Path) {
    for (table, file) in [("GIVEN_NAMES", "given.txt"), ("FAMILY_NAMES", "family.txt")] {
        emit_names(out, table, &words(&folder.join(file)));
    }
    for (table, file) in [("NEVER_NAMES", "words.txt"), ("ORDINARY_NAMES", "ordinary.txt")] {
        emit_set(out, table, &words(&folder.join(file)));
    }
}

/// The words of a file; lines that begin with `#` are notes.
fn words(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("cannot read {}: {error}", file.display()));
    let mut words: Vec<String> =
        text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).map(str::to_owned).collect();
    assert!(words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase())), "{}: words are in small letters", file.display());
    words.sort();
    words.dedup();
    words
}

/// The same as in `engine::names`.
fn hash(word: &str) -> u64 {
    word.bytes().fold(0, step)
}

fn slot(hash: u64, seed: u16, bits: u32) -> usize {
    ((hash ^ u64::from(seed).wrapping_mul(0xD6E8_FEB8_6659_FD93)).wrapping_mul(0xA24B_AED4_963E_E407) >> (64 - bits)) as usize
}

/// Zero is an empty slot.
fn mark(hash: u64) -> u16 {
    (hash as u16).max(1)
}

fn emit_names(out: &mut String, name: &str, words: &[String]) {
    let bits = (words.len() * 3 / 2).next_power_of_two().trailing_zeros();
    let bucket_bits = (words.len() / BUCKET).next_power_of_two().trailing_zeros();
    let mut buckets: Vec<Vec<u64>> = vec![Vec::new(); 1 << bucket_bits];
    for hash in words.iter().map(|word| hash(word)) {
        buckets[(hash >> (64 - bucket_bits)) as usize].push(hash);
    }
    let mut order: Vec<usize> = (0..buckets.len()).collect();
    order.sort_by_key(|bucket| std::cmp::Reverse(buckets[*bucket].len()));
    let mut seeds = vec![0u16; buckets.len()];
    let mut slots = vec![0u16; 1 << bits];
    for bucket in order {
        let hashes = &buckets[bucket];
        let fits = |seed: &u16| {
            let mut taken: Vec<usize> = hashes.iter().map(|hash| slot(*hash, *seed, bits)).collect();
            let free = taken.iter().all(|slot| slots[*slot] == 0);
            taken.sort_unstable();
            taken.dedup();
            free && taken.len() == hashes.len()
        };
        let seed = (0..u16::MAX).find(fits).unwrap_or_else(|| panic!("{name}: no perfect hash found"));
        seeds[bucket] = seed;
        for hash in hashes {
            slots[slot(*hash, seed, bits)] = mark(*hash);
        }
    }
    let _ = writeln!(
        out,
        "pub(crate) static {name}: NameSet = NameSet {{ bits: {bits}, bucket_bits: {bucket_bits}, seeds: &{seeds:?}, slots: &{slots:?} }};"
    );
}
