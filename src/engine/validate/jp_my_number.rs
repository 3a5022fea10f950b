//! Japanese individual number ("My Number"): twelve digits, 4-4-4, with a weighted check digit modulo
//! 11.
//!
//! Source: Digital Agency (Japan), ministerial ordinance 85 of 2014 on the individual number.

use super::digits::{all_same, checked, weighted};
use super::layout::read;

const WEIGHTS: [u32; 11] = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddddddddd", "dddd dddd dddd", "dddd-dddd-dddd"]).is_some_and(|id| {
        !all_same(id.chars())
            && checked(id.chars(), |body| match weighted(body, &WEIGHTS) % 11 {
                0 | 1 => Some(0),
                rest => Some(11 - rest),
            })
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["1111 1111 1118", "123456789018", "000000000019"], &["6214 9832 0258", "62149832025", "6214 9832 025X", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("1{n:03}4567890"));
    }
}
