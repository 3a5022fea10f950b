//! Spanish identity number (DNI, NIF): eight digits and a letter, the number modulo 23.
//!
//! Source: Ministerio del Interior, "Cálculo del dígito de control del NIF/NIE".

use super::digits::part;
use super::layout::read;

const CHECKS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddA", "dddddddd-A", "dddddddd A", "dd.ddd.ddd-A", "dd.ddd.dddA"])
        .is_some_and(|id| id.chars().last() == letter_of(part(id.chars(), 0..8)))
}

/// The check letter of a number; foreigners' numbers have the same.
pub(crate) fn letter_of(number: u32) -> Option<&'static u8> {
    CHECKS.get((number % 23) as usize)
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["12345678Z", "00000000T", "99.999.999-R"], &["12345678A", "1234567Z", "12345678I", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", |n| format!("12{n:03}456"));
    }
}
