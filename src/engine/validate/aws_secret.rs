//! AWS secret access key: 40 characters of `A-Za-z0-9/+`, with both letter cases.
//!
//! The mixed case keeps commit ids (40 hex digits) out; a key name or a nearby access key id is
//! still required. Source: AWS IAM User Guide, access keys.

/// True for one key of 40 characters.
pub(crate) fn valid(value: &[u8]) -> bool {
    value.len() == 40
        && value
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'+'))
        && value.iter().any(u8::is_ascii_uppercase)
        && value.iter().any(u8::is_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for (head, tail) in [
            ("GbrwNmaP9NcHAdY4kSZX", "GpYd+DdD6pIjHTSrpMaE"),
            ("9YtCrsA2HRQOZxS4QM1B", "5l3DJMXg6xys3T8vyJD0"),
            ("p8obb54N5muHHAobcSCq", "+0f+YIpdxMd+tVG1Rp9H"),
        ] {
            let key = [head, tail].concat();
            assert!(valid(key.as_bytes()));
            assert!(
                !valid(&key.as_bytes()[1..])
                    && !valid(key.replace(tail, "!pYd+DdD6pIjHTSrpMaE").as_bytes())
            );
            assert!(!valid(key.to_lowercase().as_bytes()) && !valid(key.to_uppercase().as_bytes()));
        }
        assert!(!valid(b""));
    }
}
