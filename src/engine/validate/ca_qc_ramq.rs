//! Quebec health insurance number: four letters of the name, year, month (50 more for a woman) and day
//! of birth, and two more characters whose check is not public.
//!
//! Source: Régie de l'assurance maladie du Québec, "Health Insurance Card".

use super::calendar::exists_short;
use super::digits::part;
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["AAAAdddddddd", "AAAA dddd dddd", "AAAA-dddd-dddd"]).is_some_and(|id| {
        let month = part(id.chars(), 6..8);
        exists_short(part(id.chars(), 4..6), if month > 50 { month - 50 } else { month }, part(id.chars(), 8..10))
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["TREM 4510 1234", "ABCD 8051 0112", "WXYZ00010199"], &["TREM 4513 1234", "TRE 4510 1234", "TREM 4510 3234", ""]);
    }

    #[test]
    fn structure() {
        assert!(valid(b"TREM45601234") && !valid(b"TREM45631234") && !valid(b"TREM45501234"));
    }
}
