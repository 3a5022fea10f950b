//! ICCID of a SIM card: `89`, a calling code, 19 or 20 digits in all, Luhn check digit.
//!
//! Some cards print 19 digits and an `F` filler nibble; the filler is not part of the check.
//! Nanosecond times have 19 digits too but start with 17 to 19.
//! Source: ITU-T E.118 (structure), ISO/IEC 7812-1 annex B (check digit).

use super::digits::{Run, Sep};

/// True for one card number with a right check digit, whole or in groups.
pub(crate) fn valid(value: &[u8]) -> bool {
    let digits = match value {
        [head @ .., b'F' | b'f'] if value.len() == 20 => head,
        _ => value,
    };
    Run::digits(digits, &[Sep::Space, Sep::Dash]).is_some_and(|run| {
        let digits = run.chars();
        // Zone 1 is written `01`: the field has two digits at least.
        let field = digits
            .strip_prefix(b"89")
            .map(|f| f.strip_prefix(b"0").unwrap_or(f));
        let country = field.and_then(super::country_codes::code_len);
        country.is_some() && matches!(digits.len(), 19 | 20) && super::luhn::passes(digits)
    })
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in [
            "8944000000000000001",
            "8901410000000000005",
            "89490000000000000007",
            "8944000000000000001F",
            "8944 0000 0000 0000 001",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "7944000000000000000",
            "89440000",
            "8944000000000000x0",
            "8944000000000000002",
            "8999900000000000000",
            "1700000000000000000",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
