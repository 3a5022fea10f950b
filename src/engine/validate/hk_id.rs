//! Hong Kong identity card number: one or two letters, six digits, and a check character in brackets,
//! modulo 11 with A for 10.
//!
//! Source: Immigration Department (Hong Kong), identity card; Registration of Persons Regulations.

use super::digits::{digit, weighted};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    let one = read(value, &["Adddddd(X)", "AddddddX"]);
    one.or_else(|| read(value, &["AAdddddd(X)", "AAddddddX"])).is_some_and(|id| {
        let Some((letters, rest)) = id.chars().len().checked_sub(7).and_then(|at| id.chars().split_at_checked(at)) else {
            return false;
        };
        let Some((check, digits)) = rest.split_last() else { return false };
        // A missing first letter counts as a blank, which is 36.
        let value = |byte: &u8| u32::from(byte.wrapping_sub(b'A')) + 10;
        let prefix = match letters {
            [first, second] => 9 * value(first) + 8 * value(second),
            [only] => 9 * 36 + 8 * value(only),
            _ => return false,
        };
        let check = match check {
            b'A' => 10,
            b'0'..=b'9' => digit(*check),
            _ => return false,
        };
        (prefix + weighted(digits, &[7, 6, 5, 4, 3, 2]) + check).is_multiple_of(11)
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["A123456(3)", "G123456(A)", "AB987654(3)"], &["A123456(4)", "A12345(3)", "123456(3)", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", |n| format!("A1{n:03}45"));
        exactly_one(valid, b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", |n| format!("XA1{n:03}45"));
    }
}
