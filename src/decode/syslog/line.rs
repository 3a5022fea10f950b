//! Lines of a stream of syslog, which end with a line feed or a NUL (RFC 6587, section 3.4.2).
//!
//! A NUL may also stand inside a message, and ends it only where another one begins behind it: `<` and a digit, a count
//! and `<`, or `{`. Else a value with a NUL in it would leave in halves, and neither half looks like one. The end of a
//! stream is an end, too, and that nothing comes for a while.

use super::MAX_DIGITS;

/// NULs in a row that belong to a message; more of them end it.
const NULS: usize = 32;
/// Bytes behind a line that may say where it ends.
const AHEAD: usize = NULS + MAX_DIGITS + 3;

/// The first line of some bytes.
pub(super) enum Line {
    /// Its length, and where the next one begins: at the end of the line itself if that has not come yet.
    Ends(usize, usize),
    /// No end of it has come, as far as so many bytes say.
    Open(usize),
}

/// What stands behind a NUL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begins {
    Message,
    /// The rest of the same message, or nothing that is known.
    Nothing,
    /// More has to come to say so.
    Unknown,
}

/// The first line of at most so many bytes. In the first `seen` bytes none ends; behind a `last` part nothing follows.
/// NULs before it are no line.
pub(super) fn first(rest: &[u8], (most, last): (usize, bool), seen: usize) -> Line {
    let nuls = rest.iter().take_while(|byte| **byte == 0).count();
    if nuls > 0 {
        return Line::Ends(0, nuls);
    }
    let (window, more) = rest.split_at_checked(most + 1).unwrap_or((rest, b""));
    let mut from = seen;
    while let Some(at) = memchr::memchr2(b'\n', 0, window.get(from..).unwrap_or_default()).map(|at| from + at) {
        if window.get(at) == Some(&b'\n') {
            return Line::Ends(at, at + 1);
        }
        match behind(rest, at) {
            (Begins::Message, next) => return Line::Ends(at, next),
            (Begins::Unknown, _) if !last => return Line::Open(at),
            (_, next) => from = next,
        }
    }
    // Too long only when all that may say otherwise is there: the answer must not depend on the cuts.
    if rest.len() <= most || !last && more.len() < AHEAD && !more.contains(&b'\n') {
        return Line::Open(window.len());
    }
    // Messages of some senders end with a NUL and begin with anything: none of them is to be lost.
    match memchr::memrchr(0, window) {
        Some(at) => Line::Ends(at, at + 1),
        None => Line::Ends(most, most),
    }
}

/// What stands behind the NULs at `at`, and one past these.
pub(super) fn behind(rest: &[u8], at: usize) -> (Begins, usize) {
    let rest = rest.get(at..).unwrap_or_default();
    let nuls = rest.iter().take(NULS + 1).take_while(|byte| **byte == 0).count();
    if nuls > NULS {
        return (Begins::Message, at + nuls);
    }
    let rest = rest.get(nuls..).unwrap_or_default();
    let digits = rest.iter().take(MAX_DIGITS + 1).take_while(|byte| byte.is_ascii_digit()).count();
    let begins = match (rest.first(), digits) {
        (None, _) => Begins::Unknown,
        (Some(b'{'), _) => Begins::Message,
        (Some(b'<'), _) => match rest.get(1) {
            None => Begins::Unknown,
            Some(byte) if byte.is_ascii_digit() => Begins::Message,
            Some(_) => Begins::Nothing,
        },
        (Some(b'1'..=b'9'), ..=MAX_DIGITS) => match (rest.get(digits), rest.get(digits + 1)) {
            (None, _) | (Some(b' '), None) => Begins::Unknown,
            (Some(b' '), Some(b'<')) => Begins::Message,
            _ => Begins::Nothing,
        },
        _ => Begins::Nothing,
    };
    (begins, at + nuls)
}
