//! Polish tax number (NIP): ten digits, 3-3-2-2 or 3-2-2-3, with a weighted check digit modulo 11; a
//! check of 10 is not issued.
//!
//! Source: Ministerstwo Finansów, identification numbers of taxpayers.

use super::digits::{all_same, checked, weighted};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddddddd", "ddd-ddd-dd-dd", "ddd-dd-dd-ddd", "ddd ddd dd dd"])
        .is_some_and(|id| !all_same(id.chars()) && checked(id.chars(), |body| Some(weighted(body, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11)))
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, at_most_one};

    #[test]
    fn vectors() {
        agrees(valid, &["123-456-32-18", "1234563218", "5260000005"], &["123-456-32-19", "123456321", "12-3456-32-18", ""]);
    }

    #[test]
    fn one_check_fits() {
        at_most_one(valid, b"0123456789", |n| format!("1{n:03}45678"));
    }
}
