//! One input on several threads, with the output of one.
//!
//! The text is cut into cells, whose places depend on it alone ([`Cells`]). Threads scan them as if nothing were open
//! where they begin: no key, no part of a line, no record, no table but the last one known. What comes out
//! is taken only where the scan of everything before has ended exactly so, which the stream itself says
//! ([`Stream::resume`]); elsewhere the cell is scanned again, behind what is open. So nothing has to be
//! foreseen, and where nothing can be proven one thread does the work. One reads, another one writes. At most [`MOST`]
//! cells are held.

use crate::decode::cells::{Cell, Cells};
use crate::engine::{Engine, Scratch, Stream};
use crate::record::{Clean, CleanBuf, Raw, Report};
use std::collections::VecDeque;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of a cell.
pub(super) const CELL: usize = 1 << 20;
/// Most cells that are scanned or wait to be written: what bounds the memory.
const MOST: usize = 16;
/// Those of them that are scanned and wait to be written.
const BEHIND: usize = 2;

/// The header of the table that is open: fed to a stream before the cell.
struct Header {
    /// In the pieces that it came in.
    parts: Vec<Arc<Raw>>,
    /// Whether it is the beginning of the input.
    is_first: bool,
}

type Table = Option<Arc<Header>>;

/// A stream on its way through cells.
struct Live<'e> {
    stream: Stream<'e>,
    /// What the stream had counted before the first cell.
    before: Report,
    pushed: u64,
    is_first: bool,
    /// Place of the open table's header in the stream, and it.
    header: Option<(Range<u64>, Arc<Header>)>,
    /// Whether another table was open where that one's header was read: read alone, it could mean something else.
    is_nested: bool,
}

/// What is open behind a cell.
enum State<'e> {
    /// Nothing but this table.
    Closed(Table),
    /// Something that only the stream knows.
    Open(Box<Live<'e>>),
}

struct Job<'e> {
    cell: Arc<Cell>,
    table: Table,
    reply: SyncSender<Option<Scanned<'e>>>,
}

struct Scanned<'e> {
    out: CleanBuf,
    report: Report,
    state: State<'e>,
}

struct Waiting<'e> {
    cell: Arc<Cell>,
    table: Table,
    scanned: Option<Receiver<Option<Scanned<'e>>>>,
}

impl<'e> Live<'e> {
    /// A stream at the beginning of the input, or behind a line end with this table open. Nothing if that cannot be.
    fn begin(engine: &'e Engine, scratch: Scratch, is_first: bool, table: &Table) -> Option<Self> {
        let mut stream = engine.stream_in(scratch);
        let (mut pushed, mut header) = (0, None);
        if is_first {
            stream.may_begin_in_key();
        }
        if !table.as_ref().map_or(is_first, |header| header.is_first) {
            stream.go_on();
        }
        if let Some(table) = table {
            for raw in &table.parts {
                stream.push_raw(raw, &mut |_| {});
                pushed += raw.len() as u64;
            }
            let resume = stream.resume();
            let is_open = resume.table.is_some_and(|table| table.start == 0);
            if stream.decided() != pushed || resume.from != pushed || !is_open {
                return None;
            }
            header = Some((0..pushed, Arc::clone(table)));
        }
        let before = stream.report();
        Some(Self { stream, before, pushed, is_first: is_first && table.is_none(), header, is_nested: false })
    }

    /// Scans a cell, and says which table is open behind it if nothing else is.
    fn push(&mut self, engine: &'e Engine, cell: &Cell, emit: &mut dyn FnMut(Clean<'_>)) -> Option<Table> {
        let start = self.pushed;
        let mut resume = self.stream.resume();
        let mut reader = cell.reader();
        // What lies in memory can be read.
        while let Ok(1..) = self.stream.read_from(&mut reader) {
            self.stream.drain(emit);
            let before = std::mem::replace(&mut resume, self.stream.resume()).table;
            self.is_nested = match (&before, &resume.table) {
                (Some(before), Some(table)) => self.is_nested || before.start != table.start,
                _ => false,
            };
        }
        self.pushed += cell.raw.len() as u64;
        let table = match resume.table {
            None => Some(None),
            Some(table) => self.header(engine, cell, start, table).map(Some),
        };
        let is_decided = self.stream.decided() == self.pushed && resume.from == self.pushed;
        let is_closed = cell.ends_line && is_decided && !self.stream.numbers_keys();
        table.filter(|_| is_closed)
    }

    /// The header of the table that is open behind a cell which began at `start`, if it is known and opens the table again.
    ///
    /// It grows while the table is young: the rule below a header may be in the next cell.
    fn header(&mut self, engine: &'e Engine, cell: &Cell, start: u64, table: Range<u64>) -> Option<Arc<Header>> {
        let part = |from: u64, to: u64| {
            let place = |at: u64| at.checked_sub(start).and_then(|at| usize::try_from(at).ok());
            cell.part(place(from)?..place(to)?)
        };
        if self.is_nested {
            return None;
        }
        let header = match self.header.take().filter(|(known, _)| known.start == table.start) {
            Some((known, header)) if table.end <= known.end => {
                self.header = Some((known, Arc::clone(&header)));
                return Some(header);
            }
            Some((known, header)) if known.end == start => {
                let mut parts = header.parts.clone();
                parts.push(Arc::new(part(start, table.end)?));
                Header { parts, is_first: header.is_first }
            }
            _ => Header { parts: vec![Arc::new(part(table.start, table.end)?)], is_first: self.is_first && table.start == 0 },
        };
        let header = Some(Arc::new(header));
        // One that does not open its table again is none to begin with.
        Self::begin(engine, Scratch::default(), false, &header)?;
        self.header = header.clone().map(|header| (table, header));
        header
    }

    fn report(&self) -> Report {
        self.stream.report().since(&self.before)
    }
}

/// Scans a cell by itself. `out` is empty memory for what comes out.
fn scan<'e>(engine: &'e Engine, scratch: &mut Option<Scratch>, mut out: CleanBuf, cell: &Cell, table: &Table) -> Option<Scanned<'e>> {
    let mut live = Live::begin(engine, scratch.take().unwrap_or_default(), false, table)?;
    out.reserve(cell.raw.len() + cell.raw.len() / 8);
    Some(match live.push(engine, cell, &mut |clean| out.push(clean)) {
        Some(table) => {
            let report = live.report();
            *scratch = Some(live.stream.into_scratch());
            Scanned { out, report, state: State::Closed(table) }
        }
        None => Scanned { out, report: Report::default(), state: State::Open(Box::new(live)) },
    })
}

fn same(one: &Table, other: &Table) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        _ => false,
    }
}

/// What the thread that reads hands to the others. They end when it is dropped.
struct Desk<'e, 's> {
    engine: &'e Engine,
    jobs: Sender<Job<'e>>,
    /// To the thread that writes.
    ready: SyncSender<CleanBuf>,
    spare: &'s Spare,
}

/// Memory of what was written: new memory costs more than what is done in it.
#[derive(Default)]
struct Spare(Mutex<Vec<CleanBuf>>);

impl Spare {
    fn take(&self) -> CleanBuf {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn keep(&self, mut out: CleanBuf) {
        out.clear();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(out);
    }
}

/// Scans text on some threads, with cells of this size. `emit` gets everything in its order, on a thread of its own.
/// Gives how reading ended, and the counts.
///
/// # Errors
/// Those of `emit`.
pub(super) fn run(
    engine: &Engine,
    text: impl Read,
    (threads, cell): (usize, usize),
    emit: &mut (dyn FnMut(Clean<'_>) -> io::Result<()> + Send),
) -> io::Result<(io::Result<()>, Report)> {
    let (jobs, queue) = mpsc::channel::<Job<'_>>();
    let (ready, written) = mpsc::sync_channel::<CleanBuf>(BEHIND);
    let (queue, spare) = (Mutex::new(queue), Spare::default());
    let work = || {
        let mut scratch = None;
        loop {
            let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(Job { cell, table, reply }) = job else { return };
            let scanned = scan(engine, &mut scratch, spare.take(), &cell, &table);
            drop(cell);
            // Nobody waits for it where the output failed.
            let _ = reply.send(scanned);
        }
    };
    std::thread::scope(|scope| {
        let threads = threads.min(MOST - BEHIND - 3);
        for _ in 0..threads {
            scope.spawn(work);
        }
        let spare = &spare;
        let writing = scope.spawn(move || {
            written.into_iter().try_for_each(|out| {
                emit(out.as_clean())?;
                spare.keep(out);
                Ok(())
            })
        });
        let outcome = lead(Desk { engine, jobs, ready, spare }, text, (threads, cell));
        match writing.join() {
            Ok(written) => written.and(outcome),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Reads cells, has them scanned, and takes what came out in their order.
fn lead(desk: Desk<'_, '_>, text: impl Read, (threads, cell): (usize, usize)) -> io::Result<(io::Result<()>, Report)> {
    let engine = desk.engine;
    // Why the thread that writes has ended it says itself.
    let write = |out: CleanBuf| desk.ready.send(out).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe));
    let mut cells = Cells::new(text, cell);
    let mut waiting: VecDeque<Waiting<'_>> = VecDeque::new();
    let (mut state, mut is_first, mut ended, mut report) = (State::Closed(None), true, None, Report::default());
    let mut last: Table = None;
    loop {
        // What is open behind the first cell is a good guess for the others.
        let room = if is_first { 1 } else { threads + 2 };
        while ended.is_none() && waiting.len() < room {
            match cells.take() {
                Ok(Some(cell)) => {
                    let (cell, table) = (Arc::new(cell), last.clone());
                    let scanned = (!is_first).then(|| {
                        let (reply, scanned) = mpsc::sync_channel(1);
                        let _ = desk.jobs.send(Job { cell: Arc::clone(&cell), table: table.clone(), reply });
                        scanned
                    });
                    waiting.push_back(Waiting { cell, table, scanned });
                }
                Ok(None) => ended = Some(Ok(())),
                Err(error) => ended = Some(Err(error)),
            }
        }
        let Some(next) = waiting.pop_front() else { break };
        let guessed = match &state {
            State::Closed(table) if same(table, &next.table) => next.scanned.and_then(|scanned| scanned.recv().ok().flatten()),
            _ => None,
        };
        state = match (guessed, state) {
            (Some(scanned), _) => {
                write(scanned.out)?;
                report.merge(&scanned.report);
                scanned.state
            }
            (None, state) => {
                let mut live = match state {
                    State::Open(live) => live,
                    State::Closed(table) => {
                        let live = Live::begin(engine, Scratch::default(), is_first, &table);
                        Box::new(live.ok_or_else(|| io::Error::other("a table cannot be opened again"))?)
                    }
                };
                let mut out = desk.spare.take();
                let closed = live.push(engine, &next.cell, &mut |clean| out.push(clean));
                write(out)?;
                match closed {
                    Some(table) => {
                        report.merge(&live.report());
                        State::Closed(table)
                    }
                    None => State::Open(live),
                }
            }
        };
        is_first = false;
        if let Ok(cell) = Arc::try_unwrap(next.cell) {
            cells.reuse(cell);
        }
        if let State::Closed(table) = &state {
            last.clone_from(table);
        }
    }
    if let State::Open(mut live) = state {
        let mut out = desk.spare.take();
        live.stream.finish(&mut |clean| out.push(clean));
        write(out)?;
        report.merge(&live.report());
    }
    Ok((ended.unwrap_or(Ok(())), report))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alone(engine: &Engine, text: &[u8]) -> (Vec<u8>, Report) {
        let (mut out, mut stream) = (Vec::new(), engine.stream());
        stream.may_begin_in_key();
        stream.push(text, &mut |clean| out.extend_from_slice(clean.as_bytes()));
        stream.finish(&mut |clean| out.extend_from_slice(clean.as_bytes()));
        (out, stream.report())
    }

    /// Text of one form, with values wherever a cell may end.
    fn forms() -> Vec<(&'static str, String)> {
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{}-----END PRIVATE KEY-----\n", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\n".repeat(9));
        let line = |n: usize| format!("{n} login user=jdoe{n} email=user{n}@example.com ssn=123-45-6789 ok\n");
        let lines = |count: usize| (0..count).map(line).collect::<String>();
        let rows = |count: usize, quoted: &str| -> String {
            (0..count).map(|n| format!("{n},kanari{n}{quoted},123456789,\"a, \"\"b{n}\"\"\nuser{n}@example.com\"\n")).collect()
        };
        let plain: String = (0..60).map(|n| format!("{n},kanari{n},123456789,x\n")).collect();
        let part = |n: usize| {
            format!(
                "2026-03-01T10:00:00.0Z stdout P login email=user{n}@exa\n2026-03-01T10:00:00.1Z stdout F mple.com password=kanari{n} ok\n"
            )
        };
        let docker = |n: usize| format!("{{\"log\":\"login ssn=123-45-6789 user{n}@example.com\\n\",\"stream\":\"stdout\"}}\n");
        let trace = "Traceback (most recent call last):\n  File \"a.py\", line 3, in f\n    login(password='kanari')\nValueError: user1@example.com\n";
        let psql: String = (0..30).map(|n| format!(" {n} | kanari{n} | 123-45-6789\n")).collect();
        vec![
            ("text", lines(60)),
            ("carriage returns", lines(60).replace('\n', "\r\n")),
            ("no end", lines(20).trim_end().to_owned()),
            ("keys", format!("{}{pem}{}{pem}{pem}{}", lines(9), lines(3), lines(20))),
            ("a key from an earlier file", format!("{}{}", format!("{}\n", "MIIEvQIBZq+/w7aB".repeat(4)).repeat(9), lines(40))),
            ("csv", format!("id,password,ssn,note\n{plain}")),
            ("csv with quotes", format!("id,password,ssn,note\n{}", rows(40, ""))),
            ("tsv", format!("id\tpassword\tssn\tnote\n{}", plain.replace(',', "\t"))),
            (
                "tables in text",
                format!("{}\nid,password,ssn,note\n{plain}\n{}\nid,ssn,email\n{}", lines(9), lines(9), "1,123456789,a\n".repeat(20)),
            ),
            ("psql", format!("{} id | password | ssn\n----+----------+----\n{psql}(30 rows)\n\n{}", lines(5), lines(9))),
            ("parts of lines", (0..40).map(part).collect()),
            ("docker", (0..60).map(docker).collect()),
            ("traces", format!("{}{}{}", lines(5), trace.repeat(12), lines(5))),
            (
                "json",
                format!(
                    "[\n{}{{}}]\n",
                    (0..40).map(|n| format!("{{\"password\":\"kanari{n}\",\"user\":\n\"jdoe{n}\"}},\n")).collect::<String>()
                ),
            ),
            (
                "keys in json",
                (0..4)
                    .map(|n| {
                        format!(
                            "{{\n{}  \"z{n}\": 1\n}}\n",
                            (0..30).map(|m| format!("  \"user{m}@example.com\": {m},\n")).collect::<String>()
                        )
                    })
                    .collect(),
            ),
            ("one line", "x=1 email=user@example.com ".repeat(400)),
            ("empty", String::new()),
        ]
    }

    #[test]
    fn threads_write_what_one_writes() {
        let engine = Engine::standard();
        for (form, text) in forms() {
            let (wanted, counts) = alone(&engine, text.as_bytes());
            for cell in (40..600).step_by(23).chain([1000, 4096]) {
                let mut out = Vec::new();
                let mut emit = |clean: Clean<'_>| {
                    out.extend_from_slice(clean.as_bytes());
                    Ok(())
                };
                let (end, report) = run(&engine, text.as_bytes(), (3, cell), &mut emit).unwrap();
                assert!(end.is_ok());
                assert!(out == wanted, "{form}, cells of {cell}: {}\n{}", String::from_utf8_lossy(&out), String::from_utf8_lossy(&wanted));
                assert_eq!(
                    (&report.kinds, report.lines, report.withheld),
                    (&counts.kinds, counts.lines, counts.withheld),
                    "{form}, {cell}"
                );
            }
        }
    }

    #[test]
    fn large_tables_are_split_behind_their_headers() {
        let engine = Engine::standard();
        let rows = |quoted: &str| (0..60_000).map(|n| format!("{n},kanari{n},x,\"a{quoted}{n}\"\n")).collect::<String>();
        let psql: String = (0..50_000).map(|n| format!(" {n} | kanari{n} | 123-45-6789\n")).collect();
        for text in [
            format!("id,password,note,more\n{}", rows("")),
            format!("id,password,note,more\n{}", rows(", \"\"b\"\"\n")),
            format!("{} id | password | ssn\n----+----------+----\n{psql}", "x=1\n".repeat(25_000)),
        ] {
            let (wanted, counts) = alone(&engine, text.as_bytes());
            for cell in [99_990, 100_000, 100_003, 250_000] {
                let mut out = Vec::new();
                let mut emit = |clean: Clean<'_>| {
                    out.extend_from_slice(clean.as_bytes());
                    Ok(())
                };
                let (_, report) = run(&engine, text.as_bytes(), (3, cell), &mut emit).unwrap();
                assert!(out == wanted && memchr::memmem::find(&out, b"kanari").is_none(), "cells of {cell}");
                assert_eq!((&report.kinds, report.lines), (&counts.kinds, counts.lines));
            }
        }
    }

    #[test]
    fn a_reader_that_fails_gives_what_came_before() {
        struct Fails<'t>(&'t [u8]);
        impl Read for Fails<'_> {
            fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
                if self.0.is_empty() { Err(io::ErrorKind::BrokenPipe.into()) } else { self.0.read(room) }
            }
        }
        let (engine, text) = (Engine::standard(), "email=user@example.com\n".repeat(50));
        let mut out = Vec::new();
        let mut emit = |clean: Clean<'_>| {
            out.extend_from_slice(clean.as_bytes());
            Ok(())
        };
        let (end, report) = run(&engine, Fails(text.as_bytes()), (2, 100), &mut emit).unwrap();
        assert_eq!((end.unwrap_err().kind(), report.lines), (io::ErrorKind::BrokenPipe, 50));
        assert_eq!(out, alone(&engine, text.as_bytes()).0);
    }
}
