//! A 32-digit hexadecimal key in one case, as several vendors issue them.
//!
//! The same shape as an MD5 sum, a trace id or a run id, so it proves nothing without a key name.
//! Source: vendor API key pages (Datadog, Kaggle, Twilio auth token).

/// True for 32 hex digits in one case that are not one digit repeated.
pub(crate) fn valid(value: &[u8]) -> bool {
    value.len() == 32 && one_case_hex(value)
}

/// Hex digits in lower or in upper case, not mixed, and not all the same.
pub(crate) fn one_case_hex(value: &[u8]) -> bool {
    let lower = value.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let upper = value.iter().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F'));
    (lower || upper) && !super::digits::all_same(value)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        let key = ["5d231771c8ae96be", "b980e21833452451"].concat();
        assert!(valid(key.as_bytes()) && valid(key.to_uppercase().as_bytes()));
        assert!(!valid(&key.as_bytes()[1..]) && !valid(format!("{key}0").as_bytes()));
        assert!(
            !valid(key.replace('c', "C").as_bytes()) && !valid(key.replace('c', "g").as_bytes())
        );
        assert!(!valid(&[b'0'; 32]) && !valid(b""));
    }
}
