//! Austrian social insurance number: a serial of three digits, a check digit, and the date of birth;
//! the month goes up to 15 when a day ran out of serials.
//!
//! Source: Dachverband der Sozialversicherungsträger, "Versicherungsnummer".

use super::digits::{part, weighted};
use super::layout::read;

/// The fourth digit is the check itself.
const WEIGHTS: [u32; 10] = [3, 7, 9, 0, 5, 8, 4, 2, 1, 6];

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddddddd", "dddd dddddd", "dddd-dddddd"]).is_some_and(|id| {
        let digits = id.chars();
        digits.first() != Some(&b'0')
            && matches!(part(digits, 4..6), 1..=31)
            && matches!(part(digits, 6..8), 1..=15)
            && weighted(digits, &WEIGHTS) % 11 == part(digits, 3..4)
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["1115 010190", "1018010180", "9991311299"], &["1238 010180", "0237 010180", "123 010180", ""]);
    }

    #[test]
    fn one_check_fits() {
        for serial in 100..1000 {
            let fitting = (0..10).filter(|check| valid(format!("{serial}{check}010190").as_bytes()));
            assert!(fitting.count() < 2, "{serial}");
        }
    }
}
