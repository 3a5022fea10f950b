//! The shape of the files under patterns/, as serde sees them.

use serde::Deserialize;
use std::collections::BTreeMap;

/// Folders that hold detectors, in the order of the generated documentation.
pub(crate) const GROUPS: [&str; 7] = ["generic", "financial", "us_health", "us_gov", "secrets", "ml", "national"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "whole values and notes are read by tests and documentation, not by the build")]
pub(crate) struct Detector {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) group: String,
    pub(crate) region: String,
    pub(crate) class: String,
    pub(crate) trigger: String,
    pub(crate) confidence: Option<f64>,
    pub(crate) keyed: Option<f64>,
    #[serde(default)]
    pub(crate) tokens: Vec<String>,
    pub(crate) finder: Option<String>,
    #[serde(default)]
    pub(crate) anchors: Vec<String>,
    #[serde(default)]
    pub(crate) left: Option<String>,
    pub(crate) validator: Option<String>,
    #[serde(default)]
    pub(crate) alone: Vec<String>,
    #[serde(default)]
    pub(crate) near: Vec<String>,
    pub(crate) extent: Option<String>,
    pub(crate) partial: Option<Keep>,
    pub(crate) mask: String,
    pub(crate) generalise: Option<String>,
    pub(crate) domain: String,
    #[serde(default)]
    pub(crate) hipaa: String,
    #[serde(default)]
    pub(crate) gdpr: String,
    #[serde(default)]
    pub(crate) pci: String,
    #[serde(default)]
    pub(crate) context: Vec<String>,
    pub(crate) references: Vec<String>,
    pub(crate) traps: Option<String>,
    #[serde(default)]
    pub(crate) valid: Vec<String>,
    #[serde(default)]
    pub(crate) invalid: Vec<String>,
    #[serde(default)]
    pub(crate) weak: Vec<String>,
    #[serde(rename = "match", default)]
    pub(crate) positives: Vec<String>,
    #[serde(rename = "no_match", default)]
    pub(crate) negatives: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Keep {
    pub(crate) first: u8,
    pub(crate) last: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeysFile {
    pub(crate) kinds: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(crate) aliases: BTreeMap<String, Vec<String>>,
    pub(crate) packs: BTreeMap<String, Vec<String>>,
    pub(crate) packs_shape_required: Names,
    pub(crate) refine: BTreeMap<String, Vec<String>>,
    pub(crate) url_params: Names,
    pub(crate) shape_required: Names,
    /// Words before a value in prose, by the key they stand for.
    pub(crate) prose: BTreeMap<String, Vec<String>>,
    /// What names mean where `owners` are described, and the key that says the same alone.
    pub(crate) owned: BTreeMap<String, BTreeMap<String, String>>,
    pub(crate) owners: BTreeMap<String, Vec<String>>,
    pub(crate) veto: Veto,
    pub(crate) system_users: Users,
    pub(crate) placeholders: Values,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "name and description are for readers")]
pub(crate) struct Preset {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) min_confidence: f64,
    pub(crate) leave_internal_networks: bool,
    /// Whether networks that a rule file declares stay.
    #[serde(default = "yes")]
    pub(crate) leave_declared_networks: bool,
    pub(crate) leave_system_users: bool,
    pub(crate) groups: Vec<String>,
    pub(crate) off: Vec<String>,
    /// Masks may not be looser than what the preset allows.
    #[serde(default)]
    pub(crate) compliance: bool,
    #[serde(default)]
    pub(crate) one_pan_mask: bool,
    /// Names in prose, by the dictionary of given and family names.
    #[serde(default)]
    pub(crate) name_dictionary: bool,
    pub(crate) default_mode: Option<String>,
    /// Every rule that fits a kind counts; the last one wins.
    #[serde(default)]
    pub(crate) masks: Vec<MaskRule>,
    #[serde(default)]
    pub(crate) modes: Vec<ModeRules>,
}

fn yes() -> bool {
    true
}

/// Which masks some kinds have and may have; without a selector, all kinds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MaskRule {
    #[serde(default)]
    pub(crate) kinds: Vec<String>,
    #[serde(default)]
    pub(crate) classes: Vec<String>,
    #[serde(default)]
    pub(crate) hipaa: String,
    #[serde(default)]
    pub(crate) gdpr: Vec<String>,
    pub(crate) mask: String,
    #[serde(default)]
    pub(crate) allow: Vec<String>,
    pub(crate) why: String,
}

/// A variant of a preset: what it adds to the preset's own rules.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModeRules {
    pub(crate) name: String,
    /// What `--reference` has to name.
    pub(crate) reference: Option<String>,
    #[serde(default)]
    pub(crate) off: Vec<String>,
    #[serde(default)]
    pub(crate) masks: Vec<MaskRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Names {
    pub(crate) keys: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Users {
    pub(crate) names: Vec<String>,
    pub(crate) prefixes: Vec<String>,
    pub(crate) suffixes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Values {
    pub(crate) values: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Veto {
    pub(crate) exact: Vec<String>,
}

/// `us_health` to `UsHealth`.
pub(crate) fn camel(name: &str) -> String {
    name.split('_')
        .map(|part| {
            let mut chars = part.chars();
            chars.next().map(|first| first.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
        })
        .collect()
}

/// 0.95 to 95; absent is 0.
pub(crate) fn percent(score: Option<f64>) -> u8 {
    (score.unwrap_or(0.0) * 100.0).round().clamp(0.0, 100.0) as u8
}
