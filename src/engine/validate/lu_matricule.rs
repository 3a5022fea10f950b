//! Luxembourg identification number: date of birth, three digits, a Luhn digit, and a Verhoeff digit
//! over the first eleven.
//!
//! Source: Centre des technologies de l'information de l'État, "Numéro d'identification national";
//! règlement grand-ducal of 18 June 2014.

use super::calendar::exists;
use super::digits::part;
use super::layout::read;
use super::{luhn, verhoeff};

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddddddd", "dddddddd ddddd", "dddd dd dd ddddd"]).is_some_and(|id| {
        let digits = id.chars();
        let (Some(first), Some(check)) = (digits.get(..12), digits.get(12)) else { return false };
        exists(part(digits, 0..4), part(digits, 4..6), part(digits, 6..8))
            && luhn::passes(first)
            && verhoeff::passes(first.iter().take(11).chain([check]).copied())
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["1990010100160", "1900010100152", "2000010199970"], &["1893120105733", "1893130105732", "189312010573", ""]);
    }

    #[test]
    fn one_check_fits() {
        for body in 0..1000 {
            let fitting = (0..100).filter(|checks| valid(format!("19900101{body:03}{checks:02}").as_bytes()));
            assert_eq!(fitting.count(), 1, "{body}");
        }
    }
}
