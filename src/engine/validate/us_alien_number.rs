//! US alien registration number: `A` and seven to nine digits, nine also as A123-456-789.
//!
//! Source: USCIS glossary, A-Number.

use super::digits::{Run, Sep};

pub(crate) fn valid(value: &[u8]) -> bool {
    let Some(rest) = value.strip_prefix(b"A") else {
        return false;
    };
    let rest = rest.strip_prefix(b"-").unwrap_or(rest);
    Run::digits(rest, &[Sep::Dash, Sep::Space])
        .is_some_and(|run| (7..=9).contains(&run.chars().len()) && run.contiguous_or(&[3, 3, 3]))
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["A123456789", "A123-456-789", "A12345678", "A-123456789"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "B123456789",
            "A123456",
            "A1234567890",
            "A12-3456-789",
            "A--123456789",
            "A",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
