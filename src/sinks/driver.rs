//! What all sinks have in common: batches, order, retries, commits.
//!
//! A request leaves at once when the sink is idle. While requests are under way, more records come
//! in and go together. An entry is committed when every request with records of it was taken, or
//! refused for good and handed to the dead letters.

use super::{Limits, Part, Request, SendError, Sink};
use crate::buffer::{Entry, Reader};
use crate::task::{Stop, Task};
use crate::telemetry::{SinkMeter, Stage, Telemetry};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// Shortest and longest wait before a request is sent again.
const WAIT: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(30));

/// Partitions that are collected at once.
const PARTITIONS: usize = 256;

/// Takes what a sink refuses for good.
pub trait DeadLetters: Send + Sync {
    /// Keeps the records of a request; they are safe then. `false`: there is no place for them.
    fn keep<'d>(&'d self, sink: &'d str, request: &'d Request, reason: &'static str) -> Task<'d, bool>;
}

/// Why a driver ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Everything is sent, or it was told to stop.
    Done,
    /// A part of the program failed. Nothing that it had in hand is committed.
    Broken,
}

/// Drives one sink until its buffer is closed and read to the end, or `stop` is set.
pub struct Driver {
    /// As the configuration names it.
    pub name: Arc<str>,
    /// Where it is counted.
    pub telemetry: Arc<Telemetry>,
    /// Sends.
    pub sink: Arc<dyn Sink>,
    /// What is to be sent.
    pub reader: Reader,
    /// Where refused records go.
    pub dead_letters: Arc<dyn DeadLetters>,
    /// Set when what was not sent may stay in the buffer.
    pub stop: Stop,
}

impl Driver {
    /// Sends until the end. Requests that are under way end with it when it is dropped.
    pub async fn run(mut self) -> End {
        let limits = self.sink.limits();
        let mut stop = self.stop.clone();
        let counts = Counts { telemetry: Arc::clone(&self.telemetry), meter: self.telemetry.sink(&self.name) };
        loop {
            let first = tokio::select! {
                entry = self.reader.next() => entry,
                () = stop.wait() => None,
            };
            let Some(first) = first else { return End::Done };
            let (requests, last) = self.collect(first, &limits).await;
            let mut open = JoinSet::new();
            for row in rows(requests, self.sink.in_order(), limits.requests) {
                let (sink, name, letters) = (Arc::clone(&self.sink), Arc::clone(&self.name), Arc::clone(&self.dead_letters));
                open.spawn(deliver(sink, name, letters, counts.clone(), row, stop.clone()));
            }
            while let Some(delivered) = open.join_next().await {
                match delivered {
                    Ok(true) => {}
                    Ok(false) => return End::Done,
                    Err(_) => return End::Broken,
                }
            }
            self.reader.commit(last);
        }
    }

    /// Requests of what waits now, at most as many as may be under way at once.
    async fn collect(&mut self, first: Arc<Entry>, limits: &Limits) -> (Vec<Request>, u64) {
        let mut packer = Packer::new(self.sink.as_ref(), limits);
        let mut last = first.sequence;
        packer.add(first);
        if !limits.linger.is_zero() {
            let end = tokio::time::Instant::now() + limits.linger;
            while !packer.is_full() {
                let mut stop = self.stop.clone();
                let more = tokio::select! {
                    more = tokio::time::timeout_at(end, self.reader.next()) => more,
                    () = stop.wait() => break,
                };
                let Ok(Some(entry)) = more else { break };
                last = entry.sequence;
                packer.add(entry);
            }
        }
        while !packer.is_full()
            && let Some(entry) = self.reader.try_next()
        {
            last = entry.sequence;
            packer.add(entry);
        }
        (packer.finish(), last)
    }
}

/// Cuts entries into requests.
struct Packer<'s> {
    sink: &'s dyn Sink,
    limits: Limits,
    /// Requests that are full, and the bytes in them.
    done: Vec<Request>,
    bytes: usize,
    /// The request of each partition that has room.
    open: HashMap<String, Request>,
}

impl<'s> Packer<'s> {
    fn new(sink: &'s dyn Sink, limits: &Limits) -> Self {
        Self { sink, limits: *limits, done: Vec::new(), bytes: 0, open: HashMap::new() }
    }

    /// Whether as much is collected as may be under way at once.
    fn is_full(&self) -> bool {
        self.done.len() + 1 >= self.limits.requests.max(2) || self.open.len() > PARTITIONS
    }

    fn add(&mut self, entry: Arc<Entry>) {
        let batch = &entry.batch;
        let partition = self.sink.partition(batch.origin());
        let mut request = self.request(&partition);
        let mut from = 0;
        for at in 0..batch.len() {
            let Some(record) = batch.record(at) else { break };
            let cost = self.sink.cost(batch.origin(), &record);
            if request.records > 0 && (request.bytes + cost > self.limits.bytes || request.records >= self.limits.records) {
                request.take(&entry, from..at);
                self.close(request);
                request = self.request(&partition);
                from = at;
            }
            request.bytes += cost;
            request.records += 1;
        }
        request.take(&entry, from..batch.len());
        self.open.insert(partition, request);
    }

    /// The request of a partition that has room, or a new one.
    fn request(&mut self, partition: &str) -> Request {
        self.open.remove(partition).unwrap_or_else(|| Request::empty(partition))
    }

    fn close(&mut self, request: Request) {
        self.bytes += request.bytes;
        self.done.push(request);
    }

    fn finish(self) -> Vec<Request> {
        self.done.into_iter().chain(self.open.into_values()).collect()
    }
}

impl Request {
    fn empty(partition: &str) -> Self {
        Self { partition: partition.to_owned(), parts: Vec::new(), records: 0, bytes: 0 }
    }

    fn take(&mut self, entry: &Arc<Entry>, range: Range<usize>) {
        if !range.is_empty() {
            self.parts.push(Part { entry: Arc::clone(entry), range });
        }
    }
}

/// Requests that are sent one behind the other: those of one partition, or as they come, in at most so many rows.
fn rows(requests: Vec<Request>, in_order: bool, most: usize) -> Vec<Vec<Request>> {
    if !in_order {
        let length = requests.len().div_ceil(most.max(1)).max(1);
        let mut requests = requests.into_iter();
        return std::iter::from_fn(|| Some(requests.by_ref().take(length).collect::<Vec<_>>()).filter(|row| !row.is_empty())).collect();
    }
    let mut rows: Vec<Vec<Request>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for request in requests {
        let place = *places.entry(request.partition.clone()).or_insert(rows.len());
        match rows.get_mut(place) {
            Some(row) => row.push(request),
            None => rows.push(vec![request]),
        }
    }
    rows
}

/// Where deliveries are counted.
#[derive(Clone)]
struct Counts {
    telemetry: Arc<Telemetry>,
    meter: Arc<SinkMeter>,
}

/// Sends requests, one behind the other, until each is taken or refused for good. `false` when the program stopped before.
async fn deliver(
    sink: Arc<dyn Sink>,
    name: Arc<str>,
    letters: Arc<dyn DeadLetters>,
    counts: Counts,
    row: Vec<Request>,
    mut stop: Stop,
) -> bool {
    let mut waiting = row;
    waiting.reverse();
    let mut tries = 0;
    while let Some(request) = waiting.pop() {
        let timed = counts.telemetry.time(Stage::Send);
        let outcome = sink.send(&request).await;
        drop(timed);
        match outcome {
            Ok(()) => {
                counts.meter.sent(request.records, request.bytes);
                tries = 0;
            }
            Err(SendError::TooLarge) if request.records > 1 => {
                let (front, back) = halves(&request, sink.as_ref());
                waiting.push(back);
                waiting.push(front);
            }
            Err(SendError::TooLarge) => refuse(&letters, &counts, &name, &request, "a single record is too large").await,
            Err(SendError::Partly(rest)) => {
                tries = 0;
                let mut refused = rest.refused;
                refused.sort_unstable_by_key(|(place, reason)| (*reason, *place));
                for same in refused.chunk_by(|left, right| left.1 == right.1) {
                    let places = same.iter().map(|(place, _)| *place).collect();
                    let reason = same.first().map_or("refused", |(_, reason)| reason);
                    refuse(&letters, &counts, &name, &some_of(&request, places, sink.as_ref()), reason).await;
                }
                if !rest.left.is_empty() {
                    waiting.push(some_of(&request, rest.left, sink.as_ref()));
                }
            }
            Err(SendError::Refused { reason }) => refuse(&letters, &counts, &name, &request, reason).await,
            Err(SendError::Retry { reason, after }) => {
                let wait = after.unwrap_or_else(|| backoff(tries)).min(WAIT.1);
                if tries == 0 {
                    tracing::warn!(sink = %name, reason, "a request failed and is sent again");
                }
                tries += 1;
                counts.meter.retried(reason);
                waiting.push(request);
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = stop.wait() => return false,
                }
            }
        }
    }
    true
}

async fn refuse(letters: &Arc<dyn DeadLetters>, counts: &Counts, name: &str, request: &Request, reason: &'static str) {
    if !letters.keep(name, request, reason).await {
        request.parts.iter().for_each(|part| part.entry.refuse());
    }
    counts.meter.dead(reason, request.records);
}

/// Doubles with every try, and is anything from half of that up, so that many senders spread.
fn backoff(tries: u32) -> Duration {
    let full = WAIT.0.saturating_mul(1 << tries.min(9)).min(WAIT.1);
    let mut byte = [0; 1];
    let _ = getrandom::fill(&mut byte);
    full / 2 + full / 512 * u32::from(byte[0])
}

/// A request of some of the records of another one, in their order.
fn some_of(request: &Request, mut places: Vec<usize>, sink: &dyn Sink) -> Request {
    places.sort_unstable();
    let mut places = places.into_iter().peekable();
    let mut some = Request::empty(&request.partition);
    let mut before = 0;
    for part in &request.parts {
        let batch = &part.entry.batch;
        while let Some(place) = places.next_if(|place| *place < before + part.range.len()) {
            let at = part.range.start + (place - before);
            some.records += 1;
            some.bytes += batch.record(at).map_or(0, |record| sink.cost(batch.origin(), &record));
            match some.parts.last_mut() {
                Some(last) if Arc::ptr_eq(&last.entry, &part.entry) && last.range.end == at => last.range.end = at + 1,
                _ => some.take(&part.entry, at..at + 1),
            }
        }
        before += part.range.len();
    }
    some
}

fn halves(request: &Request, sink: &dyn Sink) -> (Request, Request) {
    let mut room = request.records / 2;
    let (mut front, mut back) = (Request::empty(&request.partition), Request::empty(&request.partition));
    for part in &request.parts {
        let middle = part.range.start + room.min(part.range.len());
        room -= middle - part.range.start;
        for (half, range) in [(&mut front, part.range.start..middle), (&mut back, middle..part.range.end)] {
            if !range.is_empty() {
                half.records += range.len();
                let batch = &part.entry.batch;
                half.bytes += batch.records(range.clone()).map(|record| sink.cost(batch.origin(), &record)).sum::<usize>();
                half.take(&part.entry, range);
            }
        }
    }
    (front, back)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Batch, CleanBuf, CleanText, Origin, Record};
    use crate::route::{Generation, SinkSet};

    /// Each record is a partition of its source and costs its bytes.
    struct Store(bool);

    impl Sink for Store {
        fn limits(&self) -> Limits {
            Limits { bytes: 6, records: 3, requests: 4, linger: Duration::ZERO }
        }

        fn cost(&self, _: &Origin, record: &Record<'_>) -> usize {
            record.body.len()
        }

        fn partition(&self, origin: &Origin) -> String {
            origin.source.as_str().to_owned()
        }

        fn in_order(&self) -> bool {
            self.0
        }

        fn send<'s>(&'s self, _: &'s Request) -> Task<'s, Result<(), SendError>> {
            Box::pin(async { Ok(()) })
        }
    }

    fn entry(sequence: u64, source: &str, bodies: &[&str]) -> Arc<Entry> {
        let [source, region, zone] = [source, "eu-west-1", "eu"].map(CleanText::declared);
        let mut batch = Batch::new(Arc::new(Origin { source, region, zone, attributes: Vec::new() }));
        for body in bodies {
            let mut clean = CleanBuf::default();
            crate::Engine::standard().stream().push(format!("{body}\n").as_bytes(), &mut |part| clean.push(part));
            batch.push(&clean, 0);
        }
        Arc::new(Entry::new(sequence, SinkSet::default(), Generation::default(), batch))
    }

    fn bodies(request: &Request) -> Vec<String> {
        request.records().map(|(_, record)| String::from_utf8_lossy(record.body).trim().to_owned()).collect()
    }

    fn request(entries: &[Arc<Entry>]) -> Request {
        let mut whole = Request::empty("app");
        for entry in entries {
            whole.take(entry, 0..entry.batch.len());
            whole.records += entry.batch.len();
        }
        whole
    }

    #[test]
    fn some_records_of_a_request_make_one_of_their_own() {
        let whole = request(&[entry(1, "app", &["a", "bb", "c"]), entry(2, "app", &["d", "e"])]);
        let some = some_of(&whole, vec![4, 0, 1, 3], &Store(false));
        assert_eq!(bodies(&some), ["a", "bb", "d", "e"]);
        assert_eq!((some.records, some.parts.len()), (4, 2));
        assert_eq!(bodies(&some_of(&some, vec![2, 9], &Store(false))), ["d"]);
    }

    #[test]
    fn requests_of_a_partition_stand_in_a_row() {
        let named = |name: &str| Request::empty(name);
        let row = |in_order| {
            let rows = rows(vec![named("a"), named("b"), named("a")], in_order, 4);
            rows.iter().map(|row| row.iter().map(|request| request.partition.as_str()).collect::<String>()).collect::<Vec<_>>()
        };
        assert_eq!(row(true), ["aa", "b"]);
        assert_eq!(row(false), ["a", "b", "a"]);
    }

    /// Keeps what it is handed.
    #[derive(Default)]
    struct Kept(std::sync::Mutex<Vec<(&'static str, Vec<String>)>>);

    impl DeadLetters for Kept {
        fn keep<'d>(&'d self, _: &'d str, request: &'d Request, reason: &'static str) -> Task<'d, bool> {
            Box::pin(async move {
                self.0.lock().unwrap().push((reason, bodies(request)));
                true
            })
        }
    }

    /// Takes one record of a request, refuses those that say so, and leaves the others.
    #[derive(Default)]
    struct One(std::sync::Mutex<Vec<String>>);

    impl Sink for One {
        fn limits(&self) -> Limits {
            Store(true).limits()
        }

        fn cost(&self, _: &Origin, _: &Record<'_>) -> usize {
            1
        }

        fn send<'s>(&'s self, request: &'s Request) -> Task<'s, Result<(), SendError>> {
            Box::pin(async move {
                let mut rest = super::super::Rest::default();
                let mut taken = None;
                for (place, body) in bodies(request).into_iter().enumerate() {
                    match body.as_str() {
                        "old" => rest.refused.push((place, "too old")),
                        "new" => rest.refused.push((place, "too new")),
                        _ if taken.is_none() => taken = Some(body),
                        _ => rest.left.push(place),
                    }
                }
                self.0.lock().unwrap().extend(taken);
                if rest.is_empty() { Ok(()) } else { Err(SendError::Partly(rest)) }
            })
        }
    }

    #[tokio::test]
    async fn what_is_taken_in_part_is_sent_to_its_end() {
        let (sink, letters) = (Arc::new(One::default()), Arc::new(Kept::default()));
        let row = vec![request(&[entry(1, "app", &["a", "old", "b", "new", "old", "c"])]), request(&[entry(2, "app", &["d"])])];
        let (_keep, stop) = Stop::new();
        let telemetry = Arc::new(Telemetry::default());
        let counts = Counts { meter: telemetry.sink("x"), telemetry };
        let (sinks, kept) = (Arc::clone(&sink) as Arc<dyn Sink>, Arc::clone(&letters) as Arc<dyn DeadLetters>);
        let done = deliver(sinks, "x".into(), kept, counts, row, stop).await;
        assert!(done);
        assert_eq!(*sink.0.lock().unwrap(), ["a", "b", "c", "d"]);
        assert_eq!(*letters.0.lock().unwrap(), [("too new", vec!["new".to_owned()]), ("too old", vec!["old".to_owned(); 2])]);
    }
}
