//! MessagePack, as far as the forward protocol needs it: values one by one, as JSON, and where one ends.
//!
//! Nothing is copied and nothing is trusted: a length beyond the end is an error, and values that stand too deep in
//! each other are refused. Where a value ends is found without depth and without starting again.

use crate::decode::values;

/// The value does not hold together, is of another type, or stands too deep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// One value; of lists and maps only how many values follow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'m> {
    Nil,
    Truth(bool),
    Unsigned(u64),
    Signed(i64),
    Double(f64),
    Text(&'m [u8]),
    Bytes(&'m [u8]),
    Extension(i8, &'m [u8]),
    List(usize),
    Map(usize),
}

/// Reads values one behind the other.
#[derive(Clone, Copy)]
pub(super) struct Reader<'m>(pub(super) &'m [u8]);

/// What a first byte says: how many bytes of a length follow, and what the value is then.
enum Kind {
    Fixed(usize),
    Bytes(usize),
    Extension(usize),
    List(usize),
    Map(usize),
}

impl<'m> Reader<'m> {
    fn take(&mut self, length: usize) -> Result<&'m [u8], Broken> {
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(Broken)?;
        self.0 = rest;
        Ok(bytes)
    }

    /// A number of so many bytes, the largest first.
    fn number(&mut self, bytes: usize) -> Result<u64, Broken> {
        Ok(self.take(bytes)?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    fn length(&mut self, bytes: usize) -> Result<usize, Broken> {
        usize::try_from(self.number(bytes)?).map_err(|_| Broken)
    }

    /// The next value. Of a list or a map its values follow.
    #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "a number is cast to the width that it was read with")]
    pub(super) fn next(&mut self) -> Result<Value<'m>, Broken> {
        let first = self.number(1)? as u8;
        Ok(match first {
            0x00..=0x7f => Value::Unsigned(u64::from(first)),
            0x80..=0x8f => Value::Map(usize::from(first & 15)),
            0x90..=0x9f => Value::List(usize::from(first & 15)),
            0xa0..=0xbf => Value::Text(self.take(usize::from(first & 31))?),
            0xc0 => Value::Nil,
            0xc1 => return Err(Broken),
            0xc2 | 0xc3 => Value::Truth(first == 0xc3),
            0xc4..=0xc6 => {
                let length = self.length(1 << (first - 0xc4))?;
                Value::Bytes(self.take(length)?)
            }
            0xc7..=0xc9 => {
                let length = self.length(1 << (first - 0xc7))?;
                self.extension(length)?
            }
            0xca => Value::Double(f64::from(f32::from_bits(self.number(4)? as u32))),
            0xcb => Value::Double(f64::from_bits(self.number(8)?)),
            0xcc..=0xcf => Value::Unsigned(self.number(1 << (first - 0xcc))?),
            0xd0 => Value::Signed(i64::from(self.number(1)? as i8)),
            0xd1 => Value::Signed(i64::from(self.number(2)? as i16)),
            0xd2 => Value::Signed(i64::from(self.number(4)? as i32)),
            0xd3 => Value::Signed(self.number(8)? as i64),
            0xd4..=0xd8 => self.extension(1 << (first - 0xd4))?,
            0xd9..=0xdb => {
                let length = self.length(1 << (first - 0xd9))?;
                Value::Text(self.take(length)?)
            }
            0xdc | 0xdd => Value::List(self.length(2 << (first - 0xdc))?),
            0xde | 0xdf => Value::Map(self.length(2 << (first - 0xde))?),
            0xe0..=0xff => Value::Signed(i64::from(first as i8)),
        })
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "the type of an extension is one byte")]
    fn extension(&mut self, length: usize) -> Result<Value<'m>, Broken> {
        let kind = self.number(1)? as i8;
        Ok(Value::Extension(kind, self.take(length)?))
    }

    /// Passes over one value and everything in it.
    pub(super) fn skip(&mut self) -> Result<&'m [u8], Broken> {
        let from = self.0;
        let mut left = 1_usize;
        while left > 0 {
            left = match self.next()? {
                Value::List(count) => left.checked_add(count).ok_or(Broken)?,
                Value::Map(count) => count.checked_mul(2).and_then(|count| left.checked_add(count)).ok_or(Broken)?,
                _ => left,
            } - 1;
        }
        from.get(..from.len() - self.0.len()).ok_or(Broken)
    }

    /// Writes the next value as JSON.
    pub(super) fn json(&mut self, depth: usize, out: &mut Vec<u8>) -> Result<(), Broken> {
        if depth > values::MAX_DEPTH {
            return Err(Broken);
        }
        match self.next()? {
            Value::Nil => out.extend_from_slice(b"null"),
            Value::Truth(truth) => out.extend_from_slice(if truth { b"true" } else { b"false" }),
            Value::Unsigned(number) => values::integer(number, out),
            Value::Signed(number) => values::integer(number, out),
            Value::Double(number) => values::double(number, out),
            Value::Text(bytes) | Value::Bytes(bytes) | Value::Extension(_, bytes) => values::bytes(bytes, out),
            Value::List(count) => {
                out.push(b'[');
                for at in 0..count {
                    if at > 0 {
                        out.push(b',');
                    }
                    self.json(depth + 1, out)?;
                }
                out.push(b']');
            }
            Value::Map(count) => {
                out.push(b'{');
                self.members(count, depth, out)?;
                out.pop_if(|last| *last == b',');
                out.push(b'}');
            }
        }
        Ok(())
    }

    /// Writes so many pairs, a comma behind each.
    pub(super) fn members(&mut self, count: usize, depth: usize, out: &mut Vec<u8>) -> Result<(), Broken> {
        for _ in 0..count {
            let key = self.key()?;
            values::text(&key, out);
            out.push(b':');
            self.json(depth + 1, out)?;
            out.push(b',');
        }
        Ok(())
    }

    /// The next value as the name of a member.
    pub(super) fn key(&mut self) -> Result<std::borrow::Cow<'m, [u8]>, Broken> {
        let mut out = Vec::new();
        match self.next()? {
            Value::Text(bytes) | Value::Bytes(bytes) => return Ok(bytes.into()),
            Value::Nil => out.extend_from_slice(b"null"),
            Value::Truth(truth) => out.extend_from_slice(if truth { b"true" } else { b"false" }),
            Value::Unsigned(number) => values::integer(number, &mut out),
            Value::Signed(number) => values::integer(number, &mut out),
            Value::Double(number) => values::double(number, &mut out),
            Value::Extension(..) | Value::List(_) | Value::Map(_) => return Err(Broken),
        }
        Ok(out.into())
    }
}

/// Finds the end of a value whose bytes come piece by piece.
#[derive(Clone, Copy)]
pub(super) struct Scan {
    at: usize,
    /// Values that are to come.
    left: u64,
}

impl Scan {
    /// At the begin of a value.
    pub(super) fn new() -> Self {
        Self { at: 0, left: 1 }
    }

    /// Where the value ends, if it is complete. `bytes` begin where they began before.
    pub(super) fn end(&mut self, bytes: &[u8]) -> Result<Option<usize>, Broken> {
        while self.left > 0 {
            let rest = bytes.get(self.at..).unwrap_or_default();
            let Some(first) = rest.first() else { return Ok(None) };
            let kind = kind(*first).ok_or(Broken)?;
            let number = |width: usize| rest.get(1..=width).map(|bytes| bytes.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte)));
            let (head, body, values) = match kind {
                Kind::Fixed(body) => (1, body as u64, 0),
                Kind::Bytes(width) | Kind::Extension(width) => {
                    let Some(length) = number(width) else { return Ok(None) };
                    (1 + width, length + u64::from(matches!(kind, Kind::Extension(_))), 0)
                }
                Kind::List(width) | Kind::Map(width) => {
                    let count = if width == 0 { Some(u64::from(first & 15)) } else { number(width) };
                    let Some(count) = count else { return Ok(None) };
                    (1 + width, 0, if matches!(kind, Kind::Map(_)) { 2 * count } else { count })
                }
            };
            let end = usize::try_from(body).ok().and_then(|body| self.at.checked_add(head)?.checked_add(body)).ok_or(Broken)?;
            if end > bytes.len() {
                return Ok(None);
            }
            self.at = end;
            self.left = self.left.checked_add(values).ok_or(Broken)? - 1;
        }
        Ok(Some(self.at))
    }
}

fn kind(first: u8) -> Option<Kind> {
    Some(match first {
        0x00..=0x7f | 0xc0 | 0xc2 | 0xc3 | 0xe0..=0xff => Kind::Fixed(0),
        0x80..=0x8f => Kind::Map(0),
        0x90..=0x9f => Kind::List(0),
        0xa0..=0xbf => Kind::Fixed(usize::from(first & 31)),
        0xc1 => return None,
        0xc4..=0xc6 => Kind::Bytes(1 << (first - 0xc4)),
        0xc7..=0xc9 => Kind::Extension(1 << (first - 0xc7)),
        0xca => Kind::Fixed(4),
        0xcb => Kind::Fixed(8),
        0xcc..=0xcf => Kind::Fixed(1 << (first - 0xcc)),
        0xd0..=0xd3 => Kind::Fixed(1 << (first - 0xd0)),
        0xd4..=0xd8 => Kind::Fixed(1 + (1 << (first - 0xd4))),
        0xd9..=0xdb => Kind::Bytes(1 << (first - 0xd9)),
        0xdc | 0xdd => Kind::List(2 << (first - 0xdc)),
        0xde | 0xdf => Kind::Map(2 << (first - 0xde)),
    })
}

/// Writes text.
pub(super) fn put_text(text: &[u8], out: &mut Vec<u8>) {
    match u8::try_from(text.len()) {
        Ok(length @ 0..=31) => out.push(0xa0 | length),
        _ => {
            out.push(0xdb);
            out.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
        }
    }
    out.extend_from_slice(text);
}

/// Writes bytes of at most 255.
pub(super) fn put_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&[0xc4, u8::try_from(bytes.len()).unwrap_or(u8::MAX)]);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &[(&[u8], &str)] = &[
        (b"\x07", "7"),
        (b"\xff", "-1"),
        (b"\xc0", "null"),
        (b"\xc3", "true"),
        (b"\xcd\x01\x00", "256"),
        (b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff", "18446744073709551615"),
        (b"\xd1\xff\xfe", "-2"),
        (b"\xd3\x80\x00\x00\x00\x00\x00\x00\x00", "-9223372036854775808"),
        (b"\xca\x3f\xc0\x00\x00", "1.5"),
        (b"\xcb\x7f\xf0\x00\x00\x00\x00\x00\x00", "\"Infinity\""),
        (b"\xa2ab", "\"ab\""),
        (b"\xd9\x02ab", "\"ab\""),
        (b"\xc4\x02\xff\x00", "\"/wA=\""),
        (b"\xd5\x01ab", "\"ab\""),
        (b"\xc7\x01\x05a", "\"a\""),
        (b"\x92\x01\x91\xc2", "[1,[false]]"),
        (b"\xdc\x00\x01\x80", "[{}]"),
        (b"\x82\x01\xa1a\xa1k\x81\xc0\x02", "{\"1\":\"a\",\"k\":{\"null\":2}}"),
        (b"\xde\x00\x01\xa1k\x90", "{\"k\":[]}"),
    ];

    #[test]
    fn values_become_json_and_their_end_is_found_in_any_cut() {
        for (bytes, wanted) in ALL {
            let mut out = Vec::new();
            let mut reader = Reader(bytes);
            assert_eq!((reader.json(0, &mut out), reader.0.len()), (Ok(()), 0));
            assert_eq!(String::from_utf8_lossy(&out), *wanted);
            assert_eq!(Reader(bytes).skip(), Ok(*bytes));
            let mut scan = Scan::new();
            for cut in 0..bytes.len() {
                assert_eq!(scan.end(&bytes[..cut]), Ok(None), "{bytes:?} {cut}");
                assert!(Reader(&bytes[..cut]).skip().is_err());
            }
            assert_eq!(scan.end(&[bytes, &b"more"[..]].concat()), Ok(Some(bytes.len())));
        }
    }

    #[test]
    fn what_is_no_value_is_refused() {
        assert_eq!(Scan::new().end(b"\xc1"), Err(Broken));
        assert_eq!(Reader(b"\xdd\xff\xff\xff\xff\x01").json(0, &mut Vec::new()), Err(Broken));
        let deep = [[0x91].repeat(10_000), vec![0]].concat();
        assert_eq!(Reader(&deep).json(0, &mut Vec::new()), Err(Broken));
        assert_eq!((Reader(&deep).skip().is_ok(), Scan::new().end(&deep)), (true, Ok(Some(10_001))));
    }
}
