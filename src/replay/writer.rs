//! One output on its way: packed as its input was, hashed and counted.
//!
//! Takes scrubbed bytes only (I2). Its bytes depend on those that it was given alone.

use super::entry::Written;
use super::target::{Records, Sheet};
use crate::decode::Packing;
use crate::record::Clean;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{self, BufWriter, Write};

/// Level of both packings: archives are written once, and the engine should be what takes the time.
const LEVEL: u32 = 1;
/// Bytes that are gathered before they are packed, and before they are written as they are. What is longer is not copied.
const PACK: usize = 128 * 1024;
const WRITE: usize = 32 * 1024;

/// An output.
pub(super) enum Writer {
    Plain(BufWriter<Hashed>),
    Gzip(BufWriter<GzEncoder<Hashed>>),
    Zstd(BufWriter<zstd::Encoder<'static, Hashed>>),
    /// To sinks: text, with its hash and bytes.
    Records(Box<dyn Records>, Box<blake3::Hasher>, u64),
}

impl Writer {
    pub(super) fn new(sheet: Sheet, packing: Packing) -> io::Result<Self> {
        if let Sheet::Records(records) = sheet {
            return Ok(Self::Records(records, Box::default(), 0));
        }
        let hashed = Hashed { sheet, hasher: blake3::Hasher::new(), size: 0 };
        Ok(match packing {
            Packing::Plain => Self::Plain(BufWriter::with_capacity(WRITE, hashed)),
            Packing::Gzip => Self::Gzip(BufWriter::with_capacity(PACK, GzEncoder::new(hashed, Compression::new(LEVEL)))),
            Packing::Zstd => {
                let mut encoder = zstd::Encoder::new(hashed, LEVEL as i32)?;
                encoder.include_checksum(true)?;
                Self::Zstd(BufWriter::with_capacity(PACK, encoder))
            }
        })
    }

    pub(super) fn write(&mut self, clean: Clean<'_>) -> io::Result<()> {
        match self {
            Self::Plain(writer) => writer.write_all(clean.as_bytes()),
            Self::Gzip(writer) => writer.write_all(clean.as_bytes()),
            Self::Zstd(writer) => writer.write_all(clean.as_bytes()),
            Self::Records(records, hasher, size) => {
                hasher.update(clean.as_bytes());
                *size += clean.as_bytes().len() as u64;
                records.push(clean)
            }
        }
    }

    /// Ends the packing, and waits until everything is on disk. What was written has no name yet.
    pub(super) fn finish(self) -> io::Result<(Written, Sheet)> {
        let mut hashed = match self {
            Self::Plain(writer) => writer.into_inner()?,
            Self::Gzip(writer) => writer.into_inner()?.finish()?,
            Self::Zstd(writer) => writer.into_inner()?.finish()?,
            Self::Records(records, hasher, size) => {
                return Ok((Written { size, blake3: hasher.finalize().to_hex().to_string() }, Sheet::Records(records)));
            }
        };
        hashed.sheet.sync()?;
        Ok((Written { size: hashed.size, blake3: hashed.hasher.finalize().to_hex().to_string() }, hashed.sheet))
    }
}

/// What packed bytes go through.
pub(super) struct Hashed {
    sheet: Sheet,
    hasher: blake3::Hasher,
    size: u64,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.sheet.write(bytes)?;
        self.hasher.update(bytes.get(..written).unwrap_or_default());
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sheet.flush()
    }
}
