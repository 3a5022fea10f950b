//! Icelandic identification number: day (40 more for an organisation), month and year of birth, two
//! digits, a weighted check digit modulo 11, and a digit for the century.
//!
//! Source: Þjóðskrá (Registers Iceland), "Kennitölur".

use super::calendar::exists_short;
use super::digits::{part, weighted};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddd-dddd", "dddddddddd", "dddddd dddd"]).is_some_and(|id| {
        let digits = id.chars();
        let day = part(digits, 0..2);
        exists_short(part(digits, 4..6), part(digits, 2..4), if day > 40 { day - 40 } else { day })
            && matches!(digits.last(), Some(b'0' | b'9'))
            && weighted(digits.get(..9).unwrap_or_default(), &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["010190-1189", "010190-0029", "010100-0030"], &["320174-3399", "120174-3398", "120174-339", ""]);
    }

    #[test]
    fn one_check_fits() {
        for n in 0..100 {
            let fitting = (0..10).filter(|check| valid(format!("010190-{n:02}{check}9").as_bytes()));
            assert!(fitting.count() < 2, "{n}");
        }
    }
}
