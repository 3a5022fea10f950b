//! Identifiers of capitals and digits: IBAN, DEA, CLIA, USCIS, MBI, VIN, postcodes.

use super::addresses;
use super::scan::{Scan, Source};
use crate::engine::catalog::id;
use crate::engine::validate;

/// Looks at the second check digit of what may be an IBAN.
pub(crate) fn iban(scan: &mut Scan<'_>, at: usize) {
    let Some(start) = at.checked_sub(3) else { return };
    if !scan.slice(start, start + 2).iter().all(u8::is_ascii_uppercase) || !scan.word_may_start(start) {
        return;
    }
    let Some(length) = validate::iban::length(scan.slice(start, start + 2)) else { return };
    // The length is the country's; single spaces or dashes may stand between groups of four.
    let mut taken = 0;
    let mut end = start;
    let separator = scan.byte(start + 4);
    while taken < length {
        let byte = scan.byte(end);
        if byte.is_ascii_digit() || byte.is_ascii_uppercase() {
            taken += 1;
        } else if !(matches!(separator, b' ' | b'-') && byte == separator && taken % 4 == 0) {
            scan.refuse(id::IBAN, start, end, "too short for its country");
            return;
        }
        end += 1;
    }
    if scan.word_may_end(end) && validate::iban::valid(scan.slice(start, end)) {
        scan.accept_alone(id::IBAN, start, end, Source::Checksum);
    } else {
        scan.refuse(id::IBAN, start, end, "mod 97 check or structure of its country");
    }
}

/// Looks at the end of a word of capitals and digits.
pub(crate) fn identifier_end(scan: &mut Scan<'_>, end: usize) {
    if !scan.word_may_end(end) || scan.byte(end) == b'-' && scan.byte(end + 1).is_ascii_alphanumeric() && !is_dea_suffix(scan, end) {
        return;
    }
    let mut start = end;
    while start > 0 && end - start < 18 && scan.before(start).is_ascii_alphanumeric() {
        start -= 1;
    }
    start = scan.after_escape(start);
    if scan.before(start) == b'-' && end - start == 4 && start >= 9 && scan.byte(start - 5) == b'-' {
        // 1EG4-TE5-MK73
        start -= 9;
    } else if scan.before(start) == b'-' && scan.before(start - 1).is_ascii_alphanumeric() {
        return;
    }
    if !scan.word_may_start(start) {
        return;
    }
    let value = scan.slice(start, end);
    let (kind, valid, source) = match value.len() {
        9 => (id::US_DEA, validate::us_dea::valid(value), Source::Weak),
        10 => (id::CERTIFICATE_LICENCE_NUMBER, is_clia(value), Source::Format),
        11 | 13 if value.first().is_some_and(u8::is_ascii_digit) => (id::US_MBI, validate::us_mbi::valid(value), Source::Format),
        13 => (id::USCIS_RECEIPT, validate::uscis_receipt::valid(value), Source::Format),
        17 => {
            let letters = value.iter().filter(|byte| byte.is_ascii_uppercase()).count();
            (id::VIN, (1..=15).contains(&letters) && validate::vin::valid(value), Source::Weak)
        }
        _ => return,
    };
    if valid {
        let confidence = if kind == id::CERTIFICATE_LICENCE_NUMBER { 70 } else { kind.builtin().map_or(0, |kind| kind.confidence) };
        scan.accept(kind, start, end, confidence, source);
    } else {
        scan.refuse(kind, start, end, "check digit or structure");
    }
}

fn is_dea_suffix(scan: &Scan<'_>, end: usize) -> bool {
    end >= 9 && validate::us_dea::valid(scan.slice(end - 9, end))
}

/// Two digits, `D`, seven digits: a laboratory certificate (CLIA).
fn is_clia(value: &[u8]) -> bool {
    value.iter().enumerate().all(|(at, byte)| if at == 2 { *byte == b'D' } else { byte.is_ascii_digit() })
}

/// Two-letter codes of the states, DC and the territories (USPS Publication 28, appendix B).
pub(super) const STATES: &[u8] = b"AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR GU VI AS MP";

/// Looks at the end of a postcode, or of a ZIP code after a state.
pub(crate) fn postcode_end(scan: &mut Scan<'_>, end: usize) {
    if !scan.word_may_end(end) {
        return;
    }
    if scan.before(end).is_ascii_uppercase() {
        return british(scan, end);
    }
    if end >= 7 {
        let start = end - 7;
        let gap = matches!(scan.byte(start + 3), b' ' | b'-');
        if gap && scan.word_may_start(start) && validate::postcode_ca::valid(scan.slice(start, end)) {
            return scan.accept_alone(id::POSTCODE_CA, start, end, Source::Format);
        }
    }
    zip_after_state(scan, end);
}

fn british(scan: &mut Scan<'_>, end: usize) {
    let Some(gap) = end.checked_sub(4).filter(|gap| scan.byte(*gap) == b' ') else { return };
    let mut start = gap;
    while start > 0 && gap - start < 5 && scan.before(start).is_ascii_alphanumeric() {
        start -= 1;
    }
    start = scan.after_escape(start);
    if scan.word_may_start(start) && scan.before(start) != b'-' && validate::postcode_gb::valid(scan.slice(start, end)) {
        scan.accept_alone(id::POSTCODE_GB, start, end, Source::Format);
    } else {
        scan.refuse(id::POSTCODE_GB, start, end, "not an area and district of the United Kingdom");
    }
}

fn zip_after_state(scan: &mut Scan<'_>, mut end: usize) {
    let Some(start) = end.checked_sub(5) else { return };
    let Some(state) = start.checked_sub(3) else { return };
    let named = STATES.chunks(3).any(|code| code.get(..2) == Some(scan.slice(state, state + 2)));
    // `OK 12345` and `ID 12345` are everywhere: an address has a comma before the state.
    if scan.byte(start - 1) != b' ' || !named || state < 2 || scan.slice(state - 2, state) != b", " {
        return;
    }
    if scan.byte(end) == b'-'
        && scan.slice(end + 1, end + 5).iter().filter(|byte| byte.is_ascii_digit()).count() == 4
        && scan.digits_may_end(end + 5)
    {
        end += 5;
    }
    addresses::town(scan, state - 2, end);
    if validate::zip_us::valid(scan.slice(start, end)) && scan.digits_may_end(end) {
        scan.accept(id::ZIP_US, start, end, 80, Source::Context);
    }
}
