//! Indian bank branch code (IFSC): four letters, a zero, six upper-case letters or digits. The
//! account number itself (9 to 18 digits) has no shape and is left to account keys.
//!
//! Source: Reserve Bank of India, IFSC format.

pub(crate) fn valid(value: &[u8]) -> bool {
    let upper = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    match value.split_at_checked(4) {
        Some((bank, [b'0', branch @ ..])) => {
            bank.iter().all(u8::is_ascii_uppercase) && branch.len() == 6 && branch.iter().all(upper)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["SBIN0000001", "HDFC0000123", "ICIC0ABC123"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "SBIN1000001",
            "SBIN000001",
            "sbin0000001",
            "SB1N0000001",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
