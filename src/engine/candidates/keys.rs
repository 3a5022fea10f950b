//! Key names: from a separator back to the name before it, and what the name means.
//!
//! A small bitset over the last three bytes drops nearly every separator; only then is
//! the name normalised (camelCase, `-`, `.`, spaces become `_`, letters lower case) and
//! looked up in a perfect hash, longest run of whole segments first: in
//! `billing.contact.email` the key is `email`. A name on the veto list wins as any
//! other longest match and means "not a key" (`max_age`, `bind_address`).

use crate::engine::catalog::{KEY_SEEDS, KEY_SLOTS, KEY_SUFFIXES, KEYS, Key};

/// Longest name looked at, in bytes.
const NAME: usize = 64;
/// Segments at the end of a name that may form a key.
const SEGMENTS: u32 = 5;

/// Where a name stands and what it means.
pub(crate) struct Named {
    /// Index into [`KEYS`].
    pub(crate) key: u16,
    /// First byte of the name's text.
    pub(crate) start: usize,
    /// One past the last byte of the name's text, before any closing quote or bracket.
    pub(crate) end: usize,
}

/// Whether the bytes before a separator can be the end of a key name.
#[inline]
pub(crate) fn plausible(hay: &[u8], separator: usize) -> bool {
    let Some(tail) = separator.checked_sub(8).and_then(|from| hay.get(from..separator)) else { return true };
    let mut end = tail.len();
    while end > 3 && tail.get(end - 1).is_some_and(|byte| is_closer(*byte)) {
        end -= 1;
    }
    match tail.get(end.wrapping_sub(3)..end) {
        Some([third, second, last]) if !last.is_ascii_digit() => {
            let code = usize::from(last & 31) | usize::from(second & 31) << 5 | usize::from(third & 31) << 10;
            KEY_SUFFIXES.get(code >> 6).is_some_and(|word| word >> (code & 63) & 1 == 1)
        }
        _ => true,
    }
}

/// Bytes that may stand between a name and its separator.
#[inline]
fn is_closer(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`' | b' ' | b'\\' | b')' | b']' | b'*')
}

/// Reads the name that ends at `separator` and looks it up.
pub(crate) fn before(hay: &[u8], separator: usize) -> Option<Named> {
    let mut end = separator;
    let mut skipped = 0;
    while skipped < 6 && end > 0 && hay.get(end - 1).is_some_and(|byte| is_closer(*byte)) {
        end -= 1;
        skipped += 1;
    }
    let start = name_start(hay, end);
    let key = lookup(hay.get(start..end)?)?;
    Some(Named { key, start, end })
}

/// First byte of the name that ends before `end`: letters, digits, `_ - .` and single spaces.
fn name_start(hay: &[u8], end: usize) -> usize {
    let floor = end.saturating_sub(NAME);
    let mut start = end;
    while start > floor {
        let byte = hay.get(start - 1).copied().unwrap_or(b'\n');
        let single_space = byte == b' ' && start < end && hay.get(start.wrapping_sub(2)).is_some_and(u8::is_ascii_alphanumeric);
        if !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || single_space) {
            break;
        }
        // The letter of an escape (`\n`) is not part of the name.
        if start >= 2 && hay.get(start - 2) == Some(&b'\\') {
            break;
        }
        start -= 1;
    }
    start
}

/// The same step as in patterns/build/keys.rs.
#[inline]
fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23)
}

fn probe(hash: u64) -> Option<u16> {
    let seed = *KEY_SEEDS.get((hash >> 56) as usize)?;
    let slot = (hash ^ u64::from(seed).wrapping_mul(0xD6E8_FEB8_6659_FD93)).wrapping_mul(0xA24B_AED4_963E_E407) >> 53;
    let at = *KEY_SLOTS.get(slot as usize)?;
    KEYS.get(usize::from(at)).filter(|key| key.hash == hash).map(|_| at)
}

/// Looks a name up; the longest run of whole segments at its end wins.
pub(crate) fn lookup(name: &[u8]) -> Option<u16> {
    segments(name).or_else(|| {
        let kept = name.iter().rposition(|byte| !byte.is_ascii_digit() && !matches!(byte, b'_' | b'-' | b'.' | b' '))? + 1;
        if kept == name.len() { None } else { segments(name.get(..kept)?) }
    })
    .filter(|at| KEYS.get(usize::from(*at)).is_some_and(|key| key.kind.builtin().is_some()))
}

fn segments(name: &[u8]) -> Option<u16> {
    let mut best = None;
    let mut hash = 0;
    let mut seen = 0;
    let mut gap = false;
    for (at, byte) in name.iter().copied().enumerate().rev() {
        if !byte.is_ascii_alphanumeric() {
            if hash != 0 && !gap {
                best = probe(hash).or(best);
                seen += 1;
                gap = true;
            }
        } else {
            if gap {
                if seen == SEGMENTS {
                    return best;
                }
                hash = step(hash, b'_');
                gap = false;
            }
            hash = step(hash, byte.to_ascii_lowercase());
            let previous = at.checked_sub(1).and_then(|at| name.get(at)).copied().unwrap_or(b'_');
            let next_is_lower = name.get(at + 1).is_some_and(u8::is_ascii_lowercase);
            if byte.is_ascii_uppercase()
                && (previous.is_ascii_lowercase() || previous.is_ascii_digit() || previous.is_ascii_uppercase() && next_is_lower)
            {
                best = probe(hash).or(best);
                seen += 1;
                gap = true;
            }
        }
    }
    if gap { best } else { probe(hash).or(best) }
}

/// Whether the name before `separator`, or its last segments, is `wanted` (lower snake case).
pub(crate) fn segments_of(hay: &[u8], separator: usize, wanted: &str) -> bool {
    let mut end = separator;
    while end > 0 && separator - end < 6 && hay.get(end - 1).is_some_and(|byte| is_closer(*byte)) {
        end -= 1;
    }
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
    fn names_are_normalised_and_the_longest_segments_win() {
        assert_eq!(name_of("billing.contact.email"), Some("email"));
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
