//! Device id: advertising id (UUID), Android id (16 hex), machine id or fingerprint hash.
//!
//! Hex forms are lower case as the systems print them, which keeps upper-case digests out; all
//! these shapes also belong to trace ids, so a key is always required.
//! Source: Apple ASIdentifierManager (all zeros = opted out), Android Settings.Secure ANDROID_ID,
//! machine-id(5), Apple's pages on registering devices (UDID: 40 digits, or 8 and 16 with a dash).

/// True for a UUID that is not blank, 16, 32, 40 or 64 lower-case hexadecimal digits, or `00008030-001A2D3E0C91002E`.
pub(crate) fn valid(value: &[u8]) -> bool {
    let hex = value.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let dashed = value.len() == 25
        && value
            .iter()
            .enumerate()
            .all(|(at, b)| if at == 8 { *b == b'-' } else { b.is_ascii_digit() || (b'A'..=b'F').contains(b) });
    let shape = super::uuid::valid(value) || dashed || (hex && matches!(value.len(), 16 | 32 | 40 | 64));
    shape && !super::uuid::blank(value)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in [
            "0123456789abcdef",
            "123e4567-e89b-12d3-a456-426614174000",
            "00000000000000000000000000000001",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "0123456789abcde",
            "xyz",
            "0123456789ABCDEF",
            "00000000-0000-0000-0000-000000000000",
            "0000000000000000",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
