//! Nigerian national identification number and bank verification number: eleven digits without a public
//! check, so a key has to name them.
//!
//! Source: National Identity Management Commission (NIN); Central Bank of Nigeria (BVN).

use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["ddddddddddd", "dddd ddd dddd"]).is_some()
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["12345678901", "22000000001", "00000000001"], &["1234567890", "123456789012", "A2345678901", ""]);
    }

    #[test]
    fn structure() {
        assert!(valid(b"1234 567 8901") && !valid(b"123-456-78901"));
    }
}
