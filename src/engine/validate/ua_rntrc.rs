//! Ukrainian taxpayer number (RNOKPP): days from 1899-12-31 to the birth, four digits, and a weighted
//! check digit modulo 11, 10 counting as 0.
//!
//! Source: State Tax Service of Ukraine, registration number of the taxpayer's account card.

use super::digits::{all_same, checked, weighted};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    // The first weight is minus one, which is ten modulo eleven.
    let weights = [10, 5, 7, 9, 4, 6, 10, 5, 7];
    read(value, &["dddddddddd"]).is_some_and(|id| !all_same(id.chars()) && checked(id.chars(), |body| Some(weighted(body, &weights) % 11 % 10)))
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["1111111118", "1000000000", "3650000007"], &["1759013770", "175901377", "17590137766", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("1{n:03}45678"));
    }
}
