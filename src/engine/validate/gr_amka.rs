//! Greek social security number (AMKA): day, month and year of birth, four digits, and a Luhn digit.
//!
//! Source: IDIKA (Greece), "AMKA", law 3655/2008.

use super::calendar::exists_short;
use super::digits::part;
use super::layout::read;
use super::luhn;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddddd", "dddddd ddddd", "dddddd-ddddd"]).is_some_and(|id| {
        let digits = id.chars();
        exists_short(part(digits, 4..6), part(digits, 2..4), part(digits, 0..2)) && luhn::passes(digits)
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["01019000007", "01010000006", "31129912346"], &["01013099999", "32013099997", "0101309999", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("010190{n:04}"));
    }
}
