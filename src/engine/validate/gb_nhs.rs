//! NHS number: ten digits, 3-3-4, with a weighted check digit modulo 11; a check of 10 is not issued.
//!
//! Source: NHS Data Dictionary, "NHS Number".

use super::digits::{all_same, checked, weighted};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddddddd", "ddd ddd dddd", "ddd-ddd-dddd"]).is_some_and(|id| number_ok(id.chars()))
}

/// True for ten digits with the right check digit; the Scottish number has the same one.
pub(crate) fn number_ok(digits: &[u8]) -> bool {
    !all_same(digits) && checked(digits, |body| Some((11 - weighted(body, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11))
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, at_most_one};

    #[test]
    fn vectors() {
        agrees(valid, &["943 476 5919", "999 000 0018", "9991234578"], &["943 476 5918", "943-476 5919", "94347659199", "9999999999", ""]);
    }

    #[test]
    fn one_check_fits() {
        at_most_one(valid, b"0123456789", |n| format!("9{n:03}45678"));
    }
}
