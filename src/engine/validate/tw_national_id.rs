//! Taiwanese identity number: a letter for the place, 1 or 2 (8 or 9 for residents) for the sex, seven
//! digits, and a check digit modulo 10. The letter counts as two digits.
//!
//! Source: Department of Household Registration (Taiwan), national identification card.

use super::digits::weighted;
use super::layout::read;

/// Number of each letter, A first.
const PLACES: [u32; 26] = [10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33];

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["Addddddddd"]).is_some_and(|id| {
        let Some((letter, digits)) = id.chars().split_first() else { return false };
        let Some(place) = PLACES.get(usize::from(letter.wrapping_sub(b'A'))) else { return false };
        matches!(digits.first(), Some(b'1' | b'2' | b'8' | b'9'))
            && (place / 10 + place % 10 * 9 + weighted(digits, &[8, 7, 6, 5, 4, 3, 2, 1, 1])).is_multiple_of(10)
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["A123456789", "A800000014", "F200000008"], &["A123456788", "A323456789", "A12345678", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("{}1{n:03}4567", char::from(b'A' + (n % 26) as u8)));
    }
}
