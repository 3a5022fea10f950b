//! PIN block of ISO 9564-1 as it is logged: one cipher block in hexadecimal, 16 digits for formats
//! 0, 1 and 3, 32 for format 4. It is encrypted, so that no digit of it can be checked.

/// True for 16 or 32 hexadecimal digits that are not one digit repeated.
pub(crate) fn valid(value: &[u8]) -> bool {
    matches!(value.len(), 16 | 32) && value.iter().all(u8::is_ascii_hexdigit) && !super::digits::all_same(value)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["0412AC89ABCDEF67", "3412ac89ABCDEF67", "6f24a0c19be7d3580412ac89abcdef67"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in ["", "0412AC89ABCDEF6", "0412AC89ABCDEF6G", "0412AC89ABCDEF670", "ffffffffffffffff"] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
