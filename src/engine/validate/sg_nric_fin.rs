//! Singaporean identity number: S, T (citizens) or F, G, M (foreigners), seven digits, and a check
//! letter modulo 11.
//!
//! Source: Immigration and Checkpoints Authority (Singapore), NRIC and FIN.

use super::digits::weighted;
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["AdddddddA"]).is_some_and(|id| {
        let [series, digits @ .., check] = id.chars() else { return false };
        let (offset, letters) = match series {
            b'S' => (0, b"JZIHGFEDCBA"),
            b'T' => (4, b"JZIHGFEDCBA"),
            b'F' => (0, b"XWUTRQPNMLK"),
            b'G' => (4, b"XWUTRQPNMLK"),
            b'M' => (3, b"XWUTRQPNJLK"),
            _ => return false,
        };
        letters.get(((weighted(digits, &[2, 7, 6, 5, 4, 3, 2]) + offset) % 11) as usize) == Some(check)
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["S1234567D", "T1234567J", "F1234567N", "G1234567X", "M1234567K"], &["S1234567A", "A1234567D", "S123456D", ""]);
    }

    #[test]
    fn one_check_fits() {
        for series in ["S", "T", "F", "G", "M"] {
            exactly_one(valid, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", |n| format!("{series}1{n:03}567"));
        }
    }
}
