//! Elements of XML and HTML: `<password>X</password>`. The name of an element is the key of its text.
//!
//! Looked at from the closing tag, which is all that names the element for sure. Source: XML 1.0, 3.1 and 2.7.
//! Where the element says nothing, an attribute (`<Data Name='password'>X</Data>`) or the text of the element
//! before (`<name>password</name><value>X</value>`, `<td>Password</td><td>X</td>`, `<b>SSN:</b> X`) may be the name.

use super::keyed::{field, from_value};
use super::labels::own_label_end;
use super::owners;
use super::pairs::{key_named, key_of_member};
use super::scan::Scan;
use super::strings::{line_end_within, next_line};
use super::value::Value;
use crate::engine::candidates::keys::Named;
use crate::engine::catalog::Key;

/// Longest name of an element, and longest text, in bytes.
const NAME: usize = 64;
const TEXT: usize = 4096;
/// Elements whose text names what stands in the next one, and what that one is called.
const NEXT: [(&[u8], &[&[u8]]); 6] = [
    (b"name", &[b"value"]),
    (b"key", &[b"value", b"string", b"integer", b"real", b"data", b"date"]),
    (b"td", &[b"td"]),
    (b"th", &[b"td"]),
    (b"dt", &[b"dd"]),
    (b"label", &[b"value", b"span"]),
];
/// Elements that only set off a name in a text: a colon has to stand there as well.
const INLINE: [&[u8]; 9] = [b"b", b"strong", b"span", b"em", b"i", b"label", b"dt", b"td", b"th"];

/// Looks at `</`, or at the `<\/` of JSON.
pub(crate) fn closing_tag(scan: &mut Scan<'_>, at: usize) {
    let hay = scan.hay;
    let start = at + 2 + usize::from(scan.byte(at + 1) == b'\\');
    let rest = hay.get(start..hay.len().min(start + NAME)).unwrap_or_default();
    let Some(length) = rest.iter().position(|byte| *byte == b'>') else { return };
    let name = rest.get(..length).unwrap_or_default().trim_ascii_end();
    let floor = at.saturating_sub(TEXT);
    let before = hay.get(floor..at).unwrap_or_default();
    let data = before.strip_suffix(b"]]>");
    let before = data.unwrap_or(before);
    let opens = |at: &usize| !matches!(before.get(*at), Some(b'\n' | b'\r'));
    let from = match data {
        Some(_) => memchr::memmem::rfind(before, b"<![CDATA[").map(|open| open + 9),
        None => before.iter().rposition(|byte| matches!(byte, b'>' | b'<' | b'\n' | b'\r')).filter(opens).map(|open| open + 1),
    };
    let Some(from) = from else { return };
    let tag = before.get(..from).unwrap_or_default();
    // The tag that opened it is right before its text.
    let tag = tag.get(tag.iter().rposition(|byte| *byte == b'<').unwrap_or(0)..).unwrap_or_default();
    let text = before.get(from..).unwrap_or_default();
    let opened = data.is_some() || matches!(tag, [b'<', tag @ .., b'>'] if tag.starts_with(name) && !tag.ends_with(b"/"));
    if !opened || text.contains(&b'\n') || text.contains(&b'\r') {
        return;
    }
    let attribute = || key_of_member(tag, usize::MAX).filter(|_| data.is_none());
    let opening = floor + before.get(..from).unwrap_or_default().iter().rposition(|byte| *byte == b'<').unwrap_or(0);
    // `<DateOfBirth><Date>…`, `<PID.3><CX.1>…`: a part whose whole has the name.
    let outer = || part_of(before.get(..from)?, name);
    let parent = || owners::element(hay, name, opening, text.trim_ascii());
    let Some((found, key)) = key_named(name).or_else(attribute).or_else(outer).or_else(parent) else {
        return label(scan, name, floor + from, text, start + length + 1);
    };
    let start = floor + from + text.len() - text.trim_ascii_start().len();
    let value = Value { start, end: floor + from + text.trim_ascii_end().len(), quoted: true };
    if value.start < value.end && own_label_end(scan, start).is_none() {
        field(scan, &Named { key: found, start: value.start, end: value.start }, key, name, value);
    }
}

/// The key of the element right around one whose name says only what part or form of it this is.
fn part_of(before: &[u8], name: &[u8]) -> Option<(u16, &'static Key)> {
    // `<Attribute Name="ssn"><AttributeValue>…`, of SAML.
    if name.ends_with(b"AttributeValue") {
        let outer = before.get(..before.iter().rposition(|byte| *byte == b'<')?)?;
        return key_of_member(outer.get(outer.iter().rposition(|byte| *byte == b'<')?..)?, usize::MAX);
    }
    const PARTS: [&[u8]; 8] = [b"date", b"datetime", b"value", b"text", b"string", b"number", b"id", b"code"];
    let component = matches!(name, [a, .., b'.', b'1'..=b'9'] if a.is_ascii_uppercase());
    if !component && !PARTS.iter().any(|part| part.eq_ignore_ascii_case(name)) {
        return None;
    }
    let mut outer = before.get(..before.iter().rposition(|byte| *byte == b'<')?)?;
    // Two components deep: `<PID.5><XPN.1><FN.1>`.
    for _ in 0..2 {
        let inner = outer.trim_ascii_end().strip_suffix(b">")?;
        let open = inner.iter().rposition(|byte| *byte == b'<')?;
        let tag = inner.get(open + 1..)?;
        let word = tag.split(|byte| *byte == b' ').next()?;
        if let Some(found) = key_named(word) {
            return Some(found);
        }
        outer = inner.get(..open)?;
    }
    None
}

/// The text of an element, from `at` on, may name what stands behind its closing tag, which ends before `end`.
fn label(scan: &mut Scan<'_>, name: &[u8], at: usize, text: &[u8], end: usize) {
    let hay = scan.hay;
    let is = |known: &&[u8]| name.eq_ignore_ascii_case(known);
    let next = NEXT.iter().find(|(from, _)| is(from)).map(|(_, to)| *to);
    let inline = INLINE.iter().any(is);
    let text = text.trim_ascii();
    if next.is_none() && !inline || text.is_empty() || text.len() > NAME {
        return;
    }
    let colon = text.ends_with(b":") || scan.byte(end) == b':';
    let Some((found, key)) = key_named(text.strip_suffix(b":").unwrap_or(text).trim_ascii_end()) else { return };
    let named = Named { key: found, start: at, end };
    let blanks =
        |from: usize| from + hay.get(from..).unwrap_or_default().iter().take(64).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let from = end + usize::from(scan.byte(end) == b':');
    let mut behind = blanks(from);
    if inline && colon && !matches!(scan.byte(behind), b'<' | b'\n' | b'\r' | b'"') {
        return from_value(scan, &named, key, from, true);
    }
    let Some(next) = next else { return };
    let below = matches!(scan.byte(behind), b'\n' | b'\r');
    let before = if below { hay.get(..at).unwrap_or_default() } else { &[] };
    let line = memchr::memrchr2(b'\n', b'\r', before).map_or(0, |end| end + 1);
    if below {
        let Some(first) = next_line(scan, line, behind) else { return };
        behind = blanks(first);
    }
    let rest = hay.get(behind..line_end_within(scan, behind, TEXT)).unwrap_or_default();
    let Some((tag, rest)) = rest.iter().take(256).position(|byte| *byte == b'>').and_then(|close| rest.split_at_checked(close + 1)) else {
        return;
    };
    let Some(inner) = tag.strip_prefix(b"<").filter(|tag| !tag.ends_with(b"/>")) else { return };
    let word = inner.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let word = inner.get(..word).unwrap_or_default();
    let Some(length) = rest.iter().position(|byte| *byte == b'<') else { return };
    let content = rest.get(..length).unwrap_or_default();
    // A row of names names nothing.
    if !next.iter().any(|known| word.eq_ignore_ascii_case(known)) || key_named(content.trim_ascii()).is_some() {
        return;
    }
    let start = behind + tag.len() + content.len() - content.trim_ascii_start().len();
    let value = Value { start, end: behind + tag.len() + content.trim_ascii_end().len(), quoted: true };
    if value.start < value.end && own_label_end(scan, start).is_none() {
        if below {
            scan.hold.tie(line, start);
        }
        field(scan, &Named { key: found, start: value.start, end: value.start }, key, text, value);
    }
}
