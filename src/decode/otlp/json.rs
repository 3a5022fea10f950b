//! Logs in OTLP's JSON (opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding"), each written as a plain object.
//!
//! Values are read where they stand, a request in one go and each record in another: neither costs a tree in memory. Texts stay
//! as they came. What else the mapping of protocol buffers to JSON allows (protobuf.dev/programming-guides/json) is read as
//! well: names as in the schema, names of enumerations, numbers as text and with an exponent, both alphabets of base64, and
//! `null` wherever something may be missing.

use super::protobuf::close;
use super::{Head, Index, OtlpError, Record, values};
use crate::decode::json::integer;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

/// What a value was that is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wrong;

type Raw<'r> = Option<&'r RawValue>;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
);

#[derive(Deserialize)]
struct Resource<'r> {
    #[serde(borrow)]
    attributes: Raw<'r>,
}

#[derive(Deserialize)]
struct Scope<'r> {
    #[serde(borrow)]
    name: Raw<'r>,
    #[serde(borrow)]
    version: Raw<'r>,
    #[serde(borrow)]
    attributes: Raw<'r>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogRecord<'r> {
    #[serde(borrow, alias = "time_unix_nano")]
    time_unix_nano: Raw<'r>,
    #[serde(borrow, alias = "observed_time_unix_nano")]
    observed_time_unix_nano: Raw<'r>,
    #[serde(borrow, alias = "severity_number")]
    severity_number: Raw<'r>,
    #[serde(borrow, alias = "severity_text")]
    severity_text: Raw<'r>,
    #[serde(borrow, default)]
    body: Object<Any<'r>>,
    #[serde(borrow)]
    attributes: Raw<'r>,
    #[serde(borrow, alias = "dropped_attributes_count")]
    dropped_attributes_count: Raw<'r>,
    #[serde(borrow)]
    flags: Raw<'r>,
    #[serde(borrow, alias = "trace_id")]
    trace_id: Raw<'r>,
    #[serde(borrow, alias = "span_id")]
    span_id: Raw<'r>,
    #[serde(borrow, alias = "event_name")]
    event_name: Raw<'r>,
}

#[derive(Deserialize)]
struct Pair<'r> {
    #[serde(borrow)]
    key: Raw<'r>,
    #[serde(borrow, default)]
    value: Object<Any<'r>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Any<'r> {
    #[serde(borrow, alias = "string_value")]
    string_value: Raw<'r>,
    #[serde(borrow, alias = "bool_value")]
    bool_value: Raw<'r>,
    #[serde(borrow, alias = "int_value")]
    int_value: Raw<'r>,
    #[serde(borrow, alias = "double_value")]
    double_value: Raw<'r>,
    #[serde(borrow, alias = "array_value")]
    array_value: Raw<'r>,
    #[serde(borrow, alias = "kvlist_value")]
    kvlist_value: Raw<'r>,
    #[serde(borrow, alias = "bytes_value")]
    bytes_value: Raw<'r>,
}

#[derive(Deserialize)]
struct List<'r> {
    #[serde(borrow)]
    values: Raw<'r>,
}

/// An object of a known form. Without the check an array would be read as one, too.
fn object<'r, T: Deserialize<'r>>(text: &'r str) -> Result<T, Wrong> {
    if text.starts_with('{') { serde_json::from_str(text).map_err(|_| Wrong) } else { Err(Wrong) }
}

/// An object of a known form where it stands, or `null`. An array would else be read as one, too.
struct Object<T>(Option<T>);

impl<T> Default for Object<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(ObjectOf(PhantomData))
    }
}

struct ObjectOf<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectOf<T> {
    type Value = Object<T>;

    fn expecting(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        form.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<Object<T>, E> {
        Ok(Object(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members)).map(|object| Object(Some(object)))
    }
}

/// Lists the records of a request with what is said of them.
pub(super) fn index<'r>(request: &'r [u8], index: &mut Index<'r>) -> Result<(), OtlpError> {
    let text = std::str::from_utf8(request).map_err(|_| OtlpError::Format)?;
    let mut json = serde_json::Deserializer::from_str(text);
    let mut error = OtlpError::Format;
    Walk { level: Level::Request, index, error: &mut error }.deserialize(&mut json).map_err(|_| error)?;
    json.end().map_err(|_| OtlpError::Format)
}

/// Lists that stand in each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Request,
    Resource,
    Scope,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(field_identifier)]
enum Key {
    #[serde(rename = "resourceLogs", alias = "resource_logs")]
    ResourceLogs,
    #[serde(rename = "scopeLogs", alias = "scope_logs")]
    ScopeLogs,
    #[serde(rename = "logRecords", alias = "log_records")]
    LogRecords,
    #[serde(rename = "resource")]
    Resource,
    #[serde(rename = "scope")]
    Scope,
    #[serde(rename = "schemaUrl", alias = "schema_url")]
    Schema,
    #[serde(other)]
    Other,
}

/// An object of a level, read in one go: its records are listed, and what is said of them is kept.
struct Walk<'i, 'r> {
    level: Level,
    index: &'i mut Index<'r>,
    /// What is wrong, if it is not the form.
    error: &'i mut OtlpError,
}

impl<'r> DeserializeSeed<'r> for Walk<'_, 'r> {
    type Value = ();

    fn deserialize<D: Deserializer<'r>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'r> Visitor<'r> for Walk<'_, 'r> {
    type Value = ();

    fn expecting(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        form.write_str("an object")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        if self.level == Level::Request { Err(E::custom("nothing")) } else { Ok(()) }
    }

    fn visit_map<A: MapAccess<'r>>(self, mut members: A) -> Result<(), A::Error> {
        let Self { level, index, error } = self;
        let records = index.records.len();
        let at = match level {
            Level::Request => 0,
            Level::Resource => Index::begin(&mut index.resources),
            Level::Scope => Index::begin(&mut index.scopes),
        };
        let (mut said, mut schema): (Raw<'r>, Raw<'r>) = (None, None);
        while let Some(key) = members.next_key::<Key>()? {
            match (level, key) {
                (Level::Request, Key::ResourceLogs) | (Level::Resource, Key::ScopeLogs) | (Level::Scope, Key::LogRecords) => {
                    members.next_value_seed(Lists(Walk { level, index, error }))?;
                }
                (Level::Resource, Key::Resource) | (Level::Scope, Key::Scope) => said = members.next_value()?,
                (Level::Resource | Level::Scope, Key::Schema) => schema = members.next_value()?,
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        let some = index.records.len() > records;
        match level {
            Level::Request => {}
            Level::Resource => Index::end(&mut index.resources, at, some.then(|| resource(said, schema))),
            Level::Scope => Index::end(&mut index.scopes, at, some.then(|| scope(said, schema))),
        }
        Ok(())
    }
}

/// The list of the next level in an object of one.
struct Lists<'i, 'r>(Walk<'i, 'r>);

impl<'r> DeserializeSeed<'r> for Lists<'_, 'r> {
    type Value = ();

    fn deserialize<D: Deserializer<'r>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'r> Visitor<'r> for Lists<'_, 'r> {
    type Value = ();

    fn expecting(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        form.write_str("an array")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'r>>(self, mut elements: A) -> Result<(), A::Error> {
        let Walk { level, index, error } = self.0;
        let below = match level {
            Level::Request => Level::Resource,
            Level::Resource => Level::Scope,
            Level::Scope => {
                while let Some(record) = elements.next_element::<Raw<'r>>()? {
                    let Some(record) = record else { continue };
                    if let Err(wrong) = index.record(Record::Json(record.get())) {
                        *error = wrong;
                        return Err(A::Error::custom("too many"));
                    }
                }
                return Ok(());
            }
        };
        while elements.next_element_seed(Walk { level: below, index: &mut *index, error: &mut *error })?.is_some() {}
        Ok(())
    }
}

fn resource(said: Raw<'_>, schema: Raw<'_>) -> Head {
    let mut out = Vec::new();
    if let Some(resource) = said {
        let resource: Resource<'_> = object(resource.get()).ok()?;
        attributes("resource", resource.attributes, &mut out).ok()?;
    }
    text("resource_schema_url", schema, &mut out).ok()?;
    Some(out)
}

fn scope(said: Raw<'_>, schema: Raw<'_>) -> Head {
    let mut out = b"\"scope\":{".to_vec();
    let inner = out.len();
    if let Some(scope) = said {
        let scope: Scope<'_> = object(scope.get()).ok()?;
        text("name", scope.name, &mut out).ok()?;
        text("version", scope.version, &mut out).ok()?;
        attributes("attributes", scope.attributes, &mut out).ok()?;
    }
    text("schema_url", schema, &mut out).ok()?;
    close(0, inner, &mut out);
    Some(out)
}

/// The elements of an array that parsed before; none if there is no array.
fn elements<'r>(array: Raw<'r>) -> Result<Elements<'r>, Wrong> {
    let rest = match array {
        None => "",
        Some(array) => array.get().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).ok_or(Wrong)?,
    };
    Ok(Elements(rest.trim_start()))
}

struct Elements<'r>(&'r str);

impl<'r> Iterator for Elements<'r> {
    type Item = Result<&'r str, Wrong>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let mut stream = serde_json::Deserializer::from_str(self.0).into_iter::<&'r RawValue>();
        let value = stream.next();
        let behind = self.0.get(stream.byte_offset()..).unwrap_or_default().trim_start();
        match value {
            Some(Ok(value)) => {
                self.0 = behind.strip_prefix(',').unwrap_or(behind).trim_start();
                Some(Ok(value.get()))
            }
            _ => {
                self.0 = "";
                Some(Err(Wrong))
            }
        }
    }
}

fn key(name: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

fn string(value: &RawValue) -> Result<&str, Wrong> {
    if value.get().starts_with('"') { Ok(value.get()) } else { Err(Wrong) }
}

fn text(name: &str, value: Raw<'_>, out: &mut Vec<u8>) -> Result<(), Wrong> {
    if let Some(value) = value.map(string).transpose()?.filter(|value| *value != "\"\"") {
        key(name, out);
        out.extend_from_slice(value.as_bytes());
        out.push(b',');
    }
    Ok(())
}

/// What a text says, or a number as it is written.
fn plain(value: &RawValue) -> Result<Cow<'_, str>, Wrong> {
    match value.get() {
        text if text.starts_with('"') => serde_json::from_str(text).map(Cow::Owned).map_err(|_| Wrong),
        number => Ok(Cow::Borrowed(number)),
    }
}

/// An integer, or a text that is one; zero is what is not said.
fn number<T: FromStr + Default>(value: Raw<'_>) -> Result<T, Wrong> {
    value.map_or_else(|| Ok(T::default()), |value| integer(&plain(value)?).ok_or(Wrong))
}

/// A severity by its number or its name (`SEVERITY_NUMBER_INFO2`); what is neither says nothing.
fn severity(value: Raw<'_>) -> u64 {
    const NAMES: [&str; 6] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
    const EACH: u64 = 4;
    let Some(said) = value.and_then(|value| plain(value).ok()) else { return 0 };
    let Some(name) = said.strip_prefix("SEVERITY_NUMBER_") else { return integer(&said).unwrap_or(0) };
    let of = |(first, known): (u64, &&str)| {
        let place = match name.strip_prefix(known)? {
            "" => 1,
            place => place.parse().ok().filter(|place| (2..=EACH).contains(place))?,
        };
        Some(first * EACH + place)
    };
    (0..).zip(&NAMES).find_map(of).unwrap_or(0)
}

fn attributes(name: &str, pairs: Raw<'_>, out: &mut Vec<u8>) -> Result<(), Wrong> {
    let begin = out.len();
    key(name, out);
    out.push(b'{');
    let inner = out.len();
    members(pairs, 0, out)?;
    close(begin, inner, out);
    Ok(())
}

fn members(pairs: Raw<'_>, depth: usize, out: &mut Vec<u8>) -> Result<(), Wrong> {
    let Some(pairs) = pairs else { return Ok(()) };
    let mut json = serde_json::Deserializer::from_str(pairs.get());
    json.deserialize_seq(Members { depth, out }).map_err(|_| Wrong)
}

/// Writes pairs as they are read.
struct Members<'o> {
    depth: usize,
    out: &'o mut Vec<u8>,
}

impl<'r> Visitor<'r> for Members<'_> {
    type Value = ();

    fn expecting(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        form.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'r>>(self, mut pairs: A) -> Result<(), A::Error> {
        let Self { depth, out } = self;
        while let Some(Object(pair)) = pairs.next_element::<Object<Pair<'r>>>()? {
            let wrong = || A::Error::custom("a pair");
            let Some(pair) = pair else { continue };
            out.extend_from_slice(pair.key.map_or(Ok("\"\""), string).map_err(|_| wrong())?.as_bytes());
            out.push(b':');
            any(pair.value, depth + 1, out).map_err(|_| wrong())?;
            out.push(b',');
        }
        Ok(())
    }
}

/// Writes a value of any type; one without a type is `null`.
fn any(value: Object<Any<'_>>, depth: usize, out: &mut Vec<u8>) -> Result<(), Wrong> {
    if depth > values::MAX_DEPTH {
        return Err(Wrong);
    }
    let Some(typed) = value.0 else {
        out.extend_from_slice(b"null");
        return Ok(());
    };
    if let Some(value) = typed.string_value {
        out.extend_from_slice(string(value)?.as_bytes());
    } else if let Some(value) = typed.bool_value {
        let truth = Some(value.get()).filter(|value| matches!(*value, "true" | "false")).ok_or(Wrong)?;
        out.extend_from_slice(truth.as_bytes());
    } else if typed.int_value.is_some() {
        values::integer(number::<i64>(typed.int_value)?, out);
    } else if let Some(value) = typed.double_value {
        values::double(plain(value)?.parse().map_err(|_| Wrong)?, out);
    } else if let Some(value) = typed.array_value {
        let list: List<'_> = object(value.get())?;
        out.push(b'[');
        for element in elements(list.values)? {
            let element = Some(element?).filter(|element| *element != "null").map(object).transpose()?;
            any(Object(element), depth + 1, out)?;
            out.push(b',');
        }
        out.pop_if(|last| *last == b',');
        out.push(b']');
    } else if let Some(value) = typed.kvlist_value {
        let list: List<'_> = object(value.get())?;
        out.push(b'{');
        members(list.values, depth, out)?;
        out.pop_if(|last| *last == b',');
        out.push(b'}');
    } else if let Some(value) = typed.bytes_value {
        let text = plain(value)?.replace('-', "+").replace('_', "/");
        values::bytes(&BASE64.decode(text).map_err(|_| Wrong)?, out);
    } else {
        out.extend_from_slice(b"null");
    }
    Ok(())
}

/// Writes the members of a record, a comma behind each. Gives its time in nanoseconds; 0 if it has none.
pub(super) fn record(record: &str, out: &mut Vec<u8>) -> Result<u64, Wrong> {
    let record: LogRecord<'_> = object(record)?;
    let (time, observed) = (number(record.time_unix_nano)?, number(record.observed_time_unix_nano)?);
    super::times(time, observed, out);
    super::severity(severity(record.severity_number), out);
    text("severity_text", record.severity_text, out)?;
    text("event_name", record.event_name, out)?;
    if record.body.0.is_some() {
        key("body", out);
        any(record.body, 1, out)?;
        out.push(b',');
    }
    attributes("attributes", record.attributes, out)?;
    super::number("dropped_attributes_count", number(record.dropped_attributes_count)?, out);
    super::number("flags", number(record.flags)?, out);
    id("trace_id", record.trace_id, 32, out)?;
    id("span_id", record.span_id, 16, out)?;
    Ok(if time > 0 { time } else { observed })
}

/// Writes an id; one of another length, or of zeros, is none.
fn id(name: &str, value: Raw<'_>, length: usize, out: &mut Vec<u8>) -> Result<(), Wrong> {
    let digits = value.map(string).transpose()?.unwrap_or_default().trim_matches('"');
    let is_id = digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) && digits.bytes().any(|byte| byte != b'0');
    if is_id { text(name, value, out) } else { Ok(()) }
}
