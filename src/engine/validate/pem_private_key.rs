//! Private key between PEM markers, its line ends real, escaped or blanks.
//!
//! The label names a private key and is the same at both ends; the body is not decoded, because
//! armour headers and line wrapping differ. Source: RFC 7468; RFC 9580 for OpenPGP.

/// True for a whole block.
pub(crate) fn valid(value: &[u8]) -> bool {
    let Some(rest) = value.strip_prefix(b"-----BEGIN ") else { return false };
    let Some(length) = rest.iter().take(64).position(|byte| *byte == b'-') else { return false };
    let (label, rest) = rest.split_at_checked(length).unwrap_or_default();
    let tail = value.strip_suffix(b"-----").and_then(|head| head.strip_suffix(label)).and_then(|head| head.strip_suffix(b"-----END "));
    label.windows(11).any(|words| words == b"PRIVATE KEY") && rest.starts_with(b"-----") && tail.is_some()
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        let block = |label: &str| format!("-----{} {label}-----\nAAAA\n-----END {label}-----", "BEGIN");
        assert!(valid(block("PRIVATE KEY").as_bytes()));
        assert!(valid(block("RSA PRIVATE KEY").replace('\n', "\\n").as_bytes()));
        assert!(valid(block("PGP PRIVATE KEY BLOCK").as_bytes()));
        assert!(!valid(block("PUBLIC KEY").as_bytes()));
        assert!(!valid(block("PRIVATE KEY").trim_end_matches('-').as_bytes()));
        assert!(!valid(b""));
    }
}
