//! The wire format of protocol buffers, as far as logs need it: fields of a message, one by one.
//!
//! Nothing is copied, and nothing is trusted: a length beyond the end, a number of too many bytes or a type of
//! field that is not known ends the message with an error.

/// The message does not hold together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// The value of a field.
#[derive(Clone, Copy)]
pub(super) enum Value<'m> {
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    Bytes(&'m [u8]),
}

/// The fields of a message, in their order.
pub(super) struct Fields<'m>(&'m [u8]);

impl<'m> Fields<'m> {
    pub(super) fn of(message: &'m [u8]) -> Self {
        Self(message)
    }

    /// The next field: its number and value; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<(u64, Value<'m>)>, Broken> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let tag = self.varint()?;
        let value = match tag & 7 {
            0 => Value::Varint(self.varint()?),
            1 => Value::Fixed64(u64::from_le_bytes(self.array()?)),
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| Broken)?;
                let (bytes, rest) = self.0.split_at_checked(length).ok_or(Broken)?;
                self.0 = rest;
                Value::Bytes(bytes)
            }
            5 => Value::Fixed32(u32::from_le_bytes(self.array()?)),
            // Groups are of a time before this message was made.
            _ => return Err(Broken),
        };
        match tag >> 3 {
            0 => Err(Broken),
            number => Ok(Some((number, value))),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Broken> {
        let (array, rest) = self.0.split_first_chunk().ok_or(Broken)?;
        self.0 = rest;
        Ok(*array)
    }

    fn varint(&mut self) -> Result<u64, Broken> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first().ok_or(Broken)?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Broken)
    }
}

/// Writes a number.
pub(super) fn put_varint(mut value: u64, out: &mut Vec<u8>) {
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

/// Writes a field of bytes, text or a message.
pub(super) fn put_bytes(field: u64, bytes: &[u8], out: &mut Vec<u8>) {
    put_varint(field << 3 | 2, out);
    put_varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_they_were_written() {
        let mut message = Vec::new();
        put_number(1, u64::MAX, &mut message);
        put_bytes(300, b"text", &mut message);
        message.extend_from_slice(&[0x19, 1, 0, 0, 0, 0, 0, 0, 0, 0x25, 2, 0, 0, 0]);
        let mut fields = Fields::of(&message);
        assert!(matches!(fields.next(), Ok(Some((1, Value::Varint(u64::MAX))))));
        assert!(matches!(fields.next(), Ok(Some((300, Value::Bytes(b"text"))))));
        assert!(matches!(fields.next(), Ok(Some((3, Value::Fixed64(1))))));
        assert!(matches!(fields.next(), Ok(Some((4, Value::Fixed32(2))))));
        assert!(matches!(fields.next(), Ok(None)));
    }

    #[test]
    fn what_does_not_hold_together_is_refused() {
        for broken in
            [&b"\x0a"[..], b"\x0a\x05abc", b"\x08", b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", b"\x0b", b"\x02\x00", b"\x0d\x00"]
        {
            assert!(Fields::of(broken).next().is_err(), "{broken:?}");
        }
    }
}
