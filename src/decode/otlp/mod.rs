//! Logs as OpenTelemetry's exporters send them (OTLP 1): protocol buffers or JSON, each log to one JSON object.
//!
//! A record has what its log has: `timestamp`, `observed_timestamp`, `severity_number`, `severity_text`, `event_name`,
//! `body`, `attributes`, `dropped_attributes_count`, `flags`, `trace_id`, `span_id`, and what is said of it by its
//! `resource`, `resource_schema_url` and `scope`. Values are plain JSON, so that the engine sees keys and values.
//! A log that cannot be read, or whose values stand too deep in each other, is refused alone.

mod json;
mod protobuf;
mod wire;

use super::{growth, values};
use crate::record::{Events, Raw};

/// Most logs of a request: each takes memory beside its bytes.
pub const MAX_LOGS: usize = 100_000;
/// Most bytes that a resource and a scope add to each of their logs; for all logs together see [`growth`].
const MAX_HEADS: usize = 32 << 10;
/// Bytes of records that are given at once.
const CHUNK: usize = 512 << 10;
/// Bytes of what stands before a message in a stream of gRPC.
const PREFIX: usize = 5;

/// How a request is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `application/x-protobuf`
    Protobuf,
    /// `application/json`
    Json,
}

/// Why a request was not read; none of its logs is taken then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OtlpError {
    /// It is not what its type says.
    #[error("the request has another form")]
    Format,
    /// It has more logs than [`MAX_LOGS`].
    #[error("the request has too many logs")]
    TooMany,
    /// Its resources and scopes are said again in so many logs that they take more than is allowed.
    #[error("the resources of the request are too large for so many logs")]
    TooLarge,
}

impl From<wire::Broken> for OtlpError {
    fn from(_: wire::Broken) -> Self {
        Self::Format
    }
}

/// Members that logs have in common, a comma behind each; none if they cannot be read.
type Head = Option<Vec<u8>>;

#[derive(Clone, Copy)]
enum Record<'r> {
    Protobuf(&'r [u8]),
    Json(&'r str),
}

/// The logs of a request and what is said of them. It has no `Debug`: it is text of the sender.
#[derive(Default)]
struct Index<'r> {
    resources: Vec<Head>,
    scopes: Vec<Head>,
    /// Each with the numbers of its resource and scope.
    records: Vec<(u32, u32, Record<'r>)>,
}

impl<'r> Index<'r> {
    /// Begins a list whose head comes before it or behind it.
    fn begin(list: &mut Vec<Head>) -> usize {
        list.push(None);
        list.len() - 1
    }

    /// Ends one; without a record it is none.
    fn end(list: &mut Vec<Head>, at: usize, head: Option<Head>) {
        match (head, list.get_mut(at)) {
            (Some(head), Some(slot)) => *slot = head.filter(|head| head.len() <= MAX_HEADS),
            _ => list.truncate(at),
        }
    }

    fn record(&mut self, record: Record<'r>) -> Result<(), OtlpError> {
        if self.records.len() == MAX_LOGS {
            return Err(OtlpError::TooMany);
        }
        let last = |heads: &[Head]| u32::try_from(heads.len().saturating_sub(1)).unwrap_or(u32::MAX);
        self.records.push((last(&self.resources), last(&self.scopes), record));
        Ok(())
    }

    /// What is said of a record; none if that cannot be read or is too long.
    fn heads(&self, resource: u32, scope: u32) -> Option<(&[u8], &[u8])> {
        let (resource, scope) = (self.resources.get(resource as usize)?.as_deref()?, self.scopes.get(scope as usize)?.as_deref()?);
        (resource.len() + scope.len() <= MAX_HEADS).then_some((resource, scope))
    }

    /// Bytes of what is said of the records, in all of them together.
    fn repeated(&self) -> usize {
        let heads = self.records.iter().filter_map(|(resource, scope, _)| self.heads(*resource, *scope));
        heads.map(|(resource, scope)| resource.len() + scope.len()).sum()
    }
}

/// The logs of one request, which are given piece by piece.
pub struct Logs<'r> {
    index: Index<'r>,
    next: usize,
    refused: usize,
}

impl<'r> Logs<'r> {
    /// Finds the logs of a request. There may be none.
    ///
    /// # Errors
    /// If the request is of another form, or its records would become too many bytes.
    pub fn read(raw: &'r Raw, form: Form) -> Result<Self, OtlpError> {
        let mut index = Index::default();
        match form {
            Form::Protobuf => protobuf::index(raw.expose(), &mut index)?,
            Form::Json => json::index(raw.expose(), &mut index)?,
        }
        if index.repeated() > growth::repeated(raw.len()) {
            return Err(OtlpError::TooLarge);
        }
        Ok(Self { index, next: 0, refused: 0 })
    }

    /// The next records; `now` is the time of those that say none, in milliseconds since 1970 (UTC).
    pub fn chunk(&mut self, now: i64) -> Option<Events> {
        let mut events = Events::default();
        let mut line = Vec::new();
        while let Some((resource, scope, record)) = self.index.records.get(self.next).copied().filter(|_| events.bytes() < CHUNK) {
            self.next += 1;
            line.clear();
            match self.write(resource, scope, record, &mut line) {
                Some(0) => events.push(&line, now),
                Some(nanoseconds) => events.push(&line, i64::try_from(nanoseconds / 1_000_000).unwrap_or(now)),
                None => self.refused += 1,
            }
        }
        (!events.is_empty()).then_some(events)
    }

    /// About the memory that the work on them takes: where each is, what is said of them, and a piece of them.
    pub fn cost(&self, raw: &Raw) -> usize {
        let heads = self.index.resources.iter().chain(&self.index.scopes).flatten().map(Vec::len).sum::<usize>();
        96 * self.index.records.len() + heads + (4 * (raw.len() + self.index.repeated())).min(4 * CHUNK)
    }

    /// Logs that were refused so far: all of them, once there is no further piece.
    pub fn refused(&self) -> usize {
        self.refused
    }

    fn write(&self, resource: u32, scope: u32, record: Record<'_>, line: &mut Vec<u8>) -> Option<u64> {
        let (resource, scope) = self.index.heads(resource, scope)?;
        line.push(b'{');
        let time = match record {
            Record::Protobuf(message) => protobuf::record(message, line).ok()?,
            Record::Json(text) => json::record(text, line).ok()?,
        };
        line.extend_from_slice(resource);
        line.extend_from_slice(scope);
        line.pop_if(|last| *last == b',');
        line.push(b'}');
        // Within a text of JSON they stand between tokens only.
        if memchr::memchr2(b'\n', b'\r', line).is_some() {
            line.iter_mut().filter(|byte| matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
        }
        Some(time)
    }
}

fn times(time: u64, observed: u64, out: &mut Vec<u8>) {
    for (name, value) in [("\"timestamp\":", time), ("\"observed_timestamp\":", observed)] {
        if value > 0 {
            out.extend_from_slice(name.as_bytes());
            values::time(value, out);
            out.push(b',');
        }
    }
}

fn severity(value: u64, out: &mut Vec<u8>) {
    number("severity_number", value, out);
}

/// Writes a number; zero is what is not said.
fn number(name: &str, value: u64, out: &mut Vec<u8>) {
    if value > 0 {
        out.push(b'"');
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"\":");
        values::integer(value, out);
        out.push(b',');
    }
}

/// What a request is answered with: how many logs were refused.
pub fn answer(form: Form, refused: usize) -> Vec<u8> {
    const WHY: &str = "logs that cannot be read, are nested too deeply, or whose resource is too large";
    match (form, refused) {
        (Form::Protobuf, 0) => Vec::new(),
        (Form::Protobuf, refused) => {
            let (mut partial, mut out) = (Vec::new(), Vec::new());
            wire::put_number(1, refused as u64, &mut partial);
            wire::put_bytes(2, WHY.as_bytes(), &mut partial);
            wire::put_bytes(1, &partial, &mut out);
            out
        }
        (Form::Json, 0) => b"{}".to_vec(),
        (Form::Json, refused) => {
            format!("{{\"partialSuccess\":{{\"rejectedLogRecords\":\"{refused}\",\"errorMessage\":\"{WHY}\"}}}}").into_bytes()
        }
    }
}

/// The status of a request that was not taken (google.rpc.Status). The text is the program's own.
pub fn status(form: Form, code: u32, message: &'static str) -> Vec<u8> {
    match form {
        Form::Protobuf => {
            let mut out = Vec::new();
            wire::put_number(1, u64::from(code), &mut out);
            wire::put_bytes(2, message.as_bytes(), &mut out);
            out
        }
        Form::Json => format!("{{\"code\":{code},\"message\":\"{message}\"}}").into_bytes(),
    }
}

/// Takes what stands before the one message of a call of gRPC; whether the message is compressed.
///
/// # Errors
/// If there is not exactly one message.
pub fn unframe(raw: &mut Raw) -> Result<bool, OtlpError> {
    let (flag, length) = match raw.expose() {
        [flag @ 0..=1, a, b, c, d, message @ ..] => (*flag, (u32::from_be_bytes([*a, *b, *c, *d]) as usize, message.len())),
        _ => return Err(OtlpError::Format),
    };
    if length.0 != length.1 {
        return Err(OtlpError::Format);
    }
    raw.discard(0..PREFIX);
    Ok(flag == 1)
}

/// Puts a message of gRPC into its frame.
pub fn frame(message: &[u8]) -> Vec<u8> {
    let mut out = vec![0];
    out.extend_from_slice(&u32::try_from(message.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend_from_slice(message);
    out
}

#[cfg(test)]
mod tests;
