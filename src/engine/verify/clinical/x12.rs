//! X12: names, addresses, birth dates, identity numbers and contacts in claims and eligibility messages.
//!
//! Source: ASC X12 005010X222A1 (837P) and 005010X279A1 (270/271).

use super::{fields_of, segment_end};
use crate::engine::catalog::id;
use crate::engine::verify::scan::{Scan, Source};

/// A segment: its name, the identifying elements, and the qualifiers in the first one that make it a person's.
struct Segment {
    name: &'static [u8],
    elements: &'static [usize],
    qualifiers: &'static [&'static [u8]],
}

const SEGMENTS: [Segment; 9] = [
    Segment {
        name: b"NM1*",
        elements: &[3, 4, 5, 9],
        qualifiers: &[
            b"IL", b"QC", b"74", b"03", b"S1", b"GD", b"QD", b"1P", b"82", b"85", b"71", b"72", b"DN", b"P3", b"DK", b"DQ", b"77", b"LR",
        ],
    },
    Segment { name: b"DMG*", elements: &[2], qualifiers: &[b"D8"] },
    Segment {
        name: b"REF*",
        elements: &[2],
        qualifiers: &[
            b"SY", b"1L", b"0F", b"1W", b"EJ", b"EA", b"23", b"IG", b"F6", b"Y4", b"G2", b"TJ", b"BB", b"G1", b"D9", b"1K", b"F8", b"9F",
        ],
    },
    Segment { name: b"PER*", elements: &[2, 4, 6, 8], qualifiers: &[b"IC", b"BL", b"CX"] },
    Segment {
        name: b"DTP*",
        elements: &[3],
        qualifiers: &[
            b"435", b"096", b"472", b"291", b"431", b"454", b"304", b"439", b"484", b"356", b"348", b"573", b"434", b"297", b"314",
        ],
    },
    Segment { name: b"DTM*", elements: &[2], qualifiers: &[b"232", b"233", b"472", b"150", b"151", b"036", b"050"] },
    // The account of the patient, and the number of the claim; they end as segments do.
    Segment { name: b"CLM*", elements: &[1], qualifiers: &[] },
    // Street and place have no qualifier: their form and their terminator are asked for.
    Segment { name: b"N3*", elements: &[1, 2], qualifiers: &[] },
    Segment { name: b"N4*", elements: &[1, 3], qualifiers: &[] },
];

/// Looks at the start of a segment.
pub(crate) fn x12(scan: &mut Scan<'_>, at: usize) {
    let Some(known) = SEGMENTS.iter().find(|known| scan.slice(at, at + known.name.len()) == known.name) else { return };
    if !scan.word_may_start(at) || at < scan.done.segment {
        return;
    }
    // An interchange is often one line: a segment is looked at to its own terminator.
    let end = segment_end(scan, at, b'*', Some(b'~'));
    let ended = scan.byte(end) == b'~';
    scan.done.segment = end;
    let start = at + known.name.len();
    let first = fields_of(scan.hay, start, end, b'*').next().map(|(_, from, to)| scan.slice(from, to)).unwrap_or_default();
    let person = match known.name {
        b"CLM*" => ended && first.iter().any(u8::is_ascii_digit),
        _ if known.qualifiers.is_empty() => ended && is_address(scan, start, end, first),
        _ => known.qualifiers.contains(&first),
    };
    if !person {
        return;
    }
    for (number, from, to) in fields_of(scan.hay, start, end, b'*') {
        if known.elements.contains(&number) {
            scan.accept_alone(id::X12_PERSON_SEGMENT, from, to, Source::Format);
        }
    }
}

/// `N3*12 EXAMPLE ST~`, or `N4*SPRINGFIELD*XX*12345~`; products of variables have no terminator.
fn is_address(scan: &Scan<'_>, start: usize, end: usize, first: &[u8]) -> bool {
    let text = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80 || b" .,#/'&[]_-".contains(byte);
    let elements = fields_of(scan.hay, start, end, b'*').count();
    let state = || fields_of(scan.hay, start, end, b'*').nth(1).map(|(_, from, to)| scan.slice(from, to)).unwrap_or_default();
    first.len() > 1
        && first.iter().all(text)
        && if scan.byte(start - 2) == b'3' {
            elements <= 2
        } else {
            elements > 1 && state().len() == 2 && state().iter().all(u8::is_ascii_uppercase)
        }
}
