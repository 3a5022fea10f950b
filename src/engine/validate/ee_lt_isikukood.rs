//! Estonian and Lithuanian personal code: century and sex, date of birth, three digits, and a check
//! digit modulo 11 with a second row of weights for the remainder 10.
//!
//! Source: Estonian standard EVS 585; Lithuanian law on the population register, article 8.

use super::calendar::exists_short;
use super::digits::{checked, part, weighted};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddddd"]).is_some_and(|id| {
        let digits = id.chars();
        matches!(digits.first(), Some(b'1'..=b'8'))
            && exists_short(part(digits, 1..3), part(digits, 3..5), part(digits, 5..7))
            && checked(digits, |body| {
                let first = weighted(body, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
                let second = weighted(body, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
                Some(if first < 10 { first } else { second % 10 })
            })
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["39001010000", "10001010002", "60001010007"], &["36805280108", "96805280109", "3680528010", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("3900101{n:03}"));
    }
}
