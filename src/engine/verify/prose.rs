//! Values that words name in a sentence: `MRN 00482913 admitted`, `born on March 14, 1982`.
//!
//! What the words say is what their key says behind a separator. A blank separates much else, so the value
//! must have the shape of its kind here, and a number enough digits.

use super::keyed;
use super::labels::is_placeholder;
use super::scan::{Scan, Source, is_word};
use super::upper::STATES;
use super::value::{self, Value};
use crate::engine::candidates::keys::Named;
use crate::engine::catalog::{Extent, KindId, PROSE, PROSE_HEADS, id};
use crate::engine::{names, validate};

/// What may stand between the words and the value.
const FILLERS: [&[u8]; 10] = [b" number", b" no.", b" no", b" nr", b" num", b" is", b" was", b" id", b" code", b" to"];
/// Fewest digits of a number.
const DIGITS: usize = 5;
/// Fewest letters of a secret, and fewest digits among them.
const SECRET: (usize, usize) = (16, 3);
/// How far the word card may stand from a date when it ends.
const CARD: usize = 64;
/// Longest phrase that is one value, in bytes.
const PHRASE: usize = 256;

/// Looks at the first letter of a word.
pub(crate) fn words(scan: &mut Scan<'_>, at: usize) {
    if !scan.word_may_start(at) || matches!(scan.before(at), b'-' | b'.' | b'/' | b'@' | b'$' | b'<') {
        return;
    }
    let rest = scan.slice(at, scan.hay.len());
    let stands = |text: &[u8], words: &[u8]| text.get(..words.len()).is_some_and(|head| head.eq_ignore_ascii_case(words));
    // Eight letters as a number, without their case; what it is compared with is sorted by the first three.
    let eight = rest.first_chunk::<8>().copied().unwrap_or_else(|| std::array::from_fn(|offset| scan.byte(at + offset)));
    let head = u64::from_be_bytes(eight) | 0x2020_2020_2020_2020;
    let first = PROSE_HEADS.partition_point(|(letters, _)| letters >> 40 < head >> 40);
    let same = PROSE_HEADS.iter().skip(first).take_while(|(letters, _)| letters >> 40 == head >> 40);
    let begins = PROSE.iter().skip(first).zip(same).filter(|(_, (letters, care))| head & care == *letters);
    let Some((words, index, key)) = begins.map(|(words, _)| words).find(|(words, ..)| stands(rest, words)) else { return };
    let end = at + words.len();
    if !matches!(scan.byte(end), b' ' | b'#') && scan.byte(end + 1) != b'#' {
        return;
    }
    let mut from = end;
    for _ in 0..2 {
        let behind = scan.slice(from, scan.hay.len());
        let ends = |filler: &&&[u8]| stands(behind, filler) && matches!(behind.get(filler.len()), Some(b' ' | b'#' | b':'));
        from += FILLERS.iter().find(ends).map_or(0, |filler| filler.len());
    }
    // `MRN #00482913`, `MRN# 00482913`.
    let sign = scan.slice(from, scan.hay.len().min(from + 3)).iter().position(|byte| *byte == b'#').filter(|blanks| *blanks <= 1);
    from = sign.map_or(from, |blanks| from + blanks + 1);
    if !(matches!(scan.byte(from), b' ') || scan.before(from) == b'#') {
        return;
    }
    if key.kind == id::PERSON_NAME {
        return person(scan, from + 1, from > end);
    }
    // `driver license CA D1234567`
    if key.kind == id::US_DRIVERS_LICENSE && is_state(scan.slice(from + 1, from + 3)) && scan.byte(from + 3) == b' ' {
        from += 3;
    }
    // A point behind a code ends the sentence.
    let extent_of = |kind: Extent| if key.kind == id::OTP_SEED { Extent::Token } else { kind };
    let Some(extent) = key.kind.builtin().map(|kind| extent_of(kind.extent)) else { return };
    let Some(value) = value::read(scan.hay, from, extent, true, &mut scan.done.stops) else { return };
    let text = scan.slice(value.start, value.end);
    // `IDENTIFIED BY 'X'`, of a database: its own quotes say that it is one, and patients are identified by others.
    let enough = match *words {
        b"identified by" => value.quoted && matches!(scan.byte(value.end), b'\'' | b'"'),
        b"policy" => is_policy(text),
        b"zip" => is_enough(key.kind, text) && !counts(scan, value.end),
        _ => is_enough(key.kind, text),
    };
    // `DOB 3/22/58`
    if key.kind == id::DATE_OF_BIRTH && is_short_date(text) {
        let keyed = id::DATE_OF_BIRTH.builtin().map_or(0, |kind| kind.keyed);
        return scan.accept(id::DATE_OF_BIRTH, value.start, value.end, keyed, Source::Key(*index));
    }
    // `SSN xxx-xx-6789`
    let last = text.rsplit(|byte| *byte == b'-').next().unwrap_or_default();
    let hidden = matches!(text.first(), Some(b'x' | b'X' | b'*')) && last.len() == 4 && last.iter().all(u8::is_ascii_digit);
    if key.kind == id::US_SSN && hidden {
        let keyed = id::US_SSN_LAST4.builtin().map_or(0, |kind| kind.keyed);
        return scan.accept(id::US_SSN_LAST4, value.end - 4, value.end, keyed, Source::Context);
    }
    // `last four of SSN 6789`
    if key.kind == id::US_SSN && text.len() == 4 && is_behind_last_four(scan, at) {
        if let Some((_, index, key)) = PROSE.iter().find(|(_, _, key)| key.kind == id::US_SSN_LAST4) {
            keyed::field(scan, &Named { key: *index, start: at, end }, key, b"", value);
        }
        return;
    }
    if !enough || key.kind == id::CARD_EXPIRY && !is_of_a_card(scan, at, value.end) {
        return;
    }
    let named = Named { key: *index, start: at, end };
    if key.kind == id::PASSWORD_ASSIGNMENT {
        return password(scan, &named, value);
    }
    keyed::field(scan, &named, key, b"", value);
}

fn is_enough(kind: KindId, text: &[u8]) -> bool {
    let count = |class: fn(&u8) -> bool| text.iter().filter(|byte| class(byte)).count();
    match kind {
        id::DATE_OF_BIRTH | id::DATE_HEALTH => text.iter().any(u8::is_ascii_digit),
        id::PASSWORD_ASSIGNMENT => is_password(text),
        id::HIGH_ENTROPY_GENERIC => is_secret(text),
        id::OTP_SEED => text.iter().all(u8::is_ascii_digit) && (4..=8).contains(&text.len()),
        id::AWS_SECRET_ACCESS_KEY | id::CVV | id::US_SSN_LAST4 | id::ADVERTISING_DEVICE_ID => true,
        id::CARD_EXPIRY => text.contains(&b'/'),
        // `E11.9`; without the point it may as well be the name of a part.
        id::ICD10_CODE => text.contains(&b'.'),
        id::LICENCE_PLATE => count(u8::is_ascii_digit) >= 2 && count(u8::is_ascii_uppercase) >= 2 && count(u8::is_ascii_lowercase) == 0,
        _ => count(u8::is_ascii_digit) >= DIGITS,
    }
}

/// Whether a word behind `api key` is one: long, letters and digits, no path, call or name of a host.
fn is_secret(text: &[u8]) -> bool {
    let (length, digits) = SECRET;
    (length..=128).contains(&text.len())
        && text.iter().any(u8::is_ascii_alphabetic)
        && text.iter().filter(|byte| byte.is_ascii_digit()).count() >= digits
        && !text.iter().any(|byte| matches!(byte, b'/' | b'.' | b'(' | b'=' | b':' | b'[' | b'<' | b'{' | b'$'))
}

/// Whether a word behind `password` is more than a word: letters and digits, eight or more, no path or call.
fn is_password(text: &[u8]) -> bool {
    let (letters, digits) = (text.iter().any(u8::is_ascii_alphabetic), text.iter().any(u8::is_ascii_digit));
    (8..=64).contains(&text.len()) && letters && digits && !text.iter().any(|byte| matches!(byte, b'/' | b'(' | b'=' | b':' | b'[' | b'<'))
}

/// Whether a word behind `policy` is the number of one: capitals and four digits, or eight of these. `policy CMP0091` of CMake is none.
fn is_policy(text: &[u8]) -> bool {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let standard = [&b"RFC"[..], b"SHA", b"TLS", b"ISO", b"NIST", b"CVE", b"CIS", b"CMP", b"PCI"].iter().any(|name| text.starts_with(name));
    text.len() >= 6 && !standard && if text.iter().any(u8::is_ascii_uppercase) { digits >= 4 } else { digits >= 8 }
}

/// Whether what follows a number says that it counts: `zip 20500 files`.
fn counts(scan: &Scan<'_>, end: usize) -> bool {
    let rest = scan.slice(end, scan.hay.len().min(end + 24));
    let word = rest.strip_prefix(b" ").unwrap_or_default();
    let word = word.split(|byte| !byte.is_ascii_alphabetic()).next().unwrap_or_default();
    matches!(word, b"of" | b"kB" | b"KB" | b"MB" | b"GB" | b"ms") || word.len() > 3 && word.ends_with(b"s")
}

/// Whether the word card stands in the same line.
fn is_of_a_card(scan: &Scan<'_>, start: usize, end: usize) -> bool {
    let before = scan.slice(start.saturating_sub(CARD), start).rsplit(|byte| matches!(byte, b'\n' | b'\r')).next();
    let behind = scan.slice(end, scan.hay.len().min(end + CARD)).split(|byte| matches!(byte, b'\n' | b'\r')).next();
    let card = |word: &[u8]| [&b"card"[..], b"mastercard", b"visa", b"amex"].iter().any(|card| word.eq_ignore_ascii_case(card));
    [before, behind].into_iter().flatten().any(|part| part.split(|byte| !is_word(*byte)).any(card))
}

/// A month, a day and two digits of a year.
fn is_short_date(text: &[u8]) -> bool {
    let mut parts = text.split(|byte| matches!(byte, b'/' | b'-' | b'.'));
    let mut part = |most: usize| parts.next().is_some_and(|part| (1..=most).contains(&part.len()) && part.iter().all(u8::is_ascii_digit));
    part(2) && part(2) && part(2) && parts.next().is_none()
}

fn is_behind_last_four(scan: &Scan<'_>, at: usize) -> bool {
    let before = scan.slice(at.saturating_sub(32), at).rsplit(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    [&b"last four"[..], b"last 4"].iter().any(|words| before.windows(words.len()).any(|part| part.eq_ignore_ascii_case(words)))
}

fn is_state(text: &[u8]) -> bool {
    text.len() == 2 && STATES.chunks(3).any(|state| state.get(..2) == Some(text))
}

/// One past a licence whose state stands before it: `license: CA D1234567`.
pub(super) fn behind_state(scan: &Scan<'_>, value: Value) -> usize {
    if !is_state(scan.slice(value.start, value.end)) || scan.byte(value.end) != b' ' {
        return value.end;
    }
    let rest = scan.slice(value.end + 1, scan.hay.len().min(value.end + 24));
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'*')).count();
    let fits = rest.get(..length).is_some_and(validate::us_drivers_license::valid);
    if fits { value.end + 1 + length } else { value.end }
}

/// `patient name is Jane Example`: two words that begin with capitals; without `is`, one of them is in the dictionary.
fn person(scan: &mut Scan<'_>, start: usize, said: bool) {
    let known = names::patient(scan.hay, start);
    match known.or_else(|| said.then(|| names::said(scan.hay, start)).flatten()) {
        Some(end) => scan.accept_alone(id::PERSON_NAME, start, end, Source::Context),
        None => scan.refuse(id::PERSON_NAME, start, start, "no full name behind the words"),
    }
}

/// One past a phrase of words, `Type 2 diabetes`: the end of the line, a bracket, a semicolon, the end of a sentence, or what
/// stands before the next name.
pub(super) fn phrase_end(scan: &Scan<'_>, value: Value) -> usize {
    let rest = scan.slice(value.start, scan.hay.len().min(value.start + PHRASE));
    let at = |place: usize| rest.get(place).copied().unwrap_or(b'\n');
    // Behind a code, words that begin with a capital: `E11.9 - Type 2 diabetes`.
    let first = value.end - value.start;
    if validate::icd10_code::valid(scan.slice(value.start, value.end)) {
        let dash = if rest.get(first..first + 2) == Some(b" -") { first + 2 } else { first };
        if at(dash) != b' ' || !at(dash + 1).is_ascii_uppercase() {
            return value.end;
        }
    }
    let letter = |place: usize| at(place).is_ascii_alphabetic();
    // A name, and the sign behind it.
    let names = |place: usize| {
        let length = rest.get(place..).unwrap_or_default().iter().take_while(|byte| is_word(**byte) || **byte == b'-').count();
        letter(place) && matches!(at(place + length), b'=' | b':')
    };
    let ends = |place: usize| match at(place) {
        b'\'' => !(letter(place - 1) && letter(place + 1)),
        b',' => names(place + 1) || at(place + 1) == b' ' && names(place + 2),
        b' ' => names(place + 1),
        b'.' => at(place + 1) == b' ' && at(place + 2).is_ascii_uppercase(),
        byte => b"\n\r\"`;|[](){}<>\\&".contains(&byte),
    };
    let mut length = (first..rest.len()).find(|place| ends(*place)).unwrap_or(rest.len());
    if length == PHRASE {
        length = rest.iter().rposition(|byte| *byte == b' ').unwrap_or(length).max(first);
    }
    while length > first && matches!(at(length - 1), b' ' | b'\t' | b'.' | b',' | b'-') {
        length -= 1;
    }
    value.start + length
}

fn password(scan: &mut Scan<'_>, named: &Named, value: Value) {
    if !is_placeholder(scan.settings, scan.slice(value.start, value.end)) {
        let keyed = id::PASSWORD_ASSIGNMENT.builtin().map_or(0, |kind| kind.keyed);
        scan.accept(id::PASSWORD_ASSIGNMENT, value.start, value.end, keyed, Source::Key(named.key));
    }
}
