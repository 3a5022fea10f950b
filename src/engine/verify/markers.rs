//! Kinds that announce themselves: device ids, object ids, passports, images, places.

use super::scan::{Scan, Source, is_word};
use crate::engine::catalog::id;
use crate::engine::validate;

/// Shortest base64 body that counts as an image.
const BLOB: usize = 64;

/// Longest line of base64 in a message (RFC 2045).
const MIME_LINE: usize = 76;

/// Looks at `(01)`: a unique device identifier (FDA UDI rule, GS1).
pub(crate) fn udi(scan: &mut Scan<'_>, at: usize) {
    let rest = scan.hay.get(at..).unwrap_or_default();
    let length = rest
        .iter()
        .take(128)
        .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'(' | b')' | b'-' | b'.' | b'/')))
        .unwrap_or(rest.len().min(128));
    let mut end = at + length;
    while end > at && matches!(scan.before(end), b'.' | b'-' | b'/') {
        end -= 1;
    }
    // The bracket around the identifier is not part of it.
    let brackets = |end: usize, which: u8| scan.slice(at, end).iter().filter(|byte| **byte == which).count();
    while end > at && scan.before(end) == b')' && brackets(end, b')') > brackets(end, b'(') {
        end -= 1;
    }
    if validate::udi::valid(scan.slice(at, end)) {
        scan.accept_alone(id::UDI, at, end, Source::Checksum);
    } else {
        scan.refuse(id::UDI, at, end, "check digit of the item number");
    }
}

/// Looks at `1.2.`, `2.25.` or `1.3.6`: an object identifier of an image study (DICOM PS3.5).
pub(crate) fn oid(scan: &mut Scan<'_>, at: usize) {
    if !scan.word_may_start(at) || matches!(scan.before(at), b'.' | b'-') {
        return;
    }
    let rest = scan.hay.get(at..).unwrap_or_default();
    let length = rest.iter().take(80).position(|byte| !(byte.is_ascii_digit() || *byte == b'.')).unwrap_or(rest.len().min(80));
    let mut end = at + length;
    while end > at && scan.before(end) == b'.' {
        end -= 1;
    }
    let value = scan.slice(at, end);
    if value.len() >= 20 && scan.word_may_end(end) && validate::encounter_accession_id::valid(value) {
        scan.accept_alone(id::ENCOUNTER_ACCESSION_ID, at, end, Source::Format);
    } else {
        scan.refuse(id::ENCOUNTER_ACCESSION_ID, at, end, "too short, or the root of a standard");
    }
}

/// Looks at `P<` and two capitals: the first line of a travel document (ICAO 9303).
///
/// The two lines may be joined by a real or an escaped line end.
pub(crate) fn mrz(scan: &mut Scan<'_>, at: usize) {
    if !scan.word_may_start(at) {
        return;
    }
    let mut next = Some(at);
    // Right behind a zone another one may begin.
    while let Some(at) = next {
        next = zone(scan, at).filter(|end| matches!(scan.slice(*end, end + 2), b"P<" | b"I<"));
    }
}

/// Accepts the zone that begins at `at`, if one does, and returns its end.
fn zone(scan: &mut Scan<'_>, at: usize) -> Option<usize> {
    // A line's characters, its `<` perhaps written as `&lt;`: how many, and the bytes they take.
    let line = |from: usize, most: usize, copy: &mut [u8]| {
        let mut rest = scan.hay.get(from..).unwrap_or_default();
        let (mut count, mut taken) = (0, 0);
        while count < most {
            let (byte, length) = match rest {
                [byte, ..] if byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'<' => (*byte, 1),
                [b'&', b'l', b't', b';', ..] => (b'<', 4),
                _ => break,
            };
            if let Some(slot) = copy.get_mut(count) {
                *slot = byte;
            }
            count += 1;
            taken += length;
            rest = rest.get(length..).unwrap_or_default();
        }
        (count, taken)
    };
    let mut joined = [b'\n'; 92];
    let mut filled = 0;
    let mut lines = [(0usize, 0usize); 3];
    let mut count = 0;
    let mut from = at;
    // One more than the longest first line has; the others are as long as it.
    let mut width = 45;
    while count < 3 {
        let (length, taken) = line(from, width, joined.get_mut(filled..).unwrap_or_default());
        if !matches!(length, 30 | 36 | 44) || count > 0 && length < width || filled + length > joined.len() {
            break;
        }
        width = length;
        if let Some(slot) = lines.get_mut(count) {
            *slot = (from, from + taken);
        }
        if let Some(end) = joined.get_mut(filled + length) {
            *end = b'\n';
        }
        count += 1;
        filled += length + 1;
        from += taken;
        from += match (scan.byte(from), scan.byte(from + 1)) {
            (b'\r', b'\n') | (b'\\', b'n') => 2,
            (b'\n' | b' ', _) => 1,
            // An escaped line end in a string inside a string.
            (b'\\', b'\\') => {
                let slashes = scan.slice(from, scan.hay.len().min(from + 16)).iter().take_while(|byte| **byte == b'\\').count();
                if scan.byte(from + slashes) != b'n' {
                    break;
                }
                slashes + 1
            }
            _ => break,
        };
    }
    // Both lines of a zone leave together.
    let line_start = |scan: &Scan<'_>| memchr::memrchr(b'\n', scan.slice(0, at)).map_or(0, |end| end + 1);
    if count > 0 && count < 3 && scan.byte(from.saturating_sub(1)) == b'\n' && from >= scan.hay.len() {
        // The next line is not here yet: decide on both together.
        let start = line_start(scan);
        scan.hold.from(start);
    }
    let value = joined.get(..filled.saturating_sub(1)).unwrap_or_default();
    if !validate::passport_mrz::valid(value) {
        scan.refuse(id::PASSPORT_MRZ, at, from, "check digits of the machine-readable zone");
        return None;
    }
    let whole = lines.iter().take(count).map(|line| line.1).max().unwrap_or(at);
    if scan.slice(at, whole).contains(&b'\n') {
        let start = line_start(scan);
        scan.hold.tie(start, whole);
        for (start, end) in lines.into_iter().take(count) {
            scan.accept_alone(id::PASSPORT_MRZ, start, end, Source::Checksum);
        }
    } else {
        scan.accept_alone(id::PASSPORT_MRZ, at, whole, Source::Checksum);
    }
    Some(whole)
}

/// Looks at `data:image/` or the base64 of an image's first bytes.
pub(crate) fn blob(scan: &mut Scan<'_>, at: usize) {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-');
    let mut body = at;
    let head = scan.slice(at, scan.hay.len().min(at + 64));
    if head.starts_with(b"data:image/") {
        let Some(comma) = head.iter().position(|byte| *byte == b',') else { return };
        body = at + comma + 1;
    } else if ![&b"/9j/"[..], b"iVBORw0KGg", b"R0lGOD", b"UklGR"].iter().any(|magic| head.starts_with(magic))
        || is_base64(scan.before(at)) && scan.before(at) != b'='
    {
        return;
    }
    let rest = scan.hay.get(body..).unwrap_or_default();
    let mut length = 0;
    // Base64 in JSON may hold `\/` and `\n`.
    while length < rest.len() {
        match (rest.get(length), rest.get(length + 1)) {
            (Some(byte), _) if is_base64(*byte) => length += 1,
            (Some(b'\\'), Some(b'/')) => length += 2,
            // After an escaped line end comes a whole line of base64, or its last one.
            (Some(b'\\'), Some(b'n')) => {
                let line = rest.get(length + 2..).unwrap_or_default();
                let run = line.iter().take(MIME_LINE).position(|byte| !is_base64(*byte)).unwrap_or(line.len().min(MIME_LINE));
                let ends = matches!(line.get(run), None | Some(b'"' | b'\\' | b'\'' | b'\n' | b'\r'));
                if run < 16 && !ends {
                    break;
                }
                length += 2;
            }
            _ => break,
        }
    }
    if length < BLOB {
        scan.refuse(id::IMAGE_OR_BIOMETRIC_BLOB, at, body + length, "too short for an image");
    } else {
        scan.accept_alone(id::IMAGE_OR_BIOMETRIC_BLOB, at, body + length, Source::Format);
    }
}

/// Looks at `geo:`: coordinates in a URI (RFC 5870).
pub(crate) fn geo_uri(scan: &mut Scan<'_>, at: usize) {
    let start = at + 4;
    let rest = scan.hay.get(start..).unwrap_or_default();
    let length =
        rest.iter().take(64).position(|byte| !(byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'-'))).unwrap_or(rest.len().min(64));
    if scan.word_may_start(at) && validate::geo_coordinates::valid(scan.slice(start, start + length)) {
        scan.accept_alone(id::GEO_COORDINATES, start, start + length, Source::Format);
    }
}

/// The number behind `mrn/`, `mrn_` or `mrn|`, in a path or as the identifier of a system; `at` is behind the word.
fn record_path(scan: &mut Scan<'_>, at: usize) {
    let sign = match scan.slice(at, at + 3) {
        [b'/' | b'_' | b'|' | b'-', ..] => 1,
        b"%7C" | b"%7c" | b"%2F" | b"%2f" => 3,
        _ => return,
    };
    let start = at + sign;
    let rest = scan.slice(start, scan.hay.len().min(start + 16));
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let digits = rest.iter().take(length).filter(|byte| byte.is_ascii_digit()).count();
    if digits >= 5 && digits + 2 >= length && length < 16 {
        let keyed = id::MRN.builtin().map_or(0, |kind| kind.keyed);
        scan.accept(id::MRN, start, start + length, keyed, Source::Context);
    }
}

/// Looks at `/patient`, `/sub-`, `/p10` ...: a path segment that names a study subject.
pub(crate) fn subject_path(scan: &mut Scan<'_>, at: usize) {
    let start = if scan.byte(at) == b'/' { at + 1 } else { at };
    if !scan.word_may_start(start) || scan.before(start) == b'-' {
        return;
    }
    if scan.slice(start, start + 3).eq_ignore_ascii_case(b"mrn") {
        return record_path(scan, start + 3);
    }
    let rest = scan.hay.get(start..).unwrap_or_default();
    let length = rest.iter().take(64).position(|byte| !(is_word(*byte) || *byte == b'-')).unwrap_or(rest.len().min(64));
    let end = start + length;
    let segment = scan.slice(start, end);
    let digits = segment.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let word = segment.get(..segment.len() - digits).unwrap_or_default();
    let (pair, collection) = (word == b"p", matches!(segment, b"patients" | b"subjects"));
    let fits = match word {
        b"patient" | b"patient-" | b"patient_" | b"subject" | b"subject-" | b"subject_" => digits >= 1,
        b"sub-" => digits >= 1 && (scan.byte(end) == b'/' || scan.byte(end) == b'_'),
        b"p" => digits >= 6 && scan.byte(at) == b'/',
        _ => false,
    };
    if fits {
        scan.accept_alone(id::DATASET_SUBJECT_ID, start, end, Source::Context);
        // `/p10000032/s50414267`: the study below the subject.
        let study = scan.slice(end + 2, scan.hay.len().min(end + 16)).iter().take_while(|byte| byte.is_ascii_digit()).count();
        if pair && scan.slice(end, end + 2) == b"/s" && study >= 6 && scan.word_may_end(end + 2 + study) {
            scan.accept_alone(id::DATASET_SUBJECT_ID, end + 1, end + 2 + study, Source::Context);
        }
    } else if collection && scan.byte(at) == b'/' && scan.byte(end) == b'/' {
        // `/patients/1234567/chart`: a resource of one person.
        let number = scan.slice(end + 1, scan.hay.len().min(end + 26)).iter().take_while(|byte| byte.is_ascii_digit()).count();
        if number >= 4 && scan.word_may_end(end + 1 + number) {
            let keyed = id::URL_WITH_IDS.builtin().map_or(0, |kind| kind.keyed);
            scan.accept(id::URL_WITH_IDS, end + 1, end + 1 + number, keyed, Source::Context);
        }
    }
}
