//! Croatian personal identification number (OIB): eleven digits with an ISO 7064 check digit.
//!
//! Source: Croatian act on the personal identification number, NN 60/2008; ISO 7064 MOD 11,10.

use super::digits::all_same;
use super::iso7064::mod_11_10;
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddddd"]).is_some_and(|id| !all_same(id.chars()) && mod_11_10(id.chars()))
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["11111111119", "12345678903", "00000000010"], &["33392005962", "3339200596", "333920059611", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("1{n:03}456789"));
    }
}
