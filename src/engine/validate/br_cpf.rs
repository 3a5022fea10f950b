//! Brazilian taxpayer number of a person (CPF): nine digits and two weighted check digits modulo 11,
//! written 3.3.3-2.
//!
//! Source: Receita Federal do Brasil, "Cadastro de Pessoas Físicas".

use super::digits::{all_same, checked, weighted};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddd.ddd.ddd-dd", "ddddddddddd", "ddddddddd-dd"]).is_some_and(|id| {
        let digits = id.chars();
        !all_same(digits)
            && checked(digits.get(..10).unwrap_or_default(), |body| Some(weighted(body, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10))
            && checked(digits, |body| Some(weighted(body, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10))
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["111.222.333-96", "00000000191", "12345678909"], &["231.002.999-00", "11111111111", "390.533.447-0", ""]);
    }

    #[test]
    fn one_check_fits() {
        for n in 0..1000 {
            let fitting = (0..100).filter(|checks| valid(format!("1{n:03}45678{checks:02}").as_bytes()));
            assert_eq!(fitting.count(), 1, "{n}");
        }
    }
}
