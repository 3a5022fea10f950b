//! Names that are made for records: streams, keys of objects, paths of files.
//!
//! `{pod|default}` stands for what is known of the origin of records, and for `default` where that is
//! not known. What comes from records is scrubbed already; here it is encoded for the store, so that
//! it cannot end a name, climb out of a folder or grow over the store's limit.

use crate::config::Problems;
use crate::config::fields::At;
use crate::record::Origin;

/// What stands for an attribute that a record does not have, unless the template says.
const UNKNOWN: &str = "unknown";
/// Hex digits that keep a shortened value apart from others.
const TAIL: usize = 16;
/// Least room for a value.
const LEAST: usize = 40;

/// A text with places for values.
#[derive(Clone, Debug)]
pub(super) struct Template {
    pieces: Vec<Piece>,
    /// Most bytes of one value.
    room: usize,
}

#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    Value {
        name: String,
        /// None if the template does not say.
        default: Option<String>,
    },
    /// A place that the sink fills in itself.
    Own(&'static str),
}

/// What a store allows in a name.
#[derive(Clone, Copy)]
pub(super) struct Store {
    /// Bytes of values that stay as they are.
    pub(super) keeps: fn(u8) -> bool,
    /// Stands before the two hex digits of any other byte.
    pub(super) escape: char,
    /// Most bytes of a name.
    pub(super) most: usize,
    /// What each part between slashes may have at most.
    pub(super) most_of_part: usize,
    /// Names that the sink fills in itself, and the bytes that each takes.
    pub(super) own: &'static [(&'static str, usize)],
}

impl Template {
    /// Reads a template and checks that what it makes always fits the store.
    pub(super) fn read(at: &At<'_>, problems: &mut Problems, store: &Store) -> Option<Self> {
        const FORM: &str = "text with places such as `{source}` or `{pod|default}`";
        let text = at.text(problems, FORM)?;
        let template = Self::parse(text, store);
        if let Err(allowed) = &template {
            at.wrong_as(problems, "another text", *allowed);
        }
        template.ok()
    }

    /// The same for a template of the program's own.
    pub(super) fn parse(text: &str, store: &Store) -> Result<Self, &'static str> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            let (inside, after) = after.split_once('}').ok_or("a `}` for each `{`")?;
            pieces.push(place(inside, store)?);
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        if pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains('}') || text.contains(char::is_control))) {
            return Err("text without control characters, with a `{` for each `}`");
        }
        if pieces.is_empty() {
            return Err("a name");
        }
        let room = room(&pieces, store).filter(|room| *room >= LEAST).ok_or("a shorter text with fewer places")?;
        Ok(Self { pieces, room })
    }

    /// The text between the places.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| if let Piece::Text(text) = piece { Some(text.as_str()) } else { None })
    }

    /// Names of metadata, and whether the template says what stands there without it.
    pub(super) fn names(&self) -> impl Iterator<Item = (&str, bool)> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Value { name, default } => Some((name.as_str(), default.is_some())),
            _ => None,
        })
    }

    /// Whether a name of the sink's own has a place.
    pub(super) fn has(&self, name: &str) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Own(own) if *own == name))
    }

    /// The name for an origin. Places that the sink fills in stay.
    pub(super) fn render(&self, origin: &Origin, store: &Store) -> String {
        let mut name = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => name.push_str(text),
                Piece::Own(own) => {
                    name.push('{');
                    name.push_str(own);
                    name.push('}');
                }
                Piece::Value { name: of, default } => {
                    let value = match of.as_str() {
                        "source" => Some(origin.source.as_str()),
                        "region" => Some(origin.region.as_str()),
                        "zone" => Some(origin.zone.as_str()),
                        other => origin.attribute(other),
                    };
                    let default = default.as_deref().unwrap_or(UNKNOWN);
                    encode(value.filter(|value| !value.is_empty()).unwrap_or(default), store, self.room, &mut name);
                }
            }
        }
        name
    }
}

/// What stands between braces.
fn place(inside: &str, store: &Store) -> Result<Piece, &'static str> {
    if let Some((own, _)) = store.own.iter().find(|(own, _)| *own == inside) {
        return Ok(Piece::Own(own));
    }
    let (name, default) = inside.split_once('|').map_or((inside, None), |(name, default)| (name, Some(default)));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    if name.is_empty() || name.len() > 64 || !name.bytes().all(plain) || store.own.iter().any(|(own, _)| *own == name) {
        return Err("places such as `{source}` or `{pod|default}`");
    }
    if default.is_some_and(|default| default.is_empty() || default.contains(['{', '|'])) {
        return Err("a word behind `|`, such as `{pod|default}`");
    }
    Ok(Piece::Value { name: name.to_owned(), default: default.map(str::to_owned) })
}

/// Bytes that one value may have, so that neither the name nor a part of it gets too long.
fn room(pieces: &[Piece], store: &Store) -> Option<usize> {
    let (mut all, mut part) = ((0, 0), (0, 0));
    let mut room = store.most_of_part.min(store.most);
    for piece in pieces {
        match piece {
            Piece::Text(text) => {
                all.0 += text.len();
                for (at, stretch) in text.split('/').enumerate() {
                    if at > 0 {
                        room = room.min(share(part, store.most_of_part)?);
                        part = (0, 0);
                    }
                    part.0 += stretch.len();
                }
            }
            Piece::Own(own) => {
                let bytes = store.own.iter().find(|(name, _)| name == own).map_or(0, |(_, bytes)| *bytes);
                all.0 += bytes;
                part.0 += bytes;
            }
            Piece::Value { .. } => {
                all.1 += 1;
                part.1 += 1;
            }
        }
    }
    Some(room.min(share(part, store.most_of_part)?).min(share(all, store.most)?))
}

/// What each of some values gets of the room that fixed bytes leave.
fn share((fixed, values): (usize, usize), most: usize) -> Option<usize> {
    let left = most.checked_sub(fixed)?;
    Some(left.checked_div(values).unwrap_or(most))
}

/// Writes a value in at most `most` bytes. Two values are never written the same, short of a collision of their hashes.
fn encode(value: &str, store: &Store, most: usize, out: &mut String) {
    let mut encoded = String::with_capacity(value.len());
    let mut before = b'.';
    for byte in value.bytes() {
        // A point at the start or behind another one could make a step up.
        if (store.keeps)(byte) && !(byte == b'.' && before == b'.') {
            encoded.push(char::from(byte));
        } else {
            encoded.push(store.escape);
            for digit in [byte >> 4, byte & 15] {
                encoded.extend(char::from_digit(u32::from(digit), 16).map(|digit| digit.to_ascii_uppercase()));
            }
        }
        before = byte;
    }
    if encoded.len() > most {
        let hash = blake3::hash(value.as_bytes()).to_hex();
        encoded.truncate(most.saturating_sub(TAIL + 1));
        encoded.push('-');
        encoded.push_str(hash.get(..TAIL).unwrap_or_default());
    }
    out.push_str(&encoded);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::CleanText;

    const STORE: Store = Store {
        keeps: |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'),
        escape: '%',
        most: 400,
        most_of_part: 200,
        own: &[("date", 10)],
    };

    fn rendered(template: &str, pod: Option<&str>) -> String {
        let [source, region, zone] = ["app", "eu-west-1", "eu"].map(CleanText::declared);
        let attributes = pod.iter().map(|pod| (CleanText::declared("pod"), CleanText::declared(pod))).collect();
        let origin = Origin { source, region, zone, attributes };
        Template::parse(template, &STORE).unwrap().render(&origin, &STORE)
    }

    #[test]
    fn places_are_filled() {
        assert_eq!(rendered("logs/{source}/{pod|default}/{date}.x", Some("web-1")), "logs/app/web-1/{date}.x");
        assert_eq!(rendered("{source}/{pod|default}", None), "app/default");
        assert_eq!(rendered("{region}/{zone}/{pod}", Some("")), "eu-west-1/eu/unknown");
    }

    #[test]
    fn values_make_no_steps_and_no_ends() {
        for (value, wanted) in [
            ("../../etc/passwd", "%2E%2E%2F.%2E%2Fetc%2Fpasswd"),
            (".", "%2E"),
            ("a..b", "a.%2Eb"),
            ("/x", "%2Fx"),
            ("a:b*\n\0", "a%3Ab%2A%0A%00"),
            ("{date}", "%7Bdate%7D"),
            ("100%", "100%25"),
            ("é", "%C3%A9"),
        ] {
            assert_eq!(rendered("{pod}", Some(value)), wanted);
        }
        assert_eq!(rendered(".{pod}", Some(".")), ".%2E");
    }

    #[test]
    fn long_values_are_cut_and_stay_apart() {
        let names: Vec<_> = ["a", "b"].map(|end| rendered("x/{pod}", Some(&format!("{}{end}", "é".repeat(500))))).into();
        assert_ne!(names[0], names[1]);
        assert!(names.iter().all(|name| name.len() == 202), "{names:?}");
        let two = rendered("{pod}{pod}-", Some(&"x".repeat(900)));
        assert!(two.len() <= 200 && two.is_ascii(), "{two}");
    }

    #[test]
    fn templates_that_cannot_work_are_refused() {
        for wrong in ["", "{", "a}", "{}", "{pod|}", "{p od}", "{pod|a|b}", "{date|x}", "a\nb", &"x".repeat(401), &"{a}".repeat(6)] {
            assert!(Template::parse(wrong, &STORE).is_err(), "{wrong}");
        }
    }
}
