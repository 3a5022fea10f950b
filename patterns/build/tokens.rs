//! The token grammar: a small, possessive subset of regular expressions.
//!
//! A pattern is a row of single-byte sets, each with a count: `hf_[A-Za-z]{34,}`.
//! A set takes as many bytes as it can, up to its maximum, and never gives one back,
//! so matching is one pass over the token. See patterns/README.md.

use crate::data::Detector;
use std::fmt::Write as _;

/// Longest token a pattern may take, in bytes.
const CAP: u16 = 4096;

/// The bytes a position accepts, one bit each.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct ByteSet(pub(crate) [u64; 4]);

impl ByteSet {
    pub(crate) const EMPTY: Self = Self([0; 4]);
    pub(crate) const ALL: Self = Self([u64::MAX; 4]);

    pub(crate) fn insert(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    pub(crate) fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }

    pub(crate) fn union(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] | other.0[at]))
    }
}

/// One set with its count.
pub(crate) struct Item {
    pub(crate) set: ByteSet,
    pub(crate) min: u16,
    pub(crate) max: u16,
}

/// A parsed pattern of one kind.
pub(crate) struct Program {
    pub(crate) detector: usize,
    pub(crate) items: Vec<Item>,
    pub(crate) any_left: bool,
}

/// Parses every token pattern and writes the programs.
pub(crate) fn emit(out: &mut String, detectors: &[Detector]) -> Vec<Program> {
    let mut programs = Vec::new();
    for (at, detector) in detectors.iter().enumerate() {
        for pattern in &detector.tokens {
            let any_left = detector.left.as_deref() == Some("any");
            programs.push(Program { detector: at, items: parse(&detector.id, pattern), any_left });
        }
    }
    let _ = writeln!(out, "pub(crate) static PROGRAMS: [Program; {}] = [", programs.len());
    for program in &programs {
        let _ = write!(out, "Program {{ kind: KindId({}), any_left: {}, items: &[", program.detector, program.any_left);
        for item in &program.items {
            let _ = write!(out, "Item {{ set: ByteSet({:?}), min: {}, max: {} }},", item.set.0, item.min, item.max);
        }
        let _ = writeln!(out, "] }},");
    }
    let _ = writeln!(out, "];");
    programs
}

/// Parses one pattern of the token grammar; a mistake fails the build.
pub(crate) fn parse(id: &str, pattern: &str) -> Vec<Item> {
    let bytes: Vec<u8> = pattern.bytes().filter(|byte| byte.is_ascii()).collect();
    assert!(bytes.len() == pattern.len(), "{id}: token pattern is not ASCII");
    let mut items: Vec<Item> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let mut set = ByteSet::EMPTY;
        match bytes[at] {
            b'\\' => {
                set.insert(*bytes.get(at + 1).unwrap_or_else(|| panic!("{id}: pattern ends in a backslash")));
                at += 2;
            }
            b'[' => at = class(id, &bytes, at + 1, &mut set),
            byte @ (b']' | b'(' | b')' | b'{' | b'}' | b'?' | b'*' | b'+' | b'|') => panic!("{id}: `{}` must be escaped", byte as char),
            byte => {
                set.insert(byte);
                at += 1;
            }
        }
        let (mut min, mut max) = (1, 1);
        if bytes.get(at) == Some(&b'{') {
            let end = at + bytes[at..].iter().position(|byte| *byte == b'}').unwrap_or_else(|| panic!("{id}: open count"));
            let count = &pattern[at + 1..end];
            let number = |text: &str| text.parse::<u16>().unwrap_or_else(|_| panic!("{id}: bad count `{count}`"));
            (min, max) = match count.split_once(',') {
                None => (number(count), number(count)),
                Some((low, "")) => (number(low), CAP),
                Some((low, high)) => (number(low), number(high)),
            };
            at = end + 1;
        }
        items.push(Item { set, min, max });
    }
    items
}

fn class(id: &str, bytes: &[u8], mut at: usize, set: &mut ByteSet) -> usize {
    let mut previous: Option<u8> = None;
    loop {
        let byte = *bytes.get(at).unwrap_or_else(|| panic!("{id}: open class"));
        match byte {
            b']' => return at + 1,
            b'-' if previous.is_some() && bytes.get(at + 1).is_some_and(|next| *next != b']') => {
                let (low, high) = (previous.unwrap_or(0), bytes[at + 1]);
                assert!(low <= high, "{id}: range out of order");
                (low..=high).for_each(|byte| set.insert(byte));
                previous = None;
                at += 2;
            }
            _ => {
                let (literal, step) = if byte == b'\\' { (bytes[at + 1], 2) } else { (byte, 1) };
                set.insert(literal);
                previous = Some(literal);
                at += step;
            }
        }
    }
}
