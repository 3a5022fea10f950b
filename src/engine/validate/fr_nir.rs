//! French social security number (NIR): sex, year and month of birth, department (2A and 2B for Corsica),
//! commune, order, and a key of two digits: 97 less the first thirteen digits modulo 97.
//!
//! Source: INSEE, "Numéro de sécurité sociale (NIR)"; décret 82-103.

use super::digits::{number, part};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddXdddddddd", "d dd dd dX ddd ddd dd", "d-dd-dd-dX-ddd-ddd-dd"]).is_some_and(|id| {
        let digits = id.chars();
        let (Some(sex), Some(body), month) = (digits.first(), digits.get(..13), part(digits, 3..5)) else { return false };
        matches!(sex, b'1'..=b'4' | b'7' | b'8')
            && matches!(month, 1..=12 | 20..=42 | 50..=99)
            && key_of(body) == Some(part(digits, 13..15))
    })
}

/// The key: Corsica counts as department 19 (2A) or 18 (2B).
fn key_of(body: &[u8]) -> Option<u32> {
    let department = match body.get(5..7)? {
        b"2A" => 19,
        b"2B" => 18,
        code => code.iter().all(u8::is_ascii_digit).then(|| number(code))?,
    };
    // The three parts in base 97, so that nothing overflows.
    let (head, tail) = (number(body.get(..5)?), number(body.get(7..)?));
    let modulo = (head % 97 * 100 + department) % 97 * (1_000_000 % 97) + tail % 97;
    Some(97 - modulo % 97)
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["1 90 01 99 001 001 30", "1 80 01 99 999 999 40", "290012B00100133"], &["2 95 10 99 126 111 94", "9 95 10 99 126 111 93", "295109912611", ""]);
    }

    #[test]
    fn one_check_fits() {
        for n in 0..1000 {
            let fitting = (0..100).filter(|key| valid(format!("1900175{n:03}001{key:02}").as_bytes()));
            assert_eq!(fitting.count(), 1, "{n}");
        }
        assert!(!valid(b"190012C00100130") && !valid(b"190139900100130"));
    }
}
