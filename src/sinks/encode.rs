//! Records as lines of JSON, each with the tag of its region.
//!
//! A record that is a JSON object keeps its form and gets the tag as its last key; anything else
//! becomes the `message` of a new object. Readers take the last of two equal keys: what a record
//! itself says about its region is renamed, so that no reader can take it for ours.

use super::{Part, Request};
use crate::record::{Origin, Record};
use memchr::memmem::Finder;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::io::Write;
use std::sync::LazyLock;

/// What a key that stands for our tag holds, plain or escaped.
static PLAIN: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("residency"));
static ESCAPED: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\\u"));

/// Key of the tag.
pub(super) const REGION: &str = "residency.region";

/// Key of what a record says of its region itself.
const CLAIMED: &str = "residency.region.claimed";

/// Bytes that a record takes at most, its line end included, unless text has to be escaped.
pub(super) fn cost(origin: &Origin, record: &Record<'_>) -> usize {
    let attributes: usize = origin.attributes.iter().map(|(name, value)| name.as_str().len() + value.as_str().len() + 6).sum();
    record.body.len() + attributes + origin.region.as_str().len() + REGION.len() + 32
}

/// Writes the records of a request, each as a line.
pub(super) fn lines(request: &Request, out: &mut Vec<u8>) {
    for part in &request.parts {
        let lines = Lines::of(part);
        part.records().for_each(|record| lines.write(&record, out));
    }
}

/// Writes the records of one part: what they have in common is made once.
pub(super) struct Lines<'p> {
    /// The tag, and what ends a line.
    end: Vec<u8>,
    bodies: &'p [u8],
    /// Whether one of the bodies may claim our tag, once that was asked.
    may_claim: OnceCell<bool>,
}

impl<'p> Lines<'p> {
    pub(super) fn of(part: &'p Part) -> Self {
        Self::new(part.entry.batch.origin(), part.bodies())
    }

    fn new(origin: &Origin, bodies: &'p [u8]) -> Self {
        let mut end = Vec::with_capacity(128);
        tag(origin, &mut end);
        end.extend_from_slice(b"}\n");
        Self { end, bodies, may_claim: OnceCell::new() }
    }

    /// Writes one record and its line end.
    pub(super) fn write(&self, record: &Record<'_>, out: &mut Vec<u8>) {
        let body = record.body.trim_ascii();
        if is_object(body) {
            let body = text(body);
            let may_claim = *self.may_claim.get_or_init(|| may_claim(self.bodies));
            let object = if may_claim { unclaimed(body.as_bytes()) } else { Cow::Borrowed(body.as_bytes()) };
            let open = object.get(..object.len() - 1).unwrap_or_default().trim_ascii_end();
            out.extend_from_slice(open);
            if open.len() > 1 {
                out.push(b',');
            }
        } else {
            out.extend_from_slice(b"{\"message\":");
            string(&text(record.body), out);
            out.push(b',');
        }
        out.extend_from_slice(&self.end);
    }
}

/// The record, if it is a JSON object, without claims to our tag.
pub(super) fn object(body: &[u8]) -> Option<Cow<'_, [u8]>> {
    let body = body.trim_ascii();
    if !is_object(body) {
        return None;
    }
    // What is no UTF-8 is no JSON for its readers.
    match text(body) {
        Cow::Borrowed(_) => Some(unclaimed(body)),
        Cow::Owned(text) => Some(Cow::Owned(unclaimed(text.as_bytes()).into_owned())),
    }
}

/// An object without claims to our tag.
pub(super) fn unclaimed(object: &[u8]) -> Cow<'_, [u8]> {
    may_claim(object).then(|| rename(object)).flatten().map_or(Cow::Borrowed(object), Cow::Owned)
}

/// Whether there may be a claim to our tag.
fn may_claim(bytes: &[u8]) -> bool {
    let escaped = || memchr::memchr(b'\\', bytes).and_then(|at| ESCAPED.find(bytes.get(at..)?));
    PLAIN.find(bytes).or_else(escaped).is_some()
}

/// Bytes as text. What is no UTF-8 becomes U+FFFD.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    // Whole text is found out many bytes at once, and what has to be replaced in it is looked for one by one.
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// The tag, and the metadata that the body of the record does not have.
pub(super) fn tag(origin: &Origin, out: &mut Vec<u8>) {
    for (name, value) in &origin.attributes {
        string(name.as_str(), out);
        out.push(b':');
        string(value.as_str(), out);
        out.push(b',');
    }
    out.extend_from_slice(b"\"residency.region\":\"");
    out.extend_from_slice(origin.region.as_str().as_bytes());
    out.push(b'"');
}

/// Bytes that are looked at as one, which processors do at once.
const BLOCK: usize = 32;

/// Writes text as a JSON string (RFC 8259, section 7).
pub(super) fn string(text: &str, out: &mut Vec<u8>) {
    let is_special = |byte: u8| (byte < b' ') | (byte == b'"') | (byte == b'\\');
    let bytes = text.as_bytes();
    out.push(b'"');
    let mut written = 0;
    for (number, block) in bytes.chunks(BLOCK).enumerate() {
        if !block.iter().fold(false, |any, byte| any | is_special(*byte)) {
            continue;
        }
        for (at, byte) in (number * BLOCK..).zip(block).filter(|(_, byte)| is_special(**byte)) {
            out.extend_from_slice(bytes.get(written..at).unwrap_or_default());
            written = at + 1;
            let short = match byte {
                b'"' => b"\\\"",
                b'\\' => b"\\\\",
                b'\n' => b"\\n",
                b'\r' => b"\\r",
                b'\t' => b"\\t",
                0x08 => b"\\b",
                0x0c => b"\\f",
                other => {
                    // Writing to memory cannot fail.
                    let _ = write!(out, "\\u{other:04x}");
                    continue;
                }
            };
            out.extend_from_slice(short);
        }
    }
    out.extend_from_slice(bytes.get(written..).unwrap_or_default());
    out.push(b'"');
}

fn is_object(body: &[u8]) -> bool {
    body.first() == Some(&b'{') && body.last() == Some(&b'}') && serde_json::from_slice::<IgnoredAny>(body).is_ok()
}

/// Renames keys that stand for our tag, whichever way they are escaped.
fn rename(body: &[u8]) -> Option<Vec<u8>> {
    let fields: Vec<(String, Box<RawValue>)> = serde_json::from_slice::<Pairs>(body).ok()?.0;
    if !fields.iter().any(|(key, _)| key == REGION) {
        return None;
    }
    // Each has a name of its own: of two equal keys readers keep one, or refuse the object.
    let is_free = |name: &String| !fields.iter().any(|(key, _)| key == name);
    let mut names = (1..).map(|number: u32| if number == 1 { CLAIMED.to_owned() } else { format!("{CLAIMED}.{number}") }).filter(is_free);
    let mut out = vec![b'{'];
    for (at, (key, value)) in fields.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        let claimed = if key == REGION { names.next() } else { None };
        string(claimed.as_ref().unwrap_or(key), &mut out);
        out.push(b':');
        out.extend_from_slice(value.get().as_bytes());
    }
    out.push(b'}');
    Some(out)
}

/// The keys of an object in their order, equal ones too.
struct Pairs(Vec<(String, Box<RawValue>)>);

impl<'de> serde::Deserialize<'de> for Pairs {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> serde::de::Visitor<'de> for Visit {
            type Value = Pairs;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Visit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::CleanText;

    fn encoded(body: &str) -> String {
        let [source, region, zone] = ["app", "eu-west-1", "eu"].map(CleanText::declared);
        let origin = Origin { source, region, zone, attributes: Vec::new() };
        let mut out = Vec::new();
        Lines::new(&origin, body.as_bytes()).write(&Record { body: body.as_bytes(), time: 0 }, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn strings_are_those_of_the_library() {
        let all: String = ('\0'..'\u{100}').chain("\u{2028}\u{ffff}\u{1f600}".chars()).collect();
        let plain = "plain text, and more of it than a block has".to_owned();
        for length in 0..plain.len() {
            for end in ["", "\"", "\\", "\n", "\u{1}", "é", &all] {
                let (before, behind) = plain.split_at(length);
                let text = format!("{before}{end}{behind}");
                let mut out = Vec::new();
                string(&text, &mut out);
                assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string(&text).unwrap());
            }
        }
    }

    #[test]
    fn each_record_has_the_tag_and_stays_what_it_was() {
        for (body, wanted) in [
            ("{\"a\":1}", "{\"a\":1,\"residency.region\":\"eu-west-1\"}\n"),
            ("{ }", "{\"residency.region\":\"eu-west-1\"}\n"),
            ("{a=1}", "{\"message\":\"{a=1}\",\"residency.region\":\"eu-west-1\"}\n"),
            ("say \"x\"", "{\"message\":\"say \\\"x\\\"\",\"residency.region\":\"eu-west-1\"}\n"),
        ] {
            assert_eq!(encoded(body), wanted);
        }
    }

    #[test]
    fn a_record_cannot_say_where_it_belongs() {
        let line = encoded("{\"residency.region\":\"us-east-1\",\"residency.\\u0072egion\":\"us-east-2\"}");
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read["residency.region"], "eu-west-1");
        assert_eq!(line.matches("\"residency.region\"").count(), 1);
        assert_eq!((&read["residency.region.claimed"], &read["residency.region.claimed.2"]), (&"us-east-1".into(), &"us-east-2".into()));
        let line = encoded("{\"residency.region.claimed\":\"a\",\"residency.region\":\"b\"}");
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!((&read["residency.region.claimed"], &read["residency.region.claimed.2"]), (&"a".into(), &"b".into()));
    }
}
