//! Records as NDJSON to an HTTP endpoint.

use super::care::Care;
use super::client::Client;
use super::exchange::{self, Exchange};
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
use std::sync::Arc;

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
    exchange: Exchange,
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
    let packings = [("none", Compression::None), ("gzip", Compression::Gzip), ("zstd", Compression::Zstd)];
    let exchange = Exchange::read(fields, problems, &packings, Compression::None);
    let limits = exchange.limits(fields, problems, BODY);
    Some(Box::new(Options { url: url?, token, exchange, limits }))
}

impl Builder for Options {
    fn open(self: Box<Self>) -> Task<'static, io::Result<Arc<dyn Sink>>> {
        Box::pin(async move {
            let (client, authorization) = (self.exchange.client()?, bearer(self.token.as_ref())?);
            Ok(Arc::new(Http { client, authorization, options: *self }) as Arc<dyn Sink>)
        })
    }

    fn ready(&self) -> io::Result<()> {
        bearer(self.token.as_ref())?;
        self.exchange.ready()
    }

    fn plaintext(&self) -> Option<String> {
        exchange::plaintext(&self.url)
    }

    fn care(&self) -> Care {
        exchange::care(&self.url)
    }
}

/// The header of a token, if there is one.
pub(super) fn bearer(token: Option<&SecretRef>) -> io::Result<Option<HeaderValue>> {
    token.map(|token| header(b"Bearer ", &token.load()?)).transpose()
}

/// The header of a secret. It is marked so that nothing prints it.
pub(super) fn header(scheme: &[u8], secret: &Secret) -> io::Result<HeaderValue> {
    let text = [scheme, secret.reveal()].concat();
    let mut header = HeaderValue::from_bytes(&text).map_err(|_| {
        io::Error::new(io::ErrorKind::InvalidData, "a secret of the sink cannot stand in a header; allowed: one line of visible characters")
    })?;
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
            encode::lines(request, &mut body);
            let (body, encoding) = pack(self.options.exchange.compression, body)?;
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
