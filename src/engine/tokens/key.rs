//! A master key and its text form.
//!
//! Three lines: `hushlog-key 1`, `id k1`, `key` and at least 64 hexadecimal digits. Lines that begin
//! with `#` are remarks. The bytes are wiped from memory when the key goes; they are in no message
//! and in no debug output.

use std::fmt;
use zeroize::Zeroizing;

/// Fewest bytes of a key.
const SHORTEST: usize = 32;
/// Most bytes of a key.
const LONGEST: usize = 1024;
/// First line of the text form.
const HEADER: &str = "hushlog-key 1";

/// A master key for tokens.
#[derive(Clone)]
pub struct Key {
    id: String,
    secret: Zeroizing<Vec<u8>>,
}

/// Why something is no key. Never says what stood there.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// The text does not have the form of a key file.
    #[error("not a key file; `hushlog keygen` writes one")]
    Form,
    /// The identifier cannot stand in a token.
    #[error("a key id is `k` and one to four digits, such as k1")]
    Id,
    /// Too few or too many bytes.
    #[error("a key has 32 to 1024 bytes, in hexadecimal 64 to 2048 digits")]
    Length,
    /// Bytes that nobody drew at random.
    #[error("the key's bytes repeat too much to be random; `hushlog keygen` draws them")]
    Weak,
}

impl Key {
    /// A key from random bytes.
    ///
    /// # Errors
    /// If the identifier cannot stand in a token, or the bytes are no key.
    pub fn new(id: &str, secret: &[u8]) -> Result<Self, KeyError> {
        let number = id.strip_prefix('k').unwrap_or_default();
        if !(1..=4).contains(&number.len()) || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(KeyError::Id);
        }
        if !(SHORTEST..=LONGEST).contains(&secret.len()) {
            return Err(KeyError::Length);
        }
        // Of 32 random bytes at least sixteen differ, but for one case in 10^13.
        let mut seen = [false; 256];
        secret.iter().for_each(|byte| {
            if let Some(seen) = seen.get_mut(usize::from(*byte)) {
                *seen = true;
            }
        });
        if seen.iter().filter(|seen| **seen).count() < 16 {
            return Err(KeyError::Weak);
        }
        Ok(Self { id: id.to_owned(), secret: Zeroizing::new(secret.to_vec()) })
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// If the text is no key file, or what it holds is no key.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        if lines.next() != Some(HEADER) {
            return Err(KeyError::Form);
        }
        let mut field = |name: &str| lines.next().and_then(|line| line.strip_prefix(name)).and_then(|line| line.strip_prefix(' '));
        let id = field("id").ok_or(KeyError::Form)?.trim();
        let hex = field("key").ok_or(KeyError::Form)?.trim();
        if lines.next().is_some() || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(KeyError::Form);
        }
        if hex.len() % 2 == 1 || hex.len() > 2 * LONGEST {
            return Err(KeyError::Length);
        }
        let nibble = |byte: &u8| char::from(*byte).to_digit(16).unwrap_or_default() as u8;
        let mut secret = Zeroizing::new(Vec::with_capacity(hex.len() / 2));
        secret.extend(hex.as_bytes().chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | nibble(digit))));
        Self::new(id, &secret)
    }

    /// The text form, for a file that only its owner may read.
    pub fn text(&self) -> Zeroizing<String> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let head = format!("{HEADER}\nid {}\nkey ", self.id);
        // With room for all of it, no copy is left behind by growing.
        let mut text = Zeroizing::new(String::with_capacity(head.len() + 2 * self.secret.len() + 1));
        text.push_str(&head);
        for byte in self.secret.iter().flat_map(|byte| [byte >> 4, byte & 15]) {
            text.push(DIGITS.get(usize::from(byte)).copied().map_or('0', char::from));
        }
        text.push('\n');
        text
    }

    /// Identifier, as it stands in tokens.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn secret(&self) -> &[u8] {
        &self.secret
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> Vec<u8> {
        (0..32).map(|at| at * 7 + 1).collect()
    }

    #[test]
    fn the_text_form_is_read_back() {
        let key = Key::new("k12", &secret()).unwrap();
        let text = key.text();
        assert!(text.starts_with("hushlog-key 1\nid k12\nkey 01080f16"), "{}", text.as_str());
        let read = Key::parse(&format!("# of the test\n\n{}", text.as_str())).unwrap();
        assert_eq!((read.id(), read.secret()), (key.id(), key.secret()));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for id in ["", "k", "k12345", "1", "K1", "key", "k1x", "k\u{661}"] {
            assert_eq!(Key::new(id, &secret()).unwrap_err(), KeyError::Id, "{id}");
        }
        assert_eq!(Key::new("k1", &secret()[..31]).unwrap_err(), KeyError::Length);
        assert_eq!(Key::new("k1", &[0; 32]).unwrap_err(), KeyError::Weak);
        assert_eq!(Key::new("k1", &b"change me! ".repeat(8)).unwrap_err(), KeyError::Weak);
        for text in [
            "",
            "hushlog-key 2\nid k1\nkey 00",
            "hushlog-key 1\nid k1\n",
            "hushlog-key 1\nkey 00\nid k1",
            "hushlog-key 1\nid k1\nkey zz",
            "a log line",
        ] {
            assert_eq!(Key::parse(text).unwrap_err(), KeyError::Form, "{text}");
        }
        assert_eq!(Key::parse("hushlog-key 1\nid k1\nkey 001").unwrap_err(), KeyError::Length);
        assert_eq!(Key::parse("hushlog-key 1\nid k1\nkey 0011").unwrap_err(), KeyError::Length);
    }

    #[test]
    fn no_message_holds_a_byte_of_it() {
        let key = Key::new("k1", &secret()).unwrap();
        assert_eq!(format!("{key:?}"), r#"Key { id: "k1", .. }"#);
    }
}
