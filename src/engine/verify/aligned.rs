//! A name and a value that only blanks part, alone in their line: `password    hunter2`, `ssn<TAB>123456789`.
//!
//! Tools print much else in two columns: the name must suffice alone, and the value be one word that is neither of
//! letters alone nor a version.

use super::keyed::field;
use super::labels::own_label_end;
use super::pairs::key_named;
use super::scan::{Scan, is_word};
use super::strings::line_end_within;
use super::value::Value;
use crate::engine::candidates::keys::{self, Named};

/// Longest name, and fewest letters of a value, in bytes.
const NAME: usize = 64;
const VALUE: usize = 4;

/// Looks at the end of a name that a tab follows; `at` is in the name.
pub(crate) fn tabbed(scan: &mut Scan<'_>, at: usize) {
    if let Some(tab) = memchr::memchr(b'\t', scan.slice(at, scan.hay.len().min(at + 16))) {
        value(scan, at + tab);
    }
}

/// Looks at the first blank behind a name.
pub(super) fn value(scan: &mut Scan<'_>, from: usize) {
    let hay = scan.hay;
    if !is_word(scan.before(from)) || !keys::plausible(hay, from) {
        return;
    }
    let floor = from.saturating_sub(NAME);
    let before = hay.get(floor..from).unwrap_or_default();
    let Some(start) = memchr::memrchr2(b'\n', b'\r', before).map(|end| floor + end + 1).or((floor == 0).then_some(0)) else { return };
    let name = hay.get(start..from).unwrap_or_default().trim_ascii_start();
    if !name.iter().all(|byte| is_word(*byte) || matches!(byte, b'-' | b'.')) {
        return;
    }
    let Some((found, key)) = key_named(name).filter(|(_, key)| !key.needs_shape) else { return };
    let rest = hay.get(from..line_end_within(scan, from, 4096)).unwrap_or_default();
    let text = rest.trim_ascii();
    let version = text.first().is_some_and(u8::is_ascii_digit)
        && text.contains(&b'.')
        && text.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase() || b".:+~-_".contains(byte));
    let word = text.len() >= VALUE && !text.iter().any(u8::is_ascii_whitespace) && !text.iter().all(u8::is_ascii_alphabetic);
    if !word || version || text.iter().all(|byte| matches!(byte, b'-' | b'=' | b'|' | b'+')) || matches!(text, [b'|' | b'=' | b':', ..]) {
        return;
    }
    let start = from + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let value = Value { start, end: start + text.len(), quoted: true };
    if own_label_end(scan, start).is_none() {
        field(scan, &Named { key: found, start, end: start }, key, name, value);
    }
}
