//! Ontario health card number: ten digits, 4-3-3, with a Luhn check digit, and the one or two letters
//! of the card's version behind them.
//!
//! Source: Ontario Ministry of Health, health card validation, technical specifications.

use super::layout::read;
use super::luhn;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(without_version(value), &["dddddddddd", "dddd-ddd-ddd", "dddd ddd ddd"])
        .is_some_and(|id| id.chars().first() != Some(&b'0') && luhn::passes(id.chars()))
}

/// The number before the version letters.
fn without_version(value: &[u8]) -> &[u8] {
    let letters = value.iter().rev().take_while(|byte| byte.is_ascii_uppercase()).count();
    let number = value.get(..value.len() - letters).unwrap_or_default();
    match (letters, number) {
        (1 | 2, [number @ .., b' ' | b'-']) => number,
        (1 | 2, number) => number,
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["1234-567-897", "9876543217", "1000-000-008 AB"], &["1234-567-898", "123456789", "0234567897", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("1{n:03}45678"));
        assert!(valid(b"9876543217-XY") && valid(b"9876543217X") && !valid(b"9876543217 XYZ") && !valid(b" AB"));
    }
}
