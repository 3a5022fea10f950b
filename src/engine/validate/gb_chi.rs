//! Scottish community health index number: day, month and year of birth, four digits, the last of which
//! is the check digit of the NHS number.
//!
//! Source: Public Health Scotland Data Dictionary, "CHI number".

use super::calendar::exists_short;
use super::digits::part;
use super::gb_nhs;
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddddddd", "dddddd dddd", "dddddd-dddd"]).is_some_and(|id| {
        let digits = id.chars();
        exists_short(part(digits, 4..6), part(digits, 2..4), part(digits, 0..2)) && gb_nhs::number_ok(digits)
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, at_most_one};

    #[test]
    fn vectors() {
        agrees(valid, &["0101010001", "3112991230", "2902000006"], &["3213991234", "0101010000", "010101", ""]);
    }

    #[test]
    fn one_check_fits() {
        at_most_one(valid, b"0123456789", |n| format!("010190{n:03}"));
    }
}
