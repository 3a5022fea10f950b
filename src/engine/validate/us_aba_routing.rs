//! US bank routing number (ABA RTN): nine digits, bare or NNNN-NNNN-C. One random nine-digit
//! number in 26 passes, so it needs a key.
//!
//! Source: ABA routing number policy; prefixes of the Federal Reserve districts; weights 3 7 1.

use super::digits::{Run, Sep, all_same, number, weighted};

pub(crate) fn valid(value: &[u8]) -> bool {
    let Some(run) = Run::digits(value, &[Sep::Dash, Sep::Space]) else {
        return false;
    };
    let digits = run.chars();
    let district = digits.get(..2).map_or(99, number);
    digits.len() == 9
        && run.contiguous_or(&[4, 4, 1])
        && !all_same(digits)
        && matches!(district, 0..=12 | 21..=32 | 61..=72 | 80)
        && weighted(digits, &[3, 7, 1]).is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["021000021", "111000025", "064000004", "0210-0002-1"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "021000022",
            "991000021",
            "02100002",
            "000000000",
            "021-000-021",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
