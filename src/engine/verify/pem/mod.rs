//! Private keys in PEM (RFC 7468) and PuTTY files, in one record or over many lines.
//!
//! From the opener of a private key everything is masked to its end marker. Over line
//! ends the state goes on, from one line to the next; what a line of the key looks like is
//! in [`lines`]. Too many lines of others, or 64 KiB, stop the masking, so that a lost end
//! marker cannot swallow a log.

mod lines;

use std::ops::Range;

use super::scan::{Scan, Source, is_word};
use crate::engine::catalog::{KindId, id};
pub(crate) use lines::PemState;
use lines::{Letters, Lines, Place, before_line_escapes, has_lines, is_key_text, json_string, next_word};

/// Most bytes masked after an opener without an end.
const CAP: usize = 64 * 1024;

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

const BEGIN: &[u8] = b"-----BEGIN ";
const PUTTY: &[u8] = b"PuTTY-User-Key-File-";
const END: &[u8] = b"-----END";

/// Looks at `-----BEGIN `.
pub(crate) fn begin(scan: &mut Scan<'_>, at: usize) {
    if scan.slice(at, at + BEGIN.len()) != BEGIN || at < scan.done.pem.masked {
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
        return continue_pem(scan, line.end, PemState::opened(Lines::Plain { column }));
    }
    // One opener of a record has lines that follow.
    if scan.done.pem.record == line.end {
        return;
    }
    scan.done.pem.record = line.end;
    let column = column(scan.hay, at);
    let start = at - column;
    let string = json_string(scan.slice(start, line.end), |_, string| (string.start..=string.end).contains(&column));
    let lines = string.map_or(Lines::Words, |(shape, string)| Lines::Records { shape, column: column - string.start });
    // Lines may stand in other strings of the same record.
    let rest = quote.unwrap_or(line.end)..line.end;
    let mut aside = PemState::opened(Lines::Words);
    if has_lines(scan.slice(rest.start, rest.end), &aside) && words(scan, &mut aside, rest) == Words::End {
        return;
    }
    continue_pem(scan, line.end, PemState::opened(lines));
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
        let line = hay.get(at..end).unwrap_or_default();
        state.taken += end - at;
        if state.taken > CAP {
            return;
        }
        if line.iter().all(|byte| matches!(byte, b' ' | b'\t')) {
            at = end;
            continue;
        }
        if let Some(body) = state.body(line) {
            let whole = at + body.start..at + body.end;
            let text = hay.get(whole.clone()).unwrap_or_default();
            if let Some(marker) = end_of_key(text) {
                // What follows the end marker on its line is not part of the key.
                scan.accept_alone(id::PEM_PRIVATE_KEY, whole.start, whole.start + marker.end, Source::Format);
                return;
            }
            state.takes(line, &body);
            let last = text.starts_with(b"Private-MAC:");
            scan.accept_alone(id::PEM_PRIVATE_KEY, whole.start, whole.end, Source::Format);
            if last {
                return;
            }
            at = end;
            continue;
        }
        match words(scan, &mut state, at..end) {
            Words::End => return,
            Words::Some => {}
            Words::None => {
                // What opens another block is looked at by itself.
                if [BEGIN, PUTTY].into_iter().any(|opener| memchr::memmem::find(line, opener).is_some()) {
                    return;
                }
                // Updates of one line on a terminal are no lines.
                if hay.get(end) == Some(&b'\n') {
                    let Some(patience) = state.patience.checked_sub(1) else { return };
                    state.patience = patience;
                }
            }
        }
        if state.lines != Lines::Unknown {
            state.lines = Lines::Words;
        }
        at = end;
    }
}

/// The end marker of a private key, with the dashes behind it.
fn end_of_key(text: &[u8]) -> Option<Range<usize>> {
    memchr::memmem::find_iter(text, END).find_map(|start| {
        let label = text.get(start + END.len()..text.len().min(start + END.len() + 64))?;
        let close = memchr::memmem::find(label, b"-----").unwrap_or(label.len());
        let name = label.get(..close)?;
        let is_key = name.is_empty() || name.windows(11).any(|word| word == b"PRIVATE KEY");
        is_key.then(|| start..start + END.len() + (close + 5).min(label.len()))
    })
}

/// What the words of a line were.
#[derive(PartialEq, Eq)]
enum Words {
    None,
    Some,
    End,
}

/// Masks the words of a stretch of a line that are lines of the key, and its end marker.
fn words(scan: &mut Scan<'_>, state: &mut PemState, stretch: Range<usize>) -> Words {
    let hay = scan.hay;
    let line = hay.get(stretch.clone()).unwrap_or_default();
    let marker = end_of_key(line);
    let text = line.get(..marker.as_ref().map_or(line.len(), |marker| marker.start)).unwrap_or_default();
    let (mut at, mut found) = (0, Words::None);
    while let Some(word) = next_word(text, at) {
        let letters = Letters::of(text.get(word.clone()).unwrap_or_default());
        if state.is_whole(&letters) || state.is_last(&letters, Place::of(line, &word)) {
            state.takes(line, &word);
            scan.accept_alone(id::PEM_PRIVATE_KEY, stretch.start + word.start, stretch.start + word.end, Source::Format);
            found = Words::Some;
        }
        at = word.end;
    }
    let Some(marker) = marker else { return found };
    scan.accept_alone(id::PEM_PRIVATE_KEY, stretch.start + marker.start, stretch.start + marker.end, Source::Format);
    Words::End
}
/// Most bytes of a word before a header.
const WORD: usize = 128;

/// Looks at `PuTTY-User-Key-File`: header and base64 lines follow, to `Private-MAC:`.
pub(crate) fn putty(scan: &mut Scan<'_>, at: usize) {
    let version = at + PUTTY.len();
    if scan.slice(at, version) != PUTTY || !matches!(scan.slice(version, version + 3), [b'1'..=b'9', b':', b' ']) {
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
