//! Base64 (RFC 4648, both alphabets) and hex: text out of a run, and a run out of text.
#![expect(clippy::indexing_slicing, reason = "tables of 256 entries, indexed by a byte or filled at compile time")]

/// How a run is written, so that other text can be written the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Base64 { url: bool, padded: bool },
    Hex { upper: bool },
}

/// No character of an alphabet.
const NONE: u8 = 0xff;
/// Values of the characters of base64, of both alphabets.
static SEXTETS: [u8; 256] = {
    let mut table = [NONE; 256];
    let mut value = 0;
    while value < 64 {
        table[STANDARD[value] as usize] = value as u8;
        table[URL[value] as usize] = value as u8;
        value += 1;
    }
    table
};
const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// Values of hex digits.
static NIBBLES: [u8; 256] = {
    let mut table = [NONE; 256];
    let mut value = 0;
    while value < 16 {
        table[b"0123456789abcdef"[value] as usize] = value as u8;
        table[b"0123456789ABCDEF"[value] as usize] = value as u8;
        value += 1;
    }
    table
};

/// Characters that text, or compressed text, may begin with in base64 or in hex.
static FIRST: [bool; 256] = {
    let mut table = [false; 256];
    let mut at = 0;
    while at < 64 {
        // The upper bits of blanks, printable ASCII, longer characters, and the magic of gzip and zlib. In hex
        // `E` and `F` begin longer characters too.
        table[STANDARD[at] as usize] = matches!(at, 2..=5 | 7..=31 | 48..=61);
        at += 1;
    }
    table
};

/// Whether text may begin with the byte in base64 or in hex.
#[inline]
pub(super) fn may_begin(byte: u8) -> bool {
    FIRST[usize::from(byte)]
}

/// Bits of a lane of a byte's sign.
pub(super) const SIGNS: u32 = 12;

/// For each byte one bit, in a lane of [`SIGNS`] bits each: 0 for a byte inside a longer character, 1 to 3 for the
/// first of one with so many more, 4 for none of text; nothing for a character of its own.
static SIGN: [u64; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte {
            0x20..=0x7e | 0x09 | 0x0a | 0x0d => 0,
            0x80..=0xbf => 1,
            0xc2..=0xdf => 1 << SIGNS,
            0xe0..=0xef => 1 << (2 * SIGNS),
            0xf0..=0xf4 => 1 << (3 * SIGNS),
            _ => 1 << (4 * SIGNS),
        };
        byte += 1;
    }
    table
};

/// What the byte is in UTF-8, to be shifted to its place; see [`SIGN`].
#[inline]
pub(super) fn sign_of(byte: u8) -> u64 {
    SIGN[usize::from(byte)]
}

/// Whether the byte belongs to base64, without padding.
#[inline]
pub(super) fn is_base64(byte: u8) -> bool {
    SEXTETS[usize::from(byte)] != NONE
}

/// Appends what `run` says; characters of an incomplete group are left out.
pub(super) fn decode(form: Form, run: &[u8], text: &mut Vec<u8>) {
    match form {
        Form::Base64 { .. } => {
            let value = |byte: u8| u32::from(SEXTETS[usize::from(byte)] & 63);
            let (groups, rest) = run.as_chunks::<4>();
            let start = text.len();
            text.resize(start + groups.len() * 3, 0);
            for ([a, b, c, d], plain) in groups.iter().zip(text[start..].as_chunks_mut::<3>().0) {
                let bits = value(*a) << 18 | value(*b) << 12 | value(*c) << 6 | value(*d);
                *plain = [(bits >> 16) as u8, (bits >> 8) as u8, bits as u8];
            }
            let bits = rest.iter().fold(0u32, |bits, byte| bits << 6 | value(*byte)) << (6 * (4 - rest.len()));
            let bytes = [(bits >> 16) as u8, (bits >> 8) as u8];
            text.extend_from_slice(&bytes[..rest.len().saturating_sub(1)]);
        }
        Form::Hex { .. } => {
            let byte = |pair: &[u8; 2]| NIBBLES[usize::from(pair[0])] << 4 | NIBBLES[usize::from(pair[1])] & 15;
            text.extend(run.as_chunks::<2>().0.iter().map(byte));
        }
    }
}

/// The three bytes that four characters say in base64, in the low bytes, and whether all are of the alphabets.
#[inline]
pub(super) fn base64_group([a, b, c, d]: [u8; 4]) -> (u32, bool) {
    let [a, b, c, d] = [SEXTETS[usize::from(a)], SEXTETS[usize::from(b)], SEXTETS[usize::from(c)], SEXTETS[usize::from(d)]];
    let bits = u32::from(a) << 18 | u32::from(b) << 12 | u32::from(c) << 6 | u32::from(d);
    (bits, (a | b | c | d) < 64)
}

/// The byte that two characters say in hex, and whether both are hex digits.
#[inline]
pub(super) fn hex_byte([high, low]: [u8; 2]) -> (u8, bool) {
    let (high, low) = (NIBBLES[usize::from(high)], NIBBLES[usize::from(low)]);
    (high << 4 | low, (high | low) < 16)
}

/// Appends `text` in the form.
pub(super) fn encode(form: Form, text: &[u8], out: &mut Vec<u8>) {
    match form {
        Form::Base64 { url, padded } => {
            let alphabet = if url { URL } else { STANDARD };
            let at = |bits: u32, shift: u32| alphabet[(bits >> shift) as usize & 63];
            let four = |bits: u32| [at(bits, 18), at(bits, 12), at(bits, 6), at(bits, 0)];
            let (groups, rest) = text.as_chunks::<3>();
            let start = out.len();
            out.resize(start + groups.len() * 4, 0);
            for ([a, b, c], run) in groups.iter().zip(out[start..].as_chunks_mut::<4>().0) {
                *run = four(u32::from(*a) << 16 | u32::from(*b) << 8 | u32::from(*c));
            }
            if !rest.is_empty() {
                let last = four(rest.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - rest.len())));
                out.extend_from_slice(&last[..=rest.len()]);
                if padded {
                    out.extend(std::iter::repeat_n(b'=', 3 - rest.len()));
                }
            }
        }
        Form::Hex { upper } => {
            let digits = if upper { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
            let start = out.len();
            out.resize(start + text.len() * 2, 0);
            for (byte, run) in text.iter().zip(out[start..].as_chunks_mut::<2>().0) {
                *run = [digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_decodes_to_itself() {
        let forms = [(false, false), (false, true), (true, false), (true, true)].map(|(url, padded)| Form::Base64 { url, padded });
        for form in forms.into_iter().chain([Form::Hex { upper: false }, Form::Hex { upper: true }]) {
            for length in 0..9 {
                let text = &b"\x00\xff?>~az\x80\xfb"[..length];
                let (mut run, mut again) = (Vec::new(), Vec::new());
                encode(form, text, &mut run);
                let body = run.strip_suffix(b"==").or(run.strip_suffix(b"=")).unwrap_or(&run);
                decode(form, body, &mut again);
                assert_eq!(again, text);
            }
        }
        let mut run = Vec::new();
        encode(Form::Base64 { url: false, padded: true }, b"foob", &mut run);
        assert_eq!(run, b"Zm9vYg==");
    }
}
