//! Luhn check (ISO/IEC 7812-1 annex B): from the right, every second digit is doubled and its
//! digits summed; the total must be a multiple of ten. Used by the card, NPI and device checks.

use super::digits::{Run, Sep, digit};

/// The Luhn sum of ASCII digits, the last digit being the check digit.
pub(crate) fn sum(digits: &[u8]) -> u32 {
    let from_right = digits.iter().rev().enumerate();
    from_right
        .map(|(place, &byte)| match (place % 2, digit(byte)) {
            (0, value) => value,
            (_, value) if value > 4 => value * 2 - 9,
            (_, value) => value * 2,
        })
        .sum()
}

/// True when ASCII digits carry a right check digit.
pub(crate) fn passes(digits: &[u8]) -> bool {
    digits.len() > 1 && sum(digits).is_multiple_of(10)
}

/// Digits with one kind of separator and a right check digit.
pub(crate) fn valid(value: &[u8]) -> bool {
    Run::digits(value, &[Sep::Space, Sep::Dash, Sep::Dot]).is_some_and(|run| passes(run.chars()))
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["79927398713", "7992-739-8713", "00", "18"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in ["79927398710", "0", "", "7992-739 8713", "x8"] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn one_check_digit_in_ten_passes() {
        for body in 0..1000 {
            let passing = (0..10).filter(|check| valid(format!("{body:05}{check}").as_bytes()));
            assert_eq!(passing.count(), 1, "{body}");
        }
    }
}
