//! Members of an object that only mean something together: `"name"` and `"value"`, `"username"` and `"key"`.

use super::keyed::from_value;
use super::scan::{Scan, Source};
use super::value;
use crate::engine::candidates::keys::{self, Named};
use crate::engine::catalog::{Extent, id};
use crate::engine::validate;

/// `{"username":"…","key":"…"}`: the legacy credential file of Kaggle, whose key has no name of its own.
pub(super) fn kaggle(scan: &mut Scan<'_>, mark: usize, at: usize) {
    const REACH: usize = 256;
    let quote = mark - usize::from(matches!(scan.before(mark), b'"' | b'\''));
    // Inside a string of JSON the quotes are escaped.
    let slashes = scan.slice(quote.saturating_sub(8), quote).iter().rev().take_while(|byte| **byte == b'\\').count();
    let Some(start) = (quote - slashes).checked_sub(3) else { return };
    if quote == mark || scan.slice(start, quote - slashes) != b"key" || !matches!(scan.before(start), b'"' | b'\'') {
        return;
    }
    let Some(value) = value::read(scan.hay, at, Extent::Token, true, &mut scan.done.stops) else { return };
    if !value.quoted || !validate::hex32::valid(scan.slice(value.start, value.end)) {
        return;
    }
    let names_user = |text: &[u8]| text.windows(10).any(|name| matches!(name, [b'"' | b'\'', name @ .., _] if name == b"username"));
    let outside = |byte: &u8| matches!(byte, b'{' | b'}' | b'\n');
    let before = scan.slice(start.saturating_sub(REACH), start);
    let before = before.rsplit(outside).next().unwrap_or_default();
    let after = scan.slice(value.end, scan.hay.len().min(value.end + REACH));
    let after = after.split(outside).next().unwrap_or_default();
    if names_user(before) || names_user(after) {
        let keyed = id::KAGGLE_KEY.builtin().map_or(0, |kind| kind.keyed);
        scan.accept(id::KAGGLE_KEY, value.start, value.end, keyed, Source::Context);
    }
}

/// `{"name":"DB_PASSWORD","value":"…"}`: variables of a container, attributes and parameters, whose key is the
/// value of another one.
pub(super) fn named_value(scan: &mut Scan<'_>, mark: usize, at: usize) {
    const REACH: usize = 256;
    let quote = mark - usize::from(matches!(scan.before(mark), b'"' | b'\''));
    let slashes = scan.slice(quote.saturating_sub(8), quote).iter().rev().take_while(|byte| **byte == b'\\').count();
    let word = quote - slashes;
    if quote == mark || !scan.slice(word.saturating_sub(5), word).eq_ignore_ascii_case(b"value") {
        return;
    }
    let window = scan.slice(word.saturating_sub(REACH), word);
    let object = window.iter().rposition(|byte| matches!(byte, b'{' | b'\n')).map_or(0, |open| open + 1);
    let start = word - window.len() + object;
    // The member before: `"name":"…"`, `"key":"…"`, `"Name": "…"`.
    let is_quote = |byte: &u8| matches!(byte, b'"' | b'\'');
    let object = scan.slice(start, word);
    let mut strings = object.split(is_quote).skip(1).step_by(2).map(|text| text.strip_suffix(b"\\").unwrap_or(text));
    let named = strings.position(|text| text.eq_ignore_ascii_case(b"name") || text.eq_ignore_ascii_case(b"key"));
    let Some(name) = named.and_then(|_| strings.next()) else { return };
    let Some(found) = keys::lookup(name) else { return };
    let Some(key) = keys::key(found) else { return };
    from_value(scan, &Named { key: found, start: word, end: quote }, key, at, true);
}
