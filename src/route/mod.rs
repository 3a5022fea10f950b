//! Which sinks a record may go to: its region, its zone, its routes.
//!
//! A [`Plan`] is everything a record is processed under: the engine and the routes. It is replaced
//! as a whole when the configuration is read again, so that each record sees one of them.

mod router;

pub use router::{Ground, Metadata, NAMESPACE_REGION, POD_REGION, PRESETS, QUARANTINE, Router, Routing};

use crate::engine::Engine;
use std::sync::Arc;

/// Which sinks something is for, by their place in the list of sinks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SinkSet(u64);

impl SinkSet {
    /// Most sinks of a configuration.
    pub const MAX: usize = 64;

    /// Adds a sink; places from [`Self::MAX`] on are ignored.
    #[must_use]
    pub fn with(self, sink: usize) -> Self {
        Self(self.0 | 1u64.checked_shl(sink as u32).unwrap_or(0))
    }

    /// Takes out the sinks of another set.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The sinks that are in both.
    #[must_use]
    pub fn also_in(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether a sink is in it.
    pub fn has(self, sink: usize) -> bool {
        self.0 & 1u64.checked_shl(sink as u32).unwrap_or(0) != 0
    }

    /// As bits, the first sink lowest.
    pub fn bits(self) -> u64 {
        self.0
    }

    /// From bits.
    pub fn of_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// Whether no sink is in it.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Places of its sinks, rising.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..Self::MAX).filter(move |sink| self.has(*sink))
    }
}

impl FromIterator<usize> for SinkSet {
    fn from_iter<I: IntoIterator<Item = usize>>(sinks: I) -> Self {
        sinks.into_iter().fold(Self::default(), Self::with)
    }
}

/// What the policy and the routes were when a record was scanned: a hash over both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Generation(pub [u8; 32]);

/// Everything a record is processed under.
pub struct Plan {
    /// Finds and masks.
    pub engine: Arc<Engine>,
    /// Decides where records go.
    pub router: Router,
    /// Hash over what both were made from.
    pub generation: Generation,
}
