//! Logs in protocol buffers (opentelemetry/proto/logs/v1/logs.proto and common/v1/common.proto), each written as JSON.
//!
//! The numbers of fields are those of these files, version 1.

use super::wire::{Broken, Fields, Value};
use super::{Head, Index, Record, values};

/// Lists the records of a request with what is said of them.
pub(super) fn index<'r>(request: &'r [u8], index: &mut Index<'r>) -> Result<(), super::OtlpError> {
    let mut fields = Fields::of(request);
    while let Some((number, value)) = fields.next()? {
        if let (1, Value::Bytes(logs)) = (number, value) {
            resource_logs(logs, index)?;
        }
    }
    Ok(())
}

fn resource_logs<'r>(logs: &'r [u8], index: &mut Index<'r>) -> Result<(), super::OtlpError> {
    let (records, at) = (index.records.len(), Index::begin(&mut index.resources));
    let (mut resource, mut schema) = (&[][..], &[][..]);
    let mut fields = Fields::of(logs);
    while let Some((number, value)) = fields.next()? {
        match (number, value) {
            (1, Value::Bytes(bytes)) => resource = bytes,
            (2, Value::Bytes(logs)) => scope_logs(logs, index)?,
            (3, Value::Bytes(bytes)) => schema = bytes,
            _ => {}
        }
    }
    let write = |out: &mut Vec<u8>| {
        object("resource", resource, 1, out)?;
        text("resource_schema_url", schema, out);
        Ok(())
    };
    let some = index.records.len() > records;
    Index::end(&mut index.resources, at, some.then(|| head(write)));
    Ok(())
}

fn scope_logs<'r>(logs: &'r [u8], index: &mut Index<'r>) -> Result<(), super::OtlpError> {
    let (records, at) = (index.records.len(), Index::begin(&mut index.scopes));
    let (mut scope, mut schema) = (&[][..], &[][..]);
    let mut fields = Fields::of(logs);
    while let Some((number, value)) = fields.next()? {
        match (number, value) {
            (1, Value::Bytes(bytes)) => scope = bytes,
            (2, Value::Bytes(record)) => index.record(Record::Protobuf(record))?,
            (3, Value::Bytes(bytes)) => schema = bytes,
            _ => {}
        }
    }
    let some = index.records.len() > records;
    Index::end(&mut index.scopes, at, some.then(|| head(|out| write_scope(scope, schema, out))));
    Ok(())
}

fn head(write: impl FnOnce(&mut Vec<u8>) -> Result<(), Broken>) -> Head {
    let mut out = Vec::new();
    write(&mut out).ok().map(|()| out)
}

fn write_scope(scope: &[u8], schema: &[u8], out: &mut Vec<u8>) -> Result<(), Broken> {
    let (mut name, mut version) = (&[][..], &[][..]);
    let mut fields = Fields::of(scope);
    while let Some((number, value)) = fields.next()? {
        match (number, value) {
            (1, Value::Bytes(bytes)) => name = bytes,
            (2, Value::Bytes(bytes)) => version = bytes,
            _ => {}
        }
    }
    let begin = out.len();
    out.extend_from_slice(b"\"scope\":{");
    let inner = out.len();
    text("name", name, out);
    text("version", version, out);
    object("attributes", scope, 3, out)?;
    text("schema_url", schema, out);
    close(begin, inner, out);
    Ok(())
}

/// Ends an object whose members end with a comma each; one without members is none.
pub(super) fn close(begin: usize, inner: usize, out: &mut Vec<u8>) {
    if out.len() == inner {
        return out.truncate(begin);
    }
    out.pop();
    out.extend_from_slice(b"},");
}

fn key(name: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

fn text(name: &str, value: &[u8], out: &mut Vec<u8>) {
    if !value.is_empty() {
        key(name, out);
        values::text(value, out);
        out.push(b',');
    }
}

/// The pairs that a message has in its field `pairs`, as the member `name`.
fn object(name: &str, message: &[u8], pairs: u64, out: &mut Vec<u8>) -> Result<(), Broken> {
    let begin = out.len();
    key(name, out);
    out.push(b'{');
    let inner = out.len();
    members(message, pairs, 0, out)?;
    close(begin, inner, out);
    Ok(())
}

fn members(message: &[u8], pairs: u64, depth: usize, out: &mut Vec<u8>) -> Result<(), Broken> {
    let mut fields = Fields::of(message);
    while let Some((number, value)) = fields.next()? {
        let Value::Bytes(pair) = value else { continue };
        if number != pairs {
            continue;
        }
        let (mut name, mut content) = (&[][..], &[][..]);
        let mut fields = Fields::of(pair);
        while let Some((number, value)) = fields.next()? {
            match (number, value) {
                (1, Value::Bytes(bytes)) => name = bytes,
                (2, Value::Bytes(bytes)) => content = bytes,
                _ => {}
            }
        }
        values::text(name, out);
        out.push(b':');
        any(content, depth + 1, out)?;
        out.push(b',');
    }
    Ok(())
}

/// Writes a value of any type; one without a type is `null`.
fn any(message: &[u8], depth: usize, out: &mut Vec<u8>) -> Result<(), Broken> {
    if depth > values::MAX_DEPTH {
        return Err(Broken);
    }
    // Of several types the last one counts.
    let begin = out.len();
    out.extend_from_slice(b"null");
    let mut fields = Fields::of(message);
    while let Some((number, value)) = fields.next()? {
        if (1..=7).contains(&number) {
            out.truncate(begin);
        }
        match (number, value) {
            (1, Value::Bytes(bytes)) => values::text(bytes, out),
            (2, Value::Varint(truth)) => out.extend_from_slice(if truth == 0 { b"false" } else { b"true" }),
            (3, Value::Varint(number)) => values::integer(number.cast_signed(), out),
            (4, Value::Fixed64(bits)) => values::double(f64::from_bits(bits), out),
            (5, Value::Bytes(list)) => array(list, depth, out)?,
            (6, Value::Bytes(list)) => {
                out.push(b'{');
                members(list, 1, depth, out)?;
                out.pop_if(|last| *last == b',');
                out.push(b'}');
            }
            (7, Value::Bytes(bytes)) => values::bytes(bytes, out),
            (1..=7, _) => return Err(Broken),
            _ => {}
        }
    }
    Ok(())
}

fn array(message: &[u8], depth: usize, out: &mut Vec<u8>) -> Result<(), Broken> {
    out.push(b'[');
    let mut fields = Fields::of(message);
    while let Some((number, value)) = fields.next()? {
        if let (1, Value::Bytes(element)) = (number, value) {
            any(element, depth + 1, out)?;
            out.push(b',');
        }
    }
    out.pop_if(|last| *last == b',');
    out.push(b']');
    Ok(())
}

/// Writes the members of a record, a comma behind each. Gives its time in nanoseconds; 0 if it has none.
pub(super) fn record(message: &[u8], out: &mut Vec<u8>) -> Result<u64, Broken> {
    let (mut time, mut observed, mut severity, mut dropped, mut flags) = (0, 0, 0, 0, 0);
    let (mut level, mut body, mut trace, mut span, mut event) = (&[][..], None, &[][..], &[][..], &[][..]);
    let mut fields = Fields::of(message);
    while let Some((number, value)) = fields.next()? {
        match (number, value) {
            (1, Value::Fixed64(value)) => time = value,
            (2, Value::Varint(value)) => severity = value,
            (3, Value::Bytes(bytes)) => level = bytes,
            (5, Value::Bytes(bytes)) => body = Some(bytes),
            (7, Value::Varint(value)) => dropped = value,
            (8, Value::Fixed32(value)) => flags = value,
            (9, Value::Bytes(bytes)) => trace = bytes,
            (10, Value::Bytes(bytes)) => span = bytes,
            (11, Value::Fixed64(value)) => observed = value,
            (12, Value::Bytes(bytes)) => event = bytes,
            (1..=12, Value::Varint(_) | Value::Fixed64(_) | Value::Fixed32(_)) => return Err(Broken),
            _ => {}
        }
    }
    super::times(time, observed, out);
    super::severity(severity, out);
    text("severity_text", level, out);
    text("event_name", event, out);
    if let Some(body) = body {
        key("body", out);
        any(body, 1, out)?;
        out.push(b',');
    }
    object("attributes", message, 6, out)?;
    super::number("dropped_attributes_count", dropped, out);
    super::number("flags", u64::from(flags), out);
    id("trace_id", trace, 16, out);
    id("span_id", span, 8, out);
    Ok(if time > 0 { time } else { observed })
}

/// Writes an id; one of another length, or of zeros, is none (the specification of traces says so).
fn id(name: &str, value: &[u8], length: usize, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    if value.len() == length && value.iter().any(|byte| *byte != 0) {
        key(name, out);
        out.push(b'"');
        let digits = value.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        out.extend(digits.filter_map(|digit| DIGITS.get(usize::from(digit))));
        out.extend_from_slice(b"\",");
    }
}
