//! British Columbia personal health number: ten digits that begin with 9, written 4-3-3. The last one
//! is a weighted sum modulo 11 of the eight in the middle; a check of 10 is not issued.
//!
//! Source: BC Ministry of Health, personal health number check digit routine.

use super::digits::{checked, weighted};
use super::layout::read;

const WEIGHTS: [u32; 8] = [2, 4, 8, 5, 10, 9, 7, 3];

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddddddd", "dddd ddd ddd", "dddd-ddd-ddd"]).is_some_and(|id| {
        id.chars().first() == Some(&b'9')
            && checked(id.chars(), |body| Some((11 - weighted(body.get(1..)?, &WEIGHTS) % 11) % 11))
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, at_most_one};

    #[test]
    fn vectors() {
        agrees(valid, &["9111 111 117", "9000 000 018", "9123 456 780"], &["9698 658 216", "8698658215", "969865821", ""]);
    }

    #[test]
    fn one_check_fits() {
        at_most_one(valid, b"0123456789", |n| format!("9{n:03}45678"));
    }
}
