//! Email addresses, from their `@` outwards (RFC 5321 and 5322, as far as logs use them).

use super::scan::{Scan, Source};
use crate::engine::catalog::id;
use crate::engine::validate;

/// Longest local part and domain looked at; RFC 5321 allows 64 and 255.
const LOCAL: usize = 64;
const DOMAIN: usize = 255;

/// Looks at an `@`.
pub(crate) fn at_sign(scan: &mut Scan<'_>, at: usize) {
    if scan.byte(at) != b'@' {
        return;
    }
    let end = domain_end(scan, at + 1);
    if end == at + 1 {
        return;
    }
    let Some(start) = local_start(scan, at) else {
        scan.refuse(id::EMAIL, at, end, "nothing before the at sign");
        return;
    };
    // `git@host:path` is a remote, not a mailbox.
    if scan.slice(start, at) == b"git" && scan.byte(end) == b':' {
        scan.refuse(id::EMAIL, start, end, "a remote of a version control system");
        return;
    }
    // Our own partial mask leaves `e***@`.
    if scan.slice(start, at).ends_with(b"***") {
        return;
    }
    if validate::email::valid(scan.slice(start, end)) || scan.before(at) == b'"' && quoted_mailbox(scan, start, at, end) {
        scan.accept_alone(id::EMAIL, start, end, Source::Format);
        if scan.before(start) == b'<' && scan.byte(end) == b'>' {
            display_name(scan, start - 1);
        }
    } else if let Some(stop) = in_file_name(scan, start, at, end) {
        scan.accept_alone(id::EMAIL, start, stop, Source::Format);
    } else {
        scan.refuse(id::EMAIL, start, end, "not a mail domain or local part");
    }
}

/// The name before the bracket at `open`: `Jane Example <jane@example.com>`, `"Example, Jane" <…>` (RFC 5322, 3.4).
fn display_name(scan: &mut Scan<'_>, open: usize) {
    const NAME: usize = 64;
    let before = scan.slice(open.saturating_sub(NAME), open);
    let Some(text) = before.strip_suffix(b" ") else { return };
    let quote = text.iter().rev().take(4).take_while(|byte| matches!(byte, b'"' | b'\\')).count();
    let text = text.get(..text.len() - quote).unwrap_or_default();
    let ends = |byte: &u8| {
        if quote > 0 { matches!(byte, b'"' | b'\n') } else { !(byte.is_ascii_alphabetic() || *byte >= 0x80 || b" .'-".contains(byte)) }
    };
    let name = text.get(text.iter().rposition(ends).map_or(0, |at| at + 1)..).unwrap_or_default();
    // Without quotes the words before it may belong to the sentence: the last ones with capitals count.
    let mut length = name.len();
    if quote == 0 {
        let mut words = name.rsplit(|byte| *byte == b' ').take(4);
        length =
            words.by_ref().take_while(|word| word.first().is_some_and(u8::is_ascii_uppercase)).map(|word| word.len() + 1).sum::<usize>();
        length = length.saturating_sub(1);
    }
    let end = open - 1 - quote;
    let start = end - length.min(name.len());
    if validate::person_name::full(scan.slice(start, end)) {
        scan.accept_alone(id::PERSON_NAME, start, end, Source::Context);
    }
}

/// One past the address that a file is named after, such as `user@example.com.log`.
fn in_file_name(scan: &Scan<'_>, start: usize, at: usize, end: usize) -> Option<usize> {
    let stop = at + 1 + validate::email::before_file_ends(scan.slice(at + 1, end))?.len();
    validate::email::valid(scan.slice(start, stop)).then_some(stop)
}

/// `\"Jane Doe\"@example.com`, the quotes escaped or doubled by what is around them.
fn quoted_mailbox(scan: &Scan<'_>, start: usize, at: usize, end: usize) -> bool {
    let mut plain = [0u8; LOCAL + DOMAIN + 2];
    let inner = scan.slice(start, at).iter().filter(|byte| !matches!(byte, b'"' | b'\\'));
    let text = std::iter::once(&b'"').chain(inner).chain(std::iter::once(&b'"')).chain(scan.slice(at, end));
    let mut length = 0;
    for (to, from) in plain.iter_mut().zip(text) {
        *to = *from;
        length += 1;
    }
    validate::email::valid(plain.get(..length).unwrap_or_default())
}

fn domain_end(scan: &Scan<'_>, from: usize) -> usize {
    if scan.byte(from) == b'[' {
        let close = scan.slice(from, scan.hay.len().min(from + 64)).iter().position(|byte| *byte == b']');
        return close.map_or(from, |length| from + length + 1);
    }
    let rest = scan.slice(from, scan.hay.len().min(from + DOMAIN));
    let (mut length, mut dots, mut hyphens) = (0, false, 0);
    for byte in rest {
        if !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.') || !byte.is_ascii()) {
            break;
        }
        length += 1;
        dots |= *byte == b'.';
        hyphens = if *byte == b'-' { hyphens + 1 } else { 0 };
        // No domain has three hyphens in a row; a line of them, as before a key, begins here.
        if hyphens == 3 {
            length -= 3;
            break;
        }
    }
    let mut end = from + length;
    while end > from && matches!(scan.byte(end - 1), b'.' | b'-') {
        end -= 1;
    }
    if dots { end } else { from }
}

fn local_start(scan: &Scan<'_>, at: usize) -> Option<usize> {
    if scan.before(at) == b'"' {
        // Escaped (`\"`) and doubled (`""`) quotes belong to the local part's own.
        let mut close = at - 1;
        while close > 0 && at - close < 8 && matches!(scan.before(close), b'"' | b'\\') {
            close -= 1;
        }
        let from = close.saturating_sub(LOCAL);
        let open = scan.slice(from, close).iter().rposition(|byte| matches!(byte, b'"' | b'\n'))?;
        let start = from + open;
        return (scan.byte(start) == b'"').then_some(start);
    }
    let floor = at.saturating_sub(LOCAL);
    let mut start = at;
    while start > floor {
        let byte = scan.byte(start - 1);
        let inner_apostrophe = byte == b'\''
            && start >= 2
            && scan.byte(start - 2).is_ascii_alphabetic()
            && scan.byte(start).is_ascii_alphabetic()
            && scan.before(start - 2) != b'\'';
        let plain = byte.is_ascii_alphanumeric()
            || byte >= 0x80
            || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-' | b'~' | b'!' | b'#' | b'$' | b'*' | b'^');
        if !(plain || inner_apostrophe) {
            break;
        }
        start -= 1;
    }
    // The letter of an escape (`\n`) does not belong to the address.
    if start >= 1 && scan.byte(start - 1) == b'\\' {
        start += match scan.byte(start) {
            b'n' | b'r' | b't' | b'b' | b'f' => 1,
            b'u' if scan.slice(start + 1, start + 5).iter().filter(|byte| byte.is_ascii_hexdigit()).count() == 4 => 5,
            _ => 0,
        };
    }
    while start < at && matches!(scan.byte(start), b'.' | b'-' | b'+' | b'*' | b'!' | b'#' | b'$' | b'^' | b'~') {
        start += 1;
    }
    (start < at).then_some(start)
}
