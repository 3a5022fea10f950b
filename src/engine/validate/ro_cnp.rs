//! Romanian personal numeric code: sex and century, date of birth, county, serial, and a weighted
//! check digit modulo 11, 10 counting as 1.
//!
//! Source: Romanian law 105/1996 on the population register, annex.

use super::calendar::exists_short;
use super::digits::{checked, part, weighted};
use super::layout::read;

const WEIGHTS: [u32; 12] = [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9];

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddddddd"]).is_some_and(|id| {
        let digits = id.chars();
        digits.first() != Some(&b'0')
            && exists_short(part(digits, 1..3), part(digits, 3..5), part(digits, 5..7))
            // Counties, the sectors of the capital, and codes without a county.
            && matches!(part(digits, 7..9), 1..=52 | 70 | 80..=83)
            && checked(digits, |body| match weighted(body, &WEIGHTS) % 11 {
                10 => Some(1),
                rest => Some(rest),
            })
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["1900101400012", "1800101400016", "5000101010003"], &["1630615123458", "1631315123457", "163061512345", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("190010140{n:03}"));
    }
}
