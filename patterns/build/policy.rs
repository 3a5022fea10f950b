//! Tables of the masks: token domains, what can be made coarse, and restricted ZIP prefixes.

use crate::data::{Detector, camel};
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
}
