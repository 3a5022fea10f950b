//! US national provider identifier: ten digits starting 1 or 2. One epoch-seconds stamp in ten
//! passes, so a bare run needs a key.
//!
//! Source: CMS, NPI check digit: Luhn over the card-issuer prefix 80840 and the number, which
//! adds a constant 24 to the sum.

use super::digits::only_digits;
use super::luhn;

pub(crate) fn valid(value: &[u8]) -> bool {
    only_digits(value, 10..=10)
        && matches!(value, [b'1' | b'2', ..])
        && (luhn::sum(value) + 24).is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["1234567893", "1000000004", "2000000002"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in ["1234567894", "3234567893", "123456789", "1700000000", ""] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
