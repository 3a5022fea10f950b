//! JSON as values of OpenTelemetry in protocol buffers (common/v1/common.proto), and how messages are written.

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// How deep values may stand in each other. Receivers read messages of about 100 levels, of which each value takes three.
const MAX_DEPTH: usize = 24;

/// A value of JSON. Members keep their order, and equal names.
pub(super) enum Value {
    Null,
    Truth(bool),
    Integer(i64),
    Double(f64),
    Text(String),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        form.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Truth(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Integer(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        // There is no type for larger ones that would keep all their digits.
        Ok(i64::try_from(number).map_or_else(|_| Value::Text(number.to_string()), Value::Integer))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Double(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Value::Map(members))
    }
}

impl Value {
    /// The message of this value; none if it is too deep.
    pub(super) fn message(&self) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        self.write(0, &mut out)?;
        Some(out)
    }

    fn write(&self, depth: usize, out: &mut Vec<u8>) -> Option<()> {
        match self {
            Self::Null => {}
            Self::Truth(truth) => put_number(2, u64::from(*truth), out),
            Self::Integer(number) => put_number(3, number.cast_unsigned(), out),
            Self::Double(number) => put_fixed64(4, number.to_bits(), out),
            Self::Text(text) => put_bytes(1, text.as_bytes(), out),
            Self::List(values) => {
                let (mut list, mut one) = (Vec::new(), Vec::new());
                for value in values {
                    one.clear();
                    value.write(deeper(depth)?, &mut one)?;
                    put_bytes(1, &one, &mut list);
                }
                put_bytes(5, &list, out);
            }
            Self::Map(members) => {
                let mut list = Vec::new();
                for (name, value) in members {
                    pair(1, name, value, deeper(depth)?, &mut list)?;
                }
                put_bytes(6, &list, out);
            }
        }
        Some(())
    }
}

fn deeper(depth: usize) -> Option<usize> {
    (depth < MAX_DEPTH).then_some(depth + 1)
}

fn pair(field: u64, name: &str, value: &Value, depth: usize, out: &mut Vec<u8>) -> Option<()> {
    let (mut message, mut content) = (Vec::new(), Vec::new());
    value.write(depth, &mut content)?;
    put_bytes(1, name.as_bytes(), &mut message);
    put_bytes(2, &content, &mut message);
    put_bytes(field, &message, out);
    Some(())
}

/// Writes pairs as fields of a message; none if a value is too deep.
pub(super) fn put_pairs(field: u64, pairs: &[(String, Value)], out: &mut Vec<u8>) -> Option<()> {
    pairs.iter().try_for_each(|(name, value)| pair(field, name, value, 1, out))
}

/// Writes a pair of texts.
pub(super) fn put_text_pair(field: u64, name: &str, value: &str, out: &mut Vec<u8>) {
    let (mut message, mut content) = (Vec::new(), Vec::new());
    put_bytes(1, value.as_bytes(), &mut content);
    put_bytes(1, name.as_bytes(), &mut message);
    put_bytes(2, &content, &mut message);
    put_bytes(field, &message, out);
}

fn put_varint(mut value: u64, out: &mut Vec<u8>) {
    while value > 0x7f {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Writes a field that is a number.
pub(super) fn put_number(field: u64, value: u64, out: &mut Vec<u8>) {
    put_varint(field << 3, out);
    put_varint(value, out);
}

/// Writes a field of eight bytes.
pub(super) fn put_fixed64(field: u64, value: u64, out: &mut Vec<u8>) {
    put_varint(field << 3 | 1, out);
    out.extend_from_slice(&value.to_le_bytes());
}

/// Writes a field of four bytes.
pub(super) fn put_fixed32(field: u64, value: u32, out: &mut Vec<u8>) {
    put_varint(field << 3 | 5, out);
    out.extend_from_slice(&value.to_le_bytes());
}

/// Writes a field of bytes, text or a message.
pub(super) fn put_bytes(field: u64, bytes: &[u8], out: &mut Vec<u8>) {
    put_varint(field << 3 | 2, out);
    put_varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

/// How many records an answer says were not taken (ExportLogsServiceResponse: partial_success.rejected_log_records).
pub(super) fn rejected(answer: &[u8]) -> u64 {
    let partial = messages(answer).find(|(field, _)| *field == 1);
    partial.and_then(|(_, partial)| numbers(partial).find(|(field, _)| *field == 1)).map_or(0, |(_, rejected)| rejected)
}

/// One field of a message: its number, and what it holds.
enum Field<'m> {
    Number(u64),
    Bytes(&'m [u8]),
}

/// Fields of a message up to the first that is none, or of a kind that no message here has.
fn fields(mut rest: &[u8]) -> impl Iterator<Item = (u64, Field<'_>)> {
    std::iter::from_fn(move || {
        let (tag, behind) = varint(rest)?;
        let (field, behind) = match tag & 7 {
            0 => varint(behind).map(|(number, behind)| (Field::Number(number), behind))?,
            2 => {
                let (length, behind) = varint(behind)?;
                let (bytes, behind) = behind.split_at_checked(usize::try_from(length).ok()?)?;
                (Field::Bytes(bytes), behind)
            }
            _ => return None,
        };
        rest = behind;
        Some((tag >> 3, field))
    })
}

/// Fields of a message that are texts, bytes or messages.
pub(super) fn messages(message: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    fields(message).filter_map(|(number, field)| if let Field::Bytes(bytes) = field { Some((number, bytes)) } else { None })
}

/// Fields of a message that are numbers.
pub(super) fn numbers(message: &[u8]) -> impl Iterator<Item = (u64, u64)> {
    fields(message).filter_map(|(number, field)| if let Field::Number(value) = field { Some((number, value)) } else { None })
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (at, byte) in bytes.iter().take(9).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(at + 1..)?));
        }
    }
    None
}
