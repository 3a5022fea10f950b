//! UUID text form: 8-4-4-4-12 hexadecimal digits, in any version and case.
//!
//! Shared shape for the device and user id kinds and for vendor keys that are plain GUIDs; never
//! evidence on its own, since most UUIDs are request and row ids. Source: RFC 9562 4.

/// True when `value` has the shape of a UUID, the nil and max forms included.
pub(crate) fn valid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// True when every digit is the same (`0000…`, `ffff…`): the forms that name nothing.
pub(crate) fn blank(value: &[u8]) -> bool {
    let first = value.first();
    value.iter().all(|b| *b == b'-' || Some(b) == first)
}

#[cfg(test)]
mod tests {
    use super::{blank, valid};

    #[test]
    fn one_wrong_byte_in_any_place_is_refused() {
        let good = b"123e4567-e89b-12d3-a456-426614174000";
        assert!(valid(good) && !blank(good) && blank(b"00000000-0000-0000-0000-000000000000"));
        for at in 0..good.len() {
            let mut broken = *good;
            broken[at] = if broken[at] == b'-' { b'0' } else { b'g' };
            assert!(!valid(&broken));
        }
        assert!(!valid(&good[1..]) && !valid(b""));
    }
}
