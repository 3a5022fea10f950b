//! Private keys in PEM (RFC 7468) and PuTTY files, in one record or over many lines.
//!
//! From the opener of a private key everything is masked to its end marker. Over line
//! ends the state goes on: a line belongs to the block as long as, behind the same
//! prefix as the opener's line, it holds nothing but the alphabet of PEM. A line
//! outside it, or 64 KiB, stops the masking, so that a lost end marker cannot swallow
//! a log.

use super::scan::{Scan, Source, is_word};
use crate::engine::catalog::id;

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
}

/// Looks at `-----BEGIN `.
pub(crate) fn begin(scan: &mut Scan<'_>, at: usize) {
    if scan.slice(at, at + 11) != b"-----BEGIN " {
        return;
    }
    if at < scan.done.pem {
        return;
    }
    let label = scan.slice(at, scan.hay.len().min(at + 64)).split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let Some(close) = label.windows(5).skip(10).position(|five| five == b"-----") else { return };
    if !label.get(..close + 10).is_some_and(|label| label.windows(11).any(|word| word == b"PRIVATE KEY")) {
        scan.refuse(id::PEM_PRIVATE_KEY, at, at + label.len(), "a certificate or a public key");
        return;
    }
    let line_end = line_end(scan.hay, at);
    let rest = scan.slice(at + 10, line_end);
    if let Some(end) = rest.windows(8).position(|eight| eight == b"-----END") {
        let tail = rest.get(end + 8..).unwrap_or_default();
        let stop = tail.windows(5).position(|five| five == b"-----").map_or(tail.len(), |close| close + 5);
        scan.done.pem = at + 10 + end + 8 + stop;
        return scan.accept_alone(id::PEM_PRIVATE_KEY, at, at + 10 + end + 8 + stop, Source::Format);
    }
    // Without an end on its line: mask what is left of it, but not a quote that closes around it.
    let inner = scan.slice(at, line_end).iter().position(|byte| matches!(byte, b'"' | b'\''));
    let stop = inner.map_or(line_end, |quote| at + quote);
    scan.done.pem = stop;
    scan.accept_alone(id::PEM_PRIVATE_KEY, at, stop, Source::Format);
    if inner.is_none() {
        continue_pem(scan, line_end, PemState { taken: 0, column: column(scan.hay, at) });
    }
}

/// Masks the lines of an open block from `at`, a record end or a record start.
///
/// Leaves the state in `scan.pem` when the bytes end before the block does.
pub(crate) fn continue_pem(scan: &mut Scan<'_>, mut at: usize, mut state: PemState) {
    *scan.pem = None;
    loop {
        while matches!(scan.hay.get(at), Some(b'\n' | b'\r')) {
            at += 1;
        }
        if at >= scan.hay.len() {
            *scan.pem = Some(state);
            return;
        }
        let end = line_end(scan.hay, at);
        let Some(start) = body_start(scan.slice(at, end), state.column).map(|offset| at + offset) else { return };
        state.taken += end - at;
        if state.taken > CAP {
            return;
        }
        if scan.slice(start, end).starts_with(b"-----END") {
            // What follows the end marker on its line is not part of the key.
            let close = scan.slice(start + 8, end).windows(5).position(|five| five == b"-----");
            scan.accept_alone(id::PEM_PRIVATE_KEY, start, close.map_or(end, |close| start + 8 + close + 5), Source::Format);
            return;
        }
        scan.accept_alone(id::PEM_PRIVATE_KEY, start, end, Source::Format);
        if [&b"Private-MAC:"[..]].iter().any(|last| scan.slice(start, end).starts_with(last)) {
            return;
        }
        at = end;
    }
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
    let end = line_end(scan.hay, at);
    // A word that runs into the header leaves with it: alone it would be judged anew.
    let word = |byte: &u8| is_word(*byte) || matches!(byte, b'.' | b'@' | b'-' | b'+');
    let start = at - scan.slice(at.saturating_sub(WORD), at).iter().rev().take_while(|byte| word(byte)).count();
    let quote = scan.slice(at, end).iter().position(|byte| matches!(byte, b'"' | b'\''));
    scan.accept_alone(id::SSH_PPK_AGE_GPG, start, quote.map_or(end, |quote| at + quote), Source::Format);
    if quote.is_none() {
        continue_pem(scan, end, PemState { taken: 0, column: column(scan.hay, at) });
    }
}

/// Bytes between the start of the record and `at`.
fn column(hay: &[u8], at: usize) -> usize {
    at - hay.get(..at).unwrap_or_default().iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |end| end + 1)
}

fn line_end(hay: &[u8], at: usize) -> usize {
    let rest = hay.get(at..).unwrap_or_default();
    at + memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())
}
