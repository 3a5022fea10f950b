//! Compressed text inside a run: gzip (RFC 1952) and zlib (RFC 1950), one member, bounded.
//!
//! The engine's own door to the decompressor: bytes in memory to bytes in memory. What
//! would take more than a fixed multiple of its size is not opened, and says so.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

/// Most bytes that come out for one that goes in. Logs shrink to a tenth, as a rule.
const RATIO: usize = 16;

/// What is in compressed bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inflated {
    Whole,
    /// More than is opened, or damaged behind its beginning.
    Capped,
    /// Nothing that was compressed.
    Nothing,
}

/// Whether `head` begins a gzip member or a zlib stream.
#[inline]
pub(super) fn is_compressed(head: &[u8]) -> bool {
    match head {
        [0x1f, 0x8b, 8, flags, ..] => *flags < 0x20,
        [0x78, level, ..] => matches!(level, 0x01 | 0x5e | 0x9c | 0xda),
        _ => false,
    }
}

/// Appends what `packed` holds to `text`.
pub(super) fn inflate(packed: &[u8], state: &mut DecompressorOxide, text: &mut Vec<u8>) -> Inflated {
    let (body, flags) = match packed {
        [0x1f, 0x8b, 8, flags, ..] => match gzip_body(packed, *flags) {
            Some(body) => (body, 0),
            None => return Inflated::Capped,
        },
        _ => (packed, inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER),
    };
    let start = text.len();
    text.resize(start + packed.len() * RATIO, 0);
    state.init();
    let room = text.get_mut(start..).unwrap_or_default();
    let flags = flags | inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (status, _, written) = decompress(state, body, room, 0, flags);
    text.truncate(start + written);
    match status {
        TINFLStatus::Done => Inflated::Whole,
        _ if written > 0 => Inflated::Capped,
        _ => Inflated::Nothing,
    }
}

/// What follows the header of a gzip member.
fn gzip_body(packed: &[u8], flags: u8) -> Option<&[u8]> {
    let mut rest = packed.get(10..)?;
    if flags & 4 != 0 {
        let (length, after) = rest.split_first_chunk::<2>()?;
        rest = after.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for field in [8, 16] {
        if flags & field != 0 {
            rest = rest.get(memchr::memchr(0, rest)? + 1..)?;
        }
    }
    if flags & 2 != 0 {
        rest = rest.get(2..)?;
    }
    Some(rest)
}
