//! The same for what senders send: any bytes as requests and streams of each protocol, and as segments of the buffer.

use super::{cut_of, engine};
use crate::decode::envelope::Common;
use crate::record::{Batch, CleanBuf, CleanText, Events, Origin, Raw};
use std::sync::Arc;

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

const PLAIN: &[u8] = include_bytes!("../../tests/buffer/fixtures/v1-plain/00000001.seg");
const ENCRYPTED: &[u8] = include_bytes!("../../tests/buffer/fixtures/v1-encrypted/00000001.seg");
