//! Chilean identity and tax number (RUT, RUN): seven or eight digits, `-`, and a check character modulo
//! 11 with K for 10.
//!
//! Source: Servicio de Impuestos Internos and Registro Civil (Chile), "Rol Único Tributario".

use super::digits::digit;
use super::layout::read;

/// What stands before the check character.
const LAYOUTS: [&str; 6] = ["dd.ddd.ddd-", "d.ddd.ddd-", "dddddddd-", "ddddddd-", "dddddddd", "ddddddd"];

pub(crate) fn valid(value: &[u8]) -> bool {
    let Some((check, body)) = value.split_last() else { return false };
    read(body, &LAYOUTS).is_some_and(|id| {
        let from_right = id.chars().iter().rev().zip((2..8).cycle());
        let sum: u32 = from_right.map(|(byte, weight)| digit(*byte) * weight).sum();
        let expected = match 11 - sum % 11 {
            11 => b'0',
            10 => b'K',
            check => b'0' + check as u8,
        };
        sum > 0 && check.to_ascii_uppercase() == expected
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["11.111.111-1", "76086428-5", "1.000.000-9"], &["12531909-3", "76086A28-5", "12.531.90-2", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", |n| format!("12{n:03}456-"));
        exactly_one(valid, b"0123456789k", |n| format!("12.{n:03}.456-"));
    }
}
