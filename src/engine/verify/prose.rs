//! Values that words name in a sentence: `MRN 00482913 admitted`, `born on March 14, 1982`.
//!
//! What the words say is what their key says behind a separator. A blank separates much else, so the value
//! must have the shape of its kind here, and a number enough digits.

use super::keyed::{self, is_placeholder};
use super::scan::{Scan, Source};
use super::value::{self, Value};
use crate::engine::candidates::keys::Named;
use crate::engine::catalog::{KindId, PROSE, id};

/// What may stand between the words and the value.
const FILLERS: [&[u8]; 10] = [b" number", b" no.", b" no", b" nr", b" num", b" is", b" was", b" id", b" code", b" to"];
/// Fewest digits of a number.
const DIGITS: usize = 5;
/// Fewest letters of a secret, and fewest digits among them.
const SECRET: (usize, usize) = (16, 3);

/// Looks at the first letter of a word.
pub(crate) fn words(scan: &mut Scan<'_>, at: usize) {
    if !scan.word_may_start(at) || matches!(scan.before(at), b'-' | b'.' | b'/' | b'@' | b'$' | b'<') {
        return;
    }
    let rest = scan.slice(at, scan.hay.len());
    let stands = |text: &[u8], words: &[u8]| text.get(..words.len()).is_some_and(|head| head.eq_ignore_ascii_case(words));
    // Sorted by their first letter.
    let first = scan.byte(at).to_ascii_lowercase();
    let group = PROSE.get(PROSE.partition_point(|(words, ..)| words.first() < Some(&first))..).unwrap_or_default();
    let mut group = group.iter().take_while(|(words, ..)| words.first() == Some(&first));
    let Some((words, index, key)) = group.find(|(words, ..)| stands(rest, words)) else { return };
    let end = at + words.len();
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
    let Some(extent) = key.kind.builtin().map(|kind| kind.extent) else { return };
    let Some(value) = value::read(scan.hay, from, extent, true, &mut scan.done.stops) else { return };
    let text = scan.slice(value.start, value.end);
    // `IDENTIFIED BY 'X'`, of a database: its own quotes say that it is one, and patients are identified by others.
    let sql = *words == b"identified by";
    if if sql { !value.quoted || !matches!(scan.byte(value.end), b'\'' | b'"') } else { !is_enough(key.kind, text) } {
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
        id::AWS_SECRET_ACCESS_KEY | id::CVV | id::US_SSN_LAST4 => true,
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

fn password(scan: &mut Scan<'_>, named: &Named, value: Value) {
    if !is_placeholder(scan.settings, scan.slice(value.start, value.end)) {
        let keyed = id::PASSWORD_ASSIGNMENT.builtin().map_or(0, |kind| kind.keyed);
        scan.accept(id::PASSWORD_ASSIGNMENT, value.start, value.end, keyed, Source::Key(named.key));
    }
}
