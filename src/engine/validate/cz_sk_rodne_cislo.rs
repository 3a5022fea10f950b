//! Czech and Slovak birth number: year, month (50 more for a woman, 20 or 70 more when a day ran out)
//! and day of birth, `/`, three digits, and since 1954 a check digit: the first nine modulo 11.
//!
//! Source: Czech act 133/2000 Sb., section 13; Slovak act 301/1995 Z. z.

use super::calendar::exists_short;
use super::digits::part;
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddd/dddd", "dddddd/ddd", "dddddddddd", "ddddddddd"]).is_some_and(|id| {
        let digits = id.chars();
        let (year, month, day) = (part(digits, 0..2), part(digits, 2..4), part(digits, 4..6));
        let month = match month % 50 {
            more @ 21..=32 => more - 20,
            month => month,
        };
        let check = match digits.len() {
            9 => year < 54,
            _ => match (part(digits, 0..9) % 11, part(digits, 9..10)) {
                // Until 1985 numbers with the remainder 10 were given out, with a zero.
                (10, last) => last == 0 && (54..=85).contains(&year),
                (rest, last) => rest == last,
            },
        };
        check && exists_short(year, month, day)
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, at_most_one, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["900101/0007", "000101/0009", "531231/123"], &["710319/2746", "711319/2745", "71031/2745", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("600101/{n:03}"));
        at_most_one(valid, b"0123456789", |n| format!("000101/{n:03}"));
    }
}
