//! Records to Splunk's HTTP Event Collector, or to a store that speaks its protocol.
//!
//! With `ack` a request counts as taken when the indexer says so of its id, not when the collector has it. An event
//! that the collector names as wrong is refused alone; the others are sent again.

mod event;

use super::care::Care;
use super::client::{Client, verdict};
use super::exchange::{self, Exchange};
use super::http::{self, Compression};
use super::template::{Store, Template};
use super::{Builder, Kind, Limits, Request, Rest, SendError, Sink, encode};
use crate::config::fields::Fields;
use crate::config::{Component, Problems, SecretRef};
use crate::record::{Origin, Record};
use crate::task::Task;
use bytes::Bytes;
use event::Defaults;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use hyper::{Response, Uri};
use serde::Deserialize;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

pub(super) const KIND: Kind = Kind {
    name: "splunk_hec",
    summary: "events to Splunk's HTTP Event Collector",
    example: "{ type: splunk_hec, region: us-east-1, url: \"https://splunk.example:8088\", token: { file: /run/secrets/splunk } }",
    leaves: true,
    build,
};

const URL: &str = "a URL such as `https://splunk.example:8088`";
/// Bytes of a body before it is compressed; Splunk Cloud asks for about 1 MB.
const BODY: u64 = 1 << 20;
/// Bytes of an event beside its record.
const PER_EVENT: usize = 96;
/// First and longest pause between two questions after an acknowledgement.
const PAUSE: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));

/// Splunk takes any text as host, source and source type.
const TEXT: Store = Store { keeps: |byte| !byte.is_ascii_control(), escape: '%', most: 1024, most_of_part: 1024, own: &[] };
const INDEX: Store = Store {
    keeps: |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-'),
    escape: '_',
    most: 80,
    most_of_part: 80,
    own: &[],
};

struct Options {
    url: Uri,
    token: SecretRef,
    host: Option<Template>,
    source: Option<Template>,
    sourcetype: Option<Template>,
    index: Option<Template>,
    ack: Option<Duration>,
    exchange: Exchange,
    limits: Limits,
}

fn build(fields: &mut Fields<'_>, component: &Component, problems: &mut Problems) -> Option<Box<dyn Builder>> {
    let before = problems.len();
    let at = fields.take("url");
    let url = http::url(fields, "url", URL, component, problems);
    if let (Some(at), Some(url)) = (at, &url)
        && (!matches!(url.path(), "" | "/") || url.query().is_some())
    {
        at.wrong_as(problems, "a URL with a path", format!("{URL}, without a path: it is the protocol's"));
    }
    let token = fields.take("token").and_then(|at| at.secret(problems));
    let mut text = |key| fields.take(key).and_then(|at| Template::read(&at, problems, &TEXT));
    let (host, source, sourcetype) = (text("host"), text("source"), text("sourcetype"));
    let index = fields.take("index").and_then(|at| {
        let template = Template::read(&at, problems, &INDEX)?;
        let begins = template.texts().next().is_some_and(|text| text.starts_with('-'));
        if begins || !template.texts().all(|text| text.bytes().all(INDEX.keeps)) {
            at.wrong_as(problems, "another text", "small letters, digits, `_` and `-`, and places such as `{source}`");
        }
        Some(template)
    });
    let ack = fields.take("ack").and_then(|at| at.truth(problems)).unwrap_or(false);
    let patience = fields.take("ack_timeout").and_then(|at| at.duration(problems)).unwrap_or(Duration::from_secs(300));
    let packings = [("none", Compression::None), ("gzip", Compression::Gzip)];
    let exchange = Exchange::read(fields, problems, &packings, Compression::Gzip);
    let limits = exchange.limits(fields, problems, BODY);
    let ack = ack.then_some(patience);
    let options = Options { url: url?, token: token?, host, source, sourcetype, index, ack, exchange, limits };
    (problems.len() == before).then(|| Box::new(options) as Box<dyn Builder>)
}

impl Builder for Options {
    fn open(self: Box<Self>) -> Task<'static, io::Result<Arc<dyn Sink>>> {
        Box::pin(async move {
            let (client, authorization) = (self.exchange.client()?, self.authorization()?);
            Ok(Arc::new(Collector { client, authorization, channel: guid()?, options: *self }) as Arc<dyn Sink>)
        })
    }

    fn ready(&self) -> io::Result<()> {
        self.authorization()?;
        self.exchange.ready()
    }

    fn plaintext(&self) -> Option<String> {
        exchange::plaintext(&self.url)
    }

    fn care(&self) -> Care {
        Care { retention: "as the index is".to_owned(), ..exchange::care(&self.url) }
    }

    fn places(&self) -> Vec<(&'static str, &str, bool)> {
        let templates =
            [("host", &self.host), ("source", &self.source), ("sourcetype", &self.sourcetype), ("index", &self.index)].into_iter();
        let given = templates.filter_map(|(option, template)| Some((option, template.as_ref()?)));
        given.flat_map(|(option, template)| template.names().map(move |(name, says)| (option, name, says))).collect()
    }
}

impl Options {
    fn authorization(&self) -> io::Result<HeaderValue> {
        http::header(b"Splunk ", &self.token.load()?)
    }
}

/// A new name for a channel (RFC 9562, version 4): ids of another run are not ours.
fn guid() -> io::Result<HeaderValue> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let bits = u128::from_be_bytes(bytes) & !(0xf << 76 | 0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let [a, b, c, d, e] = [bits >> 96, bits >> 80 & 0xffff, bits >> 64 & 0xffff, bits >> 48 & 0xffff, bits & 0xffff_ffff_ffff];
    HeaderValue::try_from(format!("{a:08x}-{b:04x}-{c:04x}-{d:04x}-{e:012x}")).map_err(io::Error::other)
}

struct Collector {
    client: Client,
    authorization: HeaderValue,
    channel: HeaderValue,
    options: Options,
}

/// What the collector says.
#[derive(Default, Deserialize)]
struct Said {
    code: Option<u16>,
    #[serde(rename = "invalid-event-number")]
    event: Option<usize>,
    #[serde(rename = "ackId")]
    id: Option<u64>,
}

impl Said {
    fn read(answer: &Response<Bytes>) -> Self {
        serde_json::from_slice(answer.body()).unwrap_or_default()
    }
}

/// The id of the request, if it was taken.
fn taken(answer: &Response<Bytes>, records: usize) -> Result<Option<u64>, SendError> {
    let said = Said::read(answer);
    match (answer.status().as_u16(), said.code, said.event) {
        (200..300, Some(0), _) => Ok(said.id),
        // Somebody else's page: nobody has the records.
        (200..300, ..) => Err(SendError::retry("the answer is not one of a collector")),
        (400, Some(5 | 6 | 7 | 12 | 13 | 15), Some(event)) if event < records => Err(SendError::Partly(Rest {
            refused: vec![(event, "the collector refuses the event")],
            left: (0..records).filter(|place| *place != event).collect(),
        })),
        (400, Some(10 | 11 | 14), _) => Err(SendError::retry("the token and the sink differ in `ack`")),
        (404, ..) => Err(SendError::retry("there is no collector at this address")),
        _ => verdict(answer).map(|()| None),
    }
}

impl Collector {
    async fn post(&self, path: &str, body: Vec<u8>, encoding: Option<&'static str>) -> Result<Response<Bytes>, SendError> {
        let invalid = |_| SendError::Refused { reason: "no valid request" };
        let base = &self.options.url;
        let url = Uri::builder()
            .scheme(base.scheme_str().unwrap_or("https"))
            .authority(base.authority().map_or("", |authority| authority.as_str()))
            .path_and_query(path)
            .build()
            .map_err(invalid)?;
        let mut post = hyper::Request::post(url)
            .header(CONTENT_TYPE, "application/json")
            .header(AUTHORIZATION, &self.authorization)
            .header("x-splunk-request-channel", &self.channel);
        if let Some(encoding) = encoding {
            post = post.header(CONTENT_ENCODING, encoding);
        }
        let post = post.body(Full::new(Bytes::from(body))).map_err(invalid)?;
        self.client.ask(post).await
    }

    /// Asks after an id. `None` if the collector does not say.
    async fn ask(&self, id: u64) -> Result<Option<bool>, SendError> {
        #[derive(Deserialize)]
        struct Told {
            acks: std::collections::HashMap<String, bool>,
        }
        let answer = self.post("/services/collector/ack", format!("{{\"acks\":[{id}]}}").into_bytes(), None).await?;
        if Said::read(&answer).code == Some(14) {
            return Err(SendError::retry("the token and the sink differ in `ack`"));
        }
        verdict(&answer)?;
        Ok(serde_json::from_slice::<Told>(answer.body()).ok().and_then(|told| told.acks.get(&id.to_string()).copied()))
    }

    /// Waits until the indexer has the request of an id.
    async fn acknowledged(&self, id: u64, patience: Duration) -> Result<(), SendError> {
        let end = Instant::now() + patience;
        let mut pause = PAUSE.0;
        loop {
            tokio::time::sleep(pause).await;
            // A question that fails is asked again: to send the records again would double them.
            if let Ok(Some(true)) = self.ask(id).await {
                return Ok(());
            }
            if Instant::now() > end {
                return Err(SendError::retry("not acknowledged in time"));
            }
            pause = (pause * 3 / 2).min(PAUSE.1);
        }
    }

    fn defaults(&self, origin: &Origin) -> Defaults {
        let render = |template: &Option<Template>, store| template.as_ref().map(|template| template.render(origin, store));
        let index = render(&self.options.index, &INDEX).map(|index| index.to_ascii_lowercase());
        Defaults {
            host: render(&self.options.host, &TEXT),
            source: render(&self.options.source, &TEXT),
            sourcetype: render(&self.options.sourcetype, &TEXT),
            index,
        }
    }
}

impl Sink for Collector {
    fn limits(&self) -> Limits {
        self.options.limits
    }

    fn cost(&self, origin: &Origin, record: &Record<'_>) -> usize {
        encode::cost(origin, record) + PER_EVENT
    }

    fn send<'s>(&'s self, request: &'s Request) -> Task<'s, Result<(), SendError>> {
        Box::pin(async move {
            let mut body = Vec::with_capacity(request.bytes);
            for part in &request.parts {
                let batch = &part.entry.batch;
                let defaults = self.defaults(batch.origin());
                batch.records(part.range.clone()).for_each(|record| event::write(&defaults, batch.origin(), &record, &mut body));
            }
            let (body, encoding) = http::pack(self.options.exchange.compression, body)?;
            let answer = self.post("/services/collector/event", body, encoding).await?;
            let id = taken(&answer, request.records)?;
            match (self.options.ack, id) {
                (None, _) => Ok(()),
                (Some(patience), Some(id)) => self.acknowledged(id, patience).await,
                (Some(_), None) => Err(SendError::retry("the token and the sink differ in `ack`")),
            }
        })
    }

    fn check(&self) -> Task<'_, Result<(), String>> {
        Box::pin(async move {
            if self.options.ack.is_some()
                && let Ok(answer) = self.post("/services/collector/ack", b"{\"acks\":[0]}".to_vec(), None).await
                && Said::read(&answer).code == Some(14)
            {
                return Err("`ack` is on, and the token has no indexer acknowledgement".to_owned());
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, body: &str) -> Result<Option<u64>, SendError> {
        let mut answer = Response::new(Bytes::from(body.to_owned()));
        *answer.status_mut() = status.try_into().unwrap();
        taken(&answer, 3)
    }

    #[test]
    fn answers_are_told_apart() {
        let retried = |outcome: Result<Option<u64>, SendError>| matches!(outcome, Err(SendError::Retry { .. }));
        assert_eq!(answered(200, "{\"text\":\"Success\",\"code\":0}"), Ok(None));
        assert_eq!(answered(200, "{\"text\":\"Success\",\"code\":0,\"ackId\":7}"), Ok(Some(7)));
        assert!(retried(answered(200, "<html>")));
        let rest = Rest { refused: vec![(1, "the collector refuses the event")], left: vec![0, 2] };
        assert_eq!(answered(400, "{\"code\":6,\"invalid-event-number\":1}"), Err(SendError::Partly(rest)));
        for body in ["{\"code\":6,\"invalid-event-number\":3}", "{\"code\":6}", "x"] {
            assert!(matches!(answered(400, body), Err(SendError::Refused { .. })), "{body}");
        }
        assert!(
            retried(answered(400, "{\"code\":10}")) && retried(answered(403, "{\"code\":4}")) && retried(answered(503, "{\"code\":9}"))
        );
        assert_eq!(answered(413, ""), Err(SendError::TooLarge));
    }

    #[test]
    fn channels_are_guids() {
        let name = guid().unwrap();
        let name = name.to_str().unwrap();
        let parts: Vec<&str> = name.split('-').collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert!(parts[2].starts_with('4') && parts[3].starts_with(['8', '9', 'a', 'b']), "{name}");
    }
}
