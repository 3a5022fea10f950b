//! Shared helpers for the number validators: read a candidate's characters into a fixed buffer
//! while checking its separators, then compare groups, sum weights, spot filler numbers.
//!
//! One separator kind per value, never two in a row, never at an end. Typographic spaces and
//! dashes count as their ASCII form, so a value pasted from a document still validates.

/// The separator kinds a number may be written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sep {
    Space,
    Dash,
    Dot,
}

const CAPACITY: usize = 40;
const MAX_GROUPS: usize = 12;

/// A candidate without its separators, with the length of each group it was written in.
pub(crate) struct Run {
    chars: [u8; CAPACITY],
    len: usize,
    groups: [u8; MAX_GROUPS],
    group_count: usize,
    open: u8,
}

impl Run {
    /// Reads ASCII digits separated by at most one kind of `allowed`.
    pub(crate) fn digits(value: &[u8], allowed: &[Sep]) -> Option<Self> {
        Self::read(value, allowed, |byte| byte.is_ascii_digit())
    }

    /// Reads bytes that `accept` takes, separated by at most one kind of `allowed`.
    pub(crate) fn read(value: &[u8], allowed: &[Sep], accept: fn(u8) -> bool) -> Option<Self> {
        let mut run = Self { chars: [0; CAPACITY], len: 0, groups: [0; MAX_GROUPS], group_count: 0, open: 0 };
        let mut seen = None;
        let mut rest = value;
        while let Some((&byte, tail)) = rest.split_first() {
            if accept(byte) {
                *run.chars.get_mut(run.len)? = byte;
                run.len += 1;
                run.open += 1;
                rest = tail;
                continue;
            }
            let (sep, width) = separator(rest)?;
            if !allowed.contains(&sep) || seen.is_some_and(|before| before != sep) {
                return None;
            }
            seen = Some(sep);
            run.close_group()?;
            rest = rest.get(width..)?;
        }
        run.close_group()?;
        Some(run)
    }

    // An empty group is a leading, trailing or doubled separator.
    fn close_group(&mut self) -> Option<()> {
        if self.open == 0 {
            return None;
        }
        *self.groups.get_mut(self.group_count)? = self.open;
        self.group_count += 1;
        self.open = 0;
        Some(())
    }

    /// The characters, separators removed (still ASCII, not digit values).
    pub(crate) fn chars(&self) -> &[u8] {
        self.chars.get(..self.len).unwrap_or_default()
    }

    /// Group lengths in order; one group when the value is contiguous.
    pub(crate) fn groups(&self) -> &[u8] {
        self.groups.get(..self.group_count).unwrap_or_default()
    }

    /// True when the value has no separator, or exactly this grouping.
    pub(crate) fn contiguous_or(&self, layout: &[u8]) -> bool {
        self.group_count == 1 || self.groups() == layout
    }
}

// The separator at the start of `rest` and its width in bytes.
fn separator(rest: &[u8]) -> Option<(Sep, usize)> {
    match rest {
        [b' ', ..] => Some((Sep::Space, 1)),
        [b'-', ..] => Some((Sep::Dash, 1)),
        [b'.', ..] => Some((Sep::Dot, 1)),
        [0xC2, 0xA0, ..] => Some((Sep::Space, 2)),
        [0xE2, 0x80, 0x89 | 0xAF, ..] => Some((Sep::Space, 3)),
        [0xE2, 0x80, 0x90..=0x95, ..] => Some((Sep::Dash, 3)),
        _ => None,
    }
}

/// The value of an ASCII digit.
pub(crate) fn digit(byte: u8) -> u32 {
    u32::from(byte.wrapping_sub(b'0'))
}

/// The decimal value of a short digit string (up to nine digits).
pub(crate) fn number(digits: &[u8]) -> u32 {
    let places = digits.iter();
    places.fold(0, |sum: u32, &byte| sum.wrapping_mul(10).wrapping_add(digit(byte)))
}

/// Sum of digit x weight, the weights repeating.
pub(crate) fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    let pairs = digits.iter().zip(weights.iter().cycle());
    pairs.map(|(&byte, &weight)| digit(byte) * weight).sum()
}

/// The number in a range of digits, at most nine; 0 when they are not there.
pub(crate) fn part(digits: &[u8], range: std::ops::Range<usize>) -> u32 {
    digits.get(range).map_or(0, number)
}

/// The number that digits of any length make, modulo `modulus`.
pub(crate) fn remainder(digits: &[u8], modulus: u32) -> u32 {
    digits.iter().fold(0, |rest, &byte| (rest * 10 + digit(byte)) % modulus)
}

/// Whether the last digit is what `check` makes of those before it.
pub(crate) fn checked(digits: &[u8], check: impl Fn(&[u8]) -> Option<u32>) -> bool {
    digits.split_last().is_some_and(|(&last, body)| check(body) == Some(digit(last)))
}

/// True for digits only, with a length in the given range.
pub(crate) fn only_digits(value: &[u8], lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&value.len()) && value.iter().all(u8::is_ascii_digit)
}

/// True for fillers such as `0000000`.
pub(crate) fn all_same(chars: &[u8]) -> bool {
    chars.windows(2).all(|pair| pair.first() == pair.last())
}

#[cfg(test)]
mod tests {
    use super::{Run, Sep, all_same, checked, number, part, remainder, weighted};

    #[test]
    fn groups_are_recorded() {
        let run = Run::digits("12\u{2011}34-5".as_bytes(), &[Sep::Dash]).unwrap();
        assert_eq!(run.chars(), b"12345");
        assert_eq!(run.groups(), [2, 2, 1]);
        assert!(run.contiguous_or(&[2, 2, 1]) && !run.contiguous_or(&[3, 2]));
    }

    #[test]
    fn separators_are_consistent() {
        let all = [Sep::Space, Sep::Dash, Sep::Dot];
        for bad in ["", "-", "-1", "1-", "1--2", "1-2 3", "1a2", "1_2"] {
            assert!(Run::digits(bad.as_bytes(), &all).is_none(), "{bad}");
        }
        assert!(Run::digits(b"1.2", &[Sep::Dash]).is_none());
        assert!(Run::digits("1\u{a0}2\u{202f}3 4".as_bytes(), &all).is_some());
        assert!(Run::digits(&[b'1'; 41], &all).is_none());
    }

    #[test]
    fn sums() {
        assert_eq!(number(b"0723"), 723);
        assert_eq!(weighted(b"1234", &[3, 1]), 3 + 2 + 9 + 4);
        assert_eq!((part(b"12345", 1..3), part(b"12", 1..3)), (23, 0));
        assert_eq!(remainder(b"12345678901234567890", 97), (12_345_678_901_234_567_890_u64 % 97) as u32);
        assert!(checked(b"1236", |body| Some(weighted(body, &[1]))) && !checked(b"", |_| Some(0)));
        assert!(all_same(b"7777") && !all_same(b"7778"));
    }
}
