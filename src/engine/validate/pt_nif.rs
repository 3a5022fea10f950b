//! Portuguese tax number: nine digits; the first ones say who holds it, the last one is a weighted sum
//! modulo 11.
//!
//! Source: Autoridade Tributária e Aduaneira, "Número de identificação fiscal".

use super::digits::{checked, weighted};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddd", "ddd ddd ddd", "ddd.ddd.ddd"]).is_some_and(|id| {
        matches!(id.chars(), [b'1'..=b'3' | b'5'..=b'9', ..] | [b'4', b'5', ..]) && checked(id.chars(), |body| Some(check(body)))
    })
}

fn check(body: &[u8]) -> u32 {
    match weighted(body, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    }
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["123456789", "100000002", "111111110"], &["123456780", "023456789", "12345678", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("2{n:03}4567"));
    }
}
