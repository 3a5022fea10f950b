//! Input bytes to text: what is compressed is opened, what cannot be read is refused.
//!
//! Stands between the reader of a file or pipe and the engine. The first bytes say what
//! the input is: text goes on as it came, gzip (RFC 1952, several members) and zstd
//! (RFC 8878, several frames) are inflated as they are read, UTF-16 with a byte order mark
//! becomes UTF-8, and every other container or encoding is an error, because scanned as
//! text it would pass unread. The answer depends on the bytes only, never on how they were
//! cut into reads, and it is given as soon as it is certain, so that a line that waits in a
//! pipe is not held up.
//!
//! Memory is bounded whatever the ratio of compression. Knows no files, clock or
//! environment; the engine does not know this module.

#![deny(clippy::disallowed_methods)]

#[cfg(feature = "server")]
pub mod body;
pub mod cells;
#[cfg(feature = "server")]
pub mod cloudwatch;
#[cfg(feature = "server")]
pub mod datadog;
#[cfg(feature = "server")]
pub mod envelope;
pub mod fingerprint;
#[cfg(feature = "server")]
pub mod fluent;
#[cfg(feature = "server")]
mod growth;
mod inflate;
#[cfg(feature = "server")]
pub mod json;
mod magic;
#[cfg(feature = "server")]
pub mod otlp;
#[cfg(feature = "server")]
pub mod splunk_hec;
#[cfg(feature = "server")]
pub mod syslog;
mod text_only;
#[cfg(feature = "server")]
mod values;
mod wide;

use std::io::{self, Read};

use crate::record::Raw;
use inflate::Inflate;
use magic::{Codec, Form};
use wide::Wide;

pub use text_only::TextOnly;

/// What an input was packed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Text as it lies.
    Plain,
    /// gzip (RFC 1952).
    Gzip,
    /// zstd (RFC 8878).
    Zstd,
}

/// What is wrong with the content of an input. Never holds bytes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// A container that is not opened.
    #[error(
        "the content is {0}, which is not opened: scanned as text it would pass unread; \
         unpack it and give its text"
    )]
    Container(&'static str),
    /// Text in an encoding that is not read.
    #[error("the content is {0} text; only UTF-8, ASCII, and UTF-16 with a byte order mark are read: convert it with iconv first")]
    Encoding(&'static str),
    /// Compressed text in a file that is followed, whose name does not say that it is compressed.
    #[error("the content is {0}, and the name of the file does not end with `{1}`: only a file that does is opened as one")]
    Unnamed(&'static str, &'static str),
    /// Text in an encoding that is not read from a file that is followed.
    #[error("the content is {0} text; of a file that may grow only UTF-8 and ASCII are read: have it written so")]
    Growing(&'static str),
    /// Something packed inside a compressed stream.
    #[error("the {outer} data holds {inner}; only text is read from it: unpack it first")]
    Nested {
        /// What was opened.
        outer: &'static str,
        /// What was found in it.
        inner: &'static str,
    },
    /// A compressed stream without its end.
    #[error("the {0} data ends too early: the file is cut off, or still being written")]
    Truncated(&'static str),
    /// A compressed stream that does not hold together.
    #[error("the {0} data is damaged, or other data follows it")]
    Damaged(&'static str),
    /// A zstd frame that asks for more memory than the limit.
    #[error("the zstd data needs a window of more than 128 MiB: compress it again without --long=28 or more")]
    Window,
    /// Bytes that are no text, where only text is wanted.
    #[error("the content is binary: there are NUL bytes near its start")]
    Binary,
}

impl DecodeError {
    fn into_io(self, kind: io::ErrorKind) -> io::Error {
        io::Error::new(kind, self)
    }
}

/// U+FEFF in UTF-8 (RFC 3629, section 6): before text it says nothing, and is no part of it.
pub(crate) const MARK: &[u8] = b"\xef\xbb\xbf";

/// Whole bytes that claim to be text: UTF-16 with a byte order mark becomes UTF-8, and a mark of UTF-8 is left out.
///
/// # Errors
/// If they are packed, a container, or text in an encoding that is not read: scanned as text they would pass unread.
pub fn text(mut raw: Raw) -> Result<Raw, DecodeError> {
    if raw.expose().starts_with(MARK) {
        raw.discard(0..MARK.len());
    }
    match magic::recognise(raw.expose().get(..magic::ENOUGH).unwrap_or(raw.expose()), true) {
        Some(Form::Wide { big_endian }) => {
            let mut text = Vec::with_capacity(raw.len());
            let read = Wide::new(raw.expose(), big_endian).read_to_end(&mut text);
            read.map(|_| Raw::new(text)).map_err(|_| DecodeError::Encoding("damaged UTF-16"))
        }
        Some(form) => refusal(form, raw.expose()).map_or(Ok(raw), Err),
        None => Ok(raw),
    }
}

/// Whether text that is UTF-8 by its form, such as that of JSON, holds no text in wider letters.
///
/// # Errors
/// If it does: scanned as it stands it would pass unread.
pub fn narrow(raw: &Raw) -> Result<(), DecodeError> {
    if has_wide_line(raw.expose()) { Err(DecodeError::Encoding("UTF-16 or UTF-32")) } else { Ok(()) }
}

/// Whether the first bytes of a file that grows are those of text; nothing while that is not certain. `at_end` says that
/// no more will come.
pub fn begins_text(raw: &Raw, at_end: bool) -> Option<Result<(), DecodeError>> {
    match magic::recognise(raw.expose(), at_end)? {
        Form::Wide { .. } => Some(Err(DecodeError::Growing("UTF-16"))),
        Form::Encoding(name) => Some(Err(DecodeError::Growing(name))),
        Form::Packed(codec) => Some(Err(DecodeError::Unnamed(codec.name(), codec.ending()))),
        form => Some(refusal(form, b"").map_or(Ok(()), Err)),
    }
}

fn refusal(form: Form, bytes: &[u8]) -> Option<DecodeError> {
    match form {
        Form::Packed(codec) => Some(DecodeError::Container(codec.name())),
        Form::Container(name) => Some(DecodeError::Container(name)),
        Form::Encoding(name) => Some(DecodeError::Encoding(name)),
        Form::Text | Form::Wide { .. } => has_wide_line(bytes).then_some(DecodeError::Encoding("UTF-16 or UTF-32")),
    }
}

/// Whether a line has as many NUL bytes as letters in two or four bytes have, and letters between them.
fn has_wide_line(bytes: &[u8]) -> bool {
    let is_wide = |line: &[u8]| {
        let zeros = memchr::memchr_iter(0, line).count();
        line.len() > 8 && (line.len().div_ceil(4)..=line.len() * 7 / 8).contains(&zeros)
    };
    memchr::memchr(0, bytes).is_some() && bytes.split(|byte| *byte == b'\n').any(is_wide)
}

/// Opens an input: the result gives its text.
///
/// Reads only as far as needed to tell what the input is. Errors about the content,
/// here and while reading, are [`DecodeError`]s inside the [`io::Error`]; those of the
/// reader pass through unchanged, after what was read before them was given out.
///
/// # Errors
/// Containers and encodings that are not read, and what the reader reports.
pub fn open<'r>(reader: impl Read + 'r) -> io::Result<Box<dyn Read + 'r>> {
    open_packed(reader).map(|(_, text)| text)
}

/// The same, and says what the text was packed in.
///
/// # Errors
/// As [`open`].
pub fn open_packed<'r>(reader: impl Read + 'r) -> io::Result<(Packing, Box<dyn Read + 'r>)> {
    let (form, reader) = magic::sniff(reader)?;
    let (outer, packing, inflated) = match form {
        Form::Text => return Ok((Packing::Plain, Box::new(reader))),
        Form::Wide { big_endian } => return Ok((Packing::Plain, Box::new(Wide::new(reader, big_endian)))),
        Form::Packed(codec) => (codec.name(), codec.packing(), Inflate::new(codec, reader)?),
        Form::Container(name) => {
            return Err(DecodeError::Container(name).into_io(io::ErrorKind::Unsupported));
        }
        Form::Encoding(name) => {
            return Err(DecodeError::Encoding(name).into_io(io::ErrorKind::Unsupported));
        }
    };
    let (form, text) = magic::sniff(inflated)?;
    let inner = match form {
        Form::Text => return Ok((packing, Box::new(text))),
        Form::Wide { big_endian } => return Ok((packing, Box::new(Wide::new(text, big_endian)))),
        Form::Packed(codec) => codec.name(),
        Form::Container(name) | Form::Encoding(name) => name,
    };
    Err(DecodeError::Nested { outer, inner }.into_io(io::ErrorKind::Unsupported))
}

#[cfg(test)]
mod tests;
