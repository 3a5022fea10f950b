//! Danish personal identification number: day, month and year of birth, `-`, four digits. The old check
//! modulo 11 has had exceptions since 2007, so the date is all that is asked for.
//!
//! Source: CPR-kontoret, "Personnummeret i CPR".

use super::calendar::exists_short;
use super::digits::part;
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddd-dddd", "dddddddddd", "dddddd dddd"])
        .is_some_and(|id| exists_short(part(id.chars(), 4..6), part(id.chars(), 2..4), part(id.chars(), 0..2)))
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["010180-0000", "010190-0001", "311299-4999"], &["321062-5629", "211362-5629", "211062-562", ""]);
    }

    #[test]
    fn structure() {
        assert!(valid(b"2902000000") && !valid(b"2902010000") && !valid(b"0000900000"));
    }
}
