//! Tables: the column's name is the key of each value below it.
//!
//! Runs after the verifiers, line by line, and only where a table may begin: at the start of a stream for CSV,
//! at the header above a rule and at a line with a margin for printed tables. A header that names a known
//! key opens a table, which lasts as long as its rows do; what it needs of the header is carried in the
//! stream, so that a table does not depend on where its bytes were cut. Findings of other verifiers are
//! kept inside their field, so that a row keeps its number of fields.

mod blocks;
mod column;
mod csv;
mod header;
mod lines;
mod printed;

use super::settings::Settings;
use super::verify::{Hit, Opens, Start, segment_value};
use column::Column;
use lines::Lines;
use std::sync::Arc;

/// Longest row looked at, in bytes; its quoted fields may hold line ends.
const ROW: usize = 64 * 1024;
/// Shortest number that is looked at by itself, in bytes.
const NUMBER: usize = 7;
/// Most rows in a row that have another size than their table.
const RAGGED: u8 = 8;
/// Shortest field of a short row that may belong to another column than its own, in bytes.
const SHORT: usize = 4;
/// Most columns of a table.
const COLUMNS: usize = 512;

/// How the fields of a table are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// By this byte, with quotes as in RFC 4180.
    Csv(u8),
    /// By bars; whether the rule below the header was seen.
    Bars { ruled: bool },
    /// By two blanks or more, as data frames are printed.
    Aligned,
    /// The rows of an insertion, in brackets.
    Values,
    /// The rows of COPY, between tabs.
    Copied,
    /// A record with a line for each column.
    Record,
    /// A validation error: the field that its next line is about.
    Fields { key: Option<u16>, left: u8 },
    /// A list whose key is above it.
    List { key: u16, left: u8 },
    /// A value or a text below a key, whose line has this indent.
    Block { key: u16, text: bool, indent: u16, left: u8 },
    /// What was open has ended with the line before.
    Closed,
    /// The segments of an HL7 message whose field separator is this byte.
    Segments(u8),
}

/// An open table: all that is kept of its header.
#[derive(Clone, Debug)]
struct Table {
    form: Form,
    columns: Arc<[Column]>,
    /// One past the last character of each column's name; for data frames.
    edges: Arc<[u16]>,
    /// How many rows of another size came last; for CSV.
    ragged: u8,
}

/// What is known between two blocks.
#[derive(Clone, Debug, Default)]
struct State {
    table: Option<Table>,
    /// How many tables were opened.
    serial: u32,
    lines: Lines,
}

impl State {
    fn begin(&mut self, table: Option<Table>) {
        self.serial += u32::from(table.is_some());
        self.table = table;
    }
}

/// A field's content, without quotes and blanks around it. Offsets half-open.
type Field = (usize, usize);

/// What a row turned out to be.
enum Row {
    /// A row of the table; one past its end.
    Whole(usize),
    /// Not decided yet: a quoted field goes on.
    Open,
    /// No row of this table; its fields, if it has any, were noted.
    Other,
}

/// The tables of one stream, with scratch memory.
#[derive(Default)]
pub(crate) struct Tables {
    committed: State,
    next: State,
    fields: Vec<Field>,
    /// Bytes between fields, which no finding may take; whether a finding ends there.
    gaps: Vec<(Field, bool)>,
    /// Numbers behind a delimiter that looks like the comma of a larger number: to be scanned by themselves.
    pub(crate) alone: Vec<Field>,
    pieces: Vec<Hit>,
    /// Whether a row waits for the end of its quoted field.
    pub(crate) held: bool,
    /// Whether the bytes to come are the rest of a record over the cap.
    pub(crate) inside_long: bool,
}

impl Tables {
    /// Looks at whole records; `starts` are the lines that may begin a printed table.
    ///
    /// Adds to `hits`, and returns where the bytes end that can be decided now: all, but for an open row
    /// unless `last`.
    pub(crate) fn run(&mut self, hay: &[u8], last: bool, starts: &[Start], settings: &Settings, hits: &mut Vec<Hit>) -> usize {
        self.held = false;
        self.gaps.clear();
        self.alone.clear();
        self.next.clone_from(&self.committed);
        if self.inside_long {
            self.next = State { table: None, serial: self.committed.serial, lines: self.committed.lines.after(hay) };
            return hay.len();
        }
        let mut starts = starts.iter().copied().peekable();
        // A line end may have been cut in two.
        let mut at = usize::from(self.committed.lines.awaits(hay.first()));
        let mut decided = hay.len();
        // The first line was not seen together with the line end before it.
        let mut here = true;
        while at < hay.len() {
            if self.next.table.is_some() {
                match self.row(hay, at, last, settings, hits) {
                    Row::Whole(end) => {
                        (at, here) = (end, false);
                        continue;
                    }
                    Row::Open => {
                        self.held = true;
                        decided = at;
                        break;
                    }
                    Row::Other => self.next.table = None,
                }
            }
            let from = at;
            while starts.next_if(|start| (start.at as usize) < from).is_some() {}
            let next = starts.peek().map(|start| start.at as usize);
            let Some(start) = (if here { Some(at) } else { next }) else { break };
            let mut opens = Opens::Header;
            while let Some(found) = starts.next_if(|found| found.at as usize == start) {
                opens = opens.max(found.opens);
            }
            let lines = self.committed.lines.after(hay.get(..start).unwrap_or_default());
            self.next.begin(match opens {
                Opens::Header => header::open(hay, start, lines, settings),
                opens => blocks::open(hay, start, opens, settings),
            });
            at = lines::next(hay, start);
            here = false;
        }
        let whole = hay.get(..decided).unwrap_or_default();
        // The rule below a header between bars may be the next line to come.
        let last_line = lines::last(whole);
        if self.next.table.is_none() && memchr::memchr(b'|', whole.get(last_line..).unwrap_or_default()).is_some() {
            let lines = self.committed.lines.after(whole.get(..last_line).unwrap_or_default());
            self.next.begin(header::open(whole, last_line, lines, settings).filter(|table| matches!(table.form, Form::Bars { .. })));
        }
        self.next.lines = self.committed.lines.after(whole);
        if !self.gaps.is_empty() {
            self.keep_apart(hits);
        }
        decided
    }

    /// What was scanned last is behind us.
    pub(crate) fn commit(&mut self) {
        std::mem::swap(&mut self.committed, &mut self.next);
    }

    /// Forgets an open table: the bytes before the next ones were not looked at.
    pub(crate) fn lose(&mut self) {
        self.committed = State { table: None, serial: self.committed.serial, lines: Lines::Inside };
        self.next = self.committed.clone();
    }

    /// Which table is open, counted from 1, if one is.
    pub(crate) fn open(&self) -> Option<u32> {
        self.committed.table.as_ref().map(|_| self.committed.serial)
    }

    /// The bytes to come stand behind a line end.
    pub(crate) fn go_on(&mut self) {
        self.committed.lines = Lines::Begin;
    }

    /// Begins a new input.
    pub(crate) fn restart(&mut self) {
        self.committed = State::default();
        self.next = State::default();
        self.held = false;
        self.inside_long = false;
    }

    /// Whether these lines may end the row that waits.
    pub(crate) fn may_close(&self, lines: &[u8]) -> bool {
        self.held && memchr::memchr(b'"', lines).is_some()
    }

    /// Judges the row at `at`.
    fn row(&mut self, hay: &[u8], at: usize, last: bool, settings: &Settings, hits: &mut Vec<Hit>) -> Row {
        let Some(table) = &mut self.next.table else { return Row::Other };
        self.fields.clear();
        // A record whose scan panicked was blanked out, and the table goes on behind it.
        let line = hay.get(at..lines::end(hay, at)).unwrap_or_default();
        if !line.is_empty() && line.iter().all(|byte| *byte == b'A') {
            return Row::Whole(lines::next(hay, at));
        }
        if line.is_empty() && matches!(table.form, Form::Csv(_)) {
            return Row::Whole(lines::next(hay, at));
        }
        let outcome = match table.form {
            Form::Csv(delimiter) => csv::row(hay, at, delimiter, last, &mut self.fields),
            Form::Segments(delimiter) => {
                let end = lines::end(hay, at);
                let own = segment_value(hay, at, end, delimiter, settings, hits);
                return if own { Row::Whole(lines::past_end(hay, end)) } else { Row::Other };
            }
            Form::Bars { .. } | Form::Aligned => printed::row(hay, at, table, &mut self.fields),
            _ => return blocks::row(hay, at, table, settings, hits),
        };
        // A row that ends the table keeps its fields as well: another reading must see the same number.
        let end = match outcome {
            Row::Whole(end) => end,
            _ => lines::end(hay, at),
        };
        let ragged = matches!(table.form, Form::Csv(_)) && self.fields.len() != table.columns.len() && matches!(outcome, Row::Whole(_));
        table.ragged = if ragged { table.ragged + 1 } else { 0 };
        let outcome = if table.ragged > RAGGED { Row::Other } else { outcome };
        // In a row of the table a value ends with its field; elsewhere only a closing quote is as sure.
        let whole = matches!(outcome, Row::Whole(_));
        let mut from = at;
        for (start, stop) in self.fields.iter().copied().chain([(end, end)]).take(if self.fields.is_empty() { 0 } else { usize::MAX }) {
            if start > from {
                self.gaps.push(((from, start), whole || hay.get(from) == Some(&b'"')));
            }
            from = stop.max(from);
        }
        if whole && ragged {
            self.judge_ragged(hay, settings, hits);
        } else if whole {
            let starts = |at: usize| hay.get(at).is_some_and(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'('));
            let number = |(start, stop): &Field| stop - start >= NUMBER && starts(*start) && *start > at + 1;
            // A neighbour may be taken for a part of the number: digits before a comma, or behind blanks.
            let aligned = table.form == Form::Aligned;
            let joined = |(start, _): &Field| {
                aligned
                    || matches!(start.checked_sub(2).and_then(|from| hay.get(from..*start)), Some([before, b',']) if before.is_ascii_digit())
            };
            self.alone.extend(self.fields.iter().copied().filter(|field| number(field) && joined(field)));
            let fields = printed::under(hay, at, table, settings, &mut self.fields);
            for ((start, stop), column) in fields.iter().zip(table.columns.iter()) {
                column::judge(hay, *column, (*start, *stop), settings, hits);
            }
        }
        outcome
    }

    /// Judges the fields of a row that has more or fewer than its table: each may belong to one of several columns.
    fn judge_ragged(&self, hay: &[u8], settings: &Settings, hits: &mut Vec<Hit>) {
        let Some(table) = &self.next.table else { return };
        // One field is a remark, or a line of something else.
        let (fields, columns) = (self.fields.len(), table.columns.len());
        if fields < 2 {
            return;
        }
        for (index, field) in self.fields.iter().enumerate() {
            let first = index.saturating_sub(fields.saturating_sub(columns));
            let last = index + columns.saturating_sub(fields);
            let own = table.columns.get(index);
            let own = own.into_iter().chain(table.columns.get(first..(last + 1).min(columns)).unwrap_or_default());
            for (turn, column) in own.enumerate() {
                // The last fields of a row are left out more often than others: what is short stands in its own column.
                if turn > 0 && fields < columns && field.1 - field.0 < SHORT {
                    break;
                }
                let found = hits.len();
                column::judge(hay, *column, *field, settings, hits);
                if hits.len() > found {
                    break;
                }
            }
        }
    }

    /// Takes the bytes between fields out of all findings.
    fn keep_apart(&mut self, hits: &mut Vec<Hit>) {
        self.pieces.clear();
        let (gaps, pieces) = (&self.gaps, &mut self.pieces);
        hits.retain(|hit| {
            let (start, end) = (hit.start as usize, hit.end as usize);
            let inside = gaps.get(gaps.partition_point(|(gap, _)| gap.1 <= start)..).unwrap_or_default();
            let inside = inside.get(..inside.partition_point(|(gap, _)| gap.0 < end)).unwrap_or_default();
            if inside.is_empty() {
                return true;
            }
            let mut from = start;
            for (gap, ends) in inside.iter().copied().chain([((end, end), true)]) {
                if from < gap.0 {
                    pieces.push(Hit { start: from as u32, end: gap.0 as u32, ..hit.without_form() });
                    if ends {
                        break;
                    }
                }
                from = gap.1;
            }
            false
        });
        hits.extend_from_slice(&self.pieces);
    }
}

#[cfg(test)]
mod tests;
