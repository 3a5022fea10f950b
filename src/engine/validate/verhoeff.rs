//! Verhoeff check digit: digits are permuted by their place and multiplied in the dihedral group of ten
//! elements; all single errors and swaps of neighbours are seen.
//!
//! Source: J. Verhoeff, "Error Detecting Decimal Codes", 1969. Used by Aadhaar and the Luxembourg number.

/// The product in the dihedral group: 0 to 4 are rotations, 5 to 9 reflections.
const fn product(a: u8, b: u8) -> u8 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b) % 5 + 5,
        (false, true) => (a + 5 - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    }
}

/// One step of the permutation of digits.
const fn permuted(digit: u8) -> u8 {
    match digit {
        0 => 1,
        1 => 5,
        2 => 7,
        3 => 6,
        4 => 2,
        5 => 8,
        6 => 3,
        7 => 0,
        8 => 9,
        _ => 4,
    }
}

/// True when ASCII digits, the last one being the check digit, are in order.
pub(crate) fn passes(digits: impl DoubleEndedIterator<Item = u8>) -> bool {
    let mut check = 0;
    for (place, byte) in digits.rev().enumerate() {
        let digit = (0..place % 8).fold(byte.wrapping_sub(b'0') % 10, |digit, _| permuted(digit));
        check = product(check, digit);
    }
    check == 0
}

#[cfg(test)]
mod tests {
    use super::{passes, product};

    #[test]
    fn published_example() {
        assert!(passes(b"2363".iter().copied()) && !passes(b"2364".iter().copied()));
    }

    #[test]
    fn the_product_is_a_group() {
        for a in 0..10 {
            assert_eq!((product(a, 0), product(0, a)), (a, a));
            let row: std::collections::BTreeSet<u8> = (0..10).map(|b| product(a, b)).collect();
            assert_eq!(row.len(), 10);
            for (b, c) in (0..10).flat_map(|b| (0..10).map(move |c| (b, c))) {
                assert_eq!(product(product(a, b), c), product(a, product(b, c)));
            }
        }
    }

    #[test]
    fn single_errors_and_swaps_are_seen() {
        let right = *b"234123412346";
        assert!(passes(right.into_iter()));
        for place in 0..12 {
            for other in (b'0'..=b'9').filter(|other| *other != right[place]) {
                let mut wrong = right;
                wrong[place] = other;
                assert!(!passes(wrong.into_iter()));
            }
            let mut swapped = right;
            swapped.swap(place, (place + 1) % 12);
            assert!(place == 11 || !passes(swapped.into_iter()));
        }
    }
}
