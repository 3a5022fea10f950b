//! Elements of XML: `<password>X</password>`. The name of an element is the key of its text.
//!
//! Looked at from the closing tag, which is all that names the element for sure. Source: XML 1.0, 3.1 and 2.7.

use super::keyed::{field, own_label_end};
use super::scan::Scan;
use super::value::Value;
use crate::engine::candidates::keys::{self, Named};

/// Longest name of an element, and longest text, in bytes.
const NAME: usize = 64;
const TEXT: usize = 4096;

/// Looks at `</`, or at the `<\/` of JSON.
pub(crate) fn closing_tag(scan: &mut Scan<'_>, at: usize) {
    let hay = scan.hay;
    let start = at + 2 + usize::from(scan.byte(at + 1) == b'\\');
    let rest = hay.get(start..hay.len().min(start + NAME)).unwrap_or_default();
    let Some(length) = rest.iter().position(|byte| *byte == b'>') else { return };
    let name = rest.get(..length).unwrap_or_default().trim_ascii_end();
    let Some((found, key)) = keys::lookup(name).and_then(|found| Some((found, keys::key(found)?))) else { return };
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
    let start = floor + from + text.len() - text.trim_ascii_start().len();
    let value = Value { start, end: floor + from + text.trim_ascii_end().len(), quoted: true };
    if value.start < value.end && own_label_end(scan, start).is_none() {
        field(scan, &Named { key: found, start: value.start, end: value.start }, key, name, value);
    }
}
