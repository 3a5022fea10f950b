//! The key of the buffer, and what is derived from it for each segment.
//!
//! Every segment has a key of its own: HKDF-SHA256 of the buffer's key and the segment's random salt.
//! A frame is sealed with AES-256-GCM; its nonce is its place in the segment, so that no nonce comes
//! twice under one key. Nothing here reads files.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use hkdf::Hkdf;
use sha2::Sha256;
use std::fmt;
use zeroize::Zeroizing;

/// Bytes that sealing adds.
pub(super) const TAG: usize = 16;

/// A key of 32 bytes that encrypts a folder.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; 32]>);

/// Seals and opens the frames of one segment.
pub(super) struct Cipher {
    key: LessSafeKey,
    /// Hash of the segment's header: a frame opens in its own segment only.
    segment: [u8; 32],
}

impl Key {
    /// The content of a key file: 32 bytes, or 64 hex digits; a line end may stand behind them.
    pub fn parse(content: &[u8]) -> Option<Self> {
        if let Ok(key) = content.try_into() {
            return Some(Self(Zeroizing::new(key)));
        }
        let text = content.strip_suffix(b"\n").unwrap_or(content);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if let Ok(key) = text.try_into() {
            return Some(Self(Zeroizing::new(key)));
        }
        let digits: &[u8; 64] = text.try_into().ok()?;
        let mut key = Zeroizing::new([0; 32]);
        for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
            for digit in pair {
                let digit = char::from(*digit).to_digit(16)?;
                *byte = (*byte << 4) | digit as u8;
            }
        }
        Some(Self(key))
    }

    /// Tells a wrong key from a damaged segment.
    pub(super) fn check(&self, salt: &[u8; 32]) -> [u8; 16] {
        let mut check = [0; 16];
        self.derive(salt, b"hushlog buffer check 1", &mut check);
        check
    }

    /// What seals and opens the segment of this salt and header.
    pub(super) fn cipher(&self, salt: &[u8; 32], header: &[u8]) -> Option<Cipher> {
        let mut key = Zeroizing::new([0; 32]);
        self.derive(salt, b"hushlog buffer segment 1", key.as_mut());
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.as_slice()).ok()?);
        Some(Cipher { key, segment: *blake3::hash(header).as_bytes() })
    }

    fn derive(&self, salt: &[u8; 32], purpose: &[u8], into: &mut [u8]) {
        // Fails for outputs of more than 255 hashes only.
        let _ = Hkdf::<Sha256>::new(Some(salt), self.0.as_slice()).expand(purpose, into);
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Cipher {
    /// Seals bytes in place and gives the tag that goes behind them.
    pub(super) fn seal(&self, counter: u64, head: &[u8], bytes: &mut [u8]) -> Option<[u8; TAG]> {
        let tag = self.key.seal_in_place_separate_tag(nonce(counter), self.bound(head), bytes).ok()?;
        tag.as_ref().try_into().ok()
    }

    /// Opens sealed bytes in place; what remains are the bytes without their tag.
    pub(super) fn open(&self, counter: u64, head: &[u8], bytes: &mut Vec<u8>) -> Option<()> {
        let length = self.key.open_in_place(nonce(counter), self.bound(head), bytes.as_mut_slice()).ok()?.len();
        bytes.truncate(length);
        Some(())
    }

    fn bound(&self, head: &[u8]) -> Aad<Vec<u8>> {
        Aad::from([self.segment.as_slice(), head].concat())
    }
}

fn nonce(counter: u64) -> Nonce {
    let mut nonce = [0; 12];
    nonce.iter_mut().zip(counter.to_le_bytes()).for_each(|(to, from)| *to = from);
    Nonce::assume_unique_for_key(nonce)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_bytes_or_digits() {
        let digits = "00ff".repeat(16);
        for good in [vec![7; 32], [vec![7; 32], b"\n".to_vec()].concat(), digits.clone().into(), format!("{digits}\r\n").into()] {
            assert!(Key::parse(&good).is_some(), "{}", good.len());
        }
        for bad in [vec![7; 31], vec![7; 34], Vec::new(), "0g".repeat(32).into(), "0".repeat(63).into()] {
            assert!(Key::parse(&bad).is_none(), "{}", bad.len());
        }
        assert_eq!(Key::parse(digits.as_bytes()).unwrap().0.get(..2), Some(&[0, 255][..]));
    }

    #[test]
    fn a_frame_opens_at_its_place_only() {
        let key = Key::parse(&[1; 32]).unwrap();
        let cipher = key.cipher(&[2; 32], b"header").unwrap();
        let mut bytes = b"text".to_vec();
        let tag = cipher.seal(5, b"head", &mut bytes).unwrap();
        bytes.extend(tag);
        let open = |cipher: &Cipher, counter, head: &[u8]| {
            let mut copy = bytes.clone();
            cipher.open(counter, head, &mut copy).map(|()| copy)
        };
        assert_eq!(open(&cipher, 5, b"head").as_deref(), Some(&b"text"[..]));
        assert!(open(&cipher, 6, b"head").is_none() && open(&cipher, 5, b"Head").is_none());
        for (salt, header) in [([3; 32], &b"header"[..]), ([2; 32], b"other")] {
            assert!(open(&key.cipher(&salt, header).unwrap(), 5, b"head").is_none());
        }
    }
}
