//! German pension insurance number: area, date of birth (50 more in the day for a second number),
//! first letter of the name at birth, serial and check digit.
//!
//! Source: Deutsche Rentenversicherung, VKVV section 2: digit sums of the products are added, modulo 10.

use super::calendar::exists_short;
use super::digits::{digit, part};
use super::layout::read;

const WEIGHTS: [u32; 12] = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddAddd", "dd dddddd A ddd", "dd dddddd A dd d"]).is_some_and(|id| number_ok(id.chars()).unwrap_or_default())
}

fn number_ok(chars: &[u8]) -> Option<bool> {
    let day = part(chars, 2..4);
    let letter = u32::from(chars.get(8)?.checked_sub(b'A')?) + 1;
    let digits = chars.get(..8)?.iter().copied().map(digit);
    let all = digits.chain([letter / 10, letter % 10]).chain(chars.get(9..11)?.iter().copied().map(digit));
    let sum: u32 = all.zip(WEIGHTS).map(|(value, weight)| value * weight / 10 + value * weight % 10).sum();
    let date = exists_short(part(chars, 6..8), part(chars, 4..6), if day > 50 { day - 50 } else { day });
    Some(date && sum % 10 == part(chars, 11..12))
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["15070649C103", "12010190A000", "12010180A008"], &["15070649C104", "1507064C103", "15073249C103", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("12010190{}{:02}", char::from(b'A' + (n % 26) as u8), n % 100));
    }
}
