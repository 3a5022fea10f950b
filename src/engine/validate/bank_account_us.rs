//! US bank account number: 4 to 17 digits, no check digit. Any integer looks the same, so it
//! fires only under a key.
//!
//! Source: Nacha operating rules (account number field of 17 characters).

use super::digits::only_digits;

pub(crate) fn valid(value: &[u8]) -> bool {
    only_digits(value, 4..=17)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["000123456789", "12345678", "1234567890123456"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in ["123", "abc1234", "123456789012345678", ""] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
