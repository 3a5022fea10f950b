//! HTTP to the API server: one request, its answer line by line, nothing of it in any message.
//!
//! The token is read anew for each request, because the kubelet renews it on the disk; the authority for each
//! connection. No redirect is followed, and no proxy of the environment is used.

use super::options::Api;
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::header::{ACCEPT, AUTHORIZATION, HeaderValue, USER_AGENT};
use hyper::{Request, Response, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// Time for a connection and the head of an answer.
const HEAD: Duration = Duration::from_secs(30);
/// A watch ends after five minutes and has bookmarks before; nothing is silent for longer.
const SILENCE: Duration = Duration::from_secs(330);
/// Longest line of a watch.
const LINE: usize = 2 << 20;
/// Longest list, or part of one.
const LIST: usize = 16 << 20;

/// Only metadata is asked for.
const LISTS: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
const OBJECTS: &str = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

/// Why a request did not come to a good end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// What was asked for begins too long ago: everything has to be listed again.
    Gone,
    /// Anything else, in words of ours.
    Failed(&'static str),
}

/// A client with the authority that the disk holds now.
pub(super) struct Client {
    pool: Pool<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    api: Arc<Api>,
}

impl Client {
    pub(super) fn open(api: &Arc<Api>) -> Result<Self, Trouble> {
        let config = tls(api).map_err(|_| Trouble::Failed("the authority of the API server cannot be read"))?;
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_keepalive(Some(Duration::from_secs(30)));
        http.set_connect_timeout(Some(HEAD));
        let connector = HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1().wrap_connector(http);
        // A list and a watch each have a connection of their own; nothing is kept in between.
        let pool = Pool::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector);
        Ok(Self { pool, api: Arc::clone(api) })
    }

    /// A whole answer.
    pub(super) async fn list(&self, path: &str) -> Result<Vec<u8>, Trouble> {
        let mut body = self.ask(path, LISTS).await?.into_body();
        let mut text = Vec::new();
        while let Some(part) = next(&mut body).await? {
            if text.len() + part.len() > LIST {
                return Err(Trouble::Failed("a list is too long"));
            }
            text.extend_from_slice(&part);
        }
        Ok(text)
    }

    /// An answer that goes on; its lines are given to `take` until there are no more.
    pub(super) async fn watch(&self, path: &str, take: &mut (dyn FnMut(&[u8]) -> Result<(), Trouble> + Send)) -> Result<(), Trouble> {
        let mut body = self.ask(path, OBJECTS).await?.into_body();
        let mut rest: Vec<u8> = Vec::new();
        while let Some(part) = next(&mut body).await? {
            let mut part = part.as_ref();
            while let Some(end) = memchr::memchr(b'\n', part) {
                let (line, behind) = part.split_at_checked(end + 1).unwrap_or((part, &[]));
                part = behind;
                if rest.is_empty() {
                    take(line)?;
                } else {
                    rest.extend_from_slice(line);
                    take(&rest)?;
                    rest.clear();
                }
            }
            if rest.len() + part.len() > LINE {
                return Err(Trouble::Failed("an object is too long"));
            }
            rest.extend_from_slice(part);
        }
        Ok(())
    }

    async fn ask(&self, path: &str, accept: &'static str) -> Result<Response<Incoming>, Trouble> {
        let bearer = || {
            let token = self.api.token.load().ok()?;
            let mut value = HeaderValue::from_bytes(&[b"Bearer ", token.reveal()].concat()).ok()?;
            value.set_sensitive(true);
            Some(value)
        };
        let token = bearer().ok_or(Trouble::Failed("the token cannot be read"))?;
        let request = Request::get(format!("{}{path}", self.api.url)).header(ACCEPT, accept).header(AUTHORIZATION, token);
        let request = request.header(USER_AGENT, concat!("hushlog/", env!("CARGO_PKG_VERSION")));
        let request = request.body(Empty::new()).map_err(|_| Trouble::Failed("the address cannot be asked"))?;
        let answer = tokio::time::timeout(HEAD, self.pool.request(request)).await;
        let answer = answer.map_err(|_| Trouble::Failed("no answer in time"))?.map_err(|_| Trouble::Failed("the connection failed"))?;
        match answer.status() {
            StatusCode::OK => Ok(answer),
            StatusCode::GONE => Err(Trouble::Gone),
            StatusCode::UNAUTHORIZED => Err(Trouble::Failed("the token is not accepted")),
            StatusCode::FORBIDDEN => Err(Trouble::Failed("the service account may not list and watch")),
            StatusCode::TOO_MANY_REQUESTS => Err(Trouble::Failed("throttled")),
            _ => Err(Trouble::Failed("another answer than 200")),
        }
    }
}

async fn next(body: &mut Incoming) -> Result<Option<Bytes>, Trouble> {
    loop {
        let frame = tokio::time::timeout(SILENCE, body.frame()).await.map_err(|_| Trouble::Failed("nothing came for too long"))?;
        match frame {
            None => return Ok(None),
            Some(Err(_)) => return Err(Trouble::Failed("the connection broke")),
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

fn tls(api: &Api) -> io::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    // Without TLS, which is for this machine only, there need be no authority.
    if api.url.starts_with("https:") {
        for certificate in CertificateDer::pem_file_iter(&api.authority).map_err(io::Error::other)? {
            roots.add(certificate.map_err(io::Error::other)?).map_err(io::Error::other)?;
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(io::Error::other)?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
