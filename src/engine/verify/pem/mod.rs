//! Private keys in PEM (RFC 7468) and PuTTY files, in one record or over many lines.
//!
//! From the opener of a private key everything is masked to its end marker. Over line
//! ends the state goes on, from one line to the next; what a line of the key looks like is
//! in [`lines`]. Too many lines of others, or 64 KiB, stop the masking, so that a lost end
//! marker cannot swallow a log.

mod lines;

use std::ops::Range;

use super::scan::{Hit, Scan, Source, is_word, on_field};
use crate::engine::catalog::{KindId, id};
use crate::engine::settings::Settings;
use crate::engine::views::Narrow;
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
    match is_private(label) {
        None => return,
        Some(true) => {}
        Some(false) => return scan.refuse(id::PEM_PRIVATE_KEY, at, at + label.len(), "a certificate or a public key"),
    }
    let (marker, line) = scan.done.pem.end_marker(scan.hay, at + 10);
    let quote = closing_quote(scan.slice(at, marker)).map(|quote| at + quote);
    if let Some(stop) = whole(scan.hay, (marker, line), quote) {
        scan.done.pem.masked = stop;
        return scan.accept_alone(id::PEM_PRIVATE_KEY, at, stop, Source::Format);
    }
    // Without an end of its own: mask what is left of the line, but not a quote that closes around it.
    opener(scan, id::PEM_PRIVATE_KEY, at, at..line, quote);
}

/// Whether the label that an opener begins says that the key is private; nothing if it is no label.
fn is_private(label: &[u8]) -> Option<bool> {
    let close = label.windows(5).skip(10).position(|five| five == b"-----")?;
    Some(label.get(..close + 10)?.windows(11).any(|word| word == b"PRIVATE KEY"))
}

/// One past the end marker of a key that lies on one line, if the first one behind its opener is its own.
fn whole(hay: &[u8], (marker, line): (usize, usize), quote: Option<usize>) -> Option<usize> {
    let is_own = |quote: usize| is_key_in_strings(hay.get(quote..marker).unwrap_or_default());
    if marker >= line || !quote.is_none_or(is_own) {
        return None;
    }
    let tail = hay.get(marker + END.len()..line.min(marker + 128)).unwrap_or_default();
    Some(marker + END.len() + memchr::memmem::find(tail, b"-----").map_or(tail.len(), |close| close + 5))
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
    let text = scan.hay.get(rest.clone()).unwrap_or_default();
    if has_lines(text, &aside) {
        let (narrow, marker) = (Narrow::default(), end_of_key(text));
        words(scan, &mut aside, &Line { at: rest.start, text, narrow: &narrow }, marker.as_ref());
        if marker.is_some() {
            return;
        }
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

/// A line behind an opener.
struct Line<'l> {
    at: usize,
    /// What is read of it.
    text: &'l [u8],
    narrow: &'l Narrow,
}

impl Line<'_> {
    fn mask(&self, scan: &mut Scan<'_>, part: Range<usize>) {
        let part = self.narrow.source(part);
        scan.accept_alone(id::PEM_PRIVATE_KEY, self.at + part.start, self.at + part.end, Source::Format);
    }
}

/// Masks the lines of an open block from `at`, a record end or a record start.
///
/// Leaves the state in `scan.pem` when the bytes end before the block does.
pub(crate) fn continue_pem(scan: &mut Scan<'_>, mut at: usize, mut state: PemState) {
    *scan.pem = None;
    let hay = scan.hay;
    let mut narrow = Narrow::default();
    loop {
        while let Some(byte @ (b'\n' | b'\r')) = hay.get(at) {
            // Updates of one line on a terminal are no lines.
            if *byte == b'\n' && !state.waits() {
                return;
            }
            at += 1;
            state.taken += 1;
        }
        if at >= hay.len() {
            *scan.pem = Some(state);
            return;
        }
        let end = line_end(hay, at);
        let line = hay.get(at..end).unwrap_or_default();
        state.taken += line.len();
        if state.taken > CAP {
            return;
        }
        narrow.read(line);
        let line = Line { at, text: narrow.text(line), narrow: &narrow };
        if !line.text.iter().all(|byte| matches!(byte, b' ' | b'\t')) && !next_line(scan, &mut state, &line) {
            return;
        }
        at = end;
    }
}

/// As [`continue_pem`], for a key whose opener was read through escapes. Gives the state where the bytes end.
pub(crate) fn go_on_in_key(hay: &[u8], settings: &Settings, hits: &mut Vec<Hit>, at: usize, state: PemState) -> Option<PemState> {
    let mut open = None;
    on_field(hay, settings, hits, |scan| {
        continue_pem(scan, at, state);
        open = *scan.pem;
    });
    open
}

/// Whether a key begins in a line that is read without what has no width, and does not in the line as it stands.
pub(crate) fn opens_hidden_key(line: &[u8]) -> bool {
    let mut narrow = Narrow::default();
    narrow.read(line);
    narrow.is_narrower() && Markers::of(narrow.text(line)).opens && !Markers::of(line).opens
}

/// Masks what of a line belongs to the key. Whether the key goes on behind it.
fn next_line(scan: &mut Scan<'_>, state: &mut PemState, line: &Line<'_>) -> bool {
    if let Some(body) = state.body(line.text) {
        let text = line.text.get(body.clone()).unwrap_or_default();
        if let Some(marker) = end_of_key(text) {
            // What follows the end marker on its line is not part of the key.
            line.mask(scan, body.start..body.start + marker.end);
            return false;
        }
        state.takes(line.text, &body);
        line.mask(scan, body);
        return !text.starts_with(b"Private-MAC:");
    }
    let markers = Markers::of(line.text);
    let found = words(scan, state, line, markers.end.as_ref());
    // A key that begins here has a state of its own.
    !(markers.end.is_some() || markers.opens) && state.passes(found, markers.others, markers.inside)
}

/// The end marker of a private key, with the dashes behind it.
fn end_of_key(text: &[u8]) -> Option<Range<usize>> {
    memchr::memmem::find_iter(text, END).find_map(|start| end_at(text, start))
}

/// The same, if it stands at `start`.
fn end_at(text: &[u8], start: usize) -> Option<Range<usize>> {
    let label = text.get(start + END.len()..text.len().min(start + END.len() + 64))?;
    let close = memchr::memmem::find(label, b"-----").unwrap_or(label.len());
    let name = label.get(..close)?;
    let is_key = name.is_empty() || name.windows(11).any(|word| word == b"PRIVATE KEY");
    is_key.then(|| start..start + END.len() + (close + 5).min(label.len()))
}

/// What the markers of a line say about the key that is open before it.
#[derive(Default)]
struct Markers {
    /// Its end: one that is not of a key which lies on this line.
    end: Option<Range<usize>>,
    /// Whether another private key begins and goes on behind the line.
    opens: bool,
    /// How many blocks of others begin, such as certificates.
    others: usize,
    /// Whether the line ends in one, if it says so.
    inside: Option<bool>,
}

impl Markers {
    fn of(text: &[u8]) -> Self {
        let mut found = Self::default();
        let mut at = 0;
        while let Some(mark) = text.get(at..).and_then(|rest| memchr::memmem::find(rest, b"-----")).map(|mark| at + mark) {
            let rest = text.get(mark..).unwrap_or_default();
            at = mark + 1;
            if rest.starts_with(END) {
                found.end = end_at(text, mark);
                if found.end.is_some() {
                    return found;
                }
                found.inside = Some(false);
                at = mark + END.len();
            } else if rest.starts_with(BEGIN) {
                match is_private(rest.get(..rest.len().min(64)).unwrap_or_default()) {
                    None => {}
                    Some(false) => {
                        found.others += 1;
                        found.inside = Some(true);
                    }
                    Some(true) => {
                        let from = mark + 10;
                        let after = text.get(from..).unwrap_or_default();
                        let marker = memchr::memmem::find(after, END).map_or(text.len(), |end| from + end);
                        let quote = closing_quote(text.get(mark..marker).unwrap_or_default()).map(|quote| mark + quote);
                        let Some(stop) = whole(text, (marker, text.len()), quote) else {
                            found.opens = true;
                            return found;
                        };
                        at = stop;
                        continue;
                    }
                }
                at = mark + BEGIN.len();
            }
        }
        found.opens = memchr::memmem::find(text, PUTTY).is_some();
        found
    }
}

/// Masks the words of a line that are lines of the key, up to its end marker, and that. Whether there were some.
fn words(scan: &mut Scan<'_>, state: &mut PemState, line: &Line<'_>, marker: Option<&Range<usize>>) -> bool {
    let text = line.text.get(..marker.map_or(line.text.len(), |marker| marker.start)).unwrap_or_default();
    let (mut at, mut found) = (0, false);
    while let Some(word) = next_word(text, at) {
        let letters = Letters::of(text.get(word.clone()).unwrap_or_default());
        let place = || Place::of(line.text, &word);
        // Where no opener was seen, digests behind `sha384-` and parts of tokens are none of a key.
        let is_whole = state.is_whole(&letters) && (!state.is_guess() || place().is_apart());
        if is_whole || state.is_last(&letters, place()) {
            state.takes(line.text, &word);
            line.mask(scan, word.clone());
            found = true;
        }
        at = word.end;
    }
    if let Some(marker) = marker {
        line.mask(scan, marker.clone());
    }
    found
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
