//! Names and values that only mean something together: `"name"` and `"value"`, `"username"` and `"key"`, the two
//! of a tuple, and the two lines of a manifest.

use super::keyed::{field, fits, from_value};
use super::labels::is_placeholder;
use super::owners;
use super::scan::{Scan, Source, is_word};
use super::strings::{line_end_within, next_line};
use super::value;
use crate::engine::candidates::keys::{self, Named};
use crate::engine::catalog::{Extent, Key, id};
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

/// Names of members, attributes and fields whose value is the name of the value beside them. The first ones say so
/// also where no quotes stand: `Name:DB_PASSWORD Value:X`.
const NAMERS: [&[u8]; 14] = [
    b"name",
    b"key",
    b"field",
    b"parameter",
    b"property",
    b"variable",
    b"header",
    b"param",
    b"attribute",
    b"path",
    b"label",
    b"title",
    b"type",
    b"id",
];
const BARE: usize = 7;

/// `{"name":"DB_PASSWORD","value":"…"}`, `<property name="password" value="…"/>`, `EnvVar(name='…', value='…')`:
/// variables of a container, attributes and parameters, whose key is the value of another one.
pub(super) fn named_value(scan: &mut Scan<'_>, mark: usize, at: usize) {
    const REACH: usize = 256;
    let hay = scan.hay;
    let end = mark - scan.slice(mark.saturating_sub(8), mark).iter().rev().take_while(|byte| **byte == b' ').count();
    let quote = end - usize::from(matches!(scan.before(end), b'"' | b'\''));
    let slashes = scan.slice(quote.saturating_sub(8), quote).iter().rev().take_while(|byte| **byte == b'\\').count();
    let word = quote - if quote < end { slashes } else { 0 };
    if !scan.slice(word.saturating_sub(5), word).eq_ignore_ascii_case(b"value") {
        return;
    }
    let attribute = scan.byte(mark) == b'=';
    let outside = |byte: &u8| matches!(byte, b'{' | b'}' | b'\n' | b'\r') || attribute && matches!(byte, b'<' | b'>' | b'(' | b')');
    let before = hay.get(word.saturating_sub(REACH)..word).unwrap_or_default();
    let before = before.rsplit(outside).next().unwrap_or_default();
    let Some(value) = value::read(hay, at, Extent::Token, true, &mut scan.done.stops) else { return };
    let namers = if value.quoted { NAMERS.len() } else { BARE };
    // `<birthDate value="…"/>`: the element names it.
    let element = || {
        let tag = hay.get(word.saturating_sub(REACH)..word)?.rsplit(|byte| matches!(byte, b'<' | b'>' | b'\n')).next()?;
        let name = tag.get(..tag.iter().position(|byte| matches!(byte, b' ' | b'\t'))?)?;
        let tag_at = word - tag.len();
        let named = || owners::element(hay, name, tag_at.saturating_sub(1), scan.slice(value.start, value.end));
        if attribute && scan.before(tag_at) == b'<' { key_named(name).or_else(named) } else { None }
    };
    let found = key_of_member(before, namers).or_else(element).or_else(|| {
        // `{"value":"…","name":"password"}`
        let after = value.quoted.then(|| hay.get(value.end..hay.len().min(value.end + REACH)).unwrap_or_default())?;
        key_of_member(after.split(outside).next()?, NAMERS.len())
    });
    if let Some((found, key)) = found {
        from_value(scan, &Named { key: found, start: word, end: quote }, key, at, true);
    }
}

/// The key that one of the members in `text` names: `"name":"DB_PASSWORD",`, `Name:DB_PASSWORD `, `name='password'`.
pub(super) fn key_of_member(text: &[u8], namers: usize) -> Option<(u16, &'static Key)> {
    memchr::memchr2_iter(b':', b'=', text).find_map(|sign| {
        let before = text.get(..sign)?.trim_ascii_end();
        let before = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'")).unwrap_or(before);
        let slashes = before.iter().rev().take_while(|byte| **byte == b'\\').count();
        let before = before.get(..before.len() - slashes)?;
        let word = before.get(before.iter().rposition(|byte| !byte.is_ascii_alphanumeric()).map_or(0, |at| at + 1)..)?;
        let ends = |namer: &&[u8]| {
            word.len().checked_sub(namer.len()).and_then(|from| word.get(from..)).is_some_and(|end| end.eq_ignore_ascii_case(namer))
        };
        NAMERS.iter().take(namers).find(|namer| ends(namer))?;
        let after = text.get(sign + 1..)?.trim_ascii_start();
        let after = after.get(after.iter().take_while(|byte| **byte == b'\\').count()..)?;
        let quoted = matches!(after.first(), Some(b'"' | b'\''));
        let after = after.get(usize::from(quoted)..)?;
        let ends = |byte: &u8| matches!(byte, b'"' | b'\'' | b'\\') || !quoted && b" ,;)}>\t".contains(byte);
        let name = after.get(..after.iter().position(ends)?).filter(|name| name.len() <= 64)?;
        key_named(name)
    })
}

/// The key of that name.
pub(super) fn key_named(name: &[u8]) -> Option<(u16, &'static Key)> {
    let found = keys::lookup(name)?;
    Some((found, keys::key(found)?))
}

/// Names of the two sides of a change: `{"password":{"old":"X","new":"Y"}}`.
const SIDES: [&[u8]; 12] =
    [b"old", b"new", b"before", b"after", b"from", b"to", b"previous", b"current", b"oldValue", b"newValue", b"old_value", b"new_value"];

/// Names of the parts of a date: `{"dob":{"year":1980,"month":2,"day":29}}`.
const DATE_PARTS: [&[u8]; 8] = [b"year", b"month", b"day", b"y", b"m", b"d", b"Year", b"Month"];

/// The members of the object at `open`, if they are the sides of a change, or the parts of a date.
pub(super) fn sides(scan: &mut Scan<'_>, named: &Named, key: &'static Key, open: usize) {
    let hay = scan.hay;
    let mut at = open + 1;
    for _ in 0..4 {
        while matches!(scan.byte(at), b' ' | b',' | b'\\' | b'"') {
            at += 1;
        }
        let rest = hay.get(at..hay.len().min(at + 16)).unwrap_or_default();
        let length = rest.iter().take_while(|byte| is_word(**byte)).count();
        let closing = rest.iter().skip(length).take_while(|byte| matches!(byte, b'\\' | b'"')).count();
        let sign = at + length + closing;
        let name = scan.slice(at, at + length);
        let date = matches!(key.kind, id::DATE_OF_BIRTH | id::DATE_HEALTH) && DATE_PARTS.contains(&name);
        if closing == 0 || scan.byte(sign) != b':' || !(date || SIDES.contains(&name)) {
            return;
        }
        from_value(scan, &Named { key: named.key, start: at, end: at + length }, key, sign + 1, true);
        let Some(value) = value::read(hay, sign + 1, Extent::Token, true, &mut scan.done.stops) else { return };
        at = value.end;
    }
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
    let tuple = head.ends_with(b"('") || head.ends_with(b"(b'") || head.ends_with(b"(u'");
    let Some((found, key)) = key_named(name) else { return };
    // Envoy prints headers as pairs of strings: `'x-api-key', 'X'`.
    let header = matches!(key.kind, id::SESSION_COOKIE | id::AUTH_BEARER) || key.kind == id::HIGH_ENTROPY_GENERIC && name.contains(&b'-');
    if !(tuple || header && matches!(head, [b'\''] | [.., b' ' | b'\n' | b'"', b'\''])) {
        return;
    }
    let Some(value) = value::read(scan.hay, at + 3, Extent::Token, false, &mut scan.done.stops) else { return };
    let text = scan.slice(value.start, value.end);
    let shaped = key.kind == id::AUTH_BEARER || fits(key.kind, text);
    let closed =
        scan.byte(value.end + 1) == b')' || header && !tuple && matches!(scan.byte(value.end + 1), b' ' | b'\n' | b'\r' | b'"' | b'\\');
    if value.quoted && closed && shaped && !is_placeholder(scan.settings, text) {
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

/// `- name: DB_PASSWORD` and, in the next line, `value: X`, as manifests of Kubernetes have it; also
/// `"name": "DB_PASSWORD",`, as JSON is printed. `at` is where the first word begins.
pub(super) fn named_line(scan: &mut Scan<'_>, at: usize) {
    // Longest rest of such a line; one record may hold the word very often, and must not be read to its end each time.
    const LINE: usize = 160;
    let end = line_end_within(scan, at, LINE);
    if end < scan.hay.len() && !matches!(scan.byte(end), b'\n' | b'\r') {
        return;
    }
    let Some(colon) = scan.slice(at, end).iter().position(|byte| *byte == b':') else { return };
    let name = scan.slice(at + colon + 1, end).trim_ascii();
    let name = name.strip_suffix(b",").unwrap_or(name);
    let name = name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")).unwrap_or(name);
    if name.len() > 64 || name.contains(&b' ') {
        return;
    }
    let Some((found, key)) = key_named(name) else { return };
    let Some(start) = indented(scan, at) else { return };
    let Some(next) = next_line(scan, start, end) else { return };
    let line = scan.slice(next, line_end_within(scan, next, LINE));
    let word = next + line.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'"')).count();
    let value = scan.slice(word, scan.hay.len().min(word + 32));
    let Some(length) = value.iter().position(|byte| !byte.is_ascii_alphabetic()).filter(|length| *length >= 5) else { return };
    let named = value.get(length - 5..length).is_some_and(|word| word.eq_ignore_ascii_case(b"value"));
    let behind = value.get(length..).unwrap_or_default();
    let closing = usize::from(behind.first() == Some(&b'"'));
    if word - next != at - start || !named || !(behind.starts_with(b": ") || behind.starts_with(b"\": ")) {
        return;
    }
    scan.hold.tie(start, word);
    from_value(scan, &Named { key: found, start: word, end: word + length }, key, word + length + closing + 1, true);
}

/// Where the line of `at` begins, if nothing but an indent, a dash and a quote stand before it.
fn indented(scan: &Scan<'_>, at: usize) -> Option<usize> {
    let floor = at.saturating_sub(256);
    let end = memchr::memrchr2(b'\n', b'\r', scan.slice(floor, at)).map(|end| floor + end + 1);
    let start = end.or((floor == 0).then_some(0))?;
    scan.slice(start, at).iter().all(|byte| matches!(byte, b' ' | b'\t' | b'-' | b'"' | b'\'')).then_some(start)
}

/// Looks at the first letter of a flag: `--password VALUE`.
pub(crate) fn flag(scan: &mut Scan<'_>, at: usize) {
    if !is_word(scan.byte(at))
        || scan.before(at) != b'-'
        || at < 2
        || scan.byte(at - 2) != b'-'
        || at >= 3 && (is_word(scan.byte(at - 3)) || scan.byte(at - 3) == b'-')
    {
        return;
    }
    let rest = scan.slice(at, scan.hay.len().min(at + 64));
    let Some(length) = rest.iter().position(|byte| !(is_word(*byte) || *byte == b'-')) else { return };
    let end = at + length;
    if matches!(scan.byte(end), b'"' | b'\'' | b'\\' | b',' | b'\n' | b'\r') {
        return listed_flag(scan, at, end);
    }
    // The next flag is no value; a negative number is.
    if scan.byte(end) != b' ' || scan.byte(end + 1) == b'-' && !scan.byte(end + 2).is_ascii_digit() {
        return;
    }
    let Some(found) = keys::lookup(scan.slice(at, end)) else { return };
    let Some(key) = keys::key(found) else { return };
    from_value(scan, &Named { key: found, start: at, end }, key, end, true);
}

/// `["--password","X"]`, `[--password, X]`, and the two lines of a list. `at` is the first letter of a flag, `end` is
/// one past the last one.
fn listed_flag(scan: &mut Scan<'_>, at: usize, end: usize) {
    let slashes = scan.slice(end, scan.hay.len().min(end + 16)).iter().take_while(|byte| **byte == b'\\').count();
    let quote = scan.byte(end + slashes);
    let quoted = matches!(quote, b'"' | b'\'') && scan.before(at - 2) == quote;
    // `a1="--password" a2="X"`, as auditd writes the words of a command.
    if quoted && slashes == 0 && matches!(scan.slice(end + 1, end + 6), [b' ', b'a', b'1'..=b'9', b'=', b'"']) && !is_flag(scan, end + 5) {
        if let Some((found, key)) = key_named(scan.slice(at, end)) {
            from_value(scan, &Named { key: found, start: at, end }, key, end + 5, false);
        }
        return;
    }
    // An element of a list: what follows the value of a member is the next name.
    let opening = (at - 2).saturating_sub(slashes + 1);
    let outer = scan.slice(0, opening).iter().rev().take(256).find(|byte| !matches!(byte, b' ' | b'\t'));
    if quoted && !matches!(outer, None | Some(b'[' | b',' | b'(' | b'\n' | b'\r')) {
        return;
    }
    let behind = if quoted { end + slashes + 1 } else { end };
    let comma = scan.byte(behind) == b',';
    let behind = behind + usize::from(comma);
    let Some((found, key)) = key_named(scan.slice(at, end)) else { return };
    let named = Named { key: found, start: at, end };
    if matches!(scan.byte(behind), b'\n' | b'\r') {
        let Some(start) = indented(scan, at) else { return };
        // A list of YAML has dashes, one of JSON quotes.
        let dashes = scan.slice(start, at).iter().filter(|byte| **byte == b'-').count();
        if !(quoted && comma || dashes == 3 && !comma) {
            return;
        }
        let Some(next) = next_line(scan, start, behind) else { return };
        let margin = scan.slice(start, at - 2).iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let item = next + margin + if dashes == 3 { 2 } else { 0 };
        let same = scan.slice(next, next + margin) == scan.slice(start, start + margin);
        let opens = if dashes == 3 { scan.slice(item - 2, item) == b"- " } else { scan.byte(item) == quote };
        if same && opens && !is_flag(scan, item) {
            scan.hold.tie(start, item);
            from_value(scan, &named, key, item, false);
        }
        return;
    }
    let value = behind + usize::from(scan.byte(behind) == b' ');
    if !comma || is_flag(scan, value) {
        return;
    }
    if quoted {
        let string = value::read(scan.hay, value, Extent::Secret, false, &mut scan.done.stops).filter(|string| string.quoted);
        let closing = string.map_or(value, |string| string.end + slashes + 1);
        let member = scan.slice(closing, scan.hay.len().min(closing + 4)).trim_ascii_start().starts_with(b":");
        if scan.byte(value + slashes) == quote && scan.byte(value) == scan.byte(end) && string.is_some() && !member {
            from_value(scan, &named, key, value, false);
        }
        return;
    }
    // Without quotes a comma is more often one of a sentence.
    let listed = matches!(scan.before(at - 2), b'[' | b' ') && scan.slice(at.saturating_sub(256), at).contains(&b'[');
    let Some(text) = value::read(scan.hay, value, Extent::Token, false, &mut scan.done.stops) else { return };
    if listed && fits(key.kind, scan.slice(text.start, text.end)) {
        from_value(scan, &named, key, value, false);
    }
}

/// Whether the element at `at` is a flag.
fn is_flag(scan: &Scan<'_>, at: usize) -> bool {
    let text = scan.slice(at, scan.hay.len().min(at + 12));
    text.iter().find(|byte| !matches!(byte, b'"' | b'\'' | b'\\')) == Some(&b'-')
}
