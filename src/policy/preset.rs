//! Preset names to engine builders. The content of a preset is data, under
//! patterns/presets/, and reaches the engine at build time; here stand the names that
//! may be asked for, and what is said when another one is.

use crate::engine::{BuildError, Engine, EngineBuilder};

/// Names of the presets, the default first.
pub const PRESETS: &[&str] = &["standard"];

/// Why a preset cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PresetError {
    /// No preset has this name.
    #[error("there is no preset `{0}`; known: {known}", known = PRESETS.join(", "))]
    Unknown(String),
    /// The engine refuses its content.
    #[error("the preset `{name}` cannot be used: {source}")]
    Refused {
        /// The preset asked for.
        name: String,
        /// What the engine says.
        source: BuildError,
    },
}

/// Starts an engine from a preset.
///
/// # Errors
/// An unknown name, or a preset the engine refuses.
pub fn preset(name: &str) -> Result<EngineBuilder, PresetError> {
    if !PRESETS.contains(&name) {
        return Err(PresetError::Unknown(name.to_owned()));
    }
    Engine::builder().preset(name).map_err(|source| PresetError::Refused { name: name.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_preset_starts_an_engine() {
        for name in PRESETS {
            assert!(
                preset(name)
                    .and_then(|builder| { builder.build().map_err(|source| PresetError::Refused { name: (*name).to_owned(), source }) })
                    .is_ok()
            );
        }
    }

    #[test]
    fn an_unknown_preset_is_refused_with_the_known_ones() {
        let text = preset("hipaaa").err().map(|error| error.to_string());
        let expected = "there is no preset `hipaaa`; known: standard";
        assert_eq!(text.as_deref(), Some(expected));
    }
}
