//! Hungarian tax number of a person: 8, the days from 1867-01-01 to the birth, three digits, and a
//! weighted check digit modulo 11; a check of 10 is not issued.
//!
//! Source: Hungarian act XX of 1996, annex (adóazonosító jel).

use super::digits::{checked, weighted};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddddddd"]).is_some_and(|id| {
        id.chars().first() == Some(&b'8') && checked(id.chars(), |body| Some(weighted(body, &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11))
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, at_most_one};

    #[test]
    fn vectors() {
        agrees(valid, &["8111111118", "8000000008", "8123456786"], &["8071592154", "7071592153", "807159215", ""]);
    }

    #[test]
    fn one_check_fits() {
        at_most_one(valid, b"0123456789", |n| format!("8{n:03}45678"));
    }
}
