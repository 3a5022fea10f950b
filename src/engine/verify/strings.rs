//! Strings around a name: whether the next quote ends the one that the name stands in.

use super::scan::Scan;

/// Where the record ends that `at` is in.
pub(super) fn line_end(scan: &Scan<'_>, at: usize) -> usize {
    let rest = scan.slice(at, scan.hay.len());
    at + memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())
}

/// The same, at most `most` bytes on: what is asked often must not read a long record each time.
pub(super) fn line_end_within(scan: &Scan<'_>, at: usize, most: usize) -> usize {
    let limit = scan.hay.len().min(at.saturating_add(most));
    memchr::memchr2(b'\n', b'\r', scan.slice(at, limit)).map_or(limit, |length| at + length)
}

/// First byte of the line behind the one from `start` to `end`. If it is not here yet, both are decided together.
pub(super) fn next_line(scan: &mut Scan<'_>, start: usize, end: usize) -> Option<usize> {
    let next = end + 1 + usize::from(scan.slice(end, end + 2) == b"\r\n");
    if next >= scan.hay.len() {
        scan.hold.from(start);
        return None;
    }
    Some(next)
}

/// Most bytes before a name in which quotes are counted.
const QUOTED: usize = 4096;

/// Whether the quote at `at` ends the string that the name at `name` stands in: it is the same quote, with
/// as many backslashes, and what follows is what follows a string.
pub(super) fn closes_string(scan: &Scan<'_>, name: usize, at: usize) -> bool {
    let slashes = match scan.byte(at) {
        b'"' | b'\'' => 0,
        b'\\' => scan.slice(at, scan.hay.len().min(at + 31)).iter().take_while(|byte| **byte == b'\\').count(),
        _ => return false,
    };
    let quote = scan.byte(at + slashes);
    matches!(quote, b'"' | b'\'')
        && matches!(scan.byte(at + slashes + 1), b',' | b'}' | b']' | b')' | b':' | b';' | b' ' | b'\n' | b'\r' | b'\\' | b'"')
        && scan.slice(at + slashes + 1, at + slashes + 3) != b"\", "
        && in_string(scan, name, quote, slashes)
}

/// Whether an odd number of such quotes, each behind that many backslashes, stands before `at` in its record.
pub(super) fn in_string(scan: &Scan<'_>, at: usize, quote: u8, slashes: usize) -> bool {
    let window = scan.slice(at.saturating_sub(QUOTED), at);
    let record = memchr::memrchr2(b'\n', b'\r', window).and_then(|end| window.get(end + 1..)).unwrap_or(window);
    // Pairs of backslashes before a quote are escaped ones, and belong to the text: `"\\\\"`.
    let own = |at: &usize| {
        record
            .get(..*at)
            .is_some_and(|before| before.iter().rev().take_while(|byte| **byte == b'\\').count() % (2 * (slashes + 1)) == slashes)
    };
    memchr::memchr_iter(quote, record).filter(own).count() % 2 == 1
}
