//! Calls of gRPC to a receiver: one connection of HTTP/2 for all requests, opened when there is none.
//!
//! What the status of a call means is said by the specification of OTLP ("OTLP/gRPC Throttling", and the table of
//! codes that may be tried again). Nothing of an answer is kept but its numbers.

use super::value;
use crate::sinks::SendError;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::{BufMut, Bytes, BytesMut};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, TE};
use hyper::{HeaderMap, Request, StatusCode, Uri};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio_rustls::TlsConnector;

const METHOD: &str = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
/// Time in which a connection has to be there.
const CONNECT: Duration = Duration::from_secs(10);
/// How often it is asked whether the other side is still there, and how long it may take to say so.
const ASK: Duration = Duration::from_secs(30);
const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes of an answer that are read.
const ANSWER: usize = 64 * 1024;

/// Base64 as headers of gRPC have it: with or without signs at its end.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent));

type Sender = SendRequest<Full<Bytes>>;

/// Where calls go, and the connection if there is one.
pub(super) struct Calls {
    uri: Uri,
    host: String,
    port: u16,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    timeout: Duration,
    open: Mutex<Option<Sender>>,
}

impl Calls {
    pub(super) fn new(url: &Uri, mut tls: ClientConfig, timeout: Duration) -> io::Result<Self> {
        let wrong = || io::Error::from(io::ErrorKind::InvalidInput);
        let is_tls = url.scheme_str() == Some("https");
        let authority = url.authority().ok_or_else(wrong)?.as_str();
        let scheme = if is_tls { "https" } else { "http" };
        let uri = Uri::builder().scheme(scheme).authority(authority).path_and_query(METHOD).build().map_err(io::Error::other)?;
        let host = url.host().ok_or_else(wrong)?.trim_matches(['[', ']']).to_owned();
        let port = url.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        tls.alpn_protocols = vec![b"h2".to_vec()];
        let name = is_tls.then(|| ServerName::try_from(host.clone()).map_err(|_| wrong())).transpose()?;
        let tls = name.map(|name| (TlsConnector::from(Arc::new(tls)), name));
        Ok(Self { uri, host, port, tls, timeout, open: Mutex::default() })
    }

    /// Sends one message; the message of the answer.
    pub(super) async fn call(&self, message: &[u8], packed: bool, authorization: Option<&HeaderValue>) -> Result<Bytes, SendError> {
        let exchange = self.exchange(message, packed, authorization);
        tokio::time::timeout(self.timeout, exchange).await.map_err(|_| SendError::retry("no answer in time"))?
    }

    async fn exchange(&self, message: &[u8], packed: bool, authorization: Option<&HeaderValue>) -> Result<Bytes, SendError> {
        let length = u32::try_from(message.len()).map_err(|_| SendError::TooLarge)?;
        let mut body = BytesMut::with_capacity(5 + message.len());
        body.put_u8(u8::from(packed));
        body.put_u32(length);
        body.put_slice(message);
        let mut call = Request::post(self.uri.clone())
            .header(CONTENT_TYPE, "application/grpc")
            .header(TE, "trailers")
            // The receiver need not go on with what nobody waits for.
            .header("grpc-timeout", format!("{}m", self.timeout.as_millis().min(99_999_999)));
        if packed {
            call = call.header("grpc-encoding", "gzip");
        }
        if let Some(authorization) = authorization {
            call = call.header(AUTHORIZATION, authorization);
        }
        let call = call.body(Full::new(body.freeze())).map_err(|_| SendError::Refused { reason: "no valid request" })?;
        let failed = |_| SendError::retry("the connection failed");
        let answer = self.sender().await?.send_request(call).await.map_err(failed)?;
        let status = answer.status();
        let mut said = answer.headers().clone();
        let body = Limited::new(answer.into_body(), ANSWER).collect().await.map_err(|_| SendError::retry("the answer broke off"))?;
        said.extend(body.trailers().cloned().unwrap_or_default());
        verdict(status, &said)?;
        // One frame that is not packed: none was allowed to be.
        let body = body.to_bytes();
        Ok(if body.len() > 5 { body.slice(5..) } else { Bytes::new() })
    }

    /// The connection; a new one if there is none that is open.
    async fn sender(&self) -> Result<Sender, SendError> {
        let mut open = self.open.lock().await;
        if let Some(sender) = open.as_ref().filter(|sender| !sender.is_closed()) {
            return Ok(sender.clone());
        }
        let sender = tokio::time::timeout(CONNECT, self.connect()).await.map_err(io::Error::from).and_then(|sender| sender);
        let sender = sender.map_err(|_| SendError::retry("the connection failed"))?;
        *open = Some(sender.clone());
        Ok(sender)
    }

    async fn connect(&self) -> io::Result<Sender> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        stream.set_nodelay(true)?;
        match &self.tls {
            None => greet(stream).await,
            Some((connector, name)) => {
                let stream = connector.connect(name.clone(), stream).await?;
                if stream.get_ref().1.alpn_protocol() != Some(b"h2") {
                    return Err(io::ErrorKind::Unsupported.into());
                }
                greet(stream).await
            }
        }
    }
}

async fn greet(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> io::Result<Sender> {
    let greeting = Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(ASK)
        .keep_alive_timeout(PATIENCE)
        .handshake(TokioIo::new(stream));
    let (sender, connection) = greeting.await.map_err(io::Error::other)?;
    // It ends with the last sender, or when the other side ends it; the next request then opens another one.
    tokio::spawn(connection);
    Ok(sender)
}

/// What a status means.
fn verdict(status: StatusCode, said: &HeaderMap) -> Result<(), SendError> {
    let code = said.get("grpc-status").and_then(|code| code.to_str().ok()?.parse().ok());
    // Answers of what stands between ("gRPC: HTTP to gRPC status code mapping").
    let code = code.unwrap_or(match status {
        StatusCode::BAD_REQUEST => 13,
        StatusCode::UNAUTHORIZED => 16,
        StatusCode::FORBIDDEN => 7,
        StatusCode::NOT_FOUND => 12,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => 14,
        // A call that ends without a status was cut off.
        _ => 14,
    });
    let after = said.get("grpc-status-details-bin").and_then(|details| retry_delay(details.as_bytes()));
    let retry = |reason| Err(SendError::Retry { reason, after });
    match code {
        0 => Ok(()),
        4 => retry("no answer in time"),
        // Tried again if the receiver says when; else the message is more than it takes.
        8 if after.is_some() => retry("throttled"),
        8 => Err(SendError::TooLarge),
        14 if after.is_some() => retry("throttled"),
        1 | 10 | 11 | 14 | 15 => retry("an error of the server"),
        // As over HTTP: records wait until the credentials are right.
        7 | 16 => retry("the credentials are not accepted"),
        _ => Err(SendError::Refused { reason: "the request is refused" }),
    }
}

/// How long to wait: a RetryInfo among the details of a status (google/rpc/status.proto, error_details.proto).
fn retry_delay(details: &[u8]) -> Option<Duration> {
    let status = BASE64.decode(details).ok()?;
    for (_, any) in value::messages(&status).filter(|(field, _)| *field == 3) {
        let part = |wanted| value::messages(any).find(|(field, _)| *field == wanted).map(|(_, part)| part);
        if part(1).is_some_and(|url| url.ends_with(b"/google.rpc.RetryInfo")) {
            let (_, delay) = value::messages(part(2)?).find(|(field, _)| *field == 1)?;
            let number = |wanted| value::numbers(delay).find(|(field, _)| *field == wanted).map_or(0, |(_, number)| number);
            return Some(Duration::new(number(1).min(86_400), u32::try_from(number(2)).ok()?.min(999_999_999)));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: &str, details: Option<&[u8]>) -> Result<(), SendError> {
        let mut said = HeaderMap::new();
        if !code.is_empty() {
            said.insert("grpc-status", HeaderValue::from_str(code).unwrap());
        }
        if let Some(details) = details {
            said.insert("grpc-status-details-bin", HeaderValue::from_str(BASE64.encode(details).trim_end_matches('=')).unwrap());
        }
        verdict(StatusCode::OK, &said)
    }

    #[test]
    fn codes_are_tried_again_as_the_specification_says() {
        assert_eq!(said("0", None), Ok(()));
        for code in ["1", "4", "10", "11", "14", "15", "7", "16", ""] {
            assert!(matches!(said(code, None), Err(SendError::Retry { after: None, .. })), "{code}");
        }
        for code in ["2", "3", "5", "6", "9", "12", "13", "17"] {
            assert!(matches!(said(code, None), Err(SendError::Refused { .. })), "{code}");
        }
        assert_eq!(said("8", None), Err(SendError::TooLarge));
    }

    #[test]
    fn the_receiver_says_how_long_to_wait() {
        // Status { code: 8, message: "m", details: [Any { RetryInfo { retry_delay: 2.5 s } }] }
        let info = b"\x0a\x08\x08\x02\x10\x80\xca\xb5\xee\x01";
        let url = b"type.googleapis.com/google.rpc.RetryInfo";
        let any = [&[0x0a, url.len() as u8], url.as_slice(), &[0x12, info.len() as u8], info].concat();
        let details = [b"\x08\x08\x12\x01m\x1a".as_slice(), &[any.len() as u8], &any].concat();
        let after = Some(Duration::from_millis(2_500));
        assert_eq!(said("8", Some(&details)), Err(SendError::Retry { reason: "throttled", after }));
        assert_eq!(said("14", Some(&details)), Err(SendError::Retry { reason: "throttled", after }));
        // What is none says nothing.
        for wrong in [b"\x1a\xff".as_slice(), b"", b"\x1a\x02\x0a\x00", &details[..details.len() - 1]] {
            assert_eq!(said("8", Some(wrong)), Err(SendError::TooLarge));
        }
    }
}
