//! Indian permanent account number: three letters, a letter for the kind of holder, a letter of the
//! name, four digits, and a check letter whose rule is not public.
//!
//! Source: Income Tax Department (India), structure of the permanent account number.

use super::digits::part;
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["AAAAAddddA"])
        .is_some_and(|id| id.chars().get(3).is_some_and(|holder| b"ABCFGHJKLPT".contains(holder)) && part(id.chars(), 5..9) > 0)
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["AAAPA1234A", "ABCPE0001Z", "ZZZPZ9999Z"], &["AAADA1234A", "AAAPA0000A", "AAPA1234A", ""]);
    }

    #[test]
    fn structure() {
        let holders = (b'A'..=b'Z').filter(|holder| valid(&[&b"AAA"[..], &[*holder], b"A1234A"].concat()));
        assert_eq!(holders.count(), 11);
    }
}
