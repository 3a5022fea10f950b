//! Argentine taxpayer and labour number (CUIT, CUIL): a prefix for the kind of holder, eight digits, and
//! a weighted check digit modulo 11, written 2-8-1.
//!
//! Source: ARCA (formerly AFIP), general resolution 10/97; ANSES, CUIL.

use super::digits::{checked, part, weighted};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dd-dddddddd-d", "ddddddddddd", "dd dddddddd d"]).is_some_and(|id| {
        matches!(part(id.chars(), 0..2), 20 | 23..=27 | 30 | 33 | 34 | 50 | 51 | 55)
            && checked(id.chars(), |body| match 11 - weighted(body, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11 {
                11 => Some(0),
                10 => Some(9),
                check => Some(check),
            })
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["20-12345678-6", "27-00000001-4", "30-00000000-7"], &["20-12345678-5", "21-12345678-6", "20-1234567-6", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("20-1{n:03}5678-"));
    }
}
