//! The inventory of `replay --dry-run`: as text, as JSON, and as a page with charts.
//!
//! The page is one file without scripts or anything from elsewhere. What it shows of inputs is scrubbed
//! names, kinds and counts.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hushlog::replay::Inventory;

use crate::cli::text::{bytes, counted, escape_controls, grouped};

/// Files that text and page list: those with the most findings.
const FILES: usize = 100;

/// Form of the inventory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// Tables for people
    #[default]
    Text,
    /// One JSON object, for programs
    Json,
    /// A page with charts
    Html,
}

/// The inventory in this form.
pub(super) fn page(found: &Inventory, format: Format) -> Vec<u8> {
    match format {
        Format::Json => {
            // Nothing in it cannot be written.
            let mut text = serde_json::to_vec_pretty(found).unwrap_or_default();
            text.push(b'\n');
            text
        }
        Format::Text => text(found).into_bytes(),
        Format::Html => html(found).into_bytes(),
    }
}

/// A heading, and rows of name and count, the most frequent first.
type Section = (&'static str, Vec<(String, u64)>);

fn sections(found: &Inventory) -> [Section; 4] {
    let kinds = found.findings.iter().map(|(kind, count)| (kind.clone(), *count)).collect();
    let files = found.files.iter().map(|file| (file.name.clone(), file.findings.values().sum())).filter(|(_, count)| *count > 0).collect();
    let mut files = sorted(files);
    files.truncate(FILES);
    let months = sums(&found.months).collect();
    let keys = found.keys.iter().flat_map(|(key, kinds)| kinds.iter().map(move |(kind, count)| (format!("{key} ({kind})"), *count)));
    [("By kind", sorted(kinds)), ("By key or column", sorted(keys.collect())), ("By month of the file", months), ("By file", files)]
}

fn sums(groups: &BTreeMap<String, BTreeMap<String, u64>>) -> impl Iterator<Item = (String, u64)> {
    groups.iter().map(|(name, kinds)| (name.clone(), kinds.values().sum()))
}

fn sorted(mut rows: Vec<(String, u64)>) -> Vec<(String, u64)> {
    rows.sort_by(|(one, few), (other, many)| many.cmp(few).then_with(|| one.cmp(other)));
    rows
}

fn summary(found: &Inventory) -> String {
    let size = found.files.iter().map(|file| file.size).sum();
    let total: u64 = found.findings.values().sum();
    format!(
        "{}, {}, {}; {} in {} of them",
        counted(found.files.len() as u64, "files"),
        bytes(size),
        counted(found.records, "records"),
        counted(total, "findings"),
        grouped(found.records_with_findings)
    )
}

/// What could not be read, with its reason.
fn problems(found: &Inventory) -> impl Iterator<Item = (&str, &str)> {
    found.files.iter().filter_map(|file| Some((file.name.as_str(), file.problem.as_deref()?)))
}

fn text(found: &Inventory) -> String {
    let mut page = format!("{}\n", summary(found));
    for (heading, rows) in sections(found) {
        let _ = writeln!(page, "\n{heading}");
        for (name, count) in rows {
            let _ = writeln!(page, "{:>14}  {}", grouped(count), escape_controls(&name));
        }
    }
    for (at, (name, problem)) in problems(found).enumerate() {
        page.push_str(if at == 0 { "\nNot read to the end\n" } else { "" });
        let _ = writeln!(page, "  {}: {problem}", escape_controls(name));
    }
    page
}

const HEAD: &str = "<!DOCTYPE html>
<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Inventory of personal data</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
svg { width: 100%; height: auto; font: 12px system-ui, sans-serif } rect { fill: #3b6ea5 } text { fill: #222 }
</style></head><body>
<h1>Inventory of personal data</h1>
";

fn html(found: &Inventory) -> String {
    let mut page = HEAD.to_owned();
    let _ = writeln!(page, "<p>{}</p>", escape(&summary(found)));
    for (heading, rows) in sections(found) {
        let _ = writeln!(page, "<h2>{heading}</h2>");
        if rows.is_empty() {
            page.push_str("<p>none</p>\n");
        } else {
            chart(&mut page, &rows);
        }
    }
    for (at, (name, problem)) in problems(found).enumerate() {
        page.push_str(if at == 0 { "<h2>Not read to the end</h2>\n" } else { "" });
        let _ = writeln!(page, "<p>{}: {}</p>", escape(name), escape(problem));
    }
    page.push_str("</body></html>\n");
    page
}

/// Bars, the longest as wide as there is room.
fn chart(page: &mut String, rows: &[(String, u64)]) {
    let most = rows.iter().map(|(_, count)| *count).max().unwrap_or(1).max(1);
    let _ = writeln!(page, "<svg viewBox=\"0 0 900 {}\" role=\"img\">", rows.len() * 20 + 4);
    for (at, (name, count)) in rows.iter().enumerate() {
        let (y, width) = (at * 20, (u128::from(*count) * 450 / u128::from(most)).max(1));
        // Long names are cut at their start: the end tells files apart.
        let skip = name.chars().count().saturating_sub(48);
        let shown: String = name.chars().skip(skip).collect();
        let _ = writeln!(
            page,
            "<text x=\"330\" y=\"{}\" text-anchor=\"end\">{}{}</text><rect x=\"340\" y=\"{}\" width=\"{width}\" height=\"14\"/>\
             <text x=\"{}\" y=\"{}\">{}</text>",
            y + 14,
            if skip > 0 { "…" } else { "" },
            escape(&shown),
            y + 3,
            width + 346,
            y + 14,
            grouped(*count)
        );
    }
    page.push_str("</svg>\n");
}

fn escape(text: &str) -> String {
    escape_controls(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
