//! The greeting of the forward protocol: both sides show that they know a key without sending it.
//!
//! HELO has a nonce; PING has a digest over it, a salt, the name of the sender and the key; PONG says whether it
//! is the right one, and has a digest of our own over the salt, our name, the nonce and the key.

use super::pack::{Reader, Value, put_bytes, put_text};
use crate::record::Raw;
use sha2::{Digest, Sha512};

/// Name of this side in digests.
const NAME: &[u8] = b"hushlog";

/// A greeting that has begun.
pub struct Greeting {
    nonce: [u8; 16],
}

impl Greeting {
    /// Begins with bytes that nobody can guess.
    pub fn new(nonce: [u8; 16]) -> Self {
        Self { nonce }
    }

    /// What is said first.
    pub fn hello(&self) -> Vec<u8> {
        let mut out = vec![0x92];
        put_text(b"HELO", &mut out);
        out.push(0x83);
        put_text(b"nonce", &mut out);
        put_bytes(&self.nonce, &mut out);
        put_text(b"auth", &mut out);
        put_bytes(b"", &mut out);
        put_text(b"keepalive", &mut out);
        out.push(0xc3);
        out
    }

    /// Reads what the sender says, and gives the answer and whether it may send.
    /// `same` compares in a time that does not depend on the values.
    pub fn answer(&self, ping: &Raw, key: &[u8], same: impl Fn(&[u8], &[u8]) -> bool) -> (Vec<u8>, bool) {
        let read = self.read(ping.expose());
        let known = read.is_some_and(|(host, salt, given)| same(&digest_key(&[salt, host, &self.nonce, key]), given));
        let mut out = vec![0x95];
        put_text(b"PONG", &mut out);
        out.push(if known { 0xc3 } else { 0xc2 });
        put_text(if known { b"" } else { b"shared_key mismatch" }, &mut out);
        put_text(NAME, &mut out);
        let salt = read.map(|(_, salt, _)| salt).filter(|_| known);
        let own = salt.map(|salt| digest_key(&[salt, NAME, &self.nonce, key])).unwrap_or_default();
        put_text(&own, &mut out);
        (out, known)
    }

    /// Name, salt and digest of a PING.
    fn read<'m>(&self, ping: &'m [u8]) -> Option<(&'m [u8], &'m [u8], &'m [u8])> {
        let mut reader = Reader(ping);
        let text = |reader: &mut Reader<'m>| match reader.next() {
            Ok(Value::Text(text) | Value::Bytes(text)) => Some(text),
            _ => None,
        };
        if !matches!(reader.next(), Ok(Value::List(4..=6))) || text(&mut reader)? != b"PING" {
            return None;
        }
        Some((text(&mut reader)?, text(&mut reader)?, text(&mut reader)?))
    }
}

/// SHA-512 over some parts, in hexadecimal digits.
pub fn digest_key(parts: &[&[u8]]) -> Vec<u8> {
    let mut hash = Sha512::new();
    parts.iter().for_each(|part| hash.update(part));
    let digit = |half: u8| char::from_digit(u32::from(half), 16).map_or(b'0', |digit| digit as u8);
    hash.finalize().iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_knows_the_key_may_send() {
        let greeting = Greeting::new([7; 16]);
        assert!(greeting.hello().starts_with(b"\x92\xa4HELO\x83\xa5nonce\xc4\x10"));
        let ping = |key: &[u8]| {
            let mut out = vec![0x96];
            let digest = digest_key(&[b"salt", b"host", &[7; 16], key]);
            for part in [&b"PING"[..], b"host", b"salt", &digest, b"", b""] {
                put_text(part, &mut out);
            }
            greeting.answer(&Raw::new(out), b"key", |own, given| own == given)
        };
        let (pong, known) = ping(b"key");
        assert!(known && pong.starts_with(b"\x95\xa4PONG\xc3\xa0\xa7hushlog"));
        assert!(pong.ends_with(&digest_key(&[b"salt", b"hushlog", &[7; 16], b"key"])));
        let (pong, known) = ping(b"other");
        assert!(!known && pong.starts_with(b"\x95\xa4PONG\xc2"));
        assert!(!greeting.answer(&Raw::new(b"\xc0".to_vec()), b"key", |own, given| own == given).1);
    }
}
