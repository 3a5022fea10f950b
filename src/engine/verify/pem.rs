//! Private keys in PEM (RFC 7468) and PuTTY files, in one record or over many lines.
//!
//! From the opener of a private key everything is masked to its end marker. Over line
//! ends the state goes on: a line belongs to the block as long as, behind the same
//! prefix as the opener's line, it holds nothing but the alphabet of PEM. Where the
//! opener stands in a string of a JSON record, the lines are the same string of the
//! records that follow, if they are built alike.
//!
//! Lines of others may stand between those of a key, and a prefix may become longer or shorter.
//! From the first line that does not belong to the key on, only one of the key's own width
//! belongs to it, or a shorter last one. Too many of others, or 64 KiB, stop the masking,
//! so that a lost end marker cannot swallow a log.

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

/// Widths of lines that programs write: OpenSSL and GnuPG, OpenSSH, MIME (RFC 7468, section 2; RFC 2045, section 6.8).
const WIDTHS: [usize; 3] = [64, 70, 76];
/// Most lines of others between two of a key.
const GAP: u8 = 32;
/// The same where no opener was seen.
const FIRST_GAP: u8 = 8;

/// An open block: what later lines must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PemState {
    /// Bytes seen behind the opener's line so far.
    taken: usize,
    lines: Lines,
    /// Bytes of a whole line; 0 while no line is known.
    width: usize,
    /// Lines of others that may come before the next one of the key.
    patience: u8,
    /// Whether lines of others came: what has the alphabet alone may be one as well.
    strict: bool,
}

/// Where the lines of a block stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lines {
    /// Behind a prefix as long as the one before the opener.
    Plain { column: usize },
    /// In strings of JSON records: what stands before each, and the column of the opener inside the string.
    Records { shape: u64, column: usize },
    /// The opener is not known.
    Unknown,
}

impl PemState {
    fn opened(lines: Lines) -> Self {
        Self { taken: 0, lines, width: 0, patience: GAP, strict: false }
    }

    /// Perhaps open: the input begins where another one ended that cannot be read any more.
    pub(crate) fn perhaps() -> Self {
        Self { taken: 0, lines: Lines::Unknown, width: 0, patience: FIRST_GAP, strict: true }
    }

    /// Bytes behind the opener's line that belong to the block so far.
    pub(crate) fn taken(self) -> usize {
        self.taken
    }

    /// Whether a line that is no header and no end marker belongs to the key.
    fn fits(&self, text: &[u8]) -> bool {
        if !self.strict {
            // A single word is no last line of a key.
            return self.width == 0 || text.len().is_multiple_of(4) || !text.iter().all(u8::is_ascii_alphabetic);
        }
        let (mut width, mut upper, mut lower, mut other) = (0, false, false, false);
        for letter in letters(text) {
            if !is_base64(&letter) {
                return false;
            }
            width += 1;
            upper |= letter.is_ascii_uppercase();
            lower |= letter.is_ascii_lowercase();
            other |= !letter.is_ascii_alphabetic();
        }
        let fits = match self.width {
            0 => WIDTHS.contains(&width),
            whole => width == whole || width < whole && width.is_multiple_of(4),
        };
        fits && upper && lower && other
    }

    /// Notes a line of the key.
    fn takes(&mut self, text: &[u8]) {
        self.patience = GAP;
        let width = letters(text).take_while(is_base64).count();
        if self.width == 0 && width >= 16 && width == letters(text).count() {
            self.width = width;
        }
    }
}

/// The letters of a line of a key, in which a program may have escaped those that are no letters.
fn letters(text: &[u8]) -> impl Iterator<Item = u8> {
    let mut rest = text.strip_suffix(b"\\n").unwrap_or(text);
    std::iter::from_fn(move || {
        let (letter, length) = match rest {
            [b'\\', b'/', ..] => (b'/', 2),
            [b'\\', b'u', b'0', b'0', b'2', b'b' | b'B', ..] => (b'+', 6),
            [b'\\', b'u', b'0', b'0', b'2', b'f' | b'F', ..] => (b'/', 6),
            [b'\\', b'u', b'0', b'0', b'3', b'd' | b'D', ..] => (b'=', 6),
            [letter, ..] => (*letter, 1),
            [] => return None,
        };
        rest = rest.get(length..)?;
        Some(letter)
    })
}

fn is_base64(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
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
    if let Some((shape, string)) = string {
        let column = column - string.start;
        continue_pem(scan, line.end, PemState::opened(Lines::Records { shape, column }));
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
        state.taken += end - at;
        if state.taken > CAP {
            return;
        }
        let Some(body) = state.body(line) else {
            // What opens another block is looked at by itself.
            if state.patience == 0 || [BEGIN, PUTTY].into_iter().any(|opener| memchr::memmem::find(line, opener).is_some()) {
                return;
            }
            state.patience -= 1;
            state.strict = true;
            at = end;
            continue;
        };
        let body = at + body.start..at + body.end;
        let text = hay.get(body.clone()).unwrap_or_default();
        if let Some(marker) = memchr::memmem::find(text, END) {
            // What follows the end marker on its line is not part of the key.
            let tail = text.get(marker + END.len()..).unwrap_or_default();
            let close = memchr::memmem::find(tail, b"-----").map_or(body.end, |close| body.start + marker + END.len() + close + 5);
            scan.accept_alone(id::PEM_PRIVATE_KEY, body.start, close, Source::Format);
            return;
        }
        state.takes(text);
        let last = text.starts_with(b"Private-MAC:");
        scan.accept_alone(id::PEM_PRIVATE_KEY, body.start, body.end, Source::Format);
        if last {
            return;
        }
        at = end;
    }
}

impl PemState {
    /// What of a line belongs to the key; it may be empty.
    fn body(&self, line: &[u8]) -> Option<Range<usize>> {
        match self.lines {
            Lines::Plain { column } => self.body_of_line(line, column),
            Lines::Records { shape, column } => self.body_of_record(line, column, shape),
            Lines::Unknown => self.body_of_line(line, 0).or_else(|| self.body_of_any_record(line)),
        }
    }

    /// At the line's start, at the column of the opener, or behind a prefix of another length.
    fn body_of_line(&self, line: &[u8], column: usize) -> Option<Range<usize>> {
        let indent = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let at_column = [indent, column].into_iter().find(|offset| line.get(*offset..).is_some_and(|text| self.is_body(text)));
        at_column.or_else(|| self.behind_prefix(line)).map(|start| start..line.len())
    }

    fn is_body(&self, text: &[u8]) -> bool {
        let text = text.strip_suffix(b"\\n").unwrap_or(text);
        text.starts_with(END)
            || !text.is_empty() && text.iter().all(is_base64) && self.fits(text)
            || !self.strict && HEADERS.iter().any(|header| text.starts_with(header))
    }

    /// The last word of a line, where it can be nothing but a line of the key.
    fn behind_prefix(&self, line: &[u8]) -> Option<usize> {
        let marker =
            memchr::memmem::find(line, END).filter(|marker| line.get(marker + END.len()..).is_some_and(|rest| rest.ends_with(b"KEY-----")));
        let word = marker.or_else(|| Some(memchr::memrchr2(b' ', b'\t', line)? + 1))?;
        let strict = Self { strict: true, ..*self };
        line.get(word..).is_some_and(|text| strict.is_body(text)).then_some(word)
    }

    /// The body in a string of a JSON record, without escaped line ends.
    fn body_of_record(&self, line: &[u8], column: usize, shape: u64) -> Option<Range<usize>> {
        let (_, string) = json_string(line, |found, _| found == shape)?;
        let whole = line.get(string.clone())?;
        let text = whole.get(..before_line_escapes(whole))?;
        let indent = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let is_body = |offset: &usize| text.get(*offset..).is_some_and(|body| self.is_body_of_string(body));
        let offset = [indent, column].into_iter().find(is_body)?;
        Some(string.start + offset..string.start + text.len())
    }

    fn is_body_of_string(&self, text: &[u8]) -> bool {
        let end = memchr::memmem::find(text, END);
        is_key_text(text.get(..end.unwrap_or(text.len())).unwrap_or_default()) && (end.is_some() || self.fits(text))
    }

    /// The first string of a JSON record that can be nothing but a line of a key.
    fn body_of_any_record(&self, line: &[u8]) -> Option<Range<usize>> {
        let body = |string: &Range<usize>| {
            let whole = line.get(string.clone()).unwrap_or_default();
            whole
                .get(..before_line_escapes(whole))
                .filter(|text| self.is_body_of_string(text))
                .map(|text| string.start..string.start + text.len())
        };
        let (_, string) = json_string(line, |_, string| body(string).is_some())?;
        body(&string)
    }
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
