//! How far each sink has come: a small file that is replaced as a whole.
//!
//! ```text
//! "HUSHCUR\n"  version u16 (1)  sinks u16, each: length u8, name, next sequence number u64
//! gaps u32, each: first u64, end u64    CRC32C of all before u32
//! ```
//! A gap is a range of sequence numbers whose segment was deleted while an older one still waits.
//! Little endian. It is older than the truth at worst: then records are sent twice.

use super::format::Parser;

/// Name of the file in the folder of the buffer.
pub(super) const NAME: &str = "cursors";
const MAGIC: &[u8; 8] = b"HUSHCUR\n";
const VERSION: u16 = 1;

/// What the file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cursors {
    /// Name of each sink and the first sequence number that it has not taken.
    pub(super) sinks: Vec<(String, u64)>,
    pub(super) gaps: Vec<(u64, u64)>,
}

impl Cursors {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend(VERSION.to_le_bytes());
        out.extend((self.sinks.len() as u16).to_le_bytes());
        for (name, next) in &self.sinks {
            out.push(name.len() as u8);
            out.extend(name.as_bytes());
            out.extend(next.to_le_bytes());
        }
        out.extend((self.gaps.len() as u32).to_le_bytes());
        for (first, end) in &self.gaps {
            out.extend(first.to_le_bytes());
            out.extend(end.to_le_bytes());
        }
        out.extend(crc32c::crc32c(&out).to_le_bytes());
        out
    }

    /// `None` if it is damaged.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (content, check) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
        let mut parser = Parser(content);
        if crc32c::crc32c(content).to_le_bytes() != check || parser.take(8)? != MAGIC || parser.u16()? != VERSION {
            return None;
        }
        let count = parser.u16()?;
        let sink = |parser: &mut Parser<'_>| {
            let length = *parser.take(1)?.first()?;
            let name = String::from_utf8(parser.take(usize::from(length))?.to_vec()).ok()?;
            Some((name, parser.u64()?))
        };
        let sinks = (0..count).map(|_| sink(&mut parser)).collect::<Option<_>>()?;
        let count = parser.u32()?;
        let gaps = (0..count).map(|_| Some((parser.u64()?, parser.u64()?))).collect::<Option<_>>()?;
        parser.0.is_empty().then_some(Self { sinks, gaps })
    }

    /// The first sequence number that a sink has not taken.
    pub(super) fn of(&self, name: &str) -> Option<u64> {
        self.sinks.iter().find(|(known, _)| known == name).map(|(_, next)| *next)
    }

    /// How many of the sequence numbers of a range lie in gaps.
    pub(super) fn in_gaps(&self, first: u64, end: u64) -> u64 {
        self.gaps.iter().map(|gap| gap.1.min(end).saturating_sub(gap.0.max(first))).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::Cursors;

    #[test]
    fn a_damaged_file_is_told() {
        let cursors = Cursors { sinks: vec![("a".into(), 7), ("bc".into(), u64::MAX)], gaps: vec![(3, 9)] };
        let bytes = cursors.encode();
        assert_eq!(Cursors::decode(&bytes), Some(cursors));
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            assert_eq!(Cursors::decode(&other), None, "{at}");
            assert_eq!(Cursors::decode(&bytes[..at]), None, "{at}");
        }
    }
}
