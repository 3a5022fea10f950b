//! Pharmacy prescription number: 6 to 12 digits, no check digit. It fires only under a key.
//!
//! Source: NCPDP telecommunication standard, prescription reference number (up to 12 digits).

use super::digits::only_digits;

pub(crate) fn valid(value: &[u8]) -> bool {
    only_digits(value, 6..=12)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["1234567", "000001234567", "765432"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in ["12345", "1234567890123", "rx", ""] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
