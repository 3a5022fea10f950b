//! Look-alikes: characters beyond ASCII that are read as ASCII, or as nothing.
//!
//! Full-width forms (U+FF01 to U+FF5E) of what values are made of, dashes, blanks, and
//! characters without a width. Names from the Unicode character database; the list is
//! closed, and letters of other scripts are not taken for Latin ones. NUL, which stands
//! beside each ASCII letter of UTF-16, is nothing as well.

/// Bytes that are asked at once whether all are ASCII but NUL.
const PIECE: usize = 4096;

/// What an escape or a look-alike stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plain {
    Byte(u8),
    /// Nothing that can be seen.
    Nothing,
}

/// What is read for a code point, if it is a look-alike.
pub(super) fn fold(code: u32) -> Option<Plain> {
    let plain = match code {
        // Other full-width signs, such as the comma, are boundaries as they stand.
        0xff0b | 0xff0d..=0xff1a | 0xff1d | 0xff20..=0xff3a | 0xff3f | 0xff41..=0xff5a => Plain::Byte((code - 0xfee0) as u8),
        0xa0 | 0x2000..=0x200a | 0x202f | 0x205f | 0x3000 => Plain::Byte(b' '),
        0x2010..=0x2015 | 0x2212 | 0xfe58 | 0xfe63 => Plain::Byte(b'-'),
        0 | 0xad | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x2064 | 0x2066..=0x2069 | 0xfeff => Plain::Nothing,
        _ => return None,
    };
    Some(plain)
}

/// The look-alike at the start of `text`, and its length in UTF-8.
pub(super) fn look_alike(text: &[u8]) -> Option<(Plain, usize)> {
    let low = |byte: u8| u32::from(byte & 0x3f);
    let (code, length) = match text {
        [0, ..] => (0, 1),
        [0xc2, b @ 0x80..=0xbf, ..] => (0x80 | low(*b), 2),
        [a @ (0xe2 | 0xe3 | 0xef), b @ 0x80..=0xbf, c @ 0x80..=0xbf, ..] => (u32::from(a & 0x0f) << 12 | low(*b) << 6 | low(*c), 3),
        _ => return None,
    };
    fold(code).map(|plain| (plain, length))
}

/// The look-alike at the end of `text`, and its length.
pub(crate) fn folded_tail(text: &[u8]) -> Option<(Plain, usize)> {
    [2, 3].into_iter().find_map(|length| {
        let tail = text.get(text.len().checked_sub(length)?..)?;
        look_alike(tail).filter(|(_, found)| *found == length)
    })
}

/// Adds the look-alikes that may hide a part of a value, one past each. Most text is ASCII and has none.
pub(crate) fn disguises(hay: &[u8], escapes: &mut Vec<u32>) {
    let mut start = 0;
    for piece in hay.chunks(PIECE) {
        if !is_usual(piece) {
            let first = |byte: &u8| matches!(byte, 0 | 0xc2 | 0xe2 | 0xe3 | 0xef);
            let firsts = piece.iter().enumerate().filter(|(_, byte)| first(byte));
            escapes.extend(firsts.filter_map(|(at, _)| disguise_at(hay, start + at)).map(|end| end as u32));
        }
        start += piece.len();
    }
}

/// Whether all bytes are ASCII and none is NUL. In wide steps and without a way out of the loop.
fn is_usual(piece: &[u8]) -> bool {
    // The highest bit is set behind the subtraction if it was, or if a byte was zero.
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let (blocks, rest) = piece.as_chunks::<64>();
    let mut seen = 0;
    for block in blocks {
        for bytes in block.as_chunks::<8>().0 {
            let word = u64::from_ne_bytes(*bytes);
            seen |= word | word.wrapping_sub(ONES);
        }
    }
    seen & 0x8080_8080_8080_8080 == 0 && rest.iter().all(|byte| byte.is_ascii() && *byte != 0)
}

/// One past the look-alike at `at`, if it may hide a part of a value.
///
/// A dash or a blank between words of a sentence hides nothing, and a byte order mark stands alone.
fn disguise_at(hay: &[u8], at: usize) -> Option<usize> {
    let (plain, length) = look_alike(hay.get(at..)?)?;
    let before = at.checked_sub(1).and_then(|at| hay.get(at)).copied().unwrap_or(b'\n');
    let next = hay.get(at + length).copied().unwrap_or(b'\n');
    // Another look-alike may follow.
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || byte >= 0x80;
    let counts = match plain {
        Plain::Byte(b' ') => before.is_ascii_alphanumeric() && inside(next),
        Plain::Byte(b'-') => (before.is_ascii_alphanumeric() || before == b')') && (inside(next) || next == b'('),
        Plain::Nothing => before.is_ascii_graphic(),
        // A full-width colon ends a label in every line of some languages.
        Plain::Byte(byte) => byte != b':',
    };
    counts.then_some(at + length)
}
