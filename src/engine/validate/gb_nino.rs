//! UK national insurance number: two letters, six digits, and one of A to D. Letters that are easily
//! misread, and some pairs, are never given out. There is no check digit.
//!
//! Source: HMRC National Insurance Manual NIM39110, format of the number.

use super::layout::read;

const NEVER: [&[u8]; 7] = [b"BG", b"GB", b"KN", b"NK", b"NT", b"TN", b"ZZ"];

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["AAddddddA", "AA dd dd dd A", "AA dddddd A", "AA-dd-dd-dd-A"]).is_some_and(|id| {
        let [first, second, .., last] = id.chars() else { return false };
        !b"DFIQUV".contains(first)
            && !b"DFIOQUV".contains(second)
            && matches!(last, b'A'..=b'D')
            && !NEVER.contains(&[*first, *second].as_slice())
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["AB123456C", "AA 12 34 56 A", "JG000000D"], &["QQ123456C", "GB123456A", "AB123456E", "AO123456C", ""]);
    }

    #[test]
    fn structure() {
        let prefixes = (b'A'..=b'Z').flat_map(|a| (b'A'..=b'Z').map(move |b| [a, b]));
        let given = prefixes.filter(|pair| valid(&[pair, &b"123456C"[..]].concat())).count();
        // 20 first letters, 19 second ones, less the seven pairs that are left.
        assert_eq!(given, 20 * 19 - 7);
    }
}
