//! UK bank account: sort code NN-NN-NN with the eight-digit account, or the sort code alone (a
//! `sort_code` key names just that). A bare NN-NN-NN is also a date, so it fires only under a key.
//!
//! Source: Pay.UK sort code and account number layout. The modulus tables are not applied: they
//! change monthly and refuse the documented test numbers.

use super::digits::{Run, Sep, only_digits};

pub(crate) fn valid(value: &[u8]) -> bool {
    let Some((sort_code, rest)) = value.split_at_checked(8) else {
        return false;
    };
    let sort_ok = Run::digits(sort_code, &[Sep::Dash]).is_some_and(|run| run.groups() == [2, 2, 2]);
    let gap = rest.iter().take_while(|byte| b" ,/".contains(byte)).count();
    let account = rest.get(gap..).unwrap_or_default();
    sort_ok && (rest.is_empty() || (1..=3).contains(&gap) && only_digits(account, 8..=8))
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in [
            "00-00-00 12345678",
            "12-34-56, 87654321",
            "20-00-00 00000001",
            "12-34-56/87654321",
            "20-00-00",
        ] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "123456 12345678",
            "12-34-56 1234567",
            "1-2-3 12345678",
            "12-34-5612345678",
            "12-34-56    87654321",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
