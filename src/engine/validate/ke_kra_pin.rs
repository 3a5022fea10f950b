//! Kenyan taxpayer number: A for a person or P for a company, nine digits, and a letter.
//!
//! Source: Kenya Revenue Authority, PIN certificate.

use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["AdddddddddA"]).is_some_and(|id| matches!(id.chars().first(), Some(b'A' | b'P')))
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["A000000001Z", "P051234567A", "A123456789B"], &["B000000001Z", "A00000001Z", "A0000000011", ""]);
    }

    #[test]
    fn structure() {
        let letters = (b'A'..=b'Z').filter(|first| valid(&[&[*first], &b"123456789Z"[..]].concat()));
        assert_eq!(letters.count(), 2);
    }
}
