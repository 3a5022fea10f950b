//! German tax identification number: eleven digits; among the first ten exactly one digit stands twice
//! or three times (never three in a row), the others at most once; then a check digit.
//!
//! Source: Bundeszentralamt für Steuern, "Steuerliche Identifikationsnummer"; ISO 7064 MOD 11,10.

use super::iso7064::mod_11_10;
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddddd", "dd ddd ddd ddd"]).is_some_and(|id| {
        let body = id.chars().get(..10).unwrap_or_default();
        body.first() != Some(&b'0') && one_digit_repeats(body) && mod_11_10(id.chars())
    })
}

fn one_digit_repeats(body: &[u8]) -> bool {
    let count = |digit: u8| body.iter().filter(|byte| **byte == digit).count();
    let repeated = (b'0'..=b'9').filter(|digit| count(*digit) > 1);
    let three_in_a_row = body.windows(3).any(super::digits::all_same);
    repeated.clone().count() == 1 && repeated.map(count).all(|times| times <= 3) && !three_in_a_row
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["11 234 567 890", "12345678995", "11234567808"], &["36 574 261 890", "12345678901", "11111111111", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| {
            let (start, end) = "1123456789".split_at(n % 10);
            format!("{end}{start}")
        });
        assert!(!valid(b"11123456785") && !valid(b"01123456789"));
    }
}
