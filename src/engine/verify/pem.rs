//! Private keys in PEM (RFC 7468) and PuTTY files, in one record or over many lines.
//!
//! From the opener of a private key everything is masked to its end marker. Over line
//! ends the state goes on: a line belongs to the block as long as, behind the same
//! prefix as the opener's line, it holds nothing but the alphabet of PEM. Where the
//! opener stands in a string of a JSON record, the lines are the same string of the
//! records that follow, if they are built alike.
//!
//! Lines of others may stand between those of a key, and what stands around them may change. Wherever
//! a line is not as the ones before it, only a word as wide as the lines of the key belongs to it, or a
//! shorter one in the same place. Too many lines of others, or 64 KiB, stop the masking, so that a lost
//! end marker cannot swallow a log.

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
/// Fewest letters of a first line that is not where it should be, and of one that is.
const FIRST_WORD: usize = 48;
const FIRST_LINE: usize = 16;
/// Fewest letters of a line that is shorter than the first one and not the last.
const LINE: usize = 40;
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
    /// Letters of a whole line; 0 while no line is known.
    width: usize,
    /// Where the last line of the key stood in its own.
    place: Option<Place>,
    /// Lines of others that may come before the next one of the key.
    patience: u8,
    /// Whether a shorter line came, which is the last one.
    ended: bool,
}

/// Where the lines of a block stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lines {
    /// Behind a prefix as long as the one before the opener.
    Plain { column: usize },
    /// In strings of JSON records: what stands before each, and the column of the opener inside the string.
    Records { shape: u64, column: usize },
    /// Words of other lines: those of others stand between, or the prefix changes.
    Words,
    /// The same, and the opener is not known.
    Unknown,
}

/// What stands around a line of a key: blanks before it, and the bytes beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    blanks: usize,
    before: u8,
    after: u8,
}

impl Place {
    fn of(line: &[u8], body: &Range<usize>) -> Self {
        let before = line.get(..body.start).unwrap_or_default();
        let blanks = before.iter().filter(|byte| matches!(byte, b' ' | b'\t')).count();
        let behind = line.get(body.end..).unwrap_or_default().trim_ascii_end();
        let beside = |byte: Option<&u8>| byte.copied().unwrap_or(b'\n');
        let (before, after) = (beside(before.last()), beside(behind.first()));
        // Strings stand where they may.
        let is_string = (before, after) == (b'"', b'"');
        Self { blanks: if is_string { 0 } else { blanks }, before, after }
    }
}

/// What letters say about a line: how many there are, and whether capitals, small ones and others are among them.
struct Letters {
    count: usize,
    are_base64: bool,
    are_mixed: bool,
}

impl Letters {
    fn of(text: &[u8]) -> Self {
        let (mut count, mut are_base64, mut upper, mut lower, mut other) = (0, true, false, false, false);
        for letter in letters(text) {
            count += 1;
            are_base64 &= is_base64(&letter);
            upper |= letter.is_ascii_uppercase();
            lower |= letter.is_ascii_lowercase();
            other |= !letter.is_ascii_alphabetic();
        }
        Self { count, are_base64, are_mixed: upper && lower && other }
    }
}

impl PemState {
    fn opened(lines: Lines) -> Self {
        Self { taken: 0, lines, width: 0, place: None, patience: GAP, ended: false }
    }

    /// Perhaps open: the input begins where another one ended that cannot be read any more.
    pub(crate) fn perhaps() -> Self {
        Self { patience: FIRST_GAP, ..Self::opened(Lines::Unknown) }
    }

    /// Bytes behind the opener's line that belong to the block so far.
    pub(crate) fn taken(self) -> usize {
        self.taken
    }

    /// Whether a text where a line of the key should be is one.
    fn fits(&self, text: &[u8]) -> bool {
        let text = Letters::of(text);
        match self.width {
            0 => text.count >= FIRST_LINE && text.are_mixed,
            width if text.count >= width.min(LINE) => text.count == width || text.are_mixed,
            _ => !self.ended && (text.count.is_multiple_of(4) || text.are_mixed),
        }
    }

    /// Whether a word anywhere in a line can be nothing but a whole line of the key.
    fn is_whole(&self, word: &Letters) -> bool {
        word.are_mixed
            && match self.width {
                0 if self.lines == Lines::Unknown => WIDTHS.contains(&word.count),
                0 => word.count >= FIRST_WORD && (word.count.is_multiple_of(4) || WIDTHS.contains(&word.count)),
                width => word.count == width || word.count > width && WIDTHS.contains(&word.count),
            }
    }

    /// Whether a word is the last line of the key: shorter, and where the others stood.
    fn is_last(&self, word: &Letters, place: Place) -> bool {
        let is_shorter = word.count < self.width || self.width == 0 && self.patience == GAP;
        !self.ended && is_shorter && word.are_mixed && word.count.is_multiple_of(4) && self.place == Some(place)
    }

    /// Notes a line of the key.
    fn takes(&mut self, line: &[u8], body: &Range<usize>) {
        let text = Letters::of(line.get(body.clone()).unwrap_or_default());
        self.patience = GAP;
        if !text.are_base64 {
            // A header: the body behind it has an end of its own.
            self.ended = false;
            return;
        }
        // A word of another line may be none of the key: only what programs write is a width then.
        let is_line = !matches!(self.lines, Lines::Words | Lines::Unknown) && text.count >= FIRST_LINE;
        if text.count > self.width && (is_line || WIDTHS.contains(&text.count)) {
            self.width = text.count;
        }
        self.ended = text.count < if self.width == 0 { FIRST_WORD } else { self.width.min(LINE) };
        if !self.ended {
            self.place = Some(Place::of(line, body));
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

/// Whether signs of padding stand at the end only, or alone before the checksum of an armour (RFC 9580, section 6.1).
fn is_padded(text: &[u8]) -> bool {
    let letters = text.iter().rev().skip_while(|byte| **byte == b'=');
    letters.clone().all(|byte| *byte != b'=') || text.len() == 5 && text.first() == Some(&b'=')
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

fn has_lines(text: &[u8], state: &PemState) -> bool {
    let mut at = 0;
    while let Some(word) = next_word(text, at) {
        at = word.end;
        if text.get(word).is_some_and(|word| state.is_whole(&Letters::of(word))) {
            return true;
        }
    }
    false
}

/// The next run of base64, as long as a word of a key can be: escapes of its signs belong to it, the name before a `=` and the
/// code of a colour do not.
fn next_word(text: &[u8], from: usize) -> Option<Range<usize>> {
    let sign = |at: usize| match text.get(at..)? {
        [b'\\', b'/', ..] => Some(2),
        [b'\\', b'u', b'0', b'0', b'2', b'b' | b'B' | b'f' | b'F', ..] | [b'\\', b'u', b'0', b'0', b'3', b'd' | b'D', ..] => Some(6),
        [byte, ..] if is_base64(byte) => Some(1),
        _ => None,
    };
    let mut start = from;
    loop {
        while start < text.len() && sign(start).is_none() {
            // The letter of an escape is not of the word behind it.
            start += if matches!(text.get(start..start + 2), Some([b'\\', b'n' | b'r' | b't'])) { 2 } else { 1 };
        }
        if start >= text.len() {
            return None;
        }
        // `ESC [ 32 m`
        let code = text.get(start..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count();
        if start > 0 && text.get(start - 1) == Some(&b'[') && code > 0 && text.get(start + code) == Some(&b'm') {
            start += code + 1;
        }
        let mut end = start;
        let mut after_sign = false;
        while let Some(length) = sign(end) {
            let is_equals = text.get(end) == Some(&b'=');
            if after_sign && !is_equals {
                break;
            }
            after_sign = is_equals;
            end += length;
        }
        if end < text.len() && after_sign && sign(end).is_some() {
            start = end;
            continue;
        }
        if end - start >= 4 {
            return Some(start..end);
        }
        start = end.max(start + 1);
    }
}

impl PemState {
    /// What of a line that is like those before it belongs to the key; it may be empty.
    fn body(&self, line: &[u8]) -> Option<Range<usize>> {
        match self.lines {
            Lines::Plain { column } => self.body_of_line(line, column),
            Lines::Records { shape, column } => self.body_of_record(line, column, shape),
            Lines::Words | Lines::Unknown => None,
        }
    }

    /// At the line's start, or at the column of the opener.
    fn body_of_line(&self, line: &[u8], column: usize) -> Option<Range<usize>> {
        let indent = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        // A prefix of another length may end in the middle of a word.
        let begins = |at: usize| at == 0 || line.get(at - 1).is_some_and(|before| !before.is_ascii_alphanumeric());
        let fits = |offset: &usize| begins(*offset) && line.get(*offset..).is_some_and(|text| self.is_body(text));
        Some([indent, column].into_iter().find(fits)?..line.len())
    }

    fn is_body(&self, text: &[u8]) -> bool {
        let text = text.strip_suffix(b"\\n").unwrap_or(text);
        end_of_key(text).is_some_and(|marker| marker.start == 0)
            || !text.is_empty() && text.iter().all(is_base64) && is_padded(text) && self.fits(text)
            || HEADERS.iter().any(|header| text.starts_with(header))
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
        let end = end_of_key(text).map(|marker| marker.start);
        let body = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
        let is_header = HEADERS.iter().any(|header| body.starts_with(header));
        is_key_text(body) && (end.is_some() || body.is_empty() || is_header || self.fits(body))
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
