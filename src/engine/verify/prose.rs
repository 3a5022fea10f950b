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
const FILLERS: [&[u8]; 8] = [b" number", b" no.", b" no", b" nr", b" num", b" is", b" was", b" id"];
/// Fewest digits of a number.
const DIGITS: usize = 5;

/// Looks at the first letter of a word.
pub(crate) fn words(scan: &mut Scan<'_>, at: usize) {
    if !scan.word_may_start(at) || matches!(scan.before(at), b'-' | b'.' | b'/' | b'@' | b'$' | b'<') {
        return;
    }
    let rest = scan.slice(at, scan.hay.len());
    let stands = |text: &[u8], words: &[u8]| text.get(..words.len()).is_some_and(|head| head.eq_ignore_ascii_case(words));
    let Some((words, index, key)) = PROSE.iter().find(|(words, ..)| stands(rest, words)) else { return };
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
    match kind {
        id::DATE_OF_BIRTH => text.iter().any(u8::is_ascii_digit),
        id::PASSWORD_ASSIGNMENT => is_password(text),
        id::AWS_SECRET_ACCESS_KEY => true,
        _ => text.iter().filter(|byte| byte.is_ascii_digit()).count() >= DIGITS,
    }
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
