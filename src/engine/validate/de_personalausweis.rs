//! Number of a German identity card or passport: a letter, eight more characters without vowels and
//! easily misread letters, and a check digit.
//!
//! Source: Bundesministerium des Innern, serial number of identity documents; ICAO Doc 9303 part 3.

use super::layout::read;

const LETTERS: &[u8] = b"CFGHJKLMNPRTVWXYZ";

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["AXXXXXXXXd", "AXXXXXXXX d"]).is_some_and(|id| {
        let Some((check, body)) = id.chars().split_last() else { return false };
        body.iter().all(|byte| byte.is_ascii_digit() || LETTERS.contains(byte)) && machine_readable_check(body) == *check
    })
}

/// Weights 7 3 1 over digits and letters (A is 10), modulo 10.
fn machine_readable_check(body: &[u8]) -> u8 {
    let values = body.iter().map(|byte| u32::from(if byte.is_ascii_digit() { byte - b'0' } else { byte.wrapping_sub(b'A') + 10 }));
    let sum: u32 = values.zip([7, 3, 1].into_iter().cycle()).map(|(value, weight)| value * weight).sum();
    b'0' + (sum % 10) as u8
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["T220001293", "L01X00T471", "LZ6311T475"], &["T220001294", "A220001293", "T22000129", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("L01X00{n:03}"));
    }
}
