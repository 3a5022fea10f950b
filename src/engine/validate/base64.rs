//! Base64 decoding into a small fixed buffer, for validators that look inside a value.
//!
//! Takes the standard and the URL alphabet, not both in one value, with whole or absent padding.
//! Every input character is checked; only the first `N` decoded bytes are kept. Non-zero spare bits
//! are tolerated, since some encoders leave them. Source: RFC 4648 4 and 5.

/// The head of a decoded value and the length of the whole.
pub(crate) struct Decoded<const N: usize> {
    head: [u8; N],
    total: usize,
}

impl<const N: usize> Decoded<N> {
    /// The first bytes, at most `N`.
    pub(crate) fn head(&self) -> &[u8] {
        self.head.get(..self.total.min(N)).unwrap_or(&self.head)
    }

    /// True when `head` is everything.
    pub(crate) const fn whole(&self) -> bool {
        self.total <= N
    }
}

/// Decodes `input`; none on a foreign character, mixed alphabets, wrong padding or an odd length.
pub(crate) fn decode<const N: usize>(input: &[u8]) -> Option<Decoded<N>> {
    let body = match input {
        [body @ .., b'=', b'='] | [body @ .., b'='] => body,
        _ => input,
    };
    let padding = input.len() - body.len();
    let std = body.iter().any(|b| matches!(b, b'+' | b'/'));
    let url = body.iter().any(|b| matches!(b, b'-' | b'_'));
    if (std && url) || body.len() % 4 == 1 || (padding > 0 && !input.len().is_multiple_of(4)) {
        return None;
    }
    let mut out = Decoded { head: [0; N], total: 0 };
    for group in body.chunks(4) {
        let mut bits = 0;
        for &byte in group {
            bits = bits << 6 | sextet(byte)?;
        }
        bits <<= 6 * (4 - group.len());
        let [_, bytes @ ..] = u32::to_be_bytes(bits);
        for byte in bytes.into_iter().take(group.len() - 1) {
            if let Some(slot) = out.head.get_mut(out.total) {
                *slot = byte;
            }
            out.total += 1;
        }
    }
    Some(out)
}

const fn sextet(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(value as u32)
}

#[cfg(test)]
mod tests {
    use super::decode;

    fn text(input: &str) -> Option<Vec<u8>> {
        decode::<16>(input.as_bytes()).map(|d| d.head().to_vec())
    }

    #[test]
    fn rfc_4648_vectors_with_and_without_padding() {
        let pairs =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy")];
        for (plain, encoded) in pairs {
            assert_eq!(text(encoded).as_deref(), Some(plain.as_bytes()));
            assert_eq!(text(encoded.trim_end_matches('=')).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(text("-_-_"), text("+/+/"));
        for bad in ["Z", "Zg=", "Zm8==", "Zm9v=", "Zm9vY", "-_+/", "Zm 9", "=", "==", "Zg==Zg=="] {
            assert_eq!(text(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_buffer_bounds_the_head_only() {
        let long = decode::<4>(b"Zm9vYmFy").unwrap();
        assert_eq!((long.head(), long.whole()), (&b"foob"[..], false));
        assert!(decode::<4>(b"Zm9vYm!y").is_none());
    }
}
