//! What must hold for any bytes: the bodies of the fuzz targets.
//!
//! The shells in tests/fuzz/ call these with libFuzzer's inputs, and tests/regressions.rs
//! with the inputs that once broke something. Each function panics when an invariant is
//! broken; its message never holds the input. Not part of the library: built for fuzzing
//! and for tests.

#[cfg(feature = "server")]
mod protocols;

use crate::engine::{Engine, Found};
use crate::record::Report;
use std::io::Read as _;
use std::sync::OnceLock;

#[cfg(feature = "server")]
pub use protocols::*;

/// Most bytes of rules that one input may hold: compiling larger ones only takes time.
const RULES: usize = 2048;

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(Engine::standard)
}

/// Any bytes through a stream: as many lines out as in, whatever the cut, and a second time nothing.
pub fn scrub(data: &[u8]) {
    let (cut, text) = cut_of(data);
    let whole = engine().scrub(text);
    assert_eq!(lines(&whole), lines(text), "lines were lost or made");
    let mut parts = Vec::with_capacity(whole.len());
    let (first, second) = text.split_at_checked(cut).unwrap_or((text, b""));
    let mut stream = engine().stream();
    stream.push(first, &mut |clean| parts.extend_from_slice(clean.as_bytes()));
    stream.push(second, &mut |clean| parts.extend_from_slice(clean.as_bytes()));
    stream.finish(&mut |clean| parts.extend_from_slice(clean.as_bytes()));
    assert!(parts == whole, "the output depends on the cut");
    let report = stream.report();
    assert_eq!(report.bytes_in, text.len() as u64, "input bytes are counted wrongly");
    assert_eq!(report.bytes_out, whole.len() as u64, "output bytes are counted wrongly");
    assert_eq!(report.withheld, 0, "a scan panicked");
    assert!(engine().scrub(&whole) == whole, "scrubbing twice changes more than once");
}

/// Any bytes as the cells of a table: as many records and fields out as in, whatever the cut, with the dictionary
/// of names on.
pub fn table(data: &[u8]) {
    static ENGINE: OnceLock<Option<Engine>> = OnceLock::new();
    let Some(engine) = ENGINE.get_or_init(|| Engine::builder().name_dictionary(true).build().ok()) else { return };
    let (cut, text) = cut_of(data);
    let mut csv = b"id,patient_name,ssn,note".to_vec();
    for (at, cell) in text.split(|byte| *byte == 0).enumerate() {
        csv.push(if at % 4 == 0 { b'\n' } else { b',' });
        csv.push(b'"');
        for byte in cell {
            csv.extend(std::iter::repeat_n(*byte, 1 + usize::from(*byte == b'"')));
        }
        csv.push(b'"');
    }
    let whole = engine.scrub(&csv);
    assert_eq!(fields(&whole), fields(&csv), "a table has other fields");
    let mut parts = Vec::with_capacity(whole.len());
    let (first, second) = csv.split_at_checked(cut.min(csv.len())).unwrap_or((&csv, b""));
    let mut stream = engine.stream();
    stream.push(first, &mut |clean| parts.extend_from_slice(clean.as_bytes()));
    stream.push(second, &mut |clean| parts.extend_from_slice(clean.as_bytes()));
    stream.finish(&mut |clean| parts.extend_from_slice(clean.as_bytes()));
    assert!(parts == whole, "the output depends on the cut");
    assert!(engine.scrub(&whole) == whole, "scrubbing twice changes more than once");
}

/// Records and fields of a CSV text whose quotes are balanced.
fn fields(text: &[u8]) -> (usize, usize) {
    let mut quoted = false;
    text.iter().fold((0, 0), |(records, fields), byte| {
        quoted ^= *byte == b'"';
        (records + usize::from(!quoted && *byte == b'\n'), fields + usize::from(!quoted && *byte == b','))
    })
}

/// Any bytes through the finder: findings in order, inside their lines, whatever the cut.
pub fn find(data: &[u8]) {
    let (cut, text) = cut_of(data);
    let whole = engine().find(text);
    let mut parts: Vec<Found> = Vec::with_capacity(whole.len());
    let (first, second) = text.split_at_checked(cut).unwrap_or((text, b""));
    let mut finder = engine().finder();
    finder.push(first, &mut |found| parts.push(found));
    finder.push(second, &mut |found| parts.push(found));
    finder.finish(&mut |found| parts.push(found));
    assert!(parts == whole, "the findings depend on the cut");
    assert_eq!(finder.report().masked(), whole.len() as u64, "findings are counted wrongly");
    let mut ends = text.split(|byte| *byte == b'\n').map(<[u8]>::len).enumerate();
    let (mut line, mut length, mut free) = (0, 0, 0);
    for found in &whole {
        while line < found.line {
            let next = ends.next();
            assert!(next.is_some(), "a finding after the last line");
            (line, length, free) = (line + 1, next.map_or(0, |(_, length)| length), 0);
        }
        assert!(line == found.line && free <= found.start, "findings overlap or are out of order");
        assert!(found.start < found.end && found.end <= length, "a finding outside its line");
        free = found.end;
    }
}

/// Any key path and value (parted by a zero byte) through the door for decoded fields.
pub fn value(data: &[u8]) {
    let at = data.iter().position(|byte| *byte == 0).unwrap_or(0);
    let (path, rest) = data.split_at_checked(at).unwrap_or((b"", data));
    let value = rest.strip_prefix(b"\0").unwrap_or(rest);
    let mut report = Report::default();
    let cleaned = engine().value(path, value, &mut report);
    assert_eq!(report.bytes_in, value.len() as u64, "input bytes are counted wrongly");
    assert_eq!(report.bytes_out, cleaned.as_bytes().len() as u64, "output bytes are counted wrongly");
    assert_eq!(report.withheld, 0, "a scan panicked");
    assert_eq!(cleaned.is_unchanged(), report.masked() == 0, "changed without a finding, or the other way");
    assert!(!cleaned.is_unchanged() || cleaned.as_bytes() == value, "a value without findings was changed");
    let again = engine().value(path, cleaned.as_bytes(), &mut report);
    assert!(again.as_bytes() == cleaned.as_bytes(), "scrubbing twice changes more than once");
}

/// Any text as a file of user rules, and what is accepted over a few lines.
pub fn rules(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data.get(..RULES.min(data.len())).unwrap_or_default()) else { return };
    let Ok(engine) = Engine::builder().rules("fuzz", text).and_then(|builder| builder.build()) else { return };
    let log = b"order=4711 mail=u@example.com aaaaaaaa\n\nid: 0000-1111 {\"k\": \"v\"}\r\n\x80\xff tail";
    let output = engine.scrub(log);
    assert_eq!(lines(&output), lines(log), "lines were lost or made");
}

/// The first two bytes choose where the rest is cut.
fn cut_of(data: &[u8]) -> (usize, &[u8]) {
    match data {
        [low, high, text @ ..] => (usize::from(u16::from_le_bytes([*low, *high])) % (text.len() + 1), text),
        _ => (0, data),
    }
}

fn lines(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', bytes).count()
}

/// Any bytes as a compressed input: an error or bytes, never a panic, never more than the cap at once.
pub fn inflate(data: &[u8]) {
    // Ends of inputs that expand without bound are not waited for.
    const MOST: u64 = 1 << 20;
    if let Ok(reader) = crate::decode::open(data) {
        let mut out = Vec::new();
        let outcome = reader.take(MOST).read_to_end(&mut out);
        assert!(out.len() as u64 <= MOST, "more came out than was asked for");
        if let Err(error) = outcome {
            assert!(!error.to_string().is_empty(), "an error without a text");
        }
    }
}
