//! Serial number of a device: 5 to 30 letters and digits with single inner dashes, underscores or
//! points, at least one digit. Makers choose their own, so it fires only under a key.
//!
//! Source: shape of UDI production identifiers (GS1 serial, up to 20 characters) and asset tags.

pub(crate) fn valid(value: &[u8]) -> bool {
    let mut groups = value.split(|byte| b"-_.".contains(byte));
    (5..=30).contains(&value.len())
        && value.iter().any(u8::is_ascii_digit)
        && groups.all(|group| !group.is_empty() && group.iter().all(u8::is_ascii_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["SN12345678", "ABC-0001", "123456789"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in ["1234", "", "AB CD EF", "ABCDEF", "ABC--0001", "-ABC0001"] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
