//! The bytes of a segment: its header, its frames, what a frame holds. Little endian throughout.
//!
//! ```text
//! segment  header, frames
//! header   "HUSHSEG\n"  version u16 (1)  kind u8 (0 waiting, 1 dead letters)  encrypted u8
//!          length of the header u32  first sequence number u64  generation 32  salt 32
//!          check of the key 16  sinks u16, each: length u8, name      CRC32C of all before u32
//! frame    "HFRM"  length of the payload as stored u32  sequence number u64
//!          CRC32C of salt and payload as stored u32   CRC32C of salt and the 20 bytes before u32
//!          payload, sealed if the segment is encrypted (16 bytes longer then)
//! payload  set of sinks u64 (bit n: name n of the header)  [dead letters: time i64, reason text]
//!          source, region, zone text  attributes u32, each: name, value text
//!          records u32, each: end of its body u32, time i64     bodies
//! text     length u32, UTF-8
//! ```
//! The checks begin with the segment's random salt, so that bytes inside a record cannot pass for a
//! frame. Here are pure functions over bytes; docs/buffer-format.md describes the same for others.

use super::key::{Cipher, Key, TAG};
use crate::record::{Batch, CleanText, Origin};
use crate::route::{Generation, SinkSet};
use std::ops::Range;

pub(super) const VERSION: u16 = 1;
const MAGIC: &[u8; 8] = b"HUSHSEG\n";
pub(super) const FRAME_MAGIC: &[u8; 4] = b"HFRM";
/// Bytes of a frame before its payload.
pub(super) const FRAME_HEAD: usize = 24;
/// Of these the bytes that sealing binds: magic, length, sequence.
const BOUND: usize = 16;
/// Bytes of a header before the names of the sinks.
const FIXED: usize = 106;
/// Longest header: 64 names of 255 bytes.
pub(super) const MAX_HEADER: usize = FIXED + 64 * 256 + 4;

/// What a segment holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Batches that wait for sinks.
    Waiting,
    /// Records that a sink refused for good.
    DeadLetters,
}

/// The header of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: Kind,
    pub(super) encrypted: bool,
    pub(super) first: u64,
    pub(super) generation: Generation,
    pub(super) salt: [u8; 32],
    pub(super) check: [u8; 16],
    pub(super) sinks: Vec<String>,
    /// Its length in the file.
    pub(super) length: u64,
}

/// Why a header is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HeaderError {
    /// Its check does not hold.
    Damaged,
    /// Its check holds, and a newer program wrote it.
    Newer,
}

/// The head of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) length: u32,
    pub(super) sequence: u64,
    payload_crc: u32,
    bound: [u8; BOUND],
}

/// When and why a record was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal<T> {
    pub(super) time: i64,
    pub(super) reason: T,
}

impl Header {
    /// A header of a new segment, and its bytes.
    pub(super) fn new(kind: Kind, first: u64, generation: Generation, sinks: &[String], key: Option<&Key>) -> Option<(Self, Vec<u8>)> {
        let mut salt = [0; 32];
        getrandom::fill(&mut salt).ok()?;
        let check = key.map_or([0; 16], |key| key.check(&salt));
        let length = FIXED as u64 + sinks.iter().map(|name| 1 + name.len() as u64).sum::<u64>() + 4;
        let header = Self { kind, encrypted: key.is_some(), first, generation, salt, check, sinks: sinks.to_vec(), length };
        let bytes = header.encode()?;
        Some((header, bytes))
    }

    fn encode(&self) -> Option<Vec<u8>> {
        let mut out = Vec::with_capacity(self.length as usize);
        out.extend(MAGIC);
        out.extend(VERSION.to_le_bytes());
        out.push(self.kind as u8);
        out.push(u8::from(self.encrypted));
        out.extend(u32::try_from(self.length).ok()?.to_le_bytes());
        out.extend(self.first.to_le_bytes());
        out.extend(self.generation.0);
        out.extend(self.salt);
        out.extend(self.check);
        out.extend(u16::try_from(self.sinks.len()).ok().filter(|sinks| *sinks <= 64)?.to_le_bytes());
        for name in &self.sinks {
            out.push(u8::try_from(name.len()).ok()?);
            out.extend(name.as_bytes());
        }
        out.extend(crc32c::crc32c(&out).to_le_bytes());
        Some(out)
    }

    /// Reads a header from the start of a file.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, HeaderError> {
        let mut fixed = Parser(bytes);
        let head = fixed.head().filter(|head| head.length as usize <= bytes.len()).ok_or(HeaderError::Damaged)?;
        let whole = bytes.get(..head.length as usize).ok_or(HeaderError::Damaged)?;
        let (content, check) = whole.split_at_checked(whole.len().saturating_sub(4)).ok_or(HeaderError::Damaged)?;
        if crc32c::crc32c(content).to_le_bytes() != check {
            return Err(HeaderError::Damaged);
        }
        if head.version > VERSION {
            return Err(HeaderError::Newer);
        }
        Parser(content).header().ok_or(HeaderError::Damaged)
    }

    /// What the checks of this segment's frames begin with.
    pub(super) fn seed(&self) -> u32 {
        crc32c::crc32c(&self.salt)
    }
}

impl Head {
    /// Reads the head of a frame, if these bytes are one.
    pub(super) fn decode(bytes: &[u8], seed: u32) -> Option<Self> {
        let bytes: &[u8; FRAME_HEAD] = bytes.first_chunk()?;
        let (content, check) = bytes.split_at_checked(FRAME_HEAD - 4)?;
        let content = content.strip_prefix(FRAME_MAGIC).filter(|_| crc32c::crc32c_append(seed, content).to_le_bytes() == check)?;
        let mut parser = Parser(content);
        let (length, sequence, payload_crc) = (parser.u32()?, parser.u64()?, parser.u32()?);
        Some(Self { length, sequence, payload_crc, bound: *bytes.first_chunk()? })
    }

    /// Checks a payload as stored and opens it. `first` is the first sequence number of the segment.
    pub(super) fn open(&self, payload: &mut Vec<u8>, seed: u32, first: u64, cipher: Option<&Cipher>) -> Option<()> {
        if crc32c::crc32c_append(seed, payload) != self.payload_crc {
            return None;
        }
        match cipher {
            Some(cipher) => cipher.open(self.sequence.checked_sub(first)?, &self.bound, payload),
            None => Some(()),
        }
    }
}

/// Bytes of the frame of a batch, closely and never too few.
pub(super) fn frame_size(batch: &Batch) -> u64 {
    let origin = batch.origin();
    let attributes: usize = origin.attributes.iter().map(|(name, value)| 8 + name.as_str().len() + value.as_str().len()).sum();
    let names = origin.source.as_str().len() + origin.region.as_str().len() + origin.zone.as_str().len();
    (FRAME_HEAD + TAG + 28 + names + attributes + 12 * batch.len() + batch.bodies().len()) as u64
}

/// A frame to be written.
pub(super) struct Frame<'f> {
    pub(super) sequence: u64,
    pub(super) sinks: SinkSet,
    pub(super) refusal: Option<Refusal<&'f str>>,
    pub(super) batch: &'f Batch,
    /// Places of its records that are meant.
    pub(super) range: Range<usize>,
}

impl Frame<'_> {
    /// Adds the frame behind what is there already. `None` if it cannot be stored: 4 GiB or more.
    pub(super) fn encode(&self, out: &mut Vec<u8>, header: &Header, cipher: Option<&Cipher>) -> Option<()> {
        let start = out.len();
        out.resize(start + FRAME_HEAD, 0);
        let seed = header.seed();
        self.payload(out)?;
        let payload = start + FRAME_HEAD;
        let sealed = if cipher.is_some() { TAG } else { 0 };
        let mut head = Vec::with_capacity(FRAME_HEAD);
        head.extend(FRAME_MAGIC);
        head.extend(u32::try_from(out.len() - payload + sealed).ok()?.to_le_bytes());
        head.extend(self.sequence.to_le_bytes());
        if let Some(cipher) = cipher {
            let tag = cipher.seal(self.sequence.checked_sub(header.first)?, &head, out.get_mut(payload..)?)?;
            out.extend(tag);
        }
        head.extend(crc32c::crc32c_append(seed, out.get(payload..)?).to_le_bytes());
        head.extend(crc32c::crc32c_append(seed, &head).to_le_bytes());
        out.get_mut(start..payload)?.copy_from_slice(&head);
        Some(())
    }

    fn payload(&self, out: &mut Vec<u8>) -> Option<()> {
        let origin = self.batch.origin();
        out.extend(self.sinks.bits().to_le_bytes());
        if let Some(refusal) = &self.refusal {
            out.extend(refusal.time.to_le_bytes());
            text(out, refusal.reason)?;
        }
        for name in [&origin.source, &origin.region, &origin.zone] {
            text(out, name.as_str())?;
        }
        out.extend(u32::try_from(origin.attributes.len()).ok()?.to_le_bytes());
        for (name, value) in &origin.attributes {
            text(out, name.as_str())?;
            text(out, value.as_str())?;
        }
        let records = self.batch.ends().skip(self.range.start).take(self.range.len());
        out.extend(u32::try_from(records.len()).ok()?.to_le_bytes());
        let before = self.range.start.checked_sub(1).and_then(|before| self.batch.ends().nth(before)).map_or(0, |(end, _)| end);
        let mut end = 0;
        for (next, time) in records {
            end = next.checked_sub(before)?;
            out.extend(end.to_le_bytes());
            out.extend(time.to_le_bytes());
        }
        let bodies = self.batch.bodies_of(self.range.clone());
        (bodies.len() == end as usize).then(|| out.extend_from_slice(bodies))
    }
}

fn text(out: &mut Vec<u8>, text: &str) -> Option<()> {
    out.extend(u32::try_from(text.len()).ok()?.to_le_bytes());
    out.extend(text.as_bytes());
    Some(())
}

/// What stands before the bodies of a payload.
pub(super) struct Front<'p> {
    pub(super) sinks: SinkSet,
    pub(super) refusal: Option<Refusal<&'p [u8]>>,
    pub(super) source: &'p [u8],
    pub(super) region: &'p [u8],
    pub(super) zone: &'p [u8],
    pub(super) attributes: Vec<(&'p [u8], &'p [u8])>,
    pub(super) ends: Vec<(u32, i64)>,
    /// Where the bodies begin.
    pub(super) bodies: usize,
}

impl<'p> Front<'p> {
    /// Reads the front of a payload whose checks hold.
    pub(super) fn decode(payload: &'p [u8], kind: Kind) -> Option<Self> {
        let mut parser = Parser(payload);
        let sinks = SinkSet::of_bits(parser.u64()?);
        let refusal = match kind {
            Kind::Waiting => None,
            Kind::DeadLetters => Some(Refusal { time: parser.i64()?, reason: parser.text()? }),
        };
        let (source, region, zone) = (parser.text()?, parser.text()?, parser.text()?);
        let count = parser.u32()?;
        let attributes = (0..count).map(|_| Some((parser.text()?, parser.text()?))).collect::<Option<_>>()?;
        let records = parser.u32()?;
        let ends = (0..records).map(|_| Some((parser.u32()?, parser.i64()?))).collect::<Option<_>>()?;
        Some(Self { sinks, refusal, source, region, zone, attributes, ends, bodies: payload.len() - parser.0.len() })
    }

    /// The origin, from a proof that the checks hold.
    pub(super) fn origin(&self, clean: impl Fn(&[u8]) -> CleanText) -> Origin {
        Origin {
            source: clean(self.source),
            region: clean(self.region),
            zone: clean(self.zone),
            attributes: self.attributes.iter().map(|(name, value)| (clean(name), clean(value))).collect(),
        }
    }
}

/// Reads numbers and texts one behind the other.
pub(super) struct Parser<'p>(pub(super) &'p [u8]);

struct HeaderHead {
    version: u16,
    length: u32,
}

impl<'p> Parser<'p> {
    pub(super) fn take(&mut self, length: usize) -> Option<&'p [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_le_bytes)
    }

    fn text(&mut self) -> Option<&'p [u8]> {
        let length = self.u32()?;
        self.take(length as usize)
    }

    fn head(&mut self) -> Option<HeaderHead> {
        let magic = self.take(MAGIC.len())?;
        let version = self.u16()?;
        self.take(2)?;
        let length = self.u32()?;
        (magic == MAGIC && version > 0).then_some(HeaderHead { version, length })
    }

    fn header(&mut self) -> Option<Header> {
        let all = self.0.len() as u64;
        self.take(MAGIC.len() + 2)?;
        let kind = match self.array()? {
            [0] => Kind::Waiting,
            [1] => Kind::DeadLetters,
            _ => return None,
        };
        let encrypted = self.array()? == [1];
        self.u32()?;
        let (first, generation, salt, check) = (self.u64()?, Generation(self.array()?), self.array()?, self.array()?);
        let count = self.u16().filter(|count| *count <= 64)?;
        let name = |parser: &mut Self| {
            let [length] = parser.array()?;
            String::from_utf8(parser.take(usize::from(length))?.to_vec()).ok()
        };
        let sinks = (0..count).map(|_| name(self)).collect::<Option<_>>()?;
        self.0.is_empty().then_some(Header { kind, encrypted, first, generation, salt, check, sinks, length: all + 4 })
    }
}
