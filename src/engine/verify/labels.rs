//! What stands in the place of a value and hides nothing: our own labels and tokens, unfilled templates, placeholders.

use super::scan::Scan;
use crate::engine::catalog::{PLACEHOLDER_FIRSTS, PLACEHOLDERS};
use crate::engine::settings::Settings;

/// Values that hide nothing: a closed list, our own labels, and unfilled templates.
pub(crate) fn is_placeholder(settings: &Settings, text: &[u8]) -> bool {
    if !text.first().is_some_and(|byte| PLACEHOLDER_FIRSTS.contains(byte.to_ascii_lowercase())) {
        return false;
    }
    let text = text.trim_ascii();
    if is_own_labels(settings, text) || is_template(text) {
        return true;
    }
    if text.len() >= 3 && (text.iter().all(|byte| *byte == b'*') || text.iter().all(|byte| matches!(byte, b'x' | b'X'))) {
        return true;
    }
    PLACEHOLDERS.contains(text)
}

/// Longest label of a kind or a user rule, with its brackets.
const LABEL: usize = 66;

/// One past the label of a kind, or the token of ours, that begins at `at`.
pub(crate) fn own_label_end(scan: &Scan<'_>, at: usize) -> Option<usize> {
    if scan.byte(at) != b'[' {
        return None;
    }
    let rest = scan.slice(at, scan.hay.len().min(at + LABEL));
    match rest.iter().position(|byte| *byte == b']') {
        Some(close) if scan.settings.is_label(rest.get(..=close).unwrap_or_default()) => Some(at + close + 1),
        _ => scan.settings.tokens.as_ref()?.end(scan.hay, at),
    }
}

pub(super) fn ends_own_label(scan: &Scan<'_>, end: usize) -> bool {
    let text = scan.slice(end.saturating_sub(LABEL), end);
    text.iter().rposition(|byte| *byte == b'[').is_some_and(|open| scan.settings.is_label(text.get(open..).unwrap_or_default()))
}

/// Whether the bytes from `start` to `end` are part of a label: what a rule finds there is our own writing.
pub(crate) fn in_own_label(settings: &Settings, hay: &[u8], start: usize, end: usize) -> bool {
    let floor = start.saturating_sub(LABEL);
    let before = hay.get(floor..hay.len().min(start + 1)).unwrap_or_default();
    let Some(open) = before.iter().rposition(|byte| *byte == b'[') else { return false };
    let text = hay.get(floor + open..hay.len().min(floor + open + LABEL)).unwrap_or_default();
    let close = text.iter().position(|byte| *byte == b']');
    close.is_some_and(|close| end <= floor + open + close + 1 && settings.is_label(text.get(..=close).unwrap_or_default()))
}

/// The bytes of a value that are not part of a label of ours.
pub(super) fn outside_labels<'t>(settings: &'t Settings, mut text: &'t [u8]) -> impl Iterator<Item = u8> + 't {
    std::iter::from_fn(move || {
        loop {
            let (first, rest) = text.split_first()?;
            let close = if *first == b'[' { text.iter().take(LABEL).position(|byte| *byte == b']') } else { None };
            match close.and_then(|close| text.split_at_checked(close + 1)).filter(|(label, _)| settings.is_label(label)) {
                Some((_, behind)) => text = behind,
                None => {
                    text = rest;
                    return Some(*first);
                }
            }
        }
    })
}

/// One or more of our labels and nothing else: a value over split lines has one a line.
fn is_own_labels(settings: &Settings, mut text: &[u8]) -> bool {
    while let Some(close) = text.iter().take(LABEL).position(|byte| *byte == b']') {
        if !settings.is_label(text.get(..=close).unwrap_or_default()) {
            return false;
        }
        text = text.get(close + 1..).unwrap_or_default();
        if matches!(text, b"" | b"\\n") {
            return true;
        }
    }
    false
}

/// `${NAME}`, `$NAME`, `{{ name }}`, `<name>`, `%s`: a template that was not filled in.
fn is_template(text: &[u8]) -> bool {
    let upper = |inner: &[u8]| !inner.is_empty() && inner.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_');
    let words =
        |inner: &[u8]| !inner.is_empty() && inner.iter().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-' | b'.' | b' '));
    // `$(System.AccessToken)`, a variable of a build pipeline.
    let variable =
        |inner: &[u8]| inner.contains(&b'.') && inner.iter().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'.' | b'_'));
    match text {
        [b'$', b'(', inner @ .., b')'] if variable(inner) => true,
        [b'$', b'{', inner @ .., b'}'] | [b'$', b'(', inner @ .., b')'] => upper(inner),
        [b'{', b'{', inner @ .., b'}', b'}'] => words(inner),
        [b'<', inner @ .., b'>'] => words(inner),
        [b'%', b's' | b'd' | b'v' | b'q'] => true,
        [b'$', inner @ ..] => upper(inner),
        _ => false,
    }
}
