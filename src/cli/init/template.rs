//! The text of a configuration, part by part.

use super::Framework;
use hushlog::residency::Region;
use std::fmt::Write as _;

/// What the configuration is for.
pub(super) struct Answers<'a> {
    /// In the order of presets, each once.
    pub(super) frameworks: &'a [Framework],
    pub(super) region: &'static Region,
    pub(super) mrn: Option<&'a str>,
    pub(super) accession: Option<&'a str>,
    /// Address of an emulator that stands for all stores, for a trial.
    pub(super) emulator: Option<&'a str>,
}

impl Answers<'_> {
    fn has(&self, framework: Framework) -> bool {
        self.frameworks.contains(&framework)
    }
}

pub(super) fn write(answers: &Answers<'_>) -> String {
    let mut text = String::new();
    // Writing to memory cannot fail.
    let _ = head(&mut text, answers).and_then(|()| policy(&mut text, answers)).and_then(|()| server(&mut text, answers));
    text
}

fn head(out: &mut String, answers: &Answers<'_>) -> std::fmt::Result {
    let Region { name, place, zone, .. } = answers.region;
    let names: Vec<&str> = answers.frameworks.iter().map(|framework| framework.preset()).collect();
    writeln!(out, "# hushlog for {} in {name} ({place}, zone `{zone}`).", names.join(", "))?;
    writeln!(out, "# Lines marked CHANGE hold what only you know.\n#")?;
    writeln!(out, "# This supports compliance and does not make it: names in prose, places and what is in images are")?;
    writeln!(out, "# not all found (docs/policy.md, docs/limits.md).\n")
}

fn policy(out: &mut String, answers: &Answers<'_>) -> std::fmt::Result {
    writeln!(out, "# What is looked for and how it is masked. Of several presets the strictest of everything counts.")?;
    let presets: Vec<&str> = answers
        .frameworks
        .iter()
        .map(|framework| match framework {
            // The default, written out because it decides most.
            Framework::Hipaa => "{ hipaa: { mode: safe_harbor } }",
            other => other.preset(),
        })
        .collect();
    writeln!(out, "preset: [{}]", presets.join(", "))?;
    if answers.has(Framework::Hipaa) {
        writeln!(out, "# A limited data set keeps dates and ZIP codes and needs a data use agreement (45 CFR 164.514(e)):")?;
        writeln!(out, "# preset: [{{ hipaa: {{ mode: limited_data_set, reference: \"DUA …\" }} }}]")?;
    }
    writeln!(out, "\n# Where this instance runs. Records may only go to sinks that lie where their zone may go.")?;
    writeln!(out, "region: {}\n", answers.region.name)?;
    let pack = match answers.region.zone {
        "uk" => Some("gb"),
        // Of a union no country is the right one; the United States have no pack of their own.
        "eu" | "eea" | "us" => None,
        zone => Some(zone),
    };
    writeln!(out, "# Identifiers of single countries, such as health and tax numbers; `all`, or those of your people.")?;
    match pack.filter(|pack| hushlog::packs().contains(pack)) {
        Some(pack) => writeln!(out, "packs: [{pack}]\n")?,
        None => writeln!(out, "# packs: [de, fr]\n")?,
    }
    site(out, answers)?;
    writeln!(out, "# Kinds of your own and values that may stay (docs/rules.md). Seen from the folder of this file.")?;
    writeln!(out, "# rules: [\"rules/*.toml\"]\n")?;
    if answers.has(Framework::Gdpr) || answers.has(Framework::Pci) || answers.has(Framework::Soc2) {
        writeln!(out, "# Tokens let two lines be joined without the value; `hushlog keygen -o hushlog.key` makes a key.")?;
        if answers.has(Framework::Gdpr) {
            writeln!(out, "# They are pseudonyms, and personal data as long as the key exists (Article 4(5)).")?;
        }
        if answers.has(Framework::Hipaa) {
            writeln!(out, "# Safe Harbor allows none (45 CFR 164.514(c)).")?;
        }
        writeln!(out, "# masks: {{ email: token }}")?;
        writeln!(out, "# tokens: {{ keys: [{{ file: /run/secrets/hushlog/tokens }}], zone: {} }}\n", answers.region.zone)?;
    }
    Ok(())
}

fn site(out: &mut String, answers: &Answers<'_>) -> std::fmt::Result {
    let formats = [("mrn", answers.mrn), ("encounter_accession_id", answers.accession)];
    if !answers.has(Framework::Hipaa) && formats.iter().all(|(_, format)| format.is_none()) {
        return Ok(());
    }
    writeln!(out, "# How record and accession numbers look at your site. They have no format of their own: without")?;
    writeln!(out, "# one they are found behind a key (`mrn=…`) and not in the middle of a sentence.")?;
    if formats.iter().any(|(_, format)| format.is_some()) {
        writeln!(out, "site:")?;
    } else {
        writeln!(out, "# site:")?;
    }
    for (kind, format) in formats {
        match format {
            // In single quotes of YAML only the quote itself is doubled.
            Some(format) => writeln!(out, "  {kind}: '{}'", format.replace('\'', "''"))?,
            None => writeln!(out, "#   {kind}: '…'    # CHANGE")?,
        }
    }
    writeln!(out)
}

fn server(out: &mut String, answers: &Answers<'_>) -> std::fmt::Result {
    let region = answers.region.name;
    writeln!(out, "# From here on: where records come from and go to, for `hushlog run`.")?;
    writeln!(out, "sources:")?;
    writeln!(out, "  app: {{ type: http, listen: \"127.0.0.1:8088\" }}   # NDJSON, JSON arrays or text; gzip, zstd\n")?;
    writeln!(out, "residency:\n  default: {region}\n")?;
    writeln!(out, "routes:\n  - {{ to: [logs, archive] }}\n")?;
    writeln!(out, "sinks:")?;
    if answers.has(Framework::Hipaa) {
        writeln!(out, "  # Stores of protected health information need a business associate agreement (45 CFR 164.504(e)).")?;
    }
    match answers.emulator {
        Some(emulator) => trial(out, answers, emulator)?,
        None => stores(out, answers)?,
    }
    writeln!(out, "admin: {{ health: \"127.0.0.1:8081\", metrics: \"127.0.0.1:8091\" }}")
}

/// Days that CloudWatch keeps records. 45 CFR 164.316(b)(2) asks for six years of documentation, not of
/// logs; PCI DSS 10.5.1 for a year of audit logs.
fn keep(answers: &Answers<'_>) -> &'static str {
    if answers.has(Framework::Pci) { "365d" } else { "30d" }
}

fn baa(answers: &Answers<'_>) -> &'static str {
    if answers.has(Framework::Hipaa) { ", baa: \"CHANGE\"" } else { "" }
}

/// Stores at AWS, the folder on this machine, and an audit log that nobody can delete.
fn stores(out: &mut String, answers: &Answers<'_>) -> std::fmt::Result {
    let (region, keep, baa) = (answers.region.name, keep(answers), baa(answers));
    let change = if baa.is_empty() { "" } else { "   # CHANGE" };
    writeln!(out, "  # The group is made when it is missing, and credentials come by the usual chain of AWS (docs/sinks.md).")?;
    writeln!(
        out,
        "  logs:    {{ type: cloudwatch_logs, region: {region}, group: \"/hushlog/{{source}}\", stream: \"default\", retention: {keep}{baa} }}{change}"
    )?;
    writeln!(out, "  # Buckets are not made. `alias/aws/s3` is the key of your account; one of your own can be withdrawn.")?;
    writeln!(out, "  archive: {{ type: s3, region: {region}, bucket: change-me-logs, sse: {{ kms_key: alias/aws/s3 }}{baa} }}   # CHANGE")?;
    let worm = match (answers.has(Framework::Hipaa), answers.has(Framework::Soc2)) {
        (true, _) => "6y",
        (false, true) => "7y",
        _ if answers.has(Framework::Pci) => "1y",
        _ => "3y",
    };
    writeln!(out, "  # Audit records cannot be changed or deleted before this time is over.")?;
    writeln!(
        out,
        "  worm:    {{ type: s3, region: {region}, bucket: change-me-audit, sse: {{ kms_key: alias/aws/s3 }}, object_lock: {{ mode: compliance, retain: {worm} }}{baa} }}   # CHANGE\n"
    )?;
    writeln!(out, "# Records wait here, scrubbed, until a sink has taken them. The folder is made when it is missing.")?;
    if answers.has(Framework::Hipaa) || answers.has(Framework::Pci) {
        writeln!(out, "# Under this preset they are encrypted; the key is 32 bytes in a file of its own:")?;
        writeln!(out, "# head -c 32 /dev/urandom > /run/secrets/hushlog/buffer")?;
        writeln!(
            out,
            "buffer: {{ dir: /var/lib/hushlog, key: {{ file: /run/secrets/hushlog/buffer }}, max_bytes: 1GiB, when_full: block }}\n"
        )?;
    } else {
        writeln!(out, "buffer: {{ dir: /var/lib/hushlog, max_bytes: 1GiB, when_full: block }}\n")?;
    }
    writeln!(out, "audit: {{ path: /var/lib/hushlog/audit.jsonl, to: worm }}\n")
}

/// Stores of an emulator, and nothing that has to be there before.
fn trial(out: &mut String, answers: &Answers<'_>, emulator: &str) -> std::fmt::Result {
    let (region, keep, baa) = (answers.region.name, keep(answers), baa(answers));
    let place = format!("region: {region}, endpoint: \"{emulator}\", endpoint_region: {region}");
    writeln!(out, "  # A trial: all stores are the emulator. Write a file without `--emulator` for those of AWS.")?;
    writeln!(
        out,
        "  logs:    {{ type: cloudwatch_logs, {place}, group: \"/hushlog/{{source}}\", stream: \"default\", retention: {keep}{baa} }}"
    )?;
    writeln!(out, "  archive: {{ type: s3, {place}, bucket: hushlog-logs, sse: {{ kms_key: alias/aws/s3 }}{baa} }}\n")?;
    writeln!(out, "# Without a folder in `buffer` records wait in memory: a sender gets its answer when the stores have them.\n")?;
    writeln!(out, "audit: {{ path: hushlog-audit.jsonl }}\n")
}
