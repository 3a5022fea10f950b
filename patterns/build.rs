//! Turns the detector data under patterns/ into static Rust tables.
//!
//! Runs at build time, so that the program starts with nothing to parse or compile:
//! the catalogue of kinds, token programs, literal anchors with their prefilter
//! tables, and a perfect hash of the key names. A mistake in the data fails the build
//! with the file's name. The vectors inside the files are checked by the tests.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::string_slice, reason = "a mistake in the data must stop the build")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "build/anchors.rs"]
mod anchors;
#[path = "build/data.rs"]
mod data;
#[path = "build/forms.rs"]
mod forms;
#[path = "build/keys.rs"]
mod keys;
#[path = "build/names.rs"]
mod names;
#[path = "build/packs.rs"]
mod packs;
#[path = "build/policy.rs"]
mod policy;
#[path = "build/tokens.rs"]
mod tokens;

use data::{Detector, KeysFile};

fn main() {
    println!("cargo::rerun-if-changed=patterns");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("patterns");
    let detectors = read_detectors(&root);
    let keys: KeysFile = read_toml(&root.join("keys.toml"));
    let index: BTreeMap<&str, usize> = detectors.iter().enumerate().map(|(at, detector)| (detector.id.as_str(), at)).collect();

    let mut out = String::new();
    emit_kinds(&mut out, &detectors);
    let programs = tokens::emit(&mut out, &detectors);
    anchors::emit(&mut out, &detectors, &programs, &keys.prose);
    keys::emit(&mut out, &keys, &index);
    packs::emit(&mut out, &keys, &detectors);
    forms::emit(&mut out, &detectors);
    names::emit(&mut out, &root.join("names"));
    emit_preset(&mut out, &read_toml(&root.join("presets/standard.toml")), &detectors);

    policy::emit(&mut out, &root, &detectors);

    let target = PathBuf::from(env::var("OUT_DIR").unwrap_or_default()).join("catalog.rs");
    fs::write(&target, out).unwrap_or_else(|error| panic!("cannot write {}: {error}", target.display()));
}

fn read_detectors(root: &Path) -> Vec<Detector> {
    let mut files: Vec<PathBuf> = Vec::new();
    for group in data::GROUPS {
        let Ok(entries) = fs::read_dir(root.join(group)) else { continue };
        files.extend(entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "toml")));
    }
    files.sort();
    files
        .iter()
        .map(|file| {
            let detector: Detector = read_toml(file);
            let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            assert!(detector.id == stem, "{}: id `{}` differs from the file name", file.display(), detector.id);
            detector
        })
        .collect()
}

fn read_toml<T: serde::de::DeserializeOwned>(file: &Path) -> T {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("cannot read {}: {error}", file.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn emit_kinds(out: &mut String, detectors: &[Detector]) {
    let _ = writeln!(out, "pub(crate) static KINDS: [Kind; {}] = [", detectors.len());
    for detector in detectors {
        let _ = writeln!(
            out,
            "Kind {{ id: {:?}, name: {:?}, label: {:?}, group: {:?}, region: {:?}, class: Class::{}, confidence: {}, keyed: {}, \
             extent: Extent::{}, validator: {}, partial: {}, hipaa: {:?}, gdpr: {:?}, pci: {:?}, trigger: {:?}, context: &{:?}, references: &{:?}, traps: {:?}, positives: &{:?}, negatives: &{:?} }},",
            detector.id,
            detector.name,
            format!("[{}]", detector.id.to_uppercase()),
            detector.group,
            detector.region,
            data::camel(&detector.class),
            data::percent(detector.confidence),
            data::percent(detector.keyed),
            data::camel(detector.extent.as_deref().unwrap_or("token")),
            match &detector.validator {
                Some(name) => format!("Some(crate::engine::validate::{name}::valid)"),
                None => "None".to_owned(),
            },
            match &detector.partial {
                Some(keep) => format!("Some(Partial {{ first: {}, last: {} }})", keep.first, keep.last),
                None => "None".to_owned(),
            },
            detector.hipaa,
            detector.gdpr,
            detector.pci,
            detector.trigger,
            detector.context,
            detector.references,
            detector.traps.as_deref().unwrap_or(""),
            detector.positives,
            detector.negatives,
        );
    }
    let _ = writeln!(out, "];\n/// Index of each kind, by its identifier.\npub(crate) mod id {{\nuse super::KindId;");
    for (at, detector) in detectors.iter().enumerate() {
        let _ = writeln!(
            out,
            "#[allow(dead_code, reason = \"not every kind is named in code\")] pub(crate) const {}: KindId = KindId({at});",
            detector.id.to_uppercase()
        );
    }
    let _ = writeln!(out, "}}");
}

fn emit_preset(out: &mut String, preset: &data::Preset, detectors: &[Detector]) {
    for name in &preset.off {
        assert!(detectors.iter().any(|detector| detector.id == *name), "standard.toml: unknown kind `{name}`");
    }
    let is_off = |detector: &Detector| preset.off.contains(&detector.id) || !preset.groups.contains(&detector.group);
    let off: Vec<String> =
        detectors.iter().enumerate().filter(|(_, detector)| is_off(detector)).map(|(at, _)| format!("KindId({at})")).collect();
    let _ = writeln!(
        out,
        "pub(crate) static STANDARD: Preset = Preset {{ min_confidence: {}, leave_internal_networks: {}, leave_system_users: {}, off: &[{}] }};",
        data::percent(Some(preset.min_confidence)),
        preset.leave_internal_networks,
        preset.leave_system_users,
        off.join(", ")
    );
}
