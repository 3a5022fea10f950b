//! Records as events of Amazon CloudWatch Logs.
//!
//! One request is one call of PutLogEvents: a stream's events in the order of their times. What does not
//! fit into the call is left for the next one, and what the service would not keep is refused
//! ([`events`]). Groups and streams that are missing are made with their retention, key and tag.

mod events;

use super::aws::{self, Place};
use super::care::{self, Care};
use super::template::{Store, Template};
use super::{Builder, Kind, Limits, Request, Rest, SendError, Sink, encode};
use crate::config::fields::Fields;
use crate::config::{Component, Problems};
use crate::record::{Origin, Record};
use crate::task::Task;
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cloudwatchlogs::operation::put_log_events::{PutLogEventsError, PutLogEventsOutput};
use aws_sdk_cloudwatchlogs::types::InputLogEvent;
use std::collections::HashSet;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(super) const KIND: Kind = Kind {
    name: "cloudwatch_logs",
    summary: "events to Amazon CloudWatch Logs",
    example: "{ type: cloudwatch_logs, region: eu-west-1, group: /ml/training, stream: \"{pod|default}\" }",
    leaves: true,
    build,
};

/// Days that a group can keep events for.
const RETENTION: [u64; 22] = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
const DAY: u64 = 24 * 3600;
/// Tag of groups that are made here.
const TAG: &str = "hushlog:residency-region";
/// Groups that are remembered as made right.
const GROUPS: usize = 10_000;

const GROUP: Store = Store {
    keeps: |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'),
    escape: '#',
    most: 512,
    most_of_part: 512,
    own: &[],
};
const STREAM: Store = Store {
    keeps: |byte| byte.is_ascii_graphic() && !matches!(byte, b':' | b'*' | b'%'),
    escape: '%',
    most: 512,
    most_of_part: 512,
    own: &[],
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Json,
    Text,
}

struct Options {
    place: Place,
    group: Template,
    stream: Template,
    retention: Option<Duration>,
    kms_key: Option<String>,
    create: bool,
    encoding: Encoding,
    requests: usize,
}

fn build(fields: &mut Fields<'_>, component: &Component, problems: &mut Problems) -> Option<Box<dyn Builder>> {
    let place = Place::read(fields, component, problems);
    let group = fields.take("group").and_then(|at| {
        let template = Template::read(&at, problems, &GROUP)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'/' | b'#');
        if !template.texts().all(|text| text.bytes().all(plain)) || template.texts().next().is_some_and(|text| text.starts_with("aws/")) {
            at.wrong_as(problems, "another text", "letters, digits and `.-_/#`, not beginning with `aws/`, and places such as `{source}`");
            return None;
        }
        Some(template)
    });
    let stream = match fields.take("stream") {
        Some(at) => Template::read(&at, problems, &STREAM).and_then(|template| {
            if template.texts().any(|text| text.contains([':', '*'])) {
                at.wrong_as(problems, "another text", "text without `:` and `*`, and places such as `{pod|default}`");
                return None;
            }
            Some(template)
        }),
        None => Template::parse("{source}", &STREAM).ok(),
    };
    let retention = fields.take("retention").and_then(|at| {
        let time = at.duration(problems)?;
        if !RETENTION.iter().any(|days| Duration::from_secs(days * DAY) == time) {
            let days = RETENTION.iter().map(|days| format!("{days}d")).collect::<Vec<_>>().join(", ");
            at.wrong_as(problems, "another time", days);
            return None;
        }
        Some(time)
    });
    let kms_key = fields.take("kms_key").and_then(|at| {
        const FORM: &str = "the ARN of a key, such as `arn:aws:kms:eu-west-1:111122223333:key/…`";
        let key = at.text(problems, FORM)?;
        if !key.starts_with("arn:") {
            at.wrong_as(problems, "another text", FORM);
        }
        aws::key_lies_here(&at, key, component, problems);
        Some(key.to_owned())
    });
    let create = fields.take("create").and_then(|at| at.truth(problems)).unwrap_or(true);
    let encoding = fields
        .take("encoding")
        .and_then(|at| at.choice(problems, &[("json", Encoding::Json), ("text", Encoding::Text)]))
        .unwrap_or(Encoding::Json);
    let requests = fields.take("concurrency").and_then(|at| at.number(problems, 1, 64)).unwrap_or(4);
    let requests = usize::try_from(requests).unwrap_or(1);
    Some(Box::new(Options { place: place?, group: group?, stream: stream?, retention, kms_key, create, encoding, requests }))
}

impl Builder for Options {
    fn open(self: Box<Self>) -> Task<'static, io::Result<Arc<dyn Sink>>> {
        Box::pin(async move {
            let client = Client::new(&self.place.open().await?);
            Ok(Arc::new(CloudWatchLogs { client, ready: Mutex::default(), options: *self }) as Arc<dyn Sink>)
        })
    }

    fn ready(&self) -> io::Result<()> {
        self.place.ready()
    }

    fn plaintext(&self) -> Option<String> {
        self.place.plaintext()
    }

    fn care(&self) -> Care {
        let days = self.retention.map(|time| format!("{}d", time.as_secs() / DAY));
        let override_or_all = if days.is_some() { "an account policy can override the retention" } else { care::RETENTION };
        let older = self.kms_key.is_some().then_some("events from before the key keep their encryption");
        Care {
            transport: self.place.transport(),
            at_rest: if self.kms_key.is_some() { "KMS" } else { "the service's own key" },
            retention: days.unwrap_or_else(|| "as the group is".to_owned()),
            not_enforceable: [Some(override_or_all), older].into_iter().flatten().chain(self.place.not_enforceable()).collect(),
        }
    }

    fn places(&self) -> Vec<(&'static str, &str, bool)> {
        let templates = [("group", &self.group), ("stream", &self.stream)].into_iter();
        templates.flat_map(|(option, template)| template.names().map(move |(name, says)| (option, name, says))).collect()
    }
}

struct CloudWatchLogs {
    client: Client,
    /// Groups whose retention and key were set by this process.
    ready: Mutex<HashSet<String>>,
    options: Options,
}

impl Sink for CloudWatchLogs {
    fn limits(&self) -> Limits {
        Limits { bytes: events::BATCH, records: events::EVENTS, requests: self.options.requests, linger: Duration::ZERO }
    }

    fn cost(&self, origin: &Origin, record: &Record<'_>) -> usize {
        events::PER_EVENT
            + match self.options.encoding {
                Encoding::Json => encode::cost(origin, record),
                Encoding::Text => record.body.len(),
            }
    }

    fn partition(&self, origin: &Origin) -> String {
        // A line end is in neither name.
        format!("{}\n{}", self.options.group.render(origin, &GROUP), self.options.stream.render(origin, &STREAM))
    }

    fn in_order(&self) -> bool {
        true
    }

    fn send<'s>(&'s self, request: &'s Request) -> Task<'s, Result<(), SendError>> {
        Box::pin(async move {
            let Some((group, stream)) = request.partition.split_once('\n') else {
                return Err(SendError::Refused { reason: "a request without a stream" });
            };
            let messages: Vec<(i64, String)> = self.messages(request);
            let sizes: Vec<(i64, usize)> = messages.iter().map(|(time, message)| (*time, message.len())).collect();
            let plan = events::plan(&sizes, now(), self.options.retention);
            let mut rest = Rest { refused: plan.refused, left: plan.left };
            if !plan.send.is_empty() {
                self.prepare(group).await?;
                let events = self.events(messages, &plan.send)?;
                rest.refused.extend(self.put(group, stream, events, &plan.send).await?);
            }
            if rest.is_empty() { Ok(()) } else { Err(SendError::Partly(rest)) }
        })
    }
}

impl CloudWatchLogs {
    fn messages(&self, request: &Request) -> Vec<(i64, String)> {
        let mut messages = Vec::with_capacity(request.records);
        let mut line = Vec::new();
        for part in &request.parts {
            let encoder = encode::Lines::of(part);
            for record in part.records() {
                line.clear();
                match self.options.encoding {
                    Encoding::Json => {
                        encoder.write(&record, &mut line);
                        line.pop();
                    }
                    Encoding::Text => line.extend_from_slice(record.body),
                }
                messages.push((record.time, encode::text(&line).into_owned()));
            }
        }
        messages
    }

    fn events(&self, mut messages: Vec<(i64, String)>, places: &[usize]) -> Result<Vec<InputLogEvent>, SendError> {
        let event = |place: &usize| {
            let (time, message) = messages.get_mut(*place)?;
            InputLogEvent::builder().timestamp(*time).message(std::mem::take(message)).build().ok()
        };
        places.iter().map(event).collect::<Option<_>>().ok_or(SendError::Refused { reason: "no valid events" })
    }

    /// Sends events, and returns the places of those that were not kept.
    async fn put(
        &self,
        group: &str,
        stream: &str,
        events: Vec<InputLogEvent>,
        places: &[usize],
    ) -> Result<Vec<(usize, &'static str)>, SendError> {
        let call = || self.client.put_log_events().log_group_name(group).log_stream_name(stream);
        let mut answer = call().set_log_events(Some(events.clone())).send().await;
        if matches!(&answer, Err(error) if matches!(error.as_service_error(), Some(PutLogEventsError::ResourceNotFoundException(_)))) {
            if !self.options.create {
                return Err(SendError::retry("the group or stream is missing, and may not be made"));
            }
            self.make(group, stream).await?;
            answer = call().set_log_events(Some(events)).send().await;
        }
        match answer {
            Ok(answer) => Ok(rejected(&answer, places)),
            Err(error) => match error.as_service_error() {
                Some(PutLogEventsError::DataAlreadyAcceptedException(_)) => Ok(Vec::new()),
                // It was made a moment ago.
                Some(PutLogEventsError::ResourceNotFoundException(_)) => Err(SendError::retry("the group or stream is missing")),
                _ => Err(aws::failure(&error, SendError::Refused { reason: "the request is refused" })),
            },
        }
    }

    /// Sets retention and key of a group once, and makes it if it is missing.
    async fn prepare(&self, group: &str) -> Result<(), SendError> {
        let wanted = self.options.retention.is_some() || self.options.kms_key.is_some();
        if !wanted || self.is_ready(group) {
            return Ok(());
        }
        if let Some(key) = &self.options.kms_key {
            let answer = self.client.associate_kms_key().log_group_name(group).kms_key_id(key).send().await;
            if is_missing(&answer) {
                return self.make_group(group).await;
            }
            answer.map_err(|error| setting(&error))?;
        }
        if self.set_retention(group).await? {
            self.remember(group);
            return Ok(());
        }
        self.make_group(group).await
    }

    /// Sets the retention, if there is one. `false` if the group is missing.
    async fn set_retention(&self, group: &str) -> Result<bool, SendError> {
        let Some(days) = self.options.retention.and_then(|time| i32::try_from(time.as_secs() / DAY).ok()) else { return Ok(true) };
        let answer = self.client.put_retention_policy().log_group_name(group).retention_in_days(days).send().await;
        if is_missing(&answer) {
            return Ok(false);
        }
        answer.map_err(|error| setting(&error))?;
        Ok(true)
    }

    async fn make(&self, group: &str, stream: &str) -> Result<(), SendError> {
        let call = || self.client.create_log_stream().log_group_name(group).log_stream_name(stream).send();
        let mut answer = call().await;
        if is_missing(&answer) {
            self.make_group(group).await?;
            answer = call().await;
        }
        made(answer)
    }

    async fn make_group(&self, group: &str) -> Result<(), SendError> {
        if !self.options.create {
            return Err(SendError::retry("the group is missing, and may not be made"));
        }
        let call = self.client.create_log_group().log_group_name(group).set_kms_key_id(self.options.kms_key.clone());
        made(call.tags(TAG, self.options.place.region.as_str()).send().await)?;
        if !self.set_retention(group).await? {
            return Err(SendError::retry("the group is missing"));
        }
        self.remember(group);
        Ok(())
    }

    fn is_ready(&self, group: &str) -> bool {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner).contains(group)
    }

    fn remember(&self, group: &str) {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if ready.len() >= GROUPS {
            ready.clear();
        }
        ready.insert(group.to_owned());
    }
}

fn is_missing<T, E: ProvideErrorMetadata>(answer: &Result<T, SdkError<E>>) -> bool {
    matches!(answer, Err(error) if error.code() == Some("ResourceNotFoundException"))
}

/// What is there already needs not be made.
fn made<T, E: ProvideErrorMetadata>(answer: Result<T, SdkError<E>>) -> Result<(), SendError> {
    match answer {
        Err(error) if error.code() != Some("ResourceAlreadyExistsException") => Err(setting(&error)),
        _ => Ok(()),
    }
}

/// A group that cannot be made or set as the configuration says: its records wait.
fn setting<E: ProvideErrorMetadata>(error: &SdkError<E>) -> SendError {
    match aws::failure(error, SendError::retry("the group or stream cannot be made as the configuration says")) {
        SendError::TooLarge => SendError::retry("the group or stream cannot be made as the configuration says"),
        other => other,
    }
}

fn rejected(answer: &PutLogEventsOutput, places: &[usize]) -> Vec<(usize, &'static str)> {
    let Some(info) = answer.rejected_log_events_info() else { return Vec::new() };
    let old = [info.too_old_log_event_end_index(), info.expired_log_event_end_index()];
    events::rejected(places, old, info.too_new_log_event_start_index())
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
