//! Polish PESEL: year, month and day of birth, four digits, and a check digit. The month says the
//! century: 80 more for the 1800s, 20, 40 and 60 more for the 2000s to the 2200s.
//!
//! Source: Ministerstwo Cyfryzacji, "Czym jest numer PESEL".

use super::calendar::exists_short;
use super::digits::{checked, part, weighted};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddddd"]).is_some_and(|id| {
        let digits = id.chars();
        exists_short(part(digits, 0..2), part(digits, 2..4) % 20, part(digits, 4..6))
            && checked(digits, |body| Some((10 - weighted(body, &[1, 3, 7, 9]) % 10) % 10))
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["90010100009", "00010100008", "00210100004"], &["44051401358", "44134401359", "4405140135", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("900101{n:04}"));
    }
}
