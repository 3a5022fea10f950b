//! Codes that a terminal reads: colours and other control sequences (ECMA-48, 5.4).
//!
//! Raw, or as text: `\e[`, `\x1b[`, `\033[` and `\u001b[`. A view reads a code as nothing,
//! and a finding keeps clear of those at its edges: the one behind a value ends its colour.

use crate::engine::verify::Hit;

/// First byte of a raw code.
pub(crate) const ESC: u8 = 0x1b;
/// Most bytes of a code's parameters.
const PARAMETERS: usize = 32;
/// Most digits of one parameter: a longer number is no colour.
const DIGITS: usize = 4;
/// Most backslashes before an escape's letter.
pub(super) const SLASHES: usize = 32;

/// First byte of a code, and one past its last.
pub(crate) type Code = (u32, u32);

/// Length of the code at the start of `text`.
pub(crate) fn code(text: &[u8]) -> Option<usize> {
    let slashes = text.iter().take(SLASHES).take_while(|byte| **byte == b'\\').count();
    let sign = match text.get(slashes..)? {
        [ESC, ..] if slashes == 0 => 1,
        _ if slashes == 0 => return None,
        [b'e' | b'E', ..] => 1,
        [b'x', b'1', b'b' | b'B', ..] | [b'0', b'3', b'3', ..] => 3,
        [b'u', b'0', b'0', b'1', b'b' | b'B', ..] => 5,
        _ => return None,
    };
    let body = text.get(slashes + sign..)?.strip_prefix(b"[")?;
    // `<`, `=`, `>` and `?` say that what follows is of the maker's own.
    let mut at = usize::from(matches!(body.first(), Some(b'<'..=b'?')));
    let mut digits = 0;
    loop {
        match body.get(at)? {
            b'0'..=b'9' if digits < DIGITS => digits += 1,
            b':' | b';' => digits = 0,
            _ => break,
        }
        at += 1;
        if at > PARAMETERS {
            return None;
        }
    }
    let length = match (at, body.get(at..)?) {
        // A label of ours may stand behind an escape.
        (0, [b'A'..=b'Z', ..]) => !is_label(body),
        (0, [last, ..]) if last.is_ascii_lowercase() => matches!(last, b'm' | b's' | b'u'),
        (_, [b'a'..=b'z' | b'A'..=b'Z' | b'@' | b'`' | b'{'..=b'~', ..]) => true,
        // A quote ends the text that the code is in.
        (_, [b' '..=b'/', b'p'..=b'z', ..]) if !matches!(body.get(at), Some(b'"' | b'\'')) => {
            at += 1;
            true
        }
        _ => false,
    };
    length.then_some(slashes + sign + 1 + at + 1)
}

fn is_label(body: &[u8]) -> bool {
    let name = |byte: &&u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || **byte == b'_';
    body.get(body.iter().take(64).take_while(name).count()) == Some(&b']')
}

/// The code at `at`, where a backslash or ESC stands, with the backslashes before it.
pub(crate) fn code_around(hay: &[u8], at: usize) -> Option<Code> {
    let length = code(hay.get(at..)?)?;
    let before = hay.get(..at).unwrap_or_default().iter().rev().take(SLASHES - 1);
    let slashes = if hay.get(at) == Some(&b'\\') { before.take_while(|byte| **byte == b'\\').count() } else { 0 };
    Some(((at - slashes) as u32, (at + length) as u32))
}

/// The finding without the codes (ascending) at its edges, or the pieces of them; `None` if nothing is left.
pub(crate) fn without_codes(codes: &[Code], hit: &Hit) -> Option<Hit> {
    let mut found = *hit;
    let first = codes.partition_point(|(_, end)| *end <= hit.start);
    // What lies in one code is none of its parts that say a colour.
    if codes.get(first).is_some_and(|(start, end)| *start <= hit.start && hit.end <= *end && (*start, *end) != (hit.start, hit.end)) {
        return Some(found);
    }
    for (start, end) in codes.get(first..).unwrap_or_default() {
        if *start > found.start {
            break;
        }
        found.start = *end;
    }
    let last = codes.partition_point(|(start, _)| *start < found.end);
    for (start, end) in codes.get(..last).unwrap_or_default().iter().rev() {
        if *end < found.end || *end <= found.start {
            break;
        }
        found.end = *start;
    }
    (found.start < found.end).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_end_where_a_terminal_ends_them() {
        for (text, length) in [
            ("\x1b[32m1", 5),
            ("\x1b[m", 3),
            ("\x1b[K", 3),
            ("\x1b[38;2;255;128;0mx", 17),
            ("\x1b[38:5:1mx", 9),
            ("\x1b[?25lx", 6),
            ("\x1b[4 q1", 5),
            (r"\e[0m", 5),
            (r"\E[1;31mx", 8),
            (r"\x1b[0m", 7),
            (r"\033[0m", 7),
            (r"\\u001B[0m", 10),
        ] {
            assert_eq!(code(text.as_bytes()), Some(length), "{text:?}");
        }
        for text in [
            "\x1b[EMAIL]",
            "\x1b[",
            "\x1b[1",
            "\x1b[\"",
            "\x1b[4111111111111111m",
            "\x1b[jane",
            "e[0m",
            r"\x1c[0m",
            "\x1b[1,2m",
            "\x1b[1=m",
        ] {
            assert_eq!(code(text.as_bytes()), None, "{text:?}");
        }
        assert_eq!(code(format!("\x1b[{}m", "1;".repeat(40)).as_bytes()), None);
    }
}
