//! US adoption taxpayer identification number: SSN layout, first digit 9, group 93.
//!
//! Source: IRS, ATIN for pending US adoptions (form W-7A).

use super::us_itin::nine_hundred_group;

pub(crate) fn valid(value: &[u8]) -> bool {
    nine_hundred_group(value) == Some(93)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["900-93-0000", "912-93-3456", "999 93 9999"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in ["912-92-3456", "812-93-3456", "912-93-345", ""] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
