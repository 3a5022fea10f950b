//! First bytes of an input to what it is: text, compressed text, or something refused.
//!
//! A table of signatures, each with the offset it stands at, and three checks for forms
//! that have no usable one. Each check answers yes, no, or "more bytes are needed"; what
//! it answered once stays true however much follows, which makes the whole independent
//! of how the input was cut into reads. Sources of the signatures: the formats' own
//! specifications (RFC 1952, RFC 8878, POSIX pax, APPNOTE.TXT, Parquet, Avro, ORC,
//! SQLite, ISO 32000, System V ABI) and the magic database of file(1).

use std::io::{self, Read};

/// No check needs more bytes than these.
pub(super) const ENOUGH: usize = 512;
/// Where a tar header (POSIX.1-1988 on) has its magic.
const TAR_MAGIC: usize = 257;
/// Length of the file name at the start of a tar header.
const TAR_NAME: usize = 100;
/// Pairs of bytes looked at to recognise UTF-16 without a byte order mark.
const UTF16_PAIRS: usize = 16;

/// What an input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Packed(Codec),
    /// UTF-16 with a byte order mark.
    Wide {
        big_endian: bool,
    },
    /// A container that is not opened, by name.
    Container(&'static str),
    /// An encoding that is not read, by name.
    Encoding(&'static str),
}

/// A compression that is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    Gzip,
    Zstd,
}

impl Codec {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// The ending of names of files.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Gzip => ".gz",
            Self::Zstd => ".zst",
        }
    }

    pub(super) fn packing(self) -> super::Packing {
        match self {
            Self::Gzip => super::Packing::Gzip,
            Self::Zstd => super::Packing::Zstd,
        }
    }
}

/// What a check says about the bytes so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
    More,
}

/// Signatures at the start. A longer one stands before one that it begins with.
const SIGNATURES: &[(&[u8], Form)] = &[
    (b"\x1f\x8b\x08", Form::Packed(Codec::Gzip)),
    (b"\x28\xb5\x2f\xfd", Form::Packed(Codec::Zstd)),
    (b"\xff\xfe\0\0", Form::Encoding("UTF-32")),
    (b"\0\0\xfe\xff", Form::Encoding("UTF-32")),
    (b"\xff\xfe", Form::Wide { big_endian: false }),
    (b"\xfe\xff", Form::Wide { big_endian: true }),
    (b"\xfd7zXZ\0", Form::Container("xz")),
    (b"PK\x03\x04", Form::Container("zip")),
    (b"PK\x05\x06", Form::Container("zip")),
    (b"PK\x07\x08", Form::Container("zip")),
    (b"\x04\x22\x4d\x18", Form::Container("lz4")),
    (b"\x02\x21\x4c\x18", Form::Container("lz4")),
    (b"7z\xbc\xaf\x27\x1c", Form::Container("7z")),
    (b"Rar!\x1a\x07", Form::Container("rar")),
    (b"LZIP\x01", Form::Container("lzip")),
    (b"\x1f\x9d", Form::Container("compress (.Z)")),
    (b"\xff\x06\0\0sNaPpY", Form::Container("snappy")),
    (b"PAR1\x15", Form::Container("Parquet")),
    (b"PARE\x15", Form::Container("Parquet")),
    (b"Obj\x01", Form::Container("Avro")),
    (b"SQLite format 3\0", Form::Container("SQLite")),
    (b"%PDF-", Form::Container("PDF")),
    (b"\x7fELF", Form::Container("ELF")),
];

/// Says what the bytes are, or `None` while that depends on bytes to come.
pub(super) fn recognise(bytes: &[u8], at_end: bool) -> Option<Form> {
    let table = SIGNATURES.iter().map(|(magic, form)| (starts(bytes, magic), *form));
    let others = [
        (bzip2(bytes), Form::Container("bzip2")),
        (skippable(bytes), Form::Packed(Codec::Zstd)),
        (orc(bytes), Form::Container("ORC")),
        (tar(bytes), Form::Container("tar")),
        (utf16(bytes, 1), Form::Encoding("UTF-16")),
        (utf16(bytes, 0), Form::Encoding("UTF-16")),
    ];
    for (answer, form) in table.chain(others) {
        match answer {
            Answer::Yes => return Some(form),
            Answer::More if !at_end && bytes.len() < ENOUGH => return None,
            Answer::More | Answer::No => {}
        }
    }
    Some(Form::Text)
}

fn starts(bytes: &[u8], magic: &[u8]) -> Answer {
    if bytes.starts_with(magic) {
        Answer::Yes
    } else if magic.starts_with(bytes) {
        Answer::More
    } else {
        Answer::No
    }
}

/// `BZh1` to `BZh9`, then pi (a block) or the square root of pi (no block).
fn bzip2(bytes: &[u8]) -> Answer {
    let rest = match bytes.strip_prefix(b"BZh").map(<[u8]>::split_first) {
        None if b"BZh".starts_with(bytes) => return Answer::More,
        Some(None) => return Answer::More,
        Some(Some((b'1'..=b'9', rest))) => rest,
        None | Some(Some(_)) => return Answer::No,
    };
    match starts(rest, b"\x31\x41\x59\x26\x53\x59") {
        Answer::No => starts(rest, b"\x17\x72\x45\x38\x50\x90"),
        other => other,
    }
}

/// A skippable frame, 0x184D2A50 to 0x184D2A5F little-endian: some zstd writers put one
/// first. lz4 shares the numbers; the decoder will find out.
fn skippable(bytes: &[u8]) -> Answer {
    match bytes.split_first() {
        None => Answer::More,
        Some((0x50..=0x5f, rest)) => starts(rest, b"\x2a\x4d\x18"),
        Some(_) => Answer::No,
    }
}

/// Three letters are a weak signature: an ORC file also has control bytes among the
/// first of its stripe, a line of text that starts with them has none.
fn orc(bytes: &[u8]) -> Answer {
    const LOOK_AT: usize = 16;
    let Some(rest) = bytes.strip_prefix(b"ORC") else {
        return starts(bytes, b"ORC");
    };
    let binary = |byte: &u8| matches!(byte, 0..=8 | 14..=26 | 28..=31);
    if rest.iter().take(LOOK_AT).any(binary) {
        Answer::Yes
    } else if rest.len() < LOOK_AT {
        Answer::More
    } else {
        Answer::No
    }
}

/// A file name filled up with NUL bytes, and `ustar` behind the other fields. A line end
/// before the first NUL makes it text at once.
fn tar(bytes: &[u8]) -> Answer {
    let stop = |byte: &u8| matches!(byte, 0 | b'\n' | b'\r');
    let header = bytes.get(..TAR_MAGIC).unwrap_or(bytes);
    let end = match header.iter().position(stop) {
        Some(0) => return Answer::No,
        Some(at) if header.get(at) != Some(&0) => return Answer::No,
        Some(at) => at,
        None if header.len() == TAR_MAGIC => return Answer::No,
        None => return Answer::More,
    };
    let padding = header.iter().take(TAR_NAME).skip(end);
    if padding.into_iter().any(|byte| *byte != 0) {
        return Answer::No;
    }
    match bytes.get(TAR_MAGIC..) {
        None => Answer::More,
        Some(rest) => starts(rest, b"ustar"),
    }
}

/// UTF-16 without a byte order mark: of each pair the byte at `zero` is NUL, the other
/// is not. Text that starts with letters of ASCII looks so, and nothing else in a log.
fn utf16(bytes: &[u8], zero: usize) -> Answer {
    let looked_at = bytes.iter().take(2 * UTF16_PAIRS).enumerate();
    for (at, byte) in looked_at {
        if (*byte == 0) != (at % 2 == zero) {
            return Answer::No;
        }
    }
    if bytes.len() < 2 * UTF16_PAIRS { Answer::More } else { Answer::Yes }
}

/// Reads as far as needed to know the form; the reader returned gives all bytes again.
pub(super) fn sniff<R: Read>(mut inner: R) -> io::Result<(Form, Sniffed<R>)> {
    let mut held = Vec::new();
    let mut buffer = [0; ENOUGH];
    loop {
        let wanted = ENOUGH.saturating_sub(held.len()).max(1);
        let room = buffer.get_mut(..wanted).unwrap_or_default();
        let (read, error) = match inner.read(room) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) if held.is_empty() => return Err(error),
            Err(error) => (0, Some(error)),
            Ok(read) => (read, None),
        };
        held.extend_from_slice(room.get(..read).unwrap_or_default());
        if let Some(form) = recognise(&held, read == 0) {
            let held = io::Cursor::new(held);
            return Ok((form, Sniffed { held, error, inner }));
        }
    }
}

/// A reader whose first bytes were looked at.
pub(super) struct Sniffed<R> {
    held: io::Cursor<Vec<u8>>,
    /// Came while looking; given out after the bytes before it.
    error: Option<io::Error>,
    inner: R,
}

impl<R: Read> Read for Sniffed<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let read = self.held.read(room)?;
        if read > 0 {
            return Ok(read);
        }
        match self.error.take() {
            Some(error) => Err(error),
            None => self.inner.read(room),
        }
    }
}
