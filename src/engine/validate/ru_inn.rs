//! Russian taxpayer number of a person: twelve digits with two weighted check digits modulo 11, 10
//! counting as 0.
//!
//! Source: Federal Tax Service of Russia, order ED-7-14/559 on taxpayer numbers.

use super::digits::{all_same, checked, weighted};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddddddddd"]).is_some_and(|id| {
        let digits = id.chars();
        !all_same(digits)
            && checked(digits.get(..11).unwrap_or_default(), |body| Some(weighted(body, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10))
            && checked(digits, |body| Some(weighted(body, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10))
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["111111111067", "000000000184", "500000000029"], &["123456789037", "12345678904", "1234567890477", ""]);
    }

    #[test]
    fn one_check_fits() {
        for n in 0..1000 {
            let fitting = (0..100).filter(|checks| valid(format!("5{n:03}456789{checks:02}").as_bytes()));
            assert_eq!(fitting.count(), 1, "{n}");
        }
    }
}
