//! Free text of a person given to a model: prompt, transcript, clinical note.
//!
//! Runs on the value beside a key such as `prompt` or `note`, and only tells prose from token
//! ids, numbers, paths and settings. Scripts without spaces count by their letters.
//! Source: none formal; the shapes of common chat and dataset records.

/// True for text of two or more words, or four or more letters beyond ASCII.
pub(crate) fn valid(value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else {
        return false;
    };
    let foreign = text
        .chars()
        .filter(|c| !c.is_ascii() && c.is_alphabetic())
        .count();
    let words = text.split_whitespace().filter(|word| prose(word)).count();
    foreign >= 4 || words >= 2
}

/// A run of letters, with the punctuation of a sentence around it.
fn prose(word: &str) -> bool {
    let core = word.trim_matches(|c: char| c.is_ascii_punctuation());
    let letters = core
        .chars()
        .all(|c| c.is_alphabetic() || c == '\'' || c == '-');
    letters && core.chars().any(char::is_alphabetic) && !word.contains('=')
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn prose_and_settings() {
        for ok in [
            "Patient reports pain.",
            "hello there",
            "病人报告疼痛",
            "She said: \"don't\" 3 times",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "[101, 2023, 102]",
            "default",
            "a=1 b=2",
            "/data/train.jsonl",
            "12 34",
            "",
            " ",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
        assert!(!valid(b"\xff\xfe a b"));
    }
}
