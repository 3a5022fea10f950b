//! Chained lines of other files than the audit log, such as the manifest of a replay.
//!
//! The same form without a time: `{"seq":N,"prev":"HASH",…,"hash":"HASH"}`, where `hash` is BLAKE3 over the
//! bytes before `,"hash"`. The same content makes the same bytes, whenever it is written. A seal signs the
//! bytes before its signature, and with them every line before it; each kind of file has a domain of its own.

use super::key::{PublicKeys, SealKey};
use super::line::{self, Head, SIGNATURE};

pub(crate) use super::line::hex;

/// Writes lines.
#[derive(Debug, Default)]
pub struct Chain {
    head: Head,
}

impl Chain {
    /// The line of some members of JSON, without braces; it ends with a line end.
    pub fn line(&mut self, members: &str) -> String {
        self.close(self.open(members))
    }

    /// The line of a seal.
    pub fn seal(&mut self, key: &SealKey, domain: &[u8]) -> String {
        let mut text = self.open(&format!("\"event\":\"seal\",\"key\":\"{}\"", key.id()));
        let signature = key.sign(&[domain, text.as_bytes()].concat());
        text.push_str(SIGNATURE);
        text.push_str(&hex(&signature));
        text.push('"');
        self.close(text)
    }

    /// The last line.
    pub fn head(&self) -> Head {
        self.head
    }

    fn open(&self, members: &str) -> String {
        format!("{{\"seq\":{},\"prev\":\"{}\",{members}", self.head.sequence + 1, hex(&self.head.hash))
    }

    fn close(&mut self, text: String) -> String {
        let (text, head) = line::close(self.head, text);
        self.head = head;
        text
    }
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Its bytes do not fit its hash.
    Edited,
    /// It does not follow the line before it: lines are missing or were moved, or one of both was written anew.
    Elsewhere,
}

/// Reads lines, each behind the one before it.
#[derive(Debug, Default)]
pub struct Reader {
    head: Head,
}

impl Reader {
    /// Checks a line, without its end. Gives its members, braces around them, with `seq` and `prev`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn next(&mut self, text: &[u8]) -> Result<Vec<u8>, Broken> {
        let (content, hash) = line::split(text).ok_or(Broken::Edited)?;
        // One form alone: two ways to write a line would be a change that nobody sees.
        if blake3::hash(content).as_bytes() != &hash || !text.ends_with(format!("{}\"}}", hex(&hash)).as_bytes()) {
            return Err(Broken::Edited);
        }
        let sequence = self.head.sequence + 1;
        let begin = format!("{{\"seq\":{sequence},\"prev\":\"{}\",", hex(&self.head.hash));
        if !content.starts_with(begin.as_bytes()) {
            return Err(Broken::Elsewhere);
        }
        self.head = Head { sequence, hash };
        Ok([content, b"}"].concat())
    }

    /// The last line that was right.
    pub fn head(&self) -> Head {
        self.head
    }
}

/// Whether the members of a seal, as [`Reader::next`] gave them, hold a signature of one of the keys.
///
/// `None` if the key is not known, or it is no seal.
pub fn signed(members: &[u8], key: &str, domain: &[u8], keys: &PublicKeys) -> Option<bool> {
    let seal = line::seal(members.strip_suffix(b"}")?, Some(key.to_owned()))?;
    keys.verify(key, &[domain, seal.signed].concat(), &seal.signature)
}
