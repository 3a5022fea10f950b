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

/// Shortest and longest wait before a request is sent again.
const WAIT: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(30));

/// Partitions that are collected at once.
const PARTITIONS: usize = 256;

/// Takes what a sink refuses for good.
pub trait DeadLetters: Send + Sync {
    /// Keeps the records of a request. When it returns they are safe.
    fn keep<'d>(&'d self, sink: &'d str, request: &'d Request, reason: &'static str) -> Task<'d, ()>;
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
    /// Sends until the end.
    pub async fn run(mut self) {
        let limits = self.sink.limits();
        let mut stop = self.stop.clone();
        let counts = Counts { telemetry: Arc::clone(&self.telemetry), meter: self.telemetry.sink(&self.name) };
        loop {
            let first = tokio::select! {
                entry = self.reader.next() => entry,
                () = stop.wait() => None,
            };
            let Some(first) = first else { return };
            let (requests, last) = self.collect(first, &limits).await;
            let mut open = Vec::with_capacity(requests.len());
            for request in requests {
                let (sink, name, letters) = (Arc::clone(&self.sink), Arc::clone(&self.name), Arc::clone(&self.dead_letters));
                open.push(tokio::spawn(deliver(sink, name, letters, counts.clone(), request, stop.clone())));
            }
            let mut all = true;
            for task in open {
                all &= task.await.unwrap_or(false);
            }
            if !all {
                return;
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

/// Where deliveries are counted.
#[derive(Clone)]
struct Counts {
    telemetry: Arc<Telemetry>,
    meter: Arc<SinkMeter>,
}

/// Sends a request until it is taken or refused for good. `false` when the program stopped before.
async fn deliver(
    sink: Arc<dyn Sink>,
    name: Arc<str>,
    letters: Arc<dyn DeadLetters>,
    counts: Counts,
    request: Request,
    mut stop: Stop,
) -> bool {
    let mut waiting = vec![request];
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
    letters.keep(name, request, reason).await;
    counts.meter.dead(reason, request.records);
}

/// Doubles with every try, and is anything from half of that up, so that many senders spread.
fn backoff(tries: u32) -> Duration {
    let full = WAIT.0.saturating_mul(1 << tries.min(9)).min(WAIT.1);
    let mut byte = [0; 1];
    let _ = getrandom::fill(&mut byte);
    full / 2 + full / 512 * u32::from(byte[0])
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
