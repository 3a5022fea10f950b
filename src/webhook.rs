//! The server around `injector`: HTTPS for the API server, and pages for health and counts.
//!
//! Bounded: connections, bodies, the time of a request, and how many are looked at at once. What a request
//! holds is neither kept nor logged. A request that cannot be answered gets a status other than 200, and the API
//! server then does what `failurePolicy` says.

use crate::admin::{AdminError, Page, Pages, open_pages};
use crate::injector::{Hook, Outcome, Settings, review};
use crate::task::{Stop, Task};
use crate::tls::{Tls, TlsOptions};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// Connections that are open at once.
const CONNECTIONS: usize = 256;
/// Requests that are looked at at once: a tree of JSON takes many times its bytes.
const AT_ONCE: usize = 4;
/// Largest body. The API server takes no request of more than 3 MiB.
const MAX_BODY: usize = 4 << 20;
/// Time that a connection may wait for its next request: longer than the API server's client keeps one.
const IDLE: Duration = Duration::from_secs(120);
/// Time for a body.
const BODY_TIME: Duration = Duration::from_secs(10);
/// Time that requests have to end when the program stops.
const DRAIN: Duration = Duration::from_secs(3);

/// What the server needs.
#[derive(Clone, Debug)]
pub struct Options {
    /// Address of the webhook.
    pub listen: SocketAddr,
    /// PEM file of the certificate and those above it.
    pub cert: String,
    /// PEM file of the key.
    pub key: String,
    /// PEM file of authorities that clients need a certificate of.
    pub client_ca: Option<String>,
    /// Address of the pages of health.
    pub health: Option<String>,
    /// Address of the page of counts.
    pub metrics: Option<String>,
    /// What is put into pods.
    pub settings: Settings,
}

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The certificate or its key.
    #[error("the certificate and key cannot be used: {0}")]
    Tls(io::Error),
    /// The address.
    #[error("`--listen`: {0}")]
    Listen(io::Error),
    /// A page.
    #[error(transparent)]
    Page(#[from] AdminError),
}

/// A server that is bound.
pub struct Webhook {
    listener: TcpListener,
    pages: Vec<Task<'static, ()>>,
    shared: Arc<Shared>,
    stop: Stop,
}

struct Shared {
    tls: Tls,
    settings: Settings,
    working: Semaphore,
    counts: Arc<Counts>,
}

/// What happened.
#[derive(Default)]
struct Counts {
    patched: AtomicU64,
    unchanged: AtomicU64,
    refused: AtomicU64,
    unreadable: AtomicU64,
    stopping: AtomicBool,
}

impl Webhook {
    /// Reads the certificate and binds the addresses.
    ///
    /// # Errors
    /// If one of them cannot be had.
    pub async fn bind(options: Options, stop: &Stop) -> Result<Self, WebhookError> {
        let tls = TlsOptions::of_files(options.cert, options.key, options.client_ca).load(&[b"http/1.1"]).map_err(WebhookError::Tls)?;
        let counts = Arc::new(Counts::default());
        let mut pages = Vec::new();
        for (path, address) in [("--health", &options.health), ("--metrics", &options.metrics)] {
            if let Some(address) = address {
                let own: Arc<dyn Pages> =
                    if path == "--health" { Arc::new(Health(Arc::clone(&counts))) } else { Arc::new(Metrics(Arc::clone(&counts))) };
                pages.push(open_pages(path, address, own, stop).await?);
            }
        }
        let listener = TcpListener::bind(options.listen).await.map_err(WebhookError::Listen)?;
        let shared = Arc::new(Shared { tls, settings: options.settings, working: Semaphore::new(AT_ONCE), counts });
        Ok(Self { listener, pages, shared, stop: stop.clone() })
    }

    /// What says that the program is about to stop: it answers on, but is not ready.
    pub fn leaving(&self) -> impl FnOnce() + use<> {
        let counts = Arc::clone(&self.shared.counts);
        move || counts.stopping.store(true, Ordering::Relaxed)
    }

    /// Answers until it is time to stop.
    pub async fn serve(self) {
        self.pages.into_iter().for_each(|page| drop(tokio::spawn(page)));
        let slots = Arc::new(Semaphore::new(CONNECTIONS));
        let mut stop = self.stop;
        loop {
            let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = stop.wait() => break,
            };
            let Ok((stream, _)) = accepted else {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let (shared, stop) = (Arc::clone(&self.shared), stop.clone());
            tokio::spawn(async move {
                connection(stream, shared, stop).await;
                drop(slot);
            });
        }
        let most = u32::try_from(CONNECTIONS).unwrap_or(u32::MAX);
        let _ = tokio::time::timeout(DRAIN, slots.acquire_many(most)).await;
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>, mut stop: Stop) {
    // Who does not greet properly is no API server.
    let Ok(stream) = shared.tls.accept(stream).await else { return };
    let service = service_fn(move |request: Request<Incoming>| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(answer(request, &shared).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE)
        .max_buf_size(16 * 1024)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => {}
        () = stop.wait() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

async fn answer(request: Request<Incoming>, shared: &Shared) -> Response<Full<Bytes>> {
    let (status, body) = match looked_at(request, shared).await {
        Ok(body) => (StatusCode::OK, body),
        Err((status, problem)) => {
            shared.counts.unreadable.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(status = status.as_u16(), problem, "a request was not answered");
            (status, format!("{{\"error\":\"{problem}\"}}").into_bytes())
        }
    };
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

async fn looked_at(request: Request<Incoming>, shared: &Shared) -> Result<Vec<u8>, (StatusCode, &'static str)> {
    let Some(hook) = Hook::of_path(request.uri().path()) else {
        return Err((StatusCode::NOT_FOUND, "no such path; known: /mutate/PRESETS/forbid, /mutate/PRESETS/allow, /refuse"));
    };
    if request.method() != Method::POST {
        return Err((StatusCode::METHOD_NOT_ALLOWED, "allowed: POST"));
    }
    let Ok(_working) = shared.working.acquire().await else { return Err((StatusCode::SERVICE_UNAVAILABLE, "stopping")) };
    let body = tokio::time::timeout(BODY_TIME, Limited::new(request.into_body(), MAX_BODY).collect()).await;
    let body = match body {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
            return Err((StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 4 MiB"));
        }
        _ => return Err((StatusCode::REQUEST_TIMEOUT, "the body did not come")),
    };
    let reviewed = review(&body, &hook, &shared.settings)
        .map_err(|_| (StatusCode::BAD_REQUEST, "the body is no AdmissionReview of admission.k8s.io/v1 with a request"))?;
    let count = match reviewed.outcome {
        Outcome::Unchanged => &shared.counts.unchanged,
        Outcome::Patched => &shared.counts.patched,
        Outcome::Refused => &shared.counts.refused,
    };
    count.fetch_add(1, Ordering::Relaxed);
    Ok(reviewed.answer)
}

struct Health(Arc<Counts>);

impl Pages for Health {
    fn page(&self, path: &str) -> Option<Page> {
        let page = |status, body: &str| Some(Page { status, kind: "application/json", body: body.to_owned() });
        match path {
            "/healthz" => page(200, "{\"status\":\"live\"}"),
            "/readyz" if self.0.stopping.load(Ordering::Relaxed) => page(503, "{\"status\":\"not_ready\"}"),
            "/readyz" => page(200, "{\"status\":\"ready\"}"),
            _ => None,
        }
    }
}

struct Metrics(Arc<Counts>);

impl Pages for Metrics {
    fn page(&self, path: &str) -> Option<Page> {
        let counts = &self.0;
        let mut body = "# HELP hushlog_injector_reviews_total Requests of the API server by what was answered\n\
                        # TYPE hushlog_injector_reviews_total counter\n"
            .to_owned();
        let outcomes = [
            ("patched", &counts.patched),
            ("unchanged", &counts.unchanged),
            ("refused", &counts.refused),
            ("unreadable", &counts.unreadable),
        ];
        for (outcome, count) in outcomes {
            let _ = writeln!(body, "hushlog_injector_reviews_total{{outcome=\"{outcome}\"}} {}", count.load(Ordering::Relaxed));
        }
        (path == "/metrics").then_some(Page { status: 200, kind: "text/plain; version=0.0.4; charset=utf-8", body })
    }
}
