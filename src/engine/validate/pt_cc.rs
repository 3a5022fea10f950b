//! Number of the Portuguese citizen card: eight digits and their check, two letters or digits of the
//! version, and a check over all twelve, as Luhn with letters counting 10 to 35.
//!
//! Source: Instituto dos Registos e do Notariado, "Validação de número de documento do cartão de cidadão".

use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddddddXXd", "dddddddd d XXd", "ddddddddd XXd"]).is_some_and(|id| {
        let from_right = id.chars().iter().rev().enumerate();
        let sum: u32 = from_right
            .map(|(place, &byte)| {
                let value = u32::from(if byte.is_ascii_digit() { byte - b'0' } else { byte.wrapping_sub(b'A') + 10 });
                match (place % 2, value * 2) {
                    (0, _) => value,
                    (_, double) if double > 9 => double - 9,
                    (_, double) => double,
                }
            })
            .sum();
        sum.is_multiple_of(10)
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["00000000 0 ZZ4", "123456789ZZ1", "111111111AA5"], &["00000000 0 ZZ5", "0000000 0 ZZ4", "000000000zz4", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("12345{n:04}AB"));
    }
}
