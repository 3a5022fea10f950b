//! Hardware and IPv6 addresses, and long runs that may be wallet addresses or keys.

use super::scan::{Scan, Source};
use crate::engine::catalog::id;
use crate::engine::validate;

/// Longest textual address looked at: IPv6 with a mapped IPv4 tail and a port.
const ADDRESS: usize = 56;

/// Looks around a place where several `:`, `-` or `.` stand between hex digits.
pub(crate) fn address(scan: &mut Scan<'_>, at: usize) {
    let separator = match (scan.byte(at), scan.before(at)) {
        // `2001:db8::-x`: what comes behind does not say what is before it.
        (_, b':') => b':',
        (b'-', _) => b'-',
        (b'.', _) => b'.',
        _ => b':',
    };
    // The group before a colon has at most four digits: an address has another colon there.
    if separator == b':' && scan.byte(at) == b':' && !scan.slice(at.saturating_sub(5), at).contains(&b':') {
        return;
    }
    let inside = |byte: u8| byte.is_ascii_hexdigit() || byte == separator || separator == b':' && byte == b'.';
    // One run of such bytes has several such places.
    let slot = match separator {
        b':' => 0,
        b'-' => 1,
        _ => 2,
    };
    let seen = scan.done.addresses.get(slot).copied().unwrap_or_default();
    if (seen.0..=seen.1).contains(&at) && seen.1 > 0 {
        return;
    }
    let mut start = at;
    while start > seen.1 && inside(scan.before(start)) {
        start -= 1;
    }
    let rest = scan.hay.get(at..).unwrap_or_default();
    let mut end = at + rest.iter().position(|byte| !inside(*byte)).unwrap_or(rest.len());
    if let Some(slot) = scan.done.addresses.get_mut(slot) {
        *slot = (start, end);
    }
    if end - start > 2 * ADDRESS {
        return;
    }
    while end > start && (scan.before(end) == b'.' || scan.before(end) == b':' && !scan.slice(start, end).ends_with(b"::")) {
        end -= 1;
    }
    while start < end && (scan.byte(start) == b'.' || scan.byte(start) == b':' && scan.byte(start + 1) != b':') {
        start += 1;
    }
    // `host::5432` is no address, nor is what stands behind a bracket, such as that of a label.
    let joined = scan.byte(start) == b':' && scan.before(start) == b']';
    if !scan.word_may_start(start) || !scan.word_may_end(end) || joined {
        return;
    }
    if validate::mac_address::valid(scan.slice(start, end)) {
        let value = scan.slice(start, end);
        let blank = value.iter().all(|byte| !byte.is_ascii_hexdigit() || *byte == b'0')
            || value.iter().all(|byte| !byte.is_ascii_hexdigit() || matches!(byte, b'f' | b'F'));
        if blank {
            scan.refuse(id::MAC_ADDRESS, start, end, "the empty or the broadcast address");
        } else {
            scan.accept_alone(id::MAC_ADDRESS, start, end, Source::Format);
        }
        return;
    }
    if separator == b':' {
        v6(scan, start, end);
    }
}

fn v6(scan: &mut Scan<'_>, start: usize, mut end: usize) {
    let mut parsed = validate::ip_v6::parse(scan.slice(start, end));
    if parsed.is_none() {
        // A ninth group is a port.
        if let Some(colon) = scan.slice(start, end).iter().rposition(|byte| *byte == b':') {
            end = start + colon;
            parsed = validate::ip_v6::parse(scan.slice(start, end));
        }
    }
    let Some(groups) = parsed else {
        scan.refuse(id::IP_V6, start, end, "not an IPv6 address");
        return;
    };
    let value = scan.slice(start, end);
    let colons = value.iter().filter(|byte| **byte == b':').count();
    if validate::system_ip::nobody_v6(groups) {
        scan.refuse(id::IP_V6, start, end, "an address that no machine has");
    } else if scan.settings.leaves_v6(groups) {
        scan.refuse(id::IP_V6, start, end, "internal network, left alone by the preset");
    } else if colons < 3 && !value.iter().any(u8::is_ascii_digit) || value.len() < 4 {
        scan.refuse(id::IP_V6, start, end, "too short to tell from a path of names");
    } else {
        scan.accept_alone(id::IP_V6, start, end, Source::Format);
    }
}

/// Letters and digits at the end of a wallet's address or key, of which none is shorter.
const TAIL: usize = 26;

/// How many bytes before `end` are known to be of one run, if it may be an address or a key.
///
/// Nearly all long runs are digests and identifiers: they have a zero in their tail, and no prefix where addresses
/// without that rule have theirs.
#[inline]
fn wallet_tail(scan: &Scan<'_>, end: usize) -> Option<usize> {
    let tail = end.checked_sub(TAIL).and_then(|from| scan.hay.get(from..)).and_then(|rest| rest.first_chunk::<TAIL>())?;
    // Without a branch for one byte: all are looked at together.
    let odd = |byte: u8| !byte.is_ascii_alphanumeric() | (byte == b'0') | (byte == b'O') | (byte == b'I') | (byte == b'l');
    if !tail.iter().fold(false, |any, byte| any | odd(*byte)) {
        return Some(TAIL);
    }
    let begins = |length: usize, prefix: &[u8]| {
        let head = end.checked_sub(length).and_then(|from| scan.hay.get(from..)).and_then(|rest| rest.get(..prefix.len()));
        head.is_some_and(|head| head.eq_ignore_ascii_case(prefix))
    };
    (begins(42, b"0x") || begins(42, b"bc1") || begins(62, b"bc1")).then_some(0)
}

/// Looks at the end of a run of 26 or more letters and digits.
#[inline]
pub(crate) fn run_end(scan: &mut Scan<'_>, end: usize) {
    if let Some(known) = wallet_tail(scan, end) {
        wallet(scan, end, known);
    }
}

fn wallet(scan: &mut Scan<'_>, end: usize, known: usize) {
    // xprv, the longest kind here, has 111 characters.
    let window = end.saturating_sub(113);
    let run = scan.slice(window, end - known).iter().rposition(|byte| !byte.is_ascii_alphanumeric());
    let start = scan.after_escape(run.map_or(window, |last| window + last + 1));
    if !scan.word_may_start(start) || scan.byte(end) == b'_' {
        return;
    }
    let value = scan.slice(start, end);
    let kind = match (value.first(), value.len()) {
        (Some(b'1' | b'3'), 26..=35) | (Some(b'b' | b'B'), 42 | 62) if validate::crypto_btc_address::valid(value) => id::CRYPTO_BTC_ADDRESS,
        (Some(b'0'), 42) if validate::crypto_eth_address::valid(value) => id::CRYPTO_ETH_ADDRESS,
        (Some(b'5' | b'K' | b'L'), 51 | 52) | (Some(b'x'), 111) if validate::crypto_private_key::valid(value) => id::CRYPTO_PRIVATE_KEY,
        _ => return,
    };
    scan.accept_alone(kind, start, end, Source::Checksum);
}
