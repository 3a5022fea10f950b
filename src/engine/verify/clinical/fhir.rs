//! FHIR: the identifying members of a person's resource, alone or in a bundle.
//!
//! A resource is the object around its `resourceType`; other resources of a bundle are left alone. The quotes
//! may be escaped (`\"`) or doubled (`""`). Source: HL7 FHIR R4, Patient, RelatedPerson, Practitioner, Person,
//! PractitionerRole and Coverage, and the types HumanName, Address, ContactPoint, Identifier, Reference.

use super::LIMIT;
use crate::engine::catalog::{Extent, id};
use crate::engine::verify::scan::{Scan, Source};
use crate::engine::verify::value;

/// Objects around one another that are told apart.
const DEPTH: usize = 32;

/// Resources about a person.
const PERSONS: [&[u8]; 6] = [b"Patient", b"RelatedPerson", b"Practitioner", b"Person", b"PractitionerRole", b"Coverage"];

/// Members whose strings identify.
const MEMBERS: [&[u8]; 14] = [
    b"family",
    b"given",
    b"text",
    b"value",
    b"line",
    b"city",
    b"district",
    b"postalCode",
    b"birthDate",
    b"deceasedDateTime",
    b"div",
    b"display",
    b"subscriberId",
    b"data",
];

/// Looks at `resourceType`.
pub(crate) fn fhir(scan: &mut Scan<'_>, at: usize) {
    const NAME: &[u8] = b"resourceType";
    if scan.slice(at, at + NAME.len()) != NAME || scan.before(at) != b'"' || at < scan.done.resource {
        return;
    }
    let person = colon_after(scan, at + NAME.len())
        .and_then(|value| value::read(scan.hay, value, Extent::Token, true, &mut scan.done.stops))
        .map(|value| scan.slice(value.start, value.end))
        .is_some_and(|name| PERSONS.contains(&name));
    if !person {
        return;
    }
    let (from, end) = resource(scan, at);
    scan.done.resource = end;
    let hay = scan.hay;
    for name_at in memchr::memchr_iter(b'"', hay.get(from..end).unwrap_or_default()).map(|offset| from + offset + 1) {
        // Most quotes close a string, or open one that no member begins like.
        if !scan.byte(name_at).is_ascii_lowercase() {
            continue;
        }
        let Some(name) = MEMBERS.iter().find(|name| scan.slice(name_at, name_at + name.len()) == **name) else { continue };
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

/// The object that holds the name at `at`, within the record and some bytes to each side.
///
/// Strings are told from structure by the quotes of the name's own nesting. Where the braces do not match,
/// the object reaches as far as may be.
fn resource(scan: &Scan<'_>, at: usize) -> (usize, usize) {
    let floor = at.saturating_sub(LIMIT).max(scan.done.resource);
    let from = memchr::memrchr(b'\n', scan.slice(floor, at)).map_or(floor, |end| floor + end + 1);
    // A line end is met on the way, so that no resource looks further than its own end.
    let limit = scan.hay.len().min(at + LIMIT);
    let slashes_before = |quote: usize| scan.slice(quote.saturating_sub(32), quote).iter().rev().take_while(|byte| **byte == b'\\').count();
    let own = slashes_before(at - 1);
    let doubled = own == 0 && at >= 2 && scan.byte(at - 2) == b'"';
    let quote = |place: usize| scan.byte(place) == b'"' && slashes_before(place) == own && (!doubled || scan.byte(place + 1) == b'"');
    // Where it stopped: what was seen, a line end or `stop`.
    let structure = |mut place: usize, stop: usize, seen: &mut dyn FnMut(usize, u8) -> bool| {
        let mut inside = false;
        while place < stop {
            match scan.byte(place) {
                b'"' if quote(place) => {
                    inside = !inside;
                    place += usize::from(doubled);
                }
                // The end of the string around this JSON.
                b'"' if slashes_before(place) < own => inside = false,
                byte @ (b'{' | b'}') if !inside && seen(place, byte) => break,
                b'\n' => break,
                _ => {}
            }
            place += 1;
        }
        place.min(stop)
    };
    // Deeper objects than these are looked for from the last of them.
    let mut open = [from; DEPTH];
    let mut level = 0usize;
    structure(from, at, &mut |place, byte| {
        if byte == b'{' {
            if let Some(slot) = open.get_mut(level) {
                *slot = place;
            }
            level += 1;
        } else {
            level = level.saturating_sub(1);
        }
        false
    });
    let mut depth = 1;
    // From behind the name: it is outside of strings there.
    let behind = at + scan.slice(at, limit).iter().position(|byte| *byte == b':').unwrap_or(0);
    let end = structure(behind, limit, &mut |_, byte| {
        depth = if byte == b'{' { depth + 1 } else { depth - 1 };
        depth == 0
    });
    let start = level.checked_sub(1).and_then(|level| open.get(level.min(DEPTH - 1))).copied().unwrap_or(from);
    (start, end)
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
