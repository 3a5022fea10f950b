//! Lines that name those below them: the key of a list or a text that ends its line, rows of SQL, records of psql
//! and validation errors. What is below is looked at as a table; see `tables::blocks`.

use super::scan::{Opens, Scan, Start, is_word};
use super::strings::line_end_within;
use crate::engine::candidates::keys::{self, Named};
use crate::engine::catalog::{Key, id};

/// Most bytes from the start of the line to its end.
const LINE: usize = 1024;

/// Notes what the line of `at` opens.
pub(super) fn note(scan: &mut Scan<'_>, at: usize, opens: Opens) {
    let floor = at.saturating_sub(LINE);
    let before = scan.slice(floor, at);
    let Some(start) = memchr::memrchr2(b'\n', b'\r', before).map(|end| floor + end + 1).or((floor == 0).then_some(0)) else { return };
    scan.lines.push(Start { at: start as u32, opens });
}

/// Looks at a line that ends with the separator at `mark`: `password:`, and the value below it.
#[cold]
pub(super) fn key_line(scan: &mut Scan<'_>, mark: usize) {
    if !keys::plausible(scan.hay, mark) {
        return;
    }
    let Some(named) = keys::before(scan.hay, mark) else { return };
    let Some(key) = keys::key(named.key).filter(|key| opens_text(key)) else { return };
    let before = scan.slice(mark.saturating_sub(LINE), mark);
    let line = before.rsplit(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default().trim_ascii_start();
    let line = line.strip_prefix(b"- ").unwrap_or(line);
    // Only names of one word: `Enter password:` asks for one.
    if !key.needs_shape && line.iter().all(|byte| is_word(*byte) || matches!(byte, b'-' | b'.' | b'"' | b'\'')) {
        note(scan, mark, Opens::Block(named.key, false));
    }
}

/// Looks at `|` or `>` behind a key, which end their line: whether a text of YAML begins below.
pub(super) fn text(scan: &mut Scan<'_>, named: &Named, key: &Key, at: usize) -> bool {
    let rest = scan.slice(at + 1, line_end_within(scan, at, 8));
    let opens = opens_text(key)
        && rest.iter().all(|byte| matches!(byte, b'+' | b'-' | b'0'..=b'9' | b' '))
        && line_end_within(scan, at, 8) < at + 8;
    if opens {
        note(scan, at, Opens::Block(named.key, true));
    }
    opens
}

/// A private key is found by its own lines.
fn opens_text(key: &Key) -> bool {
    !matches!(key.kind, id::PEM_PRIVATE_KEY | id::SSH_PPK_AGE_GPG | id::URL_WITH_IDS | id::AUTH_BEARER)
}

/// Looks at `-[ RECORD`.
pub(crate) fn record(scan: &mut Scan<'_>, at: usize) {
    if matches!(scan.before(at), b'\n' | b'\r') {
        note(scan, at, Opens::Record);
    }
}

/// Looks at `validation error`.
pub(crate) fn error(scan: &mut Scan<'_>, at: usize) {
    let rest = scan.slice(at, scan.hay.len().min(at + 24));
    if rest.starts_with(b"validation error for ") || rest.starts_with(b"validation errors for ") {
        note(scan, at, Opens::Fields);
    }
}
