//! Judges one scrubbed line: is the value gone, is everything else still there?
//!
//! A value is found when no run of five bytes of a secret part (or the whole
//! part, if shorter) is left at its place, plain or in the carrier's encoding,
//! and when the bytes before and after the place are intact. Labels such as
//! `[EMAIL]` are taken out first; runs that the fixed parts share, and runs of one repeated
//! byte in long values, say nothing.

use std::collections::HashSet;
use std::io::Read;
use std::sync::LazyLock;

use super::carriers::{Decoding, Line};
use super::values::all_kinds;

/// Shortest run of secret bytes that counts as a leak.
const RUN: usize = 5;

/// What became of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Found,
    /// Bytes of a secret part are still there.
    Leaked,
    /// Nothing leaked, but bytes outside the value changed.
    Damaged,
}

static LABELS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let kinds = all_kinds();
    kinds.iter().map(|k| format!("[{}]", k.id.to_uppercase())).collect()
});

/// Compares the output for a line with what must and must not be in it.
pub(crate) fn judge(line: &Line, out: &[u8]) -> Verdict {
    let place = out.strip_prefix(line.prefix.as_bytes()).and_then(|rest| rest.strip_suffix(line.suffix.as_bytes()));
    let around = format!("{}\n{}\n{}", line.prefix, line.suffix, line.fixed);
    let (text, harmless) = match place {
        Some(place) => (String::from_utf8_lossy(place), line.fixed.as_str()),
        None => (String::from_utf8_lossy(out), around.as_str()),
    };
    let text = without_labels(&text);
    let outer = decode(&text, line.decoding);
    let inner = decode(&outer, line.inner);
    // What is written in base64 looks like a secret that is.
    let packed = |decoding| matches!(decoding, Decoding::Base64 | Decoding::Hex | Decoding::Gzip);
    let mut layers = vec![inner.as_str()];
    if !packed(line.inner) {
        layers.push(&outer);
        if !packed(line.decoding) {
            layers.push(&text);
        }
    }
    let leaked = line.secrets.iter().any(|secret| layers.iter().any(|layer| remains(secret, layer, harmless)));
    match (leaked, place) {
        (true, _) => Verdict::Leaked,
        (false, None) => Verdict::Damaged,
        (false, Some(_)) => Verdict::Found,
    }
}

/// True when a telling run of `secret` is in `text`.
fn remains(secret: &str, text: &str, harmless: &str) -> bool {
    let (secret, text, harmless) = (secret.as_bytes(), text.as_bytes(), harmless.as_bytes());
    let within = |hay: &[u8], run: &[u8]| hay.windows(run.len()).any(|w| w == run);
    if secret.len() < RUN {
        return within(text, secret) && !within(harmless, secret);
    }
    text.windows(RUN).any(|run| {
        // Only long values (MRZ filler, base64 of zeros) have such runs by design.
        let repeated = secret.len() >= 30 && run.windows(2).all(|pair| pair.first() == pair.last());
        !repeated && within(secret, run) && !within(harmless, run)
    })
}

fn without_labels(text: &str) -> String {
    let mut out = String::new();
    let mut left = text;
    while let Some((before, rest)) = left.split_once('[') {
        out.push_str(before);
        let label = rest.split_once(']').filter(|(name, _)| LABELS.contains(&format!("[{name}]")));
        match label {
            // A space keeps the bytes on both sides from becoming one run.
            Some((_, after)) => {
                out.push(' ');
                left = after;
            }
            None => {
                out.push('[');
                left = rest;
            }
        }
    }
    out.push_str(left);
    out
}

/// Undoes the encoding of a carrier.
pub(crate) fn decode(text: &str, decoding: Decoding) -> String {
    match decoding {
        Decoding::Plain => text.to_owned(),
        Decoding::Backslash => unescape(text),
        Decoding::BackslashTwice => unescape(&unescape(text)),
        Decoding::Percent => hex_escapes(&text.replace('+', " "), '%'),
        Decoding::Quoted => hex_escapes(text, '='),
        Decoding::PercentTwice => hex_escapes(&hex_escapes(text, '%'), '%'),
        Decoding::LookAlikes => text.chars().filter_map(ascii_of).collect(),
        Decoding::Base64 => from_digits(text, BASE64, 6),
        Decoding::Hex => from_digits(text, "0123456789abcdef", 4),
        Decoding::Gzip => {
            let packed = bytes_of(text, BASE64, 6);
            let mut plain = Vec::new();
            // What does not open any more holds nothing.
            let opened = flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut plain);
            opened.map_or_else(|_| String::new(), |_| String::from_utf8_lossy(&plain).into_owned())
        }
        Decoding::Html => {
            numeric(text).replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
        }
    }
}

/// What a look-alike stands for; none if it cannot be seen.
fn ascii_of(c: char) -> Option<char> {
    match c {
        '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => None,
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        '\u{a0}' => Some(' '),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        c => Some(c),
    }
}

const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Numeric references to ASCII.
fn numeric(text: &str) -> String {
    let mut out = String::new();
    let mut left = text;
    while let Some((before, rest)) = left.split_once("&#") {
        out.push_str(before);
        let code = rest.split_once(';').and_then(|(code, after)| {
            let value = code.strip_prefix('x').map_or_else(|| code.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
            Some((char::from_u32(value?)?, after))
        });
        match code {
            Some((c, after)) => {
                out.push(c);
                left = after;
            }
            None => {
                out.push_str("&#");
                left = rest;
            }
        }
    }
    out + left
}

fn from_digits(text: &str, alphabet: &str, bits: u32) -> String {
    String::from_utf8_lossy(&bytes_of(text, alphabet, bits)).into_owned()
}

/// Bytes from digits of so many bits each; others are left out.
fn bytes_of(text: &str, alphabet: &str, bits: u32) -> Vec<u8> {
    let (mut word, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for c in text.chars() {
        let c = if c == '-' {
            '+'
        } else if c == '_' {
            '/'
        } else {
            c
        };
        let Some(value) = alphabet.find(c).and_then(|at| u32::try_from(at).ok()) else { continue };
        word = (word << bits | value) & 0xffff;
        held += bits;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(word >> held & 0xff).unwrap_or(0));
        }
    }
    bytes
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, false) => out.push(c),
            _ => match chars.next() {
                Some('n') => out.push('\n'),
                Some('u') => {
                    let hex: String = chars.by_ref().take(4).collect();
                    let code = u32::from_str_radix(&hex, 16).ok();
                    out.push(code.and_then(char::from_u32).unwrap_or('?'));
                }
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
        }
    }
    out
}

fn hex_escapes(text: &str, mark: char) -> String {
    let mut bytes = Vec::new();
    let mut left = text;
    while let Some((before, rest)) = left.split_once(mark) {
        bytes.extend_from_slice(before.as_bytes());
        let code = rest.split_at_checked(2).and_then(|(hex, after)| Some((u8::from_str_radix(hex, 16).ok()?, after)));
        match code {
            Some((byte, after)) => {
                bytes.push(byte);
                left = after;
            }
            None => {
                bytes.extend_from_slice(mark.to_string().as_bytes());
                left = rest;
            }
        }
    }
    bytes.extend_from_slice(left.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Shape of a text for a message: digits as `d`, letters as `a`, no values.
pub(crate) fn shape(text: &str) -> String {
    let mut shape: String = text
        .chars()
        .take(60)
        .map(|c| match c {
            c if c.is_ascii_digit() => 'd',
            c if c.is_alphabetic() => 'a',
            '\n' | '\r' => '~',
            c => c,
        })
        .collect();
    if text.chars().nth(60).is_some() {
        shape.push_str("...");
    }
    shape
}
