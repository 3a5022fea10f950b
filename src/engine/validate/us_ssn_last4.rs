//! Last four digits of a social security number. Four digits are a year or a port anywhere else,
//! so it fires only under a key that says last four.

use super::digits::only_digits;

pub(crate) fn valid(value: &[u8]) -> bool {
    only_digits(value, 4..=4)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["6789", "0001", "1234"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in ["123", "12345", "abcd", ""] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
