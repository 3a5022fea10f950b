//! Latvian personal code: day, month and year of birth, `-`, century, four digits with a check; since
//! 2017 also `32` and nine digits without a date, whose check is not public.
//!
//! Source: Pilsonības un migrācijas lietu pārvalde, law on the register of natural persons.

use super::calendar::exists_short;
use super::digits::{checked, part, weighted};
use super::layout::read;

const WEIGHTS: [u32; 10] = [1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddd-ddddd", "ddddddddddd"]).is_some_and(|id| {
        let digits = id.chars();
        let dated = exists_short(part(digits, 4..6), part(digits, 2..4), part(digits, 0..2))
            && matches!(digits.get(6), Some(b'0'..=b'2'))
            && checked(digits, |body| Some((1101 - weighted(body, &WEIGHTS)) % 11 % 10));
        dated || digits.starts_with(b"32")
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["010190-10001", "010100-20000", "321234-56789"], &["161175-19998", "991375-19997", "161175-1999", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("010190-1{n:03}"));
    }
}
