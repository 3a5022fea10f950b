//! Chinese resident identity number: region, date of birth, serial, and a check character that may be
//! X.
//!
//! Source: GB 11643-1999, "Citizen identification number"; ISO 7064 MOD 11-2.

use super::calendar::exists;
use super::digits::part;
use super::iso7064::mod_11_2;
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    let Some((last, body)) = value.split_last() else { return false };
    read(body, &["ddddddddddddddddd", "dddddd dddddddd ddd"]).is_some_and(|id| {
        let digits = id.chars();
        matches!(digits.first(), Some(b'1'..=b'6' | b'8'))
            && exists(part(digits, 6..10), part(digits, 10..12), part(digits, 12..14))
            && mod_11_2(digits) == last.to_ascii_uppercase()
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["11010519491231002X", "110101190001010014", "440301200001011248"], &["110105194912310021", "110105194913310021", "11010519491231002", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789X", |n| format!("11010519900101{n:03}"));
        assert!(valid(b"11010519491231002x"));
    }
}
