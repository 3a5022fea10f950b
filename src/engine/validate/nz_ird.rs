//! New Zealand tax number: eight or nine digits from 10-000-000 to 150-000-000 with a weighted check
//! digit modulo 11, and a second row of weights for the remainder 10.
//!
//! Source: Inland Revenue (New Zealand), resident withholding tax specification, IRD number validation.

use super::digits::{digit, number, weighted};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddd", "dddddddd", "ddd-ddd-ddd", "dd-ddd-ddd", "ddd ddd ddd", "dd ddd ddd"]).is_some_and(|id| {
        let Some((check, body)) = id.chars().split_last() else { return false };
        (10_000_000..=150_000_000).contains(&number(id.chars())) && check_of(body) == Some(digit(*check))
    })
}

fn check_of(body: &[u8]) -> Option<u32> {
    // Seven digits lack a leading zero.
    let skip = 8usize.checked_sub(body.len())?;
    let check = |weights: &[u32; 8]| Some((11 - weighted(body, weights.get(skip..)?) % 11) % 11);
    check(&[3, 2, 7, 6, 5, 4, 3, 2]).filter(|check| *check < 10).or_else(|| check(&[7, 4, 3, 2, 5, 2, 7, 6]).filter(|check| *check < 10))
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, at_most_one};

    #[test]
    fn vectors() {
        agrees(valid, &["11-111-114", "22222228", "111111111"], &["136410133", "9125568", "49-091-851", ""]);
    }

    #[test]
    fn one_check_fits() {
        at_most_one(valid, b"0123456789", |n| format!("1{n:03}456"));
        assert!(!valid(b"150-000-001") && !valid(b"009-999-999"));
    }
}
