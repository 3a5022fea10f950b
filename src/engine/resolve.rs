//! Overlapping findings to disjoint spans.
//!
//! What is masked is the union of everything accepted; nothing that any verifier
//! accepted stays readable because another one won. The winner only gives the label.
//! Total order, strongest first: containers (PEM, track data, URL userinfo, JWT), then
//! length, source (name of a national identifier, then key, rule, checksum, format, weak, context), class,
//! catalogue order.
//! The mask of a span is the strictest of its members'.

use super::catalog::{KEYS, KindId, id};
use super::exclude;
use super::mask::Mask;
use super::settings::Settings;
use super::verify::{HIDDEN, Hit, Source};
use std::cmp::Reverse;

/// Kinds whose inside belongs to them alone.
const CONTAINERS: [KindId; 5] = [id::PEM_PRIVATE_KEY, id::PAN_TRACK_DATA, id::URL_CREDENTIALS, id::CONNECTION_STRING, id::JWT];

/// A stretch to mask. Offsets into the scanned bytes, half-open; spans do not overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: KindId,
    pub(crate) confidence: u8,
    pub(crate) source: Source,
    pub(crate) mask: Mask,
}

/// Sorts what was added to `hits` from `from` on: the findings of one span come family by family.
pub(crate) fn sort_new(hits: &mut [Hit], from: usize) {
    let new = hits.get_mut(from..).unwrap_or_default();
    if new.len() > 32 {
        new.sort_unstable_by_key(order);
        return;
    }
    for end in 1..new.len() {
        let mut at = end;
        while at > 0 && matches!(new.get(at - 1..=at), Some([left, right]) if order(left) > order(right)) {
            new.swap(at - 1, at);
            at -= 1;
        }
    }
}

/// Sorts `hits` and writes their union to `spans`, in order. `name` is that of a decoded field.
pub(crate) fn resolve(hay: &[u8], name: Option<&[u8]>, hits: &mut Vec<Hit>, settings: &Settings, spans: &mut Vec<Span>) {
    spans.clear();
    if !settings.allow.is_empty() {
        hits.retain(|hit| !settings.allow.iter().any(|allow| allow.lets(hay, hit)));
    }
    if let Some(tokens) = &settings.tokens {
        hits.retain(|hit| !tokens.hold(hay, hit.start as usize, hit.end as usize));
    }
    if name.is_none() {
        let mut quotes = Quotes::default();
        hits.retain_mut(|hit| {
            // The lines of a key may be strings of a list.
            if !matches!(hit.kind, id::PEM_PRIVATE_KEY | id::SSH_PPK_AGE_GPG) {
                hit.end = string_end(hay, hit.start as usize, hit.end as usize, &mut quotes) as u32;
            }
            !behind_string(hay, hit.start as usize, &mut quotes)
        });
    }
    // Sorted runs, one a span; what the views and user rules found is behind them.
    if !hits.is_sorted_by_key(order) {
        hits.sort_unstable_by_key(order);
    }
    if !settings.exclude.is_empty() {
        exclude::apply(hay, name, hits, &settings.exclude);
    }
    drop_mail_in_userinfo(hits);
    drop_before_unmasked(hits);
    let mut members = hits.iter().copied().peekable();
    // What stands before a pending one is decided when it is reached.
    let mut covered = 0;
    while let Some(first) = members.next() {
        if first.pending && covered + 1 < first.start {
            continue;
        }
        let (mut winner, mut end) = (first, first.end);
        let mask_of = |hit: &Hit| {
            let mask = settings.mask(hit.kind).unwrap_or(Mask::Label);
            // A piece of a value is not the value: it is neither shortened nor made a token.
            if hit.cut { mask.strictest(Mask::Label) } else { mask }
        };
        let mut mask = mask_of(&first);
        // Only what was hidden as a whole, and found in no other way, may be written in its form again.
        let mut alone = true;
        while let Some(next) = members.peek().filter(|next| next.start < end).copied() {
            members.next();
            if next.pending && next.start < first.start + 2 && covered + 1 < next.start {
                continue;
            }
            end = end.max(next.end);
            alone &= (next.start, next.end) == (first.start, first.end) && matches!(next.source, Source::Hidden(_));
            mask = mask.strictest(mask_of(&next));
            if rank(&next) > rank(&winner) {
                winner = next;
            }
        }
        covered = end;
        if !alone && matches!(winner.source, Source::Hidden(_)) {
            winner.source = Source::Hidden(HIDDEN);
        }
        let span = Span {
            start: first.start as usize,
            end: end as usize,
            kind: winner.kind,
            confidence: winner.confidence,
            source: winner.source,
            mask,
        };
        let span = without_line_end(hay, whole_escapes(hay, span));
        if span.start < span.end {
            push_lines(hay, span, spans);
        }
    }
}

fn rank(hit: &Hit) -> impl Ord + use<> {
    let class = hit.kind.builtin().map(|kind| kind.class);
    // A key index would prefer one key over another; only that there is one counts. The name of a national
    // identifier says more than the key it ends in: a health card number is no card number.
    let source = match hit.source {
        Source::Key(at) => Source::Key(u16::from(usize::from(at) >= KEYS.len())),
        Source::Hidden(_) => Source::Hidden(0),
        other => other,
    };
    (CONTAINERS.contains(&hit.kind), hit.end - hit.start, source, Reverse(class), Reverse(hit.kind), Reverse(hit.source), hit.confidence)
}

/// By start, a URL's userinfo first, then the longer one; in one number, because it is asked often.
#[inline]
fn order(hit: &Hit) -> u64 {
    u64::from(hit.start) << 32 | u64::from(!is_userinfo(hit)) << 31 | u64::from(0x7fff_ffff - (hit.end - hit.start).min(0x7fff_ffff))
}

fn is_userinfo(hit: &Hit) -> bool {
    matches!(hit.kind, id::URL_CREDENTIALS | id::CONNECTION_STRING)
}

/// `user:pass@host.example`: the password and the host look like a mailbox, unless a key says that they are one.
/// Needs sorted hits.
fn drop_mail_in_userinfo(hits: &mut Vec<Hit>) {
    let mut userinfo = 0..0;
    hits.retain(|hit| {
        if is_userinfo(hit) {
            userinfo = hit.start..hit.end;
        }
        hit.kind != id::EMAIL || matches!(hit.source, Source::Key(_)) || !userinfo.contains(&hit.start) || hit.end <= userinfo.end
    });
}

/// Drops what counts only if the number behind it is masked, where that is not.
/// Needs sorted hits.
fn drop_before_unmasked(hits: &mut Vec<Hit>) {
    if !hits.iter().any(|hit| hit.pending_next) {
        return;
    }
    for at in (0..hits.len()).rev() {
        let Some((hit, later)) = hits.get_mut(at..).and_then(<[Hit]>::split_first_mut) else { continue };
        // What waits for this one itself is not masked by it.
        let masked = |next: &Hit| next.start == hit.end + 1 && !next.pending && !next.pending_next;
        if hit.pending_next && later.iter().take_while(|next| next.start <= hit.end + 1).any(masked) {
            hit.pending_next = false;
        }
    }
    hits.retain(|hit| !hit.pending_next);
}

/// Most bytes before a finding in which quotes are counted.
const QUOTED: usize = 4096;

/// One past what a finding may take of the JSON string that it begins in: what an escape says, or a quote in the
/// text that nothing closes, does not reach out of it.
fn string_end(hay: &[u8], start: usize, end: usize, quotes: &mut Quotes) -> usize {
    let text = hay.get(start..end).unwrap_or_default();
    let mut from = 0;
    while let Some(quote) = text.get(from..).and_then(|rest| memchr::memchr(b'"', rest)).map(|at| from + at) {
        from = quote + 1;
        if escaped(text.get(..quote).unwrap_or_default()) {
            continue;
        }
        // CSV writes a quote twice.
        if text.get(from) == Some(&b'"') {
            from += 1;
            continue;
        }
        let behind = hay.get(start + from..).unwrap_or_default().iter().find(|byte| **byte != b' ');
        if !matches!(behind, None | Some(b',' | b'}' | b']' | b':' | b'\n' | b'\r')) {
            continue;
        }
        return if quotes.open_at(hay, start) == Some(true) { start + quote } else { end };
    }
    end
}

/// Where a record begins, up to where its quotes were counted, and whether a string is open there: findings come
/// nearly in order, and each byte is counted once.
#[derive(Default)]
struct Quotes {
    record: usize,
    seen: usize,
    open: bool,
}

impl Quotes {
    /// Whether an odd number of quotes stands before `at` in its record; unknown if that begins far away.
    fn open_at(&mut self, hay: &[u8], at: usize) -> Option<bool> {
        if at < self.seen || at - self.record > QUOTED {
            let floor = at.saturating_sub(QUOTED);
            let window = hay.get(floor..at)?;
            let record = memchr::memrchr2(b'\n', b'\r', window).map(|end| floor + end + 1).or((floor == 0).then_some(0))?;
            *self = Self { record, seen: record, open: false };
        }
        for next in memchr::memchr3_iter(b'"', b'\n', b'\r', hay.get(self.seen..at)?) {
            let place = self.seen + next;
            if hay.get(place) != Some(&b'"') {
                (self.record, self.open) = (place + 1, false);
            } else if !escaped(hay.get(self.record..place).unwrap_or_default()) {
                self.open = !self.open;
            }
        }
        self.seen = at;
        Some(self.open)
    }
}

/// Whether an odd number of backslashes ends `before`.
fn escaped(before: &[u8]) -> bool {
    before.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// Whether a JSON string ends before `start`, and what follows it stands there: nothing that a name before it names.
fn behind_string(hay: &[u8], start: usize, quotes: &mut Quotes) -> bool {
    start.checked_sub(1).and_then(|at| hay.get(at)) == Some(&b'"')
        && matches!(hay.get(start), None | Some(b',' | b'}' | b']' | b':' | b'\n' | b'\r'))
        && quotes.open_at(hay, start) == Some(false)
}

/// A span never cuts an escape in two: `\\u0041` is masked whole.
fn whole_escapes(hay: &[u8], mut span: Span) -> Span {
    let slashes = |at: usize| hay.get(..at).unwrap_or_default().iter().rev().take(64).take_while(|byte| **byte == b'\\').count();
    let backslash_before = |at: usize| at.checked_sub(1).and_then(|at| hay.get(at)) == Some(&b'\\');
    if !backslash_before(span.start) && !backslash_before(span.end) {
        return span;
    }
    let escape =
        hay.get(span.start..span.start + 5).is_some_and(|text| matches!(text, [b'u', code @ ..] if code.iter().all(u8::is_ascii_hexdigit)));
    if escape && slashes(span.start) % 2 == 1 {
        span.start -= 1;
    }
    if slashes(span.end) % 2 == 1 && span.end > span.start + 1 && hay.get(span.end).is_some_and(|byte| !matches!(byte, b'\n' | b'\r')) {
        // A dangling backslash belongs to what follows, such as a closing quote.
        span.end -= 1;
    }
    span
}

/// An escaped line end before a closing quote stays: by it Docker says that a line does not go on.
fn without_line_end(hay: &[u8], mut span: Span) -> Span {
    let text = hay.get(span.start..span.end).unwrap_or_default();
    if hay.get(span.end) == Some(&b'"') && text.ends_with(b"\\n") {
        let before = hay.get(..span.end - 1).unwrap_or_default();
        let slashes = before.iter().rev().take(64).take_while(|byte| **byte == b'\\').count();
        span.end -= if slashes % 2 == 1 { 2 } else { 0 };
    }
    span
}

/// No span crosses a record end: each line keeps its own part.
fn push_lines(hay: &[u8], span: Span, spans: &mut Vec<Span>) {
    let text = hay.get(span.start..span.end).unwrap_or_default();
    // Most values are too short for a vector search to pay.
    let ends = |byte: &u8| matches!(byte, b'\n' | b'\r');
    if if text.len() < 48 { !text.iter().any(ends) } else { memchr::memchr2(b'\n', b'\r', text).is_none() } {
        spans.push(span);
        return;
    }
    let span = Span { mask: span.mask.strictest(Mask::Label), ..span };
    let mut start = span.start;
    for part in text.split(ends) {
        if !part.is_empty() {
            spans.push(Span { start, end: start + part.len(), ..span });
        }
        start += part.len() + 1;
    }
}
