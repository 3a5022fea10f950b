//! Hungarian social security number (TAJ): nine digits, 3-3-3, with a weighted check digit modulo 10.
//!
//! Source: Nemzeti Egészségbiztosítási Alapkezelő, act XX of 1996, annex.

use super::digits::{all_same, checked, weighted};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddd", "ddd ddd ddd", "ddd-ddd-ddd"])
        .is_some_and(|id| !all_same(id.chars()) && checked(id.chars(), |body| Some(weighted(body, &[3, 7]) % 10)))
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["111 111 110", "123456788", "000 000 017"], &["111 111 111", "12345678", "000 000 000", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("1{n:03}4567"));
    }
}
