//! Aadhaar number: twelve digits, 4-4-4, the first 2 to 9, not the same from both ends, with a Verhoeff
//! check digit.
//!
//! Source: UIDAI, "Aadhaar number" and its technical specifications.

use super::layout::read;
use super::verhoeff;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddddddddd", "dddd dddd dddd", "dddd-dddd-dddd"]).is_some_and(|id| {
        let digits = id.chars();
        matches!(digits.first(), Some(b'2'..=b'9')) && !digits.iter().eq(digits.iter().rev()) && verhoeff::passes(digits.iter().copied())
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["2341 2341 2346", "999941057058", "200000000009"], &["234123412347", "123412341234", "23412341234", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("2{n:03}4567890"));
    }
}
