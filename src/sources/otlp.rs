//! OpenTelemetry logs over HTTP and gRPC.
//!
//! Every log stays one record with its own time, and a request is answered when its records are safe. What cannot be
//! taken is counted in the answer. Traces and metrics are refused.

use super::body::Grant;
use super::grpc;
use super::listener::{Answer, Handler, Incomer, ListenOptions, answer};
use super::{Context, Intake, IntakeError, Kind, Source, now};
use crate::buffer::AppendError;
use crate::config::Problems;
use crate::config::fields::Fields;
use crate::decode::otlp::{self, Form, Logs, OtlpError};
use crate::record::Raw;
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
    name: "otlp",
    summary: "OpenTelemetry logs over HTTP and gRPC",
    example: "{ type: otlp, grpc: \"127.0.0.1:4317\", http: \"127.0.0.1:4318\" }",
    // The resource is what a sender says: no ground to trust it.
    provides: &[],
    tags: &[],
    build,
};

const PATH: &str = "/v1/logs";
const METHOD: &str = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
const LOGS_ONLY: &str = "hushlog takes logs only: send traces and metrics elsewhere";
/// Bytes of a request that are read in the task that has them.
const INLINE: usize = 256 * 1024;

struct Options {
    http: Option<ListenOptions>,
    grpc: Option<ListenOptions>,
}

fn build(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Box<dyn Source>> {
    let before = problems.len();
    let [http, grpc] = ListenOptions::read_both(fields, ["http", "grpc"], problems)?;
    let some = problems.len() == before && (http.is_some() || grpc.is_some());
    some.then(|| Box::new(Options { http, grpc }) as Box<dyn Source>)
}

impl Source for Options {
    fn open(self: Box<Self>, context: Context) -> Task<'static, io::Result<Task<'static, ()>>> {
        Box::pin(async move {
            let mut tasks = Vec::new();
            for (listen, is_grpc) in [(self.http, false), (self.grpc, true)] {
                if let Some(listen) = listen {
                    tasks.push(listen.bind(Service { intake: context.intake.clone(), is_grpc }, context.stop.clone()).await?);
                }
            }
            let (first, second) = (tasks.pop(), tasks.pop());
            let run = |task: Option<Task<'static, ()>>| async move {
                if let Some(task) = task {
                    task.await;
                }
            };
            Ok(Box::pin(async move {
                tokio::join!(run(first), run(second));
            }) as Task<'static, ()>)
        })
    }

    fn ready(&self) -> io::Result<()> {
        [&self.http, &self.grpc].into_iter().flatten().try_for_each(ListenOptions::ready)
    }

    fn plaintext(&self) -> Option<SocketAddr> {
        [&self.http, &self.grpc].into_iter().flatten().find_map(ListenOptions::plaintext)
    }
}

struct Service {
    intake: Intake,
    is_grpc: bool,
}

/// Why a request was not taken.
struct Refused(StatusCode, &'static str);

impl From<OtlpError> for Refused {
    fn from(error: OtlpError) -> Self {
        match error {
            OtlpError::Format => Self(StatusCode::BAD_REQUEST, "the request is no request for logs"),
            OtlpError::TooMany => Self(StatusCode::PAYLOAD_TOO_LARGE, "the request has too many logs"),
            OtlpError::TooLarge => {
                Self(StatusCode::PAYLOAD_TOO_LARGE, "the resources of the request are too large for so many logs: send fewer at once")
            }
        }
    }
}

impl From<IntakeError> for Refused {
    fn from(error: IntakeError) -> Self {
        match error {
            // To send them again would change nothing.
            IntakeError::Buffer(AppendError::Refused) | IntakeError::Unclear | IntakeError::NoText(_) => {
                Self(StatusCode::BAD_REQUEST, "the records are refused")
            }
            _ => Self(StatusCode::SERVICE_UNAVAILABLE, "the records are not taken now"),
        }
    }
}

impl Handler for Service {
    fn meter(&self) -> &Arc<SourceMeter> {
        self.intake.meter()
    }

    fn handle(&self, request: Incomer) -> Task<'_, Answer> {
        Box::pin(async move {
            let outcome = if self.is_grpc { self.call(request).await } else { self.post(request).await };
            outcome.unwrap_or_else(|answer| answer)
        })
    }
}

impl Service {
    async fn call(&self, call: Incomer) -> Result<Answer, Answer> {
        if call.request.uri().path() != METHOD {
            return Err(grpc::refused(StatusCode::NOT_IMPLEMENTED, LOGS_ONLY));
        }
        let grant = call.grant();
        let raw = grpc::message(call).await?;
        let refused = self.take(raw, Form::Protobuf, &grant).await.map_err(|Refused(status, why)| grpc::refused(status, why))?;
        Ok(grpc::taken(&otlp::answer(Form::Protobuf, refused)))
    }

    async fn post(&self, request: Incomer) -> Result<Answer, Answer> {
        let form = form(request.headers());
        let told = form.unwrap_or(Form::Json);
        let path = request.request.uri().path();
        let path = path.strip_suffix('/').unwrap_or(path);
        if path != PATH {
            let why = if path.starts_with("/v1") { LOGS_ONLY } else { "logs are taken at /v1/logs" };
            return Err(refused(told, StatusCode::NOT_FOUND, why));
        }
        if *request.request.method() != Method::POST {
            return Err(refused(told, StatusCode::METHOD_NOT_ALLOWED, "the method is POST"));
        }
        let form = form
            .ok_or_else(|| refused(told, StatusCode::UNSUPPORTED_MEDIA_TYPE, "allowed types: application/x-protobuf, application/json"))?;
        let grant = request.grant();
        let raw = request.body().await?;
        let rejected = self.take(raw, form, &grant).await.map_err(|Refused(status, why)| refused(form, status, why))?;
        Ok(said(form, StatusCode::OK, otlp::answer(form, rejected)))
    }

    /// Takes the logs of a request; how many of them were refused.
    async fn take(&self, raw: Raw, form: Form, grant: &Grant) -> Result<usize, Refused> {
        let large = raw.len() > INLINE;
        let mut logs = apart(large, || Logs::read(&raw, form))?;
        let busy = |_| Refused(StatusCode::SERVICE_UNAVAILABLE, "too much waits to be taken");
        let work = grant.work(logs.cost(&raw)).await.map_err(busy)?;
        let mut receipts = Vec::new();
        while let Some(events) = apart(large, || logs.chunk(now())) {
            receipts.push(self.intake.events(events, &[]).await?);
        }
        let records = logs.refused();
        drop(logs);
        drop(raw);
        drop(work);
        grant.release();
        for receipt in receipts {
            receipt.safe().await.map_err(IntakeError::from)?;
        }
        if records > 0 {
            tracing::warn!(source = self.intake.name(), records, "logs were refused: they cannot be read, or are nested too deeply");
        }
        Ok(records)
    }
}

/// Does work that may take a while without holding up the other tasks of this thread.
fn apart<T>(large: bool, work: impl FnOnce() -> T) -> T {
    if large { tokio::task::block_in_place(work) } else { work() }
}

fn form(headers: &HeaderMap) -> Option<Form> {
    let kind = headers.get(CONTENT_TYPE)?.as_bytes().split(|byte| *byte == b';').next()?.trim_ascii().to_ascii_lowercase();
    match kind.as_slice() {
        b"application/x-protobuf" => Some(Form::Protobuf),
        b"application/json" => Some(Form::Json),
        _ => None,
    }
}

fn refused(form: Form, status: StatusCode, why: &'static str) -> Answer {
    let code = match status {
        StatusCode::SERVICE_UNAVAILABLE => 14,
        StatusCode::NOT_FOUND => 12,
        StatusCode::PAYLOAD_TOO_LARGE => 8,
        _ => 3,
    };
    said(form, status, otlp::status(form, code, why))
}

fn said(form: Form, status: StatusCode, body: Vec<u8>) -> Answer {
    // Begins as every answer does, so that what belongs to a status is said once.
    let mut answer = answer(status, "");
    if form == Form::Protobuf {
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
    }
    *answer.body_mut() = Full::new(Bytes::from(body));
    answer
}
