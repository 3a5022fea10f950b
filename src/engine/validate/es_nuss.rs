//! Spanish social security number: province, eight digits, and the whole modulo 97.
//!
//! Source: Tesorería General de la Seguridad Social, "Número de la Seguridad Social".

use super::digits::part;
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddddddddd", "dd/dddddddd/dd", "dd dddddddd dd", "dd-dddddddd-dd"]).is_some_and(|id| {
        let (province, middle, check) = (part(id.chars(), 0..2), part(id.chars(), 2..10), part(id.chars(), 10..12));
        // A leading zero of the middle is left out of the sum.
        let shift = if middle < 10_000_000 { 10_000_000 } else { 100_000_000 };
        (1..=66).contains(&province) && (province * (shift % 97) + middle) % 97 == check
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["281234567840", "28/12345678/40", "010000000177"], &["281234567841", "991234567840", "28123456784", ""]);
    }

    #[test]
    fn one_check_fits() {
        for n in 0..1000 {
            let fitting = (0..100).filter(|check| valid(format!("28{n:03}45678{check:02}").as_bytes()));
            assert_eq!(fitting.count(), 1, "{n}");
        }
    }
}
