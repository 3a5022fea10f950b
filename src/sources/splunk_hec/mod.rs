//! Splunk's HTTP Event Collector (HEC), as far as senders need it.
//!
//! Every event stays one record with its own time and everything that came with it. Without `ack` an answer is given
//! when the records are safe; with it the answer holds an id, and [`acks`] says true of it when they are.

mod acks;
mod answers;

use super::auth::{KeyOptions, Keys};
use super::body::Grant;
use super::listener::{Answer, Handler, Incomer, ListenOptions};
use super::{Context, Intake, Kind, Source, now};
use crate::config::Problems;
use crate::config::fields::Fields;
use crate::decode::envelope::{Common, parameter};
use crate::decode::splunk_hec as decode;
use crate::record::Events;
use crate::task::Task;
use crate::telemetry::SourceMeter;
use acks::Acks;
use answers::Refusal;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hyper::header::AUTHORIZATION;
use hyper::{HeaderMap, Method};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;
use zeroize::Zeroizing;

pub(super) const KIND: Kind = Kind {
    name: "splunk_hec",
    summary: "what senders to Splunk's HTTP Event Collector ask: events, lines, acknowledgements",
    example: "{ type: splunk_hec, listen: \"127.0.0.1:8089\" }",
    // Host, source and index are what a sender says: no ground to trust them.
    provides: &[],
    tags: &[],
    build,
};

const CHANNEL: &str = "x-splunk-request-channel";
/// Longest name of a channel; senders take a GUID.
const MAX_CHANNEL: usize = 64;

struct Options {
    listen: ListenOptions,
    tokens: KeyOptions,
    query_token: bool,
    ack: bool,
}

fn build(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Box<dyn Source>> {
    let listen = ListenOptions::read_open(fields, problems);
    let tokens = KeyOptions::read(fields, "tokens", problems);
    let mut truth = |key| fields.take(key).and_then(|at| at.truth(problems)).unwrap_or(false);
    let (query_token, ack) = (truth("query_token"), truth("ack"));
    Some(Box::new(Options { listen: listen?, tokens, query_token, ack }))
}

impl Source for Options {
    fn open(self: Box<Self>, context: Context) -> Task<'static, io::Result<Task<'static, ()>>> {
        Box::pin(async move {
            let tokens = self.tokens.load()?;
            let acks = self.ack.then(|| Arc::new(Acks::new(now())));
            self.listen.bind(Collector { intake: context.intake, tokens, query_token: self.query_token, acks }, context.stop).await
        })
    }

    fn ready(&self) -> io::Result<()> {
        self.tokens.load()?;
        self.listen.ready()
    }

    fn plaintext(&self) -> Option<SocketAddr> {
        self.listen.plaintext()
    }
}

struct Collector {
    intake: Intake,
    tokens: Keys,
    query_token: bool,
    /// There if ids are given.
    acks: Option<Arc<Acks>>,
}

/// What an address stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Events,
    Raw,
    Ack,
    Health,
}

impl Handler for Collector {
    fn meter(&self) -> &Arc<SourceMeter> {
        self.intake.meter()
    }

    fn handle(&self, request: Incomer) -> Task<'_, Answer> {
        Box::pin(async move { self.take(request).await.unwrap_or_else(answers::refuse) })
    }
}

fn place(path: &str) -> Option<Place> {
    Some(match path.strip_prefix("/services/collector")?.trim_end_matches('/') {
        "" | "/event" | "/event/1.0" => Place::Events,
        "/raw" | "/raw/1.0" => Place::Raw,
        "/ack" | "/ack/1.0" => Place::Ack,
        "/health" | "/health/1.0" => Place::Health,
        _ => return None,
    })
}

impl Collector {
    async fn take(&self, request: Incomer) -> Result<Answer, Refusal> {
        let place = place(request.request.uri().path()).ok_or(answers::NOT_FOUND)?;
        match *request.request.method() {
            // Docker's driver asks so whether somebody is there, without a token.
            Method::OPTIONS => return Ok(answers::options()),
            Method::GET if place == Place::Health => return Ok(answers::healthy()),
            Method::POST | Method::PUT => {}
            _ => return Err(answers::BAD_METHOD),
        }
        let query = request.request.uri().query().unwrap_or_default().to_owned();
        self.may_send(request.headers(), &query).inspect_err(|_| self.intake.meter().auth_failed())?;
        let channel = channel(request.headers(), &query)?;
        match place {
            Place::Health => Ok(answers::healthy()),
            Place::Ack => {
                let acks = self.acks.as_ref().ok_or(answers::ACK_OFF)?;
                let channel = channel.ok_or(answers::NO_CHANNEL)?;
                let body = request.body().await.map_err(|answer| answers::of_listener(answer.status()))?;
                let asked = decode::asked(&body).ok_or(answers::BAD_FORM)?;
                Ok(answers::acks(&acks.take(&channel, &asked)))
            }
            Place::Events | Place::Raw => {
                if self.acks.is_some() && channel.is_none() {
                    return Err(answers::NO_CHANNEL);
                }
                let grant = request.grant();
                let body = request.body().await.map_err(|answer| answers::of_listener(answer.status()))?;
                let common = Common::of_query(&query, &decode::COMMON);
                let work = grant.work(common.cost(&body)).await.map_err(|answer| answers::of_listener(answer.status()))?;
                let events = if place == Place::Events {
                    decode::events(&body, &common, now())?
                } else {
                    let time = parameter(&query, "time").and_then(|time| decode::time(&time));
                    decode::raw_lines(&body, &common, time.unwrap_or_else(now))?
                };
                drop(body);
                self.put(events, channel.as_deref(), work, &grant).await
            }
        }
    }

    async fn put(&self, events: Events, channel: Option<&str>, work: OwnedSemaphorePermit, grant: &Grant) -> Result<Answer, Refusal> {
        match (&self.acks, channel) {
            (Some(acks), Some(channel)) => {
                let turn = acks.turn().ok_or(answers::BUSY)?;
                let receipt = self.intake.events(events, &[]).await?;
                drop(work);
                let id = acks.next();
                let (acks, channel) = (Arc::clone(acks), channel.to_owned());
                tokio::spawn(async move {
                    // An id whose records are lost stays false, and its sender sends them again.
                    if receipt.safe().await.is_ok() {
                        acks.done(&channel, id);
                    }
                    drop(turn);
                });
                Ok(answers::success(Some(id)))
            }
            _ => {
                let receipt = self.intake.events(events, &[]).await?;
                drop(work);
                grant.release();
                receipt.safe().await.map_err(|error| Refusal::from(super::IntakeError::from(error)))?;
                Ok(answers::success(None))
            }
        }
    }

    fn may_send(&self, headers: &HeaderMap, query: &str) -> Result<(), Refusal> {
        if self.tokens.is_empty() {
            return Ok(());
        }
        let Some(given) = headers.get(AUTHORIZATION) else {
            let token = parameter(query, "token").map(|token| Zeroizing::new(token.into_bytes()));
            return match token {
                None => Err(answers::NO_TOKEN),
                Some(_) if !self.query_token => Err(answers::NO_QUERY_TOKEN),
                Some(token) if self.tokens.know(&token) => Ok(()),
                Some(_) => Err(answers::BAD_TOKEN),
            };
        };
        let given = given.as_bytes();
        let at = given.iter().position(|byte| *byte == b' ').ok_or(answers::BAD_AUTHORIZATION)?;
        let (scheme, token) = given.split_at(at);
        let token = token.trim_ascii();
        let known = match scheme.to_ascii_lowercase().as_slice() {
            b"splunk" | b"bearer" => self.tokens.know(token),
            b"basic" => {
                // Any user; the password is the token.
                let pair = Zeroizing::new(BASE64.decode(token).map_err(|_| answers::BAD_AUTHORIZATION)?);
                let colon = pair.iter().position(|byte| *byte == b':').ok_or(answers::BAD_AUTHORIZATION)?;
                self.tokens.know(pair.get(colon + 1..).unwrap_or_default())
            }
            _ => return Err(answers::BAD_AUTHORIZATION),
        };
        if known { Ok(()) } else { Err(answers::BAD_TOKEN) }
    }
}

/// The channel that a request names, if any.
fn channel(headers: &HeaderMap, query: &str) -> Result<Option<String>, Refusal> {
    let named = match headers.get(CHANNEL) {
        Some(name) => Some(name.to_str().map_err(|_| answers::BAD_CHANNEL)?.to_owned()),
        None => parameter(query, "channel"),
    };
    let plain = |name: &String| name.len() <= MAX_CHANNEL && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    match named {
        Some(name) if name.is_empty() => Ok(None),
        Some(name) if !plain(&name) => Err(answers::BAD_CHANNEL),
        named => Ok(named),
    }
}
