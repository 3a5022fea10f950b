//! US passport number: nine digits, or a letter and eight digits since 2021. Nothing can be
//! checked, so it fires only under a key.
//!
//! Source: US Department of State, next generation passport book.

use super::digits::only_digits;

pub(crate) fn valid(value: &[u8]) -> bool {
    match value {
        [b'A'..=b'Z', digits @ ..] => only_digits(digits, 8..=8),
        _ => only_digits(value, 9..=9),
    }
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["000000001", "A00000001", "A12345678"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in ["12345678", "AB1234567", "1234567890", "a12345678", ""] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
