//! Check characters of ISO 7064: the hybrid system MOD 11,10 and the pure system MOD 11-2.
//!
//! Source: ISO/IEC 7064:2003. Used by the German and Croatian tax numbers and the Chinese identity number.

use super::digits::digit;

/// True when ASCII digits end in their MOD 11,10 check digit.
pub(crate) fn mod_11_10(digits: &[u8]) -> bool {
    digits.split_last().is_some_and(|(last, body)| {
        let product = body.iter().fold(10, |product, byte| match (product + digit(*byte)) % 10 {
            0 => 20 % 11,
            sum => sum * 2 % 11,
        });
        (product + digit(*last)) % 10 == 1
    })
}

/// The MOD 11-2 check character of ASCII digits.
pub(crate) fn mod_11_2(body: &[u8]) -> u8 {
    match (12 - body.iter().fold(0, |sum, byte| (sum + digit(*byte)) * 2 % 11)) % 11 {
        10 => b'X',
        check => b'0' + check as u8,
    }
}

#[cfg(test)]
mod tests {
    use super::{mod_11_2, mod_11_10};

    #[test]
    fn one_check_digit_in_ten_passes() {
        for body in 0..1000 {
            let passing = (0..10).filter(|check| mod_11_10(format!("{body:05}{check}").as_bytes()));
            assert_eq!(passing.count(), 1, "{body}");
        }
        assert!(mod_11_10(b"07945") && !mod_11_10(b""));
    }

    #[test]
    fn the_check_character_may_be_x() {
        assert_eq!(mod_11_2(b"0794"), b'0');
        assert_eq!(mod_11_2(b"11010519491231002"), b'X');
    }
}
