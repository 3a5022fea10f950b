//! Bytes that the engine has scanned and masked.
//!
//! Made by the engine's masker alone. Sinks, reports and files take these types,
//! never raw slices, so "was this scrubbed?" is answered by the compiler.

use std::borrow::Cow;

/// A borrowed stretch of scrubbed output.
///
/// Valid until the next call on the stream that emitted it.
#[derive(Clone, Copy)]
pub struct Clean<'a> {
    bytes: &'a [u8],
}

impl<'a> Clean<'a> {
    /// Declares bytes scrubbed. Only the engine's masker may say so (I1).
    pub(crate) fn assume_scrubbed(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// The scrubbed bytes.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

/// One scrubbed value: borrowed from the input when nothing was found in it.
pub struct Cleaned<'a> {
    bytes: Cow<'a, [u8]>,
}

impl<'a> Cleaned<'a> {
    /// Declares a value scrubbed. Only the engine's masker may say so (I1).
    pub(crate) fn assume_scrubbed(bytes: Cow<'a, [u8]>) -> Self {
        Self { bytes }
    }

    /// The scrubbed value.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether the value left exactly as it came.
    pub fn is_unchanged(&self) -> bool {
        matches!(self.bytes, Cow::Borrowed(_))
    }
}

/// Scrubbed bytes that are owned: only scrubbed pieces can be put into it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CleanBuf {
    bytes: Vec<u8>,
}

impl CleanBuf {
    /// Empty, with room for `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { bytes: Vec::with_capacity(capacity) }
    }

    /// Adds a stretch of scrubbed output.
    pub fn push(&mut self, clean: Clean<'_>) {
        self.bytes.extend_from_slice(clean.bytes);
    }

    /// Adds a scrubbed value.
    pub fn push_value(&mut self, value: &Cleaned<'_>) {
        self.bytes.extend_from_slice(value.as_bytes());
    }

    /// Adds text of the program's own.
    pub fn push_own(&mut self, text: &'static str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Adds text that is clean already: a name of the configuration, a line of the audit log.
    pub fn push_text(&mut self, text: &CleanText) {
        self.bytes.extend_from_slice(text.as_str().as_bytes());
    }

    /// Adds a number of the program's own: a time, a count.
    pub fn push_number(&mut self, number: i64) {
        self.bytes.extend_from_slice(number.to_string().as_bytes());
    }

    /// Adds what another one holds.
    pub fn append(&mut self, other: &Self) {
        self.bytes.extend_from_slice(&other.bytes);
    }

    /// Adds a part of what another one holds; nothing where there is no such part.
    pub fn push_part(&mut self, other: &Self, part: std::ops::Range<usize>) {
        self.bytes.extend_from_slice(other.bytes.get(part).unwrap_or_default());
    }

    /// Adds the text of a JSON string, whose quotes stand at the ends of the part, without its escapes.
    ///
    /// Returns whether it is one.
    pub fn push_json_text(&mut self, other: &Self, part: std::ops::Range<usize>) -> bool {
        let text = other.bytes.get(part).and_then(|text| serde_json::from_slice::<Cow<'_, str>>(text).ok());
        self.bytes.extend_from_slice(text.as_deref().unwrap_or_default().as_bytes());
        text.is_some()
    }

    /// Takes off line ends at the end.
    pub fn trim_line_end(&mut self) {
        let text = self.bytes.trim_ascii_end().len();
        while self.bytes.len() > text && matches!(self.bytes.last(), Some(b'\n' | b'\r')) {
            self.bytes.pop();
        }
    }

    /// Takes off what stands behind the first `at` bytes.
    #[must_use]
    pub fn split_off(&mut self, at: usize) -> Self {
        Self { bytes: self.bytes.split_off(at.min(self.bytes.len())) }
    }

    /// Forgets the first bytes.
    pub fn forget(&mut self, bytes: usize) {
        self.bytes.drain(..bytes.min(self.bytes.len()));
    }

    /// Bytes that a segment of the buffer gave back. Only the segment reader holds a proof.
    pub fn restored(bytes: Vec<u8>, _proof: &Restored) -> Self {
        Self { bytes }
    }

    /// The scrubbed bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// All of it, for who takes borrowed stretches.
    pub fn as_clean(&self) -> Clean<'_> {
        Clean { bytes: &self.bytes }
    }

    /// Bytes that it could hold without a new allocation.
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// Makes room for so many bytes more.
    pub fn reserve(&mut self, bytes: usize) {
        self.bytes.reserve(bytes);
    }

    /// Forgets the bytes and keeps the room.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Gives the bytes back to be scanned again, as when the policy changed since.
    pub fn into_raw(self) -> super::Raw {
        super::Raw::new(self.bytes)
    }

    /// The lines without their ends, one behind the other, and where each one ends. Empty lines are left out.
    pub(super) fn without_line_ends(mut self) -> (Self, Vec<u32>) {
        let mut ends = Vec::with_capacity(self.bytes.len() / 128);
        let (mut from, mut to) = (0, 0);
        while from < self.bytes.len() {
            let rest = self.bytes.get(from..).unwrap_or_default();
            let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = rest.get(..length).unwrap_or_default();
            let line = line.strip_suffix(b"\r").unwrap_or(line).len();
            if line > 0 {
                self.bytes.copy_within(from..from + line, to);
                to += line;
                ends.push(to as u32);
            }
            from += length + 1;
        }
        self.bytes.truncate(to);
        (self, ends)
    }

    /// Stretches of lines without the line end behind each, one behind the other, and where each one ends;
    /// `events` says the lines and the time of each. Empty ones are left out. A stretch with a line that the
    /// policy withholds is withheld as a whole: it is one record.
    ///
    /// Returns nothing if there are more lines, or fewer.
    pub(super) fn cut_by_lines(mut self, events: impl Iterator<Item = (u32, i64)>) -> Option<(Self, Vec<(u32, i64)>)> {
        const WITHHELD: &[u8] = b"[WITHHELD:policy]";
        let mut ends = Vec::with_capacity(events.size_hint().0);
        let (mut from, mut to) = (0, 0);
        for (lines, time) in events {
            let rest = self.bytes.get(from..)?;
            let nth = usize::try_from(lines).ok()?.checked_sub(1)?;
            let length = memchr::memchr_iter(b'\n', rest).nth(nth)?;
            let event = rest.get(..length)?;
            let withheld = lines > 1 && event.split(|byte| matches!(byte, b'\n' | b'\r')).any(|line| line == WITHHELD);
            if withheld {
                self.bytes.get_mut(to..to + WITHHELD.len())?.copy_from_slice(WITHHELD);
                to += WITHHELD.len();
            } else {
                self.bytes.copy_within(from..from + length, to);
                to += length;
            }
            if withheld || length > 0 {
                ends.push((u32::try_from(to).ok()?, time));
            }
            from += length + 1;
        }
        let complete = from == self.bytes.len();
        self.bytes.truncate(to);
        complete.then_some((self, ends))
    }
}

/// Proof that bytes come from a segment that this program wrote and whose checks hold.
pub struct Restored(());

impl Restored {
    /// For the reader of segments alone (invariant I2).
    pub(crate) fn checked_segment() -> Self {
        Self(())
    }
}

/// Scrubbed text: a name, a path, a label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CleanText(Box<str>);

impl CleanText {
    /// Text of the configuration or of the program itself, never of a record (invariant I1).
    pub fn declared(text: &str) -> Self {
        Self(text.into())
    }

    /// A scrubbed value. What is no UTF-8 becomes U+FFFD.
    pub fn scrubbed(value: &Cleaned<'_>) -> Self {
        Self(String::from_utf8_lossy(value.as_bytes()).into())
    }

    /// Text that a segment of the buffer gave back. Only the segment reader holds a proof.
    pub fn restored(bytes: &[u8], _proof: &Restored) -> Self {
        Self(String::from_utf8_lossy(bytes).into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl serde::Serialize for CleanText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
