//! Spanish identity number of foreigners (NIE): X, Y or Z, seven digits, and the letter of the DNI, the
//! first letter counting as 0, 1 or 2.
//!
//! Source: Ministerio del Interior, "Cálculo del dígito de control del NIF/NIE".

use super::digits::part;
use super::es_dni::letter_of;
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["AdddddddA", "A-ddddddd-A", "A ddddddd A"]).is_some_and(|id| {
        let Some(first) = id.chars().first().and_then(|first| first.checked_sub(b'X')).filter(|first| *first < 3) else {
            return false;
        };
        id.chars().last() == letter_of(u32::from(first) * 10_000_000 + part(id.chars(), 1..8))
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["X1234567L", "Y0000000Z", "Z1234567R"], &["X1234567A", "W1234567L", "X123456L", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", |n| format!("Y12{n:03}45"));
    }
}
