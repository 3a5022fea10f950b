//! Bytes of an input that are recognised later, without being kept.
//!
//! A hash without a key would let anyone who reads it try guesses of a short first line.

use crate::record::Raw;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::io::{self, Read};

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

/// HMAC-SHA-256 over bytes that are no record, such as the name of a file.
pub fn digest(key: &[u8], bytes: &[u8]) -> [u8; 32] {
    let mut digest = Digested::new(key, io::empty());
    digest.add(bytes);
    digest.value()
}

/// A reader that computes HMAC-SHA-256 over what passes through it.
pub struct Digested<R> {
    inner: R,
    mac: Option<Hmac<Sha256>>,
    read: u64,
}

impl<R: Read> Digested<R> {
    /// Begins with the first byte that is read.
    pub fn new(key: &[u8], inner: R) -> Self {
        // HMAC takes keys of any length.
        Self { inner, mac: Hmac::new_from_slice(key).ok(), read: 0 }
    }

    fn add(&mut self, bytes: &[u8]) {
        if let Some(mac) = &mut self.mac {
            mac.update(bytes);
        }
        self.read += bytes.len() as u64;
    }

    fn value(self) -> [u8; 32] {
        self.mac.map(|mac| mac.finalize().into_bytes().into()).unwrap_or_default()
    }

    /// Reads what is left, and gives the number of bytes and the digest of all.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn finish(mut self) -> io::Result<(u64, [u8; 32])> {
        let mut room = vec![0; 64 * 1024];
        loop {
            match self.read(&mut room) {
                Ok(0) => return Ok((self.read, self.value())),
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
        }
    }
}

impl<R: Read> Read for Digested<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(room)?;
        self.add(room.get(..read).unwrap_or_default());
        Ok(read)
    }
}
