//! Answers and errors in the form of the service. No text of a request stands in an error.

use super::super::listener::{Answer, answer};
use super::super::sigv4::SignatureError;
use super::groups::{ListedGroup, ListedStream, Page};
use crate::decode::cloudwatch::{Name, RequestError};
use bytes::Bytes;
use http_body_util::Full;
use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use serde::Serialize;

/// An error of the service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    kind: &'static str,
    pub(super) message: &'static str,
}

const fn bad(kind: &'static str, message: &'static str) -> Refusal {
    Refusal { status: StatusCode::BAD_REQUEST, kind, message }
}

const PARAMETER: &str = "InvalidParameterException";
const NOT_FOUND: &str = "ResourceNotFoundException";
const EXISTS: &str = "ResourceAlreadyExistsException";

pub(super) const UNKNOWN: Refusal =
    Refusal { status: StatusCode::NOT_FOUND, kind: "UnknownOperationException", message: "This is not an operation of CloudWatch Logs." };
pub(super) const DENIED: Refusal = bad("AccessDeniedException", "This operation is not offered here.");
pub(super) const MISSING: Refusal = bad(PARAMETER, "A required parameter is missing.");
pub(super) const BAD_NAME: Refusal = bad(PARAMETER, "The name of the log group or log stream is not valid.");
pub(super) const BAD_RETENTION: Refusal = bad(PARAMETER, "The retention in days is not valid.");
pub(super) const BAD_LIMIT: Refusal = bad(PARAMETER, "The limit is not valid; 1 to 50 are allowed.");
pub(super) const BAD_COMBINATION: Refusal = bad(PARAMETER, "These parameters cannot be used together.");
pub(super) const BAD_ORDER: Refusal = bad(PARAMETER, "Log events in a single PutLogEvents request must be in chronological order.");
pub(super) const BAD_SPAN: Refusal =
    bad(PARAMETER, "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
pub(super) const BAD_TEXT: Refusal = bad(PARAMETER, "A log event holds text in UTF-16 or UTF-32; UTF-8 is allowed.");
pub(super) const GROUP_EXISTS: Refusal = bad(EXISTS, "The specified log group already exists");
pub(super) const STREAM_EXISTS: Refusal = bad(EXISTS, "The specified log stream already exists");
pub(super) const NO_GROUP: Refusal = bad(NOT_FOUND, "The specified log group does not exist.");
pub(super) const NO_STREAM: Refusal = bad(NOT_FOUND, "The specified log stream does not exist.");
pub(super) const UNAVAILABLE: Refusal = Refusal {
    status: StatusCode::SERVICE_UNAVAILABLE,
    kind: "ServiceUnavailableException",
    message: "The log events cannot be taken now.",
};

/// Events that were not taken, by their place in the request.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rejected {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) too_new_log_event_start_index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) too_old_log_event_end_index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expired_log_event_end_index: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Accepted {
    next_sequence_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected_log_events_info: Option<Rejected>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    #[serde(skip_serializing_if = "Option::is_none")]
    log_groups: Option<Vec<ListedGroup>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_streams: Option<Vec<ListedStream>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<Name>,
}

#[derive(Serialize)]
struct Error {
    #[serde(rename = "__type")]
    kind: &'static str,
    message: &'static str,
}

fn json(status: StatusCode, body: &impl Serialize) -> Answer {
    // Begins as every answer does, so that what belongs to a status is said once.
    let mut answer = answer(status, "");
    *answer.body_mut() = Full::new(serde_json::to_vec(body).map(Bytes::from).unwrap_or_default());
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.1"));
    answer
}

/// Says that something was done.
pub(super) fn nothing() -> Answer {
    json(StatusCode::OK, &serde_json::Map::new())
}

/// Says which events were taken.
pub(super) fn accepted(token: String, rejected: Rejected) -> Answer {
    let Rejected { too_new_log_event_start_index: new, too_old_log_event_end_index: old, expired_log_event_end_index: expired } = rejected;
    let some = new.or(old).or(expired).is_some();
    json(StatusCode::OK, &Accepted { next_sequence_token: token, rejected_log_events_info: some.then_some(rejected) })
}

pub(super) fn listed_groups((list, next_token): Page<ListedGroup>) -> Answer {
    json(StatusCode::OK, &Listed { log_groups: Some(list), log_streams: None, next_token })
}

pub(super) fn listed_streams((list, next_token): Page<ListedStream>) -> Answer {
    json(StatusCode::OK, &Listed { log_groups: None, log_streams: Some(list), next_token })
}

pub(super) fn refuse(refusal: Refusal) -> Answer {
    json(refusal.status, &Error { kind: refusal.kind, message: refusal.message })
}

/// What the listener said of a body, in the form of the service.
pub(super) fn of_listener(status: StatusCode) -> Refusal {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal { status, ..bad(PARAMETER, "The request is too large.") },
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Refusal { status, ..bad("SerializationException", "The content encoding is not supported.") },
        StatusCode::REQUEST_TIMEOUT => Refusal { status, ..bad("RequestTimeoutException", "The body did not arrive in time.") },
        status if status.is_client_error() => bad("SerializationException", "The body cannot be read."),
        _ => UNAVAILABLE,
    }
}

pub(super) fn refusal_of(error: SignatureError) -> Refusal {
    match error {
        SignatureError::Missing => bad("MissingAuthenticationTokenException", "Missing Authentication Token"),
        SignatureError::Incomplete => bad("IncompleteSignatureException", "The signature is not complete."),
        SignatureError::UnknownKey => bad("UnrecognizedClientException", "The security token included in the request is invalid."),
        SignatureError::Expired => bad("InvalidSignatureException", "Signature expired: the clocks differ by more than 5 minutes."),
        SignatureError::Wrong => bad("InvalidSignatureException", "The request signature does not match."),
    }
}

impl From<RequestError> for Refusal {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Malformed => bad("SerializationException", "The body is not what the operation takes."),
            RequestError::Missing => MISSING,
            RequestError::Empty => bad(PARAMETER, "Log event message cannot be empty."),
            RequestError::TooMany => bad(PARAMETER, "A request can hold 10000 log events at most."),
            RequestError::TooLarge => bad(PARAMETER, "Upload too large: the limit is 1048576 bytes."),
        }
    }
}
