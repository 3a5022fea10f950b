//! Egyptian national number: century, date of birth, governorate, four digits, and a check digit whose
//! rule is not public.
//!
//! Source: Civil Status Authority (Egypt), national identity card.

use super::calendar::exists;
use super::digits::part;
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddddddddddd"]).is_some_and(|id| {
        let digits = id.chars();
        let century = match digits.first() {
            Some(b'2') => 1900,
            Some(b'3') => 2000,
            _ => return false,
        };
        exists(century + part(digits, 1..3), part(digits, 3..5), part(digits, 5..7))
            // 88 is a birth abroad.
            && matches!(part(digits, 7..9), 1..=4 | 11..=19 | 21..=29 | 31..=35 | 88)
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["28001010112345", "30001018812345", "29912310101234"], &["48001010112345", "28013010112345", "28001019912345", ""]);
    }

    #[test]
    fn structure() {
        let governorates = (0..100).filter(|code| valid(format!("2800101{code:02}12345").as_bytes()));
        assert_eq!(governorates.count(), 28);
    }
}
