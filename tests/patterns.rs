//! Every detector file against its own vectors, through the whole engine.

use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
struct Detector {
    id: String,
    group: String,
    region: String,
    #[serde(default)]
    valid: Vec<String>,
    #[serde(default)]
    invalid: Vec<String>,
    #[serde(default)]
    weak: Vec<String>,
    #[serde(default, rename = "match")]
    positives: Vec<String>,
    #[serde(default, rename = "no_match")]
    negatives: Vec<String>,
}

fn detectors() -> Vec<(PathBuf, Detector)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("patterns");
    let mut found = Vec::new();
    for group in ["generic", "financial", "us_health", "us_gov", "secrets", "ml", "national"] {
        for entry in fs::read_dir(root.join(group)).expect("the group's folder") {
            let path = entry.expect("an entry").path();
            let text = fs::read_to_string(&path).expect("a detector file");
            found.push((path.clone(), toml::from_str(&text).expect("a detector")));
        }
    }
    found.sort_by(|a: &(PathBuf, Detector), b| a.0.cmp(&b.0));
    found
}

/// Vectors hold `⋅` inside secrets, so that no file holds one; it is not part of them.
fn joined(text: &str) -> String {
    text.replace('⋅', "")
}

/// The line without markers, and the line with what is between them replaced by a gap.
fn marked(line: &str) -> (String, Vec<String>) {
    let line = joined(line);
    let kept = line
        .split('«')
        .enumerate()
        .map(|(at, part)| if at == 0 { part.to_owned() } else { part.split_once('»').expect("a closing marker").1.to_owned() });
    (line.replace(['«', '»'], ""), kept.collect())
}

/// Whether `output` is the kept stretches with one label in each gap.
fn only_gaps_changed(output: &str, kept: &[String]) -> bool {
    let mut rest = output;
    for (at, part) in kept.iter().enumerate() {
        if at > 0 {
            // A multi-line value has one label a line.
            loop {
                let Some(end) = rest.strip_prefix('[').and_then(|label| label.find(']')) else {
                    match rest.strip_prefix("null") {
                        Some(tail) => rest = tail,
                        None => return false,
                    }
                    break;
                };
                rest = rest.get(end + 2..).unwrap_or("");
                match rest.strip_prefix("\n[") {
                    Some(_) => rest = rest.get(1..).unwrap_or(""),
                    None => break,
                }
            }
        }
        match rest.strip_prefix(part.as_str()) {
            Some(tail) => rest = tail,
            None => return false,
        }
    }
    rest.is_empty()
}

#[test]
fn every_positive_is_masked_exactly() {
    let engine = hushlog::Engine::builder().all_kinds().build().expect("an engine");
    let mut failures = Vec::new();
    for (_, detector) in detectors() {
        for line in &detector.positives {
            let (input, kept) = marked(line);
            let output = String::from_utf8_lossy(&engine.scrub(input.as_bytes())).into_owned();
            if !only_gaps_changed(&output, &kept) {
                failures.push(format!("{}: {}\n      -> {output}", detector.id, line.replace('⋅', "")));
            }
        }
    }
    assert!(failures.is_empty(), "{} positives differ:\n{}", failures.len(), failures.join("\n"));
}

/// The standard engine, with the packs of the detector when it is a national one.
fn engine_of(detector: &Detector) -> hushlog::Engine {
    let builder = hushlog::Engine::builder();
    let packs = detector.region.replace(' ', ",");
    let builder = if detector.group == "national" { builder.packs(&packs) } else { Ok(builder) };
    builder.and_then(hushlog::EngineBuilder::build).expect("an engine")
}

#[test]
fn every_negative_line_is_left_alone() {
    let mut failures = Vec::new();
    for (_, detector) in detectors() {
        let engine = engine_of(&detector);
        for line in &detector.negatives {
            let input = joined(line);
            let output = String::from_utf8_lossy(&engine.scrub(input.as_bytes())).into_owned();
            if output != input {
                failures.push(format!("{}: {input}\n      -> {output}", detector.id));
            }
        }
    }
    assert!(failures.is_empty(), "{} negatives changed:\n{}", failures.len(), failures.join("\n"));
}

/// With its own pack alone a national identifier has its own label, and without packs none.
#[test]
fn national_identifiers_are_found_with_their_pack_only() {
    let standard = hushlog::Engine::standard();
    let mut failures = Vec::new();
    for (_, detector) in detectors().into_iter().filter(|(_, detector)| detector.group == "national") {
        let engine = engine_of(&detector);
        for line in &detector.positives {
            let (input, kept) = marked(line);
            let output = String::from_utf8_lossy(&engine.scrub(input.as_bytes())).into_owned();
            if !only_gaps_changed(&output, &kept) || !output.contains(&format!("[{}]", detector.id.to_uppercase())) {
                failures.push(format!("{}: {line}\n      -> {output}", detector.id));
            }
            let found = standard.find(input.as_bytes());
            if found.iter().any(|found| found.kind == detector.id) {
                failures.push(format!("{}: {line} is found without its pack", detector.id));
            }
        }
    }
    assert!(failures.is_empty(), "{} lines differ:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn packs_are_named_by_country() {
    let engine = |packs: &str| hushlog::Engine::builder().packs(packs).and_then(hushlog::EngineBuilder::build);
    let error = |packs: &str| engine(packs).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(engine("all").is_ok() && engine("gb, de").is_ok() && engine(&hushlog::packs().join(",")).is_ok());
    for wrong in ["", "xx", "gb,", "GB", "gb;de"] {
        let message = error(wrong);
        assert!(message.contains("there is no pack `") && message.contains("de, dk") && message.ends_with("or `all`"), "{message}");
    }
    let national = hushlog::catalog().iter().filter(|kind| kind.group == "national");
    assert!(national.clone().all(|kind| kind.packs().count() > 0) && national.count() == 85);
}

#[test]
fn every_vector_agrees_with_its_check() {
    let mut failures = Vec::new();
    for (_, detector) in detectors() {
        let kind = hushlog::catalog().iter().find(|kind| kind.id == detector.id).expect("a kind of the catalogue");
        let accepts = |value: &str| hushlog::test_hooks::accepts_value(kind, joined(value).as_bytes());
        let wanted = detector.valid.iter().chain(&detector.weak).map(|value| (value, true));
        for (value, expected) in wanted.chain(detector.invalid.iter().map(|value| (value, false))) {
            if accepts(value) != expected {
                failures.push(format!("{}: {value} should be {expected}", detector.id));
            }
        }
        assert!(!detector.positives.is_empty() && detector.negatives.len() >= 3, "{}: needs positives and three negatives", detector.id);
    }
    assert!(failures.is_empty(), "{} vectors differ:\n{}", failures.len(), failures.join("\n"));
}
