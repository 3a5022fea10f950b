//! A small HTTP server for pages that are made when they are asked for.

use super::{Health, Metrics, Page, Pages};
use crate::config::AdminConfig;
use crate::task::{Stop, Task};
use crate::telemetry::{Exporter, Telemetry};
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// Connections of one listener that are open at once.
const CONNECTIONS: usize = 32;
/// Time for the headers of a request.
const HEADER_TIME: Duration = Duration::from_secs(5);
/// Time that a connection may last: a health check or a scrape needs milliseconds.
const CONNECTION_TIME: Duration = Duration::from_secs(120);

/// A listener cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("`{path}`: {source}")]
pub struct AdminError {
    /// Key path, such as `admin.health`.
    pub path: &'static str,
    /// What the system said.
    pub source: io::Error,
}

/// Listeners that are bound.
pub struct Admin {
    listeners: Vec<(TcpListener, Arc<dyn Pages>)>,
}

impl Admin {
    /// Binds the addresses of the configuration.
    ///
    /// # Errors
    /// If one of them cannot be bound.
    pub async fn bind(config: &AdminConfig, telemetry: &Arc<Telemetry>, exporter: Option<&Arc<Exporter>>) -> Result<Self, AdminError> {
        let mut listeners: Vec<(TcpListener, Arc<dyn Pages>)> = Vec::new();
        if let Some(address) = &config.health {
            listeners.push((listen("admin.health", address).await?, Arc::new(Health(Arc::clone(telemetry)))));
        }
        if let (Some(address), Some(exporter)) = (&config.metrics, exporter) {
            listeners.push((listen("admin.metrics", address).await?, Arc::new(Metrics(Arc::clone(exporter)))));
        }
        Ok(Self { listeners })
    }

    /// Tasks that answer until it is time to stop.
    pub fn tasks(self, stop: &Stop) -> Vec<Task<'static, ()>> {
        self.listeners.into_iter().map(|(listener, pages)| Box::pin(serve(listener, pages, stop.clone())) as Task<'static, ()>).collect()
    }
}

/// Binds an address; the task serves pages there until it is time to stop.
pub(crate) async fn open_pages(
    path: &'static str,
    address: &str,
    pages: Arc<dyn Pages>,
    stop: &Stop,
) -> Result<Task<'static, ()>, AdminError> {
    let listener = listen(path, address).await?;
    Ok(Box::pin(serve(listener, pages, stop.clone())))
}

async fn listen(path: &'static str, address: &str) -> Result<TcpListener, AdminError> {
    let address: SocketAddr = address.parse().map_err(|_| AdminError { path, source: io::ErrorKind::InvalidInput.into() })?;
    TcpListener::bind(address).await.map_err(|source| AdminError { path, source })
}

async fn serve(listener: TcpListener, pages: Arc<dyn Pages>, mut stop: Stop) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.wait() => return,
        };
        match accepted {
            Ok((stream, _)) => {
                let (pages, mut stop) = (Arc::clone(&pages), stop.clone());
                tokio::spawn(async move {
                    tokio::select! {
                        _ = tokio::time::timeout(CONNECTION_TIME, connection(stream, pages)) => {}
                        () = stop.wait() => {}
                    }
                    drop(slot);
                });
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn connection(stream: TcpStream, pages: Arc<dyn Pages>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let answer = answer(&request, pages.as_ref());
        async move { Ok::<_, Infallible>(answer) }
    });
    // What goes wrong on a connection is its client's matter.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(16 * 1024)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

fn answer(request: &Request<Incoming>, pages: &dyn Pages) -> Response<Full<Bytes>> {
    let page = match *request.method() {
        Method::GET | Method::HEAD => pages.page(request.uri().path()),
        _ => Some(Page { status: 405, kind: "text/plain", body: "allowed: GET\n".to_owned() }),
    };
    let page = page.unwrap_or(Page { status: 404, kind: "text/plain", body: "no such page\n".to_owned() });
    let mut answer = Response::new(Full::new(Bytes::from(page.body)));
    *answer.status_mut() = StatusCode::from_u16(page.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(page.kind));
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
