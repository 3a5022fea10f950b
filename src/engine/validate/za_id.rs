//! South African identity number: date of birth, four digits for sex and order, 0 to 2 for citizenship,
//! a digit without meaning today, and a Luhn digit.
//!
//! Source: Department of Home Affairs (South Africa), Identification Act 68 of 1997.

use super::calendar::exists_short;
use super::digits::part;
use super::layout::read;
use super::luhn;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddddddd", "dddddd dddd ddd", "dddddd dddd dd d"]).is_some_and(|id| {
        let digits = id.chars();
        exists_short(part(digits, 0..2), part(digits, 2..4), part(digits, 4..6))
            && matches!(digits.get(10), Some(b'0'..=b'2'))
            && luhn::passes(digits)
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["9001010000080", "8001010000081", "0001015000084"], &["8503305044089", "7513305044089", "750330504408", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("9001015{n:03}08"));
    }
}
