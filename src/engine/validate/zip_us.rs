//! US ZIP code: five digits, or five and four joined by `-`.
//!
//! Prefixes 000 to 004 were never given out; other gaps change with time and only lower a score.
//! Bare five-digit numbers are everywhere, so the caller wants a key or a state before it.
//! Source: USPS Publication 28 section 212, Publication 65 (prefix list).

/// True for `12345` or `12345-6789` with a prefix from 005 up.
pub(crate) fn valid(value: &[u8]) -> bool {
    let (zip, ok) = match value.split_at_checked(5) {
        Some((zip, [])) => (zip, true),
        Some((zip, [b'-', plus4 @ ..])) => (zip, plus4.len() == 4 && all_digits(plus4)),
        _ => return false,
    };
    ok && all_digits(zip) && zip >= b"00500".as_slice()
}

fn all_digits(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in ["12345", "20500-0003", "90210"] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "00000",
            "1234",
            "123456",
            "12345-67",
            "12345 6789",
            "1234a",
            "12345-67a9",
            "12345-",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn every_zip() {
        for zip in 0..100_000 {
            assert_eq!(
                valid(format!("{zip:05}").as_bytes()),
                zip / 100 >= 5,
                "{zip}"
            );
        }
    }
}
