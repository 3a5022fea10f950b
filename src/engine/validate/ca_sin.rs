//! Canadian social insurance number: nine digits, 3-3-3, with a Luhn check digit. The first digit is
//! the region of issue: 0 and 8 are not given out, 9 is a temporary number.
//!
//! Source: Government of Canada, "Social Insurance Number"; Luhn check as in ISO/IEC 7812-1.

use super::layout::read;
use super::luhn;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddd", "ddd-ddd-ddd", "ddd ddd ddd"])
        .is_some_and(|id| !matches!(id.chars().first(), Some(b'0' | b'8')) && luhn::passes(id.chars()))
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["123-456-782", "123456782", "900000001"], &["123-456-789", "823456785", "12345678", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("1{n:03}4567"));
    }
}
