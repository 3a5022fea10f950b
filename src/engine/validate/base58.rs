//! Base58Check decoding into a fixed buffer, for Bitcoin addresses and keys: the alphabet leaves
//! out 0 O I l, and the last four bytes are the start of a double SHA-256 of the rest.
//!
//! Source: Bitcoin address format; BIP 32 for the 78-byte extended key payload.

use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
// The longest payload we read: an extended key, 78 bytes and its checksum.
const CAPACITY: usize = 82;

/// What each byte stands for, one more than its place; 0 if it is no symbol.
#[expect(clippy::indexing_slicing, reason = "worked out when it is compiled")]
static PLACES: [u8; 256] = {
    let mut places = [0; 256];
    let mut at = 0;
    while at < ALPHABET.len() {
        places[ALPHABET[at] as usize] = at as u8 + 1;
        at += 1;
    }
    places
};

fn place(symbol: u8) -> Option<u8> {
    PLACES.get(usize::from(symbol))?.checked_sub(1)
}

/// A decoded payload, checksum verified and removed.
pub(crate) struct Payload {
    bytes: [u8; CAPACITY],
    start: usize,
}

impl Payload {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        let end = CAPACITY - 4;
        self.bytes.get(self.start..end).unwrap_or_default()
    }
}

/// Decodes `text` when its checksum is right.
pub(crate) fn decode_check(text: &[u8]) -> Option<Payload> {
    if !text.iter().all(|symbol| place(*symbol).is_some()) {
        return None;
    }
    let mut bytes = [0u8; CAPACITY];
    // Bytes at the end that are in use: the number grows by less than one a symbol.
    let mut used = 0;
    for symbol in text {
        let mut carry = u32::from(place(*symbol)?);
        let start = CAPACITY - used;
        for byte in bytes.get_mut(start..)?.iter_mut().rev() {
            carry += u32::from(*byte) * 58;
            *byte = carry.to_le_bytes().first().copied()?;
            carry >>= 8;
        }
        if carry != 0 {
            *bytes.get_mut(start.checked_sub(1)?)? = carry.to_le_bytes().first().copied()?;
            used += 1;
        }
    }
    // Each leading `1` stands for one leading zero byte; no other zeros may lead.
    let ones = text.iter().take_while(|&&symbol| symbol == b'1').count();
    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
    let start = zeros.checked_sub(ones)?;
    let (body, check) = bytes.get(start..)?.split_last_chunk::<4>()?;
    let digest = Sha256::digest(Sha256::digest(body));
    digest.starts_with(check).then_some(Payload { bytes, start })
}

#[cfg(test)]
mod tests {
    use super::decode_check;

    #[test]
    fn payload_lengths() {
        let payload = decode_check(b"16UwLL9Risc3QfPqBUvKofHmBQ7wMtjvM").unwrap();
        assert_eq!(payload.as_bytes().len(), 21);
        assert_eq!(payload.as_bytes()[0], 0);
    }

    #[test]
    fn refusals() {
        for bad in ["", "1", "111111", "16UwLL9Risc3QfPqBUvKofHmBQ7wMtjvN", "0OIl"] {
            assert!(decode_check(bad.as_bytes()).is_none(), "{bad}");
        }
        assert!(decode_check(&[b'z'; 200]).is_none());
    }
}
