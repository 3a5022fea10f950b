//! The only decompressor: gzip and zstd, streaming.
//!
//! Holds one block of compressed input and the window of the format: 32 KiB for gzip
//! (RFC 1952), at most 128 MiB for zstd (RFC 8878; the limit the zstd tool has too). The
//! size of the output is not limited, because nothing here or behind keeps it. Errors of
//! the libraries are replaced by our own, so that no text of theirs can quote input.

use std::io::{self, BufReader, Read};

use flate2::read::MultiGzDecoder;
use zstd::stream::read::Decoder;

use super::{Codec, DecodeError};

/// Largest zstd window, as a power of two: 128 MiB.
const WINDOW_LOG_MAX: u32 = 27;

/// A compressed stream, read as its text.
pub(super) struct Inflate<R: Read> {
    codec: Codec,
    state: State<R>,
}

enum State<R: Read> {
    Gzip(Box<MultiGzDecoder<Kept<R>>>),
    Zstd(Box<Decoder<'static, BufReader<Kept<R>>>>),
}

impl<R: Read> Inflate<R> {
    pub(super) fn new(codec: Codec, reader: R) -> io::Result<Self> {
        let reader = Kept { reader, error: None };
        let state = match codec {
            Codec::Gzip => State::Gzip(Box::new(MultiGzDecoder::new(reader))),
            Codec::Zstd => {
                let mut decoder = Decoder::new(reader)?;
                decoder.window_log_max(WINDOW_LOG_MAX)?;
                State::Zstd(Box::new(decoder))
            }
        };
        Ok(Self { codec, state })
    }

    /// The reader's own error if it had one, else ours for what the library reports.
    fn explain(&mut self, error: &io::Error) -> io::Error {
        if error.kind() == io::ErrorKind::Interrupted {
            return io::ErrorKind::Interrupted.into();
        }
        let kept = match &mut self.state {
            State::Gzip(decoder) => decoder.get_mut().error.take(),
            State::Zstd(decoder) => decoder.get_mut().get_mut().error.take(),
        };
        if let Some(own) = kept {
            return own;
        }
        let name = self.codec.name();
        match error.kind() {
            io::ErrorKind::UnexpectedEof => DecodeError::Truncated(name).into_io(io::ErrorKind::UnexpectedEof),
            // The library has no kind for it; its message is a constant.
            io::ErrorKind::Other if error.to_string().contains("too much memory") => {
                DecodeError::Window.into_io(io::ErrorKind::InvalidData)
            }
            _ => DecodeError::Damaged(name).into_io(io::ErrorKind::InvalidData),
        }
    }
}

impl<R: Read> Read for Inflate<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let outcome = match &mut self.state {
            State::Gzip(decoder) => decoder.read(room),
            State::Zstd(decoder) => decoder.read(room),
        };
        outcome.map_err(|error| self.explain(&error))
    }
}

/// Remembers an error of the reader below, so that a failing disk is not reported as
/// damaged data.
struct Kept<R> {
    reader: R,
    error: Option<io::Error>,
}

impl<R: Read> Read for Kept<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.reader.read(room).map_err(|error| {
            let kind = error.kind();
            if kind != io::ErrorKind::Interrupted {
                self.error = Some(error);
            }
            kind.into()
        })
    }
}
