//! Russian insurance account number (SNILS): nine digits and two check digits: the weighted sum modulo
//! 101, 100 counting as 0. Numbers up to 001-001-998 were given out without a check.
//!
//! Source: Pension Fund of Russia, resolution 192p on the form of the insurance account number.

use super::digits::{part, weighted};
use super::layout::read;

/// The last number without a check.
const UNCHECKED: u32 = 1_001_998;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddd-ddd-ddd dd", "ddddddddddd", "ddd-ddd-ddd-dd"]).is_some_and(|id| {
        let body = id.chars().get(..9).unwrap_or_default();
        let number = part(body, 0..9);
        let check = weighted(body, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100;
        number > 0 && (number <= UNCHECKED || check == part(id.chars(), 9..11))
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["112-233-445 95", "087-654-303 00", "999-999-999 01"], &["112-233-445 96", "112-233-44595", "112 233 445 95", ""]);
    }

    #[test]
    fn one_check_fits() {
        for n in 2..1000 {
            let fitting = (0..100).filter(|check| valid(format!("{n:03}-233-445 {check:02}").as_bytes()));
            assert_eq!(fitting.count(), 1, "{n}");
        }
    }
}
