//! National identifiers, found by their names: `"nhs_number": "943 476 5919"`, `NINO AB 12 34 56 C`.
//!
//! Only while a pack is on. A candidate is a separator, or what may be a value in prose; the name is read
//! back from there. A small bitset over its last four bytes drops nearly every word, then the name is
//! normalised and looked up. What a name says is as in `keyed`, but several kinds may share one: the first
//! whose check passes takes the value. After a name in prose, with no separator, only a value that passes
//! its check is taken.
#![expect(clippy::indexing_slicing, reason = "a table of 256 entries, indexed by a byte")]

use super::labels::is_placeholder;
use super::scan::{Hit, Scan, Source, on_field};
use super::sql;
use super::value;
use crate::engine::candidates::national::{AHEAD, may_start_here};
use crate::engine::catalog::{Extent, KEYS, KindId, PACK_ENDS, PACK_NAMES, PACK_STARTS, PackName};
use crate::engine::settings::Settings;

/// Longest value looked at, in bytes: more is no identifier.
const LONG: usize = 96;
/// Longest name in its normal form, in bytes.
const NAME: usize = 64;
/// Most bytes between a name and its separator.
const CLOSERS: usize = 6;
/// Segments at the end of a name that are looked at.
const SEGMENTS: usize = 5;
/// Most elements of a list that one name stands before.
const ELEMENTS: usize = 256;
/// Most places where a value may end.
const ENDS: usize = 16;
/// Digits at the end of a name that number it: `cpf_2`.
const NUMBERED: usize = 4;
/// Bytes before a value in which a name counts as near.
const NEAR: usize = 48;
/// Most names near a value that are remembered.
const NAMES_NEAR: usize = 8;
/// A colon of full width, as Chinese text has it.
const WIDE_COLON: &[u8] = "：".as_bytes();
/// Most words, and one more, between a name and its value in prose.
const FILLED: usize = 5;
/// Words between a name and its value in prose.
const FILLERS: [&[u8]; 14] =
    [b"number", b"no", b"nr", b"num", b"nummer", b"numero", b"numer", b"cislo", b"code", b"id", b"is", b"was", b"card", b"of"];

/// The name behind the keys of the catalogue at that index of a finding's source.
pub(crate) fn name(at: u16) -> &'static str {
    usize::from(at).checked_sub(KEYS.len()).and_then(|at| PACK_NAMES.get(at)).map_or("", |known| known.name)
}

/// Looks at the whole of a field's value; `field` is its name.
pub(crate) fn whole(scan: &mut Scan<'_>, field: &[u8]) {
    let end = scan.hay.len();
    if let Some(named) = named(field, field.len(), scan.settings) {
        Search { scan }.judge(&named, 0, end, true);
    }
}

/// The names of national identifiers that `name` ends in, as an index.
pub(crate) fn column_of(name: &[u8], settings: &Settings) -> Option<u16> {
    named(name, name.len(), settings).map(|named| named.index)
}

/// Adds what the field from `start` to `end` is under the name of that index.
pub(crate) fn column_value(hay: &[u8], index: u16, start: usize, end: usize, settings: &Settings, hits: &mut Vec<Hit>) {
    let Some(known) = PACK_NAMES.get(usize::from(index)) else { return };
    let named = Named { index, start, kinds: known.kinds };
    // The field is all there is.
    let field = hay.get(..end).unwrap_or_default();
    on_field(field, settings, hits, |scan| Search { scan }.judge(&named, start, end, true));
}

/// Looks one past a `=` or `:`.
pub(super) fn separator(scan: &mut Scan<'_>, at: usize) {
    if !scan.settings.packs || !matches!(scan.before(at), b'=' | b':') {
        return;
    }
    let mut mark = at - 1;
    let sign = scan.byte(mark);
    if sign == b'=' && scan.before(mark) == b':' {
        mark -= 1;
    }
    if sign == b'=' && scan.before(mark) == b')' && scan.byte(at) == b'(' {
        return Search { scan }.columns(mark, at);
    }
    let end = before_closers(scan, mark);
    Search { scan }.word_end(end);
}

/// Looks at the first letter of a flag: `--patient-nhs-number VALUE`.
pub(super) fn flag(scan: &mut Scan<'_>, at: usize) {
    if !scan.slice(0, at).ends_with(b"--") {
        return;
    }
    let rest = scan.slice(at, scan.hay.len().min(at + NAME));
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')).count();
    if scan.byte(at + length) == b' ' {
        Search { scan }.word_end(at + length);
    }
}

/// Looks for a name before what may be a value in prose, which starts six bytes back.
pub(super) fn prose(scan: &mut Scan<'_>, at: usize) {
    if let Some(start) = at.checked_sub(AHEAD).filter(|_| scan.settings.packs) {
        Search { scan }.before_value(start);
    }
}

/// Unambiguous names near before a value, as the kinds that they name.
#[derive(Default)]
pub(super) struct Near {
    names: [Option<&'static PackName>; NAMES_NEAR],
}

impl Near {
    /// Reads back from `start`, within the record, as far as the next value that is masked already: what
    /// was masked may have been longer, and the distance to what stands before it with it.
    pub(super) fn read(scan: &mut Scan<'_>, start: usize) -> Self {
        let mut near = Self::default();
        let mut slots = near.names.iter_mut();
        let search = Search { scan };
        let mut at = start;
        while at > 0 && start - at < NEAR {
            let (own, previous) = (search.scan.byte(at), search.scan.before(at));
            let masked = previous == b']' && search.ends_label(at) || own == b'n' && search.scan.slice(at, at + 4) == b"null";
            if masked || matches!(previous, b'\n' | b'\r') {
                break;
            }
            if is_letter(previous)
                && !is_letter(own)
                && own != b'_'
                && may_end_a_name(search.scan.hay, at)
                && let Some(named) = named(search.scan.hay, at, search.scan.settings)
                && let Some(slot) = slots.next()
            {
                *slot = PACK_NAMES.get(usize::from(named.index));
            }
            at -= 1;
        }
        near
    }

    /// Whether one of the names stands for `kind` and nothing else.
    pub(super) fn names(&self, kind: KindId) -> bool {
        self.names.iter().flatten().any(|known| known.kinds.contains(&(kind, false)))
    }
}

/// Where a name ends before a separator at `mark`.
fn before_closers(scan: &Scan<'_>, mark: usize) -> usize {
    let mut end = mark;
    while mark - end < CLOSERS && is_closer(scan.before(end)) {
        end -= 1;
    }
    end
}

/// What may stand between a name and its separator.
fn is_closer(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`' | b' ' | b'\\' | b')' | b']' | b'*')
}

/// Five bits of a byte: letters and digits by their low bits, as all bytes that are not ASCII; others 0.
const FOLD: [u32; 256] = {
    let mut fold = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        if byte >= 0x80 || (byte as u8).is_ascii_alphanumeric() {
            fold[byte] = byte as u32 & 31;
        }
        byte += 1;
    }
    fold
};

/// Whether the word that ends before `at` may be one of the names, by its last four bytes.
#[inline]
fn may_end_a_name(hay: &[u8], at: usize) -> bool {
    let bytes = match at.checked_sub(4).and_then(|from| hay.get(from..)).and_then(|tail| tail.first_chunk::<4>()) {
        Some(bytes) => *bytes,
        None => {
            let byte = |back: usize| at.checked_sub(back).and_then(|at| hay.get(at)).copied().unwrap_or(b'\n');
            [byte(4), byte(3), byte(2), byte(1)]
        }
    };
    let [fourth, third, second, last] = bytes;
    let fold = |byte: u8| FOLD[usize::from(byte)];
    let code = fold(last) | fold(second) << 5 | fold(third) << 10 | fold(fourth) << 15;
    let bit = code.wrapping_mul(0x9E37_79B1) >> 16;
    let known = PACK_ENDS.get((bit >> 6) as usize).is_some_and(|bits| bits >> (bit & 63) & 1 == 1);
    // A capital may start a short segment (`patientNhs`).
    let camel = |lower: u8, upper: u8| lower.is_ascii_lowercase() && upper.is_ascii_uppercase();
    // The letter of an escape (`\nsin`) is not part of a name.
    let escape = || fourth == b'\\' || at.checked_sub(5).and_then(|from| hay.get(from)) == Some(&b'\\');
    known || camel(third, second) || camel(fourth, third) || escape()
}

/// Letters and digits, and every byte of those that are not ASCII.
fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// A name before a value.
struct Named {
    index: u16,
    start: usize,
    kinds: &'static [(KindId, bool)],
}

/// A name in its normal form, filled from its end: lower case, one `_` between segments.
struct Form {
    text: [u8; NAME],
    from: usize,
}

impl Form {
    fn text(&self) -> &[u8] {
        self.text.get(self.from..).unwrap_or_default()
    }

    fn push(&mut self, byte: u8) {
        self.from = self.from.saturating_sub(1);
        if let Some(slot) = self.text.get_mut(self.from) {
            *slot = byte.to_ascii_lowercase();
        }
    }

    fn separate(&mut self) {
        if self.text().first() != Some(&b'_') {
            self.push(b'_');
        }
    }
}

/// The longest name that ends before `end` and has a kind that is on.
fn named(hay: &[u8], end: usize, settings: &Settings) -> Option<Named> {
    let byte = |at: usize| hay.get(at).copied().unwrap_or(b'\n');
    let before = |at: usize, back: usize| at.checked_sub(back).map_or(b'\n', byte);
    let mut form = Form { text: [0; NAME], from: NAME };
    let (mut best, mut segments) = (None, 0);
    for at in (end.saturating_sub(NAME - 1)..end).rev() {
        let (own, previous) = (byte(at), before(at, 1));
        // A blank joins two words; the letter of an escape (`\n`) is not part of a name.
        let joins = matches!(own, b'_' | b'-' | b'.') || own == b' ' && is_letter(previous);
        if previous == b'\\' || form.from < 2 || !(joins || is_letter(own)) {
            break;
        }
        if joins {
            form.separate();
            continue;
        }
        form.push(own);
        // In camelCase a capital starts a segment: `patientNhsNumber`, `NHSNumber`.
        let camel = own.is_ascii_uppercase()
            && (previous.is_ascii_lowercase()
                || previous.is_ascii_digit()
                || previous.is_ascii_uppercase() && at + 1 < end && byte(at + 1).is_ascii_lowercase());
        // Scripts without blanks show no start of a word.
        if camel || own >= 0xc0 || !is_letter(previous) || before(at, 2) == b'\\' {
            best = lookup(form.text(), at, settings).or(best);
            segments += usize::from(own < 0x80);
            if segments == SEGMENTS {
                break;
            }
        }
        if camel {
            form.separate();
        }
    }
    best
}

fn lookup(name: &[u8], start: usize, settings: &Settings) -> Option<Named> {
    let byte = |at: usize| name.get(at).copied().map_or(0, u32::from);
    let code = byte(0) | byte(1) << 8 | byte(2) << 16 | (name.len() as u32) << 24;
    let bit = code.wrapping_mul(0x9E37_79B1) >> 20;
    if PACK_STARTS.get((bit >> 6) as usize).is_none_or(|bits| bits >> (bit & 63) & 1 == 0) {
        return None;
    }
    let index = PACK_NAMES.binary_search_by(|known| known.name.as_bytes().cmp(name)).ok()?;
    let known: &PackName = PACK_NAMES.get(index)?;
    let on = known.kinds.iter().any(|(kind, _)| settings.is_on(*kind));
    on.then_some(Named { index: index as u16, start, kinds: known.kinds })
}

struct Search<'s, 'a> {
    scan: &'s mut Scan<'a>,
}

impl Search<'_, '_> {
    fn byte(&self, at: usize) -> u8 {
        self.scan.byte(at)
    }

    fn before(&self, at: usize) -> u8 {
        self.scan.before(at)
    }

    fn slice(&self, start: usize, end: usize) -> &[u8] {
        self.scan.slice(start, end)
    }

    fn len(&self) -> usize {
        self.scan.hay.len()
    }

    fn blanks(&self, at: usize, most: usize) -> usize {
        self.slice(at, self.len().min(at + most)).iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
    }

    /// Looks at a name that ends before `end`, with a separator behind it.
    fn word_end(mut self, end: usize) {
        if !is_letter(self.before(end)) {
            return;
        }
        let Some(named) = self.known(end).or_else(|| self.numbered(end)) else { return };
        if self.byte(end) == b']' && self.ends_label(end + 1) {
            return;
        }
        if let Some((at, spaced)) = self.separator(&named, end) {
            self.after_separator(&named, at, spaced);
        }
    }

    /// The name that ends before `end`.
    fn known(&self, end: usize) -> Option<Named> {
        may_end_a_name(self.scan.hay, end).then(|| named(self.scan.hay, end, self.scan.settings)).flatten()
    }

    /// The name before the number of its column: `cpf_2`. It has to be unambiguous.
    fn numbered(&self, end: usize) -> Option<Named> {
        if !self.before(end).is_ascii_digit() {
            return None;
        }
        let digits = self.slice(end.saturating_sub(NUMBERED), end).iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let word = end - digits - usize::from(matches!(self.before(end - digits), b'_' | b'-'));
        let own = is_letter(self.before(word)) && !self.before(word).is_ascii_digit();
        let named = own.then(|| self.known(word)).flatten()?;
        named.kinds.iter().any(|(kind, needs_check)| !needs_check && self.scan.settings.is_on(*kind)).then_some(named)
    }

    /// Looks for a name before a value that starts at `start`, with nothing but blanks and small words between.
    fn before_value(mut self, start: usize) {
        let mut end = start;
        let near = self.before(start);
        if !(matches!(near, b' ' | b'\t' | b'#' | b'.' | b'(' | b':') || near >= 0x80 || is_quote(near)) {
            return;
        }
        let quote = usize::from(is_quote(self.before(start)));
        if self.before(start - quote) == 0x9a && self.slice(0, start - quote).ends_with(WIDE_COLON) {
            if !may_start_here(self.scan.hay, start) {
                return;
            }
            let end = before_closers(self.scan, start - quote - WIDE_COLON.len());
            return self.word_end(end);
        }
        for _ in 0..FILLED {
            let floor = end.saturating_sub(7);
            while end > floor && matches!(self.before(end), b' ' | b'\t' | b'#' | b'.' | b'(' | b':' | b'=') {
                end -= 1;
            }
            if !is_letter(self.before(end)) || end == start && self.before(end) < 0x80 {
                return;
            }
            if let Some(named) = self.known(end)
                && self.value_in_prose(end) == Some(start)
                && self.separator(&named, end).is_none()
            {
                return self.in_prose(&named, start);
            }
            let before = self.slice(end.saturating_sub(8), end);
            let word = before.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
            if !is_filler(self.slice(end - word, end)) || is_letter(self.before(end - word)) {
                return;
            }
            end -= word;
        }
    }

    /// The columns of a database's error detail: `Key (tenant, cpf)=(7, 111.222.333-96) already exists.`
    fn columns(mut self, mark: usize, at: usize) {
        if mark < self.scan.done.columns {
            return;
        }
        let hay = self.scan.hay;
        let end = sql::columns(hay, mark, at, &mut |column, start, end| {
            let column = column.trim_ascii();
            if may_end_a_name(column, column.len())
                && let Some(named) = named(column, column.len(), self.scan.settings)
            {
                self.judge(&named, start, end, true);
            }
        });
        self.scan.done.columns = end.unwrap_or(self.scan.done.columns);
    }

    /// Whether a label of ours ends before `end`: `[NO_FODSELSNUMMER]` is the name of nothing.
    fn ends_label(&self, end: usize) -> bool {
        let text = self.slice(end.saturating_sub(NAME), end);
        text.iter()
            .rposition(|byte| *byte == b'[')
            .is_some_and(|open| text.get(open..).is_some_and(|text| is_placeholder(self.scan.settings, text)))
    }

    /// Where the value after a name's separator may begin, and whether blanks may stand before it.
    fn separator(&self, named: &Named, end: usize) -> Option<(usize, bool)> {
        let at = end + self.slice(end, self.len().min(end + CLOSERS)).iter().take_while(|byte| is_closer(**byte)).count();
        let (next, previous) = (self.byte(at + 1), self.before(at));
        match self.byte(at) {
            b'=' if next == b'>' => Some((at + 2, true)),
            b'=' if next != b'=' => Some((at + 1, previous == b' ')),
            b':' if next == b'=' => Some((at + 2, true)),
            b':' if next != b':' && self.slice(at + 1, at + 3) != b"//" => Some((at + 1, true)),
            _ if self.slice(at, at + WIDE_COLON.len()) == WIDE_COLON => Some((at + WIDE_COLON.len(), true)),
            _ => (self.byte(end) == b' ' && self.in_flag(named.start)).then_some((end, true)),
        }
    }

    /// Whether the word around `at` is a flag: `--patient-nhs-number`.
    fn in_flag(&self, at: usize) -> bool {
        let before = self.slice(at.saturating_sub(NAME), at);
        let own = before.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')).count();
        // Not behind a bracket: a label may stand where something else joined the dashes to its word.
        let apart = matches!(self.before(at - own), b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b',' | b'(');
        apart && before.get(before.len() - own..).is_some_and(|word| word.starts_with(b"--"))
    }

    /// Looks at the value, or the list of values, behind a separator.
    fn after_separator(&mut self, named: &Named, at: usize, spaced: bool) {
        let first = at + if spaced { self.blanks(at, 8) } else { 0 };
        if self.byte(first) == b'[' {
            return self.list(named, first);
        }
        if let Some((start, end)) = self.value(named, at, spaced) {
            self.judge(named, start, end, start > at && is_quote(self.before(start)));
        }
    }

    /// `"cpfs": ["…", "…"]`: the name stands for every element.
    fn list(&mut self, named: &Named, open: usize) {
        if open < self.scan.done.listed {
            return;
        }
        let close = self.slice(open, self.len().min(open + NAME)).iter().position(|byte| *byte == b']');
        if close.is_some_and(|length| is_placeholder(self.scan.settings, self.slice(open, open + length + 1))) {
            return;
        }
        let mut at = open + 1;
        for _ in 0..ELEMENTS {
            while matches!(self.byte(at), b' ' | b',') {
                at += 1;
            }
            if matches!(self.byte(at), b']' | b'[' | b'{' | b'\n' | b'\r') {
                return;
            }
            self.scan.done.listed = at;
            let Some((start, end)) = self.value(named, at, false) else { return };
            let quoted = start > at && is_quote(self.before(start));
            self.judge(named, start, end, quoted);
            if end >= at + LONG {
                return;
            }
            at = end;
            while quoted && (self.byte(at) == b'\\' || is_quote(self.byte(at))) {
                at += 1;
            }
        }
    }

    /// The value at or after `at`; of one that is longer than any identifier, the start.
    fn value(&self, named: &Named, at: usize, spaced: bool) -> Option<(usize, usize)> {
        let (kind, _) = named.kinds.iter().find(|(kind, _)| self.scan.settings.is_on(*kind))?;
        let extent = kind.builtin().map_or(Extent::Token, |kind| kind.extent);
        let window = self.slice(0, self.len().min(at + LONG));
        value::read(window, at, extent, spaced, &mut value::Stops::default()).map(|value| (value.start, value.end))
    }

    /// Decides on one value, and accepts it.
    fn judge(&mut self, named: &Named, start: usize, end: usize, quoted: bool) {
        let text = self.slice(start, end);
        if text.is_empty() || is_placeholder(self.scan.settings, text) {
            return;
        }
        let reach = if quoted { end } else { self.len() };
        let best = self.best(named, start, reach);
        let whole = best.is_some_and(|(_, best)| best == end);
        // Any other value of an unambiguous name is still one: mistyped, or of a form not known here.
        let strong = named.kinds.iter().find(|(kind, needs_check)| !needs_check && self.scan.settings.is_on(*kind));
        let plausible = (4..LONG - 8).contains(&text.len())
            && text.iter().any(u8::is_ascii_digit)
            && !text.starts_with(b"--")
            && if quoted { text.iter().copied().all(is_written) } else { !self.label_follows(end) };
        match (best, strong) {
            (Some((kind, best)), _) if whole || !quoted => self.accept(named, kind, start, best),
            (_, Some((kind, _))) if plausible => self.accept(named, *kind, start, end),
            (Some((kind, best)), _) => self.accept(named, kind, start, best),
            _ => self.refuse(named, start, end),
        }
    }

    /// Whether a label of ours is joined to what ends before `end`: the value was longer when it was put there.
    fn label_follows(&self, end: usize) -> bool {
        let rest = self.slice(end, self.len().min(end + NAME));
        let open = rest.iter().position(|byte| !matches!(byte, b'.' | b':' | b'!' | b'?')).unwrap_or(0);
        let close = rest.iter().position(|byte| *byte == b']').unwrap_or(0);
        rest.get(open..=close).is_some_and(|label| label.first() == Some(&b'[') && is_placeholder(self.scan.settings, label))
    }

    /// Where the value in prose after a name that ends before `end` begins.
    fn value_in_prose(&self, end: usize) -> Option<usize> {
        let mut at = end;
        for _ in 0..FILLED - 1 {
            at += self.blanks(at, 3);
            at += usize::from(matches!(self.byte(at), b'#' | b'.' | b'(' | b':' | b'='));
            at += self.blanks(at, 3);
            let rest = self.slice(at, self.len().min(at + 8));
            let word = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
            if !is_filler(self.slice(at, at + word)) || self.byte(at + word).is_ascii_alphanumeric() {
                break;
            }
            at += word;
        }
        (at > end || self.before(end) >= 0x80).then_some(at)
    }

    /// Takes the value at `at` if it passes the check.
    fn in_prose(&mut self, named: &Named, at: usize) {
        if !may_start_here(self.scan.hay, at) {
            return;
        }
        match self.best(named, at, self.len()) {
            Some((kind, end)) => self.accept(named, kind, at, end),
            None if self.byte(at).is_ascii_digit() => {
                let length = self.slice(at, self.len().min(at + LONG)).iter().take_while(|byte| byte.is_ascii_digit()).count();
                self.refuse(named, at, at + length);
            }
            None => {}
        }
    }

    /// The first kind of the name for which a value at `start` passes, and where the longest such value ends.
    fn best(&self, named: &Named, start: usize, reach: usize) -> Option<(KindId, usize)> {
        let mut ends = [0; ENDS];
        let (mut slots, mut at) = (ends.iter_mut(), start);
        while at < reach.min(start + LONG) {
            let byte = self.byte(at);
            if !is_written(byte) {
                break;
            }
            at += 1;
            if (is_letter(byte) || byte == b')') && (at == reach || self.may_end(at)) {
                let Some(slot) = slots.next() else { break };
                *slot = at;
            }
        }
        if !self.slice(start, at).iter().any(u8::is_ascii_digit) {
            return None;
        }
        let fits = |kind: KindId| {
            let valid = kind.builtin()?.validator?;
            let end = ends.iter().rev().find(|end| **end > start && valid(self.slice(start, **end)))?;
            Some((kind, *end))
        };
        named.kinds.iter().filter(|(kind, _)| self.scan.settings.is_on(*kind)).find_map(|(kind, _)| fits(*kind))
    }

    /// Whether a value may end before `at`: nothing that is joined to it follows.
    fn may_end(&self, at: usize) -> bool {
        let next = self.byte(at);
        let joined = matches!(next, b'-' | b'/' | b'.' | b'+') && self.byte(at + 1).is_ascii_alphanumeric();
        !(next.is_ascii_alphanumeric() || matches!(next, b'_' | b'@') || joined)
    }

    fn accept(&mut self, named: &Named, kind: KindId, start: usize, end: usize) {
        let confidence = kind.builtin().map_or(0, |kind| kind.keyed);
        self.scan.accept(kind, start, end, confidence, Source::Key(KEYS.len() as u16 + named.index));
    }

    fn refuse(&mut self, named: &Named, start: usize, end: usize) {
        let reason = "the name alone does not suffice, and the value does not pass the check";
        if let Some((kind, _)) = named.kinds.iter().find(|(kind, _)| self.scan.settings.is_on(*kind)) {
            self.scan.refuse(*kind, start, end, reason);
        }
    }
}

fn is_filler(word: &[u8]) -> bool {
    FILLERS.iter().any(|filler| filler.eq_ignore_ascii_case(word))
}

/// What identifiers are written with.
fn is_written(byte: u8) -> bool {
    is_letter(byte) || matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | b')' | b'+' | b'*' | b'#')
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Engine;

    fn scrubbed(packs: &str, text: &str) -> String {
        let engine = Engine::builder().packs(packs).and_then(|builder| builder.build()).unwrap();
        String::from_utf8(engine.scrub(text.as_bytes())).unwrap()
    }

    #[test]
    fn names_are_normalised_and_the_longest_wins() {
        for name in ["nhs_number", "patient.nhsNumber", "NHS-Number", "NHSNumber", "X-NHS-NUMBER", "the NHS number", "\\nnhs number"] {
            assert_eq!(scrubbed("gb", &format!("{name}: 943 476 5919, n=1")), format!("{name}: [GB_NHS], n=1"));
        }
        for name in ["nhs_number_count", "xnhs", "nhsx", "nhs_", "unhs"] {
            let line = format!("{name}=9434765919");
            assert_eq!(scrubbed("gb", &line), line);
        }
    }

    #[test]
    fn every_name_is_found_by_itself() {
        let settings = Settings { packs: true, ..Settings::all_kinds() };
        for (index, known) in PACK_NAMES.iter().enumerate() {
            assert_eq!(column_of(known.name.as_bytes(), &settings).map(usize::from), Some(index), "{}", known.name);
            assert_eq!(name((KEYS.len() + index) as u16), known.name);
        }
        assert!(PACK_NAMES.is_sorted_by_key(|known| known.name));
    }

    #[test]
    fn values_behind_every_kind_of_separator() {
        for (line, expected) in [
            (r#"{"nhs": 9434765919, "n": 1}"#, r#"{"nhs": null, "n": 1}"#),
            (r#"{"nhs":["9434765919", "9990000018"]}"#, r#"{"nhs":["[GB_NHS]", "[GB_NHS]"]}"#),
            (r#"{"msg":"{\"nino\":\"AB123456C\"}"}"#, r#"{"msg":"{\"nino\":\"[GB_NINO]\"}"}"#),
            ("nino => AB 12 34 56 C end", "nino => [GB_NINO] end"),
            ("Key (nino)=(AB123456C) already exists", "Key (nino)=([GB_NINO]) already exists"),
            ("run --patient-nhs-number 9434765919 -v", "run --patient-nhs-number [GB_NHS] -v"),
            ("GET /p?nhs=9434765919&x=1", "GET /p?nhs=[GB_NHS]&x=1"),
            ("nhs=[GB_NHS] nino=null utr=true", "nhs=[GB_NHS] nino=null utr=true"),
        ] {
            assert_eq!(scrubbed("gb", line), expected);
            assert_eq!(scrubbed("gb", expected), expected);
            assert_eq!(scrubbed("de", line), line);
        }
    }

    #[test]
    fn a_value_in_prose_must_pass_the_check() {
        for (line, expected) in [
            ("NHS number 943 476 5919 at 10:20", "NHS number [GB_NHS] at 10:20"),
            ("NHS no. 943-476-5919.", "NHS no. [GB_NHS]."),
            ("her NINO is AB 12 34 56 C, thanks", "her NINO is [GB_NINO], thanks"),
            ("UTR no: 1123456789 12 pages", "UTR no: [GB_UTR] 12 pages"),
            ("NHS 9434765918 and NHS 943-476-5919-1", "NHS 9434765918 and NHS 943-476-5919-1"),
            ("the nhs service took 9434765919 ns", "the nhs service took 9434765919 ns"),
        ] {
            assert_eq!(scrubbed("gb", line), expected);
        }
        assert_eq!(scrubbed("cn", "客户身份证号11010519491231002X已核实"), "客户身份证号[CN_RESIDENT_ID]已核实");
        assert_eq!(scrubbed("cn", "身份证：11010519491231002X"), "身份证：[CN_RESIDENT_ID]");
    }

    #[test]
    fn ambiguous_names_need_a_value_that_passes() {
        let line = "sin=0.7071 run=12 fin=true pk=90010100008 cc=a";
        assert_eq!(scrubbed("all", line), line);
        assert_eq!(scrubbed("ca,sg", "sin=123-456-782 fin=F1234567N"), "sin=[CA_SIN] fin=[SG_NRIC_FIN]");
        // Mistyped, but named without doubt.
        assert_eq!(scrubbed("gb", r#"{"nhs_number":"943 476 5918"}"#), r#"{"nhs_number":"[GB_NHS]"}"#);
    }

    #[test]
    fn one_name_of_several_countries() {
        let line = "dni=12345678Z nif=123456789 cedula=001-0000000-9 national_id=28001010112345";
        assert_eq!(scrubbed("es", line), "dni=[ES_DNI] nif=[ES_DNI] cedula=001-0000000-9 national_id=[US_SSN]");
        assert_eq!(scrubbed("es,pt,do,eg", line), "dni=[ES_DNI] nif=[PT_NIF] cedula=[DO_CEDULA] national_id=[EG_NATIONAL_ID]");
    }

    #[test]
    fn the_name_of_a_field_counts() {
        let engine = Engine::builder().packs("gb").and_then(|builder| builder.build()).unwrap();
        let mut report = crate::Report::default();
        let cleaned = engine.value(b"patient.nhsNumber", b"943 476 5919", &mut report);
        assert_eq!(cleaned.as_bytes(), b"[GB_NHS]");
    }

    #[test]
    fn refusals_are_explained() {
        let engine = Engine::builder().packs("ca").and_then(|builder| builder.build()).unwrap();
        let candidates = engine.explain(b"sin=823-456-785");
        assert!(candidates.iter().any(|candidate| candidate.kind == "ca_sin" && candidate.why.is_none()));
        let candidates = engine.explain(b"sin=123-456-782");
        assert!(candidates.iter().any(|candidate| candidate.kind == "ca_sin" && candidate.why == Some(crate::Why::Key("sin"))));
    }
}
