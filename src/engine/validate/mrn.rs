//! Medical record number: every hospital has its own, so only the common shape is checked, 4 to
//! 12 digits with a few letters and single dashes. It fires only under a key or in a PID field.
//!
//! Source: shapes seen in HL7 v2 PID-3 and DICOM (0010,0020) examples; no standard exists.

pub(crate) fn valid(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = value
        .iter()
        .filter(|byte| byte.is_ascii_alphabetic())
        .count();
    let dashes = value.iter().filter(|&&byte| byte == b'-').count();
    let mut groups = value.split(|&byte| byte == b'-');
    (4..=12).contains(&digits)
        && letters <= 6
        && digits + letters + dashes == value.len()
        && groups.all(|group| !group.is_empty())
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["MRN-0012345", "00123456", "A1234567", "12-34-56"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "MRN",
            "123",
            "1234567890123",
            "-1234",
            "12--345",
            "MRN 0012345",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
