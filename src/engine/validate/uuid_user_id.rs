//! UUID used as the id of a person or account: the UUID shape with a defined version, 1 to 8.
//!
//! Only meaningful beside a key such as `user_id` or `patient_id`. The variant bits are not
//! checked, since older GUIDs of persons carry the Microsoft variant. Source: RFC 9562 4.2.

/// True for a UUID of version 1 to 8.
pub(crate) fn valid(value: &[u8]) -> bool {
    super::uuid::valid(value) && matches!(value.get(14), Some(b'1'..=b'8'))
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in [
            "00000000-0000-4000-8000-000000000000",
            "123e4567-e89b-12d3-a456-426614174000",
            "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "123e4567e89b12d3a456426614174000",
            "123e4567-e89b-12d3-a456-42661417400",
            "g23e4567-e89b-12d3-a456-426614174000",
            "00000000-0000-0000-0000-000000000000",
            "123e4567-e89b-92d3-a456-426614174000",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
