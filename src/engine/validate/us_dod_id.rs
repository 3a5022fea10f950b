//! US Department of Defense identifier (EDIPI): ten digits starting 1 or 2. Epoch seconds look
//! the same and the check digit is not public, so it fires only under a key.
//!
//! Source: DoD Manual 1000.13 volume 1, DoD ID number.

use super::digits::only_digits;

pub(crate) fn valid(value: &[u8]) -> bool {
    only_digits(value, 10..=10) && matches!(value, [b'1' | b'2', ..])
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["1234567890", "2000000000", "1000000001"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in ["3234567890", "123456789", "12345678901", ""] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
