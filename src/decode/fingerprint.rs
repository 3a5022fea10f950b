//! Bytes of an input that are recognised later, without being kept.
//!
//! A hash without a key would let anyone who reads it try guesses of a short first line.

use crate::record::Raw;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Bytes of a fingerprint.
pub const LENGTH: usize = 16;

/// The first half of HMAC-SHA-256 over the bytes.
pub fn fingerprint(key: &[u8], raw: &Raw) -> [u8; LENGTH] {
    let mut print = [0; LENGTH];
    // HMAC takes keys of any length.
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) {
        mac.update(raw.expose());
        let whole = mac.finalize().into_bytes();
        print.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
    }
    print
}
