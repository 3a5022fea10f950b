//! Health plan member, subscriber or policy number: plans choose their own, so only the common
//! shape is checked. It fires only under a key.
//!
//! Source: BCBS Association (three-character prefix, 6 to 14 more) and state Medicaid examples.

use super::digits::{Run, Sep};

/// 6 to 20 upper-case letters and digits, at least one digit.
pub(crate) fn valid(value: &[u8]) -> bool {
    let upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    Run::read(value, &[Sep::Dash, Sep::Space], upper).is_some_and(|run| {
        let chars = run.chars();
        (6..=20).contains(&chars.len()) && chars.iter().any(u8::is_ascii_digit)
    })
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["XYZ123456789", "W000000001", "AB12345C", "XYZ 123 456 789"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "ABC",
            "abc123456",
            "123456789012345678901",
            "PREMIUM",
            "XYZ--123456",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
