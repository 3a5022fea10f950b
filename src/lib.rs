//! hushlog takes personal data, health data and secrets out of log streams.
//!
//! The modules, in the order the data passes them:
//!
//! - [`record`]: unscanned and scrubbed bytes as different types; reports.
//! - [`engine`]: finds and masks.
//! - [`decode`]: opens compressed inputs.
//! - [`policy`]: presets by name.
//! - [`residency`]: regions and the zones they lie in.
//! - [`config`]: settings out of `hushlog.yaml`.
//!
//! The commands are the binary's own modules (src/cli).
//!
//! The paved path is [`Engine`] and its [`Stream`]:
//!
//! ```
//! let engine = hushlog::Engine::standard();
//! let mut out = Vec::new();
//! let mut stream = engine.stream();
//! stream.push(b"user=jsample mail=jane", &mut |clean| out.extend_from_slice(clean.as_bytes()));
//! stream.push(b"@example.com\n", &mut |clean| out.extend_from_slice(clean.as_bytes()));
//! stream.finish(&mut |clean| out.extend_from_slice(clean.as_bytes()));
//! assert_eq!(out, b"user=[USERNAME] mail=[EMAIL]\n");
//! ```

#![cfg_attr(not(feature = "server"), allow(dead_code, reason = "records and configurations serve the server as well"))]

#[cfg(feature = "server")]
pub mod admin;
#[cfg(feature = "server")]
pub mod audit;
#[cfg(feature = "server")]
pub mod buffer;
pub mod config;
pub mod decode;
pub mod engine;
#[cfg(any(fuzzing, test, feature = "test-hooks"))]
#[doc(hidden)]
pub mod fuzz;
#[cfg(feature = "server")]
pub mod injector;
#[cfg(feature = "server")]
mod lock;
#[cfg(feature = "server")]
pub mod pipeline;
pub mod policy;
pub mod record;
#[cfg(feature = "server")]
pub mod replay;
pub mod residency;
#[cfg(feature = "server")]
pub mod route;
#[cfg(feature = "server")]
pub mod sinks;
#[cfg(feature = "server")]
pub mod sources;
#[cfg(feature = "server")]
pub mod task;
#[cfg(feature = "server")]
pub mod telemetry;
#[cfg(feature = "server")]
mod tls;
#[cfg(feature = "server")]
pub mod webhook;

pub use engine::catalog::{Kind, catalog, packs};
pub use engine::{
    BuildError, Candidate, Cost, Engine, EngineBuilder, Finder, Found, JsonNumbers, Kernel, Key, KeyError, Loosening, Mask, Outcome,
    RuleInfo, Stream,
};
pub use record::{Clean, Cleaned, Raw, Report, Why};

/// Measuring the engine stage by stage; used by `hushlog bench`.
pub mod bench {
    pub use crate::engine::{Measure, Stage};
}

/// Doors for the crate's own tests.
#[cfg(any(test, feature = "test-hooks"))]
#[doc(hidden)]
pub mod test_hooks {
    pub use crate::engine::accepts_value;
}
