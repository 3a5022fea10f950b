//! Looks for words in bytes, however they are encoded.
//!
//! Each word is looked for in every form at once. What is packed (gzip, zlib, zstd, runs of base64 and
//! of hex) is opened and searched as well, wherever it begins. Nothing here is code of the program.

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::alphabet::STANDARD as LETTERS;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD, STANDARD_NO_PAD};
use std::collections::BTreeSet;
use std::io::Read as _;

/// Layers that are opened.
const LAYERS: usize = 4;
/// Shortest run of base64 or hex that is opened.
const RUN: usize = 24;
/// Most bytes that one packed stretch may become.
const OPENED: u64 = 16 << 20;

/// Base64 of which a part may be missing.
const LENIENT: GeneralPurpose = GeneralPurpose::new(&LETTERS, NO_PAD.with_decode_allow_trailing_bits(true));

/// How a letter is written in a form.
type Form = (&'static str, fn(u8) -> Vec<u8>);

/// Forms that write each letter for itself.
pub(super) const FORMS: [Form; 12] = [
    ("plain", |byte| vec![byte]),
    ("capitals", |byte| vec![byte.to_ascii_uppercase()]),
    ("JSON escapes", |byte| format!("\\u{byte:04x}").into_bytes()),
    ("escapes of strings", |byte| format!("\\x{byte:02x}").into_bytes()),
    ("percent", |byte| format!("%{byte:02X}").into_bytes()),
    ("percent twice", |byte| format!("%25{byte:02X}").into_bytes()),
    ("HTML decimal", |byte| format!("&#{byte};").into_bytes()),
    ("HTML hex", |byte| format!("&#x{byte:X};").into_bytes()),
    ("quoted-printable", |byte| format!("={byte:02X}").into_bytes()),
    ("hex", |byte| format!("{byte:02x}").into_bytes()),
    ("UTF-16, little end first", |byte| vec![byte, 0]),
    ("UTF-16, big end first", |byte| vec![0, byte]),
];

/// A text in a form.
pub(super) fn write(form: fn(u8) -> Vec<u8>, text: &[u8]) -> Vec<u8> {
    text.iter().flat_map(|byte| form(*byte)).collect()
}

/// Base64 of any text that holds these bytes: what does not depend on what stands around them, for each place in a group.
fn base64(bytes: &[u8]) -> Vec<Vec<u8>> {
    (0..3)
        .map(|before| {
            let text = STANDARD_NO_PAD.encode([vec![b'?'; before], bytes.to_vec()].concat());
            let (from, to) = ((before * 8).div_ceil(6), (before + bytes.len()) * 8 / 6);
            text.as_bytes()[from..to].to_vec()
        })
        .collect()
}

/// Forms that depend on what stands around a word.
fn exact(word: &[u8]) -> Vec<Vec<u8>> {
    [word.to_vec(), word.to_ascii_uppercase(), write(|byte| vec![byte, 0], word)].iter().flat_map(|text| base64(text)).collect()
}

/// Finds words.
pub(super) struct Searcher {
    /// Forms in which capitals and small letters are the same, and those in which they are not.
    automata: [(AhoCorasick, usize); 2],
    words: usize,
}

impl Searcher {
    pub(super) fn new(words: &[String]) -> Self {
        let folded: Vec<_> = words.iter().flat_map(|word| FORMS.map(|(_, form)| write(form, word.as_bytes()))).collect();
        let exact: Vec<_> = words.iter().flat_map(|word| exact(word.as_bytes())).collect();
        let automaton = |patterns: &[Vec<u8>], fold| {
            let built = AhoCorasick::builder().ascii_case_insensitive(fold).build(patterns).unwrap();
            (built, patterns.len() / words.len())
        };
        Self { automata: [automaton(&folded, true), automaton(&exact, false)], words: words.len() }
    }

    /// Numbers of the words that stand in the bytes.
    pub(super) fn find(&self, bytes: &[u8]) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        self.look(bytes, LAYERS, &mut found);
        found
    }

    fn look(&self, bytes: &[u8], layers: usize, found: &mut BTreeSet<usize>) {
        for (automaton, forms) in &self.automata {
            found.extend(automaton.find_overlapping_iter(bytes).map(|hit| hit.pattern().as_usize() / forms));
        }
        if layers > 0 && found.len() < self.words {
            open(bytes, |inner| self.look(inner, layers - 1, found));
        }
    }
}

/// Hands over what is packed in the bytes, wherever it begins.
fn open(bytes: &[u8], mut take: impl FnMut(&[u8])) {
    for at in memchr::memchr3_iter(0x1f, 0x28, 0x78, bytes) {
        if let Some(text) = unpack(&bytes[at..]) {
            take(&text);
        }
    }
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
    for run in bytes.split(|byte| !is_base64(byte)).filter(|run| run.len() >= RUN) {
        let run: Vec<u8> = run
            .iter()
            .map(|byte| {
                if *byte == b'-' {
                    b'+'
                } else if *byte == b'_' {
                    b'/'
                } else {
                    *byte
                }
            })
            .collect();
        for start in 0..4 {
            // One sign more than groups is no base64: the run goes on in something else.
            let end = run.len() - usize::from((run.len() - start) % 4 == 1);
            let text = LENIENT.decode(&run[start..end]).unwrap_or_default();
            if is_worth(&text) {
                take(&text);
            }
        }
        for digits in run.split(|byte| !byte.is_ascii_hexdigit()).filter(|digits| digits.len() >= RUN) {
            for start in 0..2 {
                let text: Vec<u8> = digits[start..]
                    .chunks_exact(2)
                    .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
                    .collect();
                if is_worth(&text) {
                    take(&text);
                }
            }
        }
    }
}

/// Whether decoded bytes are packed, or text: what else runs of letters give is noise.
fn is_worth(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(48)];
    let printable = start.iter().filter(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace()).count();
    unpack(bytes).is_some() || !start.is_empty() && printable * 10 >= start.len() * 9
}

/// The text of packed bytes, as far as it can be read.
fn unpack(bytes: &[u8]) -> Option<Vec<u8>> {
    let reader: Box<dyn std::io::Read> = match bytes {
        [0x1f, 0x8b, 8, ..] => Box::new(flate2::read::GzDecoder::new(bytes)),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Box::new(zstd::stream::read::Decoder::new(bytes).ok()?.single_frame()),
        // Without its checksum, which may be cut off.
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, stream @ ..] => Box::new(flate2::read::DeflateDecoder::new(stream)),
        _ => return None,
    };
    let mut text = Vec::new();
    // What is damaged or cut off counts up to there.
    let _ = reader.take(OPENED).read_to_end(&mut text);
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::single::gzip;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use std::io::Write;

    const WORD: &str = "qzkvbtwm";

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    /// Ways to hide a text; what comes out stands in the middle of other bytes.
    fn hidden(text: &str) -> Vec<(String, Vec<u8>)> {
        let bytes = text.as_bytes();
        let mut all: Vec<_> = FORMS.map(|(name, form)| (name.to_owned(), write(form, bytes))).into();
        let hex = |bytes: &[u8]| write(FORMS[9].1, bytes);
        let mixed: String =
            text.char_indices().map(|(at, letter)| if at % 2 == 0 { letter.to_ascii_uppercase() } else { letter }).collect();
        all.push(("mixed letters".into(), mixed.into_bytes()));
        all.push(("some escapes".into(), text.replace('@', "\\u0040").into_bytes()));
        all.push(("hex in capitals".into(), hex(bytes).to_ascii_uppercase()));
        for before in 0..3 {
            // With `?` and `~` both alphabets have their own signs.
            let around = format!("{}{text}?~?~?~", "x".repeat(before));
            all.push((format!("base64 behind {before} bytes"), STANDARD.encode(&around).into_bytes()));
            all.push((format!("base64 of URLs behind {before} bytes"), URL_SAFE_NO_PAD.encode(&around).into_bytes()));
            all.push((
                format!("base64 of UTF-16 behind {before} letters"),
                STANDARD.encode(write(FORMS[10].1, around.as_bytes())).into_bytes(),
            ));
            all.push((format!("JSON escapes in base64, {before}"), STANDARD.encode(write(FORMS[2].1, around.as_bytes())).into_bytes()));
        }
        for (name, packed) in [
            ("gzip", gzip(bytes)),
            ("zlib", zlib(bytes)),
            ("zstd", zstd::encode_all(bytes, 3).unwrap()),
            ("gzip in zstd", zstd::encode_all(gzip(bytes).as_slice(), 3).unwrap()),
        ] {
            all.push((format!("{name} in base64"), STANDARD.encode(&packed).into_bytes()));
            all.push((format!("{name} in base64 twice"), STANDARD.encode(STANDARD.encode(&packed)).into_bytes()));
            all.push((format!("{name} in hex"), hex(&packed)));
            if ["gzip", "zlib"].contains(&name) {
                all.push((format!("{name} cut short"), packed[..packed.len() - 2].to_vec()));
            }
            all.push((name.to_owned(), packed));
        }
        all
    }

    #[test]
    fn a_planted_word_is_found_in_every_encoding() {
        let searcher = Searcher::new(&["otherone".to_owned(), WORD.to_owned()]);
        let text = format!("user=jane.{WORD}@example.com and more of the same line, so that there is something to pack");
        let planted = hidden(&text);
        assert!(planted.len() >= 12 + 3 + 12 + 18, "{}", planted.len());
        for (name, bytes) in planted {
            for around in [(&b""[..], &b""[..]), (b"{\"a\":\"", b"\"}\n"), (b"\0\xff\x1f\x8b", b"\x28\xb5\x2f\xfd\0")] {
                let bytes = [around.0, bytes.as_slice(), around.1].concat();
                assert_eq!(searcher.find(&bytes), BTreeSet::from([1]), "{name}");
            }
        }
        let other = text.replace(WORD, "qzkrbtwm");
        for (name, bytes) in hidden(&other) {
            assert!(searcher.find(&bytes).is_empty(), "{name}");
        }
    }

    #[test]
    fn forms_are_those_that_others_write() {
        let form = |at: usize| String::from_utf8(write(FORMS[at].1, b"qz")).unwrap();
        let wanted = ["qz", "QZ", "\\u0071\\u007a", "\\x71\\x7a", "%71%7A", "%2571%257A", "&#113;&#122;", "&#x71;&#x7A;", "=71=7A", "717a"];
        assert_eq!(std::array::from_fn(form), wanted);
        assert_eq!(form(10) + &form(11), "q\0z\0\0q\0z");
    }
}
