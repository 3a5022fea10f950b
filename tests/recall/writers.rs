//! Writers of the carriers: how a program would encode a value in each format.
//!
//! JSON and its `\uXXXX` escapes (RFC 8259), percent-encoding (RFC 3986), HTML
//! character references, quoted-printable (RFC 2045), CSV, SQL and Python
//! quoting. `None` says that the value cannot stand there.

use super::rng::Rng;

/// As it is, with line breaks.
pub(crate) fn raw(_: &mut Rng, text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// As it is, on one line.
pub(crate) fn one_line(_: &mut Rng, text: &str) -> Option<String> {
    (!text.contains('\n')).then(|| text.to_owned())
}

/// As it is, where brackets would end the place.
pub(crate) fn no_brackets(_: &mut Rng, text: &str) -> Option<String> {
    (!text.contains(['[', ']', '\n'])).then(|| text.to_owned())
}

/// As it is, where a bar, a tabulator, a quote or two blanks would end the place.
pub(crate) fn no_gaps(_: &mut Rng, text: &str) -> Option<String> {
    (!text.contains(['|', '\t', '"', '\n', '\r', '^', '~']) && !text.contains("  ")).then(|| text.to_owned())
}

/// A header value: ASCII, one line.
pub(crate) fn header(_: &mut Rng, text: &str) -> Option<String> {
    (text.is_ascii() && !text.contains('\n')).then(|| text.to_owned())
}

fn each(text: &str, write: impl Fn(char) -> Option<String>) -> String {
    text.chars().map(|c| write(c).unwrap_or_else(|| c.to_string())).collect()
}

fn escape(c: char) -> Option<String> {
    match c {
        '"' => Some("\\\"".to_owned()),
        '\\' => Some("\\\\".to_owned()),
        '\n' => Some("\\n".to_owned()),
        _ => None,
    }
}

/// Inside a JSON string.
pub(crate) fn json(_: &mut Rng, text: &str) -> Option<String> {
    Some(each(text, escape))
}

/// Inside a JSON string that is inside a JSON string.
pub(crate) fn json_twice(rng: &mut Rng, text: &str) -> Option<String> {
    json(rng, text).and_then(|once| json(rng, &once))
}

/// As some encoders do: a share of `@ . -` and digits as four hex digits.
pub(crate) fn json_unicode(rng: &mut Rng, text: &str) -> Option<String> {
    let mut out = String::new();
    for c in text.chars() {
        let eligible = c.is_ascii_digit() || "@.-".contains(c);
        if c == '@' || (eligible && rng.one_in(3)) {
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            out.push_str(&escape(c).unwrap_or_else(|| c.to_string()));
        }
    }
    Some(out)
}

/// Doubles quotes, as CSV does.
pub(crate) fn csv(_: &mut Rng, text: &str) -> Option<String> {
    Some(text.replace('"', "\"\""))
}

/// Doubles apostrophes, as SQL does.
pub(crate) fn sql(_: &mut Rng, text: &str) -> Option<String> {
    Some(text.replace('\'', "''"))
}

/// Python's repr in single quotes.
pub(crate) fn repr(_: &mut Rng, text: &str) -> Option<String> {
    Some(each(text, |c| match c {
        '\'' => Some("\\'".to_owned()),
        '"' => None,
        c => escape(c),
    }))
}

/// As HTML text.
pub(crate) fn html(_: &mut Rng, text: &str) -> Option<String> {
    Some(each(text, |c| match c {
        '@' => Some("&#64;".to_owned()),
        '&' => Some("&amp;".to_owned()),
        '<' => Some("&lt;".to_owned()),
        '>' => Some("&gt;".to_owned()),
        '"' => Some("&quot;".to_owned()),
        '\'' => Some("&#39;".to_owned()),
        _ => None,
    }))
}

/// As encoders for templates do: each character but letters, digits and blanks as a number.
pub(crate) fn html_all(rng: &mut Rng, text: &str) -> Option<String> {
    let hex = rng.one_in(2);
    let number = |c: char| if hex { format!("&#x{:X};", u32::from(c)) } else { format!("&#{};", u32::from(c)) };
    (!text.contains('\n')).then(|| each(text, |c| (c.is_ascii() && !c.is_ascii_alphanumeric() && c != ' ').then(|| number(c))))
}

/// Digits as an input method for East Asian text writes them.
pub(crate) fn full_width(_: &mut Rng, text: &str) -> Option<String> {
    (!text.contains('\n')).then(|| each(text, |c| c.is_ascii_digit().then(|| char::from_u32(u32::from(c) + 0xfee0).into_iter().collect())))
}

/// A character that is not seen behind one or two others.
pub(crate) fn zero_width(rng: &mut Rng, text: &str) -> Option<String> {
    let last = text.chars().count().checked_sub(1)?;
    let places = [rng.below(last.max(1)), rng.below(last.max(1))];
    let unseen = rng.pick(&['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}']);
    let inside = |at: usize| at < last && places.contains(&at);
    let write = |(at, c): (usize, char)| std::iter::once(c).chain(inside(at).then_some(unseen));
    (!text.contains('\n')).then(|| text.chars().enumerate().flat_map(write).collect())
}

/// Hyphens as word processors set them.
pub(crate) fn dashes(rng: &mut Rng, text: &str) -> Option<String> {
    let dash = rng.pick(&["\u{2010}", "\u{2011}", "\u{2012}", "\u{2013}", "\u{2212}"]);
    (!text.contains('\n')).then(|| text.replace('-', dash))
}

/// Short values only: longer ones would get soft line breaks.
pub(crate) fn quoted_printable(_: &mut Rng, text: &str) -> Option<String> {
    let bytes = |c: char| c.to_string().bytes().map(|b| format!("={b:02X}")).collect::<String>();
    (text.len() < 50 && !text.contains('\n')).then(|| each(text, |c| (c == '=' || c == '@' || !c.is_ascii()).then(|| bytes(c))))
}

/// Percent-encodes all but the unreserved characters.
pub(crate) fn percent(_: &mut Rng, text: &str) -> Option<String> {
    let bytes = |c: char| c.to_string().bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    Some(each(text, |c| (!c.is_ascii_alphanumeric() && !"-._~".contains(c)).then(|| bytes(c))))
}

/// The same with `+` for a space, as forms do.
pub(crate) fn percent_plus(rng: &mut Rng, text: &str) -> Option<String> {
    percent(rng, text).map(|t| t.replace("%20", "+"))
}

/// Percent-encoded by two programs, one after the other.
pub(crate) fn percent_twice(rng: &mut Rng, text: &str) -> Option<String> {
    percent(rng, text).and_then(|once| percent(rng, &once))
}

/// Some characters as others that look the same, and some that are not seen behind them.
pub(crate) fn look_alikes(rng: &mut Rng, text: &str) -> Option<String> {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '-' if rng.one_in(2) => out.push('\u{2011}'),
            ' ' if rng.one_in(2) => out.push('\u{a0}'),
            'a'..='z' | 'A'..='Z' | '0'..='9' | '@' if rng.one_in(3) => out.push(char::from_u32(u32::from(c) + 0xfee0)?),
            'a'..='z' | 'A'..='Z' | '0'..='9' if rng.one_in(4) => out.extend([c, '\u{200b}']),
            c => out.push(c),
        }
    }
    (out != text && !text.contains('\n')).then_some(out)
}

/// True for a number as JSON writes it.
pub(crate) fn is_json_number(text: &str) -> bool {
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    digits(whole) && digits(fraction) && (whole == "0" || !whole.starts_with('0'))
}
