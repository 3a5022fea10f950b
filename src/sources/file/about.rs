//! Whose records a file holds: what its path says, and what somebody else knows of it.
//!
//! Metadata that has not arrived yet holds the records back; after a while they go where records of an
//! unknown region may go, if there is such a place.

use std::path::Path;
use std::time::Duration;

/// How long records wait for a decision.
const WAIT: Duration = Duration::from_secs(30);

/// What is known of the records of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::sources) struct About {
    /// Trusted metadata, which decides.
    pub(in crate::sources) named: Vec<(&'static str, String)>,
    /// What records carry besides; names and values are somebody's words.
    pub(in crate::sources) tags: Vec<(String, String)>,
}

/// What is known now.
pub(in crate::sources) enum Told {
    /// Everything that there is to know.
    Known(About),
    /// More is to come, and it decides.
    Waiting(About),
}

/// Knows whose records a file holds.
pub(in crate::sources) trait Describe: Send + Sync {
    /// What is known of a path now.
    fn about(&self, path: &Path) -> Told;

    /// Whether the same path may be told otherwise later.
    fn changes(&self) -> bool {
        false
    }

    /// How long to wait for what is not known.
    fn wait(&self) -> Duration {
        WAIT
    }
}

impl<F: Fn(&Path) -> Vec<(&'static str, String)> + Send + Sync> Describe for F {
    fn about(&self, path: &Path) -> Told {
        Told::Known(About { named: self(path), tags: Vec::new() })
    }
}
