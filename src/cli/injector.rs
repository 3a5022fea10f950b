//! `hushlog injector`: the admission webhook that puts `hushlog exec` in front of the commands of pods.

use std::net::SocketAddr;
use std::time::Duration;

use hushlog::injector::Settings;
use hushlog::task::Stop;
use hushlog::webhook::{self, Webhook};
use tokio::signal::unix::{SignalKind, signal};

use super::exit::{Exit, Failure};
use super::logs::LogOptions;

/// Has the pods of a cluster run under `hushlog exec`
///
/// A mutating admission webhook for Kubernetes. Every container of a pod whose command is known gets
/// `hushlog exec --preset … --` in front of it, and an init container brings the binary. A pod that
/// cannot be wrapped is refused with what to add, unless its namespace allows raw output on the node.
///
/// The policy of a namespace is the path that the webhook configuration calls for it:
/// `/mutate/PRESETS/forbid` or `/mutate/PRESETS/allow`. The chart in deploy/helm writes it; see
/// docs/kubernetes.md.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Options {
    /// Address to listen on, with TLS
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:8443")]
    listen: SocketAddr,

    /// PEM file of the certificate; read again when it changes
    #[arg(long, value_name = "FILE")]
    tls_cert: String,

    /// PEM file of its key
    #[arg(long, value_name = "FILE")]
    tls_key: String,

    /// PEM file of authorities; clients need a certificate of one of them
    #[arg(long, value_name = "FILE")]
    client_ca: Option<String>,

    /// Image of hushlog that pods take the binary from; name it by digest
    #[arg(long, value_name = "IMAGE")]
    image: String,

    /// Address of `/healthz` and `/readyz`, without TLS
    #[arg(long, value_name = "ADDRESS")]
    health: Option<String>,

    /// Address of `/metrics`, without TLS
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<String>,

    /// Milliseconds that requests are still taken when the program is told to stop, until the cluster knows
    #[arg(long, value_name = "MS", default_value_t = 5_000)]
    drain_ms: u64,

    #[command(flatten)]
    log: LogOptions,
}

const AFTER_HELP: &str = "\
Examples:
  hushlog injector --image registry.example/hushlog@sha256:… --tls-cert tls.crt --tls-key tls.key
  hushlog injector --image registry.example/hushlog@sha256:… --tls-cert tls.crt --tls-key tls.key --health 0.0.0.0:8081";

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    options.log.start();
    let settings = webhook::Options {
        listen: options.listen,
        cert: options.tls_cert.clone(),
        key: options.tls_key.clone(),
        client_ca: options.client_ca.clone(),
        health: options.health.clone(),
        metrics: options.metrics.clone(),
        settings: Settings { image: options.image.clone() },
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::Runtime)?;
    runtime.block_on(async {
        let [terminate, interrupt] = [SignalKind::terminate(), SignalKind::interrupt()].map(signal);
        let (mut terminate, mut interrupt) = (terminate.map_err(Failure::Runtime)?, interrupt.map_err(Failure::Runtime)?);
        let (stop, stopped) = Stop::new();
        let server = Webhook::bind(settings, &stopped).await.map_err(Failure::Webhook)?;
        let leaving = server.leaving();
        tracing::info!(version = env!("CARGO_PKG_VERSION"), "running");
        let serving = tokio::spawn(server.serve());
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        leaving();
        tokio::time::sleep(Duration::from_millis(options.drain_ms)).await;
        let _ = stop.send(true);
        let _ = serving.await;
        tracing::info!("stopped");
        Ok(Exit::Done)
    })
}
