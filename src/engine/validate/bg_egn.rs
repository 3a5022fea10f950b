//! Bulgarian uniform civil number: year, month (20 more for the 1800s, 40 more for the 2000s) and day of
//! birth, three digits, and a weighted check digit modulo 11, 10 counting as 0.
//!
//! Source: Bulgarian GRAO, civil registration act, article 11.

use super::calendar::exists_short;
use super::digits::{checked, part, weighted};
use super::layout::read;

const WEIGHTS: [u32; 9] = [2, 4, 8, 5, 10, 9, 7, 3, 6];

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddddddd"]).is_some_and(|id| {
        let digits = id.chars();
        let month = part(digits, 2..4);
        month <= 52
            && exists_short(part(digits, 0..2), month % 20, part(digits, 4..6))
            && checked(digits, |body| Some(weighted(body, &WEIGHTS) % 11 % 10))
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["9001010000", "0001010003", "0041010002"], &["7501010011", "7513010010", "750101001", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("900101{n:03}"));
    }
}
