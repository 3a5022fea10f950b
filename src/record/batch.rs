//! Scrubbed records on their way from a source to the sinks.
//!
//! The bodies of a batch lie in one allocation, so that a batch costs few allocations and pins
//! no raw bytes. What records have in common (their source, region, file or pod) is said once.

use super::clean::{CleanBuf, CleanText};
use std::ops::Range;
use std::sync::Arc;

/// Where the records of a batch come from and where they may go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Name of the source in the configuration.
    pub source: CleanText,
    /// Region that the records belong to, such as `eu-west-1`.
    pub region: CleanText,
    /// Zone of the region, such as `eu`.
    pub zone: CleanText,
    /// What else is known of all of them, such as `file` or `namespace`; names and values are scrubbed.
    pub attributes: Vec<(CleanText, CleanText)>,
}

impl Origin {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known.as_str() == name).map(|(_, value)| value.as_str())
    }
}

/// End and time of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    /// Offset into the bodies, exclusive.
    end: u32,
    /// Milliseconds since 1970 (UTC).
    time: i64,
}

/// Scrubbed records of one origin, in their order.
#[derive(Clone, Debug)]
pub struct Batch {
    origin: Arc<Origin>,
    bodies: CleanBuf,
    entries: Vec<Entry>,
}

/// One record of a batch.
#[derive(Clone, Copy)]
pub struct Record<'b> {
    /// The scrubbed body: text, or a JSON object.
    pub body: &'b [u8],
    /// When it happened, or when it came in: milliseconds since 1970 (UTC).
    pub time: i64,
}

impl Batch {
    /// Most bytes of all bodies of a batch together.
    pub const MAX_BYTES: usize = u32::MAX as usize / 2;

    /// A batch without records.
    pub fn new(origin: Arc<Origin>) -> Self {
        Self { origin, bodies: CleanBuf::default(), entries: Vec::new() }
    }

    /// Makes a record of each line of scrubbed text; empty lines are none. All have the same time.
    pub fn of_lines(origin: Arc<Origin>, text: CleanBuf, time: i64) -> Self {
        let (bodies, ends) = text.without_line_ends();
        let entries = ends.into_iter().map(|end| Entry { end, time }).collect();
        Self { origin, bodies, entries }
    }

    /// Makes a record of each stretch of lines of scrubbed text: `events` says how many lines each has, and its
    /// time. Empty ones are none.
    ///
    /// Returns nothing if the text does not have exactly these lines.
    pub fn of_events(origin: Arc<Origin>, text: CleanBuf, events: impl Iterator<Item = (u32, i64)>) -> Option<Self> {
        let (bodies, ends) = text.cut_by_lines(events)?;
        let entries = ends.into_iter().map(|(end, time)| Entry { end, time }).collect();
        Some(Self { origin, bodies, entries })
    }

    /// Puts a batch together from its parts, as the buffer read them.
    ///
    /// Returns nothing if the ends do not rise or do not fit the bodies.
    pub fn of_parts(origin: Arc<Origin>, bodies: CleanBuf, ends: impl IntoIterator<Item = (u32, i64)>) -> Option<Self> {
        let entries: Vec<Entry> = ends.into_iter().map(|(end, time)| Entry { end, time }).collect();
        let rising = entries.iter().try_fold(0, |before, entry| (entry.end >= before).then_some(entry.end))?;
        (rising as usize == bodies.as_bytes().len()).then_some(Self { origin, bodies, entries })
    }

    /// Adds a record.
    pub fn push(&mut self, body: &CleanBuf, time: i64) {
        self.bodies.append(body);
        self.entries.push(Entry { end: self.bodies.as_bytes().len() as u32, time });
    }

    /// Cuts records that are longer than `most` bytes into several, between characters.
    #[must_use]
    pub fn cut(mut self, most: usize) -> Self {
        let most = most.max(4);
        let mut start = 0;
        if self.entries.iter().all(|entry| entry.end as usize - std::mem::replace(&mut start, entry.end as usize) <= most) {
            return self;
        }
        let mut entries = Vec::with_capacity(self.entries.len() + 8);
        let mut start = 0;
        for entry in &self.entries {
            let end = entry.end as usize;
            while end - start > most {
                let inside = |at: &usize| self.bodies.as_bytes().get(*at).is_some_and(|byte| byte & 0xc0 == 0x80);
                let at = (start + most - 3..=start + most).rev().find(|at| !inside(at)).unwrap_or(start + most);
                entries.push(Entry { end: at as u32, time: entry.time });
                start = at;
            }
            entries.push(*entry);
            start = end;
        }
        self.entries = entries;
        self
    }

    /// Where the records come from.
    pub fn origin(&self) -> &Arc<Origin> {
        &self.origin
    }

    /// All bodies, one behind the other.
    pub fn bodies(&self) -> &[u8] {
        self.bodies.as_bytes()
    }

    /// The bodies of a range of places, one behind the other. Nothing where there is no such range.
    pub fn bodies_of(&self, range: Range<usize>) -> &[u8] {
        let end = |of: usize| of.checked_sub(1).map_or(Some(0), |last| self.entries.get(last).map(|entry| entry.end as usize));
        let bodies = end(range.start).zip(end(range.end)).and_then(|(from, to)| self.bodies().get(from..to));
        bodies.unwrap_or_default()
    }

    /// Records in it.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Memory that it pins, in bytes.
    pub fn pinned(&self) -> usize {
        size_of::<Self>() + self.bodies.capacity() + self.entries.capacity() * size_of::<Entry>()
    }

    /// End (offset into [`Self::bodies`], exclusive) and time of each record.
    pub fn ends(&self) -> impl ExactSizeIterator<Item = (u32, i64)> {
        self.entries.iter().map(|entry| (entry.end, entry.time))
    }

    /// The record at a place.
    pub fn record(&self, at: usize) -> Option<Record<'_>> {
        let entry = self.entries.get(at)?;
        let start = at.checked_sub(1).and_then(|before| self.entries.get(before)).map_or(0, |before| before.end as usize);
        Some(Record { body: self.bodies().get(start..entry.end as usize)?, time: entry.time })
    }

    /// The records of a range of places.
    pub fn records(&self, range: Range<usize>) -> impl Iterator<Item = Record<'_>> {
        range.map_while(|at| self.record(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin() -> Arc<Origin> {
        let [source, region, zone] = ["app", "eu-west-1", "eu"].map(CleanText::declared);
        Arc::new(Origin { source, region, zone, attributes: Vec::new() })
    }

    fn text(lines: &str) -> CleanBuf {
        let mut text = CleanBuf::default();
        crate::Engine::standard().stream().push(lines.as_bytes(), &mut |clean| text.push(clean));
        text
    }

    fn bodies(batch: &Batch) -> Vec<String> {
        batch.records(0..batch.len()).map(|record| String::from_utf8_lossy(record.body).into_owned()).collect()
    }

    #[test]
    fn lines_are_records_and_empty_ones_are_none() {
        let batch = Batch::of_lines(origin(), text("one\n\ntwo\r\nthree\n"), 7);
        assert_eq!(bodies(&batch), ["one", "two", "three"]);
        assert!(batch.ends().all(|(_, time)| time == 7));
    }

    #[test]
    fn long_records_are_cut_between_characters() {
        let batch = Batch::of_lines(origin(), text("abcdefghij\nab\nabc\u{e9}\u{e9}\u{e9}\n"), 7).cut(4);
        assert_eq!(bodies(&batch), ["abcd", "efgh", "ij", "ab", "abc", "\u{e9}\u{e9}", "\u{e9}"]);
    }

    #[test]
    fn events_keep_their_lines_and_times() {
        let cut = |lines: &str, events: &[(u32, i64)]| Batch::of_events(origin(), text(lines), events.iter().copied());
        let batch = cut("one\ntwo\n lines\n\nthree\r\n", &[(1, 5), (2, 6), (1, 7), (1, 8)]).unwrap();
        assert_eq!(bodies(&batch), ["one", "two\n lines", "three\r"]);
        assert_eq!(batch.ends().map(|(_, time)| time).collect::<Vec<_>>(), [5, 6, 8]);
        assert!(cut("one\ntwo\n", &[(1, 5)]).is_none(), "lines are left");
        assert!(cut("one\n", &[(2, 5)]).is_none(), "lines are missing");
        let dropped = cut("one\n[WITHHELD:policy]\nthree\nfour\n", &[(3, 5), (1, 6)]).unwrap();
        assert_eq!(bodies(&dropped), ["[WITHHELD:policy]", "four"]);
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let good = Batch::of_parts(origin(), text("abcd\n"), [(1, 0), (5, 1)]).unwrap();
        assert_eq!(bodies(&good), ["a", "bcd\n"]);
        for ends in [vec![(6, 0)], vec![(3, 0), (2, 0)], vec![(3, 0)], vec![]] {
            assert!(Batch::of_parts(origin(), text("abcd\n"), ends).is_none());
        }
    }
}
