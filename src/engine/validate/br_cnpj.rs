//! Brazilian taxpayer number of a company (CNPJ): twelve digits, since July 2026 also letters, and two
//! weighted check digits modulo 11, written 2.3.3/4-2. A character counts its ASCII code less 48.
//!
//! Source: Receita Federal do Brasil, instrução normativa RFB 2229/2024 (alphanumeric CNPJ).

use super::digits::{all_same, digit};
use super::layout::read;

const WEIGHTS: [u32; 13] = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["XX.XXX.XXX/XXXX-dd", "XXXXXXXXXXXXdd", "XXXXXXXXXXXX-dd"]).is_some_and(|id| {
        let chars = id.chars();
        !all_same(chars) && ends_right(chars.get(..13).unwrap_or_default()) && ends_right(chars)
    })
}

/// Whether the last character is the check digit of those before it.
fn ends_right(chars: &[u8]) -> bool {
    let Some((check, body)) = chars.split_last() else { return false };
    let weights = WEIGHTS.len().checked_sub(body.len()).and_then(|skip| WEIGHTS.get(skip..)).unwrap_or_default();
    let sum: u32 = body.iter().zip(weights).map(|(byte, weight)| u32::from(byte.wrapping_sub(b'0')) * weight).sum();
    digit(*check) == if sum % 11 < 2 { 0 } else { 11 - sum % 11 }
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["11.111.111/0001-91", "12.ABC.345/01DE-35", "11222333000181"], &["16.727.230/0001-98", "12.ABC.345/01DE-36", "16.727.230/001-97", ""]);
    }

    #[test]
    fn one_check_fits() {
        for n in 0..1000 {
            let fitting = (0..100).filter(|checks| valid(format!("1{n:03}AB780001{checks:02}").as_bytes()));
            assert_eq!(fitting.count(), 1, "{n}");
        }
    }
}
