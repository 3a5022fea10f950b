//! Membership in a short list of words that is kept as one string with single spaces.
//!
//! The lists of the text validators (street suffixes, titles, query keys) stay readable this way;
//! they are scanned only for candidates that already have the right shape.

/// True when `word` is in `list`, ASCII case ignored.
pub(crate) fn contains(list: &str, word: &[u8]) -> bool {
    !word.is_empty() && list.split(' ').any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::contains;

    #[test]
    fn whole_words_only() {
        assert!(contains("st ave", b"St") && contains("st ave", b"AVE"));
        for other in [&b"s"[..], b"st ave", b"", b" "] {
            assert!(!contains("st ave", other));
        }
    }
}
