//! Records as logs of OpenTelemetry (opentelemetry/proto/logs/v1/logs.proto).
//!
//! A record of the source `otlp` becomes again what it was. Any other JSON object is the body as a map, and a text
//! the body as a text. The tag of the region stands in the resource; what a record itself says of it is renamed.

use super::value::{Value, put_bytes, put_fixed32, put_fixed64, put_number, put_pairs, put_text_pair};
use crate::record::{Origin, Record};
use crate::sinks::encode::{self, REGION};

/// Members of records of the source `otlp`.
const MEMBERS: [&str; 14] = [
    "timestamp",
    "observed_timestamp",
    "severity_number",
    "severity_text",
    "event_name",
    "body",
    "attributes",
    "dropped_attributes_count",
    "flags",
    "trace_id",
    "span_id",
    "resource",
    "resource_schema_url",
    "scope",
];

/// Logs that have a resource and a scope in common.
#[derive(Default)]
struct Group {
    resource: Vec<u8>,
    schema: String,
    scope: Vec<u8>,
    logs: Vec<u8>,
}

/// The request for some records.
#[derive(Default)]
pub(super) struct Logs {
    groups: Vec<Group>,
}

impl Logs {
    /// Adds a record.
    pub(super) fn push(&mut self, origin: &Origin, record: &Record<'_>) {
        let mut group = Group::default();
        put_text_pair(1, REGION, origin.region.as_str(), &mut group.resource);
        for (name, value) in &origin.attributes {
            put_text_pair(1, name.as_str(), value.as_str(), &mut group.resource);
        }
        let own = group.resource.len();
        let object = encode::object(record.body);
        let value = object.as_deref().and_then(|object| serde_json::from_slice(object).ok());
        let mut log = Vec::new();
        let nanoseconds = u64::try_from(record.time).unwrap_or_default().saturating_mul(1_000_000);
        let written = match value {
            Some(Value::Map(members)) if is_log(&members) => write_log(members, nanoseconds, &mut group, &mut log),
            Some(value) => value.message().map(|body| {
                put_fixed64(1, nanoseconds, &mut log);
                put_bytes(5, &body, &mut log);
            }),
            None => None,
        };
        if written.is_none() {
            // No object, or one that is too deep: the text as it is.
            group.resource.truncate(own);
            (group.scope, group.schema) = Default::default();
            log.clear();
            put_fixed64(1, nanoseconds, &mut log);
            let mut body = Vec::new();
            put_bytes(1, encode::text(object.as_deref().unwrap_or(record.body)).as_bytes(), &mut body);
            put_bytes(5, &body, &mut log);
        }
        self.add(group, &log);
    }

    fn add(&mut self, group: Group, log: &[u8]) {
        let same = |last: &&mut Group| last.resource == group.resource && last.schema == group.schema && last.scope == group.scope;
        if let Some(last) = self.groups.last_mut().filter(same) {
            return put_bytes(2, log, &mut last.logs);
        }
        let mut group = group;
        put_bytes(2, log, &mut group.logs);
        self.groups.push(group);
    }

    /// The request (ExportLogsServiceRequest).
    pub(super) fn request(self) -> Vec<u8> {
        let mut out = Vec::new();
        for group in self.groups {
            let (mut scope, mut logs) = (group.scope, Vec::new());
            scope.extend_from_slice(&group.logs);
            put_bytes(1, &group.resource, &mut logs);
            put_bytes(2, &scope, &mut logs);
            if !group.schema.is_empty() {
                put_bytes(3, group.schema.as_bytes(), &mut logs);
            }
            put_bytes(1, &logs, &mut out);
        }
        out
    }
}

fn is_log(members: &[(String, Value)]) -> bool {
    members.iter().any(|(name, _)| matches!(name.as_str(), "body" | "attributes"))
        && members.iter().all(|(name, _)| MEMBERS.contains(&name.as_str()))
}

/// Writes a record of the source `otlp`; none if a value is not what that source writes.
fn write_log(members: Vec<(String, Value)>, nanoseconds: u64, group: &mut Group, log: &mut Vec<u8>) -> Option<()> {
    let mut attributes = Vec::new();
    for (name, value) in members {
        match (name.as_str(), value) {
            ("timestamp", Value::Text(text)) => put_fixed64(1, exact(&text, nanoseconds), log),
            ("observed_timestamp", Value::Text(text)) => {
                if let Some(time) = nanoseconds_of(&text) {
                    put_fixed64(11, time, log);
                }
            }
            ("severity_number", Value::Integer(number)) => put_number(2, number.cast_unsigned(), log),
            ("severity_text", Value::Text(text)) => put_bytes(3, text.as_bytes(), log),
            ("event_name", Value::Text(text)) => put_bytes(12, text.as_bytes(), log),
            ("body", value) => put_bytes(5, &value.message()?, log),
            ("attributes", Value::Map(pairs)) => put_pairs(6, &pairs, log)?,
            ("dropped_attributes_count", Value::Integer(number)) => put_number(7, number.cast_unsigned(), log),
            ("flags", Value::Integer(number)) => put_fixed32(8, u32::try_from(number).ok()?, log),
            // A finding in an id leaves a text that is none: it stays as an attribute.
            ("trace_id", Value::Text(text)) => id(9, 16, name, text, &mut attributes, log),
            ("span_id", Value::Text(text)) => id(10, 8, name, text, &mut attributes, log),
            ("resource", Value::Map(mut pairs)) => {
                for (name, _) in pairs.iter_mut().filter(|(name, _)| name == REGION) {
                    name.push_str(".claimed");
                }
                put_pairs(1, &pairs, &mut group.resource)?;
            }
            ("resource_schema_url", Value::Text(text)) => group.schema = text,
            ("scope", Value::Map(pairs)) => group.scope = scope(pairs)?,
            // What a mask left of a value of another type.
            (_, value) => attributes.push((name, value)),
        }
    }
    put_pairs(6, &attributes, log)
}

fn id(field: u64, length: usize, name: String, text: String, attributes: &mut Vec<(String, Value)>, log: &mut Vec<u8>) {
    let digits: Option<Vec<u8>> = text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    match digits {
        Some(digits) if digits.len() == 2 * length => {
            let bytes: Vec<u8> = digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
            put_bytes(field, &bytes, log);
        }
        _ => attributes.push((name, Value::Text(text))),
    }
}

/// Name, version and attributes as a field of the logs; the scope's schema is one beside it.
fn scope(pairs: Vec<(String, Value)>) -> Option<Vec<u8>> {
    let (mut scope, mut schema) = (Vec::new(), Vec::new());
    let mut other = Vec::new();
    for (name, value) in pairs {
        match (name.as_str(), value) {
            ("name", Value::Text(text)) => put_bytes(1, text.as_bytes(), &mut scope),
            ("version", Value::Text(text)) => put_bytes(2, text.as_bytes(), &mut scope),
            ("attributes", Value::Map(pairs)) => put_pairs(3, &pairs, &mut scope)?,
            ("schema_url", Value::Text(text)) => put_bytes(3, text.as_bytes(), &mut schema),
            (_, value) => other.push((name, value)),
        }
    }
    put_pairs(3, &other, &mut scope)?;
    let mut out = Vec::new();
    put_bytes(1, &scope, &mut out);
    out.extend_from_slice(&schema);
    Some(out)
}

/// The time that a text says to the nanosecond, if it is the record's; a mask may have changed it.
fn exact(text: &str, nanoseconds: u64) -> u64 {
    nanoseconds_of(text).filter(|exact| exact / 1_000_000 == nanoseconds / 1_000_000).unwrap_or(nanoseconds)
}

/// Nanoseconds since 1970 of a time as the source writes it, such as `2023-11-14T22:13:20.123456789Z`.
fn nanoseconds_of(text: &str) -> Option<u64> {
    let (date, rest) = text.strip_suffix('Z')?.split_once('T')?;
    let (clock, fraction) = rest.split_once('.').unwrap_or((rest, "0"));
    let numbers = |text: &str, between: char| {
        let mut numbers = text.split(between).map(|part| part.parse::<u64>().ok());
        Some((numbers.next()??, numbers.next()??, numbers.next()??))
    };
    let ((year, month, day), (hour, minute, second)) = (numbers(date, '-')?, numbers(clock, ':')?);
    if !(1970..=2554).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) || fraction.len() > 9 {
        return None;
    }
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    // Days since 1970 (the Gregorian calendar; its 400 years begin in March).
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468;
    let fraction: u64 = format!("{fraction:0<9}").parse().ok()?;
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second;
    seconds.checked_mul(1_000_000_000)?.checked_add(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_written() {
        for (text, wanted) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2000-02-29T00:00:00Z", Some(951_782_400_000_000_000)),
            ("2024-02-29T23:59:59.999Z", Some(1_709_251_199_999_000_000)),
            ("2023-11-14T22:13:20.123456789Z", Some(1_700_000_000_123_456_789)),
            ("2023", None),
            ("9999-01-01T00:00:00Z", None),
            ("[DATE]", None),
        ] {
            assert_eq!(nanoseconds_of(text), wanted, "{text}");
        }
    }
}
