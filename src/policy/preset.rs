//! Preset names to engine builders: one or several, in a mode, above a floor.
//!
//! The content of a preset is data, under patterns/presets/, and reaches the engine at build time;
//! here stand the names that may be asked for, and what is said when a request cannot be met.

use crate::engine::catalog::{POLICIES, Policy};
use crate::engine::limits::Limits;
use crate::engine::{Engine, EngineBuilder};

/// Names of the presets, the default first.
pub const PRESETS: &[&str] = &["standard", "hipaa", "gdpr", "pci", "soc2"];

/// Shortest text that can name an agreement.
const REFERENCE: usize = 4;

/// Why a preset cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PresetError {
    /// No preset has these names.
    #[error("there is no preset `{unknown}`; known: {known}", unknown = .0.join("`, `"), known = PRESETS.join(", "))]
    Unknown(Vec<String>),
    /// The preset asked for has no such mode.
    #[error("no preset that is asked for has a mode `{mode}`; {known}")]
    Mode {
        /// The mode asked for.
        mode: String,
        /// Which modes there are.
        known: String,
    },
    /// The mode stands on a document that is not named.
    #[error("the mode `{mode}` of `{preset}` needs a reference to {what}; name it with `--reference`")]
    Reference {
        /// The preset asked for.
        preset: String,
        /// Its mode.
        mode: String,
        /// What is to be named.
        what: String,
    },
    /// A reference is given and nothing needs one.
    #[error("`--reference` is for modes that need one: {0}")]
    NoReference(String),
    /// The presets are weaker than the floor.
    #[error("`{presets}` is below the floor `{floor}`: {problems}; use `--preset {together}`")]
    Floor {
        /// The presets asked for.
        presets: String,
        /// The floor.
        floor: String,
        /// What is weaker.
        problems: String,
        /// Presets that meet it.
        together: String,
    },
}

/// Which policy is asked for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Names of presets; of several, the strictest of everything.
    pub presets: Vec<String>,
    /// Mode of the preset that has modes.
    pub mode: Option<String>,
    /// The document that the mode stands on, such as the number of a data use agreement.
    pub reference: Option<String>,
    /// A preset that the others and all masks may not be weaker than.
    pub floor: Option<String>,
}

/// Starts an engine from a preset, in its default mode.
///
/// # Errors
/// An unknown name.
pub fn preset(name: &str) -> Result<EngineBuilder, PresetError> {
    policy(&Request { presets: vec![name.to_owned()], ..Request::default() })
}

/// Starts an engine from a policy.
///
/// # Errors
/// An unknown name or mode, a reference that is missing, or presets below the floor.
pub fn policy(request: &Request) -> Result<EngineBuilder, PresetError> {
    let unknown = |name: &&String| POLICIES.iter().all(|policy| policy.name != **name);
    let unknown: Vec<String> = request.presets.iter().chain(&request.floor).filter(unknown).cloned().collect();
    if !unknown.is_empty() || request.presets.is_empty() {
        return Err(PresetError::Unknown(unknown));
    }
    let mut policies = Vec::new();
    for name in &request.presets {
        policies.push(find(name, request.mode.as_deref())?);
    }
    if let Some(mode) = request.mode.as_deref().filter(|mode| policies.iter().all(|policy| policy.mode != *mode)) {
        return Err(PresetError::Mode { mode: mode.to_owned(), known: known_modes() });
    }
    check_reference(request, &policies)?;
    let Some(mut limits) = policies.iter().map(|policy| Limits::from(*policy)).reduce(Limits::and) else {
        return Err(PresetError::Unknown(Vec::new()));
    };
    if let Some(name) = &request.floor {
        let floor = Limits::from(find(name, None)?);
        let problems = limits.below(&floor);
        if !problems.is_empty() {
            let presets = request.presets.join(",");
            let together = if request.presets.contains(name) { name.clone() } else { format!("{presets},{name}") };
            let presets = request.mode.as_deref().map_or(presets.clone(), |mode| format!("{presets} {mode}"));
            return Err(PresetError::Floor { presets, floor: name.clone(), problems: problems.join("; "), together });
        }
        limits = limits.above(&floor);
    }
    Ok(Engine::builder().limits(limits))
}

/// The preset of a name, in this mode if it has it.
fn find(name: &str, mode: Option<&str>) -> Result<&'static Policy, PresetError> {
    let named = || POLICIES.iter().filter(|policy| policy.name == name);
    let found = mode.and_then(|mode| named().find(|policy| policy.mode == mode)).or_else(|| named().next());
    found.ok_or_else(|| PresetError::Unknown(vec![name.to_owned()]))
}

/// Modes of a preset, the default first; most have none.
pub fn modes(preset: &str) -> Vec<&'static str> {
    POLICIES.iter().filter(|policy| policy.name == preset && !policy.mode.is_empty()).map(|policy| policy.mode).collect()
}

fn known_modes() -> String {
    let with_modes = PRESETS.iter().filter_map(|name| {
        let modes = modes(name);
        (!modes.is_empty()).then(|| format!("`{name}` has {}", modes.join(", ")))
    });
    with_modes.collect::<Vec<_>>().join("; ")
}

fn check_reference(request: &Request, policies: &[&Policy]) -> Result<(), PresetError> {
    let given = request.reference.as_deref().map(str::trim);
    match (policies.iter().find(|policy| !policy.reference.is_empty()), given) {
        (Some(policy), given) if given.is_none_or(|given| given.len() < REFERENCE) => {
            Err(PresetError::Reference { preset: policy.name.to_owned(), mode: policy.mode.to_owned(), what: policy.reference.to_owned() })
        }
        (None, Some(_)) => {
            let modes = POLICIES.iter().filter(|policy| !policy.reference.is_empty());
            let modes = modes.map(|policy| format!("`{} {}` ({})", policy.name, policy.mode, policy.reference)).collect::<Vec<_>>();
            Err(PresetError::NoReference(modes.join(", ")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(presets: &[&str], mode: Option<&str>, reference: Option<&str>, floor: Option<&str>) -> String {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let presets = presets.iter().map(|name| (*name).to_owned()).collect();
        policy(&Request { presets, mode: owned(mode), reference: owned(reference), floor: owned(floor) })
            .map_or_else(|error| error.to_string(), |_| String::new())
    }

    #[test]
    fn every_named_preset_starts_an_engine() {
        for name in PRESETS {
            assert!(preset(name).is_ok_and(|builder| builder.build().is_ok()), "{name}");
        }
        assert!(POLICIES.iter().all(|policy| PRESETS.contains(&policy.name)));
    }

    #[test]
    fn an_unknown_preset_is_refused_with_the_known_ones() {
        let expected = "there is no preset `hipaaa`; known: standard, hipaa, gdpr, pci, soc2";
        assert_eq!(preset("hipaaa").err().map(|error| error.to_string()).as_deref(), Some(expected));
        assert!(refused(&["hipaa", "a"], None, None, Some("b")).starts_with("there is no preset `a`, `b`; known: standard"));
    }

    #[test]
    fn modes_need_their_references() {
        assert_eq!(refused(&["hipaa"], None, None, None), "");
        assert_eq!(refused(&["hipaa"], Some("safe_harbor"), None, None), "");
        assert_eq!(refused(&["hipaa"], Some("limited_data_set"), Some("DUA 2026-17"), None), "");
        assert_eq!(refused(&["gdpr", "hipaa"], Some("expert"), Some("report of 2026-01-05"), None), "");
        for (mode, words) in [("limited_data_set", "data use agreement"), ("expert", "determination")] {
            for reference in [None, Some(""), Some(" x ")] {
                let text = refused(&["hipaa"], Some(mode), reference, None);
                assert!(text.contains(words) && text.contains("--reference"), "{text}");
            }
        }
        assert!(refused(&["gdpr"], Some("expert"), Some("report"), None).contains("`hipaa` has safe_harbor, limited_data_set, expert"));
        assert!(refused(&["hipaa"], None, Some("DUA 2026-17"), None).contains("limited_data_set"));
    }

    #[test]
    fn a_floor_is_not_gone_under() {
        for (presets, floor) in [
            (&["hipaa"][..], "hipaa"),
            (&["standard", "hipaa"], "hipaa"),
            (&["hipaa"], "standard"),
            (&["pci"], "soc2"),
            (&["standard"], "pci"),
        ] {
            assert_eq!(refused(presets, None, None, Some(floor)), "", "{presets:?} {floor}");
        }
        let text = refused(&["standard"], None, None, Some("hipaa"));
        for words in [
            "below the floor `hipaa`",
            "0.60",
            "internal networks",
            "system users",
            "`checkpoint_or_hub_identity`",
            "--preset standard,hipaa",
        ] {
            assert!(text.contains(words), "no {words} in {text}");
        }
        let text = refused(&["hipaa"], Some("limited_data_set"), Some("DUA 2026-17"), Some("hipaa"));
        assert!(text.contains("`age`, `date_health`, `date_of_birth` and 1 more"), "{text}");
        assert!(refused(&["standard"], None, None, Some("hippa")).contains("no preset `hippa`"));
    }
}
