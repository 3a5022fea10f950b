//! Swiss social security number (AHV, AVS): thirteen digits that begin with 756, with the check digit of
//! an EAN-13 code, written 3.4.4.2.
//!
//! Source: Zentrale Ausgleichsstelle (ZAS), "AHVN13"; GS1 General Specifications, check digit.

use super::digits::{checked, weighted};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddddddd", "ddd.dddd.dddd.dd", "ddd dddd dddd dd"]).is_some_and(|id| {
        id.chars().starts_with(b"756") && checked(id.chars(), |body| Some((10 - weighted(body, &[1, 3]) % 10) % 10))
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["756.1111.1111.13", "7561234567897", "756.0000.0000.02"], &["756.9217.0769.84", "757.9217.0769.85", "756.9217.0769.8", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("756{n:03}456789"));
    }
}
