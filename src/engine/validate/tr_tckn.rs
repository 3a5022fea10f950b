//! Turkish identification number: eleven digits, the first not 0; the tenth and eleventh are check
//! digits modulo 10.
//!
//! Source: Nüfus ve Vatandaşlık İşleri Genel Müdürlüğü, "T.C. Kimlik Numarası".

use super::digits::{checked, weighted};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddddd"]).is_some_and(|id| {
        let digits = id.chars();
        digits.first() != Some(&b'0')
            // Seven times the odd places less the even ones; minus one is nine modulo ten.
            && checked(digits.get(..10).unwrap_or_default(), |body| Some(weighted(body, &[7, 9]) % 10))
            && checked(digits, |body| Some(weighted(body, &[1]) % 10))
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["11111111110", "10000000146", "12345678950"], &["17291716050", "07291716060", "1729171606", ""]);
    }

    #[test]
    fn one_check_fits() {
        for n in 0..1000 {
            let fitting = (0..100).filter(|checks| valid(format!("1{n:03}45678{checks:02}").as_bytes()));
            assert_eq!(fitting.count(), 1, "{n}");
        }
    }
}
