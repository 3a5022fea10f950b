//! Vietnamese citizen number: province, a digit for century and sex, year of birth, six digits. There is
//! no check digit.
//!
//! Source: Vietnamese law on citizen identification 59/2014/QH13, circular 59/2021/TT-BCA.

use super::digits::part;
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddddddddd"]).is_some_and(|id| matches!(part(id.chars(), 0..3), 1..=96))
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["001080000001", "079200123456", "096300000001"], &["100080000001", "000080000001", "00108000001", ""]);
    }

    #[test]
    fn structure() {
        let provinces = (0..1000).filter(|province| valid(format!("{province:03}080000001").as_bytes()));
        assert_eq!(provinces.count(), 96);
    }
}
