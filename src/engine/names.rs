//! Names of people in prose, by dictionary: a given and a family name together, `Jane Example` or `Example, Jane`.
//!
//! Only while the setting `name_dictionary` is on. Candidates are blanks between a small letter (or a comma) and a capital; the words around one are
//! looked up in two perfect hashes. Both have to be names, written as names are: class names, identifiers and
//! words in capitals are none, nor are days, months and the words of patterns/names/words.txt; of two words
//! that are ordinary as well (`Will Page`), neither counts. Source of the names: scripts/names.py.

use super::catalog::{FAMILY_NAMES, GIVEN_NAMES, NEVER_NAMES, NameSet, ORDINARY_NAMES, id, step};
use super::validate::word_list;
use super::verify::{Scan, Source};

/// Longest word of a name, in bytes.
const WORD: usize = 24;

impl NameSet {
    /// Whether the word of that hash is in the set, but for about one word in 100,000 that is not.
    fn contains(&self, hash: u64) -> bool {
        let seed = self.seeds.get((hash >> (64 - self.bucket_bits)) as usize).copied().unwrap_or(0);
        let mixed = (hash ^ u64::from(seed).wrapping_mul(0xD6E8_FEB8_6659_FD93)).wrapping_mul(0xA24B_AED4_963E_E407);
        self.slots.get((mixed >> (64 - self.bits)) as usize) == Some(&(hash as u16).max(1))
    }

    /// Whether a word, or one of the two parts of a double name, is in the set.
    fn has(&self, word: &[u8]) -> bool {
        word.split(|byte| *byte == b'-').any(|part| self.contains(hash(part)))
    }
}

fn hash(word: &[u8]) -> u64 {
    word.iter().filter(|byte| **byte != b'\'').fold(0, |hash, byte| step(hash, byte.to_ascii_lowercase()))
}

/// Looks at the capital of a second word; two words of a name stand around the blank before it.
pub(crate) fn capital(scan: &mut Scan<'_>, at: usize) {
    if !scan.settings.name_dictionary || scan.before(at) != b' ' || at < 2 || !between(scan.byte(at - 2), scan.byte(at)) {
        return;
    }
    let blank = at - 1;
    // What a name took is not the first word of another one.
    if blank < scan.done.person {
        return;
    }
    if let Some((start, end)) = name_around(scan.hay, blank) {
        scan.accept_alone(id::PERSON_NAME, start, end, Source::Context);
        scan.done.person = end;
    }
}

fn between(before: u8, after: u8) -> bool {
    (before.is_ascii_lowercase() || before == b',') && after.is_ascii_uppercase()
}

/// The name whose first two words part at `blank`.
fn name_around(hay: &[u8], blank: usize) -> Option<(usize, usize)> {
    let byte = |at: usize| hay.get(at).copied().unwrap_or(b'\n');
    let reversed = byte(blank - 1) == b',';
    let left_end = blank - usize::from(reversed);
    let start = word_start(hay, left_end);
    let left = hay.get(start..left_end)?;
    if reversed && is_shouted(left) {
        // `EXAMPLE, JANE` anywhere, if both words are names and nothing else.
        let both = || {
            let (given, end) = word_at(hay, blank + 1)?;
            let alone = |word: &[u8]| !ORDINARY_NAMES.contains(word) && !NEVER_NAMES.contains(word) && word.len() > 2;
            let names = is_shouted(given) && alone(given) && alone(left) && GIVEN_NAMES.has(given) && FAMILY_NAMES.has(left);
            let joined = byte(end).is_ascii_alphanumeric() || byte(end) >= 0x80 || b"_(/@=-".contains(&byte(end));
            (names && !joined).then_some((start, end))
        };
        return shouted(hay, start, left, blank + 1).or_else(both);
    }
    if !is_name(left) {
        return None;
    }
    // A path, an address, an option or an attribute begins before it.
    let back = |count: usize| start.checked_sub(count).map_or(b'\n', byte);
    let escape = back(2) == b'\\' && matches!(back(1), b'n' | b'r' | b't');
    let quote = back(1) == b'\'' && !back(2).is_ascii_alphanumeric();
    if !escape && !quote && (back(1).is_ascii_alphanumeric() || back(1) >= 0x80 || b"_./\\@:=-'&#$%+~<".contains(&back(1))) {
        return None;
    }
    let right = word_at(hay, blank + 1)?;
    let end = if reversed {
        pair(right.0, left).then_some(right.1)?
    } else {
        let initial = right.0.len() == 1;
        let gap = right.1 + usize::from(initial && byte(right.1) == b'.');
        // `Jane Q. Example`, `Jane Ann Example`; the longer name first.
        let third = (byte(gap) == b' ').then(|| word_at(hay, gap + 1)).flatten();
        let middle = initial || is_name(right.0) && GIVEN_NAMES.has(right.0) && !NEVER_NAMES.contains(right.0);
        match third.filter(|third| middle && pair(left, third.0)) {
            Some(third) => third.1,
            None => pair(left, right.0).then_some(right.1)?,
        }
    };
    // `Jane Example.run()`, `Jane Example_2`: code.
    let (next, behind) = (byte(end), byte(end + 1));
    let code =
        next.is_ascii_alphanumeric() || next >= 0x80 || b"_(/\\@=".contains(&next) && !(next == b'\\' && b"nrt\"'".contains(&behind));
    let joined = matches!(next, b'.' | b':' | b'-') && (behind.is_ascii_alphanumeric() || behind == b':');
    (!code && !joined).then_some((start, end))
}

/// `Name: EXAMPLE, JANE Q`, in capitals: only behind that word, and one of the two has to be in the dictionary.
fn shouted(hay: &[u8], start: usize, family: &[u8], second: usize) -> Option<(usize, usize)> {
    let before = hay.get(start.saturating_sub(12)..start).unwrap_or_default();
    let key = before.trim_ascii_end();
    let key = key.strip_suffix(b"\"").unwrap_or(key).trim_ascii_end();
    let key = key.strip_suffix(b":").or_else(|| key.strip_suffix(b"="))?;
    let key = key.strip_suffix(b"\"").unwrap_or(key);
    let (rest, word) = key.split_at_checked(key.len().checked_sub(4)?)?;
    if !word.eq_ignore_ascii_case(b"name") || rest.last().is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    family_first(hay, family, second).map(|end| (start, end))
}

/// One past the name in capitals whose family name comes first, `EXAMPLE, JANE Q`; one of the two has to be in the dictionary.
fn family_first(hay: &[u8], family: &[u8], second: usize) -> Option<usize> {
    let (given, end) = word_at(hay, second)?;
    let known = |word: &[u8], names: &NameSet| names.has(word) && !ORDINARY_NAMES.contains(word);
    let are_names = is_shouted(given)
        && !NEVER_NAMES.contains(given)
        && !NEVER_NAMES.contains(family)
        && (known(given, &GIVEN_NAMES) || known(family, &FAMILY_NAMES));
    // The initial behind it.
    let initial = word_at(hay, end + 1).filter(|(word, _)| hay.get(end) == Some(&b' ') && word.len() == 1).map(|(_, end)| end);
    let end = initial.map_or(end, |end| end + usize::from(hay.get(end) == Some(&b'.')));
    let joined = hay.get(end).is_some_and(|next| next.is_ascii_alphanumeric() || *next >= 0x80 || b"_(/@=".contains(next));
    (are_names && !joined).then_some(end)
}

/// Two capitals or more: `EXAMPLE`, `O'EXAMPLE`.
fn is_shouted(word: &[u8]) -> bool {
    word.len() >= 2 && word.len() <= WORD && word.iter().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'-' | b'\''))
}

/// One past the two or three words at `start` that are written as a name is, where the sentence says that one stands there.
pub(crate) fn said(hay: &[u8], start: usize) -> Option<usize> {
    let next = |end: usize| (hay.get(end) == Some(&b' ')).then(|| word_at(hay, end + 1)).flatten();
    let written = |word: &[u8]| is_name(word) && !NEVER_NAMES.contains(word);
    let (first, end) = word_at(hay, start)?;
    let (mut last, mut end) = next(end)?;
    // `Jane Q. Example`
    if last.len() == 1 {
        (last, end) = next(end + usize::from(hay.get(end) == Some(&b'.')))?;
    }
    let third = next(end).filter(|(third, behind)| written(third) && hay.get(*behind) != Some(&b':'));
    (written(first) && written(last)).then(|| third.map_or(end, |(_, behind)| behind))
}

/// One past the name at `start`, behind the word `patient`, which asks for less than a name alone: of two or three words one
/// has to be in the dictionary, as a given name that comes first or a family name that comes last.
pub(crate) fn patient(hay: &[u8], start: usize) -> Option<usize> {
    let next = |end: usize| (hay.get(end) == Some(&b' ')).then(|| word_at(hay, end + 1)).flatten();
    let (first, end) = word_at(hay, start)?;
    // `EXAMPLE, JANE`
    if is_shouted(first) && hay.get(end) == Some(&b',') {
        return family_first(hay, first, end + 1 + usize::from(hay.get(end + 1) == Some(&b' ')));
    }
    let (mut last, mut end) = next(end)?;
    // `Jane Q. Example`
    if last.len() == 1 {
        (last, end) = next(end + usize::from(hay.get(end) == Some(&b'.')))?;
    }
    if let Some((third, behind)) = next(end)
        && is_known(third, &FAMILY_NAMES)
    {
        (last, end) = (third, behind);
    }
    let are_names = is_name(first) && is_name(last) && !NEVER_NAMES.contains(first) && !NEVER_NAMES.contains(last);
    (are_names && (is_known(first, &GIVEN_NAMES) || is_known(last, &FAMILY_NAMES))).then_some(end)
}

/// Whether the whole text is a given and a family name of the dictionary, perhaps with one more or an initial between them:
/// `Jane Q. Example`, `Example, Jane`, in capitals or small letters too.
pub(crate) fn is_full(text: &[u8]) -> bool {
    const WORDS: usize = 4;
    if text.len() > WORDS * WORD || text.first().is_none_or(|first| !first.is_ascii_alphabetic()) {
        return false;
    }
    let mut words = [&[][..]; WORDS];
    let mut count = 0;
    for word in text.split(|byte| *byte == b' ') {
        let Some(slot) = words.get_mut(count) else { return false };
        *slot = word;
        count += 1;
    }
    let Some(([first, middle @ ..], [.., last])) = words.get(..count).map(|words| (words, words)) else { return false };
    let (given, family) = match first.strip_suffix(b",") {
        Some(family) => (middle.first().copied().unwrap_or_default(), family),
        None => (*first, *last),
    };
    let letters = |word: &&[u8]| !word.is_empty() && word.iter().all(|byte| is_part(byte) || matches!(byte, b'.' | b','));
    count >= 2
        && given.len() >= 2
        && family.len() >= 2
        && words.iter().take(count).all(letters)
        && GIVEN_NAMES.has(given)
        && FAMILY_NAMES.has(family)
        && !NEVER_NAMES.contains(given)
        && !NEVER_NAMES.contains(family)
        && !(ORDINARY_NAMES.contains(given) && ORDINARY_NAMES.contains(family))
}

/// Whether a day begins the text, or a month and a number: `Thu Apr 2`.
pub(crate) fn is_date(text: &[u8]) -> bool {
    const DAYS: &str = "mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday";
    const MONTHS: &str = "jan feb mar apr may jun jul aug sep oct nov dec january february march april june july august september october \
        november december";
    let word = text.split(|byte| !byte.is_ascii_alphabetic()).next().unwrap_or_default();
    let number = matches!(text.get(word.len()..), Some([b' ', digit, ..]) if digit.is_ascii_digit());
    word_list::contains(DAYS, word) || number && word_list::contains(MONTHS, word)
}

fn is_known(word: &[u8], names: &NameSet) -> bool {
    is_name(word) && names.has(word) && !ORDINARY_NAMES.contains(word) && !NEVER_NAMES.contains(word)
}

/// A given and a family name, of which one at least is nothing else.
fn pair(given: &[u8], family: &[u8]) -> bool {
    is_name(given)
        && is_name(family)
        && GIVEN_NAMES.has(given)
        && FAMILY_NAMES.has(family)
        && !NEVER_NAMES.contains(given)
        && !NEVER_NAMES.contains(family)
        && !(ORDINARY_NAMES.contains(given) && ORDINARY_NAMES.contains(family))
}

/// A capital and small letters: `Jane`, `McSample`, `O'Example`, `Smith-Jones`.
fn is_name(word: &[u8]) -> bool {
    let [first, rest @ ..] = word else { return false };
    if !first.is_ascii_uppercase() || word.len() > WORD {
        return false;
    }
    let (mut before, mut small) = (*first, false);
    for (at, byte) in rest.iter().enumerate() {
        let capital = byte.is_ascii_uppercase();
        let part = matches!(before, b'-' | b'\'');
        // A part begins with a capital. `CamelCase` has as many capitals as words: only a short prefix may
        // have one behind it.
        if capital && (before.is_ascii_uppercase() || at >= 3 && before.is_ascii_lowercase()) || part && !capital {
            return false;
        }
        small |= byte.is_ascii_lowercase();
        before = *byte;
    }
    small && !matches!(before, b'-' | b'\'')
}

fn is_part(byte: &u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'\'' | b'-')
}

fn word_start(hay: &[u8], end: usize) -> usize {
    let floor = end.saturating_sub(WORD + 1);
    let word = hay.get(floor..end).unwrap_or_default();
    let length = word.iter().rev().take_while(|byte| is_part(byte)).count();
    let mut start = end - length;
    // A quote before the name is not part of it, nor is the letter of an escape.
    while start < end && hay.get(start).is_some_and(|byte| !byte.is_ascii_alphabetic()) {
        start += 1;
    }
    let escape = start > 0 && hay.get(start - 1) == Some(&b'\\') && hay.get(start).is_some_and(|byte| matches!(byte, b'n' | b'r' | b't'));
    start + usize::from(escape)
}

/// The word that begins at `at`, and one past it.
fn word_at(hay: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = hay.get(at..hay.len().min(at + WORD + 1))?;
    let mut length = rest.iter().take_while(|byte| is_part(byte)).count();
    if let Some(own) = rest.get(..length)
        && own.ends_with(b"'s")
    {
        length -= 2;
    }
    while length > 0 && rest.get(length - 1).is_some_and(|byte| !byte.is_ascii_alphabetic()) {
        length -= 1;
    }
    let word = rest.get(..length).filter(|word| word.first().is_some_and(u8::is_ascii_uppercase))?;
    Some((word, at + length))
}

#[cfg(test)]
mod tests {
    use crate::Engine;

    fn scrubbed(text: &str) -> String {
        let engine = Engine::builder().name_dictionary(true).build().unwrap();
        let once = engine.scrub(text.as_bytes());
        assert_eq!(engine.scrub(&once), once, "a second time");
        String::from_utf8(once).unwrap()
    }

    #[test]
    fn a_given_and_a_family_name_together() {
        for (text, expected) in [
            ("John Smith called", "[PERSON_NAME] called"),
            ("seen by Mary Q. Johnson, then Smith, John left", "seen by [PERSON_NAME], then [PERSON_NAME] left"),
            ("for Mary Ann Johnson's chart", "for [PERSON_NAME]'s chart"),
            ("Sean O'Brien and Mary Smith-Jones", "[PERSON_NAME] and [PERSON_NAME]"),
            (r#"{"note":"first line\nJohn McDonald called"}"#, r#"{"note":"first line\n[PERSON_NAME] called"}"#),
            ("'John Smith' (Mary Johnson)", "'[PERSON_NAME]' ([PERSON_NAME])"),
        ] {
            assert_eq!(scrubbed(text), expected);
            assert_eq!(Engine::standard().scrub(text.as_bytes()), text.as_bytes(), "off in standard");
        }
    }

    #[test]
    fn what_only_looks_like_a_name_stays() {
        for text in [
            "JOHN SMITH and john smith",
            "April May, Monday Morning, In March",
            "John Smith.run() and x.John Smith and John Smith_2",
            "JohnSmith MaryJohnson",
            "Will Page and Max Long",
            "Resource Manager, Task Runner, Page Table, Mark Set",
            "class Johnson extends Smith",
            "John  Smith and John\tSmith",
        ] {
            assert_eq!(scrubbed(text), text);
        }
    }
}
