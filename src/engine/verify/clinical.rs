//! Health messages: HL7 version 2 segments, X12 segments, DICOM dumps, FHIR resources.
//!
//! One record at a time. Fields are masked by their position or name in the standard.

use super::keyed::is_placeholder;
use super::scan::{Scan, Source};
use super::value;
use crate::engine::catalog::{Extent, id};

/// Longest record part looked at, in bytes.
const LIMIT: usize = 16 * 1024;

/// Identifying fields by segment (HL7 v2.5.1, chapters 3 and 6).
const HL7: [(&[u8], &[usize]); 4] = [
    (b"PID|", &[2, 3, 4, 5, 6, 7, 9, 11, 13, 14, 18, 19, 20, 21, 23]),
    (b"NK1|", &[2, 4, 5, 6, 13, 30, 31, 32, 33]),
    (b"GT1|", &[2, 3, 4, 5, 6, 7, 8, 12, 16, 17, 18, 19]),
    (b"IN1|", &[2, 16, 18, 19, 36, 49]),
];

/// Looks at the start of an HL7 segment.
pub(crate) fn hl7(scan: &mut Scan<'_>, at: usize) {
    let Some((name, fields)) = HL7.iter().find(|(name, _)| scan.slice(at, at + 4) == *name) else { return };
    if !scan.word_may_start(at) && scan.before(at) != b'|' {
        return;
    }
    if at < scan.done.segment {
        return;
    }
    let end = segment_end(scan, at);
    scan.done.segment = end;
    let start = at + name.len();
    if scan.slice(start, end).iter().filter(|byte| **byte == b'|').count() < 1 {
        return;
    }
    for (number, from, to) in fields_of(scan.hay, start, end, b'|') {
        if fields.contains(&number) {
            scan.accept_alone(id::HL7_PID_SEGMENT, from, to, Source::Format);
        }
    }
}

/// Identifying elements by segment (X12 005010X222 and its kin).
const X12: [(&[u8], &[usize]); 4] = [(b"NM1*", &[3, 4, 5, 9]), (b"DMG*", &[2]), (b"REF*", &[2]), (b"PER*", &[2, 4, 6, 8])];

/// Qualifiers that make an X12 element name a person.
const QUALIFIERS: [(&[u8], &[&[u8]]); 4] = [
    (b"NM1*", &[b"IL", b"QC", b"74", b"03", b"S1", b"GD", b"QD", b"1P", b"82", b"85", b"71", b"72", b"DN", b"P3"]),
    (b"DMG*", &[b"D8"]),
    (b"REF*", &[b"SY", b"1L", b"0F", b"1W", b"EJ", b"EA", b"23", b"IG", b"F6", b"Y4", b"G2", b"TJ"]),
    (b"PER*", &[b"IC"]),
];

/// Looks at the start of an X12 segment.
pub(crate) fn x12(scan: &mut Scan<'_>, at: usize) {
    let Some((name, elements)) = X12.iter().find(|(name, _)| scan.slice(at, at + 4) == *name) else { return };
    if !scan.word_may_start(at) {
        return;
    }
    if at < scan.done.segment {
        return;
    }
    let line = segment_end(scan, at);
    let end = scan.slice(at, line).iter().position(|byte| *byte == b'~').map_or(line, |tilde| at + tilde);
    scan.done.segment = end;
    let start = at + name.len();
    let qualifier = fields_of(scan.hay, start, end, b'*').next().map(|(_, from, to)| scan.slice(from, to));
    let known =
        QUALIFIERS.iter().find(|(segment, _)| segment == name).is_some_and(|(_, known)| qualifier.is_some_and(|q| known.contains(&q)));
    if !known {
        return;
    }
    for (number, from, to) in fields_of(scan.hay, start, end, b'*') {
        if elements.contains(&number) {
            scan.accept_alone(id::X12_PERSON_SEGMENT, from, to, Source::Format);
        }
    }
}

/// The numbered fields between `start` and `end`: number from 1, first byte, one past the last.
fn fields_of(hay: &[u8], start: usize, end: usize, delimiter: u8) -> impl Iterator<Item = (usize, usize, usize)> + use<'_> {
    let mut from = start;
    hay.get(start..end).unwrap_or_default().split(move |byte| *byte == delimiter).enumerate().map(move |(at, field)| {
        let to = from + field.len();
        let found = (at + 1, from, to);
        from = to + 1;
        found
    })
}

/// One past a segment: a record end, an escaped one, or the quote around it.
fn segment_end(scan: &Scan<'_>, at: usize) -> usize {
    let rest = scan.slice(at, scan.hay.len().min(at + LIMIT));
    let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r' | b'"')).unwrap_or(rest.len());
    let escape = rest.get(..end).unwrap_or_default().windows(2).position(|pair| matches!(pair, [b'\\', b'r' | b'n' | b'"']));
    at + escape.unwrap_or(end)
}

/// Looks at `(0010,`: a line of a DICOM dump (PS3.6; dcmdump and pydicom print it).
pub(crate) fn dicom(scan: &mut Scan<'_>, at: usize) {
    let rest = scan.slice(at, scan.hay.len().min(at + 512));
    // An escaped line end, as in a record of a container's log, ends the line as well.
    let ends = |pair: &[u8]| matches!(pair, [b'\n' | b'\r', _] | [b'\\', b'n' | b'r']);
    let line = rest.get(..rest.windows(2).position(ends).unwrap_or(rest.len())).unwrap_or_default();
    let Some(close) = line.iter().position(|byte| *byte == b')').filter(|close| (10..=11).contains(close)) else { return };
    let group = line.get(1..5).unwrap_or_default();
    let element = line.get(close - 4..close).unwrap_or_default();
    let identifying = match group {
        b"0010" => true,
        b"0008" => [&b"0050"[..], b"0080", b"0081", b"0090", b"1010", b"1048", b"1050", b"1070", b"0018"].contains(&element),
        _ => [&b"000D"[..], b"000d", b"000E", b"000e", b"0010"].contains(&element),
    };
    if !identifying {
        return;
    }
    // The value is in brackets or quotes; the apostrophe of `Patient's Name` opens nothing.
    let opens = |offset: &usize| match line.get(*offset) {
        Some(b'[') => true,
        Some(quote @ (b'\'' | b'"')) => {
            let before = line.get(..*offset).unwrap_or_default().iter().rev().find(|byte| *byte != quote && **byte != b'\\');
            before.is_some_and(|byte| matches!(byte, b' ' | b'\t' | b':' | b'='))
        }
        _ => false,
    };
    let Some(mut open) = (close..line.len()).find(opens) else { return };
    let opener = line.get(open).copied().unwrap_or(b'[');
    let closing = if opener == b'[' { b']' } else { opener };
    // A doubled quote, as SQL and CSV write it.
    if opener != b'[' && line.get(open + 1) == Some(&opener) && line.get(open + 2).is_some_and(|byte| !matches!(byte, b' ' | b',' | b')')) {
        open += 1;
    }
    let body = line.get(open + 1..).unwrap_or_default();
    let length = body.iter().position(|byte| *byte == closing).unwrap_or(body.len());
    let slashes = body.get(..length).unwrap_or_default().iter().rev().take_while(|byte| **byte == b'\\').count();
    let length = length - slashes;
    let start = at + open + 1;
    if !is_placeholder(scan.settings, scan.slice(start, start + length)) {
        scan.accept_alone(id::DICOM_TAG_DUMP, start, start + length, Source::Format);
    }
}

/// Members of FHIR R4 person resources that identify (HumanName, Address, ContactPoint, Identifier).
const FHIR: [&[u8]; 9] = [b"family", b"given", b"text", b"value", b"line", b"city", b"postalCode", b"birthDate", b"div"];

/// Looks at `resourceType`: masks the identifying members of a person's resource.
///
/// The quotes may be escaped (`\"`) or doubled (`""`).
pub(crate) fn fhir(scan: &mut Scan<'_>, at: usize) {
    const NAME: &[u8] = b"resourceType";
    if scan.slice(at, at + NAME.len()) != NAME || scan.before(at) != b'"' {
        return;
    }
    let person = colon_after(scan, at + NAME.len())
        .and_then(|value| value::read(scan.hay, value, Extent::Token, true, &mut scan.done.stops))
        .map(|value| scan.slice(value.start, value.end))
        .is_some_and(|name| [&b"Patient"[..], b"RelatedPerson", b"Practitioner", b"Person"].contains(&name));
    if !person {
        return;
    }
    let floor = at.saturating_sub(LIMIT);
    let from = scan.slice(floor, at).iter().rposition(|byte| *byte == b'\n').map_or(floor, |end| floor + end + 1);
    let rest = scan.slice(at, scan.hay.len().min(at + LIMIT));
    let end = at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let hay = scan.hay;
    for name_at in memchr::memchr_iter(b'"', hay.get(from..end).unwrap_or_default()).map(|offset| from + offset + 1) {
        let Some(name) = FHIR.iter().find(|name| scan.slice(name_at, name_at + name.len()) == **name) else { continue };
        let Some(mut next) = colon_after(scan, name_at + name.len()) else { continue };
        // A list of strings, or one.
        let listed = scan.byte(next) == b'[';
        for _ in 0..32 {
            while listed && matches!(scan.byte(next), b'[' | b',' | b' ') {
                next += 1;
            }
            if !matches!(scan.byte(next), b'"' | b'\\') {
                break;
            }
            let Some(value) = value::read(hay, next, Extent::Token, true, &mut scan.done.stops).filter(|value| value.quoted) else { break };
            scan.accept_alone(id::FHIR_RESOURCE_FIELDS, value.start, value.end, Source::Format);
            next = value.end;
            while matches!(scan.byte(next), b'"' | b'\\') {
                next += 1;
            }
            if !listed {
                break;
            }
        }
    }
}

/// One past the closing quote of a name that ends before `at`, its colon, and blanks.
fn colon_after(scan: &Scan<'_>, at: usize) -> Option<usize> {
    let rest = scan.slice(at, scan.hay.len().min(at + 48));
    let quotes = rest.iter().take_while(|byte| matches!(byte, b'"' | b'\\')).count();
    let blanks = |from: usize| rest.iter().skip(from).take_while(|byte| **byte == b' ').count();
    let colon = quotes + blanks(quotes);
    let next = colon + 1;
    (quotes > 0 && rest.get(colon) == Some(&b':')).then(|| at + next + blanks(next))
}
