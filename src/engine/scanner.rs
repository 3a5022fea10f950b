//! One scan: bytes in, disjoint spans out, with buffers that are used again.
//!
//! Runs the kernel, the verifiers, the user rules and the views over the same bytes
//! and settles overlaps. Holds all scratch memory, so that scanning allocates nothing
//! once the buffers have grown to what the input needs.

use super::Engine;
use super::candidates::shapes::{Family, Hits};
use super::catalog::id;
use super::classify::{self, Planes};
use super::layers::LAYERS;
use super::lines::Partials;
use super::mask::{self, Output, Rewritten};
use super::resolve::{Span, resolve, sort_new};
use super::tables::Tables;
use super::tally::Tally;
use super::verify::{Done, Hit, Hold, PemState, Scan, Start, Traced, continue_pem, in_own_label, packs, verify, whole_value};
use super::views::{Code, Runs, View, disguises, without_codes};

/// Most times that what was masked of split lines is read again.
const ROUNDS: usize = 4;

/// Scratch memory of a scan.
pub(crate) struct Scanner {
    planes: Box<Planes>,
    candidates: Hits,
    pub(super) hits: Vec<Hit>,
    escapes: Vec<u32>,
    codes: Vec<Code>,
    pub(super) view: View,
    pub(super) runs: Runs,
    /// Scans what a view or a run says; made when one is seen.
    pub(super) inner: Option<Box<Scanner>>,
    /// How many layers below this one are opened.
    pub(super) depth: u8,
    /// Where masked text of runs is written before it is encoded.
    pub(super) plain: Output,
    pub(crate) rewritten: Rewritten,
    /// Counts of what was masked in runs: the input counts each run once.
    pub(super) unseen: Tally,
    pub(crate) spans: Vec<Span>,
    partials: Partials,
    /// What split lines look like once they are masked.
    trial: Output,
    /// Whether the bytes scanned last hold lines that a container runtime split.
    pub(crate) split: bool,
    hold: Hold,
    /// Lines that may begin a table.
    lines: Vec<Start>,
    pub(crate) tables: Tables,
    /// Set while a PEM block is open at the end of the bytes scanned last.
    pub(crate) pem: Option<PemState>,
    /// Set when the bytes end in the middle of a record.
    pub(crate) cut: bool,
}

impl Scanner {
    pub(crate) fn new() -> Self {
        Self::with_depth(LAYERS)
    }

    pub(super) fn with_depth(depth: u8) -> Self {
        Self {
            planes: Planes::new(),
            candidates: Hits::new(),
            hits: Vec::new(),
            escapes: Vec::new(),
            codes: Vec::new(),
            view: View::default(),
            runs: Runs::default(),
            inner: None,
            depth,
            plain: Output::default(),
            rewritten: Rewritten::default(),
            unseen: Tally::default(),
            spans: Vec::new(),
            partials: Partials::default(),
            trial: Output::default(),
            split: false,
            hold: Hold::default(),
            lines: Vec::new(),
            tables: Tables::default(),
            pem: None,
            cut: false,
        }
    }

    pub(super) fn clear(&mut self) {
        self.hits.clear();
        self.rewritten.clear();
    }

    /// What the last scan accepted, before overlaps were settled.
    pub(crate) fn hits(&self) -> &[Hit] {
        &self.hits
    }

    /// Scans whole records; the result is in `spans`.
    ///
    /// Returns where the bytes end that can be decided now: the start of an open run of
    /// partial lines, or the end of `hay`.
    pub(crate) fn scan(&mut self, engine: &Engine, hay: &[u8], last: bool) -> usize {
        let decided = self.find(engine, hay, last);
        self.settle(engine, hay, decided);
        decided
    }

    /// Settles overlaps; what was split is read again.
    fn settle(&mut self, engine: &Engine, hay: &[u8], decided: usize) {
        resolve(hay, None, &mut self.hits, &engine.settings, &mut self.spans);
        if self.split {
            self.read_again(engine, hay.get(..decided).unwrap_or_default());
        }
    }

    /// As [`Self::scan`], of the next bytes of the stream: tables go on in them.
    fn scan_next(&mut self, engine: &Engine, hay: &[u8], last: bool) -> usize {
        let mut decided = self.find(engine, hay, last);
        self.lines.sort_unstable();
        let whole = hay.get(..decided).unwrap_or_default();
        let last = last && decided == hay.len();
        decided = self.tables.run(whole, last, &self.lines, &engine.settings, &mut self.hits);
        self.scan_alone(engine, whole);
        self.settle(engine, hay, decided);
        decided
    }

    /// Scans the fields of tables that their neighbours would hide.
    fn scan_alone(&mut self, engine: &Engine, hay: &[u8]) {
        if self.tables.alone.is_empty() {
            return;
        }
        let fields = std::mem::take(&mut self.tables.alone);
        let mut hits = std::mem::take(&mut self.hits);
        let (split, hold, open, lines) = (self.split, std::mem::take(&mut self.hold), self.pem, std::mem::take(&mut self.lines));
        for (start, end) in &fields {
            self.hits.clear();
            self.pem = None;
            self.raw_hits(engine, hay.get(*start..*end).unwrap_or_default(), None, None);
            let offset = *start as u32;
            hits.extend(self.hits.iter().map(|hit| Hit { start: hit.start + offset, end: hit.end + offset, ..*hit }));
        }
        (self.hits, self.split, self.hold, self.pem, self.lines, self.tables.alone) = (hits, split, hold, open, lines, fields);
    }

    /// Collects the findings; returns where the bytes end that can be decided.
    fn find(&mut self, engine: &Engine, hay: &[u8], last: bool) -> usize {
        self.clear();
        self.raw_hits(engine, hay, None, None);
        let joined = if self.split { self.join_split_lines(engine, hay, last) } else { hay.len() };
        if last { hay.len() } else { self.hold.settle(joined) }
    }

    /// Scans split lines as they will be written, until nothing more is found in them.
    ///
    /// A value may be found in one of two lines alone, and the text of both then mean something else: what
    /// a second run would find is masked in the first.
    fn read_again(&mut self, engine: &Engine, hay: &[u8]) {
        let (open, mut found) = (self.pem, std::mem::take(&mut self.hits));
        for _ in 0..ROUNDS {
            let spans = self.spans.get(..self.spans.partition_point(|span| span.start < hay.len())).unwrap_or_default();
            if spans.is_empty() {
                break;
            }
            let mut trial = std::mem::take(&mut self.trial);
            trial.begin_trial();
            mask::write(engine, hay, 0, spans, &self.rewritten, &mut trial, &mut Tally::default());
            self.hits.clear();
            self.pem = None;
            self.raw_hits(engine, &trial.bytes, None, None);
            if self.split {
                self.join_split_lines(engine, &trial.bytes, true);
            }
            if let Some(tokens) = &engine.settings.tokens {
                self.hits.retain(|hit| !tokens.hold(&trial.bytes, hit.start as usize, hit.end as usize));
            }
            // What is hidden in the trial has no form in the lines it stands for.
            found.extend(self.hits.iter().map(|hit| trial.source(hit).without_form()));
            let stable = self.hits.is_empty();
            self.trial = trial;
            if stable {
                break;
            }
            resolve(hay, None, &mut found, &engine.settings, &mut self.spans);
        }
        (self.pem, self.hits, self.split) = (open, found, true);
    }

    /// Scans without settling overlaps; returns the number of findings.
    pub(crate) fn verify_only(&mut self, engine: &Engine, hay: &[u8]) -> usize {
        self.clear();
        self.raw_hits(engine, hay, None, None);
        self.hits.len()
    }

    /// As [`Self::scan`], but leaves an open private key as it is where the decided bytes end.
    pub(crate) fn scan_decided(&mut self, engine: &Engine, hay: &[u8], last: bool) -> usize {
        let open = self.pem;
        let decided = self.scan_next(engine, hay, last);
        let keys = |span: &Span| matches!(span.kind, id::PEM_PRIVATE_KEY | id::SSH_PPK_AGE_GPG);
        if decided < hay.len() && (open.is_some() || self.spans.iter().any(keys)) {
            let split = self.split;
            self.pem = open;
            let held = self.tables.held;
            self.scan_next(engine, hay.get(..decided).unwrap_or_default(), true);
            self.split = split;
            self.tables.held = held;
            if decided == 0 {
                self.pem = open;
            }
        }
        decided
    }

    /// Scans one decoded field whose name is `name`.
    pub(crate) fn scan_value(&mut self, engine: &Engine, name: &[u8], value: &[u8]) {
        self.clear();
        self.raw_hits(engine, value, None, Some(name));
        resolve(value, Some(name), &mut self.hits, &engine.settings, &mut self.spans);
    }

    /// Scans with a note of every candidate; for `explain`.
    pub(crate) fn scan_traced(&mut self, engine: &Engine, hay: &[u8], trace: &mut Vec<Traced>) {
        self.clear();
        self.raw_hits(engine, hay, Some(trace), None);
        resolve(hay, None, &mut self.hits, &engine.settings, &mut self.spans);
    }

    /// Runs every verifier at every position, without planes, shapes or anchors; the oracle of the tests.
    #[cfg(any(test, feature = "test-hooks"))]
    pub(crate) fn scan_naively(&mut self, engine: &Engine, hay: &[u8]) {
        use super::catalog::ANCHORS;
        self.clear();
        let (mut escapes, mut codes, mut pem, mut split, mut hold, mut lines) =
            (Vec::new(), Vec::new(), None, false, Hold::default(), Vec::new());
        self.runs.clear();
        let mut scan = Scan {
            hay,
            settings: &engine.settings,
            hits: &mut self.hits,
            escapes: &mut escapes,
            codes: &mut codes,
            runs: &mut self.runs,
            pem: &mut pem,
            split: &mut split,
            hold: &mut hold,
            lines: &mut lines,
            done: &mut Done::default(),
            trace: None,
        };
        for at in 0..=hay.len() {
            // Inside a run of letters and digits only its sixteenth is looked at: the others are of the same run.
            let alnum = |at: usize| hay.get(at).is_some_and(u8::is_ascii_alphanumeric);
            let inside = alnum(at) && !(at >= 15 && (at - 15..at).all(alnum) && !(at >= 16 && alnum(at - 16)));
            for family in Family::ALL.into_iter().filter(|family| *family != Family::Literal && !(*family == Family::Run && inside)) {
                verify(&mut scan, family, &[at as u32]);
            }
            for anchor in &ANCHORS {
                let window = hay.get(at..).unwrap_or_default();
                let fits = anchor.sets.iter().enumerate().all(|(offset, set)| set.contains(window.get(offset).copied().unwrap_or(0)));
                if fits {
                    super::verify::anchored(&mut scan, anchor, at);
                }
            }
        }
        (self.escapes, self.codes) = (escapes, codes);
        self.candidates.wants(&engine.settings);
        self.after_verifiers(engine, hay);
        lines.sort_unstable();
        self.tables.restart();
        self.tables.run(hay, true, &lines, &engine.settings, &mut self.hits);
        self.scan_alone(engine, hay);
        resolve(hay, None, &mut self.hits, &engine.settings, &mut self.spans);
    }

    /// Adds the unsettled findings of `hay` to `hits`.
    pub(super) fn raw_hits(&mut self, engine: &Engine, hay: &[u8], trace: Option<&mut Vec<Traced>>, name: Option<&[u8]>) {
        self.escapes.clear();
        self.codes.clear();
        self.lines.clear();
        self.runs.clear();
        self.split = false;
        self.hold.clear();
        let open = self.pem.take();
        let mut scan = Scan {
            hay,
            settings: &engine.settings,
            hits: &mut self.hits,
            escapes: &mut self.escapes,
            codes: &mut self.codes,
            runs: &mut self.runs,
            pem: &mut self.pem,
            split: &mut self.split,
            hold: &mut self.hold,
            lines: &mut self.lines,
            done: &mut Done::default(),
            trace,
        };
        if let Some(state) = open {
            continue_pem(&mut scan, 0, state);
        }
        if let Some(name) = name {
            whole_value(&mut scan, name);
            if engine.settings.packs {
                packs::whole(&mut scan, name);
            }
        }
        self.candidates.wants(&engine.settings);
        classify::scan(engine.kernel, hay, &mut self.planes, &mut self.candidates, &mut |candidates| {
            let found = scan.hits.len();
            for family in Family::ALL {
                verify(&mut scan, family, candidates.of(family));
            }
            sort_new(scan.hits, found);
        });
        self.after_verifiers(engine, hay);
    }

    fn after_verifiers(&mut self, engine: &Engine, hay: &[u8]) {
        if let Some(rules) = &engine.rules {
            rules.find(hay, &engine.settings, &mut self.hits);
        }
        if !self.codes.is_empty() {
            self.keep_codes(engine, hay);
        }
        disguises(hay, &mut self.escapes);
        if !self.escapes.is_empty() {
            let mut escapes = std::mem::take(&mut self.escapes);
            escapes.sort_unstable();
            self.scan_views(engine, hay, &escapes);
            self.escapes = escapes;
        }
        if !self.runs.runs.is_empty() {
            self.scan_runs(engine, hay);
        }
    }

    /// Takes the codes of terminals off the edges of what was found; a label of ours may be all that is left.
    #[cold]
    fn keep_codes(&mut self, engine: &Engine, hay: &[u8]) {
        let (codes, settings) = (&self.codes, &engine.settings);
        self.hits.retain_mut(|hit| match without_codes(codes, hit) {
            Some(found) if found == *hit => true,
            Some(found) => {
                *hit = found;
                !in_own_label(settings, hay, found.start as usize, found.end as usize)
            }
            None => false,
        });
    }

    /// Scans the joined text of split lines; see [`super::lines`].
    fn join_split_lines(&mut self, engine: &Engine, hay: &[u8], last: bool) -> usize {
        let mut partials = std::mem::take(&mut self.partials);
        let mut hits = std::mem::take(&mut self.hits);
        let (mut hold, open, lines) = (std::mem::take(&mut self.hold), self.pem, std::mem::take(&mut self.lines));
        let mut scan = |text: &[u8]| {
            self.hits.clear();
            self.pem = None;
            self.raw_hits(engine, text, None, None);
            std::mem::take(&mut self.hits)
        };
        let decided = partials.join(hay, last, &mut scan, &mut hits, &mut hold);
        (self.partials, self.hits, self.hold, self.pem, self.lines, self.split) = (partials, hits, hold, open, lines, true);
        decided
    }
}
