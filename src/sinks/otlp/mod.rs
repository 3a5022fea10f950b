//! Records to a receiver of OpenTelemetry in protocol buffers, over HTTP or gRPC.
//!
//! What the answer says decides as the specification of OTLP asks: throttling and gateways that fail are tried again,
//! a request that the receiver refuses is not.

mod grpc;
mod log;
mod value;

use super::care::Care;
use super::client::{Client, verdict};
use super::exchange::{self, Exchange};
use super::http::{self, Compression};
use super::{Builder, Kind, Limits, Request, SendError, Sink, encode};
use crate::config::fields::Fields;
use crate::config::{Component, Problems, SecretRef};
use crate::record::{Origin, Record};
use crate::task::Task;
use bytes::Bytes;
use grpc::Calls;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use hyper::{StatusCode, Uri};
use log::Logs;
use std::io;
use std::sync::Arc;

pub(super) const KIND: Kind = Kind {
    name: "otlp",
    summary: "OpenTelemetry logs over HTTP and gRPC",
    example: "{ type: otlp, region: eu-west-1, url: \"https://collector.example:4318/v1/logs\" }",
    leaves: true,
    build,
};

const URL: &str = "a URL such as `https://collector.example:4318/v1/logs`";
const GRPC_URL: &str = "a URL without a path, such as `https://collector.example:4317`";
/// Bytes of a body before it is compressed.
const BODY: u64 = 1 << 20;
/// Bytes of a log beside its record.
const PER_LOG: usize = 64;

/// How requests go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Http,
    Grpc,
}

struct Options {
    protocol: Protocol,
    url: Uri,
    token: Option<SecretRef>,
    exchange: Exchange,
    limits: Limits,
}

fn build(fields: &mut Fields<'_>, component: &Component, problems: &mut Problems) -> Option<Box<dyn Builder>> {
    let before = problems.len();
    const PROTOCOLS: &[(&str, Protocol)] = &[("http", Protocol::Http), ("grpc", Protocol::Grpc)];
    let protocol = fields.take("protocol").and_then(|at| at.choice(problems, PROTOCOLS)).unwrap_or(Protocol::Http);
    let form = if protocol == Protocol::Grpc { GRPC_URL } else { URL };
    let url = http::url(fields, "url", form, component, problems);
    // The path of a call is that of its method.
    if protocol == Protocol::Grpc && url.as_ref().is_some_and(|url| !matches!(url.path(), "" | "/")) {
        problems.add(component.problem_at("url", "a URL with a path", GRPC_URL.to_owned()));
    }
    let token = fields.take("token").and_then(|at| at.secret(problems));
    let packings = [("none", Compression::None), ("gzip", Compression::Gzip)];
    let exchange = Exchange::read(fields, problems, &packings, Compression::Gzip);
    let limits = exchange.limits(fields, problems, BODY);
    let options = Options { protocol, url: url?, token, exchange, limits };
    (problems.len() == before).then(|| Box::new(options) as Box<dyn Builder>)
}

impl Builder for Options {
    fn open(self: Box<Self>) -> Task<'static, io::Result<Arc<dyn Sink>>> {
        Box::pin(async move {
            let authorization = http::bearer(self.token.as_ref())?;
            let way = match self.protocol {
                Protocol::Http => Way::Http(self.exchange.client()?),
                Protocol::Grpc => Way::Grpc(Calls::new(&self.url, self.exchange.tls()?, self.exchange.timeout)?),
            };
            Ok(Arc::new(Otlp { way, authorization, options: *self }) as Arc<dyn Sink>)
        })
    }

    fn ready(&self) -> io::Result<()> {
        http::bearer(self.token.as_ref())?;
        self.exchange.ready()
    }

    fn plaintext(&self) -> Option<String> {
        exchange::plaintext(&self.url)
    }

    fn care(&self) -> Care {
        exchange::care(&self.url)
    }
}

enum Way {
    Http(Client),
    Grpc(Calls),
}

struct Otlp {
    way: Way,
    authorization: Option<HeaderValue>,
    options: Options,
}

impl Sink for Otlp {
    fn limits(&self) -> Limits {
        self.options.limits
    }

    fn cost(&self, origin: &Origin, record: &Record<'_>) -> usize {
        encode::cost(origin, record) + PER_LOG
    }

    fn send<'s>(&'s self, request: &'s Request) -> Task<'s, Result<(), SendError>> {
        Box::pin(async move {
            let mut logs = Logs::default();
            request.records().for_each(|(origin, record)| logs.push(origin, &record));
            let (body, encoding) = http::pack(self.options.exchange.compression, logs.request())?;
            let answer = match &self.way {
                Way::Grpc(calls) => calls.call(&body, encoding.is_some(), self.authorization.as_ref()).await?,
                Way::Http(client) => self.post(client, body, encoding).await?,
            };
            match value::rejected(&answer) {
                0 => Ok(()),
                rejected if rejected >= request.records as u64 => Err(SendError::Refused { reason: "the records are refused" }),
                // It is not said which ones, and a request that was taken in part must not be sent again.
                rejected => {
                    tracing::error!(rejected, "a receiver of OpenTelemetry refused some records of a request: they are lost");
                    Ok(())
                }
            }
        })
    }
}

impl Otlp {
    async fn post(&self, client: &Client, body: Vec<u8>, encoding: Option<&'static str>) -> Result<Bytes, SendError> {
        let mut post = hyper::Request::post(self.options.url.clone()).header(CONTENT_TYPE, "application/x-protobuf");
        if let Some(encoding) = encoding {
            post = post.header(CONTENT_ENCODING, encoding);
        }
        if let Some(authorization) = &self.authorization {
            post = post.header(AUTHORIZATION, authorization);
        }
        let post = post.body(Full::new(Bytes::from(body))).map_err(|_| SendError::Refused { reason: "no valid request" })?;
        let answer = client.ask(post).await?;
        match answer.status() {
            // Of the errors of a server only these pass, says the specification ("OTLP/HTTP Response").
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => verdict(&answer)?,
            status if status.is_server_error() => return Err(SendError::Refused { reason: "an error of the server" }),
            _ => verdict(&answer)?,
        }
        Ok(answer.into_body())
    }
}
