//! Saudi identity number: 1 for a citizen or 2 for a resident (iqama), eight digits, and a Luhn digit.
//!
//! Source: Ministry of Interior (Saudi Arabia), Absher; Luhn check as in ISO/IEC 7812-1.

use super::layout::read;
use super::luhn;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddddddd"]).is_some_and(|id| matches!(id.chars().first(), Some(b'1' | b'2')) && luhn::passes(id.chars()))
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["1000000008", "2000000006", "1123456780"], &["1000000009", "3000000004", "100000000", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("2{n:03}45678"));
    }
}
