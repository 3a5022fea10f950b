//! Belgian national register number: date of birth, serial, and a check of two digits: 97 less the first
//! nine digits modulo 97, with a 2 before them for births since 2000. Foreigners' numbers (BIS) have 20 or
//! 40 more in the month.
//!
//! Source: IBZ, Rijksregister, "Samenstelling van het informatienummer".

use super::calendar::exists_short;
use super::digits::part;
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddddd", "dd.dd.dd-ddd.dd", "dd.dd.dd-ddd-dd", "dd dd dd ddd dd", "dddddd-ddd-dd", "dddddd-ddd.dd"]).is_some_and(|id| {
        let digits = id.chars();
        let (year, month, day) = (part(digits, 0..2), part(digits, 2..4), part(digits, 4..6));
        let month = if (21..=52).contains(&month) { (month - 1) % 20 + 1 } else { month };
        let (body, check) = (part(digits, 0..9), part(digits, 9..11));
        let later = (2 * (1_000_000_000 % 97) + body % 97) % 97;
        exists_short(year, month, day) && (97 - body % 97 == check || 97 - later == check)
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["90.01.01-001.23", "00.01.01-001.05", "90 41 01 001 12"], &["85.07.30-033.29", "85.13.30-033.28", "8507303328", ""]);
    }

    #[test]
    fn one_check_fits() {
        for serial in 0..1000 {
            let fitting = (0..100).filter(|check| valid(format!("900101{serial:03}{check:02}").as_bytes()));
            assert_eq!(fitting.count(), 2, "{serial}");
        }
    }
}
