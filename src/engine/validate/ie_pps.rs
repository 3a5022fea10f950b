//! Irish personal public service number: seven digits, a check letter modulo 23, and perhaps a second
//! letter, which counts nine times.
//!
//! Source: Revenue Commissioners (Ireland), PPSN validation; Department of Social Protection.

use super::digits::weighted;
use super::layout::read;

const CHECKS: &[u8; 23] = b"WABCDEFGHIJKLMNOPQRSTUV";

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddddA", "dddddddAA"]).is_some_and(|id| {
        let Some((digits, letters)) = id.chars().split_at_checked(7) else { return false };
        // The second letter of married women's numbers (W) and of old ones (T, X) counts nothing.
        let second = match letters.get(1) {
            Some(letter @ (b'A' | b'B' | b'H')) => u32::from(letter - b'A' + 1),
            None | Some(b'W' | b'T' | b'X') => 0,
            Some(_) => return false,
        };
        let sum = weighted(digits, &[8, 7, 6, 5, 4, 3, 2]) + 9 * second;
        CHECKS.get((sum % 23) as usize) == letters.first()
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["1111111L", "1111111UA", "1234567T"], &["6433435E", "6433435VH", "643343F", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", |n| format!("1{n:03}456"));
    }
}
