//! Israeli identity number: nine digits with a Luhn check digit; shorter numbers are filled with zeros.
//!
//! Source: Population and Immigration Authority (Israel), check digit of the identity number.

use super::digits::all_same;
use super::layout::read;
use super::luhn;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddd", "dddddddd-d"]).is_some_and(|id| !all_same(id.chars()) && luhn::passes(id.chars()))
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["11111111-8", "123456782", "000000018"], &["039337424", "12345678", "1234567890", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("1{n:03}4567"));
    }
}
