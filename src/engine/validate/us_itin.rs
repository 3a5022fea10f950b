//! US individual taxpayer identification number: SSN layout, first digit 9, and a group in the
//! issued ranges.
//!
//! Source: IRS, ITIN number ranges (50-65, 70-88, 90-92, 94-99); older tables lack 50-65.

use super::digits::{Run, Sep, number};

pub(crate) fn valid(value: &[u8]) -> bool {
    nine_hundred_group(value)
        .is_some_and(|group| matches!(group, 50..=65 | 70..=88 | 90..=92 | 94..=99))
}

/// The group (fourth and fifth digit) of a 9XX-GG-XXXX number.
pub(crate) fn nine_hundred_group(value: &[u8]) -> Option<u32> {
    let run = Run::digits(value, &[Sep::Dash, Sep::Space])?;
    let digits = run.chars();
    let shaped = digits.len() == 9 && digits.starts_with(b"9") && run.contiguous_or(&[3, 2, 4]);
    shaped.then_some(digits.get(3..5).map(number)?)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["912-90-3456", "900-70-0000", "999-50-9999", "912 90 3456"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "912-93-3456",
            "812-90-3456",
            "912-66-3456",
            "912-89-3456",
            "91-290-3456",
            "912-90-345",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn every_group() {
        let issued = (0..100).filter(|group| valid(format!("912-{group:02}-3456").as_bytes()));
        assert_eq!(issued.count(), 16 + 19 + 3 + 6);
    }
}
