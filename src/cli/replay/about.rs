//! What a manifest says of the policy: names, and hashes over everything that decides what is masked.

use std::fs;

use hushlog::Engine;
use hushlog::replay::About;

use crate::cli::exit::Failure;
use crate::cli::policy::MaskOptions;
use crate::cli::setup::{self, PolicyOptions};
use crate::cli::text::printable;

/// Describes the engine that these options made.
pub(super) fn about(policy: &PolicyOptions, masks: &MaskOptions, engine: &Engine, as_of: String, to: &[String]) -> Result<About, Failure> {
    let whole = setup::merged(policy)?;
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let mut rules = blake3::Hasher::new();
    for kind in hushlog::catalog() {
        rules.update(format!("{} {} {} {} {}\n", kind.id, kind.label, kind.group, kind.confidence, kind.keyed).as_bytes());
    }
    for path in &whole.rules {
        let text = fs::read(path).map_err(|source| Failure::RulesUnread { file: printable(path.as_os_str()), source })?;
        rules.update(format!("{}\n", text.len()).as_bytes()).update(&text);
    }
    let rules = rules.finalize().to_hex().to_string();
    let masking = &whole.masking;
    let mut config = blake3::Hasher::new();
    // Keys by their identifiers alone.
    let text = format!(
        "{version} {rules} {as_of} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        whole.preset,
        masking.mode,
        masking.reference,
        masking.floor,
        whole.packs,
        masking.zone,
        masking.tenant,
        masking.phone_country,
        engine.key_ids(),
        masks.numbers(),
        engine.masks().map(|(kind, mask)| (kind, mask.name())).collect::<Vec<_>>(),
    );
    config.update(text.as_bytes());
    config.update(to.join(",").as_bytes());
    if let Some(path) = &policy.config {
        let text = fs::read(path).map_err(|source| Failure::ConfigUnread { file: printable(path.as_os_str()), source })?;
        config.update(&text);
    }
    Ok(About { version, preset: whole.preset, rules, config: config.finalize().to_hex().to_string(), as_of })
}
