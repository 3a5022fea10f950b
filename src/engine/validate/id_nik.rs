//! Indonesian identity number: region, day (40 more for a woman), month and year of birth, and a serial
//! that is not zero.
//!
//! Source: Direktorat Jenderal Kependudukan dan Pencatatan Sipil, NIK; regulation 37 of 2007.

use super::calendar::exists_short;
use super::digits::part;
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddddddddddddd", "dddddd dddddd dddd", "dddddd-dddddd-dddd"]).is_some_and(|id| {
        let digits = id.chars();
        let day = part(digits, 6..8);
        digits.first() != Some(&b'0')
            && exists_short(part(digits, 10..12), part(digits, 8..10), if day > 40 { day - 40 } else { day })
            && part(digits, 12..16) > 0
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["1111110101900001", "1101014101000001", "9999993112991234"], &["3171013208450001", "3171011713450001", "317101170845000", ""]);
    }

    #[test]
    fn structure() {
        assert!(!valid(b"1111110101900000") && !valid(b"0111110101900001") && !valid(b"1111117201900001"));
    }
}
