//! gRPC over HTTP/2 for listeners: calls with one message each way.
//!
//! A call is a request whose body is one message in a frame; how it went stands behind the answer, in the trailers.
//! Memory of a connection is bounded by its windows, and what a call holds by the budget of the listener.

use super::body::Incomer;
use super::listener::{Answer, HEADER_TIME, Handler, Server, answer, served};
use super::seats::{Mark, Seat};
use super::sender::Sender;
use crate::decode::body::Encoding;
use crate::decode::otlp;
use crate::record::Raw;
use crate::task::Stop;
use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::{Body as _, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};

/// Calls of a connection at once.
const CALLS: u32 = 8;
/// Bytes that a connection may send ahead, and each call of it: no less can be asked of a connection (RFC 9113, section 6.9.2).
const WINDOW: u32 = 65_535;
/// Bytes of the headers of a call.
const HEADERS: u32 = 4 * 1024;
/// How often it is asked whether the other side is still there, and how long it may take to say so.
const ASK: Duration = Duration::from_secs(60);
const PATIENCE: Duration = Duration::from_secs(20);

const STATUS: HeaderName = HeaderName::from_static("grpc-status");
const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");

type Body = UnsyncBoxBody<Bytes, Infallible>;

/// Serves the calls of one connection.
pub(super) async fn calls<H: Handler>(stream: impl AsyncRead + AsyncWrite + Unpin + Send, seat: &Seat, server: Arc<Server<H>>, stop: Stop) {
    let mark = Arc::clone(&seat.mark);
    let Some(stream) = greeted(stream).await else { return };
    // Calls are tasks of their own.
    let sender = Sender::of_task().unwrap_or_default();
    let service = service_fn(move |request: Request<Incoming>| {
        let call = Call::begin(&mark);
        let server = Arc::clone(&server);
        sender.clone().scope(async move {
            if !is_call(request.headers()) {
                let mut answer = Response::new(Empty::new().boxed_unsync());
                *answer.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
                return Ok::<_, Infallible>(answer);
            }
            Ok(respond(server.answer_call(request, &call.own, call.is_only).await))
        })
    });
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(CALLS)
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .max_header_list_size(HEADERS)
        .max_send_buf_size(WINDOW as usize)
        .keep_alive_interval(ASK)
        .keep_alive_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), service);
    served(connection, |connection| connection.graceful_shutdown(), stop).await;
}

/// What a client of HTTP/2 says first (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The stream, once its client has said that it speaks HTTP/2.
async fn greeted<S: AsyncRead + AsyncWrite + Unpin + Send>(mut stream: S) -> Option<impl AsyncRead + AsyncWrite + Unpin + Send> {
    let mut said = [0; PREFACE.len()];
    tokio::time::timeout(HEADER_TIME, stream.read_exact(&mut said)).await.ok()?.ok()?;
    let (reader, writer) = tokio::io::split(stream);
    (said == PREFACE).then(|| tokio::io::join(PREFACE.chain(reader), writer))
}

/// A call under way. A connection waits when it has none.
struct Call {
    connection: Arc<Mark>,
    own: Arc<Mark>,
    is_only: bool,
}

impl Call {
    fn begin(connection: &Arc<Mark>) -> Self {
        let (own, is_only) = connection.begin();
        Self { connection: Arc::clone(connection), own, is_only }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.connection.end(&self.own);
    }
}

fn is_call(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let rest = kind.strip_prefix(b"application/grpc");
    rest.is_some_and(|rest| matches!(rest, b"" | b"+proto") || rest.starts_with(b";"))
}

/// Reads the message of a call.
pub(super) async fn message(call: Incomer) -> Result<Raw, Answer> {
    let encoding = match call.headers().get("grpc-encoding").map(HeaderValue::as_bytes).unwrap_or_default() {
        b"" | b"identity" => Encoding::Identity,
        b"gzip" => Encoding::Gzip,
        _ => return Err(refused(StatusCode::NOT_IMPLEMENTED, "allowed encodings: gzip, identity")),
    };
    call.packed(|_| ()).await?.message(encoding).await
}

/// The answer to a call that was taken.
pub(super) fn taken(message: &[u8]) -> Answer {
    Response::new(Full::new(Bytes::from(otlp::frame(message))))
}

/// The answer to a call that was not.
pub(super) fn refused(status: StatusCode, why: &'static str) -> Answer {
    let mut answer = answer(status, why);
    answer.headers_mut().insert(MESSAGE, HeaderValue::from_static(why));
    answer
}

/// Makes an answer one of gRPC: its status is said behind the body, or alone.
fn respond(answer: Answer) -> Response<Body> {
    let code = code(answer.status());
    let (mut head, body) = answer.into_parts();
    let message = head.headers.remove(MESSAGE);
    let reason = head.status.canonical_reason().unwrap_or("refused");
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    let mut status = HeaderMap::new();
    status.insert(STATUS, HeaderValue::from(code));
    if code != 0 {
        status.insert(MESSAGE, message.unwrap_or(HeaderValue::from_static(reason)));
    }
    let body = if code == 0 && !body.is_end_stream() {
        body.with_trailers(async move { Some(Ok(status)) }).boxed_unsync()
    } else {
        headers.extend(status);
        Empty::new().boxed_unsync()
    };
    let mut answer = Response::new(body);
    *answer.headers_mut() = headers;
    answer
}

/// The status of gRPC for one of HTTP. The specification of OTLP says which ones are tried again.
fn code(status: StatusCode) -> u16 {
    match status {
        StatusCode::OK => 0,
        StatusCode::BAD_REQUEST => 3,
        StatusCode::FORBIDDEN => 7,
        StatusCode::PAYLOAD_TOO_LARGE => 8,
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED | StatusCode::UNSUPPORTED_MEDIA_TYPE => 12,
        StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => 14,
        StatusCode::UNAUTHORIZED => 16,
        _ => 13,
    }
}
