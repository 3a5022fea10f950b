//! What is shown of a card number beside it: the last four digits, or the issuer's six or eight
//! (ISO/IEC 7812-1), perhaps with signs for the rest. Needs a key that says so.

/// True for four, six or eight digits, with stars or crosses before or behind them.
pub(crate) fn valid(value: &[u8]) -> bool {
    let hides = |byte: &u8| matches!(byte, b'*' | b'x' | b'X' | b'#');
    let start = value.iter().position(|byte| !hides(byte)).unwrap_or(value.len());
    let end = value.iter().rposition(|byte| !hides(byte)).map_or(start, |last| last + 1);
    let digits = value.get(start..end).unwrap_or_default();
    matches!(digits.len(), 4 | 6 | 8) && digits.iter().all(u8::is_ascii_digit) && value.len() <= 19
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["1111", "411111", "41111111", "****1111", "411111XXXXXX", "XXXXXXXXXXXX1111"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in ["", "****", "111", "11111", "4111x1111", "4111111111111111", "bin"] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
