//! Answers in the form of Splunk: a text and a code. No text of a request stands in them.
//! (Splunk: "Troubleshoot HTTP Event Collector", possible error codes.)

use super::super::IntakeError;
use super::super::listener::{Answer, answer};
use crate::buffer::AppendError;
use crate::decode::splunk_hec::HecError;
use bytes::Bytes;
use http_body_util::Full;
use hyper::StatusCode;
use hyper::header::{ALLOW, HeaderValue};
use std::fmt::Write;

/// An error of the collector.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    code: u16,
    text: &'static str,
    /// Place of the event that is wrong, counted from 0.
    event: Option<usize>,
}

const fn refusal(status: StatusCode, code: u16, text: &'static str) -> Refusal {
    Refusal { status, code, text, event: None }
}

const BAD: StatusCode = StatusCode::BAD_REQUEST;

pub(super) const NO_TOKEN: Refusal = refusal(StatusCode::UNAUTHORIZED, 2, "Token is required");
pub(super) const BAD_AUTHORIZATION: Refusal = refusal(StatusCode::UNAUTHORIZED, 3, "Invalid authorization");
pub(super) const BAD_TOKEN: Refusal = refusal(StatusCode::FORBIDDEN, 4, "Invalid token");
const NO_DATA: Refusal = refusal(BAD, 5, "No data");
pub(super) const BAD_FORM: Refusal = refusal(BAD, 6, "Invalid data format");
pub(super) const BUSY: Refusal = refusal(StatusCode::SERVICE_UNAVAILABLE, 9, "Server is busy");
pub(super) const NO_CHANNEL: Refusal = refusal(BAD, 10, "Data channel is missing");
pub(super) const BAD_CHANNEL: Refusal = refusal(BAD, 11, "Invalid data channel");
const MISSING: Refusal = refusal(BAD, 12, "Event field is required");
const BLANK: Refusal = refusal(BAD, 13, "Event field cannot be blank");
pub(super) const ACK_OFF: Refusal = refusal(BAD, 14, "ACK is disabled");
const BAD_FIELDS: Refusal = refusal(BAD, 15, "Error in handling indexed fields");
pub(super) const NO_QUERY_TOKEN: Refusal = refusal(BAD, 16, "Query string authorization is not enabled");
const TOO_LARGE: Refusal = refusal(StatusCode::PAYLOAD_TOO_LARGE, 27, "Request entity too large");
pub(super) const NOT_FOUND: Refusal = refusal(StatusCode::NOT_FOUND, 404, "The requested URL was not found on this server.");
pub(super) const BAD_METHOD: Refusal = refusal(StatusCode::METHOD_NOT_ALLOWED, 404, "Method not allowed");

fn json(status: StatusCode, body: String) -> Answer {
    // Begins as every answer does, so that what belongs to a status is said once.
    let mut answer = answer(status, "");
    *answer.body_mut() = Full::new(Bytes::from(body));
    answer
}

/// Says that records were taken; with an id, that they will be.
pub(super) fn success(id: Option<u64>) -> Answer {
    let id = id.map(|id| format!(",\"ackId\":{id}")).unwrap_or_default();
    json(StatusCode::OK, format!("{{\"text\":\"Success\",\"code\":0{id}}}"))
}

/// Says that somebody is there.
pub(super) fn healthy() -> Answer {
    json(StatusCode::OK, "{\"text\":\"HEC is healthy\",\"code\":17}".to_owned())
}

/// Says what may be asked.
pub(super) fn options() -> Answer {
    let mut answer = answer(StatusCode::OK, "");
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, POST, OPTIONS"));
    answer
}

/// Says which ids are done.
pub(super) fn acks(told: &[(u64, bool)]) -> Answer {
    let mut list = String::with_capacity(told.len() * 24);
    for (id, done) in told {
        // Writing to memory cannot fail.
        let _ = write!(list, "{}\"{id}\":{done}", if list.is_empty() { "" } else { "," });
    }
    json(StatusCode::OK, format!("{{\"acks\":{{{list}}}}}"))
}

pub(super) fn refuse(refusal: Refusal) -> Answer {
    let event = refusal.event.map(|event| format!(",\"invalid-event-number\":{event}")).unwrap_or_default();
    json(refusal.status, format!("{{\"text\":\"{}\",\"code\":{}{event}}}", refusal.text, refusal.code))
}

/// What the listener said of a body, in the form of Splunk.
pub(super) fn of_listener(status: StatusCode) -> Refusal {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => TOO_LARGE,
        StatusCode::INTERNAL_SERVER_ERROR => refusal(status, 8, "Internal server error"),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT => Refusal { status, ..BUSY },
        status => Refusal { status, ..BAD_FORM },
    }
}

impl From<HecError> for Refusal {
    fn from(error: HecError) -> Self {
        let (refusal, event) = match error {
            HecError::NoData => (NO_DATA, None),
            HecError::Format(event) => (BAD_FORM, Some(event)),
            HecError::Missing(event) => (MISSING, Some(event)),
            HecError::Blank(event) => (BLANK, Some(event)),
            HecError::Fields(event) => (BAD_FIELDS, Some(event)),
            HecError::TooMany | HecError::TooLarge => (TOO_LARGE, None),
        };
        Self { event, ..refusal }
    }
}

impl From<IntakeError> for Refusal {
    fn from(error: IntakeError) -> Self {
        match error {
            // To send them again would change nothing.
            IntakeError::Buffer(AppendError::Refused) | IntakeError::Unclear | IntakeError::NoText(_) => BAD_FORM,
            _ => BUSY,
        }
    }
}
