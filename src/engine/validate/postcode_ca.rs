//! Canadian postal code: letter digit letter, one optional space or `-`, digit letter digit.
//!
//! D, F, I, O, Q and U are never used; W and Z never come first. Without the separator the shape
//! is an ordinary id, so the caller wants a key for that form.
//! Source: Canada Post, Addressing Guidelines, postal code section.

/// True for one upper-case postal code.
pub(crate) fn valid(value: &[u8]) -> bool {
    let (a, b, c, d, e, f) = match *value {
        [a, b, c, b' ' | b'-', d, e, f] | [a, b, c, d, e, f] => (a, b, c, d, e, f),
        _ => return false,
    };
    let letter = |b: u8| b.is_ascii_uppercase() && !b"DFIOQU".contains(&b);
    let digits = [b, d, f].iter().all(u8::is_ascii_digit);
    digits && letter(a) && letter(c) && letter(e) && a != b'W' && a != b'Z'
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in ["K1A 0B1", "M5V 3L9", "V6B-1A1", "K1A0B1"] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "D1A 0B1", "K1A 0O1", "W1A 0B1", "K1A 0B", "k1a 0b1", "K1A  0B1", "K1A.0B1", "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn every_letter_in_every_place() {
        for letter in b'A'..=b'Z' {
            let used = !b"DFIOQU".contains(&letter);
            let first = used && letter != b'W' && letter != b'Z';
            assert_eq!(valid(&[letter, b'1', b'A', b' ', b'0', b'B', b'1']), first);
            assert_eq!(valid(&[b'K', b'1', letter, b' ', b'0', b'B', b'1']), used);
            assert_eq!(valid(&[b'K', b'1', b'A', b' ', b'0', letter, b'1']), used);
        }
    }
}
