//! What programs print that reads like the key or the value of a person and is none.
//!
//! Asked by `keyed` once a key is known. Sources: RFC 9111 (the header `Age`), journald's
//! `_MACHINE_ID`, selectors of Objective-C, member ids of etcd, time(1) and the JVM's shares of time,
//! notes of gcc and rustc.

use super::scan::{Scan, is_word};
use crate::engine::candidates::keys::Named;
use crate::engine::catalog::{KindId, id};
use crate::engine::validate;

/// Why the key that ends before the sign at `mark` names nothing of this kind; `at` is behind the sign.
pub(super) fn names_nothing(scan: &Scan<'_>, named: &Named, kind: KindId, at: usize, mark: usize) -> Option<&'static str> {
    let colon = scan.before(at) == b':';
    // The header `Age` is the age of a cached answer in seconds (RFC 9111, 5.1).
    if kind == id::AGE && is_of_cache(scan, named, at, colon && named.end == mark) {
        return Some("the age of what is kept");
    }
    let field = named.end.saturating_sub(11);
    if kind == id::ADVERTISING_DEVICE_ID && scan.slice(field, named.end) == b"_MACHINE_ID" && !is_word(scan.before(field)) {
        return Some("the machine of a journal");
    }
    if kind == id::USERNAME && is_share_of_time(scan, at) {
        return Some("a share of time");
    }
    if kind == id::PROMPT_OR_SAMPLE_TEXT
        && colon
        && named.end == mark
        && let Some(reason) = no_text(scan, named, at)
    {
        return Some(reason);
    }
    if says_none(scan, at) {
        return Some("words that say there is none");
    }
    (colon && ends_selector(scan, at)).then_some("a selector")
}

/// The header `Age`, and ages beside words of a cache; beside those of a person, `Age: 93, Sex: F`, they are hers.
fn is_of_cache(scan: &Scan<'_>, named: &Named, at: usize, header: bool) -> bool {
    const CACHE: &str = "cache ttl hit miss max-age cache-control via expires etag http stale evict evicted entry entries lock idle";
    const PERSON: &str = "sex gender male female patient pt dob mrn years yrs yo ethnicity";
    let line = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let before = scan.slice(named.start.saturating_sub(96), named.start).rsplit(line).next().unwrap_or_default();
    let behind = scan.slice(at, scan.hay.len().min(at + 96)).split(line).next().unwrap_or_default();
    let says = |list: &str| {
        let words = |text: &[u8]| text.split(|byte| !byte.is_ascii_alphabetic()).any(|word| validate::word_list::contains(list, word));
        words(before) || words(behind)
    };
    let joined = matches!(scan.before(named.start), b'-' | b'_');
    let name = scan.slice(named.start, named.end);
    if !name.eq_ignore_ascii_case(b"age") || says(PERSON) {
        return false;
    }
    header && name == b"Age" && !joined || says(CACHE)
}

/// `access_key: not set`: two words, the first of which alone would be a value.
fn says_none(scan: &Scan<'_>, at: usize) -> bool {
    const STATES: [&[u8]; 8] =
        [b"must be", b"<set to", b"Refreshing state", b"(sensitive value)", b"not set", b"not found", b"not configured", b"not provided"];
    let rest = scan.slice(at, scan.hay.len().min(at + 24)).trim_ascii_start();
    STATES.iter().any(|state| rest.strip_prefix(*state).is_some_and(|behind| !behind.first().is_some_and(|byte| is_word(*byte))))
}

/// `user=0.12 sys=0.01`, `User=0.02s`, `user: 12.3%`: no login has a point between two numbers, and nothing else.
fn is_share_of_time(scan: &Scan<'_>, at: usize) -> bool {
    let rest = scan.slice(at, scan.hay.len().min(at + 24)).trim_ascii_start();
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(rest);
    let Some((b'.' | b',', rest)) = rest.get(whole..).and_then(<[u8]>::split_first).map(|(point, rest)| (*point, rest)) else {
        return false;
    };
    let part = digits(rest);
    let behind = rest.get(part..).unwrap_or_default();
    let unit = behind.iter().take_while(|byte| matches!(byte, b's' | b'm' | b'%')).count();
    whole > 0 && part > 0 && unit < 3 && !behind.get(unit).is_some_and(|byte| is_word(*byte) || matches!(byte, b'@' | b'.' | b'-'))
}

/// `a.cc:12:3: note: candidate …` and ``note: run with `X=1` …`` are of compilers; `messages: 12 consumed` counts them.
fn no_text(scan: &Scan<'_>, named: &Named, at: usize) -> Option<&'static str> {
    let name = scan.slice(named.start, named.end);
    let rest = scan.slice(at, scan.hay.len().min(at + 160));
    let line = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).map_or(rest, |end| rest.get(..end).unwrap_or_default());
    if name.eq_ignore_ascii_case(b"note") {
        let place = scan.slice(named.start.saturating_sub(3), named.start);
        let placed = matches!(place, [b'0'..=b'9', b':', b' '] | [_, b'=', b' ']);
        return (placed || line.contains(&b'`')).then_some("a note of a compiler");
    }
    let counted = line.trim_ascii_start().first().is_some_and(u8::is_ascii_digit);
    (counted && (name.eq_ignore_ascii_case(b"messages") || name.eq_ignore_ascii_case(b"content"))).then_some("a count")
}

/// Whether the colon before `at` ends a selector of Objective-C: `[Reader readWithCompletion:]`.
fn ends_selector(scan: &Scan<'_>, at: usize) -> bool {
    const REACH: usize = 128;
    let before = scan.slice(at.saturating_sub(REACH), at);
    let open = || before.iter().rposition(|byte| !is_word(*byte) && !matches!(byte, b' ' | b':'));
    scan.byte(at) == b']'
        && open().is_some_and(|open| before.get(open) == Some(&b'[') && before.get(open..).is_some_and(|text| text.contains(&b' ')))
}

/// A number of 64 bits in hex, small letters, with letters among them.
pub(super) fn is_cluster_member(text: &[u8]) -> bool {
    matches!(text.len(), 13..=16)
        && text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        && text.iter().filter(|byte| byte.is_ascii_lowercase()).count() > 1
}
