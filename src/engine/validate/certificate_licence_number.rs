//! Professional certificate or licence number: the CLIA laboratory form (2 digits, `D`, 7 digits),
//! or the usual state board form of a short letter prefix and digits. The board form fires only
//! under a key.
//!
//! Source: CMS CLIA number layout; state medical and nursing board look-up examples.

use super::digits::only_digits;

pub(crate) fn valid(value: &[u8]) -> bool {
    clia(value) || board(value)
}

fn clia(value: &[u8]) -> bool {
    match value.split_at_checked(2) {
        Some((state, [b'D', rest @ ..])) => only_digits(state, 2..=2) && only_digits(rest, 7..=7),
        _ => false,
    }
}

// MD-12345, RN 123456, G12345, 1234567: at most 12 letters and digits.
fn board(value: &[u8]) -> bool {
    let letters = value
        .iter()
        .take_while(|byte| byte.is_ascii_uppercase())
        .count();
    let rest = value.get(letters..).unwrap_or_default();
    let digits = match rest {
        [b'-' | b'.' | b' ', digits @ ..] if letters > 0 => digits,
        _ => rest,
    };
    letters <= 4 && only_digits(digits, 4..=12) && letters + digits.len() <= 12
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in [
            "00D0000001",
            "12D3456789",
            "99D9999999",
            "MD-12345",
            "RN123456",
            "G12345",
        ] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "12E3456789",
            "12D345678",
            "1D3456789",
            "-12345",
            "ABCDE12345",
            "MD--12345",
            "LICENCE",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
