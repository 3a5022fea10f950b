//! French tax number (SPI): thirteen digits that begin with 0 to 3; the last three are the first ten
//! modulo 511.
//!
//! Source: impots.gouv.fr, "Numéro fiscal"; OECD, tax identification numbers of France.

use super::digits::{part, remainder};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddddddd", "dd dd ddd ddd ddd"]).is_some_and(|id| {
        let Some((body, check)) = id.chars().split_at_checked(10) else { return false };
        matches!(body.first(), Some(b'0'..=b'3')) && remainder(body, 511) == part(check, 0..3)
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["3023217600053", "0000000001001", "1234567890066"], &["3023217600054", "4023217600053", "302321760005", ""]);
    }

    #[test]
    fn one_check_fits() {
        for n in 0..100 {
            let fitting = (0..1000).filter(|check| valid(format!("10{n:03}45678{check:03}").as_bytes()));
            assert_eq!(fitting.count(), 1, "{n}");
        }
    }
}
