//! Ecuadorian identity card number: province (30 for citizens abroad), a digit of at most 6, six digits,
//! and a Luhn digit.
//!
//! Source: Dirección General de Registro Civil (Ecuador), cédula de identidad.

use super::digits::part;
use super::layout::read;
use super::luhn;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddddddd", "ddddddddd-d"]).is_some_and(|id| {
        matches!(part(id.chars(), 0..2), 1..=24 | 30 | 50) && matches!(id.chars().get(2), Some(b'0'..=b'6')) && luhn::passes(id.chars())
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["011111111-8", "0100000009", "2400000002"], &["171430710-4", "991430710-3", "1794307103", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("171{n:03}456"));
    }
}
