//! UTF-16 (RFC 2781) with a byte order mark to UTF-8, as it is read.
//!
//! The mark says the order of the bytes and is not part of the text. What is no character
//! (half of a surrogate pair, an odd last byte) becomes U+FFFD, so that nothing passes
//! unread. Holds one block of input; a character that a read cut apart waits for its rest.

use std::io::{self, Read};

/// Bytes read at once.
const BLOCK: usize = 16 * 1024;
/// Stands for what is no character, in UTF-8.
const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

/// A UTF-16 input, read as UTF-8.
pub(super) struct Wide<R> {
    inner: R,
    big_endian: bool,
    block: Vec<u8>,
    /// The first byte of a unit whose second one is still to come.
    odd: Option<u8>,
    /// The first half of a pair.
    high: Option<u16>,
    started: bool,
    text: Vec<u8>,
    given: usize,
}

impl<R: Read> Wide<R> {
    /// `inner` begins with the byte order mark.
    pub(super) fn new(inner: R, big_endian: bool) -> Self {
        Self { inner, big_endian, block: vec![0; BLOCK], odd: None, high: None, started: false, text: Vec::new(), given: 0 }
    }

    fn unit(&mut self, first: u8, second: u8) {
        let unit = if self.big_endian { u16::from_be_bytes([first, second]) } else { u16::from_le_bytes([first, second]) };
        if !std::mem::replace(&mut self.started, true) && unit == 0xfeff {
            return;
        }
        let low = (0xdc00..0xe000).contains(&unit);
        match self.high.take() {
            Some(high) if low => {
                let code = 0x10000 + ((u32::from(high) & 0x3ff) << 10 | u32::from(unit) & 0x3ff);
                return self.push(char::from_u32(code));
            }
            Some(_) => self.push(None),
            None => {}
        }
        if (0xd800..0xdc00).contains(&unit) {
            self.high = Some(unit);
        } else {
            self.push(char::from_u32(u32::from(unit)));
        }
    }

    fn push(&mut self, character: Option<char>) {
        match character {
            Some(character) => self.text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
            None => self.text.extend_from_slice(REPLACEMENT),
        }
    }

    /// Reads once and turns what is whole into text; false at the end of the input.
    fn fill(&mut self) -> io::Result<bool> {
        let read = self.inner.read(&mut self.block)?;
        let block = std::mem::take(&mut self.block);
        let mut bytes = block.iter().take(read).copied();
        if let Some(first) = self.odd.take() {
            match bytes.next() {
                Some(second) => self.unit(first, second),
                None => self.push(None),
            }
        }
        while let Some(first) = bytes.next() {
            match bytes.next() {
                Some(second) => self.unit(first, second),
                None => self.odd = Some(first),
            }
        }
        self.block = block;
        if read == 0 && self.high.take().is_some() {
            self.push(None);
        }
        Ok(read > 0)
    }
}

impl<R: Read> Read for Wide<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            self.text.clear();
            self.given = 0;
            if !self.fill()? && self.text.is_empty() {
                return Ok(0);
            }
        }
        let read = self.text.get(self.given..).unwrap_or_default().read(room)?;
        self.given += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte a read.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            let end = room.len().min(1);
            self.0.read(&mut room[..end])
        }
    }

    fn read(bytes: &[u8], big_endian: bool) -> String {
        let (mut whole, mut slow) = (String::new(), String::new());
        Wide::new(bytes, big_endian).read_to_string(&mut whole).unwrap();
        Wide::new(Slow(bytes), big_endian).read_to_string(&mut slow).unwrap();
        assert_eq!(whole, slow);
        whole
    }

    #[test]
    fn both_orders_read_as_the_same_text() {
        let text = "a line, größe, 再試行, \u{1f600}\r\nlast";
        let units: Vec<u16> = std::iter::once(0xfeff).chain(text.encode_utf16()).collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        assert_eq!(read(&little, false), text);
        assert_eq!(read(&big, true), text);
    }

    #[test]
    fn what_is_no_character_is_replaced() {
        assert_eq!(read(b"\xfe\xff\0a\xd8\0\0b\xdc\0\xd8\0", true), "a\u{fffd}b\u{fffd}\u{fffd}");
        assert_eq!(read(b"\xff\xfea\0b", false), "a\u{fffd}");
        assert_eq!(read(b"\xff\xfe", false), "");
    }
}
