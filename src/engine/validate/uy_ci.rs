//! Uruguayan identity card number: seven digits and a weighted check digit modulo 10, written 1.3.3-1.
//!
//! Source: Dirección Nacional de Identificación Civil (Uruguay), cédula de identidad.

use super::digits::{checked, part, weighted};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["d.ddd.ddd-d", "ddddddd-d", "dddddddd"]).is_some_and(|id| {
        part(id.chars(), 0..7) > 0 && checked(id.chars(), |body| Some((10 - weighted(body, &[2, 9, 8, 7, 6, 3, 4]) % 10) % 10))
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["1.234.567-2", "1111111-1", "4.000.000-2"], &["1.234.567-3", "1.234.56-2", "1234567", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("1.{n:03}.567-"));
    }
}
