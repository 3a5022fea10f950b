//! HL7 version 2: the segments about a person, field by field; delimiters stay.
//!
//! The field separator is `|`, or what the message's own MSH-1 says. Fields are masked whole, with their
//! components and repetitions. Free text (NTE-3, OBX-5 of the types TX, FT and ST) is a note if it is more than a
//! word, and is masked where notes are. Source: HL7 v2.5.1, chapters 2, 3, 4, 6 and 7.

use super::{LIMIT, fields_of, past_escapes, segment_end};
use crate::engine::catalog::id;
use crate::engine::settings::Settings;
use crate::engine::validate;
use crate::engine::verify::scan::{Hit, Opens, Scan, Source, Start, on_field};

/// Identifying fields by segment.
const FIELDS: [(&[u8], &[usize]); 22] = [
    (b"PID", &[2, 3, 4, 5, 6, 7, 9, 11, 13, 14, 18, 19, 20, 21, 23, 29]),
    (b"NK1", &[2, 4, 5, 6, 12, 13, 16, 26, 30, 31, 32, 33]),
    (b"GT1", &[2, 3, 4, 5, 6, 7, 8, 12, 16, 17, 18, 19]),
    (b"IN1", &[2, 8, 10, 16, 18, 19, 36, 49]),
    (b"MRG", &[1, 2, 3, 4, 5, 6, 7]),
    (b"OBR", &[2, 3, 7, 8, 10, 14, 16, 17, 22, 28, 32, 33, 34, 35]),
    (b"OBX", &[14, 16, 19, 25]),
    (b"NTE", &[]),
    (b"PV1", &[5, 7, 8, 9, 17, 19, 44, 45, 50, 52]),
    (b"ORC", &[2, 3, 4, 7, 9, 10, 11, 12, 14, 15, 19, 24]),
    (b"PD1", &[4]),
    (b"ROL", &[4, 5, 6, 11, 12]),
    (b"IN2", &[1, 2, 6, 7, 8, 9, 22, 25, 26, 40, 49, 50, 52, 61, 63, 64]),
    (b"DG1", &[5, 16, 19]),
    (b"PR1", &[5, 8, 11, 12]),
    (b"AL1", &[6]),
    (b"ACC", &[1, 9]),
    (b"SCH", &[1, 2, 11, 12, 13, 16, 17, 20]),
    (b"AIP", &[3, 6]),
    (b"TXA", &[4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 22]),
    (b"RXE", &[13, 14, 15]),
    (b"FT1", &[2, 4, 5, 20, 21]),
];

/// Types of OBX-5 that hold a person, an address, a number to call or a document.
const TYPES: [&[u8]; 11] = [b"XPN", b"PPN", b"XCN", b"PN", b"CN", b"CX", b"XAD", b"AD", b"XTN", b"TN", b"ED"];

/// Types of OBX-5 that hold free text.
const TEXTS: [&[u8]; 3] = [b"TX", b"FT", b"ST"];

/// Most segments of one message.
const SEGMENTS: usize = 512;

/// Looks at the start of a segment: of a person's, or of a message with its own separator.
pub(crate) fn hl7(scan: &mut Scan<'_>, at: usize) {
    if scan.slice(at, at + 3) == b"MSH" {
        return message(scan, at);
    }
    if scan.byte(at + 3) != b'|' || !scan.word_may_start(at) && scan.before(at) != b'|' || at < scan.done.segment {
        return;
    }
    let end = segment_end(scan, at, b'|', None);
    scan.done.segment = end;
    segment(scan, at, end, b'|');
}

/// The field separator of the message that begins at the start of `text`, unless it is the usual one.
pub(crate) fn delimiter_of(text: &[u8]) -> Option<u8> {
    let [b'M', b'S', b'H', delimiter, component, repetition, escape, ..] = text else { return None };
    let signs = [delimiter, component, repetition, escape];
    let differ = signs.iter().enumerate().all(|(at, sign)| signs.iter().skip(at + 1).all(|other| sign != other));
    // Nothing that quotes, escapes or ends a line elsewhere can part fields.
    let usable = delimiter.is_ascii_punctuation() && !b"|\"'\\[]{}".contains(delimiter);
    (usable && differ && signs.iter().all(|sign| sign.is_ascii_punctuation())).then_some(*delimiter)
}

/// A message with its own separator: what of it stands in the same record, parted by escaped line ends.
fn message(scan: &mut Scan<'_>, at: usize) {
    if !scan.word_may_start(at) {
        return;
    }
    let Some(delimiter) = delimiter_of(scan.slice(at, scan.hay.len().min(at + 9))) else { return };
    // In the following records the stream goes on with it.
    scan.lines.push(Start { at: at as u32, opens: Opens::Header });
    if at < scan.done.segment {
        return;
    }
    let mut end = segment_end(scan, at, delimiter, None);
    for _ in 0..SEGMENTS {
        let next = past_escapes(scan, end);
        if next == end || next > at + LIMIT * 4 || !is_segment(scan.slice(next, next + 4), delimiter) {
            break;
        }
        end = segment_end(scan, next, delimiter, None);
        segment(scan, next, end, delimiter);
    }
    scan.done.segment = end;
}

/// Three capitals or digits and the separator.
fn is_segment(text: &[u8], delimiter: u8) -> bool {
    let [name @ .., last] = text else { return false };
    name.len() == 3 && *last == delimiter && name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn segment(scan: &mut Scan<'_>, at: usize, end: usize, delimiter: u8) {
    let Some((_, fields)) = FIELDS.iter().find(|(name, _)| scan.slice(at, at + 3) == *name) else { return };
    let start = at + 4;
    if !scan.slice(start, end).contains(&delimiter) {
        return;
    }
    let (observation, note) = (scan.slice(at, at + 3) == b"OBX", scan.slice(at, at + 3) == b"NTE");
    let mut kind: &[u8] = &[];
    for (number, from, to) in fields_of(scan.hay, start, end, delimiter) {
        if observation && number == 2 {
            kind = scan.hay.get(from..to).unwrap_or_default();
        }
        let emptied = matches!(scan.slice(from, to), b"\"\"" | b"\\\"\\\"");
        if !emptied && (fields.contains(&number) || observation && number == 5 && TYPES.contains(&kind)) {
            scan.accept_alone(id::HL7_PID_SEGMENT, from, to, Source::Format);
        } else if (observation && number == 5 && TEXTS.contains(&kind) || note && number == 3)
            && validate::prompt_or_sample_text::valid(scan.slice(from, to))
        {
            let keyed = id::PROMPT_OR_SAMPLE_TEXT.builtin().map_or(0, |kind| kind.keyed);
            scan.accept(id::PROMPT_OR_SAMPLE_TEXT, from, to, keyed, Source::Format);
        }
    }
}

/// Judges the line from `start` to `end`, in a message with that separator; whether it is one of its segments.
pub(crate) fn segment_value(hay: &[u8], start: usize, end: usize, delimiter: u8, settings: &Settings, hits: &mut Vec<Hit>) -> bool {
    if !is_segment(hay.get(start..start + 4).unwrap_or_default(), delimiter) {
        return false;
    }
    on_field(hay, settings, hits, |scan| {
        let end = segment_end(scan, start, delimiter, None).min(end);
        segment(scan, start, end, delimiter);
    });
    true
}
