//! Pakistani identity card number: five digits of the place, seven of the family, and one that is odd
//! for men and even for women, 5-7-1. There is no check digit.
//!
//! Source: National Database and Registration Authority (NADRA), CNIC.

use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddd-ddddddd-d", "ddddddddddddd"]).is_some_and(|id| matches!(id.chars(), [b'1'..=b'7', .., b'1'..=b'9']))
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["11111-0000000-1", "11111-1111111-1", "7000000000001"], &["84201-0891231-8", "34201-0891231-0", "34201-089123-8", ""]);
    }

    #[test]
    fn structure() {
        assert!(!valid(b"01111-0000000-1") && !valid(b"11111 0000000 1"));
    }
}
