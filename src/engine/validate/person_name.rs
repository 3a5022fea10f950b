//! Name of a person: a title and capitalised words, or the caret form of HL7 and DICOM.
//!
//! `valid` wants evidence inside the value. `plausible` is for values whose key already says
//! name: it only refuses what cannot be one. Class names, hosts and log levels lack both.
//! Source: HL7 v2.5 XPN data type, DICOM PS3.5 6.2 (PN), common titles of DE, EN, ES, FR, IT.

use super::word_list;

/// Titles, compared without case and without the final dot.
const TITLES: &str = "\
    mr mrs ms miss mx dr prof professor sir dame rev herr frau m mme mlle monsieur madame sr \
    sra srta sig doctor nurse";

/// Small words inside a family name.
const PARTICLES: &str = "\
    de del della di da dos du van von der den la le bin al el y";

/// True for `Dr. Jane Example` or `DOE^JOHN^Q`.
pub(crate) fn valid(value: &[u8]) -> bool {
    titled(value) || carets(value)
}

/// True for one to five name words, or `Last, First`; the caller has a key that says name.
pub(crate) fn plausible(value: &[u8]) -> bool {
    let comma = value.iter().filter(|&&b| b == b',').count();
    // `Example, Jane` and `Example,Jane`
    let parts = value.split(|&b| b == b' ').flat_map(|part| part.split(|&b| b == b',').enumerate());
    let parts = parts.filter(|(at, word)| *at == 0 || !word.is_empty()).map(|(_, word)| word);
    valid(value) || (comma <= 1 && words(parts, 5))
}

/// True for a name of at least two words.
pub(crate) fn full(value: &[u8]) -> bool {
    plausible(value) && value.iter().any(|byte| matches!(byte, b' ' | b'^' | b',')) && !value.starts_with(b"The ")
}

fn titled(value: &[u8]) -> bool {
    let mut parts = value.split(|&b| b == b' ');
    let Some(first) = parts.next() else {
        return false;
    };
    let title = first.strip_suffix(b".").unwrap_or(first);
    if first.len() == value.len() || !word_list::contains(TITLES, title) {
        return false;
    }
    // `Prof. Dr. Example`: one more title may follow.
    let mut second = parts.clone();
    let twice = second
        .next()
        .is_some_and(|word| matches!(word, b"Dr." | b"Dr" | b"med."));
    words(if twice { second } else { parts }, 3)
}

/// True for at least one capitalised word and at most `max`, particles not counted.
fn words<'a>(parts: impl Iterator<Item = &'a [u8]>, max: usize) -> bool {
    let mut names = 0;
    let mut particle_last = false;
    for part in parts {
        particle_last =
            part.iter().all(u8::is_ascii_lowercase) && word_list::contains(PARTICLES, part);
        if !particle_last && !capitalised(part) {
            return false;
        }
        names += usize::from(!particle_last);
    }
    (1..=max).contains(&names) && !particle_last
}

/// A capital or non-ASCII letter, then letters, `'`, `-`; an initial may end in a dot.
fn capitalised(word: &[u8]) -> bool {
    let word = word.strip_suffix(b".").unwrap_or(word);
    let letter = |b: &u8| b.is_ascii_alphabetic() || !b.is_ascii();
    word.first()
        .is_some_and(|b| b.is_ascii_uppercase() || !b.is_ascii())
        && word.last().is_some_and(letter)
        && word.len() <= 40
        && word.iter().all(|b| letter(b) || matches!(b, b'\'' | b'-'))
}

/// `Last^First^Middle^Suffix^Prefix`: two to five parts, the first two filled with letters.
fn carets(value: &[u8]) -> bool {
    let mut parts = value.split(|&b| b == b'^');
    let letters = |part: &[u8]| {
        part.iter()
            .all(|b| b.is_ascii_alphabetic() || !b.is_ascii() || b" .'-".contains(b))
    };
    let filled = |part: Option<&[u8]>| part.is_some_and(|p| p.first().is_some_and(|b| *b != b' '));
    let all = value.split(|&b| b == b'^').all(letters);
    all && filled(parts.next()) && filled(parts.next()) && parts.count() <= 5
}

#[cfg(test)]
mod tests {
    use super::{plausible, valid};

    #[test]
    fn vectors() {
        for ok in [
            "Dr. Jane Example",
            "Mr John Q Sample",
            "DOE^JOHN^Q",
            "Frau Müller-Lüdenscheidt",
            "Sr. Juan de la Muestra",
            "Prof. Dr. Example",
            "Mme Élise Exemple",
            "O'SAMPLE^ANN^^^MS",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "Dr",
            "example",
            "mr lowercase",
            "Dr.",
            "Jane Example",
            "Mr A B C D",
            "DOE^",
            "^JOHN",
            "A^1",
            "x^2 y",
            "Dr de",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn keyed_values() {
        for ok in [
            "Jane Example",
            "Example, Jane",
            "Jane",
            "Anna von der Probe",
            "JANE Q. EXAMPLE",
            "EXAMPLE,JANE",
        ] {
            assert!(plausible(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "jane",
            "42",
            "true",
            "Jane2",
            "host-01",
            "A, B, C",
            "Jane  Example",
            "",
        ] {
            assert!(!plausible(bad.as_bytes()), "{bad}");
        }
    }
}
