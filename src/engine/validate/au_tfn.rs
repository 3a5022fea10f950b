//! Australian tax file number: nine digits, 3-3-3, or eight, whose weighted sum is a multiple of eleven.
//!
//! Source: Australian Taxation Office, software developers, "TFN algorithm".

use super::digits::{all_same, weighted};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddd", "ddd ddd ddd", "ddd-ddd-ddd", "dddddddd", "dd ddd ddd"]).is_some_and(|id| {
        let weights: &[u32] = if id.chars().len() == 8 { &[10, 7, 8, 4, 6, 3, 5, 1] } else { &[1, 4, 3, 7, 5, 8, 6, 9, 10] };
        !all_same(id.chars()) && weighted(id.chars(), weights).is_multiple_of(11)
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, at_most_one};

    #[test]
    fn vectors() {
        agrees(valid, &["123 456 782", "876543210", "100000001"], &["123 456 783", "999 999 999", "1234567", ""]);
    }

    #[test]
    fn one_check_fits() {
        at_most_one(valid, b"0123456789", |n| format!("1{n:03}4567"));
    }
}
