//! Values that a column names: the whole field is what a key's value would be.

use super::aligned;
use super::keyed;
use super::scan::{Hit, Opens, Scan, Source, Start, on_field};
use super::value::Value;
use crate::engine::candidates::keys::{self, Named};
use crate::engine::catalog::id;
use crate::engine::settings::Settings;
use crate::engine::validate;

/// Longest line that is looked at as a rule or a header, in bytes.
const LINE: usize = 16 * 1024;

/// Looks at the third of three dashes or blanks: notes the header above a rule, or the one with a margin.
pub(crate) fn printed(scan: &mut Scan<'_>, at: usize) {
    let Some(from) = at.checked_sub(2) else { return };
    let line_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    match scan.slice(from, at + 1) {
        b"   " if scan.before(from) == b'\n' => scan.lines.push(Start { at: from as u32, opens: Opens::Header }),
        b"   " => aligned::value(scan, from),
        b"---" if at >= scan.done.rule => {
            let floor = at.saturating_sub(LINE);
            let start = scan.slice(floor, at).iter().rposition(line_end).map(|end| floor + end + 1);
            let rest = scan.slice(at, scan.hay.len().min(at + LINE));
            let end = at + rest.iter().position(line_end).unwrap_or(rest.len());
            scan.done.rule = end;
            let Some(start) = start.filter(|start| is_rule(scan.slice(*start, end))) else { return };
            let above = start - 1 - usize::from(scan.slice(start.saturating_sub(2), start) == b"\r\n");
            let floor = above.saturating_sub(LINE);
            let header = scan.slice(floor, above).iter().rposition(line_end).map_or(floor, |end| floor + end + 1);
            scan.lines.push(Start { at: header as u32, opens: Opens::Header });
        }
        _ => {}
    }
}

/// `|---|:--:|`, `----+----`, `+====+====+`.
pub(crate) fn is_rule(line: &[u8]) -> bool {
    line.iter().all(|byte| b"-=|+: ".contains(byte))
        && line.iter().any(|byte| matches!(byte, b'|' | b'+'))
        && line.windows(3).any(|three| three == b"---")
}

/// Adds what the field from `start` to `end` is under the key of that index.
pub(crate) fn column_value(hay: &[u8], key: u16, start: usize, end: usize, settings: &Settings, hits: &mut Vec<Hit>) {
    judge_field(hay, start, end, settings, hits, |scan| {
        let Some(known) = keys::key(key) else { return };
        let named = Named { key, start, end: start };
        keyed::field(scan, &named, known, known.name.as_bytes(), Value { start, end, quoted: true });
    });
}

/// Adds the elements of a list that goes on at `start`, up to the end of the line, under the key of that index.
pub(crate) fn elements(hay: &[u8], key: u16, start: usize, settings: &Settings, hits: &mut Vec<Hit>) {
    on_field(hay, settings, hits, |scan| {
        let Some(known) = keys::key(key) else { return };
        keyed::list(scan, &Named { key, start, end: start }, known, start);
    });
}

/// Adds the field from `start` to `end` if it can be a person's name.
pub(crate) fn person_value(hay: &[u8], start: usize, end: usize, settings: &Settings, hits: &mut Vec<Hit>) {
    judge_field(hay, start, end, settings, hits, |scan| {
        if validate::person_name::plausible(scan.slice(start, end)) {
            let keyed = id::PERSON_NAME.builtin().map_or(0, |kind| kind.keyed);
            scan.accept(id::PERSON_NAME, start, end, keyed, Source::Context);
        }
    });
}

fn judge_field(hay: &[u8], start: usize, end: usize, settings: &Settings, hits: &mut Vec<Hit>, judge: impl FnOnce(&mut Scan<'_>)) {
    let text = hay.get(start..end).unwrap_or_default();
    // An object has keys of its own, a rule or a dash says that there is nothing, and what holds a label of
    // ours was judged when it was put there.
    let empty = !text.iter().any(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80);
    if empty || text.first() == Some(&b'{') || keyed::is_literal_word(text) || holds_own_label(settings, text) {
        return;
    }
    on_field(hay, settings, hits, judge);
}

/// Whether one of our labels stands in the text.
pub(crate) fn holds_own_label(settings: &Settings, text: &[u8]) -> bool {
    memchr::memchr_iter(b'[', text).any(|open| {
        let rest = text.get(open..).unwrap_or_default();
        let close = rest.iter().position(|byte| *byte == b']');
        close.is_some_and(|close| rest.get(..=close).is_some_and(|label| settings.is_label(label)))
    })
}
