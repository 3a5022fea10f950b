//! Bodies of requests: opened as their header says, within a limit.

use crate::record::Raw;
use std::io::Read;

/// How a body is packed (RFC 9110, section 8.4; RFC 8878 for zstd).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Not at all.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 1950; senders that give raw RFC 1951 are read too.
    Deflate,
    /// RFC 8878.
    Zstd,
}

impl Encoding {
    /// What a `Content-Encoding` header says; none for what is not opened.
    pub fn of(header: &[u8]) -> Option<Self> {
        match header.trim_ascii().to_ascii_lowercase().as_slice() {
            b"" | b"identity" => Some(Self::Identity),
            b"gzip" | b"x-gzip" => Some(Self::Gzip),
            b"deflate" => Some(Self::Deflate),
            b"zstd" => Some(Self::Zstd),
            _ => None,
        }
    }
}

/// Why a body was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// It is larger than the limit once it is open.
    #[error("the body is too large")]
    TooLarge,
    /// It does not decompress.
    #[error("the body does not decompress")]
    Damaged,
}

/// Largest zstd window of a body, as a power of two: 8 MiB, which RFC 8878 asks every decoder to take.
const WINDOW_LOG_MAX: u32 = 23;

/// Opens a body. What it needs is bounded by `limit` bytes and the window of the format.
///
/// # Errors
/// If it is damaged, cut off, or larger than `limit` once it is open.
pub fn open(raw: Raw, encoding: Encoding, limit: usize) -> Result<Raw, BodyError> {
    if encoding == Encoding::Identity { Ok(raw) } else { unpack(&raw, encoding, limit, LEAST) }
}

/// The same for a body that stays as it is, so that it can be tried with another limit. `room` bytes are
/// made ready to begin with.
///
/// # Errors
/// If it is damaged, cut off, or larger than `limit` once it is open.
pub fn unpack(raw: &Raw, encoding: Encoding, limit: usize, room: usize) -> Result<Raw, BodyError> {
    decoded(raw, encoding, |reader| read(reader, limit, room))
}

/// How large a body is once it is open, found without keeping any of it.
///
/// # Errors
/// If it is damaged, cut off, or larger than `limit` once it is open.
pub fn measure(raw: &Raw, encoding: Encoding, limit: usize) -> Result<usize, BodyError> {
    decoded(raw, encoding, |reader| {
        let length = std::io::copy(&mut reader.take(limit as u64 + 1), &mut std::io::sink()).map_err(|_| BodyError::Damaged)?;
        usize::try_from(length).ok().filter(|length| *length <= limit).ok_or(BodyError::TooLarge)
    })
}

fn decoded<T>(raw: &Raw, encoding: Encoding, each: impl Fn(&mut dyn Read) -> Result<T, BodyError>) -> Result<T, BodyError> {
    let mut packed = raw.expose();
    match encoding {
        Encoding::Identity => each(&mut packed),
        Encoding::Gzip => each(&mut flate2::read::MultiGzDecoder::new(packed)),
        Encoding::Deflate => match each(&mut flate2::read::ZlibDecoder::new(packed)) {
            Err(BodyError::Damaged) => each(&mut flate2::read::DeflateDecoder::new(packed)),
            other => other,
        },
        Encoding::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::new(packed).map_err(|_| BodyError::Damaged)?;
            decoder.window_log_max(WINDOW_LOG_MAX).map_err(|_| BodyError::Damaged)?;
            each(&mut decoder)
        }
    }
}

/// Bytes that are made ready for an open body of unknown size.
pub const LEAST: usize = 16 << 10;
/// Bytes by which an open body grows at most: doubled, it would take twice the limit at its end.
const STEP: usize = 2 << 20;

fn read(reader: &mut dyn Read, limit: usize, first: usize) -> Result<Raw, BodyError> {
    let mut bytes = Vec::new();
    loop {
        // One byte more than allowed shows that there is more.
        let more = if bytes.is_empty() { first } else { bytes.len().clamp(LEAST, STEP) };
        let room = more.min((limit + 1).saturating_sub(bytes.len()));
        bytes.reserve_exact(room);
        let before = bytes.len();
        (&mut *reader).take(room as u64).read_to_end(&mut bytes).map_err(|_| BodyError::Damaged)?;
        match bytes.len() {
            length if length > limit => return Err(BodyError::TooLarge),
            length if length - before < room => return Ok(Raw::new(bytes)),
            _ => {}
        }
    }
}

/// Lines of a text.
pub fn lines(raw: &Raw) -> usize {
    memchr::memchr_iter(b'\n', raw.expose()).count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use std::io::Write;

    const TEXT: &[u8] = b"{\"a\":1}\n{\"b\":2}\n";

    fn packed(encoding: Encoding) -> Vec<u8> {
        match encoding {
            Encoding::Identity => TEXT.to_vec(),
            Encoding::Gzip => {
                let mut out = flate2::write::GzEncoder::new(Vec::new(), Compression::default());
                out.write_all(TEXT).unwrap();
                out.finish().unwrap()
            }
            Encoding::Deflate => {
                let mut out = flate2::write::ZlibEncoder::new(Vec::new(), Compression::default());
                out.write_all(TEXT).unwrap();
                out.finish().unwrap()
            }
            Encoding::Zstd => zstd::bulk::compress(TEXT, 1).unwrap(),
        }
    }

    #[test]
    fn every_encoding_is_opened_and_bounded() {
        for (name, encoding) in
            [("identity", Encoding::Identity), ("gzip", Encoding::Gzip), ("deflate", Encoding::Deflate), ("ZSTD", Encoding::Zstd)]
        {
            assert_eq!(Encoding::of(name.as_bytes()), Some(encoding));
            let open = |limit| open(Raw::new(packed(encoding)), encoding, limit).map(|raw| raw.expose().to_vec());
            assert_eq!(open(TEXT.len()).unwrap(), TEXT);
            assert_eq!(measure(&Raw::new(packed(encoding)), encoding, TEXT.len()), Ok(TEXT.len()));
            assert_eq!(measure(&Raw::new(packed(encoding)), encoding, TEXT.len() - 1), Err(BodyError::TooLarge));
            if encoding != Encoding::Identity {
                assert_eq!(open(TEXT.len() - 1), Err(BodyError::TooLarge));
                let cut = packed(encoding);
                let cut = Raw::new(cut[..cut.len() - 3].to_vec());
                assert_eq!(super::open(cut, encoding, 100).map(drop), Err(BodyError::Damaged));
            }
        }
        assert_eq!(Encoding::of(b"br"), None);
    }
}
