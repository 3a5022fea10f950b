//! One hash over everything that decides what is masked and where records go.

use crate::config::Config;
use crate::engine::Engine;
use crate::route::Generation;

/// The generation of a configuration. Secrets are named in it, not contained.
pub(super) fn of(config: &Config, engine: &Engine, rules: &[u8; 32]) -> Generation {
    // The derived form of the tree is the same for the same text, whatever comments stand in it.
    let sinks: Vec<_> = config.server.sinks.iter().map(|sink| (&sink.name, &sink.kind, &sink.region)).collect();
    let text = format!(
        "{} {:?} {:?} {:?} {:?} {:?} {:?}",
        env!("CARGO_PKG_VERSION"),
        config.policy,
        config.region,
        config.server.residency,
        config.server.routes,
        engine.masks().map(|(kind, mask)| (kind, mask.name())).collect::<Vec<_>>(),
        sinks
    );
    Generation(*blake3::Hasher::new().update(text.as_bytes()).update(rules).finalize().as_bytes())
}
