//! The counters as OpenTelemetry metrics: a page for Prometheus, and pushes by OTLP over HTTP.
//!
//! Instruments are read when somebody asks; only the times of stages are recorded as they happen.
//! No variable of the environment decides where metrics go.

use super::names::{self, Form, Metric};
use super::{Stage, Stages, Telemetry, lock};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry_otlp::{MetricExporter, Protocol, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider, Temporality};
use prometheus::{Registry, TextEncoder};
use std::future::Future;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Time between two pushes, and the time that one may take.
const PUSH: (Duration, Duration) = (Duration::from_secs(15), Duration::from_secs(10));

/// Limits of the histogram, in seconds.
const TIMES: [f64; 14] = [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0];

/// Metrics cannot be offered.
#[derive(Debug, thiserror::Error)]
#[error("the metrics cannot be set up")]
pub struct ExportError;

/// Offers the metrics while it lives.
pub struct Exporter {
    provider: SdkMeterProvider,
    registry: Registry,
}

impl Exporter {
    /// Offers what a [`Telemetry`] counts, and pushes it to an address if there is one. Needs a runtime for pushes.
    ///
    /// # Errors
    /// If an instrument or the address cannot be used.
    pub fn start(telemetry: &Arc<Telemetry>, otlp: Option<&str>) -> Result<Self, ExportError> {
        let registry = Registry::new();
        let page = opentelemetry_prometheus::exporter()
            .with_registry(registry.clone())
            .without_target_info()
            .without_units()
            .without_counter_suffixes()
            .scope_info_enabled(false)
            .build()
            .map_err(|_| ExportError)?;
        let resource = Resource::builder_empty()
            .with_attributes([KeyValue::new("service.name", "hushlog"), KeyValue::new("service.version", env!("CARGO_PKG_VERSION"))]);
        let mut provider = SdkMeterProvider::builder().with_resource(resource.build()).with_reader(page);
        if let Some(address) = otlp {
            provider = provider.with_reader(PeriodicReader::builder(Push::new(address)?).with_interval(PUSH.0).build());
        }
        let provider = provider.build();
        instruments(&provider.meter("hushlog"), telemetry);
        Ok(Self { provider, registry })
    }

    /// The metrics as a page for Prometheus.
    pub fn page(&self) -> String {
        TextEncoder::new().encode_to_string(&self.registry.gather()).unwrap_or_default()
    }

    /// Pushes once more, and ends. Blocks for as long as a push may take.
    pub fn shutdown(&self) {
        let _ = self.provider.shutdown_with_timeout(PUSH.1);
    }
}

/// Pushes in the context of the runtime: the reader's own thread has none.
struct Push {
    inner: MetricExporter,
    runtime: tokio::runtime::Handle,
}

impl Push {
    fn new(address: &str) -> Result<Self, ExportError> {
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| ExportError)?;
        let builder = MetricExporter::builder().with_http().with_endpoint(address).with_protocol(Protocol::HttpBinary);
        let inner = builder.with_timeout(PUSH.1).build().map_err(|_| ExportError)?;
        Ok(Self { inner, runtime })
    }
}

impl PushMetricExporter for Push {
    fn export(&self, metrics: &ResourceMetrics) -> impl Future<Output = OTelSdkResult> + Send {
        let mut push = Box::pin(self.inner.export(metrics));
        std::future::poll_fn(move |context| {
            let _inside = self.runtime.enter();
            push.as_mut().poll(context)
        })
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn temporality(&self) -> Temporality {
        self.inner.temporality()
    }
}

/// Takes a value and its labels, in the order of the metric's.
type Observe<'o> = &'o mut dyn FnMut(f64, &[&str]);

fn instruments(meter: &Meter, telemetry: &Arc<Telemetry>) {
    for metric in names::ALL {
        let weak = Arc::downgrade(telemetry);
        match metric.form {
            Form::Counter => {
                let instrument = meter.u64_observable_counter(metric.name).with_description(metric.help).with_unit(metric.unit);
                let _ = instrument
                    .with_callback(move |to| read(&weak, metric, &mut |value, labels| to.observe(value as u64, &pairs(metric, labels))))
                    .build();
            }
            Form::Gauge => {
                let instrument = meter.f64_observable_gauge(metric.name).with_description(metric.help).with_unit(metric.unit);
                let _ = instrument
                    .with_callback(move |to| read(&weak, metric, &mut |value, labels| to.observe(value, &pairs(metric, labels))))
                    .build();
            }
            Form::Histogram => {
                let instrument = meter.f64_histogram(metric.name).with_description(metric.help).with_unit(metric.unit);
                let histogram = instrument.with_boundaries(TIMES.to_vec()).build();
                let labels = Stage::ALL.map(|(_, name)| [KeyValue::new("stage", name)]);
                let _ = telemetry.stages.set(Stages { histogram, labels });
            }
        }
    }
}

fn pairs(metric: &Metric, labels: &[&str]) -> Vec<KeyValue> {
    metric.labels.iter().zip(labels).map(|(name, value)| KeyValue::new(*name, (*value).to_owned())).collect()
}

fn read(telemetry: &Weak<Telemetry>, metric: &Metric, observe: Observe<'_>) {
    if let Some(telemetry) = telemetry.upgrade() {
        telemetry.observe(metric, observe);
    }
}

impl Telemetry {
    /// What a metric says now. The one place that maps names to counters.
    fn observe(&self, metric: &Metric, observe: Observe<'_>) {
        if metric.name.starts_with("hushlog_source_") {
            return self.observe_sources(metric, observe);
        }
        if metric.name.starts_with("hushlog_sink_") {
            return self.observe_sinks(metric, observe);
        }
        let config = *lock(&self.config);
        let alone = match metric.name {
            name if name == names::BUFFER_BYTES.name => self.waiting().bytes as f64,
            name if name == names::BUFFER_MAX_BYTES.name => self.waiting().max_bytes as f64,
            name if name == names::BUFFER_OLDEST.name => self.waiting().oldest.as_secs_f64(),
            name if name == names::CONFIG_AGE.name => config.loaded.elapsed().as_secs_f64(),
            name if name == names::CONFIG_OK.name => f64::from(u8::from(config.ok)),
            name if name == names::AUDIT_FAILURES.name => self.audit_failures.load(Relaxed) as f64,
            name if name == names::UPTIME.name => self.started.elapsed().as_secs_f64(),
            _ => return self.observe_labelled(metric, observe),
        };
        observe(alone, &[]);
    }

    fn observe_labelled(&self, metric: &Metric, observe: Observe<'_>) {
        match metric.name {
            name if name == names::FINDINGS.name => self.observe_findings(observe),
            name if name == names::CONFIG_RELOADS.name => {
                let config = *lock(&self.config);
                observe(config.accepted as f64, &["accepted"]);
                observe(config.refused as f64, &["refused"]);
            }
            name if name == names::KEY_AGE.name => {
                for (id, written) in lock(&self.keys).iter() {
                    observe(written.elapsed().unwrap_or_default().as_secs_f64(), &[id]);
                }
            }
            name if name == names::AUDIT_SEQUENCE.name => {
                let head = *lock(&self.audit);
                head.into_iter().for_each(|head| observe(head.sequence as f64, &[]));
            }
            name if name == names::AUDIT_HEAD.name => {
                let head = *lock(&self.audit);
                let Some(head) = head else { return };
                for (part, bytes) in head.hash.as_chunks::<4>().0.iter().enumerate() {
                    observe(f64::from(u32::from_be_bytes(*bytes)), &[&part.to_string()]);
                }
            }
            _ => {}
        }
    }

    /// Findings of all sources by kind and mask; kinds that were not found are left out.
    fn observe_findings(&self, observe: Observe<'_>) {
        let mut totals = vec![0; super::kinds::PLACES + 1];
        for way in self.source_meters().iter().flat_map(|source| source.ways()) {
            totals.iter_mut().zip(&way.findings).for_each(|(total, counter)| *total += counter.load(Relaxed));
        }
        for (total, place) in totals.iter().zip(self.kinds.all()).filter(|(total, _)| **total > 0) {
            observe(*total as f64, &[&place.kind, place.action]);
        }
    }

    fn observe_sources(&self, metric: &Metric, observe: Observe<'_>) {
        for source in self.source_meters() {
            let value = match metric.name {
                name if name == names::SOURCE_BYTES.name => source.sum(|way| way.bytes.load(Relaxed)),
                name if name == names::SOURCE_RECORDS.name => source.records(),
                name if name == names::SOURCE_FINDINGS.name => source.sum(super::meters::Way::found),
                name if name == names::SOURCE_WITHHELD.name => source.sum(|way| way.withheld.load(Relaxed)),
                name if name == names::SOURCE_DROPPED.name => source.sum(|way| way.dropped.load(Relaxed)),
                name if name == names::SOURCE_AUTH_FAILURES.name => source.auth_failures(),
                name if name == names::SOURCE_LOST_BYTES.name => source.lost_bytes(),
                name if name == names::SOURCE_QUARANTINED.name => source.set_apart(),
                name if name == names::SOURCE_CONNECTIONS.name => u64::try_from(source.connections()).unwrap_or(0),
                name if name == names::SOURCE_REFUSED.name => {
                    source.refusals().for_each(|(reason, count)| observe(count as f64, &[source.name(), reason]));
                    continue;
                }
                name if name == names::SOURCE_UNREAD.name => {
                    source.unread_now().for_each(|(reason, count)| observe(count as f64, &[source.name(), reason]));
                    continue;
                }
                _ => continue,
            };
            observe(value as f64, &[source.name()]);
        }
    }

    fn observe_sinks(&self, metric: &Metric, observe: Observe<'_>) {
        for sink in self.sink_meters() {
            let value = match metric.name {
                name if name == names::SINK_BYTES.name => sink.bytes() as f64,
                name if name == names::SINK_RECORDS.name => sink.records() as f64,
                name if name == names::SINK_FAILING.name => sink.failing_for() as f64 / 1_000.0,
                name if name == names::SINK_RETRIES.name => {
                    sink.retries().iter().for_each(|(reason, count)| observe(*count as f64, &[sink.name(), reason]));
                    continue;
                }
                name if name == names::SINK_DEAD_LETTERS.name => {
                    sink.dead_letters().iter().for_each(|(reason, count)| observe(*count as f64, &[sink.name(), reason]));
                    continue;
                }
                _ => continue,
            };
            observe(value, &[sink.name()]);
        }
    }
}
