//! The HTTP listener of sources: connections, limits, bodies. What a request means is its source's matter.
//!
//! Everything is bounded: connections, header and body bytes, and the time a client may take.

use super::auth::{Auth, AuthOptions};
use crate::config::Problems;
use crate::config::fields::Fields;
use crate::decode::body::{BodyError, Encoding};
use crate::record::Raw;
use crate::task::{Stop, Task};
use crate::telemetry::SourceMeter;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderValue, RETRY_AFTER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// Connections that are open at once.
const CONNECTIONS: u64 = 1_024;
/// Largest body, in bytes, before and after it is decompressed.
const MAX_BODY: u64 = 16 << 20;
/// Time in which the headers of a request have to be there.
const HEADER_TIME: Duration = Duration::from_secs(10);
/// Time in which the next part of a body has to be there.
const BODY_TIME: Duration = Duration::from_secs(30);
/// Time that requests have to end when the program stops.
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// An answer.
pub(super) type Answer = Response<Full<Bytes>>;

/// What a listener asks of its source.
pub(super) trait Handler: Send + Sync + 'static {
    /// Where the source counts.
    fn meter(&self) -> &Arc<SourceMeter>;

    /// Answers a request whose sender may send.
    fn handle(&self, request: Incomer) -> Task<'_, Answer>;
}

/// A request, its body still to be read.
pub(super) struct Incomer {
    pub(super) request: Request<Incoming>,
    max_body: usize,
}

/// Options of a listener.
#[derive(Clone)]
pub(super) struct ListenOptions {
    pub(super) address: SocketAddr,
    auth: AuthOptions,
    max_body: usize,
    connections: usize,
}

impl ListenOptions {
    pub(super) fn read(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Self> {
        const ADDRESS: &str = "an address and port, such as `127.0.0.1:8088`";
        let listen = fields.take("listen");
        let auth = AuthOptions::read(fields, problems);
        let max_body = fields.take("max_body").and_then(|at| at.bytes(problems)).unwrap_or(MAX_BODY);
        let connections = fields.take("max_connections").and_then(|at| at.number(problems, 1, 20_000)).unwrap_or(CONNECTIONS);
        let listen = listen?;
        let address = listen.text(problems, ADDRESS)?.parse().ok();
        if address.is_none() {
            listen.wrong_as(problems, "another text", ADDRESS);
        }
        Some(Self {
            address: address?,
            auth,
            max_body: usize::try_from(max_body).unwrap_or(usize::MAX).min(1 << 30),
            connections: usize::try_from(connections).unwrap_or(usize::MAX),
        })
    }

    /// Binds the address now; the task serves it until it is time to stop.
    pub(super) async fn bind(self, handler: impl Handler, stop: Stop) -> io::Result<Task<'static, ()>> {
        let auth = self.auth.load()?;
        let listener = TcpListener::bind(self.address).await?;
        let server = Arc::new(Server { auth, max_body: self.max_body, handler });
        Ok(Box::pin(serve(listener, self.connections, server, stop)))
    }
}

struct Server<H> {
    auth: Auth,
    max_body: usize,
    handler: H,
}

async fn serve<H: Handler>(listener: TcpListener, connections: usize, server: Arc<Server<H>>, mut stop: Stop) {
    let slots = Arc::new(Semaphore::new(connections));
    loop {
        // A slot first: clients beyond the limit wait in the system's queue.
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.wait() => break,
        };
        match accepted {
            Ok((stream, _)) => {
                let (server, stop) = (Arc::clone(&server), stop.clone());
                tokio::spawn(async move {
                    connection(stream, server, stop).await;
                    drop(slot);
                });
            }
            // Out of file descriptors, for one: others may end meanwhile.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    drop(listener);
    // Every slot is back when every connection has ended.
    let all = u32::try_from(connections).unwrap_or(u32::MAX);
    let _ = tokio::time::timeout(DRAIN_TIME, slots.acquire_many(all)).await;
}

async fn connection<H: Handler>(stream: TcpStream, server: Arc<Server<H>>, mut stop: Stop) {
    let _ = stream.set_nodelay(true);
    let _connected = server.handler.meter().connected();
    let service = service_fn(move |request: Request<Incoming>| {
        let server = Arc::clone(&server);
        async move {
            if !server.auth.allows(request.headers()) {
                server.handler.meter().auth_failed();
                return Ok::<_, Infallible>(answer(StatusCode::UNAUTHORIZED, "the credentials are missing or wrong"));
            }
            Ok(server.handler.handle(Incomer { request, max_body: server.max_body }).await)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        // What goes wrong on a connection is its client's matter.
        _ = connection.as_mut() => {}
        () = stop.wait() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

impl Incomer {
    pub(super) fn headers(&self) -> &HeaderMap {
        self.request.headers()
    }

    /// Reads the body and opens its encoding.
    pub(super) async fn body(self) -> Result<Raw, Answer> {
        let Self { request, max_body } = self;
        let encoding = Encoding::of(request.headers().get(CONTENT_ENCODING).map(HeaderValue::as_bytes).unwrap_or_default())
            .ok_or_else(|| answer(StatusCode::UNSUPPORTED_MEDIA_TYPE, "allowed encodings: gzip, zstd, deflate, identity"))?;
        let announced = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok()).unwrap_or(0);
        let too_large = || answer(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than `max_body` allows");
        if announced > max_body {
            return Err(too_large());
        }
        let mut bytes = Vec::with_capacity(announced);
        let mut body = Limited::new(request.into_body(), max_body);
        loop {
            let frame = tokio::time::timeout(BODY_TIME, body.frame())
                .await
                .map_err(|_| answer(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time"))?;
            match frame {
                None => break,
                Some(Ok(frame)) => bytes.extend_from_slice(frame.data_ref().map(Bytes::as_ref).unwrap_or_default()),
                Some(Err(error)) if error.is::<LengthLimitError>() => return Err(too_large()),
                Some(Err(_)) => return Err(answer(StatusCode::BAD_REQUEST, "the body ended too early")),
            }
        }
        crate::decode::body::open(Raw::new(bytes), encoding, max_body).map_err(|error| match error {
            BodyError::TooLarge => too_large(),
            BodyError::Damaged => answer(StatusCode::BAD_REQUEST, "the body does not decompress"),
        })
    }
}

/// An answer in JSON: `{}` for success, else what is wrong.
pub(super) fn answer(status: StatusCode, problem: &'static str) -> Answer {
    let body = if problem.is_empty() { Bytes::from_static(b"{}") } else { Bytes::from(format!("{{\"error\":\"{problem}\"}}")) };
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = status;
    answer.headers_mut().insert(hyper::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    answer
}
