//! One input: read, decoded, scrubbed, packed as it was, and written.
//!
//! The output gets its name when it is complete and safe. Its bytes depend on those of the input and the
//! engine alone, so that a replay that is begun again writes the same.

use super::ReplayError;
use super::entry::{Entry, Status};
use super::inputs::{Input, bytes};
use super::meters::{Metered, Meters};
use super::split;
use super::target::{Sheet, Target};
use super::writer::Writer;
use crate::audit::chain::hex;
use crate::decode::fingerprint::{Digested, digest};
use crate::decode::{self, DecodeError, Packing, TextOnly};
use crate::engine::Engine;
use crate::record::{Clean, Report};
use std::io::{self, BufReader, Read};

/// Bytes read from a file at once.
const READ: usize = 128 * 1024;
/// Bytes from which on an input is worth several threads.
const SPLIT: u64 = 8 << 20;

/// What every file of a replay shares.
pub(super) struct Shared<'s> {
    pub(super) engine: &'s Engine,
    pub(super) out: &'s Target,
    pub(super) digest_key: &'s [u8],
    pub(super) meters: &'s Meters,
    pub(super) jobs: usize,
    /// Bytes of all inputs.
    pub(super) total: u64,
}

impl Shared<'_> {
    /// Threads for one input: more than one if it would keep a thread busy when all others have ended.
    fn threads(&self, size: u64) -> usize {
        let share = u128::from(size) * self.jobs as u128;
        if size < SPLIT || share <= u128::from(self.total) {
            return 1;
        }
        usize::try_from(share.div_ceil(u128::from(self.total.max(1)))).unwrap_or(1).min(self.jobs)
    }
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
        delivered: None,
    };
    if input.odd.is_some() {
        entry.status =
            if input.odd == Some("it is a link") || input.odd == Some("it is no file") { Status::LeftOut } else { Status::Unread };
        return Ok(entry);
    }
    let file = match input.open() {
        Ok(file) => file,
        Err(error) => return Ok(unread(entry, &error)),
    };
    // What is written to a log while it is read belongs to the next replay.
    let metered = Metered { inner: file.take(input.size), meters: shared.meters };
    let mut raw = Digested::new(shared.digest_key, metered);
    let unwritten = |source| ReplayError::output(name, source);
    let mut sheet = None;
    let (end, report) = match decode::open_packed(BufReader::with_capacity(READ, &mut raw)) {
        Err(error) => (judge(&error), Report::default()),
        Ok((packing, text)) => {
            entry.packing = packing_name(packing).map(str::to_owned);
            let mut writer =
                shared.out.create(name, number, &input.path).and_then(|sheet| Writer::new(sheet, packing)).map_err(unwritten)?;
            let text = TextOnly::new(text);
            let (end, report) = match shared.threads(input.size) {
                1 => pump(shared, text, &mut writer),
                threads => spread(shared, text, threads, &mut writer),
            }
            .map_err(unwritten)?;
            if matches!(end, End::Whole | End::Damaged(_)) {
                let (written, complete) = writer.finish().map_err(unwritten)?;
                let to_sinks = matches!(complete, Sheet::Records(_));
                *(if to_sinks { &mut entry.delivered } else { &mut entry.output }) = Some(written);
                sheet = Some(complete);
            }
            (end, report)
        }
    };
    match raw.finish() {
        Err(error) => return Ok(unread(Entry { output: None, delivered: None, ..entry }, &error)),
        Ok((read, _)) if read < input.size && !matches!(end, End::Unread(_)) => {
            (entry.output, entry.delivered) = (None, None);
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
    if let Some(sheet) = sheet {
        entry.records = report.lines;
        entry.withheld = report.withheld;
        entry.dropped = report.dropped;
        entry.findings = report.kinds.iter().map(|count| (count.kind.clone(), count.masked)).collect();
        sheet.keep().map_err(unwritten)?;
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
    // Each input alone: which one was written before it is not known.
    stream.may_begin_in_key();
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

/// The same on several threads.
fn spread(shared: &Shared<'_>, text: impl Read, threads: usize, writer: &mut Writer) -> io::Result<(End, Report)> {
    let (end, report) = split::run(shared.engine, text, (threads, split::CELL), &mut |clean| writer.write(clean))?;
    Meters::add(&shared.meters.findings, report.masked());
    Ok((end.map_or_else(|error| judge(&error), |()| End::Whole), report))
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
