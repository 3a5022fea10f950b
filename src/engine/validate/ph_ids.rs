//! Philippine identifiers: PhilSys (12 digits or 4-4-4-4), SSS (2-7-1), PhilHealth (2-9-1), TIN (3-3-3 and
//! a branch of three or five), CRN (4-7-1). None has a public check digit.
//!
//! Source: Philippine Statistics Authority (PhilSys); SSS; PhilHealth; Bureau of Internal Revenue.

use super::layout::read;

const LAYOUTS: [&str; 9] = [
    "dddddddddddd",
    "dddd-dddd-dddd-dddd",
    "dddd-dddd-dddd",
    "dd-ddddddd-d",
    "dd-ddddddddd-d",
    "ddd-ddd-ddd",
    "ddd-ddd-ddd-ddd",
    "ddd-ddd-ddd-ddddd",
    "dddd-ddddddd-d",
];

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &LAYOUTS).is_some()
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["34-0000000-1", "12-000000000-1", "000-000-001"], &["34-000000-1", "123", "12-34", ""]);
    }

    #[test]
    fn structure() {
        assert!(valid(b"000-000-001-00000") && !valid(b"000-000-001-0000") && !valid(b"34 0000000 1"));
    }
}
