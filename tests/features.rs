//! Cargo features add components and never change results (invariant I9).
//!
//! Two builds cannot be compared inside one test binary, so this looks at where features
//! are asked for: in an attribute on a whole item, never negated and never in an expression.

use std::fs;
use std::path::Path;

fn sources(folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn i9_features_do_not_change_results() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest: toml::Table = toml::from_str(&fs::read_to_string(package.join("Cargo.toml")).unwrap()).unwrap();
    let features: Vec<&str> = manifest["features"].as_table().unwrap().keys().map(String::as_str).collect();
    assert_eq!(features, ["aws", "default", "server", "test-hooks"], "a new feature needs a comparison of both builds");
    assert_eq!(manifest["features"]["default"].as_array().map(Vec::len), Some(2));
    let mut files = Vec::new();
    sources(&package.join("src"), &mut files);
    let mut asked = 0;
    for (path, text) in &files {
        assert!(
            !text.contains("cfg!(feature") && !text.contains("cfg!(any") && !text.contains("cfg!(not"),
            "{path}: a result may depend on how it was built"
        );
        for (at, line) in text.lines().enumerate().filter(|(_, line)| line.contains("feature =") && !line.trim_start().starts_with("//")) {
            asked += 1;
            let line = line.trim_start();
            // A lint changes nothing that runs.
            if line.starts_with("#![cfg_attr(not(feature = \"server\"), allow(dead_code,") {
                continue;
            }
            assert!(
                (line.starts_with("#[cfg(any(") || line.starts_with("#[cfg(feature = ")) && !line.contains("not("),
                "{path}:{}: not an item that is added",
                at + 1
            );
        }
    }
    assert!(asked > 3, "the test looks for the wrong text");
}
