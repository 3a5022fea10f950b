//! Date of birth: any date form of `calendar`, day level, 1850 to 2100.
//!
//! Runs on the value beside a birth key (`dob`, `born`, `geburtsdatum`); without the key a date is
//! just a date, so the caller demands one. Source: ISO 8601-1 and common regional forms.

/// True when `value` is exactly one calendar date, with or without a time part.
pub(crate) fn valid(value: &[u8]) -> bool {
    super::calendar::is_date(value)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in [
            "1980-02-29",
            "02/29/1980",
            "29.02.1980",
            "Feb 29, 1980",
            "29 February 1980",
            "19800229",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "1981-02-29",
            "13/32/1980",
            "1980-13-01",
            "Foo 1, 1980",
            "",
            "1980-02-29 x",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
