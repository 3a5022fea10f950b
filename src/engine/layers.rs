//! Layers: what views and packed runs say is scanned like any text, and theirs in turn.
//!
//! Each layer has a scanner of its own, made when the first input needs it. What is found
//! through escapes is masked where it stands. Text found in a run is masked and written in
//! the form of the run again, so that its reader can still decode it; where that cannot
//! be, a label takes the place of the run. What lies deeper than the last layer is masked
//! unread.

use super::Engine;
use super::catalog::id;
use super::mask::{self, Mask};
use super::resolve::{Span, resolve};
use super::scanner::Scanner;
use super::verify::{HIDDEN, Hit, PemState, Source, go_on_in_key, opens_hidden_key};

/// How many layers are opened.
pub(super) const LAYERS: u8 = 4;
/// Most bytes masked on each side of an escape below the last layer.
const REACH: usize = 256;
/// What unread bytes are called, and how sure that is.
const UNREAD: Hit = Hit {
    start: 0,
    end: 0,
    kind: id::HIGH_ENTROPY_GENERIC,
    confidence: 50,
    source: Source::Hidden(HIDDEN),
    cut: true,
    pending: false,
    pending_next: false,
};

impl Scanner {
    /// Scans the text of one layer below; findings are in `hits`, not settled. Gives the key that is open at its end.
    fn scan_layer(&mut self, engine: &Engine, text: &[u8]) -> Option<PemState> {
        self.clear();
        self.pem = None;
        self.raw_hits(engine, text, None, None);
        self.pem.take()
    }

    fn take_inner(&mut self) -> Box<Self> {
        let depth = self.depth.saturating_sub(1);
        self.inner.take().unwrap_or_else(|| Box::new(Self::with_depth(depth)))
    }

    /// Decodes the records around escapes and scans what they say.
    pub(super) fn scan_views(&mut self, engine: &Engine, hay: &[u8], escapes: &[u32]) {
        if self.depth == 0 {
            return self.mask_around(hay, escapes);
        }
        let mut view = std::mem::take(&mut self.view);
        let mut inner = self.take_inner();
        let mut keys = Vec::new();
        view.regions(hay, escapes, |text, view| {
            let open = inner.scan_layer(engine, text);
            let region = view.region();
            if let Some(state) = open.filter(|_| opens_hidden_key(hay.get(region.clone()).unwrap_or_default())) {
                keys.push((region.end, state));
            }
            // What was hidden below has no form of its own here.
            self.hits.extend(inner.hits.iter().filter_map(|hit| view.map(hit)).map(Hit::without_form));
        });
        self.view = view;
        self.inner = Some(inner);
        self.go_on_in_keys(engine, hay, &keys);
    }

    /// Masks the lines of keys whose openers were read through escapes, one past which they are given.
    fn go_on_in_keys(&mut self, engine: &Engine, hay: &[u8], keys: &[(usize, PemState)]) {
        let mut last = None;
        for (opener, state) in keys {
            let rest = hay.get(*opener..).unwrap_or_default();
            let line = opener + memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            if last.replace(line) != Some(line) {
                let open = go_on_in_key(hay, &engine.settings, &mut self.hits, line, *state);
                // One whose opener stands as it is may be open behind it.
                self.pem = open.or(self.pem);
            }
        }
    }

    /// Masks the words around escapes that are not read any more.
    fn mask_around(&mut self, hay: &[u8], escapes: &[u32]) {
        let ends = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b',');
        for escape in escapes {
            let at = *escape as usize;
            let before = hay.get(at.saturating_sub(REACH)..at).unwrap_or_default();
            let after = hay.get(at..hay.len().min(at + REACH)).unwrap_or_default();
            let start = at - before.iter().rev().position(ends).unwrap_or(before.len());
            let end = at + after.iter().position(ends).unwrap_or(after.len());
            if start < end {
                self.hits.push(Hit { start: start as u32, end: end as u32, ..UNREAD });
            }
        }
    }

    /// Scans what the runs say.
    pub(super) fn scan_runs(&mut self, engine: &Engine, hay: &[u8]) {
        let mut runs = std::mem::take(&mut self.runs);
        if self.depth == 0 {
            self.hits.extend(runs.runs.iter().map(|run| Hit { start: run.start as u32, end: run.end as u32, ..UNREAD }));
        } else {
            let mut inner = self.take_inner();
            inner.scan_layer(engine, &runs.text);
            let below = inner.as_mut();
            resolve(&runs.text, None, &mut below.hits, &engine.settings, &mut below.spans);
            let mut spans = below.spans.as_slice();
            for run in &runs.runs {
                spans = spans.get(spans.partition_point(|span| span.end <= run.from)..).unwrap_or_default();
                let found = spans.get(..spans.partition_point(|span| span.start < run.to)).unwrap_or_default();
                // Text that goes on behind what is held is not known.
                let open = run.capped || self.cut && run.end == hay.len();
                let named = match strongest(found) {
                    Some(span) => Hit { kind: span.kind, confidence: span.confidence, ..UNREAD },
                    None if open => UNREAD,
                    None => continue,
                };
                let text = runs.text.get(..run.to).unwrap_or_default();
                let index = if open || !run.exact {
                    None
                } else {
                    let plain = &mut self.plain;
                    plain.bytes.clear();
                    plain.withheld();
                    self.unseen.report.pseudonymised = 0;
                    mask::write(engine, text, run.from, found, &below.rewritten, plain, &mut self.unseen);
                    let tokens = self.unseen.report.pseudonymised > 0;
                    self.rewritten.add(tokens, |out| run.encode(&plain.bytes, out))
                };
                let source = Source::Hidden(index.unwrap_or(HIDDEN));
                self.hits.push(Hit { start: run.start as u32, end: run.end as u32, source, ..named });
            }
            self.inner = Some(inner);
        }
        runs.clear();
        self.runs = runs;
    }
}

/// The finding that names a run: of the strictest mask, then the surest, then the longest.
fn strongest(found: &[Span]) -> Option<&Span> {
    let order = |span: &&Span| (span.mask == Mask::DropRecord, span.confidence, span.end - span.start);
    found.iter().rev().max_by_key(order)
}
