//! New Zealand health index number: three letters and four digits, or since 2023 three letters, two
//! digits and two letters. Letters leave out I and O and count 1 to 24.
//!
//! Source: Health New Zealand, HISO 10046 consumer health identity standard.

use super::digits::digit;
use super::layout::read;

const LETTERS: &[u8; 24] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";

pub(crate) fn valid(value: &[u8]) -> bool {
    let old = read(value, &["AAAdddd"]);
    let new = read(value, &["AAAddAA"]);
    old.is_some_and(|id| old_check(id.chars()).unwrap_or_default()) || new.is_some_and(|id| new_check(id.chars()).unwrap_or_default())
}

fn old_check(chars: &[u8]) -> Option<bool> {
    let (check, body) = chars.split_last()?;
    let rest = sum(body)? % 11;
    Some(rest != 0 && (11 - rest) % 10 == digit(*check))
}

fn new_check(chars: &[u8]) -> Option<bool> {
    let (check, body) = chars.split_last()?;
    Some(letter(*check)? == 23 - sum(body)? % 23)
}

fn sum(body: &[u8]) -> Option<u32> {
    let mut sum = 0;
    for (byte, weight) in body.iter().zip([7, 6, 5, 4, 3, 2]) {
        sum += weight * if byte.is_ascii_digit() { digit(*byte) } else { letter(*byte)? };
    }
    Some(sum)
}

fn letter(byte: u8) -> Option<u32> {
    LETTERS.iter().zip(1..).find(|(letter, _)| **letter == byte).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::{LETTERS, valid};
    use crate::engine::validate::testing::{agrees, at_most_one, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["ZAC5361", "ZBN77VL", "ZVB97XQ", "ZSC21TN"], &["ZZZ0044", "ZZZ00AA", "ZAI5361", "ZAC536", ""]);
    }

    #[test]
    fn one_check_fits() {
        at_most_one(valid, b"0123456789", |n| format!("ZAC{n:03}"));
        exactly_one(valid, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", |n| format!("ZAC{:02}{}", n % 100, char::from(LETTERS[n % 24])));
    }
}
