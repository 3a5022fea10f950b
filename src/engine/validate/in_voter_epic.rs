//! Indian voter card number: three letters and seven digits, the last one a Luhn digit.
//!
//! Source: Election Commission of India, elector's photo identity card.

use super::layout::read;
use super::luhn;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["AAAddddddd"]).is_some_and(|id| id.chars().get(3..).is_some_and(luhn::passes))
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["AAA1111111", "ABC0000000", "XYZ1234566"], &["WKH1186263", "WK1186253", "1231186253", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("ABC1{n:03}45"));
    }
}
