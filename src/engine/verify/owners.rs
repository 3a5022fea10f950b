//! Names that say nothing alone, `name` or `city`, and whose they are: `{"patient": {"name": …}}`, `Patient(name=…)`, `<p name=…>`.
//!
//! The object, list or call around such a name has a name of its own, and that one says whether a person, the name of one or an
//! address is described there. What is found is then read as what the full key would name (`full_name`). A bare `name` with nobody
//! around it counts if the dictionary has both of its words, or if what stands beside it is told of people only.

use super::keyed::from_value;
use super::labels::{is_placeholder, own_label_end};
use super::scan::{Scan, is_word};
use super::value;
use crate::engine::candidates::keys::{self, Named};
use crate::engine::catalog::{Extent, Key, OWNED, OWNERS, Owned, Owner};
use crate::engine::{names, validate};

/// How far back the bracket may stand that a name is in, in bytes.
const REACH: usize = 512;
/// Lists and unnamed objects between a name and the object that has one.
const DEPTH: usize = 3;
/// How far a word about people may stand from a name.
const BESIDE: usize = 160;
/// Words behind the one that says whose it is: `patientInfo`, `member_details`.
const ENDINGS: [&[u8]; 16] = [
    b"info",
    b"details",
    b"detail",
    b"data",
    b"record",
    b"records",
    b"dto",
    b"profile",
    b"entity",
    b"model",
    b"request",
    b"response",
    b"list",
    b"object",
    b"row",
    b"input",
];
/// Keys that only people have.
const PERSONAL: [&[u8]; 12] = [
    b"dob",
    b"birthdate",
    b"birth_date",
    b"date_of_birth",
    b"ssn",
    b"mrn",
    b"gender",
    b"sex",
    b"patient",
    b"phone",
    b"dateofbirth",
    b"email",
];

/// Looks at the value behind the separator at `mark`; `at` is one past it. Whether the name was one of these.
pub(super) fn member(scan: &mut Scan<'_>, mark: usize, at: usize, spaced: bool) -> bool {
    let hay = scan.hay;
    let (start, end) = keys::word_before(hay, mark);
    let word = scan.slice(start, end);
    let Some((owned, key)) = owned(word) else { return false };
    if !key.kind.builtin().is_some_and(|kind| scan.settings.wants(key.kind, kind.keyed)) {
        return true;
    }
    let whole = owned.name.len() == word.len();
    let named = Named { key: owned.key, start, end };
    let first = scan.slice(at, hay.len().min(at + 8)).iter().position(|byte| *byte != b' ').map_or(at, |blanks| at + blanks);
    if scan.byte(first) == b'[' && own_label_end(scan, first).is_none() {
        if whole && around(hay, start).is_some_and(|owner| fits(owned.of, owner, None)) {
            from_value(scan, &named, key, at, spaced);
        }
        return true;
    }
    let Some(value) = value::read(hay, at, Extent::Words, spaced, &mut scan.done.stops) else { return true };
    let text = scan.slice(value.start, value.end);
    if is_placeholder(scan.settings, text) || !text.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80) {
        return true;
    }
    let person = owned.of == Owner::Person;
    let beside = || whole && validate::person_name::full(text) && is_beside_people(scan, start, value.end);
    // `first = 'Jane', last = 'Example'`, `?family=Example&given=Jane&birthdate=…`
    let part = || owned.of == Owner::Name && whole && validate::person_name::plausible(text) && is_beside_people(scan, start, value.end);
    let inside = || whole && around(hay, start).is_some_and(|owner| fits(owned.of, owner, Some(text)));
    if person && names::is_full(text) || inside() || person && beside() || part() {
        from_value(scan, &named, key, at, spaced);
    } else {
        scan.refuse(key.kind, value.start, value.end, "the name alone does not suffice, and nobody is described around it");
    }
    true
}

/// What the last word of a name is among the names that say nothing alone, and the key it stands for.
fn owned(word: &[u8]) -> Option<(&'static Owned, &'static Key)> {
    let tail = last_segment(word)?;
    let owned = OWNED.iter().find(|owned| owned.name.len() == tail.len() && owned.name.eq_ignore_ascii_case(tail))?;
    Some((owned, keys::key(owned.key)?))
}

/// What the name of an element stands for where the elements around its tag at `tag` describe somebody: `<patient><name>`.
pub(super) fn element(hay: &[u8], name: &[u8], tag: usize, text: &[u8]) -> Option<(u16, &'static Key)> {
    let (owned, key) = owned(name).filter(|(owned, _)| owned.name.len() == name.len())?;
    let floor = tag.saturating_sub(REACH);
    let before = hay.get(floor..tag)?;
    let line = before.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |end| end + 1);
    let mut closed = 0usize;
    for open in memchr::memrchr_iter(b'<', before).take_while(|open| *open >= line) {
        let inner = before.get(open + 1..)?;
        let length = inner.iter().take_while(|byte| is_word(**byte) || matches!(byte, b':' | b'-' | b'.')).count();
        if matches!(inner.first(), Some(b'/' | b'\\')) {
            closed += 1;
        } else if inner.split(|byte| *byte == b'>').next().is_some_and(|tag| tag.ends_with(b"/")) {
        } else if closed > 0 {
            closed -= 1;
        } else {
            let around = owner(hay, floor + open + 1 + length);
            if around.is_some_and(|owner| fits(owned.of, owner, Some(text))) {
                return Some((owned.key, key));
            }
            break;
        }
    }
    // `<given>` and `<family>` are words of names only.
    let part = matches!(name, b"given" | b"family") && fits(Owner::Name, Owner::Name, Some(text));
    part.then_some((owned.key, key))
}

/// The last word of a name: `name` of `studentName` and `student_name`.
fn last_segment(word: &[u8]) -> Option<&[u8]> {
    let at = word.iter().rposition(|byte| !byte.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
    let word = word.get(at..)?;
    // `fullNAME` and `NAME` are one word.
    let camel = word.iter().rposition(u8::is_ascii_uppercase).filter(|at| *at > 0 && word.get(at - 1).is_some_and(u8::is_ascii_lowercase));
    word.get(camel.unwrap_or(0)..)
}

/// Whether a value, or a list, under a name of that kind counts in what `owner` describes.
fn fits(of: Owner, owner: Owner, text: Option<&[u8]>) -> bool {
    let named = || text.is_none_or(validate::person_name::plausible);
    match (of, owner) {
        (Owner::Person, Owner::Person) => named(),
        // Accounts and contacts may be those of machines: with a full name only.
        (Owner::Person, Owner::Role) => text.is_some_and(validate::person_name::full),
        (Owner::Name, Owner::Name | Owner::Person | Owner::Role) => named(),
        (Owner::Address, Owner::Address | Owner::Person) => true,
        (Owner::Message, Owner::Message) => text.is_some_and(validate::prompt_or_sample_text::valid),
        _ => false,
    }
}

/// What the object, list, call or path around `at` describes.
fn around(hay: &[u8], at: usize) -> Option<Owner> {
    let byte = |at: usize| hay.get(at).copied().unwrap_or(b'\n');
    // `patient.contact.name`
    if at > 0 && byte(at - 1) == b'.' {
        return owner(hay, at - 1);
    }
    let (mut depth, mut unnamed) = (0usize, 0);
    for place in (at.saturating_sub(REACH)..at).rev() {
        match byte(place) {
            b'\n' | b'\r' => return None,
            b'}' | b']' | b')' => depth += 1,
            b'{' | b'[' | b'(' if depth > 0 => depth -= 1,
            sign @ (b'{' | b'[' | b'(') => {
                let before = hay.get(place.saturating_sub(16)..place)?;
                let gap =
                    before.iter().rev().take_while(|byte| matches!(byte, b' ' | b'"' | b'\'' | b'\\' | b':' | b'=' | b'>' | b'&')).count();
                if let Some(owner) = owner(hay, place - gap) {
                    return Some(owner);
                }
                unnamed += 1;
                // `"patients": [{"name": …`; another name says that it is something else.
                let element = matches!(hay.get(..place - gap)?.last(), Some(b'[' | b','));
                let list = element || sign == b'[' && gap == 0;
                if unnamed == DEPTH || !list || sign == b'(' {
                    return None;
                }
            }
            // `#<Patient id: 1, name: "…">`, as Ruby prints it.
            b'<' if depth == 0 && place > 0 && byte(place - 1) == b'#' => {
                let name = hay.get(place + 1..)?;
                let length = name.iter().take_while(|byte| is_word(**byte) || **byte == b':').count();
                return owner(hay, place + 1 + name.get(..length)?.iter().take_while(|byte| **byte != b':').count());
            }
            _ => {}
        }
    }
    None
}

/// What the name that ends before `end` says: `patient`, `PatientInfo`, `models.Patient`, `patient_details`.
fn owner(hay: &[u8], end: usize) -> Option<Owner> {
    let mut word = hay.get(..end)?;
    for turn in 0..3 {
        let name = word.get(word.len().saturating_sub(64)..)?;
        let length = name.iter().rev().take_while(|byte| is_word(**byte)).count();
        let name = name.get(name.len() - length..)?;
        let last = last_segment(name)?;
        if let Some((_, owner)) = OWNERS.iter().find(|(known, _)| is_singular_of(last, known)) {
            return Some(*owner);
        }
        let ending = turn < 2 && ENDINGS.iter().any(|ending| ending.eq_ignore_ascii_case(last));
        if !ending {
            return None;
        }
        word = word.get(..word.len() - last.len())?;
        word = word.strip_suffix(b"_").unwrap_or(word);
    }
    None
}

/// Whether `word` is `known` or more of them.
fn is_singular_of(word: &[u8], known: &[u8]) -> bool {
    let one = |word: &[u8]| word.eq_ignore_ascii_case(known);
    one(word) || matches!(word, [word @ .., b's' | b'S'] if one(word))
}

/// Whether a key that only people have stands beside the bytes from `start` to `end`, on their line.
fn is_beside_people(scan: &Scan<'_>, start: usize, end: usize) -> bool {
    let line_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let before = scan.slice(start.saturating_sub(BESIDE), start).rsplit(line_end).next().unwrap_or_default();
    let behind = scan.slice(end, scan.hay.len().min(end + BESIDE)).split(line_end).next().unwrap_or_default();
    [before, behind]
        .into_iter()
        .flat_map(|part| part.split(|byte| !is_word(*byte)))
        .any(|word| word.len() >= 3 && PERSONAL.iter().any(|known| known.eq_ignore_ascii_case(word)))
}
