//! Emirates identity number: 784, year of birth, seven digits, and a Luhn digit.
//!
//! Source: Federal Authority for Identity and Citizenship (ICP), Emirates ID; ISO 3166-1 numeric code 784.

use super::digits::part;
use super::layout::read;
use super::luhn;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddd-dddd-ddddddd-d", "ddddddddddddddd", "ddd dddd ddddddd d"]).is_some_and(|id| {
        id.chars().starts_with(b"784") && matches!(part(id.chars(), 3..7), 1850..=2100) && luhn::passes(id.chars())
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["784-1980-1234567-8", "784-2000-0000001-6", "784199011111111"], &["784-1980-1234567-0", "783-1980-1234567-9", "784-1780-1234567-9", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("784-1980-1{n:03}567-"));
    }
}
