//! What the headers `Authorization`, `Cookie` and `Set-Cookie` hold: the credential and the values, not their names.

use super::labels::{is_placeholder, own_label_end};
use super::scan::{Scan, Source};
use super::value::Value;
use crate::engine::candidates::keys::Named;
use crate::engine::catalog::id;
use crate::engine::validate;

/// The credential of an `Authorization` header, without its scheme.
pub(super) fn authorization(scan: &mut Scan<'_>, named: &Named, value: Value) {
    let text = scan.slice(value.start, value.end);
    let scheme = text.iter().take(24).position(|byte| *byte == b' ');
    let word = scheme.and_then(|length| text.get(..length)).unwrap_or_default();
    let rest = scheme.map_or(value.start, |length| value.start + length + 1);
    let known = [&b"bearer"[..], b"basic", b"token", b"apikey", b"splunk", b"negotiate", b"ntlm", b"key"]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known));
    if word.eq_ignore_ascii_case(b"digest") || word.starts_with(b"AWS4") {
        return;
    }
    let start = if known { rest } else { value.start };
    if own_label_end(scan, start).is_some() {
        return;
    }
    let ends = |byte: &u8| b" ,;&)]}\"'<>|\\".contains(byte);
    let stop = scan.slice(start, value.end).iter().position(ends).map_or(value.end, |length| start + length);
    let text = scan.slice(start, stop);
    // What is masked already is not masked again.
    if text.iter().position(|byte| *byte == b'[').is_some_and(|label| own_label_end(scan, start + label).is_some()) {
        return;
    }
    if is_placeholder(scan.settings, text) || text.len() < 4 || !known && !validate::high_entropy::valid(text) && text.len() < 16 {
        scan.refuse(id::AUTH_BEARER, start, stop, "a placeholder, or no credential");
        return;
    }
    let kind = if word.eq_ignore_ascii_case(b"basic") {
        id::AUTH_BASIC
    } else if word.eq_ignore_ascii_case(b"splunk") {
        id::SPLUNK_HEC_TOKEN
    } else {
        id::AUTH_BEARER
    };
    scan.accept(kind, start, stop, 95, Source::Key(named.key));
}

pub(super) fn is_cookie_header(name: &[u8]) -> bool {
    name.len() >= 6 && name.get(name.len() - 6..).is_some_and(|tail| tail.eq_ignore_ascii_case(b"cookie"))
}

/// The values of a `Cookie` or `Set-Cookie` header; names and attributes stay.
///
/// `header`: written with a colon, so that `&` is part of a value; in a query it ends one.
pub(super) fn cookies(scan: &mut Scan<'_>, named: &Named, value: Value, header: bool) {
    const ATTRIBUTES: [&[u8]; 10] =
        [b"path", b"domain", b"expires", b"max-age", b"samesite", b"version", b"priority", b"httponly", b"secure", b"partitioned"];
    let mut from = value.start;
    let hay = scan.hay;
    // A header inside the pairs of another one: they were looked at.
    if scan.done.cookies.contains(&from) {
        return;
    }
    for pair in hay.get(value.start..value.end).unwrap_or_default().split(|byte| *byte == b';') {
        let equals = pair.iter().position(|byte| *byte == b'=');
        let name = pair.get(..equals.unwrap_or(pair.len())).unwrap_or_default().trim_ascii();
        let mut start = equals.map_or(from, |at| from + at + 1);
        let attribute = (4..=11).contains(&name.len()) && ATTRIBUTES.iter().any(|known| name.eq_ignore_ascii_case(known));
        let pair_end = from + pair.len();
        from = pair_end + 1;
        scan.done.cookies = value.start..pair_end;
        let masked = pair.iter().position(|byte| *byte == b'[').is_some_and(|at| own_label_end(scan, pair_end - pair.len() + at).is_some());
        if attribute || masked {
            continue;
        }
        while start < pair_end && matches!(scan.byte(start), b' ' | b'"') {
            start += 1;
        }
        if own_label_end(scan, start).is_some() {
            continue;
        }
        // RFC 6265, 4.1.1: no blank, quote, comma or backslash in a value.
        let ends = |byte: &u8| b" \t\"',\\<>".contains(byte) || !header && *byte == b'&';
        let mut end = scan.slice(start, pair_end).iter().position(ends).map_or(pair_end, |length| start + length);
        let prose = matches!(scan.byte(end), b' ' | b',') && end < pair_end;
        while end > start && matches!(scan.before(end), b')' | b']' | b'}' | b'.') {
            end -= 1;
        }
        let text = scan.slice(start, end);
        if text.len() >= 4 && !is_placeholder(scan.settings, text) && (equals.is_some() || text.len() >= 8 && !prose) {
            scan.accept(id::SESSION_COOKIE, start, end, 90, Source::Key(named.key));
        }
        // What follows a blank is not part of the header any more.
        if prose {
            return;
        }
    }
}
