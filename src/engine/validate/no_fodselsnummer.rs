//! Norwegian birth number: day (40 more for a D number), month (40 more for a help number, 80 more in
//! test data) and year of birth, three digits, and two weighted check digits modulo 11.
//!
//! Source: Skatteetaten, "Fødselsnummer"; a remainder of 10 is not issued before the change of 2032.

use super::calendar::exists_short;
use super::digits::{checked, part, weighted};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddddd", "dddddd ddddd"]).is_some_and(|id| {
        let digits = id.chars();
        let (day, month) = (part(digits, 0..2), part(digits, 2..4));
        let day = if day > 40 { day - 40 } else { day };
        exists_short(part(digits, 4..6), if month > 40 { month % 40 } else { month }, day)
            && checked(digits.get(..10).unwrap_or_default(), |body| Some((11 - weighted(body, &[3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11) % 11))
            && checked(digits, |body| Some((11 - weighted(body, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11))
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["010190 00326", "01010000110", "41819000113"], &["15108695077", "32108695088", "1510869508", ""]);
    }

    #[test]
    fn one_check_fits() {
        for n in 0..1000 {
            let fitting = (0..100).filter(|checks| valid(format!("010190{n:03}{checks:02}").as_bytes()));
            assert!(fitting.count() < 2, "{n}");
        }
    }
}
