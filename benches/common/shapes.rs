//! Inputs made to hurt: dense triggers, deep nesting, long lines, text beyond ASCII.
//!
//! Each shape is one way to call a verifier as often as possible, or to make it look as
//! far as it can. None of them may be slow, and twice as much of it may not take much
//! more than twice as long.

use super::{Planted, Rng, corpus};

/// A named input of any size.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    make: Make,
}

enum Make {
    /// The unit again and again, in lines of this many bytes; 0 is one line.
    Repeat(&'static str, usize),
    Other(fn(usize) -> Vec<u8>),
}

const fn repeat(name: &'static str, unit: &'static str, line: usize) -> Shape {
    Shape { name, make: Make::Repeat(unit, line) }
}

const fn other(name: &'static str, make: fn(usize) -> Vec<u8>) -> Shape {
    Shape { name, make: Make::Other(make) }
}

/// Every shape. Those on one line are also the shapes of lines over the cap.
pub(crate) const SHAPES: &[Shape] = &[
    repeat("at signs", "@", 0),
    repeat("at signs in short words", "a@b.co ", 200),
    repeat("at signs, dots", "a.b@c.d@", 0),
    repeat("digits", "7", 0),
    repeat("digits, 200 a line", "4", 200),
    repeat("card-like groups", "4111 1111 1111 1112 ", 0),
    repeat("dashed digits", "123-45-", 0),
    repeat("dotted digits", "1.2.3.4.", 0),
    repeat("dotted quads that fail", "999.1.1.1 ", 0),
    repeat("double quotes", "\"", 0),
    repeat("single quotes", "'", 0),
    repeat("opening braces", "{", 0),
    repeat("closing braces", "}", 0),
    repeat("brackets", "[", 0),
    repeat("backslashes", "\\", 0),
    repeat("equal signs", "=", 0),
    repeat("colons", ":", 0),
    repeat("one-letter keys", "a=b ", 0),
    repeat("keys without values", "password=", 0),
    repeat("names of nobody", "name=Aa Bb, ", 0),
    repeat("names in small objects", "{\"name\":\"Aa Bb\"},", 0),
    repeat("streets", "1 Street ", 0),
    repeat("keys, open quotes", "password=\"", 0),
    repeat("keys, quoted backslashes", "password=\"\\\\\\\\\\\\\\\\", 0),
    repeat("keys, open lists", "emails: [", 0),
    repeat("keys, lists of words", "emails: [a, b, c, d, ", 0),
    repeat("keys of lines", "cookie: a=b; ", 0),
    repeat("keys of names", "patient_name: Ann ", 0),
    repeat("keys as flags", "--password ", 0),
    repeat("SQL details", "(ssn)=(", 0),
    repeat("SQL details, many columns", "(a,b,c,d,e,f,g,h)=(1, ", 0),
    repeat("URL starts", "://", 0),
    repeat("URLs", "http://a:b", 0),
    repeat("URLs with users", "http://u:p@h/ ", 0),
    repeat("query strings", "?code=&", 0),
    repeat("percent signs", "%", 0),
    repeat("percent escapes", "%40", 0),
    repeat("unicode escapes", "\\u0041", 0),
    repeat("unicode escapes in lines", "\\u0041\\u0040", 100),
    repeat("escapes far apart", "abcdefghijklmnopqrstuvwxyz %40 ", 0),
    repeat("nested escapes", "\\\\\\\\\\\\\\\\u0041", 0),
    repeat("JWT starts", "eyJ", 0),
    repeat("JWT starts, dashes", "eyJa-", 0),
    repeat("JWT starts, dots", "eyJa.", 0),
    repeat("JWT starts, blanks", "eyJa ", 0),
    repeat("bearer words", "Bearer ", 0),
    repeat("bearer words, colons", "Bearer a:", 0),
    repeat("basic words", "Basic a", 0),
    repeat("SigV4 words", "AWS4-HMAC ", 0),
    repeat("digest words", "Digest u", 0),
    repeat("access key starts", "AKIA", 0),
    repeat("vendor tokens that go on", "sk-ant-api03-", 0),
    repeat("vendor tokens that go on, blanks", "glpat-aaaaaaaaaaaaaaaaaaa ", 0),
    repeat("PEM openers", "-----BEGIN ", 0),
    repeat("PEM openers of keys", "-----BEGIN PRIVATE KEY-----", 0),
    repeat("PEM openers, lines", "-----BEGIN PRIVATE KEY-----\n", 0),
    repeat("PEM openers in records, one line", "{\"a\":\"-----BEGIN PRIVATE KEY-----\"},", 0),
    repeat("PEM openers in records, lines", "{\"a\":\"-----BEGIN PRIVATE KEY-----\\n\"}\n", 0),
    repeat("PEM openers, strings", "\"-----BEGIN PRIVATE KEY-----\" \"AAAA\" ", 0),
    repeat("PuTTY openers in records, one line", "{\"a\":\"PuTTY-User-Key-File-3: x\"},", 0),
    repeat("PEM ends", "-----END ", 0),
    repeat("HL7 segments", "PID|1||", 0),
    repeat("X12 segments", "NM1*IL*1*", 0),
    repeat("X12 names, one line", "NM1*IL*1*D~", 0),
    repeat("X12 references, one line", "REF*SY*1~", 0),
    repeat("X12 addresses, one line", "N3*1~N4*B*C*1~", 0),
    repeat("X12 birth dates, one line", "DMG*D8*19700101~", 0),
    repeat("X12 contacts, one line", "PER*IC*A*TE*5550100~", 0),
    repeat("HL7 messages, own separator", "MSH#", 0),
    repeat("HL7 segments, one line", "PID|1||12345||DOE^JANE||19700101|F\\r", 0),
    repeat("DICOM tags, one line", "(0010,0010) ", 0),
    repeat("FHIR resources, one line", "{\"resourceType\":\"Patient\",\"birthDate\":\"1970-01-01\"},", 0),
    repeat("FHIR resources that stay open", "{\"resourceType\":\"Patient\",", 0),
    repeat("data URIs", "data:image/png;base64,", 0),
    repeat("home paths", "/home/", 0),
    repeat("login words", "user a from ", 0),
    repeat("titles", "Dr. A", 0),
    repeat("carets", "A^", 0),
    repeat("pluses", "+1", 0),
    repeat("hex pairs, colons", "ab:", 0),
    repeat("hex pairs, dashes", "ab-", 0),
    repeat("IPv6 groups", "2001:db8:", 0),
    repeat("upper-case words", "AB12 ", 0),
    repeat("IBAN starts", "DE89", 0),
    repeat("passport zone", "P<", 0),
    repeat("track data", "%B4", 0),
    repeat("CRI parts", "2026-11-22T02:11:50.123456789Z stdout P part\n", 0),
    repeat("Docker parts", "{\"log\":\"part\",\"stream\":\"stdout\"}\n", 0),
    repeat("carriage returns", "\r", 0),
    repeat("line ends", "\n", 0),
    repeat("one letter a line", "a\n", 0),
    repeat("zero bytes", "\0", 0),
    other("base64, one line", |bytes| alphabet(bytes, 0, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")),
    other("base64, 76 a line", |bytes| alphabet(bytes, 76, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")),
    other("hex, one line", |bytes| alphabet(bytes, 0, b"0123456789abcdef")),
    other("punctuation", |bytes| alphabet(bytes, 120, b"@=:\"'{}[]()\\/.-_+%&?;,<>|#~^* ")),
    other("random bytes", |bytes| {
        let mut rng = Rng::new(3);
        (0..bytes).map(|_| (rng.next() >> 24) as u8).collect()
    }),
    other("random printable", |bytes| {
        let mut rng = Rng::new(4);
        (0..bytes).map(|_| 32 + (rng.next() >> 24) as u8 % 95).collect()
    }),
    other("a log on one line", |bytes| {
        let mut text = corpus(bytes, Planted::TwoPercent, false).text;
        text.iter_mut().filter(|byte| **byte == b'\n').for_each(|byte| *byte = b' ');
        text
    }),
    other("a JSON log on one line", |bytes| {
        let mut text = corpus(bytes, Planted::TwoPercent, true).text;
        text.iter_mut().filter(|byte| **byte == b'\n').for_each(|byte| *byte = b',');
        text
    }),
    other("JSON 100,000 deep", |bytes| nested(bytes, "{\"a\":", "}")),
    other("JSON lists 100,000 deep", |bytes| nested(bytes, "[", "]")),
    other("20 % of lines beyond ASCII", |bytes| {
        let plain = corpus(bytes, Planted::TwoPercent, false).text;
        let mut text = Vec::with_capacity(bytes);
        for (at, line) in plain.split_inclusive(|byte| *byte == b'\n').enumerate() {
            if at % 5 == 0 {
                text.extend_from_slice("größe überschritten, 再試行します, повтор через минуту: ".as_bytes());
            }
            text.extend_from_slice(line);
        }
        text
    }),
    other("text beyond ASCII only", |bytes| "再試行します größe повтор ".as_bytes().iter().copied().cycle().take(bytes).collect()),
    other("two values a line", |bytes| corpus(bytes, Planted::Dense, false).text),
    repeat("runs of base64", "YWFhYWFhYWFhYWFh ", 0),
    repeat("runs of base64, slashes", "YWFhYWFhYWFhYWFh/", 0),
    repeat("runs of base64, dashes", "YWFhYWFhYWFhYWFh-", 0),
    repeat("runs of base64, addresses", "dSBhQGIuY28gIGMg ", 0),
    repeat("runs of hex", "6120622063206420 ", 0),
    repeat("runs of gzip", "H4sIAAAAAAAA/0vMwQEAF4BjKAMAAAA= ", 0),
    repeat("runs of zlib in hex", "789c4b4c4a06024d0127 ", 0),
    repeat("base64 of base64", "WVdGaFlXRmhZV0ZoWVdGaA== ", 0),
    repeat("look-alikes", "1\u{200b}2\u{2010}\u{ff13} ", 0),
    repeat("percent signs of percent signs", "%25", 0),
    repeat("percent escapes, twice", "%2540", 0),
    other("a run of base64 without an end", |bytes| run_on(bytes, "YWFhYWFhYWFhYWFh")),
    other("text in base64 without an end", |bytes| b"YWFhYWFhYWFhYWFh".iter().copied().cycle().take(bytes).collect()),
    other("a bearer token without an end", |bytes| run_on(bytes, "Authorization: Bearer ")),
    other("a cookie without an end", |bytes| run_on(bytes, "Cookie: sid=")),
    other("a password without an end", |bytes| run_on(bytes, "password=\"")),
    other("a data URI without an end", |bytes| run_on(bytes, "data:image/png;base64,")),
];

impl Shape {
    /// At least `bytes` bytes of the shape, or a little less.
    pub(crate) fn make(&self, bytes: usize) -> Vec<u8> {
        match self.make {
            Make::Other(make) => make(bytes),
            Make::Repeat(unit, line) => {
                let mut text = Vec::with_capacity(bytes + unit.len());
                let mut start = 0;
                while text.len() < bytes {
                    text.extend_from_slice(unit.as_bytes());
                    if line > 0 && text.len() - start >= line {
                        text.push(b'\n');
                        start = text.len();
                    }
                }
                text
            }
        }
    }
}

fn alphabet(bytes: usize, line: usize, letters: &[u8]) -> Vec<u8> {
    let mut rng = Rng::new(2);
    (0..bytes).map(|at| if line > 0 && at % line == line - 1 { b'\n' } else { *rng.pick(letters) }).collect()
}

/// Records that are nested 100,000 deep, one a line.
fn nested(bytes: usize, open: &str, close: &str) -> Vec<u8> {
    let depth = 100_000;
    let record = format!("{}1{}\n", open.repeat(depth), close.repeat(depth));
    record.bytes().cycle().take((bytes / record.len()).max(1) * record.len()).collect()
}

fn run_on(bytes: usize, start: &str) -> Vec<u8> {
    let mut rng = Rng::new(5);
    let mut text = start.as_bytes().to_vec();
    while text.len() < bytes {
        text.push(*rng.pick(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"));
    }
    text
}
