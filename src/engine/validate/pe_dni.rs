//! Peruvian identity card number: eight digits, perhaps with the check digit or letter that is printed
//! behind them. The number itself has no check, so a key has to name it.
//!
//! Source: RENIEC (Peru), documento nacional de identidad.

use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    let with_check = read(value, &["dddddddd-X"]);
    with_check.is_some_and(|id| matches!(id.chars().last(), Some(b'0'..=b'9' | b'A'..=b'K'))) || read(value, &["dddddddd"]).is_some()
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["11111111-2", "12345678", "00000001"], &["1234567", "10117410-Z", "123456789", ""]);
    }

    #[test]
    fn structure() {
        assert!(valid(b"10117410-G") && !valid(b"10117410-L") && !valid(b"10117410-"));
    }
}
