//! Key names: from a separator back to the name before it, and what the name means.
//!
//! A small bitset over the last four bytes drops nearly every separator; only then is
//! the name normalised (camelCase, `-`, `.`, spaces become `_`, letters lower case) and
//! looked up in a perfect hash, longest run of whole segments first: in
//! `billing.contact.email` the key is `email`. A name on the veto list wins as any
//! other longest match and means "not a key" (`max_age`, `bind_address`).
#![expect(clippy::indexing_slicing, reason = "tables of 256 entries, indexed by a byte")]

use crate::engine::catalog::{KEY_LONG_SUFFIXES, KEY_SEEDS, KEY_SHORT_SUFFIXES, KEY_SLOTS, KEY_SUFFIXES, KEY_TAILS, KEYS, Key, step};

/// Longest name looked at, in bytes.
const NAME: usize = 64;
/// Segments at the end of a name that may form a key.
const SEGMENTS: u32 = 5;
/// Most bytes between a name and its separator; more only if they are backslashes, of JSON in five layers.
const CLOSED: usize = 6;
const SLASHES: usize = 40;

/// Where a name stands and what it means.
pub(crate) struct Named {
    /// Index into [`KEYS`].
    pub(crate) key: u16,
    /// First byte of the segments that matched.
    pub(crate) start: usize,
    /// One past the last byte of the name's text, before any closing quote or bracket.
    pub(crate) end: usize,
}

/// Bytes before a separator that say whether a name may end there.
pub(crate) const TAIL: usize = 8;
/// What a byte is at the end of a name: the five bits of [`FOLD`], and a bit each for a digit, a capital, and what
/// may close a name or belong to its separator. A backslash has all three.
pub(crate) static ENDS: [u8; 256] = {
    let mut ends = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        ends[byte] = FOLD[byte] as u8
            | if CLOSERS[byte] || matches!(byte as u8, b':' | b'=' | b'!' | b'<' | b'>') { CLOSES } else { 0 }
            | if (byte as u8).is_ascii_digit() { DIGIT } else { 0 }
            | if (byte as u8).is_ascii_uppercase() { CAPITAL } else { 0 };
        byte += 1;
    }
    ends[b'\\' as usize] = CLOSES | CAPITAL | DIGIT;
    // `Member #:`, `#012mrn:`
    ends[b'#' as usize] = DIGIT;
    ends
};
const DIGIT: u8 = 1 << 5;
const CAPITAL: u8 = 1 << 6;
const CLOSES: u8 = 1 << 7;

/// Whether a verifier should look one past a `=` or `:`; drops nearly all that have no name before them.
///
/// Without a branch: what stands before separators follows no pattern that a processor could guess. True of more than
/// [`plausible`], and wherever that is. The vector kernel does the same for eight of them at once.
#[inline(always)]
pub(crate) fn likely(hay: &[u8], at: usize) -> bool {
    let tail = at.checked_sub(TAIL + 1).and_then(|from| hay.get(from..)).and_then(|tail| tail.first_chunk::<TAIL>());
    let Some(tail) = tail else { return true };
    // The newest in the highest byte.
    let mut ends = tail.iter().rev().fold(0u64, |ends, byte| ends << 8 | u64::from(ENDS[usize::from(*byte)]));
    for _ in 0..2 {
        ends <<= ends >> 63 << 3;
    }
    let [_, _, sixth, fifth, fourth, third, second, last] = ends.to_le_bytes();
    let fold = |byte: u8| u32::from(byte & 31);
    let four = fold(last) | fold(second) << 5 | fold(third) << 10 | fold(fourth) << 15;
    let six = four | fold(fifth) << 20 | fold(sixth) << 25;
    let named = holds(&KEY_SHORT_SUFFIXES, hash(four)) | holds(&KEY_LONG_SUFFIXES, hash(six));
    // A capital begins a short segment (`clientIp`).
    let camel = (second & !third | third & !fourth) & CAPITAL != 0;
    // Numbers and escapes (`\\nmrn`) part names, and more than two bytes that close one are seldom.
    let parted = ends & (u64::from_le_bytes([DIGIT; 8]) | u64::from(CLOSES) << 56) != 0;
    named | camel | parted
}

/// Keeps the offsets that are [`likely`], in order, at the front of `list`; returns how many.
#[inline(always)]
pub(crate) fn sift(hay: &[u8], list: &mut [u32]) -> usize {
    let mut kept = 0;
    for at in 0..list.len() {
        let Some(offset) = list.get(at).copied() else { break };
        if let Some(slot) = list.get_mut(kept) {
            *slot = offset;
        }
        kept += usize::from(likely(hay, offset as usize));
    }
    kept
}

/// Whether the bytes before a separator can be the end of a key name.
#[inline(always)]
pub(crate) fn plausible(hay: &[u8], separator: usize) -> bool {
    let tail = separator.checked_sub(8).and_then(|from| hay.get(from..)).and_then(|tail| tail.first_chunk::<8>());
    // The last bytes as a number: the newest in the highest byte.
    let mut word = u64::from_le_bytes(tail.copied().unwrap_or_else(|| first_bytes(hay, separator)));
    let mut closers = 0;
    while closers < 4 && CLOSERS[(word >> 56) as usize] {
        word <<= 8;
        closers += 1;
    }
    // `Member #: …`: the sign stands for a word of the name.
    if closers > 0 && hay.get(separator - 1) == Some(&b'#') {
        return true;
    }
    // JSON inside JSON inside JSON: seven backslashes before the quote, and fifteen one deeper.
    if closers == 4 && (word >> 56) as u8 == b'\\' {
        return true;
    }
    if closers == 4 && CLOSERS[(word >> 56) as usize] {
        return aligned(hay, separator);
    }
    let [last, second, third, fourth] = [(word >> 56) as u8, (word >> 48) as u8, (word >> 40) as u8, (word >> 32) as u8];
    let code = FOLD[usize::from(last)] | FOLD[usize::from(second)] << 5 | FOLD[usize::from(third)] << 10 | FOLD[usize::from(fourth)] << 15;
    let bit = hash(code);
    if holds(&KEY_SUFFIXES, bit) {
        // Few closers leave six bytes, which tell `trace_id` from `device_id`.
        let [.., sixth, fifth, _, _, _, _] = word.to_le_bytes();
        let code = code | FOLD[usize::from(fifth)] << 20 | FOLD[usize::from(sixth)] << 25;
        if closers > 2 || holds(&KEY_SHORT_SUFFIXES, bit) || holds(&KEY_LONG_SUFFIXES, hash(code)) {
            return true;
        }
    }
    if last.is_ascii_digit() {
        // `email_2`, but not `sshd[24200]` or `:8020`.
        let name = hay.get(separator.saturating_sub(8 + closers)..separator - closers).unwrap_or_default();
        let digits = name.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        return digits <= 4 && name.iter().rev().nth(digits).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    }
    // A capital may start a short segment (`clientIp`), and the letter of an escape stand before one (`\nssn`);
    // what is before it counts as no letter.
    let short = if second.is_ascii_uppercase() && third.is_ascii_lowercase() || fourth == b'\\' {
        code & 0x3ff
    } else if third.is_ascii_uppercase() && fourth.is_ascii_lowercase() || before_fourth(hay, separator, word, closers) == b'\\' {
        code & 0x7fff
    } else {
        return false;
    };
    holds(&KEY_SUFFIXES, hash(short))
}

/// The fifth byte from the end of a name: of eight, four closers leave four.
#[inline]
fn before_fourth(hay: &[u8], separator: usize, word: u64, closers: usize) -> u8 {
    if closers < 4 {
        return (word >> 24) as u8;
    }
    separator.checked_sub(closers + 5).and_then(|at| hay.get(at)).copied().unwrap_or(b'\n')
}

/// The same where much stands before the separator, as in columns of assignments.
#[cold]
fn aligned(hay: &[u8], separator: usize) -> bool {
    let end = name_end(hay, separator);
    end > 0 && hay.get(end - 1).is_some_and(|last| !is_closer(*last)) && plausible(hay, end)
}

/// Knuth's multiplier, as in patterns/build/keys.rs.
pub(crate) const MULTIPLIER: u32 = 0x9E37_79B1;

/// Bit of the last bytes of a name, five bits each; the same as in patterns/build/keys.rs.
#[inline]
fn hash(code: u32) -> u32 {
    code.wrapping_mul(MULTIPLIER) >> 16
}

#[inline]
fn holds(bits: &[u64; 1024], bit: u32) -> bool {
    bits.get((bit >> 6) as usize).is_some_and(|bits| bits >> (bit & 63) & 1 == 1)
}

/// The bytes before a separator that stands near the start: what is before them is a line's end, as it is in a longer text.
#[cold]
fn first_bytes(hay: &[u8], separator: usize) -> [u8; 8] {
    let mut tail = [b'\n'; 8];
    for (to, from) in tail.iter_mut().rev().zip(hay.get(..separator).unwrap_or_default().iter().rev()) {
        *to = *from;
    }
    tail
}

/// Five bits of a byte: letters and digits by their low bits, all others 0.
static FOLD: [u32; 256] = {
    let mut fold = [0; 256];
    let mut byte = 0u8;
    while byte < 128 {
        fold[byte as usize] = if byte.is_ascii_alphanumeric() { (byte & 31) as u32 } else { 0 };
        byte += 1;
    }
    fold
};

/// What a byte is in a name: 0 ends it, 1 separates segments, 2 is a blank (which separates
/// words of a prose key), anything else is the letter or digit in lower case.
static CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut byte = 0;
    while byte < 128u8 {
        class[byte as usize] = if byte.is_ascii_alphanumeric() { byte.to_ascii_lowercase() } else { 0 };
        byte += 1;
    }
    class[b'_' as usize] = 1;
    class[b'-' as usize] = 1;
    class[b'.' as usize] = 1;
    class[b' ' as usize] = 2;
    class
};

/// Bytes that may stand between a name and its separator.
static CLOSERS: [bool; 256] = {
    let mut closers = [false; 256];
    let mut at = 0;
    while at < CLOSING.len() {
        closers[CLOSING[at] as usize] = true;
        at += 1;
    }
    closers
};
// `Acct #: …`, `Account No.: …`
const CLOSING: &[u8] = b"\"'` \t\\)]*#.";

#[inline]
fn is_closer(byte: u8) -> bool {
    CLOSERS[usize::from(byte)]
}

/// Reads the name that ends at `separator` and looks it up.
#[inline]
pub(crate) fn before(hay: &[u8], separator: usize) -> Option<Named> {
    let end = name_end(hay, separator);
    let (key, start) = ending_at(hay, end)?;
    Some(Named { key, start, end })
}

/// One past the name before `separator`: quotes, brackets, blanks and backslashes may close it.
#[inline]
fn name_end(hay: &[u8], separator: usize) -> usize {
    let mut end = separator;
    while separator - end < CLOSED && end > 0 && hay.get(end - 1).is_some_and(|byte| is_closer(*byte)) {
        end -= 1;
    }
    if separator - end == CLOSED {
        // Backslashes of deep nesting, or the blanks of assignments in columns.
        let more = hay.get(end.saturating_sub(SLASHES)..end).unwrap_or_default();
        end -= more.iter().rev().take_while(|byte| matches!(byte, b'\\' | b' ' | b'\t')).count();
    }
    end
}

/// Looks a whole name up; the longest run of whole segments at its end wins.
pub(crate) fn lookup(name: &[u8]) -> Option<u16> {
    ending_at(name, name.len()).map(|(key, _)| key)
}

/// The name before a number sign and the separator behind that, as one that ends in `number`: `Member #: …`.
#[cold]
pub(crate) fn numbered(hay: &[u8], separator: usize) -> Option<Named> {
    const SIGN: &[u8] = b"number";
    let end = name_end(hay, separator);
    if !hay.get(end..separator)?.contains(&b'#') {
        return None;
    }
    let hash = SIGN.iter().rev().fold(0, |hash, byte| step(hash, *byte));
    let (key, start) = walk_on(hay, end, (hash, 1)).filter(|(at, _)| is_kind(*at))?;
    Some(Named { key, start, end })
}

/// The name behind the letter of a flag: `-Dpassword=`, `-PapiKey=`.
#[cold]
pub(crate) fn property(hay: &[u8], separator: usize) -> Option<Named> {
    let (start, end) = word_before(hay, separator);
    let [b'-', b'D' | b'P', name @ ..] = hay.get(start.checked_sub(1)?..end)? else { return None };
    let key = lookup(name)?;
    Some(Named { key, start: start + 1, end })
}

fn is_kind(at: u16) -> bool {
    KEYS.get(usize::from(at)).is_some_and(|key| key.kind.builtin().is_some())
}

fn ending_at(hay: &[u8], end: usize) -> Option<(u16, usize)> {
    walk(hay, end)
        .or_else(|| {
            // `email_2`, `password1`: the number is not part of the name.
            let name = hay.get(end.saturating_sub(NAME)..end)?;
            name.last().filter(|byte| byte.is_ascii_digit())?;
            let kept = name.iter().rev().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'.')).count();
            walk(hay, end - kept)
        })
        .filter(|(at, _)| is_kind(*at))
}

#[inline]
fn probe(hash: u64) -> Option<u16> {
    let seed = *KEY_SEEDS.get((hash >> 56) as usize)?;
    let slot = (hash ^ u64::from(seed).wrapping_mul(0xD6E8_FEB8_6659_FD93)).wrapping_mul(0xA24B_AED4_963E_E407) >> 53;
    let at = *KEY_SLOTS.get(slot as usize)?;
    KEYS.get(usize::from(at)).filter(|key| key.hash == hash).map(|_| at)
}

/// Whether segments with that hash are a key or the last ones of one.
#[inline]
fn ends_a_key(hash: u64) -> bool {
    KEY_TAILS.get((hash >> 56) as usize).is_some_and(|bits| bits >> (hash >> 50 & 63) & 1 == 1)
}

/// Walks back from `end`, asking at every segment's start; key and start of the longest match.
#[inline(always)]
fn walk(hay: &[u8], end: usize) -> Option<(u16, usize)> {
    walk_on(hay, end, (0, 0))
}

/// As [`walk`], behind segments at the end of the name that have that hash.
#[inline(always)]
fn walk_on(hay: &[u8], end: usize, (mut hash, mut segments): (u64, u32)) -> Option<(u16, usize)> {
    let floor = end.saturating_sub(NAME);
    let name = hay.get(floor..end)?;
    let (mut best, mut gap) = (None, true);
    // The byte behind, and the one after it.
    let (mut next, mut after) = (b'_', b'_');
    let mut at = name.len();
    let mut byte = name.last().copied().unwrap_or(b'\n');
    loop {
        let previous = if at > 1 { name[at - 2] } else { b'\n' };
        let mut class = CLASS[usize::from(byte)];
        // Inside a word, which most bytes are.
        if class > 2 && !gap && !next.is_ascii_uppercase() && previous != b'\\' {
            hash = step(hash, class);
            (next, after, byte) = (byte, next, previous);
            at -= 1;
            continue;
        }
        // The letter of an escape (`\n`) is not part of a name; a blank joins two words.
        if previous == b'\\' {
            class = 0;
        } else if class == 2 {
            class = u8::from(previous.is_ascii_alphanumeric() && at < name.len());
        }
        // In camelCase a capital starts a segment: `patientId`, `SSNLast4`.
        let camel = next.is_ascii_uppercase()
            && (byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte.is_ascii_uppercase() && after.is_ascii_lowercase());
        if (class < 2 || camel) && !gap {
            if !ends_a_key(hash) {
                return best;
            }
            best = probe(hash).map(|key| (key, floor + at)).or(best);
            segments += 1;
            gap = true;
        }
        if class == 0 || segments == SEGMENTS && class > 2 {
            return best;
        }
        if class > 2 {
            if gap && segments > 0 {
                hash = step(hash, b'_');
            }
            gap = false;
            hash = step(hash, class);
        }
        (next, after, byte) = (byte, next, previous);
        at -= 1;
    }
}

/// The word before `separator`, letters, digits and `_`; quotes, brackets and blanks may stand between. Offsets half-open.
pub(crate) fn word_before(hay: &[u8], separator: usize) -> (usize, usize) {
    let end = name_end(hay, separator);
    let name = hay.get(end.saturating_sub(NAME)..end).unwrap_or_default();
    (end - name.iter().rev().take_while(|byte| CLASS[usize::from(**byte)] > 2 || **byte == b'_').count(), end)
}

/// First byte of the name that ends before `end`: letters, digits, `_ - .` and single spaces.
fn name_start(hay: &[u8], end: usize) -> usize {
    let floor = end.saturating_sub(NAME);
    let mut start = end;
    while start > floor && hay.get(start - 1).is_some_and(|byte| matches!(CLASS.get(usize::from(*byte)), Some(class) if *class > 0)) {
        start -= 1;
    }
    start
}

/// Whether the name before `separator`, or its last segments, is `wanted` (lower snake case).
pub(crate) fn segments_of(hay: &[u8], separator: usize, wanted: &str) -> bool {
    let end = name_end(hay, separator);
    let name = hay.get(name_start(hay, end)..end).unwrap_or_default();
    let mut at = name.len();
    for byte in wanted.bytes().rev() {
        let Some(previous) = at.checked_sub(1).and_then(|at| name.get(at)) else { return false };
        let same = if byte == b'_' { !previous.is_ascii_alphanumeric() } else { previous.to_ascii_lowercase() == byte };
        // In camelCase the segments have nothing between them.
        let joined = byte == b'_' && name.get(at).is_some_and(u8::is_ascii_uppercase);
        if !same && !joined {
            return false;
        }
        at -= usize::from(same);
    }
    let before = at.checked_sub(1).and_then(|at| name.get(at)).copied().unwrap_or(b'_');
    !before.is_ascii_alphanumeric() || name.get(at).is_some_and(u8::is_ascii_uppercase)
}

/// The key of that index.
pub(crate) fn key(at: u16) -> Option<&'static Key> {
    KEYS.get(usize::from(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_of(text: &str) -> Option<&'static str> {
        lookup(text.as_bytes()).and_then(key).map(|key| key.name)
    }

    #[test]
    fn every_key_is_found_by_its_own_name() {
        for entry in KEYS.iter().filter(|entry| entry.kind.builtin().is_some()) {
            assert_eq!(name_of(entry.name), Some(entry.name));
            assert!(plausible(format!("        {}=", entry.name).as_bytes(), 8 + entry.name.len()), "{}", entry.name);
        }
    }

    #[test]
    fn what_is_plausible_is_likely() {
        // Knuth's generator.
        let mut state = 7u64;
        let mut next = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        let between = [" ", "\"", "\\\"", "\\n", "\\nx", "#012", ".", "_", "A", "7", ")", "\t", "'", ": ", "é", "x"];
        let (mut text, mut places) = (String::new(), 0);
        for _ in 0..200_000 {
            text.clear();
            text.push_str("0123456789 ");
            text.push_str(between[next(between.len())]);
            let name = KEYS[next(KEYS.len())].name;
            let name = if next(3) == 0 { name.to_uppercase() } else { name.to_owned() };
            text.push_str(name.get(next(name.len()).saturating_sub(3)..).unwrap_or_default());
            for _ in 0..next(4) {
                text.push_str(between[next(between.len())]);
            }
            let mark = text.len();
            let (sign, length) = [(":= 1", 2), ("=1", 1), (": 1", 1), ("== 1", 2), (" != 1", 3)][next(5)];
            text.push_str(sign);
            let at = mark + length;
            if plausible(text.as_bytes(), mark) {
                places += 1;
                assert!(likely(text.as_bytes(), at), "{text}");
            }
        }
        assert!(places > 50_000, "{places}");
    }

    #[test]
    fn names_are_normalised_and_the_longest_segments_win() {
        assert_eq!(name_of("billing.contact.email"), Some("contact_email"));
        assert_eq!(name_of("patientID"), Some("patient_id"));
        assert_eq!(name_of("SSNLast4"), Some("ssn_last4"));
        assert_eq!(name_of("X-Forwarded-For"), Some("x_forwarded_for"));
        assert_eq!(name_of("MY_AWS_SECRET_ACCESS_KEY"), Some("aws_secret_access_key"));
        assert_eq!(name_of("Medical Record Number"), Some("medical_record_number"));
        assert_eq!(name_of("email_2"), Some("email"));
        assert_eq!(name_of("max_age"), None);
        assert_eq!(name_of("bind_address"), None);
        assert_eq!(name_of("num_tokens"), None);
    }
}
