//! Colombian tax number (NIT): nine digits, `-`, and a weighted check digit modulo 11. The number of the
//! citizen's card (cédula) has no check: it is found behind a key only.
//!
//! Source: DIAN (Colombia), orden administrativa 4 of 1989; Registraduría Nacional del Estado Civil.

use super::digits::{checked, digit};
use super::layout::read;

/// Weights from the right.
const WEIGHTS: [u32; 9] = [3, 7, 13, 17, 19, 23, 29, 37, 41];

pub(crate) fn valid(value: &[u8]) -> bool {
    // A cédula of eight digits has no check.
    read(value, &["dddddddd"]).is_some()
        || read(value, &["ddd.ddd.ddd-d", "ddddddddd-d", "dddddddddd", "ddd ddd ddd-d"]).is_some_and(|id| {
        checked(id.chars(), |body| {
            let sum: u32 = body.iter().rev().zip(WEIGHTS).map(|(byte, weight)| digit(*byte) * weight).sum();
            Some(if sum % 11 > 1 { 11 - sum % 11 } else { sum % 11 })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["111.111.111-9", "800.000.000-2", "900123456-8"], &["2131234325", "213.123.432", "12-3", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("1{n:03}45678-"));
    }
}
