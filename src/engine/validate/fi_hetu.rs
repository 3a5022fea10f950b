//! Finnish personal identity code: day, month and year of birth, a sign for the century, three digits,
//! and a check character modulo 31.
//!
//! Source: Digi- ja väestötietovirasto, personal identity code, with the signs added in 2023.

use super::calendar::exists_short;
use super::digits::part;
use super::layout::read;

const CHECKS: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";

pub(crate) fn valid(value: &[u8]) -> bool {
    let Some((date, [sign, rest @ ..])) = value.split_at_checked(6) else { return false };
    let (Some(date), Some(rest)) = (read(date, &["dddddd"]), read(rest, &["dddX"])) else { return false };
    let (date, individual) = (date.chars(), part(rest.chars(), 0..3));
    b"+-YXWVUABCDEF".contains(sign)
        && exists_short(part(date, 4..6), part(date, 2..4), part(date, 0..2))
        && individual >= 2
        && CHECKS.get(((part(date, 0..6) * 1000 + individual) % 31) as usize) == rest.chars().last()
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["010190-900P", "010100A900F", "010180-999A", "010190Y950A"], &["131052-308U", "320152-308T", "131052*308T", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", |n| format!("010190-{:03}", 2 + n % 998));
    }
}
