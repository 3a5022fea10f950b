//! Dates in sentences, `seen on 03/04/2026` and `since March 4, 2026`: found while names in prose are, because a date of
//! care identifies as they do (45 CFR 164.514(b)(2)(i)(C)).
//!
//! The time of the record is none: it stands at the beginning of the line, behind the level, or under a key.

use super::scan::{Scan, Source, is_word};
use crate::engine::catalog::id;
use crate::engine::validate::{calendar, word_list};

/// Percent.
const CONFIDENCE: u8 = 60;

/// Looks at the second digit of what may be a year behind a slash.
pub(crate) fn slashed(scan: &mut Scan<'_>, at: usize) {
    let Some(slash) = at.checked_sub(2).filter(|slash| scan.byte(*slash) == b'/') else { return };
    let digits = |end: usize| scan.slice(end.saturating_sub(2), end).iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let day = digits(slash);
    let Some(first) = slash.checked_sub(day + 1).filter(|first| scan.byte(*first) == b'/') else { return };
    let month = digits(first);
    let start = first - month;
    let year = scan.slice(at - 1, scan.hay.len().min(at + 4)).iter().take_while(|byte| byte.is_ascii_digit()).count();
    let end = at - 1 + year;
    let number = |from: usize, to: usize| scan.slice(from, to).iter().fold(0u32, |sum, byte| sum * 10 + u32::from(byte - b'0'));
    let (one, two, last) = (number(start, first), number(first + 1, slash), number(slash + 1, end));
    let exists = match year {
        2 => calendar::exists_short(last, one, two) || calendar::exists_short(last, two, one),
        4 => calendar::exists(last, one, two) || calendar::exists(last, two, one),
        _ => false,
    };
    if day == 0 || month == 0 || !exists || is_word(scan.byte(end)) || matches!(scan.byte(end), b'/' | b'-') {
        return;
    }
    accept(scan, start, end);
}

/// Looks at the capital of what may be a month; whether it is one, with its day and year.
pub(crate) fn named(scan: &mut Scan<'_>, at: usize) -> bool {
    let rest = scan.slice(at, scan.hay.len().min(at + 40));
    let Some(length) = calendar::named_month_len(rest) else { return false };
    accept(scan, at, at + length);
    true
}

fn accept(scan: &mut Scan<'_>, start: usize, end: usize) {
    if is_in_sentence(scan, start, end) {
        scan.accept(id::DATE_HEALTH, start, end, CONFIDENCE, Source::Context);
    } else {
        scan.refuse(id::DATE_HEALTH, start, end, "the time of the record, or no sentence around it");
    }
}

/// Whether a word that is no level and no name of a time stands before the date.
fn is_in_sentence(scan: &Scan<'_>, start: usize, end: usize) -> bool {
    const OTHERS: &str = "\
        info warn warning error err debug trace fatal notice critical crit date time timestamp ts datetime generated started \
        built build version release expires modified updated since copyright utc gmt";
    let before = scan.slice(start.saturating_sub(48), start);
    let line = before.rsplit(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let Some((b' ' | b'(', line)) = line.split_last().map(|(last, line)| (*last, line)) else { return false };
    let text = line.trim_ascii_end();
    let behind = text.len();
    let text = text.strip_suffix(b":").or_else(|| text.strip_suffix(b",")).unwrap_or(text);
    let length = text.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = text.get(text.len() - length..).unwrap_or_default();
    // With seconds, `03/04/2026 10:12:33`, a program wrote it.
    let time = scan.slice(end, scan.hay.len().min(end + 9));
    let seconds = matches!(time, [b' ', _, _, b':', _, _, b':', ..] | [b' ', _, b':', _, _, b':', ..]);
    // The `F` of a container runtime stands alone, the `D:` of a dictation does not.
    let stands = length > 1 || length == 1 && behind > text.len();
    // `built on 06/10/2013`
    let earlier = text.get(..text.len() - length).unwrap_or_default().trim_ascii_end();
    let earlier = earlier.rsplit(|byte| !byte.is_ascii_alphabetic()).next().unwrap_or_default();
    stands && !seconds && ![word, earlier].iter().any(|word| word_list::contains(OTHERS, word))
}
