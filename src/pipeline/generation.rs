//! One hash over everything that decides what is masked and where records go.

use crate::config::Config;
use crate::route::Generation;

/// The generation of a configuration. Secrets are named in it, not contained.
pub(super) fn of(config: &Config) -> Generation {
    // The derived form of the tree is the same for the same text, whatever comments stand in it.
    let text = format!(
        "{} {:?} {:?} {:?} {:?}",
        env!("CARGO_PKG_VERSION"),
        config.policy,
        config.region,
        config.server.residency,
        config.server.routes
    );
    Generation(*blake3::hash(text.as_bytes()).as_bytes())
}
