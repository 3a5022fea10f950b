//! Malaysian identity card number: date of birth, place of birth, three digits, and one that is odd for
//! men and even for women, 6-2-4. There is no check digit; some places do not exist.
//!
//! Source: Jabatan Pendaftaran Negara (Malaysia), MyKad and its state codes.

use super::calendar::exists_short;
use super::digits::part;
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddd-dd-dddd", "dddddddddddd"]).is_some_and(|id| {
        let digits = id.chars();
        exists_short(part(digits, 0..2), part(digits, 2..4), part(digits, 4..6))
            && !matches!(part(digits, 6..8), 0 | 17..=20 | 69 | 70 | 73 | 80 | 81 | 94..=97)
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["900101-01-0001", "000101-14-0000", "991231011234"], &["771305-02-1234", "770305-00-1234", "770305-02-123", ""]);
    }

    #[test]
    fn structure() {
        let places = (0..100).filter(|place| valid(format!("900101-{place:02}-0001").as_bytes()));
        assert_eq!(places.count(), 86);
    }
}
