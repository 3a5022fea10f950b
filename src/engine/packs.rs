//! National identifiers, found by their names: `"nhs_number": "943 476 5919"`, `NINO AB 12 34 56 C`.
//!
//! Runs after the verifiers, and only while a pack is on, so that it costs nothing otherwise. One pass
//! over the bytes stops where a word ends; a small bitset over its last four bytes drops nearly every
//! word, then the name is normalised and looked up. What a name says is as in `verify::keyed`, but several
//! kinds may share one: the first whose check passes takes the value. After a name in prose, with no
//! separator, only a value that passes its check is taken.
#![expect(clippy::indexing_slicing, reason = "a table of 256 entries, indexed by a byte")]

use super::catalog::{Extent, KEYS, KindId, PACK_ENDS, PACK_NAMES, PackName};
use super::settings::Settings;
use super::verify::{Hit, Source, Traced, is_placeholder, value_after};

/// Longest value looked at, in bytes: more is no identifier.
const LONG: usize = 96;
/// Longest name in its normal form, in bytes.
const NAME: usize = 64;
/// Segments at the end of a name that are looked at.
const SEGMENTS: usize = 5;
/// Most elements of a list that one name stands before.
const ELEMENTS: usize = 256;
/// Most places where a value may end.
const ENDS: usize = 16;
/// A colon of full width, as Chinese text has it.
const WIDE_COLON: &[u8] = "：".as_bytes();
/// Words between a name and its value in prose.
const FILLERS: [&[u8]; 14] =
    [b"number", b"no", b"nr", b"num", b"nummer", b"numero", b"numer", b"cislo", b"code", b"id", b"is", b"was", b"card", b"of"];

/// The name behind the keys of the catalogue at that index of a finding's source.
pub(crate) fn name(at: u16) -> &'static str {
    usize::from(at).checked_sub(KEYS.len()).and_then(|at| PACK_NAMES.get(at)).map_or("", |known| known.name)
}

/// Adds the national identifiers in `hay`; `field`: the name of the field that `hay` is the value of.
pub(crate) fn find(hay: &[u8], field: Option<&[u8]>, settings: &Settings, hits: &mut Vec<Hit>, trace: Option<&mut Vec<Traced>>) {
    let mut search = Search { hay, settings, hits, trace, listed: 0 };
    if let Some(named) = field.and_then(|field| search.named(field, field.len())) {
        search.judge(&named, 0, hay.len(), true);
    }
    // The last four bytes, five bits each, the newest lowest; 0 for what is in no name.
    let (mut last, mut code) = (0, 0);
    for (at, &byte) in hay.iter().enumerate() {
        let class = CLASSES[usize::from(byte)];
        // A name in a script without blanks ends before a digit, or before a wide colon, too.
        let ends = last & WORD != 0 && (class & (WORD | JOINS) == 0 || last & WIDE != 0 && (class & WIDE == 0 || byte == 0xef));
        if ends && may_end_a_name(hay, at, code) {
            search.word_end(at);
        }
        (last, code) = (class, (code << 5 | u32::from(class & FOLD)) & 0xf_ffff);
    }
}

/// The names of national identifiers that `name` ends in, as an index.
pub(crate) fn column_of(name: &[u8], settings: &Settings) -> Option<u16> {
    Search { hay: name, settings, hits: &mut Vec::new(), trace: None, listed: 0 }.named(name, name.len()).map(|named| named.index)
}

/// Adds what the field from `start` to `end` is under the name of that index.
pub(crate) fn column_value(hay: &[u8], index: u16, start: usize, end: usize, settings: &Settings, hits: &mut Vec<Hit>) {
    let Some(known) = PACK_NAMES.get(usize::from(index)) else { return };
    let named = Named { index, start, kinds: known.kinds };
    // The field is all there is.
    let field = hay.get(..end).unwrap_or_default();
    Search { hay: field, settings, hits, trace: None, listed: 0 }.judge(&named, start, end, true);
}

/// Bits of [`CLASSES`]: five bits of a letter or digit, any letter or digit, not ASCII, the underscore.
const FOLD: u8 = 0x1f;
const WORD: u8 = 0x20;
const WIDE: u8 = 0x40;
const JOINS: u8 = 0x80;

const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let low = byte as u8 & FOLD;
        if byte >= 0x80 {
            classes[byte] = low | WORD | WIDE;
        } else if (byte as u8).is_ascii_alphanumeric() {
            classes[byte] = low | WORD;
        }
        byte += 1;
    }
    classes[b'_' as usize] = JOINS;
    classes
};

/// Whether the word that ends before `at`, with that code of its last bytes, may be one of the names.
#[inline]
fn may_end_a_name(hay: &[u8], at: usize, code: u32) -> bool {
    let bit = code.wrapping_mul(0x9E37_79B1) >> 16;
    let known = PACK_ENDS.get((bit >> 6) as usize).is_some_and(|bits| bits >> (bit & 63) & 1 == 1);
    // A capital may start a short segment (`patientNhs`).
    let camel = |back: usize| match at.checked_sub(back).and_then(|from| hay.get(from..)) {
        Some([lower, upper, ..]) => lower.is_ascii_lowercase() && upper.is_ascii_uppercase(),
        _ => false,
    };
    known || camel(3) || camel(4)
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

struct Search<'a, 't> {
    hay: &'a [u8],
    settings: &'a Settings,
    hits: &'a mut Vec<Hit>,
    trace: Option<&'t mut Vec<Traced>>,
    /// One past the list looked at last, so that a name repeated in it costs nothing.
    listed: usize,
}

impl Search<'_, '_> {
    fn byte(&self, at: usize) -> u8 {
        self.hay.get(at).copied().unwrap_or(b'\n')
    }

    fn before(&self, at: usize) -> u8 {
        at.checked_sub(1).map_or(b'\n', |at| self.byte(at))
    }

    fn slice(&self, start: usize, end: usize) -> &[u8] {
        self.hay.get(start..end).unwrap_or_default()
    }

    fn blanks(&self, at: usize, most: usize) -> usize {
        self.slice(at, self.hay.len().min(at + most)).iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
    }

    /// Looks at a word that ends before `end`.
    fn word_end(&mut self, end: usize) {
        let Some(named) = self.named(self.hay, end) else { return };
        if self.byte(end) == b']' && self.ends_label(end + 1) {
            return;
        }
        match self.separator(&named, end) {
            Some((at, spaced)) => self.after_separator(&named, at, spaced),
            None => self.in_prose(&named, end),
        }
    }

    /// Whether a label of ours ends before `end`: `[NO_FODSELSNUMMER]` is the name of nothing.
    fn ends_label(&self, end: usize) -> bool {
        let text = self.slice(end.saturating_sub(NAME), end);
        text.iter()
            .rposition(|byte| *byte == b'[')
            .is_some_and(|open| text.get(open..).is_some_and(|text| is_placeholder(self.settings, text)))
    }

    /// The longest name that ends before `end` and has a kind that is on.
    fn named(&self, hay: &[u8], end: usize) -> Option<Named> {
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
                best = self.lookup(form.text(), at).or(best);
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

    fn lookup(&self, name: &[u8], start: usize) -> Option<Named> {
        let index = PACK_NAMES.binary_search_by(|known| known.name.as_bytes().cmp(name)).ok()?;
        let known: &PackName = PACK_NAMES.get(index)?;
        let on = known.kinds.iter().any(|(kind, _)| self.settings.is_on(*kind));
        on.then_some(Named { index: index as u16, start, kinds: known.kinds })
    }

    /// Where the value after a name's separator may begin, and whether blanks may stand before it.
    fn separator(&self, named: &Named, end: usize) -> Option<(usize, bool)> {
        let closer = |byte: &u8| matches!(byte, b'"' | b'\'' | b'`' | b' ' | b'\\' | b')' | b']' | b'*');
        let at = end + self.slice(end, self.hay.len().min(end + 6)).iter().take_while(|byte| closer(byte)).count();
        let (next, previous) = (self.byte(at + 1), self.before(at));
        match self.byte(at) {
            b'=' if next == b'>' => Some((at + 2, true)),
            // The error detail of a database: `Key (cpf)=(…) already exists.`
            b'=' if next == b'(' && previous == b')' => Some((at + 2, false)),
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
        if open < self.listed {
            return;
        }
        let close = self.slice(open, self.hay.len().min(open + NAME)).iter().position(|byte| *byte == b']');
        if close.is_some_and(|length| is_placeholder(self.settings, self.slice(open, open + length + 1))) {
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
            self.listed = at;
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
        let (kind, _) = named.kinds.iter().find(|(kind, _)| self.settings.is_on(*kind))?;
        let extent = kind.builtin().map_or(Extent::Token, |kind| kind.extent);
        let window = self.slice(0, self.hay.len().min(at + LONG));
        value_after(window, at, extent, spaced)
    }

    /// Decides on one value, and accepts it.
    fn judge(&mut self, named: &Named, start: usize, end: usize, quoted: bool) {
        let text = self.slice(start, end);
        if text.is_empty() || is_placeholder(self.settings, text) {
            return;
        }
        let reach = if quoted { end } else { self.hay.len() };
        let best = self.best(named, start, reach);
        let whole = best.is_some_and(|(_, best)| best == end);
        // Any other value of an unambiguous name is still one: mistyped, or of a form not known here.
        let strong = named.kinds.iter().find(|(kind, needs_check)| !needs_check && self.settings.is_on(*kind));
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
        let rest = self.slice(end, self.hay.len().min(end + NAME));
        let open = rest.iter().position(|byte| !matches!(byte, b'.' | b':' | b'!' | b'?')).unwrap_or(0);
        let close = rest.iter().position(|byte| *byte == b']').unwrap_or(0);
        rest.get(open..=close).is_some_and(|label| label.first() == Some(&b'[') && is_placeholder(self.settings, label))
    }

    /// Looks for a value after a name with nothing but blanks and small words between.
    fn in_prose(&mut self, named: &Named, end: usize) {
        let mut at = end;
        for _ in 0..4 {
            at += self.blanks(at, 3);
            at += usize::from(matches!(self.byte(at), b'#' | b'.' | b'(' | b':' | b'='));
            at += self.blanks(at, 3);
            let rest = self.slice(at, self.hay.len().min(at + 8));
            let word = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
            let filler = rest.get(..word).is_some_and(|word| FILLERS.iter().any(|filler| filler.eq_ignore_ascii_case(word)));
            if !filler || self.byte(at + word).is_ascii_alphanumeric() {
                break;
            }
            at += word;
        }
        let apart = at > end || self.before(end) >= 0x80;
        if !apart || !self.byte(at).is_ascii_alphanumeric() {
            return;
        }
        match self.best(named, at, self.hay.len()) {
            Some((kind, end)) => self.accept(named, kind, at, end),
            None if self.byte(at).is_ascii_digit() => {
                let length = self.slice(at, self.hay.len().min(at + LONG)).iter().take_while(|byte| byte.is_ascii_digit()).count();
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
        named.kinds.iter().filter(|(kind, _)| self.settings.is_on(*kind)).find_map(|(kind, _)| fits(*kind))
    }

    /// Whether a value may end before `at`: nothing that is joined to it follows.
    fn may_end(&self, at: usize) -> bool {
        let next = self.byte(at);
        let joined = matches!(next, b'-' | b'/' | b'.' | b'+') && self.byte(at + 1).is_ascii_alphanumeric();
        !(next.is_ascii_alphanumeric() || matches!(next, b'_' | b'@') || joined)
    }

    fn accept(&mut self, named: &Named, kind: KindId, start: usize, end: usize) {
        let confidence = kind.builtin().map_or(0, |kind| kind.keyed);
        if start < end && self.settings.wants(kind, confidence) {
            let source = Source::Key(KEYS.len() as u16 + named.index);
            self.hits.push(Hit { start: start as u32, end: end as u32, kind, confidence, source, cut: false });
        }
    }

    fn refuse(&mut self, named: &Named, start: usize, end: usize) {
        let on = named.kinds.iter().find(|(kind, _)| self.settings.is_on(*kind));
        if let (Some(trace), Some((kind, _))) = (&mut self.trace, on) {
            let reason = "the name alone does not suffice, and the value does not pass the check";
            trace.push(Traced { start, end, kind: *kind, refused: Some(reason) });
        }
    }
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
        let search = Search { hay: b"", settings: &settings, hits: &mut Vec::new(), trace: None, listed: 0 };
        for (index, known) in PACK_NAMES.iter().enumerate() {
            let found = search.named(known.name.as_bytes(), known.name.len());
            assert_eq!(found.map(|named| usize::from(named.index)), Some(index), "{}", known.name);
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
        let line = "sin=0.7071 run=12 fin=true pk=90010100009 cc=a";
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
