//! US preparer tax identification number: `P` and eight digits, sometimes `P-`. Part numbers look
//! the same, so it fires only under a key.
//!
//! Source: IRS, PTIN requirements for tax return preparers.

use super::digits::only_digits;

pub(crate) fn valid(value: &[u8]) -> bool {
    match value {
        [b'P', b'-', digits @ ..] | [b'P', digits @ ..] => only_digits(digits, 8..=8),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["P00000001", "P-01234567", "P12345678"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in ["P1234567", "Q12345678", "12345678", "P--1234567", ""] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
