//! South Korean resident registration number: date of birth, `-`, a digit for century and sex, and six
//! more. Since October 2020 those are random, so the old check digit is not asked for.
//!
//! Source: Ministry of the Interior and Safety (Korea), enforcement rules of the resident registration act.

use super::calendar::exists_short;
use super::digits::part;
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddd-ddddddd", "ddddddddddddd"])
        .is_some_and(|id| exists_short(part(id.chars(), 0..2), part(id.chars(), 2..4), part(id.chars(), 4..6)))
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["900101-1234568", "000101-3000008", "850101-5000005"], &["901301-1234568", "900132-1234568", "900101-123456", ""]);
    }

    #[test]
    fn structure() {
        assert!(valid(b"9001011234567") && !valid(b"900101 1234567") && !valid(b"900001-1234567"));
    }
}
