//! What must hold for any bytes: the bodies of the fuzz targets.
//!
//! The shells in tests/fuzz/ call these with libFuzzer's inputs, and tests/regressions.rs
//! with the inputs that once broke something. Each function panics when an invariant is
//! broken; its message never holds the input. Not part of the library: built for fuzzing
//! and for tests. `inflate`, for the decoders, is still to come.

use crate::decode::envelope::Common;
use crate::engine::{Engine, Found};
use crate::record::{Batch, CleanBuf, CleanText, Events, Origin, Raw, Report};
use std::io::Read as _;
use std::sync::{Arc, OnceLock};

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

/// Any bytes as a request of the CloudWatch Logs API: refused, or as many records out as events in.
pub fn cloudwatch(data: &[u8]) {
    let raw = Raw::new(data.to_vec());
    if let Err(error) = crate::decode::cloudwatch::ask(&raw) {
        assert!(!error.to_string().is_empty(), "an error without a text");
    }
    if let Ok(put) = crate::decode::cloudwatch::put(&raw) {
        assert!(!put.events.is_empty(), "a request without an event was taken");
        records(&put.events);
    }
}

/// Any bytes as requests of Splunk's HTTP Event Collector: refused, or each record is its own and of the right form.
pub fn splunk_hec(data: &[u8]) {
    use crate::decode::splunk_hec as hec;
    // The first line stands for the query of the address.
    let (query, body) = query_of(data);
    let common = Common::of_query(&query, &hec::COMMON);
    let raw = Raw::new(body.to_vec());
    match hec::events(&raw, &common, 7) {
        Err(error) => assert!(!error.to_string().is_empty(), "an error without a text"),
        Ok(events) => {
            assert!(!events.is_empty(), "a request without an event was taken");
            objects(&events);
            records(&events);
        }
    }
    if let Ok(events) = hec::raw_lines(&raw, &common, 7) {
        records(&events);
        if !common.is_empty() {
            objects(&events);
        }
    }
    let _ = hec::asked(&raw);
}

/// Any bytes as requests of Datadog's log intake: refused, or each record is its own and of the right form.
pub fn datadog(data: &[u8]) {
    use crate::decode::datadog::{self as dd, Form};
    let (query, body) = query_of(data);
    let common = Common::of_query(&query, &dd::COMMON);
    let raw = Raw::new(body.to_vec());
    for form in [Form::Json, Form::Text, Form::Unknown] {
        match dd::logs(&raw, form, &common, 7) {
            Err(error) => assert!(!error.to_string().is_empty(), "an error without a text"),
            Ok(events) if events.is_empty() => {}
            Ok(events) => {
                records(&events);
                if !common.is_empty() {
                    objects(&events);
                }
            }
        }
    }
}

fn query_of(data: &[u8]) -> (String, &[u8]) {
    let at = memchr::memchr(b'\n', data).unwrap_or(0);
    let (query, body) = data.split_at_checked(at).unwrap_or((b"", data));
    (String::from_utf8_lossy(query).into_owned(), body)
}

fn objects(events: &Events) {
    assert!(crate::decode::envelope::are_objects(events), "a record is no object, or has several lines");
}

/// Any bytes as messages (parted by zero bytes): each comes back as one record with its time, or is empty.
pub fn events(data: &[u8]) {
    let mut events = Events::default();
    data.split(|byte| *byte == 0).enumerate().for_each(|(at, message)| events.push(message, at as i64));
    records(&events);
    let middle = events.len() / 2;
    events.keep(middle..middle + 3);
    records(&events);
}

fn records(events: &Events) {
    let mut clean = CleanBuf::default();
    let mut stream = engine().stream();
    stream.push_raw(events.text(), &mut |part| clean.push(part));
    stream.finish(&mut |part| clean.push(part));
    let [source, region, zone] = ["fuzz", "eu-west-1", "eu"].map(CleanText::declared);
    let origin = Arc::new(Origin { source, region, zone, attributes: Vec::new() });
    let Some(batch) = Batch::of_events(origin, clean, events.cuts()) else {
        assert!(events.is_empty(), "lines were lost or made");
        return;
    };
    assert!(batch.len() <= events.len(), "records were made");
    let mut times = events.times();
    assert!(batch.ends().all(|(_, time)| times.any(|known| known == time)), "records have other times or another order");
}

/// Any bytes as a stream of syslog, in two parts: the same messages as in one, each a JSON object on a line.
pub fn syslog(data: &[u8]) {
    use crate::decode::fingerprint::fingerprint;
    use crate::decode::syslog::Framer;
    let read = |parts: [&[u8]; 2]| {
        let (mut framer, mut events) = (Framer::new(512), Events::default());
        let whole = parts.into_iter().all(|part| framer.push(&Raw::new(part.to_vec()), 0, &mut events).is_ok());
        if whole {
            framer.finish(0, &mut events);
        }
        objects(&events);
        (fingerprint(b"key", events.text()), events.len(), whole)
    };
    let (at, text) = cut_of(data);
    let (first, second) = text.split_at(at.min(text.len()));
    assert!(read([text, b""]) == read([first, second]), "the messages depend on the cut");
}

/// Any bytes as requests of OpenTelemetry's logs: refused, or each record is its own and a JSON object on a line.
#[cfg(feature = "server")]
pub fn otlp(data: &[u8]) {
    use crate::decode::otlp::{Form, Logs, unframe};
    let Some((first, body)) = data.split_first() else { return };
    let mut raw = Raw::new(body.to_vec());
    if first & 2 != 0 && unframe(&mut raw).is_err() {
        return;
    }
    let Ok(mut logs) = Logs::read(&raw, if first & 1 == 0 { Form::Protobuf } else { Form::Json }) else { return };
    while let Some(events) = logs.chunk(7) {
        objects(&events);
        records(&events);
    }
}

/// Any bytes as a stream of the forward protocol, in two parts: the same records as in one, each a JSON object on a line.
#[cfg(feature = "server")]
pub fn fluent(data: &[u8]) {
    use crate::decode::fluent::{Framer, message};
    let read = |parts: [&[u8]; 2]| {
        let (mut framer, mut all) = (Framer::new(1024), Vec::new());
        for part in parts {
            framer.push(&Raw::new(part.to_vec()));
            while let Ok(Some(raw)) = framer.message() {
                let Ok(Some(message)) = message(&raw, 1 << 16) else { continue };
                let mut logs = message.logs();
                while let Some(events) = logs.chunk(7) {
                    objects(&events);
                    records(&events);
                    all.push((events.bytes(), events.times().collect::<Vec<_>>()));
                }
            }
        }
        all
    };
    let (at, stream) = cut_of(data);
    let (first, second) = stream.split_at(at.min(stream.len()));
    assert!(read([stream, b""]) == read([first, second]), "the records depend on the cut");
}

/// Any bytes as a segment of the buffer, alone and written into a good one: frames in order or a count, never a panic.
#[cfg(feature = "server")]
pub fn segment(data: &[u8]) {
    use crate::buffer::{Key, probe};
    let key = Key::parse(&[7; 32]);
    let (at, rest) = cut_of(data);
    for (good, key) in [(PLAIN, None), (ENCRYPTED, key.as_ref())] {
        let _ = probe(data, key);
        let whole = probe(good, key).map_or(0, |(found, _)| found.len());
        let mut bad = good.to_vec();
        let place = at % bad.len();
        bad.iter_mut().skip(place).zip(rest).for_each(|(to, from)| *to = *from);
        if let Some((found, damage)) = probe(&bad, key) {
            assert!(found.is_sorted_by(|before, after| before.0 < after.0), "frames are out of order");
            assert!(found.len() <= whole, "frames were made");
            assert!(found.len() == whole || damage.is_any(), "a frame is missing and nobody noticed");
        }
    }
}

#[cfg(feature = "server")]
const PLAIN: &[u8] = include_bytes!("../tests/buffer/fixtures/v1-plain/00000001.seg");
#[cfg(feature = "server")]
const ENCRYPTED: &[u8] = include_bytes!("../tests/buffer/fixtures/v1-encrypted/00000001.seg");
