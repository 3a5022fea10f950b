//! What programs print that reads like the key or the value of a person and is none.
//!
//! Asked by `keyed` once a key is known. Sources: RFC 9111 (the header `Age`), journald's
//! `_MACHINE_ID`, selectors of Objective-C, member ids of etcd.

use super::scan::{Scan, is_word};
use crate::engine::candidates::keys::Named;
use crate::engine::catalog::{KindId, id};

/// Why the key that ends before the sign at `mark` names nothing of this kind; `at` is behind the sign.
pub(super) fn names_nothing(scan: &Scan<'_>, named: &Named, kind: KindId, at: usize, mark: usize) -> Option<&'static str> {
    let colon = scan.before(at) == b':';
    // The header `Age` is the age of a cached answer in seconds (RFC 9111, 5.1).
    if kind == id::AGE && colon && named.end == mark && scan.slice(named.start, mark) == b"Age" && scan.before(named.start) != b'-' {
        return Some("a header of a cached answer");
    }
    let field = named.end.saturating_sub(11);
    if kind == id::ADVERTISING_DEVICE_ID && scan.slice(field, named.end) == b"_MACHINE_ID" && !is_word(scan.before(field)) {
        return Some("the machine of a journal");
    }
    (colon && ends_selector(scan, at)).then_some("a selector")
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
