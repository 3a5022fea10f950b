//! Street addresses that no key names: `123 Main St, Springfield, IL 62701`, `4600 Silver Hill Rd, Apt 4`.
//!
//! Looked at from the word for the street, or from the state before the ZIP code. Source: USPS Publication 28.

use super::scan::{Scan, Source, is_word};
use crate::engine::catalog::id;
use crate::engine::validate::street_address;

/// How far the house number may stand before the last word of its street, and before a state.
const STREET: usize = 48;
const TOWN: usize = 120;
/// How far an apartment or a town may go on behind a street.
const UNIT: usize = 24;

/// Looks at the first letter of a word such as `Street`.
pub(crate) fn street(scan: &mut Scan<'_>, at: usize) {
    let Some(at) = at.checked_sub(1).filter(|at| scan.byte(*at) == b' ') else { return };
    let rest = scan.slice(at + 1, scan.hay.len().min(at + 1 + UNIT));
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let end = at + 1 + length;
    if is_word(scan.byte(end)) || scan.byte(end) == b'-' {
        return;
    }
    let Some(start) = begin(scan, at, end, STREET) else {
        return scan.refuse(id::STREET_ADDRESS, at, end, "no house number before the street");
    };
    // With the unit or the town behind it, if there is one: the longest that is an address.
    let behind = scan.slice(end, scan.hay.len().min(end + UNIT));
    // A point behind a word that is cut short is part of it; another ends the sentence.
    let short = usize::from(length <= 4 && behind.first() == Some(&b'.'));
    let text = behind.get(short..).unwrap_or_default();
    let next = text.strip_prefix(b" ").and_then(|text| text.first());
    if text.first() != Some(&b',') && !next.is_some_and(|next| next.is_ascii_uppercase() || *next == b'#') {
        return scan.accept_alone(id::STREET_ADDRESS, start, end + short, Source::Context);
    }
    let line = behind.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b" ,.#-".contains(byte))).unwrap_or(behind.len());
    let mut stops = (0..=line).rev().filter(|stop| behind.get(*stop).is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'#'));
    let stop = stops.find(|stop| street_address::valid(scan.slice(start, end + stop))).unwrap_or(0);
    let stop = if stop == 1 && length > 4 { 0 } else { stop };
    scan.accept_alone(id::STREET_ADDRESS, start, end + stop, Source::Context);
}

/// Looks for the street before the town, the state and the ZIP code that ends at `end`; the comma before the state is at `at`.
pub(super) fn town(scan: &mut Scan<'_>, at: usize, end: usize) {
    match begin(scan, at, end, TOWN) {
        Some(start) => scan.accept_alone(id::STREET_ADDRESS, start, end, Source::Context),
        None => scan.refuse(id::STREET_ADDRESS, at, end, "no house number and street before the town"),
    }
}

/// Where the address begins that ends at `end`: the first number, or box, at most `reach` bytes before `at`.
fn begin(scan: &Scan<'_>, at: usize, end: usize, reach: usize) -> Option<usize> {
    let floor = at.saturating_sub(reach);
    let before = scan.slice(floor, at);
    let cut = before.iter().rposition(|byte| !(byte.is_ascii_alphanumeric() || *byte >= 0x80 || b" ,.'#/-".contains(byte)));
    let from = floor + cut.map_or(0, |cut| cut + 1);
    (from..at).find(|start| {
        let opens = matches!(scan.byte(*start), b'1'..=b'9' | b'P');
        // The letter of an escape is no word before it.
        let joined = |byte: u8| is_word(byte) || matches!(byte, b'.' | b'-' | b'/' | b'#');
        opens && (!joined(scan.before(*start)) || scan.after_escape(*start - 1) == *start) && street_address::valid(scan.slice(*start, end))
    })
}
