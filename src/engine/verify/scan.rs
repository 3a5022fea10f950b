//! What a verifier works on: the bytes, the settings, and where findings go.

use crate::engine::catalog::KindId;
use crate::engine::settings::Settings;
use crate::engine::verify::labels::own_label_end;
use crate::engine::verify::pem::{self, PemState};
use crate::engine::verify::token::Run;
use crate::engine::verify::value::Stops;
use crate::engine::views::{Code, Parameter, Runs};

/// What made a verifier accept, weakest first; the order settles overlaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// Text that an encoding hid: index of what takes its place, or [`HIDDEN`].
    Hidden(u16),
    Context,
    Weak,
    Format,
    Checksum,
    Rule,
    /// Index of the key in the catalogue; the names of packs come after the keys.
    Key(u16),
}

/// No text takes the place of what was hidden: its label does.
pub(crate) const HIDDEN: u16 = u16::MAX;

/// An accepted span before overlaps are settled. Offsets into the scanned bytes, half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) kind: KindId,
    /// Percent.
    pub(crate) confidence: u8,
    pub(crate) source: Source,
    /// A piece of a value that lies on several lines, or what hides one.
    pub(crate) cut: bool,
    /// Counts only if the number before it, one sign away, is masked: else both are one number.
    pub(crate) pending: bool,
    /// Counts only if the number behind it, one sign away, is masked.
    pub(crate) pending_next: bool,
}

impl Hit {
    /// As it is where text that was hidden has no form of its own.
    pub(crate) fn without_form(self) -> Self {
        let source = if matches!(self.source, Source::Hidden(_)) { Source::Hidden(HIDDEN) } else { self.source };
        Self { source, ..self }
    }
}

/// What became of one candidate, for `explain`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traced {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: KindId,
    /// `None` if accepted, else the check that failed.
    pub(crate) refused: Option<&'static str>,
}

/// One past what a finder looked at last, so that a marker repeated inside it costs nothing.
#[derive(Default)]
pub(crate) struct Done {
    /// For each separator of an address (`:`, `-`, `.`): the run of its bytes seen last.
    pub(crate) addresses: [(usize, usize); 3],
    pub(crate) caret: usize,
    /// Where the line begins in which a container's stream was named last, and where that was.
    pub(crate) line: (usize, usize),
    pub(crate) cookies: std::ops::Range<usize>,
    pub(crate) jwt: usize,
    pub(crate) resource: usize,
    pub(crate) rule: usize,
    pub(crate) pem: pem::Seen,
    pub(crate) segment: usize,
    pub(crate) signed: usize,
    pub(crate) detail: usize,
    pub(crate) columns: usize,
    /// One past the list of national identifiers looked at last.
    pub(crate) listed: usize,
    /// One past the name in prose found last.
    pub(crate) person: usize,
    pub(crate) token: usize,
    pub(crate) stops: Stops,
    pub(crate) parameter: Parameter,
    pub(crate) run: Run,
}

/// What cannot be decided line by line.
#[derive(Default)]
pub(crate) struct Hold {
    /// First byte of a record that needs the next one to be decided.
    from: Option<usize>,
    /// Lines that are decided together: the start of the first one, and a byte of the last one.
    ties: Vec<(usize, usize)>,
}

impl Hold {
    pub(crate) fn clear(&mut self) {
        self.from = None;
        self.ties.clear();
    }

    /// The record that starts at `start` waits for the next one.
    pub(crate) fn from(&mut self, start: usize) {
        self.from = Some(self.from.map_or(start, |from| from.min(start)));
    }

    /// The lines from `start`, where one begins, to the one that holds `end` are one finding's.
    pub(crate) fn tie(&mut self, start: usize, end: usize) {
        self.ties.push((start, end));
    }

    /// Where the bytes end that can be decided, if those from `decided` on cannot: no tie is cut.
    pub(crate) fn settle(&mut self, decided: usize) -> usize {
        let decided = self.from.map_or(decided, |from| from.min(decided));
        self.ties.sort_unstable();
        // Each tie that is cut moves the end back, perhaps into one that began before.
        self.ties.iter().rev().fold(decided, |decided, (start, end)| if *start < decided && decided < *end { *start } else { decided })
    }
}

/// A line that may begin a table. Offset into the scanned bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Start {
    pub(crate) at: u32,
    pub(crate) opens: Opens,
}

/// What a line opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Opens {
    /// A table, if it is a header.
    Header,
    /// A value or a text below the key of that index; whether a sign of YAML says that it is a text.
    Block(u16, bool),
    /// A list of the key of that index.
    List(u16),
    /// The fields of a validation error.
    Fields,
    /// A record with a line for each column.
    Record,
    /// Rows of an insertion, whose columns stand between these offsets.
    Rows(u32, u32),
    /// The same between tabs.
    Copied(u32, u32),
}

/// The bytes under scan and the lists that verifiers fill.
pub(crate) struct Scan<'a> {
    pub(crate) hay: &'a [u8],
    pub(crate) settings: &'a Settings,
    pub(crate) hits: &'a mut Vec<Hit>,
    /// Escapes seen, one past each; decoded after the span (see views).
    pub(crate) escapes: &'a mut Vec<u32>,
    /// Codes of terminals seen.
    pub(crate) codes: &'a mut Vec<Code>,
    /// Runs of base64 and hex that hold text; scanned after the span.
    pub(crate) runs: &'a mut Runs,
    /// Set while a PEM block is open at the end of the bytes.
    pub(crate) pem: &'a mut Option<PemState>,
    /// Set when a container runtime's split line was seen.
    pub(crate) split: &'a mut bool,
    /// How far finders with a long reach have looked.
    pub(crate) done: &'a mut Done,
    /// What waits for the next record.
    pub(crate) hold: &'a mut Hold,
    /// Lines seen that may begin a table.
    pub(crate) lines: &'a mut Vec<Start>,
    pub(crate) trace: Option<&'a mut Vec<Traced>>,
}

impl Scan<'_> {
    /// The byte at `at`; a record end outside the bytes.
    #[inline]
    pub(crate) fn byte(&self, at: usize) -> u8 {
        self.hay.get(at).copied().unwrap_or(b'\n')
    }

    /// The byte before `at`; a record end at the start.
    #[inline]
    pub(crate) fn before(&self, at: usize) -> u8 {
        at.checked_sub(1).map_or(b'\n', |at| self.byte(at))
    }

    /// The bytes from `start` to `end`; empty when out of range.
    #[inline]
    pub(crate) fn slice(&self, start: usize, end: usize) -> &[u8] {
        self.hay.get(start..end).unwrap_or_default()
    }

    /// Accepts a span unless the kind is off or its confidence too low.
    pub(crate) fn accept(&mut self, kind: KindId, start: usize, end: usize, confidence: u8, source: Source) {
        // A label of ours is not masked again.
        if start >= end || self.byte(start) == b'[' && own_label_end(self, start).is_some_and(|label| end <= label) {
            return;
        }
        let wanted = self.settings.wants(kind, confidence);
        if wanted {
            self.hits.push(Hit {
                start: start as u32,
                end: end as u32,
                kind,
                confidence,
                source,
                cut: false,
                pending: false,
                pending_next: false,
            });
        }
        self.note(kind, start, end, (!wanted).then_some("confidence below the minimum, or kind off"));
    }

    /// Accepts a number; one behind `5,` or `5.` only if what stands there is masked as well.
    pub(crate) fn accept_number(&mut self, kind: KindId, start: usize, end: usize, confidence: u8, source: Source) {
        if !self.follows_number(start) {
            return self.accept(kind, start, end, confidence, source);
        }
        self.accept_behind_masked(kind, start, end, confidence, source);
    }

    /// Accepts a number that counts only if what stands two bytes before it is masked.
    pub(crate) fn accept_behind_masked(&mut self, kind: KindId, start: usize, end: usize, confidence: u8, source: Source) {
        self.accept_beside_masked(kind, start, end, confidence, source, (true, false));
    }

    /// Accepts a number that counts only if the numbers before and behind it are masked, where it has any.
    pub(crate) fn accept_beside_masked(
        &mut self,
        kind: KindId,
        start: usize,
        end: usize,
        confidence: u8,
        source: Source,
        beside: (bool, bool),
    ) {
        if self.settings.wants(kind, confidence) {
            let (pending, pending_next) = (beside.0 || self.follows_number(start), beside.1);
            let (start, end) = (start as u32, end as u32);
            self.hits.push(Hit { start, end, kind, confidence, source, cut: false, pending, pending_next });
        }
        self.note(kind, start, end, Some("part of a longer number, unless that is masked"));
    }

    /// Accepts with the confidence the catalogue gives the format alone.
    pub(crate) fn accept_alone(&mut self, kind: KindId, start: usize, end: usize, source: Source) {
        let confidence = kind.builtin().map_or(0, |kind| kind.confidence);
        self.accept(kind, start, end, confidence, source);
    }

    /// Says why a candidate was refused; costs nothing unless someone asked.
    #[inline]
    pub(crate) fn refuse(&mut self, kind: KindId, start: usize, end: usize, reason: &'static str) {
        if self.trace.is_some() {
            self.note(kind, start, end, Some(reason));
        }
    }

    #[inline]
    fn note(&mut self, kind: KindId, start: usize, end: usize, refused: Option<&'static str>) {
        if let Some(trace) = &mut self.trace {
            trace.push(Traced { start, end, kind, refused });
        }
    }

    /// Whether an identifier of digits may start at `start`: nothing word-like before it,
    /// no decimal point or thousands separator. An escape's letter (`\n`) is a boundary.
    pub(crate) fn digits_may_start(&self, start: usize) -> bool {
        self.number_may_start(start) && !self.follows_number(start)
    }

    /// As [`Self::digits_may_start`], but a comma or point after a digit may stand before it.
    pub(crate) fn number_may_start(&self, start: usize) -> bool {
        let previous = self.before(start);
        if is_word(previous) {
            return matches!(previous, b'n' | b'r' | b't' | b'b' | b'f') && start >= 2 && self.byte(start - 2) == b'\\';
        }
        true
    }

    /// Whether a digit and a decimal point or thousands separator stand before `start`.
    fn follows_number(&self, start: usize) -> bool {
        let previous = self.before(start);
        // What begins with a letter continues no number: `7,X1234567L`.
        if self.byte(start).is_ascii_alphabetic()
            || !(matches!(previous, b'.' | b',') && start >= 2 && self.byte(start - 2).is_ascii_digit())
        {
            return false;
        }
        let before = self.slice(start.saturating_sub(6), start - 1);
        let digits = before.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let mut further = before.iter().rev().skip(digits);
        let (first, second) = (further.next(), further.next());
        let joined = first.is_some_and(|byte| *byte == b'.' || is_word(*byte));
        if previous == b',' {
            // Thousands have three digits at most, and no group behind a point: `0001,001-01-0001` are two values.
            return digits <= 3 && !joined && self.is_thousands(start);
        }
        // No fraction goes on with two hyphens: `10.123-45-6789`. Seconds and versions may.
        let chained = first.is_some_and(|byte| matches!(byte, b':' | b'-' | b'/' | b',')) && second.is_some_and(u8::is_ascii_digit);
        digits > 3 || joined || chained || !self.has_hyphens(start)
    }

    /// Whether the digits from `start` on may be a group of thousands, perhaps with a fraction behind it.
    fn is_thousands(&self, start: usize) -> bool {
        let end = self.digits_end(start, 4);
        if end != start + 3 {
            return false;
        }
        let goes_on = |at: usize, sign: u8| self.byte(at) == sign && self.byte(at + 1).is_ascii_digit();
        // `198.51.100.7` and `212-555-0142` behind a comma are no numbers with one.
        let fraction = || self.digits_end(end + 1, 4);
        !(goes_on(end, b'-') || goes_on(end, b'.') && goes_on(fraction(), b'.'))
    }

    /// Whether the digits from `start` on are the first of three groups with hyphens between them.
    fn has_hyphens(&self, start: usize) -> bool {
        let first = self.digits_end(start, 5);
        let second = self.digits_end(first + 1, 7);
        first > start
            && second > first + 1
            && self.byte(first) == b'-'
            && self.byte(second) == b'-'
            && self.byte(second + 1).is_ascii_digit()
    }

    /// One past the digits from `start` on, of which at most `limit` are looked at.
    fn digits_end(&self, start: usize, limit: usize) -> usize {
        (start..start + limit).find(|at| !self.byte(*at).is_ascii_digit()).unwrap_or(start + limit)
    }

    /// Whether an identifier of digits may end before `end`.
    pub(crate) fn digits_may_end(&self, end: usize) -> bool {
        let next = self.byte(end);
        !(is_word(next) || next == b'.' && self.byte(end + 1).is_ascii_digit())
    }

    /// Whether a word may start at `start`; an escape's letter is a boundary.
    pub(crate) fn word_may_start(&self, start: usize) -> bool {
        let previous = self.before(start);
        !is_word(previous) || matches!(previous, b'n' | b'r' | b't' | b'b' | b'f') && start >= 2 && self.byte(start - 2) == b'\\'
    }

    /// `start`, or one past it where the letter of an escape (`\n`) was taken for the start of a word.
    pub(crate) fn after_escape(&self, start: usize) -> usize {
        let escape = self.before(start) == b'\\' && matches!(self.byte(start), b'n' | b'r' | b't' | b'b' | b'f');
        start + usize::from(escape)
    }

    /// Whether a word may end before `end`.
    pub(crate) fn word_may_end(&self, end: usize) -> bool {
        !is_word(self.byte(end))
    }
}

/// Calls `judge` with a scan of `hay` alone, which keeps nothing but its findings.
pub(crate) fn on_field(hay: &[u8], settings: &Settings, hits: &mut Vec<Hit>, judge: impl FnOnce(&mut Scan<'_>)) {
    let (mut escapes, mut codes, mut pem, mut split, mut hold, mut lines) =
        (Vec::new(), Vec::new(), None, false, Hold::default(), Vec::new());
    let mut scan = Scan {
        hay,
        settings,
        hits,
        escapes: &mut escapes,
        codes: &mut codes,
        runs: &mut Runs::default(),
        pem: &mut pem,
        split: &mut split,
        hold: &mut hold,
        lines: &mut lines,
        done: &mut Done::default(),
        trace: None,
    };
    judge(&mut scan);
}

/// Letters, digits and the underscore.
#[inline]
pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
