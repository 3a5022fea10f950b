//! The HTTP client of sinks: TLS, no redirects, no proxy from the environment.

use super::SendError;
use crate::config::fields::Fields;
use crate::config::{Problems, SecretRef};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::header::RETRY_AFTER;
use hyper::{Request, Response, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Bytes of an answer that are read; the rest is not looked at.
const ANSWER: usize = 64 * 1024;

/// Keeps connections open between requests.
#[derive(Clone)]
pub(super) struct Client {
    pool: Pool<HttpsConnector<HttpConnector>, Full<Bytes>>,
    timeout: Duration,
}

impl Client {
    /// A client that speaks TLS as `tls` says, and waits so long for an answer.
    pub(super) fn new(tls: ClientConfig, timeout: Duration) -> Self {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(Duration::from_secs(10)));
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(http);
        let pool =
            Pool::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).pool_idle_timeout(Duration::from_secs(30)).build(connector);
        Self { pool, timeout }
    }

    /// Sends a request and reads the answer. What is no success is an error with the class it belongs to.
    pub(super) async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, SendError> {
        let answer = self.ask(request).await?;
        verdict(&answer)?;
        Ok(answer)
    }

    /// Sends a request and reads the answer, whatever it says.
    pub(super) async fn ask(&self, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, SendError> {
        let exchange = async {
            let answer = self.pool.request(request).await.map_err(|_| SendError::retry("the connection failed"))?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, ANSWER).collect().await.map(|body| body.to_bytes()).unwrap_or_default();
            Ok(Response::from_parts(head, body))
        };
        tokio::time::timeout(self.timeout, exchange).await.map_err(|_| SendError::retry("no answer in time"))?
    }
}

/// What the status of an answer means.
pub(super) fn verdict(answer: &Response<Bytes>) -> Result<(), SendError> {
    let after = answer.headers().get(RETRY_AFTER).and_then(|after| after.to_str().ok()?.parse().ok()).map(Duration::from_secs);
    match answer.status() {
        status if status.is_success() => Ok(()),
        StatusCode::PAYLOAD_TOO_LARGE => Err(SendError::TooLarge),
        StatusCode::TOO_MANY_REQUESTS => Err(SendError::Retry { reason: "throttled", after }),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(SendError::Retry { reason: "the credentials are not accepted", after }),
        StatusCode::REQUEST_TIMEOUT => Err(SendError::retry("no answer in time")),
        status if status.is_server_error() => Err(SendError::Retry { reason: "an error of the server", after }),
        status if status.is_redirection() => Err(SendError::Retry { reason: "a redirect, which is not followed", after: None }),
        _ => Err(SendError::Refused { reason: "the request is refused" }),
    }
}

/// The certificate with which a client says who it is.
pub(super) struct Identity {
    cert: PathBuf,
    key: SecretRef,
}

impl Identity {
    /// Reads `cert` and `key`: both, or none.
    pub(super) fn read(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Self> {
        let (cert, key) = (fields.take("cert"), fields.take("key"));
        if let (Some(at), None) | (None, Some(at)) = (&cert, &key) {
            at.wrong_as(problems, "one of `cert` and `key` without the other", "both, or none");
        }
        let cert = cert.and_then(|at| at.text(problems, "a PEM file of certificates").map(PathBuf::from));
        let key = key.and_then(|at| at.secret(problems));
        Some(Self { cert: cert?, key: key? })
    }
}

/// TLS of a client that trusts the system's roots, or those of a file, and may have a certificate of its own.
pub(super) fn tls(ca: Option<&Path>, identity: Option<&Identity>) -> io::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    match ca {
        Some(path) => {
            for certificate in CertificateDer::pem_file_iter(path).map_err(io::Error::other)? {
                roots.add(certificate.map_err(io::Error::other)?).map_err(io::Error::other)?;
            }
        }
        None => {
            for certificate in rustls_native_certs::load_native_certs().certs {
                // One bad certificate of the system is no reason to trust none.
                let _ = roots.add(certificate);
            }
        }
    }
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(io::Error::other)?;
    let builder = builder.with_root_certificates(roots);
    let Some(Identity { cert, key }) = identity else { return Ok(builder.with_no_client_auth()) };
    let chain = CertificateDer::pem_file_iter(cert).and_then(Iterator::collect).map_err(io::Error::other)?;
    let key = PrivateKeyDer::from_pem_slice(key.load()?.reveal()).map_err(io::Error::other)?;
    builder.with_client_auth_cert(chain, key).map_err(io::Error::other)
}
