//! Private keys in PEM (RFC 7468) and PuTTY files, in one record or over many lines.
//!
//! From the opener of a private key everything is masked to its end marker. Over line
//! ends the state goes on: a line belongs to the block as long as, behind the same
//! prefix as the opener's line, it holds nothing but the alphabet of PEM. Where the
//! opener stands in a string of a JSON record, the lines are the same string of the
//! records that follow, if they are built alike. A line outside it, or 64 KiB, stops
//! the masking, so that a lost end marker cannot swallow a log.

use std::ops::Range;

use super::scan::{Scan, Source, is_word};
use crate::engine::catalog::{KindId, id};

/// Most bytes masked after an opener without an end.
const CAP: usize = 64 * 1024;

/// Header lines inside a block, of RFC 1421, OpenPGP armour and PuTTY.
const HEADERS: [&[u8]; 10] = [
    b"Proc-Type:",
    b"DEK-Info:",
    b"Version:",
    b"Comment:",
    b"Encryption:",
    b"Public-Lines:",
    b"Private-Lines:",
    b"Private-MAC:",
    b"Key-Derivation:",
    b"Argon2",
];

/// An open block: what later lines must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PemState {
    /// Bytes masked so far.
    taken: usize,
    /// Column of the opener: the length of the prefix that each line may have.
    column: usize,
    /// The lines are strings of JSON records: what stands before each; the column is the one inside the string.
    record: Option<u64>,
}

impl PemState {
    /// Bytes behind the opener's line that belong to the block so far.
    pub(crate) fn taken(self) -> usize {
        self.taken
    }
}

/// What was looked at last, so that an opener repeated on one line costs nothing.
#[derive(Default)]
pub(crate) struct Seen {
    /// One past the opener masked last.
    masked: usize,
    /// From where an end marker was looked for, where it is, or the end of its line; that line's end.
    marker: (usize, usize, usize),
    /// End of the record whose followers were looked at last.
    record: usize,
}

impl Seen {
    /// The first end marker at or after `from`, or the line's end; the line's end.
    fn end_marker(&mut self, hay: &[u8], from: usize) -> (usize, usize) {
        let (start, marker, line) = self.marker;
        if !(start..=marker).contains(&from) || line == 0 {
            let line = if line > 0 && (start..=line).contains(&from) { line } else { line_end(hay, from) };
            let rest = hay.get(from..line).unwrap_or_default();
            self.marker = (from, memchr::memmem::find(rest, END).map_or(line, |end| from + end), line);
        }
        (self.marker.1, self.marker.2)
    }
}

const END: &[u8] = b"-----END";

/// Looks at `-----BEGIN `.
pub(crate) fn begin(scan: &mut Scan<'_>, at: usize) {
    if scan.slice(at, at + 11) != b"-----BEGIN " {
        return;
    }
    if at < scan.done.pem.masked {
        return;
    }
    let label = scan.slice(at, scan.hay.len().min(at + 64)).split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let Some(close) = label.windows(5).skip(10).position(|five| five == b"-----") else { return };
    if !label.get(..close + 10).is_some_and(|label| label.windows(11).any(|word| word == b"PRIVATE KEY")) {
        scan.refuse(id::PEM_PRIVATE_KEY, at, at + label.len(), "a certificate or a public key");
        return;
    }
    let (marker, line) = scan.done.pem.end_marker(scan.hay, at + 10);
    let quote = closing_quote(scan.slice(at, marker)).map(|quote| at + quote);
    if marker < line && quote.is_none_or(|quote| is_key_in_strings(scan.slice(quote, marker))) {
        let tail = scan.slice(marker + END.len(), line.min(marker + 128));
        let stop = marker + END.len() + memchr::memmem::find(tail, b"-----").map_or(tail.len(), |close| close + 5);
        scan.done.pem.masked = stop;
        return scan.accept_alone(id::PEM_PRIVATE_KEY, at, stop, Source::Format);
    }
    // Without an end of its own: mask what is left of the line, but not a quote that closes around it.
    opener(scan, id::PEM_PRIVATE_KEY, at, at..line, quote);
}

/// Masks the opener's line, at most to the quote around it, and what goes on behind it.
fn opener(scan: &mut Scan<'_>, kind: KindId, at: usize, line: Range<usize>, quote: Option<usize>) {
    let stop = quote.map_or(line.end, |quote| line.start + before_line_escapes(scan.slice(line.start, quote)));
    scan.done.pem.masked = quote.unwrap_or(line.end);
    scan.accept_alone(kind, line.start, stop, Source::Format);
    if quote.is_none() {
        let column = column(scan.hay, at);
        return continue_pem(scan, line.end, PemState { taken: 0, column, record: None });
    }
    // One opener of a record has lines that follow.
    if scan.done.pem.record == line.end {
        return;
    }
    scan.done.pem.record = line.end;
    let column = column(scan.hay, at);
    let start = at - column;
    let string = json_string(scan.slice(start, line.end), |_, string| (string.start..=string.end).contains(&column));
    if let Some((record, string)) = string {
        continue_pem(scan, line.end, PemState { taken: 0, column: column - string.start, record: Some(record) });
    }
}

/// The first quote of a text; an apostrophe between two letters is none.
fn closing_quote(text: &[u8]) -> Option<usize> {
    let letter = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(u8::is_ascii_alphabetic);
    memchr::memchr2_iter(b'"', b'\'', text).find(|at| !(text.get(*at) == Some(&b'\'') && letter(at.checked_sub(1)) && letter(Some(at + 1))))
}

/// Whether a text that begins with a quote is the strings of a key and what parts them, to its end marker.
fn is_key_in_strings(text: &[u8]) -> bool {
    let mut inside = false;
    text.split(|byte| matches!(byte, b'"' | b'\'')).all(|part| {
        inside = !inside;
        // What parts strings; the first quote closes one.
        let between = |(at, byte): (usize, &u8)| match byte {
            b' ' | b'\t' | b',' | b'+' | b'.' | b'&' | b'\\' | b'(' | b')' => true,
            _ => at > 0 && part.get(at - 1) == Some(&b'\\') && matches!(byte, b'n' | b'r' | b't'),
        };
        if inside { is_key_text(part) } else { part.iter().enumerate().all(between) }
    })
}

/// Whether a part of a string is of a key: its alphabet, escapes of line ends or of its signs, or a header.
fn is_key_text(text: &[u8]) -> bool {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        at += match (byte, text.get(at + 1)) {
            (b'\\', None | Some(b'\\' | b'/' | b'n' | b'r')) => 1,
            (b'\\', Some(b'u')) if text.get(at + 2..at + 6).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) => 6,
            (b'+' | b'/' | b'=', _) => 1,
            _ if byte.is_ascii_alphanumeric() => 1,
            _ => return HEADERS.iter().any(|header| text.starts_with(header)),
        };
    }
    true
}

/// Where a string ends without the escaped line ends at its end, or the backslashes of its quote.
fn before_line_escapes(text: &[u8]) -> usize {
    let slashes = |end: usize| text.get(..end).unwrap_or_default().iter().rev().take_while(|byte| **byte == b'\\').count();
    let mut end = text.len() - slashes(text.len());
    while let Some(b'n' | b'r') = end.checked_sub(1).and_then(|last| text.get(last)) {
        let escape = slashes(end - 1);
        if escape == 0 {
            break;
        }
        end -= 1 + escape;
    }
    end
}

/// Most bytes of a JSON record before the string that holds a line of a key.
const PREFIX: usize = 1024;

/// The first string value of a JSON record that `fits`, and what stands before it: names and signs, no values.
fn json_string(line: &[u8], mut fits: impl FnMut(u64, &Range<usize>) -> bool) -> Option<(u64, Range<usize>)> {
    let mut at = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    if line.get(at) != Some(&b'{') {
        return None;
    }
    // FNV-1a.
    let mix = |shape: u64, byte: &u8| (shape ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
    let (mut shape, mut name) = (0xcbf2_9ce4_8422_2325, true);
    while at < line.len().min(PREFIX) {
        match line.get(at) {
            Some(b'"') => {
                let string = at + 1..string_end(line, at + 1)?;
                if name {
                    shape = line.get(string.clone()).unwrap_or_default().iter().fold(shape, mix);
                } else if fits(shape, &string) {
                    return Some((shape, string));
                }
                at = string.end;
            }
            Some(byte @ (b'{' | b'}' | b'[' | b']' | b',' | b':')) => {
                name = matches!(byte, b'{' | b',');
                shape = mix(shape, byte);
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The quote that closes the JSON string from `start`.
fn string_end(line: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        at += memchr::memchr2(b'"', b'\\', line.get(at..)?)?;
        if line.get(at) == Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// Masks the lines of an open block from `at`, a record end or a record start.
///
/// Leaves the state in `scan.pem` when the bytes end before the block does.
pub(crate) fn continue_pem(scan: &mut Scan<'_>, mut at: usize, mut state: PemState) {
    *scan.pem = None;
    let hay = scan.hay;
    loop {
        while matches!(scan.hay.get(at), Some(b'\n' | b'\r')) {
            at += 1;
        }
        if at >= scan.hay.len() {
            *scan.pem = Some(state);
            return;
        }
        let end = line_end(scan.hay, at);
        let line = scan.slice(at, end);
        let body = match state.record {
            None => body_start(line, state.column).map(|start| start..line.len()),
            Some(record) => body_of_record(line, state.column, record),
        };
        let Some(body) = body.map(|body| at + body.start..at + body.end) else { return };
        state.taken += end - at;
        if state.taken > CAP {
            return;
        }
        let text = hay.get(body.clone()).unwrap_or_default();
        let marker = if state.record.is_some() { memchr::memmem::find(text, END) } else { text.starts_with(END).then_some(0) };
        if let Some(marker) = marker {
            // What follows the end marker on its line is not part of the key.
            let tail = text.get(marker + END.len()..).unwrap_or_default();
            let close = memchr::memmem::find(tail, b"-----").map_or(body.end, |close| body.start + marker + END.len() + close + 5);
            scan.accept_alone(id::PEM_PRIVATE_KEY, body.start, close, Source::Format);
            return;
        }
        let last = text.starts_with(b"Private-MAC:");
        scan.accept_alone(id::PEM_PRIVATE_KEY, body.start, body.end, Source::Format);
        if last {
            return;
        }
        at = end;
    }
}

/// The body of a PEM line in a string of a JSON record, without escaped line ends; it may be empty.
fn body_of_record(line: &[u8], column: usize, record: u64) -> Option<Range<usize>> {
    let (_, string) = json_string(line, |shape, _| shape == record)?;
    let whole = line.get(string.clone())?;
    let text = whole.get(..before_line_escapes(whole))?;
    let indent = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let is_body = |offset: &usize| {
        text.get(*offset..)
            .is_some_and(|body| is_key_text(memchr::memmem::find(body, END).map_or(body, |end| body.get(..end).unwrap_or_default())))
    };
    let offset = [indent, column].into_iter().find(is_body)?;
    Some(string.start + offset..string.start + text.len())
}

/// Where the body of a PEM line begins, if the line is one: at its start or at the column of the opener.
fn body_start(line: &[u8], column: usize) -> Option<usize> {
    let indent = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    [indent, column].into_iter().find(|offset| line.get(*offset..).is_some_and(is_body))
}

fn is_body(text: &[u8]) -> bool {
    let text = text.strip_suffix(b"\\n").unwrap_or(text);
    text.starts_with(b"-----END")
        || !text.is_empty() && text.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
        || HEADERS.iter().any(|header| text.starts_with(header))
}

/// Most bytes of a word before a header.
const WORD: usize = 128;

/// Looks at `PuTTY-User-Key-File`: header and base64 lines follow, to `Private-MAC:`.
pub(crate) fn putty(scan: &mut Scan<'_>, at: usize) {
    const NAME: &[u8] = b"PuTTY-User-Key-File-";
    let version = at + NAME.len();
    if scan.slice(at, version) != NAME || !matches!(scan.slice(version, version + 3), [b'1'..=b'9', b':', b' ']) {
        scan.refuse(id::SSH_PPK_AGE_GPG, at, version, "not the first line of a key file");
        return;
    }
    let (_, end) = scan.done.pem.end_marker(scan.hay, at);
    // A word that runs into the header leaves with it: alone it would be judged anew.
    let word = |byte: &u8| is_word(*byte) || matches!(byte, b'.' | b'@' | b'-' | b'+');
    let start = at - scan.slice(at.saturating_sub(WORD), at).iter().rev().take_while(|byte| word(byte)).count();
    let quote = closing_quote(scan.slice(at, end)).map(|quote| at + quote);
    opener(scan, id::SSH_PPK_AGE_GPG, at, start..end, quote);
}

/// Bytes between the start of the record and `at`.
fn column(hay: &[u8], at: usize) -> usize {
    at - hay.get(..at).unwrap_or_default().iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |end| end + 1)
}

fn line_end(hay: &[u8], at: usize) -> usize {
    let rest = hay.get(at..).unwrap_or_default();
    at + memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())
}
