//! Records to the log intake of Datadog.
//!
//! The site says where the records go, and so which region the sink has to declare. What is longer than the service
//! takes goes to the dead letters: the service would cut it off and say that it was taken.

mod log;

use super::care::{self, Care, Transport};
use super::client::Client;
use super::exchange::{self, Exchange};
use super::host::SITES;
use super::http::{self, Compression};
use super::template::{Store, Template};
use super::{Builder, Kind, Limits, Request, Rest, SendError, Sink, encode};
use crate::config::fields::Fields;
use crate::config::{Component, Problems, SecretRef};
use crate::record::{Origin, Record};
use crate::task::Task;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Uri;
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use log::Defaults;
use std::io;
use std::sync::Arc;
use std::time::Duration;

pub(super) const KIND: Kind = Kind {
    name: "datadog",
    summary: "logs to Datadog",
    example: "{ type: datadog, region: eu-central-1, site: datadoghq.eu, api_key: { env: DD_API_KEY } }",
    leaves: true,
    build,
};

const URL: &str = "a URL such as `https://logs.example`";
/// Bytes of a request and of a log, before they are compressed, and logs of a request, by the service's limits.
const BODY: usize = 5_000_000;
const LOG: usize = 1_000_000;
const LOGS: usize = 1000;
/// Bytes of a log beside its record.
const PER_LOG: usize = 64;

/// The service takes any text.
const TEXT: Store = Store { keeps: |byte| !byte.is_ascii_control(), escape: '%', most: 200, most_of_part: 200, own: &[] };

struct Options {
    url: Uri,
    key: SecretRef,
    service: Option<Template>,
    source: Option<Template>,
    hostname: Option<Template>,
    exchange: Exchange,
}

fn build(fields: &mut Fields<'_>, component: &Component, problems: &mut Problems) -> Option<Box<dyn Builder>> {
    let before = problems.len();
    let base = place(fields, component, problems);
    let key = fields.take("api_key").and_then(|at| at.secret(problems));
    let mut text = |key| fields.take(key).and_then(|at| Template::read(&at, problems, &TEXT));
    let (service, source, hostname) = (text("service"), text("source"), text("hostname"));
    let packings = [("none", Compression::None), ("gzip", Compression::Gzip), ("zstd", Compression::Zstd)];
    let exchange = Exchange::read(fields, problems, &packings, Compression::Gzip);
    let url = format!("{}/api/v2/logs", base?.trim_end_matches('/')).parse().ok()?;
    let options = Options { url, key: key?, service, source, hostname, exchange };
    (problems.len() == before).then(|| Box::new(options) as Box<dyn Builder>)
}

/// Where logs are sent to, which has to lie in the sink's region.
fn place(fields: &mut Fields<'_>, component: &Component, problems: &mut Problems) -> Option<String> {
    let site = fields.take("site");
    let at = fields.take("endpoint");
    let endpoint = http::url(fields, "endpoint", URL, component, problems);
    let endpoint_region = fields.take("endpoint_region");
    let own = component.region.as_deref();
    if let Some(at) = &endpoint_region
        && let Some(name) = at.text(problems, "the region where `endpoint` lies")
        && own.is_some_and(|own| own != name)
    {
        at.wrong_as(problems, "another region than `region`", "the same: an endpoint lies where its sink lies");
    }
    match (site, at, endpoint_region) {
        (Some(site), None, None) => {
            let names = || SITES.map(|(name, _)| format!("`{name}`")).join(", ");
            let name = site.text(problems, &names())?;
            let Some((name, regions)) = SITES.iter().find(|(known, _)| *known == name) else {
                site.wrong_as(problems, "another text", names());
                return None;
            };
            if own.is_some_and(|own| !regions.contains(&own)) {
                let allowed = regions.iter().map(|region| format!("`{region}`")).collect::<Vec<_>>().join(" or ");
                site.wrong_as(problems, "a site of another region than `region`", format!("region {allowed}, where this site lies"));
            }
            Some(format!("https://http-intake.logs.{name}"))
        }
        (None, Some(at), Some(_)) => {
            let endpoint = endpoint?;
            if !matches!(endpoint.path(), "" | "/") || endpoint.query().is_some() {
                at.wrong_as(problems, "a URL with a path", format!("{URL}, without a path: it is the protocol's"));
            }
            Some(endpoint.to_string())
        }
        (Some(site), ..) => {
            site.wrong_as(problems, "a site beside an endpoint", "one of both");
            None
        }
        (None, Some(at), None) => {
            at.wrong_as(problems, "an endpoint without `endpoint_region`", "the region where `endpoint` lies");
            None
        }
        (None, None, Some(at)) => {
            at.wrong_as(problems, "a region without `endpoint`", "both or none");
            None
        }
        (None, None, None) => None,
    }
}

impl Builder for Options {
    fn open(self: Box<Self>) -> Task<'static, io::Result<Arc<dyn Sink>>> {
        Box::pin(async move {
            let (client, key) = (self.exchange.client()?, http::header(b"", &self.key.load()?)?);
            Ok(Arc::new(Datadog { client, key, options: *self }) as Arc<dyn Sink>)
        })
    }

    fn ready(&self) -> io::Result<()> {
        http::header(b"", &self.key.load()?)?;
        self.exchange.ready()
    }

    fn plaintext(&self) -> Option<String> {
        exchange::plaintext(&self.url)
    }

    fn care(&self) -> Care {
        let is_own = !SITES.iter().any(|(site, _)| self.url.host().is_some_and(|host| host.ends_with(site)));
        Care {
            transport: Transport::of(self.plaintext().as_ref()),
            at_rest: "the service's own key",
            retention: "as the index is".to_owned(),
            not_enforceable: is_own.then_some(care::ENDPOINT).into_iter().chain([care::RETENTION]).collect(),
        }
    }

    fn places(&self) -> Vec<(&'static str, &str, bool)> {
        let templates = [("service", &self.service), ("source", &self.source), ("hostname", &self.hostname)].into_iter();
        let given = templates.filter_map(|(option, template)| Some((option, template.as_ref()?)));
        given.flat_map(|(option, template)| template.names().map(move |(name, says)| (option, name, says))).collect()
    }
}

struct Datadog {
    client: Client,
    key: HeaderValue,
    options: Options,
}

impl Datadog {
    fn defaults(&self, origin: &Origin) -> Defaults {
        let render = |template: &Option<Template>| template.as_ref().map(|template| template.render(origin, &TEXT));
        Defaults { service: render(&self.options.service), source: render(&self.options.source), hostname: render(&self.options.hostname) }
    }

    /// The body of a request, and the places of records that are too long for it.
    fn body(&self, request: &Request) -> (Vec<u8>, Vec<usize>) {
        let (mut body, mut long) = (Vec::with_capacity(request.bytes), Vec::new());
        let mut place = 0;
        body.push(b'[');
        for part in &request.parts {
            let batch = &part.entry.batch;
            let defaults = self.defaults(batch.origin());
            for record in batch.records(part.range.clone()) {
                let start = body.len();
                if start > 1 {
                    body.push(b',');
                }
                log::write(&defaults, batch.origin(), &record, &mut body);
                if body.len() - start > LOG {
                    body.truncate(start);
                    long.push(place);
                }
                place += 1;
            }
        }
        body.push(b']');
        (body, long)
    }
}

impl Sink for Datadog {
    fn limits(&self) -> Limits {
        Limits { bytes: BODY, records: LOGS, requests: self.options.exchange.requests, linger: Duration::ZERO }
    }

    fn cost(&self, origin: &Origin, record: &Record<'_>) -> usize {
        encode::cost(origin, record) + PER_LOG
    }

    fn send<'s>(&'s self, request: &'s Request) -> Task<'s, Result<(), SendError>> {
        Box::pin(async move {
            let (body, long) = self.body(request);
            if !long.is_empty() {
                let left = (0..request.records).filter(|place| long.binary_search(place).is_err()).collect();
                let refused = long.into_iter().map(|place| (place, "longer than the service takes")).collect();
                return Err(SendError::Partly(Rest { refused, left }));
            }
            // Text that had to be escaped may take more than was counted.
            if body.len() > BODY {
                return Err(SendError::TooLarge);
            }
            let (body, encoding) = http::pack(self.options.exchange.compression, body)?;
            let mut post =
                hyper::Request::post(self.options.url.clone()).header(CONTENT_TYPE, "application/json").header("dd-api-key", &self.key);
            if let Some(encoding) = encoding {
                post = post.header(CONTENT_ENCODING, encoding);
            }
            let post = post.body(Full::new(Bytes::from(body))).map_err(|_| SendError::Refused { reason: "no valid request" })?;
            self.client.send(post).await.map(drop)
        })
    }
}
