//! Names in the policy of a configuration: whether there are such presets, modes, packs, kinds and masks, and whether they
//! may be used together.
//!
//! Everything that is wrong is said with the rest of the file. Kinds of user rules stand in files, which are not read here:
//! a mask of a kind that nobody here knows is looked at later ([`unknown_kinds`]).

use super::PolicyConfig;
use super::fields::{At, nearest, shown};
use super::problem::{Problem, Problems};
use crate::engine::{Engine, Mask, catalog};
use crate::policy::{self, PRESETS, PresetError, Request};

/// Names of presets, with commas between them.
pub(super) fn presets(at: &At<'_>, names: &str, problems: &mut Problems) {
    for name in names.split(',').map(str::trim) {
        known(at, name, "preset", PRESETS, problems);
    }
}

/// The mode of a preset.
pub(super) fn mode(at: &At<'_>, preset: &str, name: &str, problems: &mut Problems) {
    let modes = policy::modes(preset);
    if modes.is_empty() && PRESETS.contains(&preset) {
        at.wrong_as(problems, "a mode of a preset that has none", "nothing");
    } else if !modes.is_empty() {
        known(at, name, "mode", &modes, problems);
    }
}

/// Codes of packs, with commas between them.
pub(super) fn packs(at: &At<'_>, names: &str, problems: &mut Problems) {
    let is_unknown = |name: &str| name != "all" && !catalog::packs().contains(&name);
    // Codes of two letters are all near to each other.
    for _ in names.split(',').filter(|name| is_unknown(name.trim())) {
        at.wrong_as(problems, "a name that no pack has", format!("{}, or `all`", listed(catalog::packs())));
    }
}

/// The name of a mask.
pub(super) fn mask(at: &At<'_>, name: &str, problems: &mut Problems) {
    known(at, name, "mask", &Mask::ALL.map(Mask::name), problems);
}

/// The expression for a kind at this site.
pub(super) fn site(at: &At<'_>, kind: &str, regex: &str, problems: &mut Problems) {
    if !is_kind(kind) {
        problems.add(no_kind("site", kind, at.node.line));
    } else if let Err(error) = Engine::builder().site(kind, regex) {
        at.wrong_as(problems, "an expression that cannot be used", format!("another one: {error}"));
    }
}

fn known(at: &At<'_>, name: &str, what: &str, all: &[&str], problems: &mut Problems) {
    if !all.contains(&name) {
        at.wrong_as(problems, format!("a name that no {what} has"), near(name, all));
    }
}

fn near(name: &str, all: &[&str]) -> String {
    match nearest(all.iter().copied(), name) {
        Some(known) => format!("`{known}`, which is near to it"),
        None => listed(all),
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn is_kind(name: &str) -> bool {
    catalog::catalog().iter().any(|kind| kind.id == name)
}

fn no_kind(section: &str, name: &str, line: usize) -> Problem {
    let near = nearest(catalog::catalog().iter().map(|kind| kind.id), name);
    let allowed = near.map_or("a kind: `hushlog rules list` names them".to_owned(), |known| format!("`{known}`, which is near to it"));
    Problem::new(line, &format!("{section}.{}", shown(name)), "a name that no kind has", allowed)
}

/// Adds the masks of kinds that there are not, if no rule file can have them.
#[cfg(feature = "server")]
pub(crate) fn unknown_kinds(policy: &PolicyConfig, problems: &mut Problems) {
    let unknown = |mask: &&super::MaskChoice| policy.rules.is_empty() && !is_kind(&mask.kind);
    policy.masks.iter().filter(unknown).for_each(|mask| problems.add(no_kind("masks", &mask.kind, mask.line)));
}

/// Adds what does not go together: presets below the floor, modes without their document, masks that a preset forbids.
/// All names are known ones.
pub(super) fn together(policy: &PolicyConfig, lines: [usize; 2], problems: &mut Problems) {
    let [preset, floor] = lines;
    let names = policy.presets.iter().flat_map(|names| names.split(',')).map(|name| name.trim().to_owned());
    let mut request =
        Request { presets: names.collect(), mode: policy.mode.clone(), reference: policy.reference.clone(), floor: policy.floor.clone() };
    if request.presets.is_empty() {
        request.presets.extend(PRESETS.first().map(|name| (*name).to_owned()));
    }
    if let Err(error) = policy::policy(&request) {
        problems.add(match error {
            PresetError::Reference { what, .. } => {
                Problem::new(preset, "preset", "a mode without a `reference`", format!("`reference` with {what}"))
            }
            PresetError::NoReference(modes) => {
                Problem::new(preset, "preset", "a `reference` that no mode needs", format!("none, or a mode that needs one: {modes}"))
            }
            PresetError::Floor { problems, together, .. } => {
                Problem::new(floor, "floor", format!("a preset that the others are below: {problems}"), format!("`preset: [{together}]`"))
            }
            error => Problem::new(preset, "preset", "presets that cannot be used", error.to_string()),
        });
        return;
    }
    for choice in policy.masks.iter().filter(|choice| is_kind(&choice.kind)) {
        let (Ok(builder), Ok(mask)) = (policy::policy(&request), choice.mask.parse()) else { continue };
        if let Err(error) = builder.mask(&choice.kind, mask) {
            let path = format!("masks.{}", choice.kind);
            problems.add(Problem::new(choice.line, &path, "a mask that cannot be used here", format!("another one: {error}")));
        }
    }
}
