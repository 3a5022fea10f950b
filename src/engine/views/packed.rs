//! Packed runs: base64 and hex that hold text, or compressed text.
//!
//! A run of sixteen letters and digits is where one may begin. The first bytes it says
//! decide: names, identifiers, digests and random keys do not decode to text. What does
//! is decoded once, into one text for all runs of a scan, parted by lines that nothing
//! goes on over, so that many short runs cost one scan of it.

use super::alphabet::{Form, SIGNS, base64_group, decode, encode, hex_byte, is_base64, may_begin, sign_of};
use super::inflate::{Inflated, inflate, is_compressed};
use crate::engine::candidates::keys;
use miniz_oxide::inflate::core::DecompressorOxide;

/// Characters of a run that are looked at first.
const HEAD: usize = 16;
/// Most bytes between a key's separator and a run: quotes, blanks, backslashes.
const GAP: usize = 20;
/// Least text out of compressed data that is damaged or too much.
const DAMAGED: usize = 32;
/// Parts the runs: no value, key block or record of several lines goes on over it.
const BREAK: &[u8] = b"\n\0\n";

/// One run and where its text is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// In the bytes under scan.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// In the decoded text.
    pub(crate) from: usize,
    pub(crate) to: usize,
    form: Form,
    /// Whether masked text can take its place in the same form.
    pub(crate) exact: bool,
    /// Whether it holds more than was decoded.
    pub(crate) capped: bool,
}

/// The runs of a scan and their text.
#[derive(Default)]
pub(crate) struct Runs {
    pub(crate) text: Vec<u8>,
    pub(crate) runs: Vec<Run>,
    /// The stretch of base64 characters walked through last, as far as it was walked.
    stretch: (usize, usize),
    /// Made when the first compressed run is seen.
    state: Option<Box<DecompressorOxide>>,
    bytes: Vec<u8>,
}

impl Runs {
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.runs.clear();
        self.stretch = (0, 0);
    }

    /// Looks at a run of letters and digits, the sixteenth of which stands at `at`.
    #[inline]
    pub(crate) fn look(&mut self, hay: &[u8], at: usize) {
        let Some(start) = (at + 1).checked_sub(HEAD) else { return };
        let Some(head) = hay.get(start..).and_then(|run| run.first_chunk::<HEAD>()) else { return };
        // Numbers are nearly half of all runs, and no base64; in hex they may say digits.
        let eight = u64::from_le_bytes(*head.first_chunk::<8>().unwrap_or(&[0; 8]));
        if eight & 0xf0f0_f0f0_f0f0_f0f0 == 0x3030_3030_3030_3030 {
            // The first digit of each pair is 2 to 7.
            let upper = eight & 0x000e_000e_000e_000e;
            if (upper + 0x0006_0006_0006_0006) & 0x0008_0008_0008_0008 == 0x0008_0008_0008_0008
                && eight & 0x0008_0008_0008_0008 == 0
                && hex_begins(head)
            {
                self.examine(hay, start, false, false);
            }
            return;
        }
        let before = start.checked_sub(1).and_then(|at| hay.get(at)).copied().unwrap_or(b'\n');
        let joined = matches!(before, b'+' | b'/' | b'-' | b'_');
        let [first, ..] = head;
        if !joined && !may_begin(*first) && !is_escape(before, *first) {
            self.stretch = (start, at + 1);
            return;
        }
        self.look_closer(hay, at, head, before, joined);
    }

    /// The same, of a run whose first character may begin text.
    #[inline(never)]
    fn look_closer(&mut self, hay: &[u8], at: usize, head: &[u8; HEAD], before: u8, joined: bool) {
        let start = at + 1 - HEAD;
        if joined {
            // Each stretch is walked through once, however many runs begin in it.
            let mut whole = start;
            while whole > self.stretch.1 && hay.get(whole - 1).is_some_and(|byte| is_base64(*byte)) {
                whole -= 1;
            }
            let fresh = whole > self.stretch.1 || whole == 0;
            self.stretch = (if fresh { whole } else { self.stretch.0 }, at + 1);
            let earlier = fresh && begins(hay, whole);
            if earlier || begins(hay, start) {
                self.examine(hay, start, fresh, earlier);
            }
            return;
        }
        self.stretch = (start, at + 1);
        let prefixed = match head {
            [b'0', b'x' | b'X', ..] => 2,
            // `\x6a6b`, as a database prints bytes.
            [b'x', ..] if before == b'\\' => 1,
            // `\n` and its like in a JSON string: the letter is not of the run.
            [first, ..] if is_escape(before, *first) => 1,
            _ => 0,
        };
        if prefixed == 0 && head_begins(head) || prefixed > 0 && begins(hay, start + prefixed) {
            self.examine(hay, start + prefixed, prefixed == 0, false);
        }
    }

    /// Takes the run that begins at `start`, or where its stretch does if text begins `earlier`.
    #[cold]
    fn examine(&mut self, hay: &[u8], start: usize, fresh: bool, earlier: bool) {
        if self.runs.last().is_some_and(|run| start < run.end) {
            return;
        }
        if earlier && self.accept(hay, self.stretch.0, stretch_end(hay, start), true) {
            return;
        }
        if begins(hay, start) {
            self.take(hay, start, fresh);
        }
    }

    /// Takes the run at `start`: as long as it goes, or up to the first sign that may join words.
    fn take(&mut self, hay: &[u8], start: usize, fresh: bool) {
        let rest = hay.get(start..).unwrap_or_default();
        if !fresh {
            let length = rest.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(rest.len());
            self.accept(hay, start, start + length, false);
            return;
        }
        // A sign may belong to the run, or part it from a word behind it: what decodes without a fault counts.
        let stretch = stretch_end(hay, start);
        let whole = hay.get(start..stretch).unwrap_or_default();
        let sign = [memchr::memchr2(b'+', b'/', whole), memchr::memchr2(b'-', b'_', whole)].into_iter().flatten().min();
        let end = sign.map_or(stretch, |length| start + length);
        if stretch > end && (self.accept(hay, start, stretch, true) || self.accept(hay, start, end, true)) {
            return;
        }
        let _ = self.accept(hay, start, stretch, false) || stretch > end && self.accept(hay, start, end, false);
    }

    /// Decodes one run; false if it holds no text, or some other bytes when that is `strict`.
    fn accept(&mut self, hay: &[u8], start: usize, mut end: usize, strict: bool) -> bool {
        let run = hay.get(start..end).unwrap_or_default();
        if run.len() < HEAD {
            return false;
        }
        let mut exact = true;
        let is_hex = run.first_chunk().is_some_and(hex_begins) && run.iter().all(u8::is_ascii_hexdigit);
        let form = if is_hex {
            exact = run.len().is_multiple_of(2);
            Form::Hex { upper: run.iter().any(u8::is_ascii_uppercase) }
        } else {
            let standard = memchr::memchr2(b'+', b'/', run).is_some();
            let url = memchr::memchr2(b'-', b'_', run).is_some();
            if standard && url {
                return false;
            }
            let missing = (4 - run.len() % 4) % 4;
            exact &= missing < 3;
            // Whole groups need none: with the signs of the URL alphabet none is written, else some may be.
            let padded = missing == 0 && !url
                || missing < 3 && hay.get(end..end + missing).is_some_and(|tail| tail.iter().all(|byte| *byte == b'='));
            if padded && missing < 3 {
                end += missing;
            }
            // Without either sign, what has no padding is more likely of the URL alphabet.
            Form::Base64 { url: url || !standard && !padded, padded }
        };
        let (decoded, mut capped) = (self.text.len(), false);
        // A value that its key did not fit might fit it when it is written again, shorter: a label stays.
        exact &= !self.key(hay, start);
        let mut from = self.text.len();
        decode(form, run, &mut self.text);
        if is_compressed(self.text.get(from..).unwrap_or_default()) {
            self.bytes.clear();
            self.bytes.extend_from_slice(self.text.get(from..).unwrap_or_default());
            self.text.truncate(from);
            match inflate(&self.bytes, self.state.get_or_insert_default(), &mut self.text) {
                Inflated::Whole => {}
                Inflated::Capped => capped = true,
                Inflated::Nothing => self.text.truncate(from),
            }
            // Packed once more: not opened.
            capped |= is_compressed(self.text.get(from..).unwrap_or_default());
            exact = false;
        }
        let text = self.text.get(from..).unwrap_or_default();
        // Digests may begin as compressed data does, and say a few letters before they break off.
        let broken = capped && text.len() < DAMAGED;
        if broken || !is_text(text, strict && !capped) && !is_compressed(text) {
            self.text.truncate(decoded);
            return false;
        }
        from = from.min(self.text.len());
        let to = self.text.len();
        self.text.extend_from_slice(BREAK);
        self.runs.push(Run { start, end, from, to, form, exact, capped });
        true
    }

    /// The key before a run names its text too; whether there is one.
    fn key(&mut self, hay: &[u8], start: usize) -> bool {
        let gap = hay.get(start.saturating_sub(GAP)..start).unwrap_or_default();
        let closed = gap.iter().rev().take_while(|byte| matches!(byte, b'"' | b'\'' | b'\\' | b' ')).count();
        let Some(separator) = start.checked_sub(closed + 1) else { return false };
        if matches!(hay.get(separator), Some(b'=' | b':'))
            && keys::plausible(hay, separator)
            && let Some(named) = keys::before(hay, separator)
        {
            self.text.extend_from_slice(hay.get(named.start..named.end).unwrap_or_default());
            self.text.push(b'=');
            return true;
        }
        false
    }
}

impl Run {
    /// Appends `text` as the run would write it.
    pub(crate) fn encode(&self, text: &[u8], out: &mut Vec<u8>) {
        encode(self.form, text, out);
    }
}

/// One past the characters of base64 at `start`.
fn stretch_end(hay: &[u8], start: usize) -> usize {
    let rest = hay.get(start..).unwrap_or_default();
    start + rest.iter().position(|byte| !is_base64(*byte)).unwrap_or(rest.len())
}

/// Whether a letter is that of an escape for a blank.
#[inline]
fn is_escape(before: u8, letter: u8) -> bool {
    before == b'\\' && matches!(letter, b'n' | b'r' | b't')
}

/// Whether a run that holds text, or compressed text, may begin at `start`.
fn begins(hay: &[u8], start: usize) -> bool {
    hay.get(start..).and_then(|run| run.first_chunk()).is_some_and(head_begins)
}

#[inline]
fn head_begins(head: &[u8; HEAD]) -> bool {
    base64_begins(head) || hex_begins(head)
}

/// Whether bytes, the first one lowest, may be the beginning of text: false of nearly all digests, never of text.
#[inline]
fn may_be_text(bytes: u64, length: u32) -> bool {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let (long, second) = (bytes & HIGH, bytes << 1 & HIGH);
    let (first, inside) = (long & second, long & !second);
    // Below 32, but for those around tab and line end.
    let control = !(bytes | bytes << 1 | bytes << 2) & HIGH;
    let blank = bytes << 4 & !(bytes << 3) & HIGH;
    // A longer character goes on in the next byte; one of its own does not.
    let torn = first << 8 & !inside | (!long & HIGH) << 8 & inside | inside & 0x80;
    (control & !blank | torn) << (64 - 8 * length) == 0
}

#[inline]
fn base64_begins(head: &[u8; HEAD]) -> bool {
    let [first, ..] = head;
    let [one, two, ..] = head.as_chunks::<4>().0 else { return false };
    let ((one, _), (two, _)) = (base64_group(*one), base64_group(*two));
    let six = (u64::from(one) << 24 | u64::from(two)).swap_bytes() >> 16;
    let [a, b, c, ..] = six.to_le_bytes();
    if !may_begin(*first) || !may_be_text(six, 6) && !is_compressed(&[a, b, c, 0]) {
        return false;
    }
    let mut bytes = [0; HEAD / 4 * 3];
    let mut valid = true;
    for (group, three) in head.as_chunks::<4>().0.iter().zip(bytes.as_chunks_mut::<3>().0) {
        let (bits, inside) = base64_group(*group);
        let [_, plain @ ..] = bits.to_be_bytes();
        *three = plain;
        valid &= inside;
    }
    let [first, second, third, ..] = bytes;
    valid && (is_prefix_of_text(&bytes) || is_compressed(&[first, second, third, 0]))
}

#[inline]
fn hex_begins(head: &[u8; HEAD]) -> bool {
    // Text begins with the upper half of a letter, a digit, a bracket or a quote, or of a longer character.
    matches!(head, [b'0'..=b'7' | b'c'..=b'f' | b'C'..=b'F', ..])
        && head.first_chunk().is_some_and(|eight| hex_may_be_text(u64::from_le_bytes(*eight)))
        && hex_head(head)
}

/// The same of what the first eight hex digits say, or of the beginning of compressed data.
#[inline]
fn hex_may_be_text(eight: u64) -> bool {
    let halves = (eight & 0x0f0f_0f0f_0f0f_0f0f) + 9 * (eight >> 6 & 0x0101_0101_0101_0101);
    let apart = halves << 4 & 0x00f0_00f0_00f0_00f0 | halves >> 8 & 0x000f_000f_000f_000f;
    let pairs = (apart | apart >> 8) & 0x0000_ffff_0000_ffff;
    let bytes = (pairs | pairs >> 16) & 0xffff_ffff;
    let [a, b, c, d, ..] = bytes.to_le_bytes();
    may_be_text(bytes, 4) || is_compressed(&[a, b, c, d])
}

#[inline(never)]
fn hex_head(head: &[u8; HEAD]) -> bool {
    let mut bytes = [0; HEAD / 2];
    let mut valid = true;
    for (pair, byte) in head.as_chunks::<2>().0.iter().zip(&mut bytes) {
        let (plain, inside) = hex_byte(*pair);
        *byte = plain;
        valid &= inside;
    }
    let [first, second, third, fourth, ..] = bytes;
    valid && (is_prefix_of_text(&bytes) || is_compressed(&[first, second, third, fourth]))
}

/// Whether at most twelve bytes are the beginning of text in UTF-8, without a branch for one: what digests and
/// identifiers say is text up to a place that no processor guesses.
#[inline]
fn is_prefix_of_text(bytes: &[u8]) -> bool {
    let signs = bytes.iter().enumerate().fold(0, |signs, (at, byte)| signs | sign_of(*byte) << at);
    let lane = |lane: u32| (signs >> (SIGNS * lane)) as u32 & ((1 << bytes.len()) - 1);
    let (one, two, three) = (lane(1), lane(2), lane(3));
    let wanted = (one | two | three) << 1 | (two | three) << 2 | three << 3;
    lane(4) == 0 && lane(0) == wanted & ((1 << bytes.len()) - 1)
}

/// Whether the bytes begin as text does.
fn begins_text(text: &[u8]) -> bool {
    is_prefix_of_text(text.get(..12).unwrap_or(text))
}

/// Whether a whole run is text: it begins so, and at most an eighth is something else.
fn is_text(text: &[u8], strict: bool) -> bool {
    // In short pieces and without branches, so that many bytes are counted at once.
    let is_odd = |byte: &u8| u8::from((*byte < 32) & (*byte != b'\t') & (*byte != b'\n') & (*byte != b'\r') | (*byte == 127));
    let odd: usize = text.chunks(128).map(|piece| usize::from(piece.iter().map(is_odd).sum::<u8>())).sum();
    let whole = || text.is_ascii() || std::str::from_utf8(text).err().is_none_or(|error| error.error_len().is_none());
    !text.is_empty() && begins_text(text) && if strict { odd == 0 && whole() } else { odd <= text.len() / 8 }
}
