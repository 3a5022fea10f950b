//! Unique master citizen number of the former Yugoslavia (JMBG, EMŠO): day, month and three digits of
//! the year of birth, region, serial, and a weighted check digit modulo 11.
//!
//! Source: Slovenian Central Register of Population (EMŠO); Serbian act on the unique master number.

use super::calendar::exists;
use super::digits::{checked, part, weighted};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddddddd"]).is_some_and(|id| {
        let digits = id.chars();
        let year = part(digits, 4..7);
        exists(if year < 800 { 2000 + year } else { 1000 + year }, part(digits, 2..4), part(digits, 0..2))
            && checked(digits, |body| match 11 - weighted(body, &[7, 6, 5, 4, 3, 2]) % 11 {
                10 | 11 => Some(0),
                check => Some(check),
            })
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["0101006500006", "0101900500000", "3112999500009"], &["0101006500007", "3201006500006", "010100650000", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("010199050{n:03}"));
    }
}
