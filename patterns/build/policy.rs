//! Tables of the masks: token domains, what can be made coarse, restricted ZIP prefixes, and for
//! each preset and mode what every kind's mask is and may be.

use crate::data::{Detector, MaskRule, ModeRules, Preset, camel, percent};
use std::fmt::Write as _;
use std::path::Path;

/// patterns/tables/zip3.toml.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "source and census are for readers")]
struct Zip3 {
    source: String,
    census: u16,
    restricted: Vec<String>,
}

pub(crate) fn emit(out: &mut String, root: &Path, detectors: &[Detector]) {
    let zip: Zip3 = crate::read_toml(&root.join("tables/zip3.toml"));
    let _ = writeln!(out, "/// Prefixes of the census of {}.", zip.census);
    let _ = writeln!(out, "pub(crate) static RESTRICTED_ZIP3: [&str; {}] = {:?};", zip.restricted.len(), zip.restricted);
    let domains: Vec<&str> = detectors.iter().map(|detector| detector.domain.as_str()).collect();
    let _ = writeln!(out, "/// Token domain of each kind.\npub(crate) static DOMAINS: [&str; {}] = {domains:?};", domains.len());
    let _ = writeln!(out, "/// What the values of each kind are for the mask `generalise`.");
    let families = detectors.iter().map(|detector| match &detector.generalise {
        Some(family) => format!("Some(Family::{})", camel(family)),
        None => "None".to_owned(),
    });
    let _ = writeln!(
        out,
        "pub(crate) static GENERALISE: [Option<Family>; {}] = [{}];",
        detectors.len(),
        families.collect::<Vec<_>>().join(", ")
    );
    emit_policies(out, root, detectors);
}

/// Files under patterns/presets/, the default first.
const PRESETS: [&str; 5] = ["standard", "hipaa", "gdpr", "pci", "soc2"];

/// Loosest first, as `Mask` orders them.
const MASKS: [&str; 6] = ["partial", "generalise", "token", "label", "drop_value", "drop_record"];

fn emit_policies(out: &mut String, root: &Path, detectors: &[Detector]) {
    let mut policies = Vec::new();
    for name in PRESETS {
        let preset: Preset = crate::read_toml(&root.join(format!("presets/{name}.toml")));
        assert!(preset.name == name, "presets/{name}.toml: `name` is {}", preset.name);
        let default = preset.default_mode.as_deref();
        assert!(default.is_none_or(|name| preset.modes.iter().any(|mode| mode.name == name)), "{name}.toml: unknown default mode");
        if preset.modes.is_empty() {
            policies.push(policy(&preset, None, detectors));
        }
        // The default mode first.
        let (first, others): (Vec<&ModeRules>, Vec<&ModeRules>) = preset.modes.iter().partition(|mode| Some(mode.name.as_str()) == default);
        policies.extend(first.into_iter().chain(others).map(|mode| policy(&preset, Some(mode), detectors)));
    }
    let _ = writeln!(out, "/// Each preset in each of its modes, its default one first.");
    let _ = writeln!(out, "pub(crate) static POLICIES: [Policy; {}] = [{}];", policies.len(), policies.join(",\n"));
}

fn policy(preset: &Preset, mode: Option<&ModeRules>, detectors: &[Detector]) -> String {
    let rules: Vec<&MaskRule> = preset.masks.iter().chain(mode.iter().flat_map(|mode| &mode.masks)).collect();
    for rule in &rules {
        let unknown = rule.kinds.iter().find(|kind| detectors.iter().all(|detector| detector.id != **kind));
        assert!(unknown.is_none(), "{}.toml: unknown kind {unknown:?}", preset.name);
    }
    let off = |detector: &Detector| {
        !preset.groups.contains(&detector.group)
            || preset.off.contains(&detector.id)
            || mode.is_some_and(|mode| mode.off.contains(&detector.id))
    };
    let unselective = |rule: &MaskRule| rule.kinds.is_empty() && rule.classes.is_empty() && rule.hipaa.is_empty() && rule.gdpr.is_empty();
    let fits = |rule: &MaskRule, detector: &Detector| {
        unselective(rule)
            || rule.kinds.contains(&detector.id)
            || rule.classes.contains(&detector.class)
            || rule.gdpr.contains(&detector.gdpr)
            || rule.hipaa.chars().any(|letter| detector.hipaa.contains(letter))
    };
    let limit = |rule: Option<&&MaskRule>, on: bool| {
        let at = |name: &str| {
            MASKS.iter().position(|mask| *mask == name).unwrap_or_else(|| panic!("{}.toml: unknown mask `{name}`", preset.name))
        };
        let (mask, allow, why) = match rule {
            // Without rules, everything that the kind itself has.
            None => ("label", u8::MAX, ""),
            Some(rule) => {
                let mask = at(&rule.mask);
                let stricter = (mask..MASKS.len()).filter(|other| *other == mask || *other >= 3);
                let bits = stricter.chain(rule.allow.iter().map(|name| at(name))).fold(0, |bits, mask| bits | 1 << mask);
                (rule.mask.as_str(), bits, rule.why.as_str())
            }
        };
        let mask = if on { format!("Some(Mask::{})", camel(mask)) } else { "None".to_owned() };
        format!("Limit {{ mask: {mask}, allow: {allow}, why: {why:?} }}")
    };
    let kinds: Vec<String> =
        detectors.iter().map(|detector| limit(rules.iter().rev().find(|rule| fits(rule, detector)), !off(detector))).collect();
    format!(
        "Policy {{ name: {:?}, mode: {:?}, reference: {:?}, compliance: {}, one_pan_mask: {}, min_confidence: {}, \
         leave_internal_networks: {}, leave_declared_networks: {}, leave_system_users: {}, name_dictionary: {}, kinds: &[{}], rules: {} }}",
        preset.name,
        mode.map_or("", |mode| &mode.name),
        mode.and_then(|mode| mode.reference.as_deref()).unwrap_or(""),
        preset.compliance,
        preset.one_pan_mask,
        percent(Some(preset.min_confidence)),
        preset.leave_internal_networks,
        preset.leave_declared_networks,
        preset.leave_system_users,
        preset.name_dictionary,
        kinds.join(", "),
        limit(rules.iter().rev().find(|rule| unselective(rule)), true),
    )
}
