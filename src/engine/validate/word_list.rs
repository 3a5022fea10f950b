//! Membership in a short list of words that is kept as one string with single spaces.
//!
//! The lists of the text validators (street suffixes, titles, query keys) stay readable this way;
//! they are scanned only for candidates that already have the right shape.

/// True when `word` is in `list`, ASCII case ignored.
pub(crate) fn contains(list: &str, word: &[u8]) -> bool {
    let Some(first) = word.first().filter(|_| !word.contains(&b' ')) else { return false };
    let list = list.as_bytes();
    let ends = |at: Option<usize>| at.and_then(|at| list.get(at)).is_none_or(|byte| *byte == b' ');
    memchr::memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), list).any(|at| {
        let end = at + word.len();
        ends(at.checked_sub(1)) && ends(Some(end)) && list.get(at..end).is_some_and(|known| known.eq_ignore_ascii_case(word))
    })
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
