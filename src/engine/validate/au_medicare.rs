//! Australian Medicare number: eight digits of which the first is 2 to 6, their check digit, the issue
//! of the card, and perhaps the line of the person on it.
//!
//! Source: Services Australia, "Medicare card"; AIHW METeOR 270101.

use super::digits::{part, weighted};
use super::layout::read;

const LAYOUTS: [&str; 6] = ["dddddddddd", "ddddddddddd", "dddd dddddd", "dddd ddddd d", "dddd ddddd d d", "dddd-ddddd-d"];

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &LAYOUTS).is_some_and(|id| {
        let digits = id.chars();
        let body = digits.get(..8).unwrap_or_default();
        matches!(digits.first(), Some(b'2'..=b'6'))
            && weighted(body, &[1, 3, 7, 9]) % 10 == part(digits, 8..9)
            && digits.iter().skip(9).all(|digit| *digit != b'0')
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["2123456701", "2111 111111", "3000 000031"], &["2123456711", "1123456701", "2123456700", ""]);
    }

    #[test]
    fn one_check_fits() {
        for n in 0..1000 {
            let fitting = (0..10).filter(|check| valid(format!("2{n:03}4567{check}1").as_bytes()));
            assert_eq!(fitting.count(), 1, "{n}");
        }
    }
}
