//! Records over HTTP: NDJSON, a JSON array or single objects, text.
//!
//! Any path takes a POST or PUT. It is answered with 200 when all its records are safe, and with
//! anything else when none may be counted on: then the sender sends them again.

use super::listener::{Answer, Handler, Incomer, ListenOptions, answer};
use super::{Context, Intake, IntakeError, Kind, Source};
use crate::buffer::AppendError;
use crate::config::Problems;
use crate::config::fields::Fields;
use crate::decode::{body, json};
use crate::task::Task;
use crate::telemetry::SourceMeter;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Method, StatusCode};
use std::io;
use std::sync::Arc;

pub(super) const KIND: Kind = Kind {
    name: "http",
    summary: "records over HTTP: NDJSON, JSON arrays, text",
    example: "{ type: http, listen: \"127.0.0.1:8088\" }",
    provides: &[],
    tags: &[],
    build,
};

/// Lines of a body.
const MOST_LINES: usize = 300_000;

struct Http {
    listen: ListenOptions,
}

fn build(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Box<dyn Source>> {
    Some(Box::new(Http { listen: ListenOptions::read(fields, problems)? }))
}

impl Source for Http {
    fn open(self: Box<Self>, context: Context) -> Task<'static, io::Result<Task<'static, ()>>> {
        Box::pin(self.listen.bind(Records { intake: context.intake }, context.stop))
    }

    fn ready(&self) -> io::Result<()> {
        self.listen.ready()
    }

    fn plaintext(&self) -> Option<std::net::SocketAddr> {
        self.listen.plaintext()
    }
}

struct Records {
    intake: Intake,
}

/// How a body is to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Lines,
    Json,
}

impl Handler for Records {
    fn meter(&self) -> &Arc<SourceMeter> {
        self.intake.meter()
    }

    fn handle(&self, request: Incomer) -> Task<'_, Answer> {
        Box::pin(async move { self.take(request).await.unwrap_or_else(|answer| answer) })
    }
}

impl Records {
    async fn take(&self, request: Incomer) -> Result<Answer, Answer> {
        if !matches!(*request.request.method(), Method::POST | Method::PUT) {
            return Err(answer(StatusCode::METHOD_NOT_ALLOWED, "allowed: POST, PUT"));
        }
        let form = form(request.headers().get(CONTENT_TYPE))
            .ok_or_else(|| answer(StatusCode::UNSUPPORTED_MEDIA_TYPE, "allowed types: JSON, NDJSON and text"))?;
        let grant = request.grant();
        let mut raw = request.body().await?;
        if form == Form::Json {
            raw = json::to_lines(raw).map_err(|_| answer(StatusCode::BAD_REQUEST, "the body is no JSON"))?;
        }
        // Each line is a record: very short ones take more than what they say.
        let lines = body::lines(&raw);
        if lines > MOST_LINES {
            return Err(answer(StatusCode::PAYLOAD_TOO_LARGE, "the body has more than 300,000 lines"));
        }
        let work = grant.work(raw.len() + 48 * lines).await?;
        let receipt = self.intake.lines(raw, &[]).await.map_err(refused)?;
        drop(work);
        grant.release();
        receipt.safe().await.map_err(|error| refused(error.into()))?;
        Ok(answer(StatusCode::OK, ""))
    }
}

/// What is said when records were not taken.
pub(super) fn refused(error: IntakeError) -> Answer {
    match error {
        IntakeError::NoText(_) => answer(StatusCode::UNSUPPORTED_MEDIA_TYPE, "allowed: text in UTF-8, or in UTF-16 with a byte order mark"),
        IntakeError::Undecided => answer(StatusCode::SERVICE_UNAVAILABLE, "the region of the records is not known yet"),
        // To send them again would change nothing.
        IntakeError::Buffer(AppendError::Refused) => answer(StatusCode::UNPROCESSABLE_ENTITY, "a store refuses the records for good"),
        _ => answer(StatusCode::SERVICE_UNAVAILABLE, "the records cannot be taken now"),
    }
}

/// Whether a type names no other encoding than the ones that are read (RFC 9110, section 8.3.2).
fn is_utf8(content_type: &[u8]) -> bool {
    let parameters = content_type.split(|byte| *byte == b';').skip(1).map(|part| part.trim_ascii().to_ascii_lowercase());
    let mut charsets = parameters.filter_map(|part| part.strip_prefix(b"charset=").map(|name| name.trim_ascii().to_vec()));
    charsets.all(|name| matches!(name.as_slice(), b"utf-8" | b"utf8" | b"us-ascii" | b"\"utf-8\"" | b"\"utf8\"" | b"\"us-ascii\""))
}

fn form(content_type: Option<&HeaderValue>) -> Option<Form> {
    let Some(given) = content_type else { return Some(Form::Lines) };
    if !is_utf8(given.as_bytes()) {
        return None;
    }
    let essence = given.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii().to_ascii_lowercase();
    match essence.as_slice() {
        b"application/x-ndjson"
        | b"application/ndjson"
        | b"application/jsonl"
        | b"application/x-jsonlines"
        | b"application/jsonlines"
        | b"application/logplex-1"
        | b"application/x-www-form-urlencoded"
        | b"application/octet-stream"
        | b"" => Some(Form::Lines),
        b"application/json" | b"text/json" => Some(Form::Json),
        other if other.ends_with(b"+json") => Some(Form::Json),
        other if other.starts_with(b"text/") => Some(Form::Lines),
        _ => None,
    }
}
