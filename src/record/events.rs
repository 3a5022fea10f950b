//! Unscanned records that came with times of their own, before they are scrubbed.
//!
//! Their texts stand one behind the other, each ended by a line end, so that one scan sees them in their
//! order: a private key that a program wrote line by line is one key. A record may have lines of its own,
//! so how many it has is kept, and the scrubbed text is cut there again ([`super::Batch::of_events`]).

use super::Raw;
use std::ops::Range;

/// One record: how it is found again in the scrubbed text.
#[derive(Clone, Copy)]
struct Event {
    /// Where it ends in the text, its line end included.
    end: usize,
    /// Line ends in it, that at its end included.
    lines: u32,
    /// Milliseconds since 1970 (UTC).
    time: i64,
}

/// Unscanned records with their times. Like [`Raw`] it shows its bytes to nobody.
#[derive(Default)]
pub struct Events {
    text: Raw,
    list: Vec<Event>,
}

impl Events {
    /// None yet, with room for so many bytes of text.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self { text: Raw::with_capacity(bytes), list: Vec::new() }
    }

    /// Adds a record.
    pub(crate) fn push(&mut self, message: &[u8], time: i64) {
        self.text.extend(message);
        self.text.extend(b"\n");
        let lines = u32::try_from(memchr::memchr_iter(b'\n', message).count() + 1).unwrap_or(u32::MAX);
        self.list.push(Event { end: self.text.len(), lines, time });
    }

    /// Sets the time of the last record.
    pub(crate) fn set_last_time(&mut self, time: i64) {
        if let Some(last) = self.list.last_mut() {
            last.time = time;
        }
    }

    /// Number of records.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Bytes of the records together.
    pub fn bytes(&self) -> usize {
        self.text.len() - self.list.len()
    }

    /// About the memory that they take until they stand in the buffer: as they are, and scrubbed.
    pub(crate) fn cost(&self) -> usize {
        2 * self.text.len() + 64 * self.list.len()
    }

    /// All of them as one text, a line end behind each.
    pub fn text(&self) -> &Raw {
        &self.text
    }

    /// Times of the records, in milliseconds since 1970 (UTC).
    pub fn times(&self) -> impl DoubleEndedIterator<Item = i64> + ExactSizeIterator + Clone {
        self.list.iter().map(|event| event.time)
    }

    /// The text of all of them, and the lines and time of each.
    pub fn into_parts(self) -> (Raw, impl Iterator<Item = (u32, i64)>) {
        (self.text, self.list.into_iter().map(|event| (event.lines, event.time)))
    }

    /// Lines and time of each record.
    pub fn cuts(&self) -> impl Iterator<Item = (u32, i64)> {
        self.list.iter().map(|event| (event.lines, event.time))
    }

    /// Forgets the records outside of a range of places.
    pub fn keep(&mut self, range: Range<usize>) {
        let end_of = |list: &[Event], at: usize| at.checked_sub(1).and_then(|last| list.get(last)).map_or(0, |event| event.end);
        let to = range.end.min(self.list.len());
        let from = range.start.min(to);
        let (start, end) = (end_of(&self.list, from), end_of(&self.list, to));
        self.text.discard(end..self.text.len());
        self.text.discard(0..start);
        self.list.truncate(to);
        self.list.drain(..from);
        self.list.iter_mut().for_each(|event| event.end -= start);
    }
}

#[cfg(test)]
mod tests {
    use super::Events;

    #[test]
    fn a_range_is_kept() {
        let mut events = Events::default();
        for (at, text) in ["one", "two\nlines", "three", "four"].iter().enumerate() {
            events.push(text.as_bytes(), at as i64);
        }
        assert_eq!(events.bytes(), 3 + 9 + 5 + 4);
        events.keep(1..3);
        assert_eq!(events.text().expose(), b"two\nlines\nthree\n");
        assert_eq!(events.cuts().collect::<Vec<_>>(), [(2, 1), (1, 2)]);
        events.keep(1..9);
        assert_eq!(events.text().expose(), b"three\n");
        events.keep(1..1);
        assert!(events.is_empty() && events.text().is_empty());
    }
}
