//! The documentation agrees with the program: docs/detectors.md is what the catalogue
//! says, links lead somewhere, and the commands and tests that pages name exist.
//!
//! `UPDATE_DOCS=1 cargo test --release docs` writes docs/detectors.md anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hushlog::Kind;

/// Folders under patterns/ in the order of the page, with their headings.
const GROUPS: [(&str, &str); 7] = [
    ("generic", "Personal data, devices and places"),
    ("financial", "Payment and bank data"),
    ("us_health", "Health data (United States)"),
    ("us_gov", "Identifiers given by the state (United States)"),
    ("secrets", "Credentials"),
    ("ml", "Machine learning"),
    ("national", "National identifiers"),
];

const INTRODUCTION: &str = "\
# Detectors

<!-- Generated from patterns/ by tests/docs.rs. To write it anew: UPDATE_DOCS=1 cargo test --release docs -->

";

const COLUMNS: &str = "
| column | meaning |
|---|---|
| kind | the id: in `--mask`, in the output of `find`, in reports |
| label | what the mask `label` writes |
| alone | confidence when the value stands without a key; – means that it is found behind a key only |
| keyed | confidence when a key names the value; – means that no key does |
| partial | letters and digits that the mask `partial` keeps at the start and at the end; – means that this mask is refused |
| HIPAA | letters of 45 CFR 164.514(b)(2)(i), the identifiers of Safe Harbor |
| GDPR | `personal` (Article 4), `special` (Article 9) or – |
| PCI | PCI DSS: `chd` is cardholder data, `sad` is sensitive authentication data |
| references | where the format is described |

The confidence of one finding can differ from its column: a checksum, a weaker form of writing, or what stands around the value move
it. What stays under 0.6 is not masked; such a value needs its key. HIPAA, GDPR and PCI are a help for a review and no legal advice.
";

const NATIONAL: &str = "
## National identifiers

Files in [patterns/national/](../patterns/national/).

Off unless asked for by country code, with `--packs gb,de` or `--packs all`. They are found by their names: behind a key such as
`nhs_number`, or in prose such as `NHS number 943 476 5919`, where the value has to pass the check. Behind an unambiguous key any value
is masked. The names are under `[packs]` in [patterns/keys.toml](../patterns/keys.toml) and in `context` of each file. A kind with a
number under `alone` is found without a name, too, in the forms that its file lists under `alone`: as its office prints it, or bare when
its check is one that few other numbers pass. Most bare digits have a check that one number in ten passes; those forms are listed under
`near`, and need an unambiguous name of the kind within 48 bytes before them. What reads as a time is never taken without its name.

";

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn detectors_page() -> String {
    let kinds = hushlog::catalog();
    let preset: toml::Table = toml::from_str(&fs::read_to_string(package().join("patterns/presets/standard.toml")).unwrap()).unwrap();
    let off: Vec<String> = preset["off"].as_array().unwrap().iter().map(|id| format!("`{}`", id.as_str().unwrap())).collect();
    let mut page = INTRODUCTION.to_owned();
    let _ = writeln!(
        page,
        "hushlog knows {} kinds of values. The preset `standard` looks for all of them but {}, and the {} national identifiers, \
         which come in packs: see [below](#national-identifiers).\n{COLUMNS}",
        kinds.len(),
        off.join(", "),
        kinds.iter().filter(|kind| kind.packs().next().is_some()).count(),
    );
    page.push_str("| group | kinds | found alone | found behind a key |\n|---|--:|--:|--:|\n");
    for (group, title) in GROUPS {
        let own: Vec<&Kind> = kinds.iter().filter(|kind| kind.group == group).collect();
        let alone = own.iter().filter(|kind| kind.confidence > 0).count();
        let keyed = own.iter().filter(|kind| kind.keyed > 0).count();
        let _ = writeln!(page, "| `{group}`: {title} | {} | {alone} | {keyed} |", own.len());
    }
    for (group, title) in GROUPS {
        if group == "national" {
            page.push_str(&packs());
            continue;
        }
        let _ = write!(page, "\n## {title}\n\nFiles in [patterns/{group}/](../patterns/{group}/).\n\n");
        page.push_str("| kind | name | label | alone | keyed | partial | HIPAA | GDPR | PCI | references |\n");
        page.push_str("|---|---|---|--:|--:|---|---|---|---|---|\n");
        for kind in kinds.iter().filter(|kind| kind.group == group) {
            page.push_str(&row(kind));
        }
    }
    page
}

/// The section of the national identifiers: what is in each pack, and the kinds.
fn packs() -> String {
    let mut page = NATIONAL.to_owned();
    page.push_str("| pack | kinds |\n|---|---|\n");
    for pack in hushlog::packs() {
        let own = hushlog::catalog().iter().filter(|kind| kind.packs().any(|known| known == *pack));
        let own: Vec<String> = own.map(|kind| format!("`{}`", kind.id)).collect();
        let _ = writeln!(page, "| `{pack}` | {} |", own.join(", "));
    }
    page.push_str("\n| kind | name | label | alone | keyed | partial | HIPAA | GDPR | PCI | references |\n");
    page.push_str("|---|---|---|--:|--:|---|---|---|---|---|\n");
    for kind in hushlog::catalog().iter().filter(|kind| kind.group == "national") {
        page.push_str(&row(kind));
    }
    page
}

fn row(kind: &Kind) -> String {
    let dash = |text: &str| if text.is_empty() || text == "none" { "–".to_owned() } else { text.replace('|', "\\|") };
    let percent = |value: u8| if value == 0 { "–".to_owned() } else { format!("{}.{:02}", value / 100, value % 100) };
    let partial = kind.partial.map_or("–".to_owned(), |keep| format!("{} + {}", keep.first, keep.last));
    format!(
        "| `{}` | {} | `{}` | {} | {} | {partial} | {} | {} | {} | {} |\n",
        kind.id,
        dash(kind.name),
        kind.label,
        percent(kind.confidence),
        percent(kind.keyed),
        dash(kind.hipaa),
        dash(kind.gdpr),
        dash(kind.pci),
        dash(&kind.references.join("; ")),
    )
}

/// All files below a folder whose names end so.
fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|end| end == ending) {
            found.push(path);
        }
    }
}

/// The pages for readers: those of docs/ and at the root.
fn pages() -> Vec<(PathBuf, String)> {
    let mut paths = Vec::new();
    files(&package().join("docs"), "md", &mut paths);
    let root = fs::read_dir(package()).unwrap().map(|entry| entry.unwrap().path());
    paths.extend(root.filter(|path| path.extension().is_some_and(|end| end == "md")));
    paths.push(package().join("patterns/README.md"));
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

/// The code of a page, and its text without code: fenced blocks and what stands between backquotes.
fn code_and_prose(page: &str) -> (Vec<String>, String) {
    let (mut code, mut prose, mut fenced) = (Vec::new(), String::new(), false);
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            code.push(line.to_owned());
        } else {
            for (at, part) in line.split('`').enumerate() {
                if at % 2 == 1 {
                    code.push(part.to_owned());
                } else {
                    prose.push_str(part);
                }
            }
            prose.push('\n');
        }
    }
    (code, prose)
}

#[test]
fn the_page_of_detectors_is_what_the_catalogue_says() {
    let path = package().join("docs/detectors.md");
    let expected = detectors_page();
    assert!(hushlog::catalog().iter().all(|kind| GROUPS.iter().any(|(group, _)| *group == kind.group)), "a group has no section");
    if std::env::var_os("UPDATE_DOCS").is_some_and(|value| value == "1") {
        fs::write(&path, &expected).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let differs = expected.lines().zip(committed.lines()).position(|(new, old)| new != old);
    let at = differs.unwrap_or_else(|| expected.lines().count().min(committed.lines().count())) + 1;
    assert!(committed == expected, "docs/detectors.md is out of date from line {at} on; run: UPDATE_DOCS=1 cargo test --release docs");
}

#[test]
fn every_link_between_pages_leads_somewhere() {
    let mut seen = 0;
    for (path, page) in pages() {
        let (_, prose) = code_and_prose(&page);
        for target in prose.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            seen += 1;
            assert!(path.parent().unwrap().join(file).exists(), "{}: the link to {target} leads nowhere", path.display());
        }
    }
    assert!(seen > 20, "the test looks for the wrong text");
}

#[test]
fn every_command_in_the_pages_exists() {
    let mut commands = BTreeSet::new();
    for (_, page) in pages() {
        for code in code_and_prose(&page).0 {
            for rest in code.split("hushlog ").skip(1) {
                let word: String = rest.chars().take_while(char::is_ascii_lowercase).collect();
                commands.insert(word);
            }
        }
    }
    commands.remove("");
    assert!(commands.len() >= 6, "the test looks for the wrong text: {commands:?}");
    for command in commands {
        let help = Command::new(env!("CARGO_BIN_EXE_hushlog")).args([&command, "--help"]).output().unwrap();
        assert!(help.status.success(), "a page names `hushlog {command}`, which does not exist");
    }
}

#[test]
fn every_test_that_the_architecture_names_exists() {
    let mut sources = Vec::new();
    files(&package().join("tests"), "rs", &mut sources);
    let sources: String = sources.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let page = fs::read_to_string(package().join("docs/architecture.md")).unwrap();
    let mut seen = 0;
    // Names of functions that read as sentences are those of tests.
    let sentence = |name: &str| name.split('_').count() > 4 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    for name in code_and_prose(&page).0.iter().filter(|name| sentence(name)) {
        seen += 1;
        assert!(sources.contains(&format!("fn {name}(")), "docs/architecture.md names the test {name}, which does not exist");
    }
    assert!(seen > 8, "the test looks for the wrong text");
}

/// Each page about a move shows a configuration first, which has to be one.
#[test]
#[cfg(all(feature = "server", feature = "aws"))]
fn configurations_of_the_pages_about_moves_are_right() {
    let mut checked = 0;
    for (path, page) in pages().iter().filter(|(path, _)| path.file_name().unwrap().to_string_lossy().starts_with("migrate-")) {
        let config = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), config).unwrap();
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_hushlog")).args(["check", "-c"]).arg(file.path()).output().unwrap();
        assert!(output.status.success(), "{}: {}", path.display(), String::from_utf8_lossy(&output.stderr));
        checked += 1;
    }
    assert_eq!(checked, 6);
}
