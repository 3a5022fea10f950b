//! Dominican identity card number: eleven digits, 3-7-1, with a Luhn digit.
//!
//! Source: Junta Central Electoral (Dominican Republic), cédula de identidad y electoral.

use super::digits::all_same;
use super::layout::read;
use super::luhn;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddd-ddddddd-d", "ddddddddddd"]).is_some_and(|id| !all_same(id.chars()) && luhn::passes(id.chars()))
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["001-0000000-9", "402-1234567-8", "00100000017"], &["00113918204", "001-1391820", "1-2-3", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("001-1{n:03}567-"));
    }
}
