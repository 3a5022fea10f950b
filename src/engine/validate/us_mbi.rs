//! Medicare beneficiary identifier: eleven characters whose positions are fixed to digit, letter
//! or either; letters leave out S L O I B Z. Written bare or 4-3-4.
//!
//! Source: CMS, "Understanding the Medicare Beneficiary Identifier (MBI) format".

use super::digits::{Run, Sep};

// c digit 1-9, n digit, a letter, x letter or digit.
const POSITIONS: &[u8; 11] = b"caxnaxnaann";

pub(crate) fn valid(value: &[u8]) -> bool {
    let upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let Some(run) = Run::read(value, &[Sep::Dash, Sep::Space], upper) else {
        return false;
    };
    let letter = |byte: u8| byte.is_ascii_uppercase() && !b"SLOIBZ".contains(&byte);
    run.chars().len() == POSITIONS.len()
        && run.contiguous_or(&[4, 3, 4])
        && run
            .chars()
            .iter()
            .zip(POSITIONS)
            .all(|(&byte, class)| match class {
                b'c' => matches!(byte, b'1'..=b'9'),
                b'n' => byte.is_ascii_digit(),
                b'a' => letter(byte),
                _ => byte.is_ascii_digit() || letter(byte),
            })
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in [
            "1EG4-TE5-MK73",
            "1EG4TE5MK72",
            "9AC1-AC1-AC11",
            "1EG4 TE5 MK73",
        ] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "0EG4-TE5-MK73",
            "1SG4-TE5-MK73",
            "1EG4-TE5-MK7",
            "1EG4-TE5MK73",
            "1eg4te5mk73",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn every_position_takes_its_own_class() {
        const DIGITS: &str = "0123456789";
        const LETTERS: &str = "ACDEFGHJKMNPQRTUVWXY";
        let either = format!("{DIGITS}{LETTERS}");
        let classes = [
            "123456789",
            LETTERS,
            &either,
            DIGITS,
            LETTERS,
            &either,
            DIGITS,
            LETTERS,
            LETTERS,
            DIGITS,
            DIGITS,
        ];
        for (place, class) in classes.iter().enumerate() {
            for byte in 0..=255u8 {
                let mut value = *b"1EG4TE5MK73";
                value[place] = byte;
                assert_eq!(
                    valid(&value),
                    class.as_bytes().contains(&byte),
                    "{place} {byte}"
                );
            }
        }
    }
}
