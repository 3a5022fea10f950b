//! One input: read, decoded, scrubbed, packed as it was, and written.
//!
//! The output stands under a temporary name beside its own until it is complete and on disk. Its bytes
//! depend on those of the input and the engine alone, so that a replay that is begun again writes the same.

use super::ReplayError;
use super::entry::{Entry, Status, Written};
use super::inputs::{Input, bytes};
use super::meters::{Metered, Meters};
use crate::audit::chain::hex;
use crate::decode::fingerprint::{Digested, digest};
use crate::decode::{self, DecodeError, Packing, TextOnly};
use crate::engine::Engine;
use crate::record::{Clean, Report};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// Level of both packings: archives are written once, and the engine should be what takes the time.
const LEVEL: u32 = 1;
/// Bytes read from a file at once.
const READ: usize = 128 * 1024;

/// What every file of a replay shares.
pub(super) struct Shared<'s> {
    pub(super) engine: &'s Engine,
    pub(super) out: &'s Path,
    pub(super) digest_key: &'s [u8],
    pub(super) meters: &'s Meters,
}

/// How the reading of an input ended.
enum End {
    Whole,
    Damaged(String),
    LeftOut(String),
    Unread(String),
}

/// Replays one input, `number` from 1, under this name.
///
/// # Errors
/// If the output cannot be written; what is wrong with the input stands in the entry.
pub(super) fn replay(shared: &Shared<'_>, input: &Input, number: u64, name: &str) -> Result<Entry, ReplayError> {
    let mut entry = Entry {
        input: number,
        name: name.to_owned(),
        name_digest: hex(&digest(shared.digest_key, bytes(&input.relative))),
        status: Status::LeftOut,
        reason: input.odd.map(str::to_owned),
        packing: None,
        size: input.size,
        digest: None,
        records: 0,
        findings: Default::default(),
        withheld: 0,
        dropped: 0,
        output: None,
    };
    if input.odd.is_some() {
        entry.status =
            if input.odd == Some("it is a link") || input.odd == Some("it is no file") { Status::LeftOut } else { Status::Unread };
        return Ok(entry);
    }
    let file = match File::open(&input.path) {
        Ok(file) => file,
        Err(error) => return Ok(unread(entry, &error)),
    };
    // What is written to a log while it is read belongs to the next replay.
    let metered = Metered { inner: file.take(input.size), meters: shared.meters };
    let mut raw = Digested::new(shared.digest_key, metered);
    let temporary = Temporary::beside(&shared.out.join(name), number);
    let (end, report) = match decode::open_packed(BufReader::with_capacity(READ, &mut raw)) {
        Err(error) => (judge(&error), Report::default()),
        Ok((packing, text)) => {
            entry.packing = packing_name(packing).map(str::to_owned);
            let unwritten = |source| ReplayError::output(name, source);
            let mut writer = Writer::create(&temporary.path, packing).map_err(unwritten)?;
            let (end, report) = pump(shared, TextOnly::new(text), &mut writer).map_err(unwritten)?;
            if matches!(end, End::Whole | End::Damaged(_)) {
                entry.output = Some(writer.finish().map_err(unwritten)?);
            }
            (end, report)
        }
    };
    match raw.finish() {
        Err(error) => return Ok(unread(Entry { output: None, ..entry }, &error)),
        Ok((read, _)) if read < input.size && !matches!(end, End::Unread(_)) => {
            entry.output = None;
            entry.status = Status::Unread;
            entry.reason = Some("it became shorter while it was read".to_owned());
            return Ok(entry);
        }
        Ok((_, digest)) => entry.digest = Some(hex(&digest)),
    }
    (entry.status, entry.reason) = match end {
        End::Whole => (Status::Done, None),
        End::Damaged(why) => (Status::Damaged, Some(why)),
        End::LeftOut(why) => (Status::LeftOut, Some(why)),
        End::Unread(why) => (Status::Unread, Some(why)),
    };
    if entry.output.is_some() {
        entry.records = report.lines;
        entry.withheld = report.withheld;
        entry.dropped = report.dropped;
        entry.findings = report.kinds.iter().map(|count| (count.kind.clone(), count.masked)).collect();
        temporary.keep(&shared.out.join(name)).map_err(|source| ReplayError::output(name, source))?;
    }
    Ok(entry)
}

fn unread(mut entry: Entry, error: &io::Error) -> Entry {
    entry.status = Status::Unread;
    // The kind alone: the text of an error may name the file.
    entry.reason = Some(format!("it cannot be read: {}", error.kind()));
    entry
}

fn judge(error: &io::Error) -> End {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<DecodeError>()) {
        Some(DecodeError::Truncated(_) | DecodeError::Damaged(_)) => End::Damaged(error.to_string()),
        Some(_) => End::LeftOut(error.to_string()),
        None => End::Unread(format!("it cannot be read: {}", error.kind())),
    }
}

/// Reads to the end, or to what is wrong. Errors are those of the output.
fn pump(shared: &Shared<'_>, mut text: impl Read, writer: &mut Writer) -> io::Result<(End, Report)> {
    let mut stream = shared.engine.stream();
    let mut found = 0;
    let end = loop {
        match stream.read_from(&mut text) {
            Ok(0) => break End::Whole,
            Ok(_) => {}
            Err(error) => break judge(&error),
        }
        emit(writer, |emit| stream.drain(emit))?;
        let masked = stream.report().masked();
        Meters::add(&shared.meters.findings, masked - found);
        found = masked;
    };
    if matches!(end, End::Whole | End::Damaged(_)) {
        emit(writer, |emit| stream.finish(emit))?;
    }
    Ok((end, stream.report()))
}

fn emit(writer: &mut Writer, step: impl FnOnce(&mut dyn FnMut(Clean<'_>))) -> io::Result<()> {
    let mut outcome = Ok(());
    step(&mut |clean| {
        if outcome.is_ok() {
            outcome = writer.write(clean);
        }
    });
    outcome
}

fn packing_name(packing: Packing) -> Option<&'static str> {
    match packing {
        Packing::Plain => None,
        Packing::Gzip => Some("gzip"),
        Packing::Zstd => Some("zstd"),
    }
}

/// A file that does not have its name yet. Removed unless it gets it.
struct Temporary {
    path: PathBuf,
}

impl Temporary {
    /// Named by number, so that what a kill left behind is written over by the next run.
    fn beside(target: &Path, number: u64) -> Self {
        Self { path: target.with_file_name(format!(".hushlog-replay-{number}.tmp")) }
    }

    fn keep(self, target: &Path) -> io::Result<()> {
        fs::rename(&self.path, target)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// An output: packed, hashed and counted on its way. Takes scrubbed bytes only (I2).
struct Writer {
    packer: Packer,
}

enum Packer {
    Plain(BufWriter<Hashed>),
    Gzip(BufWriter<GzEncoder<Hashed>>),
    Zstd(BufWriter<zstd::Encoder<'static, Hashed>>),
}

impl Writer {
    fn create(path: &Path, packing: Packing) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let hashed = Hashed { file: File::create(path)?, hasher: blake3::Hasher::new(), size: 0 };
        let packer = match packing {
            Packing::Plain => Packer::Plain(BufWriter::with_capacity(READ, hashed)),
            Packing::Gzip => Packer::Gzip(BufWriter::with_capacity(READ, GzEncoder::new(hashed, Compression::new(LEVEL)))),
            Packing::Zstd => {
                let mut encoder = zstd::Encoder::new(hashed, LEVEL as i32)?;
                encoder.include_checksum(true)?;
                Packer::Zstd(BufWriter::with_capacity(READ, encoder))
            }
        };
        Ok(Self { packer })
    }

    fn write(&mut self, clean: Clean<'_>) -> io::Result<()> {
        match &mut self.packer {
            Packer::Plain(writer) => writer.write_all(clean.as_bytes()),
            Packer::Gzip(writer) => writer.write_all(clean.as_bytes()),
            Packer::Zstd(writer) => writer.write_all(clean.as_bytes()),
        }
    }

    /// Ends the packing, and waits until everything is on disk.
    fn finish(self) -> io::Result<Written> {
        let hashed = match self.packer {
            Packer::Plain(writer) => writer.into_inner()?,
            Packer::Gzip(writer) => writer.into_inner()?.finish()?,
            Packer::Zstd(writer) => writer.into_inner()?.finish()?,
        };
        hashed.file.sync_all()?;
        Ok(Written { size: hashed.size, blake3: hashed.hasher.finalize().to_hex().to_string() })
    }
}

struct Hashed {
    file: File,
    hasher: blake3::Hasher,
    size: u64,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(bytes.get(..written).unwrap_or_default());
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// What a file holds, to be compared with what was written. `None` if it cannot be read.
pub(super) fn written(path: &Path) -> Option<Written> {
    let file = File::open(path).ok()?;
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let (mut hasher, mut reader) = (blake3::Hasher::new(), BufReader::with_capacity(READ, file));
    let size = io::copy(&mut reader, &mut hasher).ok()?;
    Some(Written { size, blake3: hasher.finalize().to_hex().to_string() })
}
