//! IMEI of a handset: 15 digits, whole or grouped 8-6-1 or 2-6-6-1, with a Luhn check digit.
//!
//! The 16-digit IMEISV has no check digit and is left to its key. One in ten random numbers
//! passes, and card numbers of 15 digits pass too: a bare run wants a key.
//! Source: 3GPP TS 23.003 6.2 and annex B, GSMA TS.06.

use super::digits::{Run, Sep, all_same};

/// True for one IMEI with a right check digit.
pub(crate) fn valid(value: &[u8]) -> bool {
    Run::digits(value, &[Sep::Space, Sep::Dash]).is_some_and(|run| {
        let layout = run.contiguous_or(&[8, 6, 1]) || run.groups() == [2, 6, 6, 1];
        let digits = run.chars();
        layout && digits.len() == 15 && !all_same(digits) && super::luhn::passes(digits)
    })
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in [
            "490154203237518",
            "00-000000-000001-8",
            "012345000000013",
            "49015420-323751-8",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "490154203237519",
            "49015420323751",
            "4901542032375188",
            "000000000000000",
            "490-154203237518",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
