//! Postcodes of other countries, by shape: all-digit codes of 4 to 6 and the grouped forms.
//!
//! NL `1234 AB` (not 0 first; SA, SD, SS unused), SE `123 45`, PL `12-345`, PT `1234-567`,
//! BR `12345-678`, JP `123-4567`, and bare 4 (AT BE CH DK NO AU), 5 (DE FR ES IT FI) or 6 digits
//! (IN CN RU SG). Short integers are everywhere, so a key is always required.
//! Source: UPU postal addressing systems (country sheets).

/// True for a code of one of the shapes above; all zeros is no code anywhere.
pub(crate) fn valid(value: &[u8]) -> bool {
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    let zero = value.iter().all(|b| !b.is_ascii_digit() || *b == b'0');
    let mut parts = value.splitn(2, |&b| b == b'-' || b == b' ');
    let (head, tail) = (parts.next().unwrap_or_default(), parts.next());
    let grouped = |head: &[u8], tail: &[u8], dash: bool| match (dash, head.len(), tail.len()) {
        (false, 3, 2) | (true, 2, 3) | (true, 4, 3) | (true, 5, 3) | (true, 3, 4) => {
            digits(head) && digits(tail)
        }
        _ => false,
    };
    let numeric = match tail {
        None => (4..=6).contains(&value.len()) && digits(value),
        Some(tail) => grouped(head, tail, value.contains(&b'-')),
    };
    !zero && (numeric || dutch(value))
}

fn dutch(value: &[u8]) -> bool {
    let (a, b, digits) = match value {
        [digits @ .., b' ', a, b] | [digits @ .., a, b] => (*a, *b, digits),
        _ => return false,
    };
    let number = digits.len() == 4 && digits.iter().all(u8::is_ascii_digit);
    let letters = a.is_ascii_uppercase() && b.is_ascii_uppercase();
    number
        && letters
        && digits.first() != Some(&b'0')
        && !matches!([a, b], [b'S', b'A' | b'D' | b'S'])
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in [
            "1234 AB",
            "9999ZZ",
            "1011 AC",
            "123 45",
            "12-345",
            "1234-567",
            "12345-678",
            "123-4567",
            "1010",
            "10115",
            "560001",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "0123 AB", "1234 SA", "1234 SS", "1234SD", "1234  AB", "1234 ab", "123", "1234567",
            "0000", "12-34", "123 456", "12 345", "-", "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
