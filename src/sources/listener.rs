//! The HTTP listener of sources: connections and their limits. What a request means is its source's matter.
//!
//! Everything is bounded: connections, header and body bytes, and the time a client may take.

use super::auth::{Auth, AuthOptions};
use super::body::{Budget, Grant};
use super::grpc;
use super::seats::{Mark, Phase, Seat, Seats};
use super::sender::Sender;
use crate::config::Problems;
use crate::config::fields::Fields;
use crate::task::{Stop, Task};
use crate::telemetry::{Refusal, SourceMeter};
use crate::tls::{self, Tls, TlsOptions};
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{HeaderValue, RETRY_AFTER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

pub(super) use super::body::Incomer;

/// Connections that are open at once.
const CONNECTIONS: usize = 1_024;
/// The same over gRPC: each takes more, and carries several calls.
const GRPC_CONNECTIONS: usize = 512;
/// Largest body, in bytes, before and after it is decompressed.
const MAX_BODY: u64 = 16 << 20;
/// Time in which the headers of a request have to be there.
pub(super) const HEADER_TIME: Duration = Duration::from_secs(10);
/// Bytes of the headers of a request, and of what is read ahead of its body.
const HEADERS: usize = 8 * 1024;
/// Connections that are ended when the system gives no more.
const SPARED: usize = 16;
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

/// Options of a listener.
#[derive(Clone)]
pub(super) struct ListenOptions {
    pub(super) address: SocketAddr,
    auth: AuthOptions,
    tls: Option<TlsOptions>,
    max_body: usize,
    /// As many as the options say, if they do.
    connections: Option<usize>,
    /// Whether calls of gRPC come, which are HTTP/2.
    grpc: bool,
}

impl ListenOptions {
    pub(super) fn read(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Self> {
        let auth = AuthOptions::read(fields, problems);
        Some(Self { auth, ..Self::read_open(fields, problems)? })
    }

    /// The same for a source that takes requests on the first of two addresses, and calls of gRPC on the second.
    pub(super) fn read_both(fields: &mut Fields<'_>, keys: [&'static str; 2], problems: &mut Problems) -> Option<[Option<Self>; 2]> {
        let auth = AuthOptions::read(fields, problems);
        let [http, grpc] = Self::read_at(fields, keys, problems)?;
        Some([http.map(|http| Self { auth: auth.clone(), ..http }), grpc.map(|grpc| Self { auth, grpc: true, ..grpc })])
    }

    /// The same for a source that asks its senders itself who they are.
    pub(super) fn read_open(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Self> {
        let [one] = Self::read_at(fields, ["listen"], problems)?;
        one
    }

    /// One listener for each of the addresses that are given.
    fn read_at<const N: usize>(fields: &mut Fields<'_>, keys: [&'static str; N], problems: &mut Problems) -> Option<[Option<Self>; N]> {
        const ADDRESS: &str = "an address and port, such as `127.0.0.1:8088`";
        let addresses = keys.map(|key| fields.take(key));
        let tls = fields.take("tls").map(|tls| TlsOptions::read(&tls, problems));
        let max_body = fields.take("max_body").and_then(|at| at.bytes_within(problems, "1KiB", "1GiB")).unwrap_or(MAX_BODY);
        let connections = fields.take("max_connections").and_then(|at| at.number(problems, 1, 20_000));
        let connections = connections.and_then(|given| usize::try_from(given).ok());
        // What was asked for and cannot be read is no listener without it.
        let tls = tls.map_or(Some(None), |tls| tls.map(Some))?;
        Some(addresses.map(|at| {
            let at = at?;
            let address = at.text(problems, ADDRESS)?.parse().ok();
            if address.is_none() {
                at.wrong_as(problems, "another text", ADDRESS);
            }
            Some(Self {
                address: address?,
                auth: AuthOptions::default(),
                tls: tls.clone(),
                max_body: usize::try_from(max_body).unwrap_or(usize::MAX),
                connections,
                grpc: false,
            })
        }))
    }

    /// The address, if what is sent to it can be read on the way.
    pub(super) fn plaintext(&self) -> Option<SocketAddr> {
        (self.tls.is_none() && !self.address.ip().to_canonical().is_loopback()).then_some(self.address)
    }

    /// Whether its secrets can be used as they are now.
    pub(super) fn ready(&self) -> io::Result<()> {
        self.auth.load()?;
        self.tls.as_ref().map_or(Ok(()), TlsOptions::ready)
    }

    /// Binds the address now; the task serves it until it is time to stop.
    pub(super) async fn bind(self, handler: impl Handler, stop: Stop) -> io::Result<Task<'static, ()>> {
        let auth = self.auth.load()?;
        let tls = self.tls.map(|tls| tls.load(if self.grpc { &[b"h2"] } else { &[b"http/1.1"] })).transpose()?;
        let most = self.connections.unwrap_or(if self.grpc { GRPC_CONNECTIONS } else { CONNECTIONS });
        let connections = Connections::bind(self.address, most).await?;
        let budget = Budget::new(self.max_body, Arc::clone(&connections.seats));
        let server = Arc::new(Server { auth, tls, max_body: self.max_body, grpc: self.grpc, budget, handler });
        Ok(Box::pin(connections.serve(stop, move |stream, seat, stop| {
            let server = Arc::clone(&server);
            async move { connection(stream, &seat, server, stop).await }
        })))
    }
}

pub(super) struct Server<H> {
    auth: Auth,
    tls: Option<Tls>,
    max_body: usize,
    grpc: bool,
    budget: Arc<Budget>,
    handler: H,
}

/// Connections of one address: as many as there may be, the one that can best be spared ended for a new one.
pub(super) struct Connections<D = TcpListener> {
    door: D,
    most: usize,
    seats: Arc<Seats>,
}

/// Where connections come from.
pub(super) trait Door: Send {
    type Stream;

    /// The next connection.
    fn next(&self) -> impl Future<Output = io::Result<Self::Stream>> + Send;
}

impl Door for TcpListener {
    type Stream = TcpStream;

    async fn next(&self) -> io::Result<TcpStream> {
        let (stream, _) = self.accept().await?;
        let _ = stream.set_nodelay(true);
        Ok(stream)
    }
}

impl Door for UnixListener {
    type Stream = UnixStream;

    async fn next(&self) -> io::Result<UnixStream> {
        self.accept().await.map(|(stream, _)| stream)
    }
}

impl Connections {
    pub(super) async fn bind(address: SocketAddr, most: usize) -> io::Result<Self> {
        Ok(Self::of(TcpListener::bind(address).await?, most))
    }
}

impl<D: Door> Connections<D> {
    pub(super) fn of(door: D, most: usize) -> Self {
        Self { door, most, seats: Seats::new(most) }
    }

    /// Who is connected.
    pub(super) fn seats(&self) -> Arc<Seats> {
        Arc::clone(&self.seats)
    }

    /// Has each connection served until it ends, and ends when it is time to stop.
    pub(super) async fn serve<F>(self, mut stop: Stop, each: impl Fn(D::Stream, Arc<Seat>, Stop) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        loop {
            let accepted = tokio::select! {
                accepted = self.door.next() => accepted,
                () = stop.wait() => break,
            };
            let Ok(stream) = accepted else {
                // Out of file descriptors, for one: some at once, or every client would wait for the one before it.
                (0..SPARED).for_each(|_| self.seats.make_room());
                tokio::time::sleep(Duration::from_millis(5)).await;
                continue;
            };
            let seat = tokio::select! {
                seat = self.seats.take() => Arc::new(seat),
                () = stop.wait() => break,
            };
            let connection = Sender::default().scope(each(stream, Arc::clone(&seat), stop.clone()));
            tokio::spawn(async move {
                tokio::select! {
                    () = connection => {}
                    () = seat.mark.leave() => {}
                }
            });
        }
        drop(self.door);
        let _ = tokio::time::timeout(DRAIN_TIME, self.seats.empty(self.most)).await;
    }
}

async fn connection<H: Handler>(stream: TcpStream, seat: &Seat, server: Arc<Server<H>>, mut stop: Stop) {
    let _connected = server.handler.meter().connected();
    match &server.tls {
        None => exchange(stream, seat, Arc::clone(&server), stop).await,
        Some(tls) => {
            let greeted = tokio::select! {
                greeted = tls.accept(stream) => greeted,
                () = stop.wait() => return,
            };
            match greeted {
                // On the heap: the state of a session is large, and most listeners have none.
                Ok(stream) => Box::pin(exchange(stream, seat, Arc::clone(&server), stop)).await,
                Err(error) if tls::is_refused(&error) => server.handler.meter().refused(Refusal::Tls),
                Err(_) => {}
            }
        }
    }
}

async fn exchange<H: Handler>(stream: impl AsyncRead + AsyncWrite + Unpin + Send, seat: &Seat, server: Arc<Server<H>>, stop: Stop) {
    if server.grpc {
        Box::pin(grpc::calls(stream, seat, server, stop)).await;
    } else {
        requests(stream, seat, server, stop).await;
    }
}

impl<H: Handler> Server<H> {
    /// Answers a request, if its sender may send.
    pub(super) async fn answer(&self, request: Request<Incoming>, mark: &Arc<Mark>) -> Answer {
        let grant = self.budget.grant(Arc::clone(mark));
        self.answer_within(request, grant).await
    }

    /// The same for a call of gRPC.
    pub(super) async fn answer_call(&self, request: Request<Incoming>, mark: &Arc<Mark>, is_only: bool) -> Answer {
        match self.budget.call(Arc::clone(mark), is_only).await {
            Ok(grant) => self.answer_within(request, grant).await,
            Err(answer) => answer,
        }
    }

    async fn answer_within(&self, request: Request<Incoming>, grant: Arc<Grant>) -> Answer {
        if !self.auth.allows(request.headers()) {
            self.handler.meter().auth_failed();
            return answer(StatusCode::UNAUTHORIZED, "the credentials are missing or wrong");
        }
        // The grant is held until the answer is there.
        self.handler.handle(Incomer::new(request, self.max_body, Arc::clone(&grant))).await
    }
}

async fn requests<H: Handler>(stream: impl AsyncRead + AsyncWrite + Unpin, seat: &Seat, server: Arc<Server<H>>, stop: Stop) {
    let mark = &seat.mark;
    let service = service_fn(move |request: Request<Incoming>| {
        let (server, mark) = (Arc::clone(&server), Arc::clone(mark));
        async move {
            let answer = server.answer(request, &mark).await;
            mark.set(Phase::Waiting);
            Ok::<_, Infallible>(answer)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    served(connection, |connection| connection.graceful_shutdown(), stop).await;
}

/// Serves a connection until it ends. When it is time to stop, `let_end` has it end with what it is at.
pub(super) async fn served<C: Future>(connection: C, let_end: impl Fn(Pin<&mut C>), mut stop: Stop) {
    tokio::pin!(connection);
    tokio::select! {
        // What goes wrong on a connection is its client's matter.
        _ = connection.as_mut() => {}
        () = stop.wait() => {
            let_end(connection.as_mut());
            connection.await;
        }
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
