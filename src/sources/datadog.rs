//! The log intake of Datadog, as far as its agent and its clients need it.
//!
//! Every log stays one record with its own time and everything that came with it, and is answered when it is safe.

use super::auth::{KeyOptions, Keys};
use super::listener::{Answer, Handler, Incomer, ListenOptions, answer};
use super::{Context, Intake, IntakeError, Kind, Source, now};
use crate::buffer::AppendError;
use crate::config::Problems;
use crate::config::fields::Fields;
use crate::decode::datadog::{self, Form, LogsError};
use crate::decode::envelope::Common;
use crate::task::Task;
use crate::telemetry::SourceMeter;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{HeaderMap, Method, StatusCode};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

pub(super) const KIND: Kind = Kind {
    name: "datadog",
    summary: "what senders of logs to Datadog ask",
    example: "{ type: datadog, listen: \"127.0.0.1:8090\" }",
    // Host, service and tags are what a sender says: no ground to trust them.
    provides: &[],
    tags: &[],
    build,
};

const KEY: &str = "dd-api-key";
/// The older address: behind it a key may stand.
const V1: &str = "/v1/input";

struct Options {
    listen: ListenOptions,
    keys: KeyOptions,
}

fn build(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Box<dyn Source>> {
    let listen = ListenOptions::read_open(fields, problems);
    let keys = KeyOptions::read(fields, "api_keys", problems);
    Some(Box::new(Options { listen: listen?, keys }))
}

impl Source for Options {
    fn open(self: Box<Self>, context: Context) -> Task<'static, io::Result<Task<'static, ()>>> {
        Box::pin(async move {
            let keys = self.keys.load()?;
            self.listen.bind(Logs { intake: context.intake, keys }, context.stop).await
        })
    }

    fn ready(&self) -> io::Result<()> {
        self.keys.load()?;
        self.listen.ready()
    }

    fn plaintext(&self) -> Option<SocketAddr> {
        self.listen.plaintext()
    }
}

struct Logs {
    intake: Intake,
    keys: Keys,
}

/// What an address stands for, and the key in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place<'p> {
    Logs,
    Older(Option<&'p str>),
    Validate,
}

impl Handler for Logs {
    fn meter(&self) -> &Arc<SourceMeter> {
        self.intake.meter()
    }

    fn handle(&self, request: Incomer) -> Task<'_, Answer> {
        Box::pin(async move { self.take(request).await.unwrap_or_else(|answer| answer) })
    }
}

fn place(path: &str) -> Option<Place<'_>> {
    let path = path.strip_suffix('/').unwrap_or(path);
    match path {
        "/api/v2/logs" => Some(Place::Logs),
        "/api/v1/validate" => Some(Place::Validate),
        V1 => Some(Place::Older(None)),
        _ => path.strip_prefix(V1)?.strip_prefix('/').filter(|key| !key.contains('/')).map(|key| Place::Older(Some(key))),
    }
}

impl Logs {
    async fn take(&self, request: Incomer) -> Result<Answer, Answer> {
        let uri = request.request.uri().clone();
        let place = place(uri.path()).ok_or_else(|| wrong(StatusCode::NOT_FOUND, "Not Found"))?;
        let method = if place == Place::Validate { Method::GET } else { Method::POST };
        if *request.request.method() != method {
            return Err(wrong(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed"));
        }
        if !self.may_send(request.headers(), place) {
            self.intake.meter().auth_failed();
            return Err(wrong(StatusCode::FORBIDDEN, "Forbidden"));
        }
        if place == Place::Validate {
            return Ok(said(StatusCode::OK, Bytes::from_static(b"{\"valid\":true}")));
        }
        let form = Form::of(request.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default());
        let common = common(request.headers(), uri.query().unwrap_or_default());
        let grant = request.grant();
        let body = request.body().await.map_err(|answer| of_listener(answer.status()))?;
        let work = grant.work(common.cost(&body)).await.map_err(|answer| of_listener(answer.status()))?;
        let events = datadog::logs(&body, form, &common, now()).map_err(|error| match error {
            LogsError::Format => wrong(StatusCode::BAD_REQUEST, "Bad Request"),
            LogsError::TooMany | LogsError::TooLarge => wrong(StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large"),
        })?;
        drop(body);
        if !events.is_empty() {
            let receipt = self.intake.events(events, &[]).await.map_err(refused)?;
            drop(work);
            grant.release();
            receipt.safe().await.map_err(|error| refused(error.into()))?;
        }
        let status = if place == Place::Logs { StatusCode::ACCEPTED } else { StatusCode::OK };
        Ok(said(status, Bytes::from_static(b"{}")))
    }

    fn may_send(&self, headers: &HeaderMap, place: Place<'_>) -> bool {
        let in_path = if let Place::Older(key) = place { key.map(str::as_bytes) } else { None };
        let given = headers.get(KEY).map(HeaderValue::as_bytes).or(in_path);
        self.keys.is_empty() || given.is_some_and(|given| self.keys.know(given))
    }
}

/// What a request says of all its logs. Headers of these names are what the service's own forwarders send.
fn common(headers: &HeaderMap, query: &str) -> Common {
    let mut common = Common::of_query(query, &datadog::COMMON);
    for name in datadog::COMMON {
        if let Some(value) = headers.get(name) {
            common.set(name, String::from_utf8_lossy(value.as_bytes()).into_owned());
        }
    }
    common
}

fn refused(error: IntakeError) -> Answer {
    match error {
        // To send them again would change nothing.
        IntakeError::Buffer(AppendError::Refused) | IntakeError::Unclear | IntakeError::NoText(_) => {
            wrong(StatusCode::BAD_REQUEST, "Bad Request")
        }
        _ => wrong(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
    }
}

fn of_listener(status: StatusCode) -> Answer {
    wrong(status, status.canonical_reason().unwrap_or("Bad Request"))
}

fn said(status: StatusCode, body: Bytes) -> Answer {
    // Begins as every answer does, so that what belongs to a status is said once.
    let mut answer = answer(status, "");
    *answer.body_mut() = Full::new(body);
    answer
}

/// An error in the form of the service. No text of a request stands in it.
fn wrong(status: StatusCode, title: &'static str) -> Answer {
    said(status, Bytes::from(format!("{{\"errors\":[{{\"status\":\"{}\",\"title\":\"{title}\"}}]}}", status.as_u16())))
}
