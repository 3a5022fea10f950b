//! Dutch citizen service number: eight or nine digits whose weighted sum, the last digit counting
//! minus one, is a multiple of eleven.
//!
//! Source: Rijksdienst voor Identiteitsgegevens, Logisch Ontwerp BSN ("elfproef").

use super::digits::{all_same, weighted};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddd", "dddddddd", "dddd.dd.ddd", "ddd.ddd.ddd", "ddd-ddd-ddd", "ddd ddd ddd"]).is_some_and(|id| {
        // Minus one and ten are the same modulo eleven; eight digits lack a leading zero.
        let weights = [9, 8, 7, 6, 5, 4, 3, 2, 10];
        let weights = weights.get(9 - id.chars().len()..).unwrap_or_default();
        !all_same(id.chars()) && weighted(id.chars(), weights).is_multiple_of(11)
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, at_most_one};

    #[test]
    fn vectors() {
        agrees(valid, &["111222333", "123456782", "1112.22.333"], &["111252333", "1112223334", "000000000", ""]);
    }

    #[test]
    fn one_check_fits() {
        at_most_one(valid, b"0123456789", |n| format!("1{n:03}4567"));
        assert!(valid(b"012345672") == valid(b"12345672"));
    }
}
