//! The API of Amazon CloudWatch Logs, as far as senders need it (JSON 1.1 over HTTP).
//!
//! SDKs, agents and container runtimes send here when their endpoint is set. Every event stays one record
//! with its own time; the names of group and stream go along as attributes. Nothing is passed on to AWS.

mod answers;
mod groups;

use super::body::Grant;
use super::listener::{Answer, Handler, Incomer, ListenOptions};
use super::sigv4::{AccessKey, AccessKeys, SignatureError};
use super::{Context, Intake, Kind, Source, now};
use crate::config::Problems;
use crate::config::fields::Fields;
use crate::decode;
use crate::decode::cloudwatch::{self, Ask, Name, Order, Put};
use crate::record::Raw;
use crate::task::Task;
use crate::telemetry::SourceMeter;
use answers::{Refusal, Rejected, accepted, listed_groups, listed_streams, nothing, refusal_of, refuse};
use aws_lc_rs::digest;
use groups::{GroupError, Groups, Part};
use hyper::Method;
use std::io;
use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;

pub(super) const KIND: Kind = Kind {
    name: "cloudwatch_logs",
    summary: "what senders to Amazon CloudWatch Logs ask: PutLogEvents and what belongs to it",
    example: "{ type: cloudwatch_logs, listen: \"127.0.0.1:8092\" }",
    // Group and stream are what a sender says: no ground to trust them.
    provides: &[],
    tags: &["log_group", "log_stream"],
    build,
};

const PREFIX: &str = "Logs_20140328.";
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Milliseconds that an event may be ahead of the clock.
const AHEAD: i64 = 2 * HOUR;
/// Milliseconds that an event may be old.
const BEHIND: i64 = 14 * DAY;
/// Most entries of a list.
const LISTED: u32 = 50;
/// Days that a group can keep events.
const RETENTION: [u32; 22] = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/// What happens to events for a stream that nobody has made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum UnknownStreams {
    Refuse,
    Create,
}

struct Options {
    listen: ListenOptions,
    keys: Vec<AccessKey>,
    unknown: UnknownStreams,
}

fn build(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Box<dyn Source>> {
    let listen = ListenOptions::read(fields, problems);
    let asked = fields.take("access_keys");
    let keys = asked.as_ref().map(|at| AccessKey::read(at, problems)).unwrap_or_default();
    if let Some(asked) = asked.filter(|_| keys.is_empty()) {
        // An empty list would let everybody in.
        asked.wrong_as(problems, "no key", "at least one `{ id: ID, secret: { file: PATH } }`");
    }
    let unknown = fields
        .take("unknown_streams")
        .and_then(|at| at.choice(problems, &[("refuse", UnknownStreams::Refuse), ("create", UnknownStreams::Create)]));
    Some(Box::new(Options { listen: listen?, keys, unknown: unknown.unwrap_or(UnknownStreams::Refuse) }))
}

impl Source for Options {
    fn open(self: Box<Self>, context: Context) -> Task<'static, io::Result<Task<'static, ()>>> {
        Box::pin(async move {
            let keys = AccessKeys::load(&self.keys)?;
            let logs = Logs { intake: context.intake, keys, unknown: self.unknown, groups: Groups::new() };
            self.listen.bind(logs, context.stop).await
        })
    }

    fn ready(&self) -> io::Result<()> {
        AccessKeys::load(&self.keys)?;
        self.listen.ready()
    }

    fn plaintext(&self) -> Option<SocketAddr> {
        self.listen.plaintext()
    }
}

struct Logs {
    intake: Intake,
    keys: AccessKeys,
    unknown: UnknownStreams,
    groups: Groups,
}

/// What is answered.
#[derive(Clone, Copy)]
enum Operation {
    PutLogEvents,
    CreateLogGroup,
    CreateLogStream,
    DescribeLogGroups,
    DescribeLogStreams,
    PutRetentionPolicy,
    Tag,
    TagGroup,
}

impl Handler for Logs {
    fn meter(&self) -> &Arc<SourceMeter> {
        self.intake.meter()
    }

    fn handle(&self, request: Incomer) -> Task<'_, Answer> {
        Box::pin(async move { self.take(request).await.unwrap_or_else(refuse) })
    }
}

fn operation(request: &Incomer) -> Result<Operation, Refusal> {
    let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok());
    let name = target.and_then(|target| target.strip_prefix(PREFIX)).filter(|_| request.request.method() == Method::POST);
    Ok(match name.ok_or(answers::UNKNOWN)? {
        "PutLogEvents" => Operation::PutLogEvents,
        "CreateLogGroup" => Operation::CreateLogGroup,
        "CreateLogStream" => Operation::CreateLogStream,
        "DescribeLogGroups" => Operation::DescribeLogGroups,
        "DescribeLogStreams" => Operation::DescribeLogStreams,
        "PutRetentionPolicy" => Operation::PutRetentionPolicy,
        "TagResource" => Operation::Tag,
        "TagLogGroup" => Operation::TagGroup,
        _ => return Err(answers::DENIED),
    })
}

impl Logs {
    async fn take(&self, request: Incomer) -> Result<Answer, Refusal> {
        let operation = operation(&request)?;
        let grant = request.grant();
        let raw = self.body(request).await?;
        match operation {
            Operation::PutLogEvents => {
                let put = cloudwatch::put(&raw)?;
                drop(raw);
                self.put(put, &grant).await
            }
            other => self.ask(other, cloudwatch::ask(&raw)?),
        }
    }

    /// The body of a request whose signature, if one is asked for, is right.
    async fn body(&self, request: Incomer) -> Result<Raw, Refusal> {
        let broken = |answer: Answer| answers::of_listener(answer.status());
        if self.keys.is_empty() {
            return request.body().await.map_err(broken);
        }
        let head = &request.request;
        let signature = self.keys.begin("logs", head.method(), head.uri(), head.headers(), now() / 1_000)?;
        let mut digest = digest::Context::new(&digest::SHA256);
        let packed = request.packed(|part| digest.update(part)).await.map_err(broken)?;
        // Nothing is opened for a sender who is not known.
        signature.finish(digest)?;
        packed.open().await.map_err(broken)
    }

    async fn put(&self, put: Put, grant: &Grant) -> Result<Answer, Refusal> {
        let Put { group, stream, mut events } = put;
        let retention = match self.groups.retention(&group, &stream) {
            Err(_) if self.unknown == UnknownStreams::Create => {
                self.create(&group, &stream)?;
                None
            }
            known => known?,
        };
        let now = now();
        let (kept, rejected) = ages(events.times(), now, retention)?;
        events.keep(kept);
        let times = events.times().next().zip(events.times().next_back());
        if !events.is_empty() {
            decode::narrow(events.text()).map_err(|_| answers::BAD_TEXT)?;
            let metadata = [("log_group", group.as_str()), ("log_stream", stream.as_str())];
            let work = grant.work(events.cost()).await.map_err(|answer| answers::of_listener(answer.status()))?;
            let receipt = self.intake.events(events, &metadata).await.map_err(|_| answers::UNAVAILABLE)?;
            drop(work);
            grant.release();
            receipt.safe().await.map_err(|_| answers::UNAVAILABLE)?;
        }
        Ok(accepted(self.groups.took(&group, &stream, times, now), rejected))
    }

    fn create(&self, group: &Name, stream: &Name) -> Result<(), Refusal> {
        if !group.is_group() || !stream.is_stream() {
            return Err(answers::BAD_NAME);
        }
        // Another request may have made it meanwhile.
        let _ = self.groups.create_group(group.clone(), now());
        let _ = self.groups.create_stream(group, stream.clone(), now());
        Ok(())
    }

    fn ask(&self, operation: Operation, ask: Ask) -> Result<Answer, Refusal> {
        match operation {
            Operation::CreateLogGroup => {
                let name = ask.log_group_name.ok_or(answers::MISSING)?;
                if !name.is_group() {
                    return Err(answers::BAD_NAME);
                }
                self.groups.create_group(name, now()).map_err(|_| answers::GROUP_EXISTS)?;
            }
            Operation::CreateLogStream => {
                let group = ask.log_group_name.ok_or(answers::MISSING)?;
                let name = ask.log_stream_name.filter(Name::is_stream).ok_or(answers::BAD_NAME)?;
                self.groups.create_stream(&group, name, now())?;
            }
            Operation::PutRetentionPolicy => {
                let group = ask.log_group_name.ok_or(answers::MISSING)?;
                let days = ask.retention_in_days.filter(|days| RETENTION.contains(days)).ok_or(answers::BAD_RETENTION)?;
                self.groups.set_retention(&group, days)?;
            }
            Operation::TagGroup => {
                if !self.groups.has_group(&ask.log_group_name.ok_or(answers::MISSING)?) {
                    return Err(GroupError::NoGroup.into());
                }
            }
            Operation::DescribeLogGroups => {
                let prefix = ask.log_group_name_prefix.as_ref().map_or("", Name::as_str);
                let pattern = ask.log_group_name_pattern.as_ref().map(Name::as_str);
                if pattern.is_some() && !prefix.is_empty() {
                    return Err(answers::BAD_COMBINATION);
                }
                return Ok(listed_groups(self.groups.list_groups(&Part { pattern, ..part(&ask, prefix)? })));
            }
            Operation::DescribeLogStreams => {
                let prefix = ask.log_stream_name_prefix.as_ref().map_or("", Name::as_str);
                let order = ask.order_by.unwrap_or(Order::LogStreamName);
                if order == Order::LastEventTime && !prefix.is_empty() {
                    return Err(answers::BAD_COMBINATION);
                }
                let group = ask.log_group_name.as_ref().or(ask.log_group_identifier.as_ref()).ok_or(answers::MISSING)?;
                let streams = self.groups.list_streams(group, &part(&ask, prefix)?, order, ask.descending.unwrap_or(false))?;
                return Ok(listed_streams(streams));
            }
            // Tags are of no use here, and none are kept.
            Operation::Tag | Operation::PutLogEvents => {}
        }
        Ok(nothing())
    }
}

fn part<'a>(ask: &'a Ask, prefix: &'a str) -> Result<Part<'a>, Refusal> {
    let limit = ask.limit.unwrap_or(LISTED);
    if !(1..=LISTED).contains(&limit) {
        return Err(answers::BAD_LIMIT);
    }
    Ok(Part { prefix, pattern: None, after: ask.next_token.as_ref(), limit: limit as usize })
}

/// Which events are taken, and what is said of the others. The order and the span are those of the service.
fn ages(
    times: impl DoubleEndedIterator<Item = i64> + ExactSizeIterator + Clone,
    now: i64,
    retention: Option<u32>,
) -> Result<(Range<usize>, Rejected), Refusal> {
    let mut sorted = times.clone().zip(times.clone().skip(1));
    if times.clone().any(|time| time < 0) || sorted.any(|(one, next)| one > next) {
        return Err(answers::BAD_ORDER);
    }
    let count = times.len();
    let before = |limit: i64| times.clone().take_while(|time| *time < limit).count();
    let too_old = before(now - BEHIND);
    let expired = retention.filter(|days| i64::from(*days) * DAY < BEHIND).map_or(0, |days| before(now - i64::from(days) * DAY));
    let too_new = before(now + AHEAD + 1);
    let taken = too_old.max(expired).min(too_new)..too_new;
    let mut ends = times.skip(taken.start).take(taken.len());
    let span = ends.next().zip(ends.next_back()).map_or(0, |(first, last)| last - first);
    if span > DAY {
        return Err(answers::BAD_SPAN);
    }
    let some = |index: usize, wanted: bool| wanted.then_some(index);
    let rejected = Rejected {
        too_new_log_event_start_index: some(too_new, too_new < count),
        too_old_log_event_end_index: some(too_old, too_old > 0),
        expired_log_event_end_index: some(expired, expired > too_old),
    };
    Ok((taken, rejected))
}

impl From<GroupError> for Refusal {
    fn from(error: GroupError) -> Self {
        match error {
            GroupError::Exists => answers::STREAM_EXISTS,
            GroupError::NoGroup => answers::NO_GROUP,
            GroupError::NoStream => answers::NO_STREAM,
        }
    }
}

impl From<SignatureError> for Refusal {
    fn from(error: SignatureError) -> Self {
        refusal_of(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    fn of(times: &[i64], retention: Option<u32>) -> Result<(Range<usize>, [Option<usize>; 3]), &'static str> {
        let times: Vec<i64> = times.iter().map(|time| NOW + time).collect();
        let (taken, said) = ages(times.iter().copied(), NOW, retention).map_err(|refusal| refusal.message)?;
        Ok((taken, [said.too_new_log_event_start_index, said.too_old_log_event_end_index, said.expired_log_event_end_index]))
    }

    #[test]
    fn events_are_taken_by_their_age() {
        assert_eq!(of(&[-DAY, -1, 0], None), Ok((0..3, [None; 3])));
        assert_eq!(of(&[-BEHIND - 1, -HOUR, 0], None), Ok((1..3, [None, Some(1), None])));
        assert_eq!(of(&[-BEHIND - 1], None), Ok((1..1, [None, Some(1), None])));
        assert_eq!(of(&[0, AHEAD, AHEAD + 1], None), Ok((0..2, [Some(2), None, None])));
        assert_eq!(of(&[AHEAD + 1], None), Ok((0..0, [Some(0), None, None])));
        assert_eq!(of(&[-BEHIND - 1, -5 * DAY, -HOUR, AHEAD + 1], Some(3)), Ok((2..3, [Some(3), Some(1), Some(2)])));
        assert_eq!(of(&[-15 * DAY], Some(30)), Ok((1..1, [None, Some(1), None])));
    }

    #[test]
    fn order_and_span_are_those_of_the_service() {
        assert_eq!(of(&[0, -1], None).unwrap_err(), answers::BAD_ORDER.message);
        assert_eq!(of(&[-NOW - 1], None).unwrap_err(), answers::BAD_ORDER.message);
        assert_eq!(of(&[-DAY, 1], None).unwrap_err(), answers::BAD_SPAN.message);
        assert_eq!(of(&[-DAY, 0], None), Ok((0..2, [None; 3])));
    }
}
