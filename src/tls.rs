//! TLS of listeners: certificate, key, and who the clients may be.
//!
//! The files are looked at again when a client comes, every ten seconds at most, so that a certificate that
//! was renewed is used without a restart. One that cannot be read leaves the earlier one in use.

use crate::config::fields::At;
use crate::config::{Problems, SecretRef};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Time that a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Time after which the files are looked at again.
const LOOK: Duration = Duration::from_secs(10);

/// Options of TLS.
#[derive(Clone, Debug)]
pub(crate) struct TlsOptions {
    cert: String,
    key: SecretRef,
    client_ca: Option<String>,
    least: Least,
}

/// The lowest version that is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Least {
    V12,
    V13,
}

/// TLS of one listener.
pub(crate) struct Tls {
    options: TlsOptions,
    /// Protocols that clients may ask for (ALPN).
    protocols: &'static [&'static [u8]],
    state: Mutex<State>,
}

struct State {
    config: Arc<ServerConfig>,
    looked: Instant,
    /// Time and length of the files when they were read.
    stamps: Vec<Stamp>,
}

type Stamp = Option<(SystemTime, u64)>;

impl TlsOptions {
    pub(crate) fn read(at: &At<'_>, problems: &mut Problems) -> Option<Self> {
        const FORM: &str = "a map such as `{ cert: /etc/hushlog/tls.crt, key: { file: /etc/hushlog/tls.key } }`";
        let mut fields = at.map(problems, FORM)?;
        let cert = fields.take("cert").and_then(|at| at.text(problems, "a PEM file of certificates")).map(str::to_owned);
        let key = fields.take("key").and_then(|at| at.secret(problems));
        let client_ca = fields.take("client_ca").map(|at| at.text(problems, "a PEM file of certificates").map(str::to_owned));
        let least = fields.take("min").map(|at| at.choice(problems, &[("1.2", Least::V12), ("1.3", Least::V13)]));
        fields.finish(problems);
        if cert.is_none() || key.is_none() {
            at.wrong_as(problems, "a map without `cert` or `key`", FORM);
        }
        Some(Self { cert: cert?, key: key?, client_ca: client_ca.unwrap_or_default(), least: least.flatten().unwrap_or(Least::V12) })
    }

    /// TLS with the files of the command line.
    pub(crate) fn of_files(cert: String, key: String, client_ca: Option<String>) -> Self {
        Self { cert, key: SecretRef::File(key), client_ca, least: Least::V12 }
    }

    /// Whether the files can be used as they are now.
    pub(crate) fn ready(&self) -> io::Result<()> {
        self.config(&[]).map(drop)
    }

    /// Reads the files.
    pub(crate) fn load(self, protocols: &'static [&'static [u8]]) -> io::Result<Tls> {
        let stamps = self.stamps();
        let config = self.config(protocols)?;
        Ok(Tls { options: self, protocols, state: Mutex::new(State { config, looked: Instant::now(), stamps }) })
    }

    fn config(&self, protocols: &[&[u8]]) -> io::Result<Arc<ServerConfig>> {
        let wrong = |what: &'static str| io::Error::new(io::ErrorKind::InvalidData, what);
        let chain = certificates(&self.cert)?;
        let key = self.key.load()?;
        let key = PrivateKeyDer::from_pem_slice(key.reveal()).map_err(|_| wrong("the key of `tls` is no private key in PEM"))?;
        let versions: &[_] = match self.least {
            Least::V12 => &[&rustls::version::TLS13, &rustls::version::TLS12],
            Least::V13 => &[&rustls::version::TLS13],
        };
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder =
            ServerConfig::builder_with_provider(Arc::clone(&provider)).with_protocol_versions(versions).map_err(io::Error::other)?;
        let builder = match &self.client_ca {
            None => builder.with_no_client_auth(),
            Some(path) => {
                let mut roots = RootCertStore::empty();
                for certificate in certificates(path)? {
                    roots.add(certificate).map_err(|_| wrong("`client_ca` of `tls` holds what is no certificate"))?;
                }
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder.with_client_cert_verifier(verifier.build().map_err(|_| wrong("`client_ca` of `tls` holds no certificate"))?)
            }
        };
        let mut config =
            builder.with_single_cert(chain, key).map_err(|_| wrong("the certificate and the key of `tls` do not belong together"))?;
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        Ok(Arc::new(config))
    }

    fn stamps(&self) -> Vec<Stamp> {
        let key = if let SecretRef::File(path) = &self.key { Some(path) } else { None };
        [Some(&self.cert), key, self.client_ca.as_ref()].into_iter().flatten().map(|path| stamp(path)).collect()
    }
}

fn stamp(path: &str) -> Stamp {
    let file = std::fs::metadata(Path::new(path)).ok()?;
    Some((file.modified().ok()?, file.len()))
}

fn certificates(path: &str) -> io::Result<Vec<CertificateDer<'static>>> {
    let wrong = || io::Error::new(io::ErrorKind::InvalidData, format!("the file `{path}` of `tls` holds no certificates in PEM"));
    let unread = |error: io::Error| io::Error::new(error.kind(), format!("the file `{path}` of `tls` cannot be read: {error}"));
    let text = std::fs::read(path).map_err(unread)?;
    let chain = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>().map_err(|_| wrong())?;
    if chain.is_empty() { Err(wrong()) } else { Ok(chain) }
}

/// Whether a greeting failed for what a client is or sent, and not because it went away, as a probe does.
pub(crate) fn is_refused(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    !matches!(error.kind(), UnexpectedEof | ConnectionReset | ConnectionAborted | BrokenPipe)
}

impl Tls {
    /// Greets a client.
    pub(crate) async fn accept<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S) -> io::Result<TlsStream<S>> {
        let acceptor = TlsAcceptor::from(self.config());
        tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await?
    }

    /// What is spoken now. Reads the files again if they are others than before.
    fn config(&self) -> Arc<ServerConfig> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.looked.elapsed() >= LOOK {
            state.looked = Instant::now();
            let stamps = self.options.stamps();
            if stamps != state.stamps {
                match self.options.config(self.protocols) {
                    Ok(config) => {
                        (state.config, state.stamps) = (config, stamps);
                        tracing::info!("the certificate of a listener was read again");
                    }
                    // While two files are replaced, they do not fit for a moment: tried again the next time.
                    Err(_) => tracing::warn!("the new certificate of a listener cannot be used; the earlier one stays"),
                }
            }
        }
        Arc::clone(&state.config)
    }
}
