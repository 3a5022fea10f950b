//! Spellings of a key: the catalogue's `snake_case` name as programs write it.
//!
//! Section 9 of the catalogue says how a scanner must normalise them; here they
//! are only written: camelCase, kebab-case, upper case, header case, and behind
//! the prefixes that the section lists.

use super::rng::Rng;

/// What spellings a place allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Any of snake, camel, kebab, upper.
    Any,
    /// Any, and dotted paths.
    Dotted,
    /// Snake or camel.
    Word,
    Snake,
    Upper,
    /// `Kebab-Title`, as in HTTP.
    Header,
    /// Kebab or snake.
    Flag,
}

/// Keys that say nothing about the value.
pub(crate) const NEUTRAL: &[&str] = &["data", "detail", "raw", "item", "extra", "info", "entry"];

/// Writes a catalogue key in one of the spellings of a place.
pub(crate) fn spell(rng: &mut Rng, key: &str, style: Style, prefixed: bool) -> String {
    let mut key = key.to_owned();
    if prefixed && rng.one_in(4) {
        let prefix = rng.pick(&["patient_", "user_", "customer_", "new_", "old_"]);
        key.insert_str(0, prefix);
    }
    let spelled = match (style, rng.below(4)) {
        (Style::Any | Style::Dotted | Style::Word, 1) => camel(&key),
        (Style::Any | Style::Dotted, 2) => key.replace('_', "-"),
        (Style::Any | Style::Dotted, 3) | (Style::Upper, _) => key.to_uppercase(),
        (Style::Header, _) => title(&key.replace('_', "-")),
        (Style::Flag, 0..=2) => key.replace('_', "-"),
        _ => key,
    };
    if style == Style::Dotted && prefixed && rng.one_in(5) {
        let path = rng.pick(&["user.", "patient.", "billing.contact."]);
        return format!("{path}{spelled}");
    }
    spelled
}

fn title(key: &str) -> String {
    let words = key.split('-').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect::<Vec<_>>().join("-")
}

fn camel(key: &str) -> String {
    let title = title(&key.replace('_', "-")).replace('-', "");
    let mut letters = title.chars();
    let first = letters.next().map(|c| c.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}
