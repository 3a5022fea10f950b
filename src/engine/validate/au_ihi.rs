//! Australian individual healthcare identifier: sixteen digits that begin with 800360, with a Luhn digit.
//!
//! Source: Services Australia, Healthcare Identifiers Service; AS 5017-2006.

use super::layout::read;
use super::luhn;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["dddddddddddddddd", "dddd dddd dddd dddd", "dddd-dddd-dddd-dddd"])
        .is_some_and(|id| id.chars().starts_with(b"800360") && luhn::passes(id.chars()))
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["8003608166690503", "8003601234567894", "8003 6000 0000 0007"], &["8003608166690504", "8003708166690503", "800360816669050", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("8003601{n:03}45678"));
    }
}
