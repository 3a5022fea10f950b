//! Italian tax code: six letters of the name, year, month letter and day (40 more for a woman) of
//! birth, place code, and a check letter. Where two people would share a code, digits are replaced by
//! letters from the right (omocodia).
//!
//! Source: Agenzia delle Entrate, decreto ministeriale of 23 December 1976.

use super::layout::read;

/// Value of a character at an odd place; digits count as A to J.
const ODD: [u32; 26] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
/// Letters that stand for 0 to 9.
const REPLACED: &[u8; 10] = b"LMNPQRSTUV";
/// Months, January first.
const MONTHS: &[u8; 12] = b"ABCDEHLMPRST";

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["AAAAAAXXAXXAXXXA", "AAAAAA XXAXX AXXXA", "AAA AAA XXAXX AXXXA"]).is_some_and(|id| {
        let Some((check, body)) = id.chars().split_last() else { return false };
        let places = [6, 7, 9, 10, 12, 13, 14];
        let Some(day) = two(body, 9) else { return false };
        places.iter().all(|place| body.get(*place).copied().and_then(figure).is_some())
            && body.get(8).is_some_and(|month| MONTHS.contains(month))
            && matches!(day, 1..=31 | 41..=71)
            && check_of(body) == Some(*check)
    })
}

/// A digit, or the letter that replaces it.
fn figure(byte: u8) -> Option<u32> {
    match byte {
        b'0'..=b'9' => Some(u32::from(byte - b'0')),
        _ => REPLACED.iter().zip(0..).find(|(letter, _)| **letter == byte).map(|(_, value)| value),
    }
}

fn two(body: &[u8], at: usize) -> Option<u32> {
    Some(figure(*body.get(at)?)? * 10 + figure(*body.get(at + 1)?)?)
}

fn check_of(body: &[u8]) -> Option<u8> {
    let mut sum = 0;
    for (place, byte) in body.iter().enumerate() {
        let value = if byte.is_ascii_digit() { byte - b'0' } else { byte.checked_sub(b'A')? };
        // Places are counted from one: the first is odd.
        sum += if place % 2 == 0 { *ODD.get(usize::from(value))? } else { u32::from(value) };
    }
    u8::try_from(sum % 26).ok().map(|check| b'A' + check)
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["AAAAAA90A01A001A", "BBBBBB25D09F205M", "AAAAAA00A01A000H"], &["RSSMRA85T10A562T", "RSSMRA85Z10A562S", "RSSMRA85T10A562", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", |n| format!("AAAAAA90A01A{n:03}"));
        exactly_one(valid, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", |n| format!("BBBBBB25D49F{:02}L", n % 100));
        assert!(!valid(b"AAAAAA90A32A001A") && !valid(b"AAAAAA90A01A0A1A"));
    }
}
