//! What the sinks over HTTP have in common: their options, and what they say of themselves.

use super::Limits;
use super::care::{self, Care, Transport};
use super::client::{Client, Identity, tls};
use super::http::Compression;
use crate::config::Problems;
use crate::config::fields::Fields;
use hyper::Uri;
use rustls::ClientConfig;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// How requests are made.
pub(super) struct Exchange {
    ca: Option<PathBuf>,
    identity: Option<Identity>,
    pub(super) timeout: Duration,
    pub(super) compression: Compression,
    /// Requests under way at once.
    pub(super) requests: usize,
}

impl Exchange {
    /// Reads `ca`, `cert`, `key`, `timeout`, `compression` and `concurrency`. Bodies are packed as `usual` unless the options say otherwise.
    pub(super) fn read(fields: &mut Fields<'_>, problems: &mut Problems, packings: &[(&str, Compression)], usual: Compression) -> Self {
        let ca = fields.take("ca").and_then(|at| at.text(problems, "a PEM file of certificates")).map(PathBuf::from);
        let identity = Identity::read(fields, problems);
        let timeout = fields.take("timeout").and_then(|at| at.duration(problems)).unwrap_or(Duration::from_secs(30));
        let compression = fields.take("compression").and_then(|at| at.choice(problems, packings)).unwrap_or(usual);
        let requests = fields.take("concurrency").and_then(|at| at.number(problems, 1, 64)).unwrap_or(4);
        let requests = usize::try_from(requests).unwrap_or(1);
        Self { ca, identity, timeout, compression, requests }
    }

    /// Reads `max_batch`: bytes of a body before it is packed.
    pub(super) fn limits(&self, fields: &mut Fields<'_>, problems: &mut Problems, usual: u64) -> Limits {
        let bytes = fields.take("max_batch").and_then(|at| at.bytes(problems)).unwrap_or(usual);
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        Limits { bytes, records: usize::MAX, requests: self.requests, linger: Duration::ZERO }
    }

    pub(super) fn client(&self) -> io::Result<Client> {
        Ok(Client::new(self.tls()?, self.timeout))
    }

    pub(super) fn tls(&self) -> io::Result<ClientConfig> {
        tls(self.ca.as_deref(), self.identity.as_ref())
    }

    /// Whether a client can be made of what the files hold.
    pub(super) fn ready(&self) -> io::Result<()> {
        // Without a file there is nothing to be wrong.
        if self.ca.is_some() || self.identity.is_some() { self.tls().map(drop) } else { Ok(()) }
    }
}

/// The host of a URL that is sent to without TLS.
pub(super) fn plaintext(url: &Uri) -> Option<String> {
    (url.scheme_str() == Some("http")).then(|| url.host().unwrap_or_default().to_owned())
}

/// What becomes of records at a store of which only the address is known.
pub(super) fn care(url: &Uri) -> Care {
    Care {
        transport: Transport::of(plaintext(url).as_ref()),
        at_rest: "as the store does",
        retention: "as the store does".to_owned(),
        not_enforceable: vec![care::ENDPOINT, care::AT_REST, care::RETENTION],
    }
}
