//! UK unique taxpayer reference: ten digits, the first of which checks the other nine, perhaps with a K
//! behind them.
//!
//! Source: HMRC, "Find your UTR number"; check digit as described for self assessment software.

use super::digits::weighted;
use super::layout::read;

/// The check digit for each remainder modulo 11.
const CHECKS: &[u8; 11] = b"21987654321";

pub(crate) fn valid(value: &[u8]) -> bool {
    let number = value.strip_suffix(b"K").unwrap_or(value);
    read(number, &["dddddddddd", "ddddd ddddd"]).is_some_and(|id| {
        let Some((check, body)) = id.chars().split_first() else { return false };
        CHECKS.get((weighted(body, &[6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11) as usize) == Some(check)
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["1111111111", "9000000001", "1123456789"], &["2955839661", "195583966", "19558396611", ""]);
    }

    #[test]
    fn one_check_fits() {
        assert!(valid(b"1123456789K") && valid(b"11234 56789") && !valid(b"1123456789KK"));
        for n in 0..1000 {
            let fitting = (0..10).filter(|check| valid(format!("{check}12345{n:03}6").as_bytes()));
            assert_eq!(fitting.count(), 1, "{n}");
        }
    }
}
