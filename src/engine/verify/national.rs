//! National identifiers without a key: in the form their office prints, or with a check that few other
//! numbers pass.
//!
//! Only while a pack is on. From the end of a value its groups are read backwards; their lengths and what
//! stands between them are looked up among the forms of the detector files, and the longest value that
//! passes the check of a kind is taken. A form that proves too little needs an unambiguous name of its
//! kind near before it. What reads as a time is never taken.

use super::digits::is_thread;
use super::packs::Near;
use super::scan::{Scan, Source, is_word};
use crate::engine::candidates::national::may_end_here;
use crate::engine::catalog::{FORM_BITS, FORM_TAILS, FORMS, KindId, id};
use crate::engine::validate::calendar::exists;

/// Most groups of a value, and most characters of a group; the same as in patterns/build/forms.rs.
const GROUPS: usize = 7;
const LONG: usize = 18;
/// Confidence of a form that has a name near before it.
const NEAR: u8 = 70;

/// Looks one past what may be a value, or one past the point or dash behind it.
pub(super) fn value_end(scan: &mut Scan<'_>, at: usize) {
    let end = at - usize::from(matches!(scan.before(at), b'.' | b'-') && at > 0);
    if !scan.settings.packs {
        return;
    }
    let Some(waits) = ending(scan, end) else { return };
    let closed = scan.before(end) == b')';
    let mut at = end - usize::from(closed);
    let (mut signature, mut after) = (0u64, if closed { 7 } else { 0 });
    let (mut best, mut joined, mut near) = (None, None, None);
    let hay = scan.hay;
    for _ in 0..GROUPS {
        let stop = at;
        while stop - at <= LONG && at > 0 && hay.get(at - 1).is_some_and(|byte| is_written(*byte)) {
            at -= 1;
        }
        if at == stop || stop - at > LONG {
            break;
        }
        signature = signature << 8 | ((stop - at) as u64) << 3 | after;
        if has(&FORM_BITS, signature)
            && let Some(found) = judge(scan, signature, at, end, &mut near)
        {
            // What joins a value to a word joins it to nothing once the word is masked.
            if joins(scan, at) {
                joined = Some((at, found));
            } else {
                best = Some((at, found));
            }
        }
        after = match scan.before(at) {
            b'-' => 1,
            b' ' => 2,
            b'.' => 3,
            b'/' => 4,
            b'+' => 5,
            b'(' => 6,
            _ => break,
        };
        if !has(&FORM_TAILS, signature << 3 | after) {
            break;
        }
        at -= 1;
    }
    if let Some((start, (kind, confidence, source))) = joined {
        scan.accept_beside_masked(kind, start, end, confidence, source, (true, waits));
    }
    if let Some((start, (kind, confidence, source))) = best {
        let row = is_row(scan, start) && scan.slice(start, end).contains(&b' ');
        if row || waits {
            scan.accept_beside_masked(kind, start, end, confidence, source, (row, waits));
        } else {
            scan.accept_number(kind, start, end, confidence, source);
        }
    }
}

/// What a group is written with.
fn is_written(byte: u8) -> bool {
    byte.is_ascii_digit() || byte.is_ascii_uppercase()
}

/// Whether `signature` may be in a set that patterns/build/forms.rs wrote.
#[inline]
fn has(set: &[u64; 16], signature: u64) -> bool {
    let bit = signature.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54;
    set.get((bit >> 6) as usize).is_some_and(|bits| bits >> (bit & 63) & 1 == 1)
}

/// The first kind that has a form of this signature and takes the value; alone before near.
fn judge(scan: &mut Scan<'_>, signature: u64, start: usize, end: usize, near: &mut Option<Near>) -> Option<(KindId, u8, Source)> {
    if !may_start(scan, start) || !may_end_here(scan.hay, end) {
        return None;
    }
    let first = FORMS.partition_point(|form| form.signature < signature);
    let forms = FORMS.get(first..).unwrap_or_default().iter().take_while(|form| form.signature == signature);
    let (mut named, mut refused) = (None, None);
    // Kinds with one layout stand together.
    let (mut layout, mut fitting, mut time) = ("", false, false);
    for form in forms.filter(|form| scan.settings.is_on(form.kind)) {
        let value = scan.slice(start, end);
        if layout != form.layout {
            layout = form.layout;
            fitting = fits(value, layout);
            time = fitting && is_time(value);
        }
        let Some(kind) = form.kind.builtin().filter(|_| fitting) else { continue };
        // The two check digits of a Luxembourgish number, and its year, tell it from milliseconds. A Danish
        // number has no check but its date, and reads backwards as well: 261231-2359.
        let stamp = form.kind == id::DK_CPR && is_stamp(value);
        if time && form.kind != id::LU_MATRICULE || stamp {
            refused = Some((form.kind, "reads as a time"));
            continue;
        }
        if !kind.validator.is_some_and(|valid| valid(scan.slice(start, end))) {
            refused = Some((form.kind, "check digit or structure"));
            continue;
        }
        let bare = value_is_bare(scan.slice(start, end));
        if bare && (is_measured(scan, end) || names_a_measure(scan, start) || is_thread(scan, start, end)) {
            refused = Some((form.kind, "a count, or the thread in a log header"));
            continue;
        }
        let taken = !form.near || !is_measured(scan, end) && near.get_or_insert_with(|| Near::read(scan, start)).names(form.kind);
        if !taken {
            refused = Some((form.kind, "needs a key, or a name near before it"));
            continue;
        }
        if form.near {
            named = named.or(Some((form.kind, NEAR, Source::Context)));
        } else {
            // A bare number says less than a card number's brand and check.
            return Some((form.kind, kind.confidence, if bare { Source::Weak } else { Source::Format }));
        }
    }
    if let (None, Some((kind, reason))) = (named, refused) {
        scan.refuse(kind, start, end, reason);
    }
    named
}

fn value_is_bare(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_digit)
}

/// Whether a value has the classes of characters that its layout asks for.
fn fits(value: &[u8], layout: &str) -> bool {
    value.len() == layout.len()
        && value.iter().zip(layout.bytes()).all(|(byte, class)| match class {
            b'd' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_uppercase(),
            b'X' => is_written(*byte),
            separator => *byte == separator,
        })
}

/// Whether a value that ends before `end` waits for what a sign joins to it to be masked; none if it cannot end.
fn ending(scan: &Scan<'_>, end: usize) -> Option<bool> {
    let (next, second) = (scan.byte(end), scan.byte(end + 1));
    // A closing bracket ends the value whatever follows.
    let bracketed = scan.before(end) == b')';
    let waits = matches!(next, b'-' | b'.' | b'+') && second.is_ascii_alphanumeric()
        || matches!(next, b'/' | b':') && second.is_ascii_digit() && scan.before(end).is_ascii_digit();
    (bracketed || !is_word(next) && next != b'@').then_some(waits && !bracketed)
}

/// Whether a value may start at `start`, but for what [`joins`] tells.
fn may_start(scan: &Scan<'_>, start: usize) -> bool {
    let previous = scan.before(start);
    let twice = matches!(previous, b'-' | b'+' | b'@') && scan.before(start - 1) == previous;
    !matches!(previous, b'$' | b'%') && !twice && scan.number_may_start(start)
}

/// Whether the sign before `start` joins a word to it.
fn joins(scan: &Scan<'_>, start: usize) -> bool {
    let second = start.checked_sub(2).map_or(b'\n', |at| scan.byte(at));
    match scan.before(start) {
        b'-' | b'+' | b'@' => is_word(second),
        b'.' => second.is_ascii_alphabetic(),
        b'/' | b':' => second.is_ascii_digit() && scan.byte(start).is_ascii_digit(),
        _ => false,
    }
}

/// Whether a unit follows: `took 9434765919 ns`, `11144477735 bytes`.
fn is_measured(scan: &Scan<'_>, end: usize) -> bool {
    const UNITS: [&[u8]; 28] = [
        b"ns",
        b"us",
        b"ms",
        b"s",
        b"sec",
        b"secs",
        b"seconds",
        b"b",
        b"byte",
        b"bytes",
        b"kb",
        b"mb",
        b"gb",
        b"kib",
        b"mib",
        b"gib",
        b"rows",
        b"records",
        b"times",
        b"samples",
        b"tokens",
        b"params",
        b"parameters",
        b"steps",
        b"ops",
        b"flops",
        b"cycles",
        b"ticks",
    ];
    let rest = scan.slice(end, scan.hay.len().min(end + 12));
    let Some((b' ', rest)) = rest.split_first() else { return false };
    let word = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    // `1234 b=2`: a key, and no unit.
    let key = matches!(rest.get(word), Some(b'=' | b':'));
    !key && rest.get(..word).is_some_and(|word| UNITS.iter().any(|unit| unit.eq_ignore_ascii_case(word)))
}

/// Whether the key before a bare number names a count, a size or a time: `"bytes_sent":11144477735`.
fn names_a_measure(scan: &Scan<'_>, start: usize) -> bool {
    const REACH: usize = 48;
    const WORDS: &str = "addr bytes capacity count duration elapsed epoch hash heap iter iteration lag length memory micros millis nanos \
        nonce offset ptr records revision rows rss seed samples size steps timestamp tokens uptime";
    const LAST: &str = "ms ns us";
    let before = scan.slice(start.saturating_sub(REACH), start);
    let signs = before.iter().rev().take_while(|byte| matches!(byte, b'=' | b':' | b' ' | b'"' | b'\'' | b'\\')).count();
    let name = before.get(..before.len() - signs).unwrap_or_default();
    let length = name.iter().rev().take_while(|byte| is_word(**byte) || matches!(byte, b'-' | b'.')).count();
    let name = name.get(name.len() - length..).unwrap_or_default();
    // Parts end at a sign, and before the capital of a camel's hump.
    let mut part_start = 0;
    let parts = (1..=name.len()).filter_map(|at| {
        let (last, next) = (name.get(at - 1).copied().unwrap_or(b'_'), name.get(at).copied().unwrap_or(b'_'));
        let ends = matches!(next, b'_' | b'-' | b'.') || next.is_ascii_uppercase() && last.is_ascii_lowercase();
        let part = ends.then(|| name.get(part_start..at).unwrap_or_default());
        if ends {
            part_start = at + usize::from(!next.is_ascii_uppercase());
        }
        part
    });
    let is_in = |words: &str, part: &[u8]| words.split_ascii_whitespace().any(|word| word.as_bytes().eq_ignore_ascii_case(part));
    let mut last: &[u8] = b"";
    signs > 0 && (parts.inspect(|part| last = *part).any(|part| is_in(WORDS, part)) || is_in(LAST, last))
}

/// Whether a blank before `at` stands between digits: `2024 943 476 5919` may be one longer number.
fn is_row(scan: &Scan<'_>, at: usize) -> bool {
    at >= 2 && scan.before(at) == b' ' && scan.byte(at).is_ascii_digit() && scan.byte(at - 2).is_ascii_digit()
}

/// Whether a number reads as a time between 2001 and 2040: seconds, milliseconds, microseconds, or written
/// without separators.
fn is_time(value: &[u8]) -> bool {
    let digits = value.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let part = |from: usize, to: usize| number(value.get(from..to).unwrap_or_default());
    let date = || (1970..=2040).contains(&part(0, 4)) && exists(part(0, 4) as u32, part(4, 6) as u32, part(6, 8) as u32);
    let clock = |at: usize| is_clock(value.get(at..at + 4).unwrap_or_default());
    let since_2001 = |unit: u64| (978_307_200 * unit..=2_208_988_800 * unit).contains(&part(0, digits));
    match (digits, value.len()) {
        (8, 8) => date(),
        (8, 9) => value.ends_with(b"Z") && date(),
        (8, 10) => value.last().is_some_and(|last| last.is_ascii_digit() || *last == b'K') && date(),
        (8, 13) => clock(9) && part(0, 4) >= 2001 && date(),
        (10, 10) => since_2001(1),
        (12, 12) => clock(8) && part(0, 4) >= 2001 && date(),
        (13, 13) => since_2001(1000),
        (14, 14) => clock(8) && part(12, 14) < 60 && date(),
        (16, 16) => since_2001(1_000_000),
        _ => false,
    }
}

/// Year, month and day without the century, a dash, hours and minutes.
fn is_stamp(value: &[u8]) -> bool {
    let part = |from: usize, to: usize| number(value.get(from..to).unwrap_or_default()) as u32;
    (1..=40).contains(&part(0, 2)) && exists(2000 + part(0, 2), part(2, 4), part(4, 6)) && is_clock(value.get(7..11).unwrap_or_default())
}

/// Hours and minutes.
fn is_clock(digits: &[u8]) -> bool {
    let (hours, minutes) = (number(digits) / 100, number(digits) % 100);
    digits.len() == 4 && hours < 24 && minutes < 60
}

fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |number, byte| number * 10 + u64::from(byte.wrapping_sub(b'0')))
}
