//! docs/operations.md, the dashboard and the alerts name the metrics that there are.

use hushlog::telemetry::names::{ALL, Form};
use saphyr_parser::{Event, Parser};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const OPEN: &str = "<!-- Metrics: generated";
const CLOSE: &str = "<!-- /Metrics -->";

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn table() -> String {
    let mut table = "\n| metric | form | unit | labels | what it says |\n|---|---|---|---|---|\n".to_owned();
    for metric in ALL {
        let form = match metric.form {
            Form::Counter => "counter",
            Form::Gauge => "gauge",
            Form::Histogram => "histogram",
        };
        let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        let _ = writeln!(table, "| `{}` | {form} | `{}` | {} | {} |", metric.name, metric.unit, labels.join(", "), metric.help);
    }
    table.push('\n');
    table
}

/// Names of metrics in a text; those of a histogram's parts stand for it.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let names = words.filter(|word| word.starts_with("hushlog_"));
    names
        .map(|name| {
            let parts = ["_bucket", "_sum", "_count"];
            let whole = parts
                .iter()
                .find_map(|part| name.strip_suffix(part))
                .filter(|whole| ALL.iter().any(|metric| metric.name == *whole && metric.form == Form::Histogram));
            whole.unwrap_or(name).to_owned()
        })
        .collect()
}

/// Every plain text of a YAML file, if it is one.
fn scalars(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for event in Parser::new_from_str(text) {
        if let Event::Scalar(text, ..) = event.unwrap().0 {
            found.push(text.into_owned());
        }
    }
    found
}

#[test]
fn the_page_of_operations_lists_every_metric() {
    let page = read("docs/operations.md");
    let (before, rest) = page.split_once(OPEN).unwrap();
    let (comment, rest) = rest.split_once('\n').unwrap();
    let (_, after) = rest.split_once(CLOSE).unwrap();
    let expected = format!("{before}{OPEN}{comment}\n{}{CLOSE}{after}", table());
    if std::env::var_os("UPDATE_DOCS").is_some_and(|value| value == "1") {
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operations.md"), &expected).unwrap();
    }
    assert!(read("docs/operations.md") == expected, "docs/operations.md is out of date; run: UPDATE_DOCS=1 cargo test --release watch");
}

#[test]
fn dashboard_alerts_and_pages_name_metrics_that_there_are() {
    let known: BTreeSet<String> = ALL.iter().map(|metric| metric.name.to_owned()).collect();
    assert_eq!(known.len(), ALL.len(), "a name stands twice");
    for path in ["deploy/grafana/hushlog.json", "deploy/prometheus/alerts.yaml", "docs/operations.md", "docs/audit.md"] {
        let unknown: Vec<String> = named(&read(path)).difference(&known).cloned().collect();
        assert!(unknown.is_empty(), "{path} names {unknown:?}, which src/telemetry/names.rs does not have");
    }
    let shown = named(&read("deploy/grafana/hushlog.json"));
    let unseen: Vec<&String> = known.difference(&shown).filter(|name| *name != "hushlog_audit_head").collect();
    assert!(unseen.is_empty(), "the dashboard does not show {unseen:?}");
}

#[test]
fn dashboard_and_alerts_are_files_of_their_formats() {
    let dashboard: serde_json::Value = serde_json::from_str(&read("deploy/grafana/hushlog.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let ids: BTreeSet<u64> = panels.iter().map(|panel| panel["id"].as_u64().unwrap()).collect();
    assert_eq!(ids.len(), panels.len());
    for panel in panels.iter().filter(|panel| panel["type"] != "row") {
        assert!(!panel["targets"].as_array().unwrap().is_empty() && panel["description"].is_string(), "{}", panel["title"]);
    }
    let alerts = scalars(&read("deploy/prometheus/alerts.yaml"));
    assert!(alerts.len() > 100, "{}", alerts.len());
}

#[test]
fn every_alert_has_its_entry_in_the_runbook() {
    let page = read("docs/operations.md");
    let entries: BTreeSet<&str> =
        page.lines().filter_map(|line| line.strip_prefix("### ")).filter(|name| name.starts_with("Hushlog")).collect();
    let alerts = scalars(&read("deploy/prometheus/alerts.yaml"));
    let names: BTreeSet<&str> = alerts.windows(2).filter(|pair| pair[0] == "alert").map(|pair| pair[1].as_str()).collect();
    assert!(names.len() >= 8, "{names:?}");
    assert_eq!(names, entries);
    for name in names {
        let runbook = format!("docs/operations.md#{}", name.to_lowercase());
        assert!(alerts.contains(&runbook), "{name} does not lead to its entry");
    }
}
