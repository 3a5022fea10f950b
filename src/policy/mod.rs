//! Policies: named presets on their way into the engine's settings.
//!
//! Stands behind the engine, which knows what a setting means, and before the command
//! line, which knows what was asked for. No I/O and no patterns; a preset names groups
//! and kinds (patterns/presets/).

mod loosening;
mod preset;

pub use loosening::{LooseningError, date, days, loosenings};
pub use preset::{PRESETS, PresetError, Request, modes, policy, preset};
