//! IPv4 addresses, dotted or as host names hyphenate them, and phones with a plus.

use super::people;
use super::scan::{Scan, Source, is_word};
use crate::engine::catalog::id;
use crate::engine::validate;

/// Words before a quad that make it a version.
const VERSION_WORDS: [&[u8]; 7] = [b"version", b"ver", b"v", b"release", b"build", b"rev", b"firmware"];

/// Programs that are named before their version, and parts of a text that are numbered alike.
const VERSIONED: [&[u8]; 27] = [
    b"torch",
    b"pytorch",
    b"cuda",
    b"cudnn",
    b"nccl",
    b"nvcc",
    b"tensorrt",
    b"numpy",
    b"package",
    b"kernel",
    b"linux",
    b"openssl",
    b"jdk",
    b"jre",
    b"java",
    b"gcc",
    b"clang",
    b"llvm",
    b"cmake",
    b"php",
    b"imagemagick",
    b"chrome",
    b"driver",
    b"section",
    b"chapter",
    b"clause",
    b"figure",
];

/// Looks at the first digit after the third separator of a quad.
pub(crate) fn quad(scan: &mut Scan<'_>, at: usize) {
    let separator = scan.before(at);
    if !matches!(separator, b'.' | b'-') {
        return;
    }
    let Some((octets, start, end)) = octets_around(scan.hay, at, separator) else {
        scan.refuse(id::IP_V4, at, at, "an octet over 255 or with a leading zero");
        return;
    };
    if separator == b'.' {
        people::behind_address(scan, end);
    }
    if validate::system_ip::nobody_v4(octets) {
        scan.refuse(id::IP_V4, start, end, "an address that no machine has");
        return;
    }
    if scan.settings.leaves_v4(octets) {
        scan.refuse(id::IP_V4, start, end, "internal network, left alone by the preset");
        return;
    }
    let fits = if separator == b'.' { dotted_fits(scan, start, end, octets) } else { hyphenated_fits(scan, start, end, octets) };
    if fits {
        scan.accept_alone(id::IP_V4, start, end, Source::Format);
    } else {
        scan.refuse(id::IP_V4, start, end, "a version, an object identifier or a longer number");
    }
}

/// The four octets whose last one begins at `at`, and where they begin and end.
fn octets_around(hay: &[u8], at: usize, separator: u8) -> Option<([u8; 4], usize, usize)> {
    // Three groups of at most three digits before `at`, and one byte more on the left.
    const BACK: usize = 13;
    let whole = at.checked_sub(BACK).and_then(|from| hay.get(from..)).and_then(|rest| rest.first_chunk::<16>());
    let window = whole.copied().unwrap_or_else(|| {
        std::array::from_fn(|offset| (at + offset).checked_sub(BACK).and_then(|at| hay.get(at)).copied().unwrap_or(b'\n'))
    });
    let digit = |at: usize| window.get(at).map_or(u32::MAX, |byte| u32::from(byte.wrapping_sub(b'0')));
    let fourth = hay.get(at + 3).map_or(u32::MAX, |byte| u32::from(byte.wrapping_sub(b'0')));
    let (last, length) = match (digit(BACK), digit(BACK + 1), digit(BACK + 2)) {
        (a @ 0..=9, 10.., _) => (octet(0, 0, a, 1)?, 1),
        (a @ 0..=9, b, 10..) => (octet(0, a, b, 2)?, 2),
        (a @ 0..=9, b, c) if fourth > 9 => (octet(a, b, c, 3)?, 3),
        _ => return None,
    };
    let mut octets = [0, 0, 0, last];
    let mut start = BACK;
    for slot in [2, 1, 0] {
        if window.get(start - 1) != Some(&separator) {
            return None;
        }
        let stop = start - 1;
        let (value, length) = match (digit(stop - 1), digit(stop - 2), digit(stop - 3), digit(stop - 4)) {
            (10.., ..) => return None,
            (a, 10.., ..) => (octet(0, 0, a, 1)?, 1),
            (a, b, 10.., _) => (octet(0, b, a, 2)?, 2),
            (a, b, c, 10..) => (octet(c, b, a, 3)?, 3),
            _ => return None,
        };
        start = stop - length;
        *octets.get_mut(slot)? = value;
    }
    Some((octets, at + start - BACK, at + length))
}

/// A number of `length` digits up to 255, without a leading zero.
#[inline]
fn octet(hundreds: u32, tens: u32, ones: u32, length: u32) -> Option<u8> {
    let value = hundreds * 100 + tens * 10 + ones;
    let least = [0, 0, 10, 100].get(length as usize).copied().unwrap_or(u32::MAX);
    u8::try_from(value).ok().filter(|_| value >= least)
}

fn dotted_fits(scan: &Scan<'_>, start: usize, end: usize, octets: [u8; 4]) -> bool {
    if !scan.digits_may_start(start) || !scan.digits_may_end(end) || scan.before(start) == b'.' {
        return false;
    }
    // 1.2.3.4-SNAPSHOT, lib-1.2.3.4
    if scan.byte(end) == b'-' && is_word(scan.byte(end + 1)) || scan.before(start) == b'-' && scan.before(start - 1).is_ascii_alphabetic() {
        return false;
    }
    let [first, rest @ ..] = octets;
    // `Chrome/126.0.0.0`, as browsers write their version; no machine has an address that ends so.
    if rest == [0, 0, 0] && first != 0 {
        return false;
    }
    // product/1.2.3.4 is a version unless a port follows or the first part is too large for one.
    if scan.before(start) == b'/' && scan.before(start - 1).is_ascii_alphabetic() && scan.byte(end) != b':' && first < 24 {
        return false;
    }
    !(follows_version_word(scan, start) || first < 24 && follows_program(scan, start) || follows_version(scan, start))
}

/// Whether a program with a version stands before `start`: `torch 2.1.0.8`.
fn follows_program(scan: &Scan<'_>, start: usize) -> bool {
    let before = scan.slice(start.saturating_sub(12), start);
    let Some((b' ' | b'=', before)) = before.split_last() else { return false };
    let letters = before.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = before.get(before.len() - letters..).unwrap_or_default();
    letters > 0 && VERSIONED.iter().any(|program| word.eq_ignore_ascii_case(program))
}

/// Whether a number of three parts stands before `start`: `from 1.2.3 to 1.2.3.44`, `1.2.3 -> 1.2.3.44`.
fn follows_version(scan: &Scan<'_>, start: usize) -> bool {
    let before = scan.slice(start.saturating_sub(24), start);
    let Some(before) = before.strip_suffix(b" to ").or_else(|| before.strip_suffix(b" -> ")) else { return false };
    let length = before.iter().rev().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let number = before.get(before.len() - length..).unwrap_or_default();
    number.split(|byte| *byte == b'.').filter(|part| !part.is_empty()).count() == 3 && number.split(|byte| *byte == b'.').count() == 3
}

fn follows_version_word(scan: &Scan<'_>, start: usize) -> bool {
    // The last letters of the words, and what may stand behind them.
    if !matches!(scan.before(start), b' ' | b':' | b'=' | b'"' | b'\'') {
        return false;
    }
    let mut stop = start;
    while stop > 0 && start - stop < 4 && matches!(scan.before(stop), b' ' | b':' | b'=' | b'"' | b'\'') {
        stop -= 1;
    }
    if !matches!(scan.before(stop) | 0x20, b'n' | b'r' | b'e' | b'd' | b'v') {
        return false;
    }
    let from = stop.saturating_sub(10);
    let before = scan.slice(from, stop);
    let letters = before.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = before.get(before.len() - letters..).unwrap_or_default();
    stop < start && VERSION_WORDS.iter().any(|version| word.eq_ignore_ascii_case(version))
}

/// Host names such as `24-54-76-216.example.net` or `ip-203-0-113-9`.
fn hyphenated_fits(scan: &Scan<'_>, start: usize, end: usize, octets: [u8; 4]) -> bool {
    let [first, ..] = octets;
    if first == 0 || is_word(scan.byte(end)) || scan.byte(end) == b'-' && scan.byte(end + 1).is_ascii_digit() {
        return false;
    }
    let named = scan.before(start) == b'-' && scan.before(start - 1).is_ascii_alphabetic();
    let in_host = scan.byte(end) == b'.' && scan.byte(end + 1).is_ascii_alphabetic();
    let free = scan.word_may_start(start) && !matches!(scan.before(start), b'-' | b'/');
    named || in_host && free
}

/// Looks at the digit after a `+`: a phone number in E.164 form.
pub(crate) fn plus(scan: &mut Scan<'_>, at: usize) {
    if scan.before(at) != b'+' || !scan.word_may_start(at - 1) || matches!(scan.before(at - 1), b'+' | b'.') {
        return;
    }
    let start = at - 1;
    // `m=+0.001234`: the monotonic clock that Go prints beside the time.
    if scan.slice(start.saturating_sub(3), start) == b" m=" {
        return;
    }
    let limit = scan.hay.len().min(at + 24);
    let mut ends = [0usize; 8];
    let mut count = 0;
    let mut digits = 0;
    let mut stop = at;
    while stop < limit {
        let byte = scan.byte(stop);
        let next = scan.byte(stop + 1);
        if byte.is_ascii_digit() {
            digits += 1;
            if digits > 15 {
                break;
            }
            if !next.is_ascii_digit()
                && let Some(slot) = ends.get_mut(count)
            {
                *slot = stop + 1;
                count += 1;
            }
        } else if !(matches!(byte, b' ' | b'-' | b'.' | b')') && (next.is_ascii_digit() || matches!(next, b'(' | b' '))
            || byte == b'(' && next.is_ascii_digit())
        {
            break;
        }
        stop += 1;
    }
    // The longest stretch that is a number of its country.
    for end in ends.into_iter().take(count).rev() {
        if scan.digits_may_end(end) && validate::phone_e164::valid(scan.slice(start, end)) {
            scan.accept_alone(id::PHONE_E164, start, end, Source::Format);
            return;
        }
    }
    scan.refuse(id::PHONE_E164, start, stop, "no country code with a number of its length");
}
