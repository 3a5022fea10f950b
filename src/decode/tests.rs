//! Unit tests of the recognition and of the decompressor.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::magic::{Form, recognise};
use super::{Codec, DecodeError, open};

const TEXT: &[u8] = b"first line\nsecond line\n";

/// Gives one byte a read, and an interruption before each.
struct Dribble<'a> {
    bytes: &'a [u8],
    interrupted: bool,
}

impl Read for Dribble<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.interrupted = !self.interrupted;
        if self.interrupted {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let take = room.len().min(1);
        (&mut self.bytes).take(take as u64).read(room)
    }
}

fn read_all(bytes: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let whole = collect(open(bytes));
    let dribbled = collect(open(Dribble { bytes, interrupted: false }));
    assert!(whole == dribbled, "depends on how the input was cut");
    whole
}

fn collect(opened: io::Result<Box<dyn Read + '_>>) -> Result<Vec<u8>, DecodeError> {
    let mut text = Vec::new();
    let outcome = opened.and_then(|mut reader| reader.read_to_end(&mut text));
    outcome.map(|_| text).map_err(|error| *error.get_ref().unwrap().downcast_ref().unwrap())
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn zstd(text: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn tar_header() -> Vec<u8> {
    let mut header = vec![0; 512];
    header[..7].copy_from_slice(b"app.log");
    header[100..107].copy_from_slice(b"0000644");
    header[257..262].copy_from_slice(b"ustar");
    header
}

#[test]
fn text_passes_as_it_is() {
    for text in [&b""[..], b"a", b"\n", b"P", b"PK", b"BZ", b"OR", TEXT, b"\xef\xbb\xbfbom\n"] {
        assert_eq!(read_all(text), Ok(text.to_vec()));
    }
    let long = b"no line end and no NUL ".repeat(100);
    assert_eq!(read_all(&long), Ok(long.clone()));
}

#[test]
fn text_that_resembles_a_container_is_text() {
    let ustar_far_right = [&b"x".repeat(257)[..], b"ustar\n"].concat();
    for text in [
        &b"ORC worker started, 4 stripes\n"[..],
        b"PAR1 is the magic of Parquet\n",
        b"BZh91 unpack failed\n",
        b"Obj 7 freed\n",
        b"h\0i there, a NUL in a line of a log\n and more of it, ustar too",
        b"7zip done\n",
        b"\x28text\n",
        &ustar_far_right,
    ] {
        assert_eq!(read_all(text), Ok(text.to_vec()));
    }
}

#[test]
fn a_waiting_line_is_recognised_without_more_bytes() {
    for line in [&b"hello\n"[..], b"{\"a\":1}\n", b"P\n", b"ab\0c\n", b"\r\n"] {
        assert_eq!(recognise(line, false), Some(Form::Text), "{line:?}");
    }
}

#[test]
fn an_answer_stays_whatever_follows() {
    let tails: [&[u8]; 3] = [b"\0\0\0\0\0", b"\n12ab", &[0xff; 9]];
    let starts: [&[u8]; 9] =
        [b"\x1f\x8b\x08\0", b"PK\x03\x04", b"ORC\n\x06", b"ORC text", b"BZh91AY&SY", &tar_header(), b"\xff\xfeh\0", b"h\0i\0", b"plain\n"];
    for (start, tail) in starts.iter().flat_map(|start| tails.map(|tail| (start, tail))) {
        let bytes = [*start, &tail.repeat(120)].concat();
        let mut answer = None;
        for end in 0..bytes.len() {
            let now = recognise(&bytes[..end], false);
            assert!(answer.is_none() || answer == now, "changed at {end} of {start:?}");
            answer = now;
        }
        assert!(answer.is_some());
    }
}

#[test]
fn gzip_and_zstd_are_read_with_all_their_parts() {
    let two = [TEXT, TEXT].concat();
    assert_eq!(read_all(&gzip(TEXT)), Ok(TEXT.to_vec()));
    assert_eq!(read_all(&[gzip(TEXT), gzip(TEXT)].concat()), Ok(two.clone()));
    assert_eq!(read_all(&zstd(TEXT)), Ok(TEXT.to_vec()));
    assert_eq!(read_all(&[zstd(TEXT), zstd(TEXT)].concat()), Ok(two));
    let skipped = [&b"\x50\x2a\x4d\x18\x02\0\0\0xx"[..], &zstd(TEXT)].concat();
    assert_eq!(read_all(&skipped), Ok(TEXT.to_vec()));
    assert_eq!(read_all(&gzip(b"")), Ok(Vec::new()));
}

#[test]
fn containers_are_refused_by_name() {
    let tar = tar_header();
    let containers: [(&[u8], &str); 19] = [
        (b"\xfd7zXZ\0\0\x04", "xz"),
        (b"BZh91AY&SY\x12", "bzip2"),
        (b"BZh9\x17\x72\x45\x38\x50\x90", "bzip2"),
        (b"PK\x03\x04\x14", "zip"),
        (b"PK\x05\x06\0", "zip"),
        (b"\x04\x22\x4d\x18\x64", "lz4"),
        (b"\x02\x21\x4c\x18", "lz4"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "7z"),
        (&tar, "tar"),
        (b"PAR1\x15\x04", "Parquet"),
        (b"Obj\x01\x04", "Avro"),
        (b"ORC\n\x06\x12\x04", "ORC"),
        (b"SQLite format 3\0\x10", "SQLite"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x7fELF\x02", "ELF"),
        (b"Rar!\x1a\x07\x01\0", "rar"),
        (b"LZIP\x01\x14", "lzip"),
        (b"\x1f\x9d\x90", "compress (.Z)"),
        (b"\xff\x06\0\0sNaPpY", "snappy"),
    ];
    for (bytes, name) in containers {
        assert_eq!(read_all(bytes), Err(DecodeError::Container(name)));
        for (outer, packed) in [("gzip", gzip(bytes)), ("zstd", zstd(bytes))] {
            let nested = DecodeError::Nested { outer, inner: name };
            assert_eq!(read_all(&packed), Err(nested));
        }
    }
    let (outer, inner) = (Codec::Zstd.name(), Codec::Gzip.name());
    assert_eq!(read_all(&zstd(&gzip(TEXT))), Err(DecodeError::Nested { outer, inner }));
}

#[test]
fn utf16_is_read_with_a_mark_and_refused_without_one() {
    let wide = |mark: &[u8], big: bool| {
        let units = "a line of text, long enough\n".encode_utf16();
        let units = units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
        mark.iter().copied().chain(units).collect::<Vec<_>>()
    };
    for (mark, big) in [(&b"\xff\xfe"[..], false), (b"\xfe\xff", true)] {
        for input in [wide(mark, big), gzip(&wide(mark, big)), zstd(&wide(mark, big))] {
            assert_eq!(read_all(&input).as_deref(), Ok(&b"a line of text, long enough\n"[..]));
        }
        assert_eq!(read_all(&wide(b"", big)), Err(DecodeError::Encoding("UTF-16")));
    }
    for mark in [b"\xff\xfe\0\0", b"\0\0\xfe\xff"] {
        assert_eq!(read_all(mark), Err(DecodeError::Encoding("UTF-32")));
    }
}

#[test]
fn what_was_read_comes_before_the_error() {
    let text = (0_u64..60_000).map(|n| n.wrapping_mul(n).to_string()).collect::<Vec<_>>().join("\n");
    let text = text.as_bytes();
    for (name, packed) in [("gzip", gzip(text)), ("zstd", zstd(text))] {
        let mut reader = open(&packed[..packed.len() - 5]).unwrap();
        let mut read = Vec::new();
        let error = reader.read_to_end(&mut read).unwrap_err();
        assert!(text.starts_with(&read));
        let inner = error.get_ref().unwrap().downcast_ref();
        assert_eq!(inner, Some(&DecodeError::Truncated(name)));
        let truncated = Err(DecodeError::Truncated(name));
        assert!(read_all(&packed[..packed.len() - 5]) == truncated);

        let mut damaged = packed.clone();
        let middle = damaged.len() / 2;
        damaged[middle..middle + 40].fill(0xa5);
        assert!(read_all(&damaged) == Err(DecodeError::Damaged(name)));
        let followed = [&packed[..], b"text behind it"].concat();
        assert!(read_all(&followed) == Err(DecodeError::Damaged(name)));
    }
}

#[test]
fn a_wide_zstd_window_is_refused() {
    // A frame header with a window of 2^31: descriptor, window, one last raw block.
    let frame = b"\x28\xb5\x2f\xfd\x00\xa8\x09\0\0x";
    assert_eq!(read_all(frame), Err(DecodeError::Window));
}

/// Gives some bytes, then fails as a disk does.
struct Failing<'a>(&'a [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() {
            return Err(io::Error::from_raw_os_error(5));
        }
        self.0.read(room)
    }
}

#[test]
fn an_error_of_the_reader_is_not_called_damage() {
    let gzip = gzip(TEXT);
    let zstd = zstd(TEXT);
    for bytes in [&gzip[..gzip.len() - 4], &zstd[..zstd.len() - 4], TEXT] {
        let mut read = Vec::new();
        let error = open(Failing(bytes)).and_then(|mut reader| reader.read_to_end(&mut read));
        assert!(error.unwrap_err().get_ref().is_none(), "replaced by an error of ours");
    }
}
