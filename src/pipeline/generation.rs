//! One hash over everything that decides what is masked and where records go.

use crate::config::Config;
use crate::route::Generation;

/// The generation of a configuration. Secrets are named in it, not contained.
pub(super) fn of(config: &Config) -> Generation {
    // The derived form of the tree is the same for the same text, whatever comments stand in it.
    let sinks: Vec<_> = config.server.sinks.iter().map(|sink| (&sink.name, &sink.kind, &sink.region)).collect();
    let text = format!(
        "{} {:?} {:?} {:?} {:?} {:?}",
        env!("CARGO_PKG_VERSION"),
        config.policy,
        config.region,
        config.server.residency,
        config.server.routes,
        sinks
    );
    Generation(*blake3::hash(text.as_bytes()).as_bytes())
}
