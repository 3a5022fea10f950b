//! Grouped and long numbers: social security, phones, cards, SIM and bank numbers.
//!
//! From the end of a number its groups are read backwards; their lengths say what it
//! may be, and the validators decide. A number that goes on with the same separator is
//! a list or a longer identifier, not one of ours.
#![expect(clippy::indexing_slicing, reason = "the loop stops before the last group")]

use super::scan::{Scan, Source, is_word};
use crate::engine::catalog::{KindId, id};
use crate::engine::validate;

/// Most groups a number has; a sixth one disqualifies.
const GROUPS: usize = 6;

/// The groups of a number, last one first.
struct Groups {
    /// Their lengths, four bits each, the last group's lowest; 15 is 15 or more.
    lengths: u32,
    starts: [usize; GROUPS],
    count: usize,
    /// What stands before the last group.
    separator: u8,
    /// How many groups from the last one on have this before them.
    alike: usize,
}

/// Lengths of the last groups of a number.
#[derive(Clone, Copy)]
struct Lengths {
    packed: u32,
    count: usize,
}

impl Lengths {
    /// In reading order.
    const fn new<const N: usize>(lengths: [u32; N]) -> Self {
        let (mut packed, mut at) = (0, 0);
        while at < N {
            packed = packed << 4 | lengths[at];
            at += 1;
        }
        Self { packed, count: N }
    }
}

const SOCIAL_SECURITY: Lengths = Lengths::new([3, 2, 4]);
const PHONE: Lengths = Lengths::new([3, 3, 4]);
const LOCAL_PHONE: Lengths = Lengths::new([3, 4]);
const FOURS: Lengths = Lengths::new([4, 4, 4, 4]);
const CARDS: [Lengths; 6] = [
    Lengths::new([4, 4, 4, 4, 3]),
    Lengths::new([4, 4, 4, 4, 2]),
    Lengths::new([4, 4, 4, 4, 1]),
    FOURS,
    Lengths::new([4, 6, 5]),
    Lengths::new([4, 6, 4]),
];

impl Groups {
    /// Reads the groups that end at `end`; single `-`, space or `.` between them.
    fn read(scan: &Scan<'_>, end: usize) -> Self {
        let mut groups = Self { lengths: 0, starts: [end; GROUPS], count: 0, separator: 0, alike: 0 };
        let hay = scan.slice(0, end);
        let mut at = end;
        while groups.count < GROUPS {
            let length = digits_before(hay, at, 24);
            if length == 0 {
                break;
            }
            at -= length;
            let separator = scan.before(at);
            if groups.count == 0 {
                groups.separator = separator;
            }
            groups.lengths |= (length.min(15) as u32) << (4 * groups.count);
            groups.starts[groups.count] = at;
            groups.alike += usize::from(groups.alike == groups.count && separator == groups.separator);
            groups.count += 1;
            if !matches!(separator, b'-' | b' ' | b'.') {
                break;
            }
            at -= 1;
        }
        groups
    }

    /// Whether the last groups have these lengths with one kind of separator.
    #[inline]
    fn ends_with(&self, lengths: Lengths, separators: &[u8]) -> bool {
        let mask = (1 << (4 * lengths.count)) - 1;
        self.lengths & mask == lengths.packed && self.alike + 1 >= lengths.count && separators.contains(&self.separator)
    }

    /// Start of the number that consists of the last `count` groups.
    fn start(&self, count: usize) -> usize {
        count.checked_sub(1).and_then(|at| self.starts.get(at)).copied().unwrap_or(usize::MAX)
    }
}

/// Looks at the end of a number.
pub(crate) fn number_end(scan: &mut Scan<'_>, end: usize) {
    if !scan.before(end).is_ascii_digit() || scan.byte(end).is_ascii_digit() {
        return;
    }
    let start = end - digits_before(scan.hay, end, 23);
    if end - start >= 13 {
        return long_run(scan, start, end);
    }
    let groups = Groups::read(scan, end);
    if groups.ends_with(SOCIAL_SECURITY, b"- ") {
        social_security(scan, &groups, end);
    } else if groups.ends_with(PHONE, b"-. ")
        || groups.ends_with(LOCAL_PHONE, b"-. ")
        || groups.count == 1 && scan.before(groups.start(1)) == b')'
    {
        north_american_phone(scan, &groups, end);
    }
    grouped_card(scan, &groups, end);
}

/// How many digits end before `at`; at most `limit`, or a few more.
fn digits_before(hay: &[u8], at: usize, limit: usize) -> usize {
    let mut count = 0;
    while count < limit {
        let Some(eight) = hay.get(..at - count).and_then(|before| before.last_chunk::<8>()) else {
            return count + hay.get(..at - count).unwrap_or_default().iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        };
        // The high bit of each byte that is no digit: zero to nine are what stays below ten without `0`'s bits.
        let bytes = u64::from_le_bytes(*eight) ^ 0x3030_3030_3030_3030;
        let others = (((bytes & 0x7F7F_7F7F_7F7F_7F7F) + 0x7676_7676_7676_7676) | bytes) & 0x8080_8080_8080_8080;
        let found = others.leading_zeros() as usize / 8;
        count += found;
        if found < 8 {
            break;
        }
    }
    count
}

/// Whether the number from `start` to `end` goes on before it and behind it with `separator`.
fn goes_on(scan: &Scan<'_>, start: usize, end: usize, separator: u8) -> (bool, bool) {
    let left = scan.before(start) == separator && start >= 2 && scan.byte(start - 2).is_ascii_digit();
    let right = scan.byte(end) == separator && scan.byte(end + 1).is_ascii_digit();
    (left, right)
}

/// Accepts a number with the confidence the catalogue gives the format alone.
fn accept_alone(scan: &mut Scan<'_>, kind: KindId, start: usize, end: usize, source: Source) {
    scan.accept_number(kind, start, end, kind.builtin().map_or(0, |kind| kind.confidence), source);
}

/// As [`accept_alone`]; where numbers stand beside it, only if they are masked.
fn accept_beside(scan: &mut Scan<'_>, kind: KindId, start: usize, end: usize, source: Source, beside: (bool, bool)) {
    if beside == (false, false) {
        return accept_alone(scan, kind, start, end, source);
    }
    scan.accept_beside_masked(kind, start, end, kind.builtin().map_or(0, |kind| kind.confidence), source, beside);
}

fn social_security(scan: &mut Scan<'_>, groups: &Groups, end: usize) {
    let start = groups.start(3);
    let separator = groups.separator;
    let beside = goes_on(scan, start, end, separator);
    if !scan.number_may_start(start)
        || separator != b' ' && beside != (false, false)
        || scan.before(start) == b'-' && is_word(scan.before(start - 1))
    {
        scan.refuse(id::US_SSN, start, end, "part of a longer number");
        return;
    }
    // A claim number is a social security number with a letter, and perhaps one more sign.
    for length in [2, 1] {
        if separator == b'-'
            && scan.byte(end).is_ascii_uppercase()
            && validate::us_hicn::valid(scan.slice(start, end + length))
            && scan.word_may_end(end + length)
        {
            accept_alone(scan, id::US_HICN, start, end + length, Source::Format);
            return;
        }
    }
    if !scan.digits_may_end(end) {
        scan.refuse(id::US_SSN, start, end, "part of a longer word");
        return;
    }
    let value = scan.slice(start, end);
    type Check = fn(&[u8]) -> bool;
    let kinds: [(KindId, Check); 3] =
        [(id::US_SSN, validate::us_ssn::valid), (id::US_ITIN, validate::us_itin::valid), (id::US_ATIN, validate::us_atin::valid)];
    match kinds.into_iter().find(|(_, valid)| valid(value)) {
        Some((kind, _)) => accept_beside(scan, kind, start, end, Source::Format, beside),
        None => scan.refuse(id::US_SSN, start, end, "area, group or serial that is never issued"),
    }
}

fn north_american_phone(scan: &mut Scan<'_>, groups: &Groups, mut end: usize) {
    let separator = groups.separator;
    let mut start = if groups.ends_with(PHONE, b"-. ") {
        groups.start(3)
    } else {
        // (415) 555-0123
        let local = groups.start(2);
        let paren = if scan.before(local) == b' ' { local - 1 } else { local };
        let Some(open) = paren.checked_sub(5) else { return };
        if scan.before(paren) != b')' || scan.byte(open) != b'(' || !scan.slice(open + 1, paren - 1).iter().all(u8::is_ascii_digit) {
            return;
        }
        open
    };
    let bare_start = start;
    let bracketed = scan.byte(start) == b'(';
    if !validate::phone_nanp::valid(scan.slice(start, end)) || !scan.digits_may_end(end) {
        scan.refuse(id::PHONE_NANP, start, end, "not an area and exchange of the North American plan");
        return;
    }
    // The country code, with or without a plus.
    for prefix in [&b"+1 "[..], b"+1-", b"+1.", b"+1", b"1 ", b"1-", b"1."] {
        let Some(from) = start.checked_sub(prefix.len()) else { continue };
        if scan.slice(from, start) == prefix && (prefix.first() == Some(&b'+') || scan.digits_may_start(from)) {
            start = from;
            break;
        }
    }
    if !bracketed && scan.byte(start) != b'+' && !scan.number_may_start(start) {
        scan.refuse(id::PHONE_NANP, start, end, "part of a longer number");
        return;
    }
    let beside = goes_on(scan, start, end, separator);
    if beside != (false, false) && separator != b' ' && (start == bare_start || separator != b'-') {
        scan.refuse(id::PHONE_NANP, start, end, "part of a longer number");
        return;
    }
    if separator == b' ' && beside != (false, false) {
        return accept_beside(scan, id::PHONE_NANP, start, end, Source::Format, beside);
    }
    end = extension_end(scan, end);
    if bracketed || scan.byte(start) == b'+' {
        return scan.accept_alone(id::PHONE_NANP, start, end, Source::Format);
    }
    accept_alone(scan, id::PHONE_NANP, start, end, Source::Format);
}

/// One past an extension such as ` x42` or ` ext. 42`, or `end` when there is none.
fn extension_end(scan: &Scan<'_>, end: usize) -> usize {
    for mark in [&b" x"[..], b"x", b" ext. ", b" ext ", b" ext."] {
        let from = end + mark.len();
        if scan.slice(end, from).eq_ignore_ascii_case(mark) {
            let digits = scan.slice(from, scan.hay.len().min(from + 6)).iter().take_while(|byte| byte.is_ascii_digit()).count();
            if (1..=5).contains(&digits) && scan.word_may_end(from + digits) {
                return from + digits;
            }
        }
    }
    end
}

fn grouped_card(scan: &mut Scan<'_>, groups: &Groups, end: usize) {
    // The shapes end at groups of four: a fifth, shorter one is read from here. It may be another number.
    if groups.ends_with(FOURS, b"- ") && groups.separator == scan.byte(end) {
        let tail = scan.slice(end + 1, scan.hay.len().min(end + 5)).iter().take_while(|byte| byte.is_ascii_digit()).count();
        if (1..=3).contains(&tail) && !is_word(scan.byte(end + 1 + tail)) {
            card_of_groups(scan, &Groups::read(scan, end + 1 + tail), end + 1 + tail);
        }
    }
    card_of_groups(scan, groups, end);
}

fn card_of_groups(scan: &mut Scan<'_>, groups: &Groups, end: usize) {
    let Some(lengths) = CARDS.into_iter().find(|lengths| groups.ends_with(*lengths, b"- ")) else { return };
    let start = groups.start(lengths.count);
    let beside = goes_on(scan, start, end, groups.separator);
    let alone = beside == (false, false);
    if !scan.number_may_start(start) || !scan.digits_may_end(end) || groups.separator != b' ' && !alone {
        return scan.refuse(id::PAN, start, end, "part of a longer number");
    }
    if !validate::pan::valid(scan.slice(start, end)) {
        return scan.refuse(id::PAN, start, end, "Luhn check, issuer range or grouping");
    }
    // Every card that a row of groups may hold is taken: where two overlap, nothing says which one it is.
    if !alone && (!is_strong(scan.slice(start, end)) || in_row(scan, start, end)) {
        return accept_beside(scan, id::PAN, start, end, Source::Checksum, beside);
    }
    accept_alone(scan, id::PAN, start, end, Source::Checksum);
}

/// Whether the first digits of a grouped card make it believable beside other numbers.
fn is_strong(value: &[u8]) -> bool {
    let (mut digits, mut count) = ([0; 19], 0);
    for byte in value.iter().filter(|byte| byte.is_ascii_digit()) {
        let Some(slot) = digits.get_mut(count) else { return false };
        *slot = *byte;
        count += 1;
    }
    digits.get(..count).is_some_and(validate::pan::strong_brand)
}

/// Whether groups of four digits stand in a long row of such groups, or in the dump of a file.
fn in_row(scan: &Scan<'_>, start: usize, end: usize) -> bool {
    /// Most groups beside a card: three more cards.
    const MOST: usize = 12;
    let group = |from: Option<usize>| {
        let group = from.map(|from| scan.slice(from, from + 4)).filter(|group| group.len() == 4)?;
        let letters = group.iter().filter(|byte| !byte.is_ascii_digit()).count();
        (letters < 4 && group.iter().all(u8::is_ascii_hexdigit)).then_some(letters > 0)
    };
    let (mut first, mut count) = (start, 0);
    while count <= MOST
        && scan.before(first) == b' '
        && let Some(hex) = group(first.checked_sub(5)).filter(|_| matches!(scan.before(first - 5), b' ' | b'\n' | b'"' | b'\t'))
    {
        if hex {
            return true;
        }
        (first, count) = (first - 5, count + 1);
    }
    let mut last = end;
    while count <= MOST
        && scan.byte(last) == b' '
        && let Some(hex) = group(Some(last + 1)).filter(|_| !is_word(scan.byte(last + 5)))
    {
        if hex {
            return true;
        }
        (last, count) = (last + 5, count + 1);
    }
    // `0000010 3132 3334` and `00000010: 3132 3334`.
    let before = scan.slice(first.saturating_sub(10), first);
    let before = before.strip_suffix(b" ").unwrap_or_default();
    let before = before.strip_suffix(b":").unwrap_or(before);
    let offset = before.iter().rev().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let zeros = before.get(before.len() - offset..).is_some_and(|offset| offset.starts_with(b"00"));
    count > MOST || matches!(offset, 7 | 8) && zeros
}

/// Runs of 13 to 22 digits.
fn long_run(scan: &mut Scan<'_>, start: usize, end: usize) {
    let previous = scan.before(start);
    if end - start > 22 || previous == b'_' || track_two(scan, start, end) || !scan.number_may_start(start) || !scan.digits_may_end(end) {
        return;
    }
    // `blk_-2425070029518924403` and `order-4111...` are identifiers of something else.
    let next = scan.byte(end);
    if previous == b'-' && start >= 2 && !matches!(scan.byte(start - 2), b' ' | b'"' | b'\'' | b'(' | b'\n')
        || next == b'-' && is_word(scan.byte(end + 1))
    {
        scan.refuse(id::PAN, start, end, "joined to another identifier");
        return;
    }
    if follows_a_counter(scan, start) {
        scan.refuse(id::PAN, start, end, "its key names a seed, a hash or a count");
        return;
    }
    if is_thread(scan, start, end) {
        scan.refuse(id::PAN, start, end, "the thread in a log header");
        return;
    }
    let value = scan.slice(start, end);
    match value.len() {
        13..=19 if validate::pan::strong_brand(value) && validate::pan::valid(value) => {
            scan.accept_number(id::PAN, start, end, 60, Source::Weak)
        }
        19 | 20 if validate::iccid::valid(value) => accept_alone(scan, id::ICCID, start, end, Source::Weak),
        22 if validate::bank_account_ar_cbu::valid(value) && value.iter().any(|byte| *byte != b'0') => {
            accept_alone(scan, id::BANK_ACCOUNT_AR_CBU, start, end, Source::Checksum);
        }
        _ => scan.refuse(id::PAN, start, end, "Luhn check or issuer range"),
    }
}

/// Whether the key right before `start` says that a long number is no card.
fn follows_a_counter(scan: &Scan<'_>, start: usize) -> bool {
    const WORDS: [&[u8]; 12] =
        [b"_ns", b"lsn", b"ticks", b"seed", b"hash", b"offset", b"bytes", b"size", b"nanos", b"nonce", b"addr", b"ptr"];
    let before = scan.slice(start.saturating_sub(16), start);
    let blanks = before.iter().rev().take_while(|byte| matches!(byte, b'=' | b':' | b' ' | b'"' | b'\'')).count();
    let word = before.get(..before.len() - blanks).unwrap_or_default();
    blanks > 0
        && WORDS.iter().any(|known| {
            word.len() >= known.len() && word.get(word.len() - known.len()..).is_some_and(|tail| tail.eq_ignore_ascii_case(known))
        })
}

/// Whether the number is the thread in a header `Lmmdd hh:mm:ss.uuuuuu thread file:line]`, as glog writes it
/// and torch.distributed and Kubernetes do after it; years may stand before the month.
pub(super) fn is_thread(scan: &Scan<'_>, start: usize, end: usize) -> bool {
    /// Longest path of a source file.
    const PATH: usize = 200;
    let head = scan.slice(start.saturating_sub(26), start);
    let shaped = |text: &[u8], shape: &[u8]| {
        text.len() == shape.len()
            && text.iter().zip(shape).all(|(byte, want)| if *want == b'd' { byte.is_ascii_digit() } else { byte == want })
    };
    let Some((date, time)) = head.len().checked_sub(17).and_then(|at| head.split_at_checked(at)) else { return false };
    let digits = date.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let level = date.len().checked_sub(digits + 1).and_then(|at| date.get(at));
    if !shaped(time, b" dd:dd:dd.dddddd ") || !matches!(digits, 4 | 6 | 8) || !matches!(level, Some(b'I' | b'W' | b'E' | b'F' | b'D')) {
        return false;
    }
    let rest = scan.slice(end, scan.hay.len().min(end + PATH));
    let place = rest.get(1..).unwrap_or_default().split(|byte| matches!(byte, b' ' | b'\n')).next().unwrap_or_default();
    let line = place.strip_suffix(b"]").and_then(|place| place.rsplit(|byte| *byte == b':').next());
    rest.first() == Some(&b' ') && place.contains(&b':') && line.is_some_and(|line| !line.is_empty() && line.iter().all(u8::is_ascii_digit))
}

/// Track 2 of a card: `;4111111111111111=2912101...?`.
fn track_two(scan: &mut Scan<'_>, start: usize, end: usize) -> bool {
    if !matches!(scan.byte(end), b'=' | b'D') {
        return false;
    }
    let start = if scan.before(start) == b';' { start - 1 } else { start };
    let mut stop = end + 1;
    while stop < scan.hay.len().min(end + 40) && scan.byte(stop).is_ascii_digit() {
        stop += 1;
    }
    if scan.byte(stop) == b'?' {
        stop += 1;
    }
    let found = validate::pan_track_data::valid(scan.slice(start, stop));
    if found {
        scan.accept_alone(id::PAN_TRACK_DATA, start, stop, Source::Checksum);
    }
    found
}

/// Track 1 of a card: `%B4111111111111111^DOE/JANE^2912101...?`.
pub(crate) fn track_one(scan: &mut Scan<'_>, start: usize) {
    // `%B` and at least twelve digits.
    if !scan.slice(start + 2, start + 14).iter().all(u8::is_ascii_digit) {
        return;
    }
    let limit = scan.hay.len().min(start + 110);
    let rest = scan.slice(start, limit);
    let line = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r' | b'"')).unwrap_or(rest.len());
    let stop = rest.iter().take(line).position(|byte| *byte == b'?').map_or(line, |at| at + 1);
    if validate::pan_track_data::valid(scan.slice(start, start + stop)) {
        scan.accept_alone(id::PAN_TRACK_DATA, start, start + stop, Source::Checksum);
    } else {
        scan.refuse(id::PAN_TRACK_DATA, start, start + stop, "not a valid track");
    }
}
