//! Card verification value: three digits, four on American Express. It never fires without a key
//! or a card number close by. Sensitive authentication data (PCI DSS 3.3), so it is dropped.

use super::digits::only_digits;

pub(crate) fn valid(value: &[u8]) -> bool {
    only_digits(value, 3..=4)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["123", "0000", "999"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in ["12", "12345", "abc", "", "1 2 3"] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
