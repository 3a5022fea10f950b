//! Fields that one kind leaves alone: an operator's list, by key or by path.
//!
//! An entry names a kind and a field, and says why. It never hides a value from other kinds, nor
//! what a finding covers beyond the field. A field that cannot be told for certain is not excluded.

use super::candidates::keys::segments_of;
use super::catalog::{Extent, KindId};
use super::loosening::{Loosening, of_entry};
use super::paths::{Path, normal};
use super::verify::{Hit, value_after};
use serde::Deserialize;
use std::sync::Arc;

/// How far before a finding its key is looked for, in bytes.
const REACH: usize = 1024;
/// Longest name of a field.
const NAME: usize = 256;

/// An entry as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawExclude {
    kind: String,
    reason: String,
    owner: Option<String>,
    expires: Option<String>,
    key: Option<String>,
    field: Option<String>,
}

/// A checked entry.
#[derive(Debug)]
pub(crate) struct Exclude {
    kind: KindId,
    place: Place,
    pub(crate) info: Loosening,
}

#[derive(Debug)]
enum Place {
    /// A key, or the last words of one.
    Key(String),
    /// The whole path from the root, as one name.
    Field(Vec<u8>),
}

/// Checks an entry.
///
/// # Errors
/// What is wrong and what is allowed.
pub(crate) fn check(raw: RawExclude) -> Result<Exclude, String> {
    let (kind, info) = of_entry("exclude", raw.kind, raw.reason, raw.owner, raw.expires)?;
    let at = info.place();
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let named = |text: &str| text.len() <= NAME && text.bytes().any(|byte| byte.is_ascii_alphanumeric());
    let place = match (raw.key, raw.field) {
        (Some(key), None) => {
            if !named(&key) || !key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
                return Err(format!("{at}: `key` must be written in lower snake case"));
            }
            Place::Key(key)
        }
        (None, Some(field)) => {
            if !named(&field) || !field.bytes().all(|byte| word(byte) || matches!(byte, b'.' | b'-')) {
                return Err(format!("{at}: `field` must be a path of names with dots between them, such as http.request_id"));
            }
            Place::Field(normal(field.as_bytes()))
        }
        _ => return Err(format!("{at}: needs exactly one of `key` and `field`")),
    };
    Ok(Exclude { kind, place, info })
}

/// Drops the findings that lie in excluded fields. `name` is that of the field that `hay` is, if it is one.
/// Needs findings in their order.
pub(crate) fn apply(hay: &[u8], name: Option<&[u8]>, hits: &mut Vec<Hit>, excludes: &[Arc<Exclude>]) {
    let mut path = Path::new(hay);
    hits.retain(|hit| {
        if !excludes.iter().any(|exclude| exclude.kind == hit.kind) {
            return true;
        }
        path.advance(hit.start as usize);
        !excludes.iter().any(|exclude| exclude.kind == hit.kind && exclude.place.holds(hay, name, &path, hit))
    });
}

impl Place {
    fn holds(&self, hay: &[u8], name: Option<&[u8]>, path: &Path<'_>, hit: &Hit) -> bool {
        // A finding that covers a quote or a line end may go beyond the value it starts in.
        let text = hay.get(hit.start as usize..hit.end as usize).unwrap_or_default();
        let one_value = memchr::memchr3(b'"', b'\n', b'\r', text).is_none();
        match (self, name) {
            (Self::Key(key), Some(name)) if segments_of(name, name.len(), key) => true,
            (Self::Field(field), Some(name)) => normal(name) == *field,
            (Self::Key(key), _) => {
                one_value && path.key().is_some_and(|name| segments_of(name, name.len(), key))
                    || before(hay, hit, |mark| segments_of(hay, mark, key))
            }
            (Self::Field(field), None) if path.is_inside() => one_value && path.whole().is_some_and(|path| path == *field),
            (Self::Field(field), None) => before(hay, hit, |mark| name_before(hay, mark).is_some_and(|name| normal(name) == *field)),
        }
    }
}

/// Whether one of the separators before a finding, to whose value it belongs, stands behind a wanted name.
fn before(hay: &[u8], hit: &Hit, wanted: impl Fn(usize) -> bool) -> bool {
    let (from, to) = (hit.start as usize, hit.end as usize);
    let floor = from.saturating_sub(REACH);
    let back = hay.get(floor..from).unwrap_or_default();
    let floor = memchr::memrchr2(b'\n', b'\r', back).map_or(floor, |end| floor + end + 1);
    let mut nearest = true;
    for mark in memchr::memrchr2_iter(b'=', b':', hay.get(floor..from).unwrap_or_default()).map(|offset| floor + offset) {
        let Some((start, end)) = value_after(hay, mark + 1, Extent::Token, hay.get(mark) == Some(&b':')) else { continue };
        let quoted = start.checked_sub(1).and_then(|at| hay.get(at)).is_some_and(|byte| matches!(byte, b'"' | b'\'' | b'`'));
        // An unquoted finding may have several words.
        if start > from || end < to && (quoted || start != from) {
            continue;
        }
        // All of a string is its key's; of what stands bare only the nearest key is sure.
        if (quoted || nearest && !matches!(hay.get(start), Some(b'{' | b'['))) && wanted(mark) {
            return true;
        }
        nearest = false;
    }
    false
}

/// The name that ends at a separator, up to a blank or a bracket.
fn name_before(hay: &[u8], mark: usize) -> Option<&[u8]> {
    let before = hay.get(mark.saturating_sub(NAME)..mark)?;
    let before = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'")).unwrap_or(before);
    let length = before.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')).count();
    before.get(before.len() - length..).filter(|name| !name.is_empty())
}
