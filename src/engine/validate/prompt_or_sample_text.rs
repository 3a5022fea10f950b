//! Free text of a person given to a model: prompt, transcript, clinical note.
//!
//! Runs on the value beside a key such as `prompt` or `note`, and tells prose from token ids, numbers,
//! percentages, durations, names of states, paths and settings: `completion=0.5` is how far a job is.
//! Scripts without spaces count by their letters.
//! Source: none formal; the shapes of common chat and dataset records.

/// Letters of one word that no name of a state has.
const LONG_WORD: usize = 16;

/// True for text of two or more words, one of sixteen letters, or four or more letters beyond ASCII.
pub(crate) fn valid(value: &[u8]) -> bool {
    let mut words = words(value);
    let first = words.next().unwrap_or_default();
    let second = words.next().unwrap_or_default();
    // `37% eta=5m left`, `0.5 | next step`: a setting, and what stands behind it.
    if is_measure(first) && !prose(second) && !second.is_empty() {
        return false;
    }
    let count = [first, second].into_iter().chain(words).filter(|word| prose(word)).take(2).count();
    count == 2 || foreign(value) >= 4 || count == 1 && value.len() >= LONG_WORD && value.iter().all(u8::is_ascii_alphabetic)
}

/// What stands between white space, written as it is or as an escape.
fn words(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = value;
    std::iter::from_fn(move || {
        loop {
            let blank = |at: usize, byte: u8| match byte {
                b' ' | b'\t' | b'\n' | b'\r' => 1,
                b'\\' if matches!(rest.get(at + 1), Some(b'n' | b't' | b'r')) => 2,
                _ => 0,
            };
            let cut = rest.iter().enumerate().find_map(|(at, byte)| Some((at, blank(at, *byte))).filter(|(_, length)| *length > 0));
            let (length, gap) = cut.unwrap_or((rest.len(), 0));
            let word = rest.get(..length).unwrap_or_default();
            rest = rest.get(length + gap..).unwrap_or_default();
            if !word.is_empty() {
                return Some(word);
            }
            if rest.is_empty() {
                return None;
            }
        }
    })
}

/// A run of letters, with the punctuation of a sentence around it.
fn prose(word: &[u8]) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0x80;
    let start = word.iter().position(|byte| !byte.is_ascii_punctuation()).unwrap_or(word.len());
    let end = word.iter().rposition(|byte| !byte.is_ascii_punctuation()).map_or(start, |last| last + 1);
    let core = word.get(start..end).unwrap_or_default();
    core.iter().any(letter) && core.iter().all(|byte| letter(byte) || matches!(byte, b'\'' | b'-')) && !word.contains(&b'=')
}

/// A number with or without its unit, or a word for yes or no.
fn is_measure(word: &[u8]) -> bool {
    let word = word.strip_prefix(b"-").unwrap_or(word);
    let states: [&[u8]; 8] = [b"true", b"false", b"yes", b"no", b"on", b"off", b"null", b"none"];
    word.first().is_some_and(u8::is_ascii_digit) || states.iter().any(|state| word.eq_ignore_ascii_case(state))
}

/// Letters beyond ASCII.
fn foreign(value: &[u8]) -> usize {
    value.utf8_chunks().flat_map(|chunk| chunk.valid().chars()).filter(|c| !c.is_ascii() && c.is_alphabetic()).count()
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn prose_and_settings() {
        for ok in [
            "Patient reports pain.",
            "hello there",
            "hello\\nthere",
            "病人报告疼痛",
            "She said: \"don't\" 3 times",
            "3 patients had fever",
            "Pneumonoultramicroscopic",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "[101, 2023, 102]",
            "default",
            "a=1 b=2",
            "/data/train.jsonl",
            "12 34",
            "37%",
            "37%, eta=5m epoch two",
            "0.5 lr=1e-4 still running",
            "true",
            "15.2s",
            "2h30m",
            "cmpl-7QyqpwdfhqwajicIEznoc6Q47XAyW",
            "checkpoint_manager_state",
            "",
            " ",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
        // Latin-1, and a text that was cut within a letter.
        assert!(valid(b"Patientin schl\xe4ft gut"));
        assert!(valid("病人报告疼痛".as_bytes().get(..17).unwrap_or_default()));
    }
}
