//! A 40-digit hexadecimal key in one case, as several vendors issue them.
//!
//! The same shape as a SHA-1 sum or a commit id, so it proves nothing without a key name.
//! Source: vendor API key pages (Weights & Biases legacy key, Datadog application key).

/// True for 40 hex digits in one case that are not one digit repeated.
pub(crate) fn valid(value: &[u8]) -> bool {
    value.len() == 40 && super::hex32::one_case_hex(value)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        let key = ["cbfed42dd58bf555fd43", "ccde1f45ecd8824bbc55"].concat();
        assert!(valid(key.as_bytes()) && valid(key.to_uppercase().as_bytes()));
        assert!(!valid(&key.as_bytes()[1..]) && !valid(format!("{key}0").as_bytes()));
        assert!(!valid(key.replace('c', "C").as_bytes()) && !valid(&[b'f'; 40]) && !valid(b""));
    }
}
