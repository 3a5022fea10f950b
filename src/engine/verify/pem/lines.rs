//! What a line of a private key looks like, once its opener was seen.
//!
//! A line belongs to the block as long as, behind the same prefix as the opener's line, it
//! holds nothing but the alphabet of PEM. Where the opener stands in a string of a JSON
//! record, the lines are the same string of the records that follow, if they are built alike.
//!
//! Lines of others may stand between those of a key, and what stands around them may change. Wherever
//! a line is not as the ones before it, only a word as wide as the lines of the key belongs to it, or a
//! shorter one that is the last. Certificates and other blocks may come between; since their lines look like
//! those of a key, they are taken for such.

use std::ops::Range;

use super::end_of_key;

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
/// Most other blocks, such as the certificates of a chain, behind an opener.
const OTHERS: usize = 4;
/// Fewest letters of a last line that is known by its padding, and of one that is known by the line before it.
const PADDED: usize = 8;
const LAST: usize = 16;

/// An open block: what later lines must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PemState {
    /// Bytes seen behind the opener's line so far.
    pub(super) taken: usize,
    pub(super) lines: Lines,
    /// Letters of a whole line; 0 while no line is known.
    width: usize,
    /// Where the last line of the key stood in its own.
    place: Option<Place>,
    /// Lines of others that may come before the next one of the key.
    patience: u8,
    /// Whether the line whose end has not come yet is one of others.
    idle: bool,
    /// Whether a shorter line came, which is the last one.
    ended: bool,
    /// Other blocks that began behind the opener, and whether the last one has not ended.
    others: usize,
    aside: bool,
}

/// Where the lines of a block stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lines {
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
pub(super) struct Place {
    blanks: usize,
    before: u8,
    after: u8,
}

impl Place {
    pub(super) fn of(line: &[u8], body: &Range<usize>) -> Self {
        let before = line.get(..body.start).unwrap_or_default();
        let blanks = before.iter().filter(|byte| matches!(byte, b' ' | b'\t')).count();
        let behind = line.get(body.end..).unwrap_or_default().trim_ascii_end();
        let beside = |byte: Option<&u8>| byte.copied().unwrap_or(b'\n');
        let (before, after) = (beside(before.last()), beside(behind.first()));
        // Strings stand where they may, also in strings.
        let is_string = before == b'"' && matches!(after, b'"' | b'\\');
        Self { blanks: if is_string { 0 } else { blanks }, before, after }
    }

    /// Whether nothing beside it makes it the part of a name or a path.
    pub(super) fn is_apart(self) -> bool {
        let joins = |byte: u8| matches!(byte, b'.' | b'_' | b'-' | b'@');
        !joins(self.before) && !joins(self.after)
    }
}

/// What letters say about a line: how many there are, and whether capitals, small ones and others are among them.
pub(super) struct Letters {
    count: usize,
    are_base64: bool,
    are_mixed: bool,
    are_padded: bool,
}

impl Letters {
    pub(super) fn of(text: &[u8]) -> Self {
        let (mut count, mut are_base64, mut upper, mut lower, mut other, mut last) = (0, true, false, false, false, 0);
        for letter in letters(text) {
            count += 1;
            are_base64 &= is_base64(&letter);
            upper |= letter.is_ascii_uppercase();
            lower |= letter.is_ascii_lowercase();
            other |= !letter.is_ascii_alphabetic();
            last = letter;
        }
        Self { count, are_base64, are_mixed: upper && lower && other, are_padded: last == b'=' }
    }
}

impl PemState {
    pub(super) fn opened(lines: Lines) -> Self {
        Self { taken: 0, lines, width: 0, place: None, patience: GAP, idle: false, ended: false, others: 0, aside: false }
    }

    /// Perhaps open: the input begins where another one ended that cannot be read any more.
    pub(crate) fn perhaps() -> Self {
        Self { patience: FIRST_GAP, ..Self::opened(Lines::Unknown) }
    }

    /// Whether no opener and no line of a key was seen.
    pub(crate) fn is_guess(self) -> bool {
        self.lines == Lines::Unknown && self.width == 0
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
    pub(super) fn is_whole(&self, word: &Letters) -> bool {
        word.are_mixed
            && match self.width {
                0 if self.lines == Lines::Unknown => WIDTHS.contains(&word.count),
                0 => word.count >= FIRST_WORD && (word.count.is_multiple_of(4) || WIDTHS.contains(&word.count)),
                width => word.count == width || word.count > width && WIDTHS.contains(&word.count),
            }
    }

    /// Whether a word is the last line of the key: shorter, and where the others stood, or such that it can hardly be of others.
    pub(super) fn is_last(&self, word: &Letters, place: Place) -> bool {
        let is_shorter = word.count < self.width || self.width == 0 && self.patience == GAP;
        if self.ended || !is_shorter || !word.are_mixed || !word.count.is_multiple_of(4) || self.place.is_none() {
            return false;
        }
        let is_next = self.patience == GAP && word.count >= LAST && place.is_apart();
        self.place == Some(place) || word.are_padded && word.count >= PADDED || is_next
    }

    /// Notes the end of a line. Whether the key may go on: not behind too many lines of others.
    pub(super) fn waits(&mut self) -> bool {
        let left = self.patience.checked_sub(u8::from(std::mem::take(&mut self.idle)));
        self.patience = left.unwrap_or(0);
        left.is_some()
    }

    /// Notes a line that is not like those before, whether words of the key were `found` in it, and what it says of
    /// other blocks: how many begin in it, and whether it ends inside one. Whether the key may go on.
    pub(super) fn passes(&mut self, found: bool, others: usize, inside: Option<bool>) -> bool {
        self.idle = !found;
        self.others += others;
        // Where no opener and no line of a key was seen, it is not known that there is one.
        if self.others > if self.is_guess() { 0 } else { OTHERS } {
            return false;
        }
        if let Some(inside) = inside {
            // The last line was that of the other block.
            self.ended &= !self.aside || inside;
            self.aside = inside;
        }
        if self.lines != Lines::Unknown {
            self.lines = Lines::Words;
        }
        true
    }

    /// Notes a line of the key.
    pub(super) fn takes(&mut self, line: &[u8], body: &Range<usize>) {
        let text = Letters::of(line.get(body.clone()).unwrap_or_default());
        (self.patience, self.idle) = (GAP, false);
        if !text.are_base64 {
            // A header: the body behind it has an end of its own.
            self.ended = false;
            return;
        }
        // A word of another line may be none of the key: only what programs write is a width then.
        let is_line = !matches!(self.lines, Lines::Words | Lines::Unknown) && text.count >= FIRST_LINE;
        // Nor is that of another block the width of the key.
        if !self.aside && text.count > self.width && (is_line || WIDTHS.contains(&text.count)) {
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

/// Whether a part of a string is of a key: its alphabet, escapes of line ends or of its signs, or a header.
pub(super) fn is_key_text(text: &[u8]) -> bool {
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
pub(super) fn before_line_escapes(text: &[u8]) -> usize {
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
pub(super) fn json_string(line: &[u8], mut fits: impl FnMut(u64, &Range<usize>) -> bool) -> Option<(u64, Range<usize>)> {
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

/// Whether signs of padding stand at the end only, or alone before the checksum of an armour (RFC 9580, section 6.1).
fn is_padded(text: &[u8]) -> bool {
    let letters = text.iter().rev().skip_while(|byte| **byte == b'=');
    letters.clone().all(|byte| *byte != b'=') || text.len() == 5 && text.first() == Some(&b'=')
}

/// Whether a word of a text is a line of the key.
pub(super) fn has_lines(text: &[u8], state: &PemState) -> bool {
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
pub(super) fn next_word(text: &[u8], from: usize) -> Option<Range<usize>> {
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
    pub(super) fn body(&self, line: &[u8]) -> Option<Range<usize>> {
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
