//! Rows and parameters that a database prints without the names of their columns: `Failing row contains (4411, …)`,
//! `parameters: $1 = '…'`, `binding parameter [3] as [DATE] - […]`, `COPY t, line 118: "…"`, `INSERT INTO t VALUES (…)`.
//!
//! Nothing says what each value is, so the whole is one text, masked where free text is (`prompt_or_sample_text`).
//! Sources: messages of PostgreSQL, SQL Server, Hibernate and Entity Framework Core.

use super::labels::own_label_end;
use super::scan::{Scan, Source};
use super::strings::{in_string, line_end_within};
use crate::engine::catalog::id;

/// Most bytes of a row.
const ROW: usize = 4096;

/// Words before the values, and what ends these.
const FORMS: [(&[u8], &[u8]); 5] = [
    (b"Failing row contains (", b")"),
    (b"key value is (", b")"),
    (b"parameters: $1 = ", b""),
    (b"Parameters=[", b"], Command"),
    (b"binding parameter [", b"]"),
];

/// Looks at the first letter of such words.
pub(crate) fn values(scan: &mut Scan<'_>, at: usize) {
    let Some((words, closing)) = FORMS.iter().find(|(words, _)| scan.slice(at, at + words.len()) == *words) else { return };
    let mut start = at + words.len();
    if words.starts_with(b"binding") {
        // `binding parameter [3] as [DATE] - [1980-02-29]`
        let head = scan.slice(start, line_end_within(scan, start, 64));
        let Some(open) = memchr::memmem::find(head, b"] - [") else { return };
        start += open + 5;
    }
    whole(scan, at, start, closing);
}

/// Masks what stands from `start` to the last `closing` of the line, or of the string around it.
pub(super) fn whole(scan: &mut Scan<'_>, words: usize, start: usize, closing: &[u8]) {
    let rest = scan.slice(start, line_end_within(scan, start, ROW));
    let quoted = in_string(scan, words, b'"', 0);
    let ends = |at: &usize| match rest.get(*at) {
        Some(b'"') => quoted,
        Some(b'\\') => matches!(rest.get(at + 1), Some(b'n' | b'r' | b'"')),
        _ => false,
    };
    let rest = rest.get(..memchr::memchr2_iter(b'"', b'\\', rest).find(ends).unwrap_or(rest.len())).unwrap_or_default();
    let end = if closing.is_empty() { Some(rest.len()) } else { memchr::memmem::rfind(rest, closing) };
    let Some(length) = end.filter(|length| *length > 0) else { return };
    if own_label_end(scan, start) != Some(start + length) {
        let keyed = id::PROMPT_OR_SAMPLE_TEXT.builtin().map_or(0, |kind| kind.keyed);
        scan.accept(id::PROMPT_OR_SAMPLE_TEXT, start, start + length, keyed, Source::Context);
    }
}
