//! US DEA registration number: registrant type, a letter or 9, seven digits, optional `-suffix`
//! for staff of an institution. One string of this shape in ten passes.
//!
//! Source: DEA Diversion Control, registration number format: digits 1, 3, 5 plus twice digits
//! 2, 4, 6 end in digit 7.

use super::digits::{only_digits, weighted};

pub(crate) fn valid(value: &[u8]) -> bool {
    let (number, suffix) = value.split_at_checked(9).unwrap_or_default();
    let suffix_ok = match suffix {
        [] => true,
        [b'-', tail @ ..] => {
            (1..=8).contains(&tail.len()) && tail.iter().all(u8::is_ascii_alphanumeric)
        }
        _ => false,
    };
    match number {
        [kind, second, digits @ .., check] => {
            suffix_ok
                && b"ABCDEFGHJKLMPRSTUX".contains(kind)
                && (second.is_ascii_uppercase() || *second == b'9')
                && only_digits(digits, 6..=6)
                && weighted(digits, &[1, 2]) % 10 + u32::from(b'0') == u32::from(*check)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["AA1111119", "F91111121", "BB1234563", "BB1234563-A12"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "AP5836728",
            "IP5836727",
            "AP583672",
            "BB1234563-",
            "BB1234563A",
            "bb1234563",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
