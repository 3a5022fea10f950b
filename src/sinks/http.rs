//! Records as NDJSON to an HTTP endpoint.

use super::care::{self, Care, Transport};
use super::client::Client;
use super::{Builder, Kind, Limits, Request, SendError, Sink, encode, host};
use crate::config::fields::Fields;
use crate::config::{Component, Problems, Secret, SecretRef};
use crate::record::{Origin, Record};
use crate::task::Task;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Uri;
use hyper::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub(super) const KIND: Kind = Kind {
    name: "http",
    summary: "NDJSON to an HTTP endpoint",
    example: "{ type: http, region: eu-west-1, url: \"https://logs.example/ingest\" }",
    leaves: true,
    build,
};

/// Bytes of a body before it is compressed.
const BODY: u64 = 1 << 20;

const URL: &str = "a URL such as `https://logs.example/ingest`";

/// How bodies are packed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Gzip,
    Zstd,
}

struct Options {
    url: Uri,
    token: Option<SecretRef>,
    ca: Option<PathBuf>,
    timeout: Duration,
    compression: Compression,
    limits: Limits,
}

/// Reads the address of a store.
pub(super) fn url(fields: &mut Fields<'_>, key: &'static str, form: &str, component: &Component, problems: &mut Problems) -> Option<Uri> {
    let at = fields.take(key)?;
    let url = at.text(problems, form)?.parse::<Uri>().ok().filter(|url| {
        matches!(url.scheme_str(), Some("http" | "https")) && url.authority().is_some_and(|authority| !authority.as_str().contains('@'))
    });
    if url.is_none() {
        at.wrong_as(problems, "another text", format!("{form}, without a user or password in it"));
    }
    let url = url?;
    host::check(&at, &url, component.region.as_deref(), problems);
    Some(url)
}

fn build(fields: &mut Fields<'_>, component: &Component, problems: &mut Problems) -> Option<Box<dyn Builder>> {
    let url = url(fields, "url", URL, component, problems);
    let token = fields.take("token").and_then(|at| at.secret(problems));
    let ca = fields.take("ca").and_then(|at| at.text(problems, "a PEM file of certificates")).map(PathBuf::from);
    let timeout = fields.take("timeout").and_then(|at| at.duration(problems)).unwrap_or(Duration::from_secs(30));
    let compression = fields
        .take("compression")
        .and_then(|at| at.choice(problems, &[("none", Compression::None), ("gzip", Compression::Gzip), ("zstd", Compression::Zstd)]))
        .unwrap_or(Compression::None);
    let bytes = fields.take("max_batch").and_then(|at| at.bytes(problems)).unwrap_or(BODY);
    let requests = fields.take("concurrency").and_then(|at| at.number(problems, 1, 64)).unwrap_or(4);
    let limits = Limits {
        bytes: usize::try_from(bytes).unwrap_or(usize::MAX),
        records: usize::MAX,
        requests: usize::try_from(requests).unwrap_or(1),
        linger: Duration::ZERO,
    };
    Some(Box::new(Options { url: url?, token, ca, timeout, compression, limits }))
}

impl Builder for Options {
    fn open(self: Box<Self>) -> Task<'static, io::Result<Arc<dyn Sink>>> {
        Box::pin(async move {
            let token = self.token.as_ref().map(SecretRef::load).transpose()?;
            let authorization = token.map(|token| header(b"Bearer ", &token)).transpose()?;
            let client = Client::new(self.ca.as_deref(), self.timeout)?;
            Ok(Arc::new(Http { client, authorization, options: *self }) as Arc<dyn Sink>)
        })
    }

    fn plaintext(&self) -> Option<String> {
        (self.options_scheme() == Some("http")).then(|| self.url.host().unwrap_or_default().to_owned())
    }

    fn care(&self) -> Care {
        Care {
            transport: Transport::of(self.plaintext().as_ref()),
            at_rest: "as the store does",
            retention: "as the store does".to_owned(),
            not_enforceable: vec![care::ENDPOINT, care::AT_REST, care::RETENTION],
        }
    }
}

impl Options {
    fn options_scheme(&self) -> Option<&str> {
        self.url.scheme_str()
    }
}

/// The header of a secret. It is marked so that nothing prints it.
pub(super) fn header(scheme: &[u8], secret: &Secret) -> io::Result<HeaderValue> {
    let text = [scheme, secret.reveal()].concat();
    let mut header = HeaderValue::from_bytes(&text).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    header.set_sensitive(true);
    Ok(header)
}

struct Http {
    client: Client,
    authorization: Option<HeaderValue>,
    options: Options,
}

impl Sink for Http {
    fn limits(&self) -> Limits {
        self.options.limits
    }

    fn cost(&self, origin: &Origin, record: &Record<'_>) -> usize {
        encode::cost(origin, record)
    }

    fn send<'s>(&'s self, request: &'s Request) -> Task<'s, Result<(), SendError>> {
        Box::pin(async move {
            let mut body = Vec::with_capacity(request.bytes);
            request.records().for_each(|(origin, record)| encode::line(origin, &record, &mut body));
            let (body, encoding) = pack(self.options.compression, body)?;
            let mut post = hyper::Request::post(self.options.url.clone()).header(CONTENT_TYPE, "application/x-ndjson");
            if let Some(encoding) = encoding {
                post = post.header(CONTENT_ENCODING, encoding);
            }
            if let Some(authorization) = &self.authorization {
                post = post.header(AUTHORIZATION, authorization);
            }
            let post = post.body(Full::new(Bytes::from(body))).map_err(|_| SendError::Refused { reason: "no valid request" })?;
            self.client.send(post).await.map(drop)
        })
    }
}

/// Packs a body; the name of its encoding, if it has one.
pub(super) fn pack(compression: Compression, body: Vec<u8>) -> Result<(Vec<u8>, Option<&'static str>), SendError> {
    let failed = |_| SendError::retry("compression failed");
    match compression {
        Compression::None => Ok((body, None)),
        Compression::Gzip => {
            let mut packed = flate2::read::GzEncoder::new(body.as_slice(), flate2::Compression::fast());
            let mut out = Vec::with_capacity(body.len() / 4);
            io::Read::read_to_end(&mut packed, &mut out).map_err(failed)?;
            Ok((out, Some("gzip")))
        }
        Compression::Zstd => Ok((zstd::bulk::compress(&body, 1).map_err(failed)?, Some("zstd"))),
    }
}
