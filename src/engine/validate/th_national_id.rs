//! Thai identification number: thirteen digits, 1-4-5-2-1, the first 1 to 8, with a weighted check
//! digit modulo 11.
//!
//! Source: Bureau of Registration Administration (Thailand), identification number.

use super::digits::{checked, weighted};
use super::layout::read;

const WEIGHTS: [u32; 12] = [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2];

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["d-dddd-ddddd-dd-d", "ddddddddddddd", "d dddd ddddd dd d"]).is_some_and(|id| {
        matches!(id.chars().first(), Some(b'1'..=b'8')) && checked(id.chars(), |body| Some((11 - weighted(body, &WEIGHTS) % 11) % 10))
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["1-2345-45678-78-1", "1111111111119", "1000000000009"], &["1-2345-45678-78-9", "9100600445635", "310060044563", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("1{n:03}45678901"));
    }
}
