//! Australian bank account: BSB NNN-NNN followed by an account of six to nine digits. The BSB
//! alone is refused: it looks like half a phone number.
//!
//! Source: Australian Payments Network, BSB procedures.

use super::digits::{Run, Sep, only_digits};

pub(crate) fn valid(value: &[u8]) -> bool {
    let Some((bsb, rest)) = value.split_at_checked(7) else {
        return false;
    };
    let bsb_ok = Run::digits(bsb, &[Sep::Dash]).is_some_and(|run| run.groups() == [3, 3]);
    let gap = rest.iter().take_while(|byte| b" ,/".contains(byte)).count();
    let account = rest.get(gap..).unwrap_or_default();
    bsb_ok && (1..=3).contains(&gap) && only_digits(account, 6..=9)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["062-000 12345678", "012-345 123456", "999-999, 123456789"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "06-2000 12345678",
            "062-000",
            "062-000 12345",
            "062-00012345678",
            "062-000 1234567890",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
