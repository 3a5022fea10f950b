//! Names and values that only mean something together: `"name"` and `"value"`, `"username"` and `"key"`, the two
//! of a tuple, and the two lines of a manifest.

use super::keyed::{field, fits, from_value, is_placeholder};
use super::scan::{Scan, Source};
use super::strings::line_end;
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

/// `('password', 'X')`, as Python prints pairs. Lists of names look the same: the value must have the shape of its
/// kind.
pub(super) fn tuple(scan: &mut Scan<'_>, at: usize) {
    const NAME: usize = 64;
    let hay = scan.hay;
    let before = hay.get(at.saturating_sub(NAME)..at).unwrap_or_default();
    let Some(open) = before.iter().rposition(|byte| matches!(byte, b'\'' | b'\n')) else { return };
    let name = before.get(open + 1..).unwrap_or_default();
    let head = before.get(..=open).unwrap_or_default();
    if !(head.ends_with(b"('") || head.ends_with(b"(b'") || head.ends_with(b"(u'")) {
        return;
    }
    let Some((found, key)) = keys::lookup(name).and_then(|found| Some((found, keys::key(found)?))) else { return };
    let Some(value) = value::read(scan.hay, at + 3, Extent::Token, false, &mut scan.done.stops) else { return };
    let text = scan.slice(value.start, value.end);
    let shaped = key.kind == id::AUTH_BEARER || fits(key.kind, text);
    if value.quoted && scan.byte(value.end + 1) == b')' && shaped && !is_placeholder(scan.settings, text) {
        field(scan, &Named { key: found, start: at, end: at }, key, name, value);
    }
}

/// `[["ssn", "123456789"], ["mrn", 64912000]]`: the values that Rails binds to a statement, which stands before them. Other lists
/// of pairs look the same: without `$1` before it a value must have the shape of its kind.
pub(super) fn binds(scan: &mut Scan<'_>, at: usize) {
    const STATEMENT: usize = 4096;
    const PAIRS: usize = 64;
    const NAME: usize = 64;
    let hay = scan.hay;
    let before = hay.get(at.saturating_sub(STATEMENT)..at).unwrap_or_default();
    let line = memchr::memrchr2(b'\n', b'\r', before).and_then(|end| before.get(end + 1..)).unwrap_or(before);
    let statement = memchr::memmem::find(line, b"$1").is_some() || memchr::memmem::find(line, b" = ?").is_some();
    let mut open = at + 1;
    for _ in 0..PAIRS {
        let slashes = hay.get(open + 1..).unwrap_or_default().iter().take(31).take_while(|byte| **byte == b'\\').count();
        let start = open + 2 + slashes;
        if scan.byte(open) != b'[' || scan.byte(start - 1) != b'"' {
            return;
        }
        let rest = scan.slice(start, hay.len().min(start + NAME));
        let Some(length) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | b'\n')) else { return };
        let behind = start + length + slashes + 1;
        if scan.byte(behind - 1) != b'"' || scan.byte(behind) != b',' {
            return;
        }
        let name = hay.get(start..start + length).unwrap_or_default();
        let Some(value) = value::read(hay, behind + 1, Extent::Token, true, &mut scan.done.stops) else { return };
        let text = hay.get(value.start..value.end).unwrap_or_default();
        let found = keys::lookup(name).and_then(|found| Some((found, keys::key(found)?)));
        if let Some((found, key)) = found
            && (statement || fits(key.kind, text))
            && keys::lookup(text).is_none()
            && !is_placeholder(scan.settings, text)
        {
            field(scan, &Named { key: found, start, end: start }, key, name, value);
        }
        let end = value.end + if value.quoted { slashes + 1 } else { 0 };
        let gap = scan.slice(end + 1, end + 3);
        open = match (scan.byte(end), gap) {
            (b']', b", ") => end + 3,
            (b']', [b',', _]) => end + 2,
            _ => return,
        };
    }
}

/// `- name: DB_PASSWORD` and, in the next line, `value: X`, as manifests of Kubernetes have it. `at` is where the
/// first word begins.
pub(super) fn named_line(scan: &mut Scan<'_>, at: usize) {
    let end = line_end(scan, at);
    let Some(colon) = scan.slice(at, end).iter().position(|byte| *byte == b':') else { return };
    let name = scan.slice(at + colon + 1, end).trim_ascii();
    let name = name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")).unwrap_or(name);
    if name.len() > 64 || name.contains(&b' ') {
        return;
    }
    let Some((found, key)) = keys::lookup(name).and_then(|found| Some((found, keys::key(found)?))) else { return };
    let start = memchr::memrchr2(b'\n', b'\r', scan.slice(0, at)).map_or(0, |end| end + 1);
    let indent = |byte: &u8| matches!(byte, b' ' | b'\t' | b'-');
    if !scan.slice(start, at).iter().all(indent) {
        return;
    }
    let next = end + 1 + usize::from(scan.slice(end, end + 2) == b"\r\n");
    if next >= scan.hay.len() {
        // The next line is not here yet: decide on both together.
        return scan.hold.from(start);
    }
    let line = scan.slice(next, line_end(scan, next));
    let word = next + line.iter().take_while(|byte| **byte == b' ').count();
    if word - next != at - start || scan.slice(word, word + 7) != b"value: " {
        return;
    }
    scan.hold.tie(start, word);
    from_value(scan, &Named { key: found, start: word, end: word + 5 }, key, word + 6, true);
}
