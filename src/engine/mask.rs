//! Spans to output: the replacement of each, valid in the format of its record.
//!
//! Last step of a scan, and with the stream the only maker of clean bytes. Stretches
//! outside spans are copied as they are. A masked JSON number stays valid JSON, a masked
//! JSON key stays a different key from its neighbours, and our labels hide how long a
//! value was. Never emits more of a value than the mask allows.

use super::Engine;
use super::catalog::{GENERALISE, Kind, KindId, Partial, id, step};
use super::generalise;
use super::resolve::Span;
use super::tally::Tally;
use super::verify::{HIDDEN, Hit, Source};
use std::fmt;
use std::io::Write as _;
use std::str::FromStr;

/// How a finding is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mask {
    /// Keeps the characters the kind allows, stars for the rest.
    Partial,
    /// Says less: the year of a date, the network of an address. Kinds that have no coarser form, and
    /// values that cannot be read, get their label.
    Generalise,
    /// A keyed token, the same for the same value: `[EMAIL:k1:…]`. Needs a key.
    Token,
    /// The kind in brackets: `[EMAIL]`.
    Label,
    /// Nothing.
    DropValue,
    /// The whole record goes: `[WITHHELD:policy]`.
    DropRecord,
}

impl Mask {
    /// Every mask, loosest first.
    pub const ALL: [Self; 6] = [Self::Partial, Self::Generalise, Self::Token, Self::Label, Self::DropValue, Self::DropRecord];

    /// Name in options and policies.
    pub fn name(self) -> &'static str {
        match self {
            Self::Partial => "partial",
            Self::Generalise => "generalise",
            Self::Token => "token",
            Self::Label => "label",
            Self::DropValue => "drop_value",
            Self::DropRecord => "drop_record",
        }
    }

    /// The loosest mask that is as strict as both. `generalise` and `token` hide different things and
    /// cannot be compared: of the two it is `label`.
    #[must_use]
    pub fn strictest(self, other: Self) -> Self {
        match (self, other) {
            (Self::Generalise, Self::Token) | (Self::Token, Self::Generalise) => Self::Label,
            _ if self as u8 >= other as u8 => self,
            _ => other,
        }
    }

    /// Whether it hides at least what `other` hides.
    pub fn is_as_strict_as(self, other: Self) -> bool {
        self.strictest(other) == self
    }
}

impl fmt::Display for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Mask {
    type Err = UnknownMask;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|mask| mask.name() == name).ok_or(UnknownMask)
    }
}

/// A mask name that does not exist.
#[derive(Debug, thiserror::Error)]
#[error("not a mask; one of label, token, generalise, partial, drop_value, drop_record is allowed")]
pub struct UnknownMask;

/// What stands for a masked JSON number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonNumbers {
    /// `null`.
    #[default]
    Null,
    /// The replacement as a JSON string.
    String,
    /// `0`.
    Zero,
}

/// What a span is called in output and reports.
#[derive(Clone, Copy)]
pub(crate) struct Name<'a> {
    pub(crate) id: &'a str,
    pub(crate) label: &'a str,
    pub(crate) partial: Option<Partial>,
}

impl<'a> Name<'a> {
    pub(crate) fn of(kind: &'static Kind) -> Self {
        Self { id: kind.id, label: kind.label, partial: kind.partial }
    }
}

/// Where masked output goes, with the memory that writing it needs.
#[derive(Default)]
pub(crate) struct Output {
    pub(crate) bytes: Vec<u8>,
    /// What a value became, before it is decided how it is written.
    special: Vec<u8>,
    /// How often each kind, and each text of it, masked a key since the last line that is not indented.
    keys: Vec<(KindId, u64, usize)>,
    /// From where on lines were not looked at for that.
    keys_from: usize,
    /// If wanted, what stands for what: the ends of a replacement, and of the bytes it replaced.
    moves: Option<Vec<[usize; 4]>>,
    /// Up to where the quotes of the record that starts at `.0` were counted, and whether a string is open there.
    quotes: (usize, usize, bool),
    /// Whether that record begins and ends as JSON does.
    bracketed: bool,
}

impl Output {
    /// Empties it, for output that is looked at and not written.
    pub(crate) fn begin_trial(&mut self) {
        self.bytes.clear();
        self.keys.clear();
        self.moves.get_or_insert_default().clear();
    }

    /// The finding in the input that covers a finding in what was written.
    pub(crate) fn source(&self, hit: &Hit) -> Hit {
        let moves = self.moves.as_deref().unwrap_or_default();
        let place = |at: usize, first: bool| {
            let next = moves.partition_point(|[start, ..]| *start <= at);
            match next.checked_sub(1).and_then(|last| moves.get(last)) {
                Some([_, end, from, to]) if at < *end => {
                    if first {
                        *from
                    } else {
                        *to
                    }
                }
                Some([_, end, _, to]) => to + (at - end) + usize::from(!first),
                None => at + usize::from(!first),
            }
        };
        let (start, last) = (hit.start as usize, (hit.end as usize).saturating_sub(1));
        Hit { start: place(start, true) as u32, end: place(last, false) as u32, ..*hit }
    }

    /// Lines that are copied as they are: they may end the object whose keys are numbered.
    pub(crate) fn pass(&mut self, hay: &[u8], from: usize) {
        if !self.keys.is_empty() {
            self.keys_from = from;
            self.end_of_keys(hay);
        }
    }

    /// Whether keys were masked in an object that may go on.
    pub(crate) fn numbers_keys(&self) -> bool {
        !self.keys.is_empty()
    }

    /// Forgets what belongs to one stream.
    pub(crate) fn begin_stream(&mut self) {
        self.keys.clear();
        self.keys_from = 0;
    }

    /// A record that nothing is known of.
    pub(crate) fn withheld(&mut self) {
        self.keys.clear();
    }

    fn end_of_keys(&mut self, hay: &[u8]) {
        let text = hay.get(..hay.len().saturating_sub(1)).unwrap_or_default();
        let last = memchr::memrchr2(b'\n', b'\r', text).map_or(0, |end| end + 1);
        self.forget_keys(hay, last);
    }

    /// Forgets the keys if one of the lines up to the one at `line` is not indented: an object that is
    /// printed over several lines goes on in indented ones.
    fn forget_keys(&mut self, hay: &[u8], line: usize) {
        let begins = |at: usize| at.checked_sub(1).is_none_or(|before| matches!(hay.get(before), Some(b'\n' | b'\r')));
        let mut start = line;
        while start >= self.keys_from {
            if begins(start) && !matches!(hay.get(start), None | Some(b' ' | b'\t' | b'\n' | b'\r')) {
                self.keys.clear();
                break;
            }
            if start == self.keys_from {
                break;
            }
            let before = hay.get(self.keys_from..start - 1).unwrap_or_default();
            start = self.keys_from + memchr::memrchr2(b'\n', b'\r', before).map_or(0, |end| end + 1);
        }
        self.keys_from = self.keys_from.max(line + 1);
    }
}

/// Masked text in the forms of the runs it was found in.
#[derive(Default)]
pub(crate) struct Rewritten {
    bytes: Vec<u8>,
    /// Where each ends, and whether it holds a token.
    ends: Vec<(usize, bool)>,
}

impl Rewritten {
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    /// Adds what `write` appends and returns its index, if there is room for one more.
    pub(crate) fn add(&mut self, tokens: bool, write: impl FnOnce(&mut Vec<u8>)) -> Option<u16> {
        let index = u16::try_from(self.ends.len()).ok().filter(|index| *index != HIDDEN)?;
        write(&mut self.bytes);
        self.ends.push((self.bytes.len(), tokens));
        Some(index)
    }

    fn get(&self, index: u16) -> Option<(&[u8], bool)> {
        let index = usize::from(index);
        let start = index.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).map(|(end, _)| *end))?;
        let (end, tokens) = *self.ends.get(index)?;
        Some((self.bytes.get(start..end)?, tokens))
    }
}

/// Writes `hay` from `from` to its end with `spans` replaced.
pub(crate) fn write(
    engine: &Engine,
    hay: &[u8],
    from: usize,
    spans: &[Span],
    rewritten: &Rewritten,
    output: &mut Output,
    tally: &mut Tally,
) {
    let mut at = from;
    let mut record = Record { start: from, seen: from };
    output.keys_from = from;
    output.quotes = (usize::MAX, 0, false);
    for span in spans {
        let out = &mut output.bytes;
        let start = span.start.max(at);
        if span.end <= at {
            continue;
        }
        out.extend_from_slice(hay.get(at..start).unwrap_or_default());
        at = span.end;
        let name = engine.name(span.kind);
        if span.mask == Mask::DropRecord {
            tally.add(span.kind, span.end - start);
            // Every line of the input is one line of the output.
            let written = memchr::memrchr2(b'\n', b'\r', out).map_or(0, |end| end + 1);
            out.truncate(written);
            out.extend_from_slice(b"[WITHHELD:policy]");
            let rest = hay.get(at..).unwrap_or_default();
            at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            if let Some(moves) = &mut output.moves {
                moves.retain(|[start, ..]| *start < written);
                moves.push([written, out.len(), record.of(hay, start), at]);
            }
            tally.report.dropped += 1;
            continue;
        }
        let value = hay.get(start..span.end).unwrap_or_default();
        let number = may_be_json_number(hay, start, span.end)
            && is_json_number(hay, record.of(hay, start), start, span.end, &mut output.quotes, &mut output.bracketed);
        let signed = number && hay.get(start.wrapping_sub(1)) == Some(&b'-');
        let computed = matches!(span.mask, Mask::Generalise | Mask::Token);
        if computed && special(engine, value, span, (number, signed), &mut output.special) {
            // Coarse already, such as `90+` of which only the number was found.
            let written = hay.get(start..).is_some_and(|rest| rest.starts_with(&output.special)) && output.special.len() >= value.len();
            if written {
                at = start + output.special.len();
            } else {
                tally.add(span.kind, span.end - start);
                tally.report.pseudonymised += u64::from(span.mask == Mask::Token);
            }
            let written = output.bytes.len();
            output.bytes.extend_from_slice(&output.special);
            if is_json_key(hay, start, at) {
                output.forget_keys(hay, record.of(hay, start));
                let text = fingerprint(&output.special);
                number_key(output, span.kind, text, hay.get(at) == Some(&b'#'));
            }
            if let Some(moves) = &mut output.moves {
                moves.push([written, output.bytes.len(), start, at]);
            }
            continue;
        }
        tally.add(span.kind, span.end - start);
        let out = &mut output.bytes;
        if number {
            // A sign is part of the number.
            if signed && out.last() == Some(&b'-') {
                out.pop();
            }
            let written = out.len();
            match engine.settings.json_numbers {
                JsonNumbers::Null => out.extend_from_slice(b"null"),
                JsonNumbers::Zero => out.push(b'0'),
                JsonNumbers::String => {
                    // Inside a string of JSON the quotes are escaped as those of its key are.
                    let slashes = escapes_of_quotes(hay, start);
                    out.extend(std::iter::repeat_n(b'\\', slashes));
                    out.push(b'"');
                    replace(value, span, &name, out);
                    out.extend(std::iter::repeat_n(b'\\', slashes));
                    out.push(b'"');
                }
            }
            if let Some(moves) = &mut output.moves {
                moves.push([written, output.bytes.len(), start, span.end]);
            }
            continue;
        }
        let written = out.len();
        if let Source::Hidden(index) = span.source
            && start == span.start
            && let Some((text, tokens)) = rewritten.get(index)
            && !is_json_key(hay, start, span.end)
        {
            out.extend_from_slice(text);
            tally.report.pseudonymised += u64::from(tokens);
            if let Some(moves) = &mut output.moves {
                moves.push([written, output.bytes.len(), start, span.end]);
            }
            continue;
        }
        replace(value, span, &name, out);
        if is_json_key(hay, start, span.end) {
            output.forget_keys(hay, record.of(hay, start));
            number_key(output, span.kind, 0, false);
        }
        if let Some(moves) = &mut output.moves {
            moves.push([written, output.bytes.len(), start, span.end]);
        }
    }
    output.bytes.extend_from_slice(hay.get(at..).unwrap_or_default());
    if !output.keys.is_empty() {
        output.end_of_keys(hay);
    }
}

/// Writes the coarse form or the token of a value to `text`, if it has one that may stand where it stands.
fn special(engine: &Engine, value: &[u8], span: &Span, (number, signed): (bool, bool), text: &mut Vec<u8>) -> bool {
    text.clear();
    let settings = &engine.settings;
    let written = match (span.mask, &settings.tokens) {
        (Mask::Generalise, _) => {
            let family = GENERALISE.get(usize::from(span.kind.0)).copied().flatten();
            family.is_some_and(|family| generalise::write(family, value, settings.as_of, text))
        }
        (_, Some(tokens)) => tokens.write(span.kind, engine.name(span.kind).label, value, text),
        (_, None) => false,
    };
    if !written || !number || is_number(text) {
        return written;
    }
    // `90+` is no number; as text it is worth more than a label.
    if settings.json_numbers == JsonNumbers::String && !signed {
        text.insert(0, b'"');
        text.push(b'"');
        return true;
    }
    false
}

/// Whether text is a JSON number (RFC 8259, 6) without an exponent.
fn is_number(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let mut parts = text.split(|byte| *byte == b'.');
    let digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let whole = parts.next().is_some_and(|part| digits(part) && (part.len() == 1 || part.first() != Some(&b'0')));
    whole && parts.next().is_none_or(digits) && parts.next().is_none()
}

/// Tells replacements apart; they are no secrets.
fn fingerprint(text: &[u8]) -> u64 {
    text.iter().fold(1, |hash, byte| step(hash, *byte))
}

/// Where the current record starts: looked for when asked, and each byte once.
struct Record {
    start: usize,
    seen: usize,
}

impl Record {
    /// Start of the record that holds `at`; offsets asked for do not fall.
    fn of(&mut self, hay: &[u8], at: usize) -> usize {
        let new = hay.get(self.seen..at).unwrap_or_default();
        if let Some(end) = memchr::memrchr2(b'\n', b'\r', new) {
            self.start = self.seen + end + 1;
        }
        self.seen = self.seen.max(at);
        self.start
    }
}

/// How many backslashes stand before the quotes around a number, as before the quote of its key or of the text
/// before it.
fn escapes_of_quotes(hay: &[u8], start: usize) -> usize {
    const REACH: usize = 256;
    let before = hay.get(start.saturating_sub(REACH)..start).unwrap_or_default();
    let Some(quote) = before.iter().rposition(|byte| matches!(byte, b'"' | b'\n')).filter(|at| before.get(*at) == Some(&b'"')) else {
        return 0;
    };
    before.get(..quote).unwrap_or_default().iter().rev().take_while(|byte| **byte == b'\\').count()
}

/// What rules a JSON number out at once: the byte before it, and its first one.
fn may_be_json_number(hay: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).and_then(|at| hay.get(at)).copied().unwrap_or(b'\n');
    matches!(before, b' ' | b':' | b',' | b'[' | b'-' | b'\t' | b'\n' | b'\r')
        && matches!(hay.get(start), Some(b'0'..=b'9' | b'-'))
        && matches!(hay.get(end), None | Some(b',' | b'}' | b']' | b'\n' | b'\r' | b' '))
}

/// An object's second key with the same label becomes `[EMAIL]#2`, so that both stay.
///
/// `text` tells replacements of one kind apart; `numbered`: the input has a number there already.
fn number_key(output: &mut Output, kind: KindId, text: u64, numbered: bool) {
    match output.keys.iter_mut().find(|(known, seen, _)| *known == kind && *seen == text) {
        Some((_, _, count)) => {
            *count += 1;
            if !numbered {
                // Writing to memory cannot fail.
                let _ = write!(output.bytes, "#{count}");
            }
        }
        None => output.keys.push((kind, text, 1)),
    }
}

fn replace(value: &[u8], span: &Span, name: &Name<'_>, out: &mut Vec<u8>) {
    match (span.mask, name.partial) {
        (Mask::DropValue | Mask::DropRecord, _) => {}
        (Mask::Partial, Some(keep)) => partial(value, span, keep, out),
        (Mask::Label | Mask::Token | Mask::Generalise | Mask::Partial, _) => out.extend_from_slice(name.label.as_bytes()),
    }
}

/// Letters and digits become stars, but for the first and last few; separators stay. Of what is not ASCII each
/// character becomes one star.
fn partial(value: &[u8], span: &Span, keep: Partial, out: &mut Vec<u8>) {
    if span.kind == id::EMAIL
        && let Some(at) = value.iter().rposition(|byte| *byte == b'@')
    {
        out.extend(value.iter().take(usize::from(keep.first).min(at)).take_while(|byte| byte.is_ascii()));
        out.extend_from_slice(b"***");
        out.extend_from_slice(value.get(at..).unwrap_or_default());
        return;
    }
    let total = value.iter().filter(|byte| counts(**byte)).count();
    // A value too short to hide anything is hidden whole.
    let (first, last) = (usize::from(keep.first), usize::from(keep.last));
    let shown = if total >= first + last + 4 { (first, last) } else { (0, 0) };
    let mut seen = 0;
    for byte in value {
        if counts(*byte) {
            seen += 1;
            let kept = byte.is_ascii() && (seen <= shown.0 || seen > total - shown.1);
            out.push(if kept { *byte } else { b'*' });
        } else if byte.is_ascii() {
            out.push(*byte);
        }
    }
}

/// Stars count, so that masking a masked value changes nothing.
fn counts(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'*' || byte >= 0xc0
}

/// Whether the span is a whole JSON number: the value of a quoted key, or an element of a list
/// in a record that begins and ends as JSON does.
fn is_json_number(
    hay: &[u8],
    record: usize,
    mut start: usize,
    end: usize,
    quotes: &mut (usize, usize, bool),
    bracketed: &mut bool,
) -> bool {
    if hay.get(start.wrapping_sub(1)) == Some(&b'-') {
        start -= 1;
    }
    let value = hay.get(start..end).unwrap_or_default();
    let numeric = value.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-')
        && value.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E'));
    if !numeric {
        return false;
    }
    // Only a separator of JSON right before it makes a number one.
    let before = hay.get(record.max(start.saturating_sub(64))..start).unwrap_or_default().trim_ascii_end();
    let next = hay.get(end..).unwrap_or_default().iter().find(|byte| **byte != b' ');
    if !matches!(next, None | Some(b',' | b'}' | b']' | b'\n' | b'\r')) {
        return false;
    }
    let indent = hay.get(record..start).unwrap_or_default();
    if !indent.is_empty() && indent.trim_ascii().is_empty() {
        // An element of a list that is printed over several lines.
        return true;
    }
    match before.last() {
        Some(b':') => before.get(..before.len() - 1).unwrap_or_default().trim_ascii_end().last() == Some(&b'"'),
        Some(b',' | b'[') => {
            if quotes.0 != record {
                *quotes = (record, record, false);
                let rest = hay.get(record..).unwrap_or_default();
                let line = rest.get(..memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())).unwrap_or_default().trim_ascii();
                *bracketed = matches!(line, [b'{', .., b'}'] | [b'[', .., b']']);
            }
            *bracketed && !inside_string(hay, record, start, quotes) || in_named_list(hay, record, start)
        }
        _ => false,
    }
}

/// Whether the number at `start` is in a list of numbers and nothing else, which a quoted key names, in whatever line.
fn in_named_list(hay: &[u8], record: usize, start: usize) -> bool {
    const LIST: usize = 1024;
    let before = hay.get(record.max(start.saturating_sub(LIST))..start).unwrap_or_default();
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b',' | b'.' | b'-' | b'+');
    let list = before.iter().rposition(|byte| !inside(byte)).and_then(|open| before.get(..=open)).unwrap_or_default();
    let lists = list.iter().rev().take_while(|byte| matches!(byte, b'[' | b' ')).count();
    let key = list.get(..list.len() - lists).filter(|_| list.ends_with(b"["));
    key.and_then(|key| key.trim_ascii_end().strip_suffix(b":")).is_some_and(|key| key.trim_ascii_end().ends_with(b"\""))
}

/// Whether `at` lies inside a JSON string; counts on from where it was asked last.
fn inside_string(hay: &[u8], record: usize, at: usize, quotes: &mut (usize, usize, bool)) -> bool {
    let (_, mut from, mut open) = *quotes;
    while let Some(next) = memchr::memchr2(b'"', b'\\', hay.get(from..at).unwrap_or_default()) {
        let escape = hay.get(from + next) == Some(&b'\\');
        open ^= !escape;
        from += next + 1 + usize::from(escape);
    }
    *quotes = (record, from.max(at), open);
    open
}

/// Most bytes of a JSON key behind the masked part of it.
const KEY_REST: usize = 256;

/// Whether the span lies in a JSON key: a quote and a colon follow.
fn is_json_key(hay: &[u8], start: usize, end: usize) -> bool {
    // Nearly every value ends at something else; no key begins where a line does, its quote is before it.
    let begins = start.checked_sub(1).is_none_or(|before| matches!(hay.get(before), Some(b'\n' | b'\r')));
    if begins || matches!(hay.get(end), None | Some(b' ' | b',' | b'\n' | b'}')) {
        return false;
    }
    let mut rest = hay
        .get(end..hay.len().min(end + KEY_REST))
        .unwrap_or_default()
        .iter()
        .skip_while(|byte| !matches!(byte, b'"' | b'\n' | b',' | b'{' | b'}' | b' '));
    rest.next() == Some(&b'"') && rest.find(|byte| **byte != b' ') == Some(&b':')
}

/// Declares a masked value clean.
pub(crate) fn cleaned(bytes: std::borrow::Cow<'_, [u8]>) -> crate::record::Cleaned<'_> {
    crate::record::Cleaned::assume_scrubbed(bytes)
}
