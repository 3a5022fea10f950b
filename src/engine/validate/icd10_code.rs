//! ICD-10-CM diagnosis code: letter, digit, digit or A/B, then optionally a point and one to four
//! characters. It fires only under a key or with the dotted form in health text.
//!
//! Source: CDC/NCHS ICD-10-CM tabular list structure; chapter U holds only U07, U09 and U80-U89.

pub(crate) fn valid(value: &[u8]) -> bool {
    let [letter, first, second, rest @ ..] = value else {
        return false;
    };
    let category = match letter {
        b'U' => matches!((first, second), (b'0', b'7' | b'9') | (b'8', b'0'..=b'9')),
        b'A'..=b'Z' => first.is_ascii_digit() && matches!(second, b'0'..=b'9' | b'A' | b'B'),
        _ => false,
    };
    let upper = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    category
        && match rest {
            [] => true,
            [b'.', detail @ ..] => (1..=4).contains(&detail.len()) && detail.iter().all(upper),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["E11.9", "J45.909", "S72.001A", "U07.1", "C4A.9", "A10"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "E1.9",
            "1E1.9",
            "U55.1",
            "E11.",
            "A100",
            "H100",
            "E11.90909",
            "e11.9",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
