//! The exact form of a token, written and recognised.
//!
//! `[NAME:ID:CODE]`: the label of a known kind, a configured key id, 26 characters of base32. What
//! is nearly a token is scanned like any text: brackets alone keep nothing from being found.

use std::ops::Range;

/// Characters of a code: 128 bits and two that are zero.
const CODE: usize = 26;
/// Longest token: a label of 64 bytes, an id of five, the code, two colons and the brackets.
const LONGEST: usize = 64 + 5 + CODE + 4;
/// RFC 4648, in lower case: labels are in upper case, so the two are told apart at a glance.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Writes bytes in base32.
pub(super) fn base32(bytes: &[u8], out: &mut Vec<u8>) {
    let (mut held, mut bits) = (0_u32, 0);
    let mut push = |value: u32| out.extend(ALPHABET.get(value as usize & 31));
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            push(held >> bits);
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        push(held << (5 - bits));
    }
}

/// The token that covers the byte at `at`.
pub(super) fn around(hay: &[u8], at: usize, name: impl FnOnce(&[u8]) -> bool, id: impl FnOnce(&[u8]) -> bool) -> Option<Range<usize>> {
    let floor = at.saturating_sub(LONGEST);
    let start = floor + memchr::memrchr(b'[', hay.get(floor..=at)?)?;
    let text = hay.get(start + 1..hay.len().min(start + LONGEST))?;
    let mut parts = text.splitn(3, |byte| *byte == b':');
    let (kind, key, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let (code, rest) = rest.split_at_checked(CODE)?;
    let plain = |byte: &u8| matches!(byte, b'a'..=b'z' | b'2'..=b'7');
    // The last character holds three bits.
    let ends = code.last().is_some_and(|last| b"aeimquy4".contains(last));
    let end = start + 1 + kind.len() + 1 + key.len() + 1 + CODE + 1;
    (rest.first() == Some(&b']') && at < end && ends && code.iter().all(plain) && id(key) && name(kind)).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_of_rfc_4648() {
        for (bytes, expected) in
            [("", ""), ("f", "my"), ("fo", "mzxq"), ("foo", "mzxw6"), ("foob", "mzxw6yq"), ("fooba", "mzxw6ytb"), ("foobar", "mzxw6ytboi")]
        {
            let mut out = Vec::new();
            base32(bytes.as_bytes(), &mut out);
            assert_eq!(out, expected.as_bytes());
        }
        for bytes in [[0; 16], [255; 16]] {
            let mut out = Vec::new();
            base32(&bytes, &mut out);
            assert_eq!(out.len(), CODE);
        }
    }

    #[test]
    fn only_the_exact_form_is_a_token() {
        let code = "abcdefghijklmnopqrstuvwxy4";
        let found = |text: &str, at| around(text.as_bytes(), at, |name| name == b"EMAIL", |id| id == b"k1");
        let good = format!("x [EMAIL:k1:{code}] y");
        for at in 0..good.len() {
            assert_eq!(found(&good, at), (2..39).contains(&at).then_some(2..39), "{at}");
        }
        for bad in [
            format!("x [EMAIL:k2:{code}]"),
            format!("x [MAIL:k1:{code}]"),
            format!("x [EMAIL:k1:{}]", code.to_uppercase()),
            format!("x [EMAIL:k1:{}]", code.get(1..).unwrap()),
            format!("x [EMAIL:k1:{}]", code.replace("y4", "y5")),
            format!("x [EMAIL:k1:{}]", code.replace('a', "1")),
            format!("x [EMAIL:k1:{code}"),
            format!("x [EMAIL:k1:{code} ]"),
            "x [EMAIL]".to_owned(),
            "x [EMAIL:k1:]".to_owned(),
        ] {
            assert!((0..bad.len() + 2).all(|at| found(&bad, at).is_none()), "{bad}");
        }
    }
}
