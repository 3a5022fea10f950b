//! User rules: TOML of the same form as the built-in detectors, compiled when loaded.
//!
//! A rule with a literal start, or with keys, is anchored and costs next to nothing
//! where its anchor is absent. All others share one multi-pattern search over every
//! byte, at the price that `cost` names. Patterns are byte-oriented with ASCII
//! classes, bounded to 4 KiB, and may not match the empty string or a line end.

use super::allow::{self, Allow, RawAllow};
use super::candidates::keys::segments_of;
use super::catalog::{Extent, KINDS, KindId};
use super::exclude::{self, Exclude, RawExclude};
use super::mask::{Mask, Name};
use super::networks::Network;
use super::settings::Settings;
use super::structural;
use super::validate::{self, VALIDATORS};
use super::verify::{Hit, Source};
use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::literal::Extractor;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Longest match of a rule, in bytes.
const MAX_LEN: usize = 4096;
/// Memory that all rules' lazy automata may take together, in bytes.
const CACHE: usize = 4 * 1024 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "rule")]
    rules: Vec<RawRule>,
    /// Formats of built-in kinds at one site.
    #[serde(default)]
    site: BTreeMap<String, Formats>,
    #[serde(default)]
    allow: Vec<RawAllow>,
    #[serde(default)]
    exclude: Vec<RawExclude>,
    #[serde(default)]
    internal_networks: Vec<String>,
    /// By kind, or `default`.
    #[serde(default)]
    min_confidence: BTreeMap<String, f64>,
    /// Constants by field.
    #[serde(default)]
    structural: BTreeMap<String, String>,
}

/// What a rule file says, checked.
pub(crate) struct Checked {
    pub(crate) rules: Vec<Rule>,
    pub(crate) allows: Vec<Allow>,
    pub(crate) excludes: Vec<Exclude>,
    pub(crate) networks: Vec<Network>,
    /// By kind, or `default`; in percent.
    pub(crate) min_confidence: Vec<(String, u8)>,
    pub(crate) structural: Vec<(String, String)>,
}

/// One expression, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Formats {
    One(String),
    Several(Vec<String>),
}

/// A rule as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    id: String,
    name: Option<String>,
    regex: Option<String>,
    #[serde(default)]
    keys: Vec<String>,
    validator: Option<String>,
    mask: Option<String>,
    confidence: Option<f64>,
    #[serde(rename = "match", default)]
    positives: Vec<String>,
    #[serde(rename = "no_match", default)]
    negatives: Vec<String>,
}

/// What finding a rule costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// Only places with its literal or key are looked at.
    Anchored,
    /// Every byte is looked at.
    FullScan,
}

/// A checked rule.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) label: String,
    /// The built-in kind that it is a format of.
    pub(crate) kind: Option<KindId>,
    pub(crate) mask: Option<Mask>,
    pub(crate) cost: Cost,
    keys: Vec<String>,
    regex: Option<String>,
    literals: Vec<Vec<u8>>,
    validator: Option<fn(&[u8]) -> bool>,
    confidence: u8,
    positives: Vec<String>,
    negatives: Vec<String>,
}

/// What a user rule is and costs.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RuleInfo<'e> {
    /// Its identifier.
    pub id: &'e str,
    /// What it is replaced by under the mask `label`.
    pub label: &'e str,
    /// How it is searched.
    pub cost: Cost,
    /// Lines in which `«…»` is what has to be found.
    pub positives: &'e [String],
    /// Lines in which it must not be found.
    pub negatives: &'e [String],
}

/// Why a rule file was refused. Names the file and the rule, never log content.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {problem}")]
pub(crate) struct RuleError {
    file: String,
    problem: String,
}

/// Parses and checks one file.
pub(crate) fn parse(file: &str, text: &str) -> Result<Checked, RuleError> {
    let refuse = |problem: String| RuleError { file: file.to_owned(), problem };
    // The parser's own text quotes the file, which may be a log given by mistake.
    let parsed: File = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| text.as_bytes().iter().take(span.start).filter(|byte| **byte == b'\n').count() + 1);
        let names_only = error.message().starts_with("unknown field") || error.message().starts_with("missing field");
        let problem =
            if names_only { error.message() } else { "not a rule file; [[rule]] tables of the form in docs/rules.md are allowed" };
        refuse(format!("line {line}: {problem}"))
    })?;
    let own = parsed.rules.into_iter().map(check);
    let site = parsed.site.into_iter().flat_map(|(kind, formats)| {
        let formats = match formats {
            Formats::One(format) => vec![format],
            Formats::Several(formats) => formats,
        };
        formats.into_iter().map(move |format| site_format(&kind, format))
    });
    let rules = own.chain(site).collect::<Result<_, _>>().map_err(refuse)?;
    let allows = parsed.allow.into_iter().map(allow::check).collect::<Result<_, _>>().map_err(refuse)?;
    let excludes = parsed.exclude.into_iter().map(exclude::check).collect::<Result<_, _>>().map_err(refuse)?;
    let networks = parsed.internal_networks.iter().map(|text| network(text)).collect::<Result<_, _>>().map_err(refuse)?;
    let least = parsed.min_confidence.into_iter().map(|(kind, least)| match percent(least) {
        Some(percent) => Ok((kind, percent)),
        None => Err(format!("`min_confidence` of `{kind}` is {least}; it must be from 0 to 1")),
    });
    let min_confidence = least.collect::<Result<_, _>>().map_err(refuse)?;
    for (name, constant) in &parsed.structural {
        structural::check(name, constant).map_err(refuse)?;
    }
    let structural = parsed.structural.into_iter().collect();
    Ok(Checked { rules, allows, excludes, networks, min_confidence, structural })
}

fn network(text: &str) -> Result<Network, String> {
    Network::parse(text).ok_or_else(|| "`internal_networks`: each must be a network, such as 10.20.0.0/16 or fd00::/8".to_owned())
}

fn percent(confidence: f64) -> Option<u8> {
    (0.0..=1.0).contains(&confidence).then(|| (confidence * 100.0).round() as u8)
}

/// How one site writes a built-in kind.
pub(crate) fn site_format(kind: &str, format: String) -> Result<Rule, String> {
    let at = format!("site format of `{kind}`");
    let Some((index, builtin)) = KINDS.iter().enumerate().find(|(_, known)| known.id == kind) else {
        return Err(format!("{at}: there is no such kind; `hushlog rules list` names them"));
    };
    let literals = literals(&format).map_err(|problem| format!("{at}: the expression {problem}"))?;
    Ok(Rule {
        id: kind.to_owned(),
        label: builtin.label.to_owned(),
        kind: Some(KindId(index as u16)),
        mask: None,
        cost: if literals.is_empty() { Cost::FullScan } else { Cost::Anchored },
        keys: Vec::new(),
        regex: Some(format),
        literals,
        validator: None,
        confidence: 90,
        positives: Vec::new(),
        negatives: Vec::new(),
    })
}

fn check(raw: RawRule) -> Result<Rule, String> {
    let at = format!("rule `{}`", raw.id);
    let plain = |text: &str| {
        !text.is_empty() && text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if !plain(&raw.id) {
        return Err(format!("{at}: `id` must be 1 to 64 lower-case letters, digits and `_`"));
    }
    if raw.regex.is_none() && raw.keys.is_empty() {
        return Err(format!("{at}: needs `regex` or `keys`"));
    }
    if let Some(key) = raw.keys.iter().find(|key| !plain(key)) {
        return Err(format!("{at}: key `{key}` must be written in lower snake case"));
    }
    let _ = raw.name;
    let validator = match &raw.validator {
        None => None,
        Some(name) => match validate::by_name(name) {
            Some(valid) => Some(valid),
            None => {
                return Err(format!(
                    "{at}: unknown validator `{name}`; known are {}",
                    VALIDATORS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
                ));
            }
        },
    };
    let mask = match &raw.mask {
        None => None,
        Some(name) => Some(name.parse::<Mask>().map_err(|error| format!("{at}: `mask` is `{name}`: {error}"))?),
    };
    if let Some(mask @ (Mask::Partial | Mask::Generalise)) = mask {
        return Err(format!("{at}: `{mask}` is for built-in kinds; use label, drop_value or drop_record"));
    }
    let confidence = raw.confidence.unwrap_or(0.9);
    let Some(confidence) = percent(confidence) else {
        return Err(format!("{at}: `confidence` is {confidence}; it must be from 0 to 1"));
    };
    let (literals, cost) = match &raw.regex {
        Some(regex) => {
            let literals = literals(regex).map_err(|problem| format!("{at}: `regex` {problem}"))?;
            let cost = if literals.is_empty() && raw.keys.is_empty() { Cost::FullScan } else { Cost::Anchored };
            (literals, cost)
        }
        None => (Vec::new(), Cost::Anchored),
    };
    Ok(Rule {
        label: format!("[{}]", raw.id.to_uppercase()),
        id: raw.id,
        kind: None,
        mask,
        cost,
        keys: raw.keys,
        regex: raw.regex,
        literals,
        validator,
        confidence,
        positives: raw.positives,
        negatives: raw.negatives,
    })
}

/// Bytes, ASCII classes, `.` without line ends.
pub(crate) fn syntax() -> syntax::Config {
    syntax::Config::new().unicode(false).utf8(false)
}

/// The literals one of which starts every match; empty when there are none of three bytes or more.
fn literals(pattern: &str) -> Result<Vec<Vec<u8>>, String> {
    let hir = syntax::parse_with(pattern, &syntax()).map_err(|error| match error {
        // The error itself quotes the expression.
        regex_syntax::Error::Parse(error) => format!("cannot be read: {}", error.kind()),
        regex_syntax::Error::Translate(error) => format!("cannot be read: {}", error.kind()),
        _ => "cannot be read".to_owned(),
    })?;
    match hir.properties().maximum_len() {
        Some(most) if most <= MAX_LEN => {}
        _ => return Err(format!("can match more than {MAX_LEN} bytes; bound its repetitions, e.g. `{{0,64}}`")),
    }
    if hir.properties().minimum_len().unwrap_or(0) == 0 {
        return Err("can match nothing; make at least one part required".to_owned());
    }
    let mut found = Extractor::new().extract(&hir);
    // A class behind the literal (`MR-[0-9]`) multiplies it: what all have in common is enough.
    for length in (3..=8).rev() {
        if found.len().is_none_or(|count| count > 16) {
            found.keep_first_bytes(length);
            found.dedup();
        }
    }
    let literals = found.literals().unwrap_or_default();
    let usable = !literals.is_empty() && literals.len() <= 16 && literals.iter().all(|literal| literal.as_bytes().len() >= 3);
    Ok(if usable { literals.iter().map(|literal| literal.as_bytes().to_vec()).collect() } else { Vec::new() })
}

/// Compiled rules of one engine; their kinds come after the built-in ones.
#[derive(Debug)]
pub(crate) struct Rules {
    rules: Vec<Rule>,
    first: u16,
    /// Literals of anchored rules, and the rule of each.
    literals: Option<(aho_corasick::AhoCorasick, Vec<usize>)>,
    anchored: Vec<Option<Regex>>,
    full: Option<(Regex, Vec<usize>)>,
}

impl Rules {
    pub(crate) fn build(rules: Vec<Rule>, first: u16) -> Result<Self, String> {
        let searching: Vec<usize> =
            (0..rules.len()).filter(|at| rules.get(*at).is_some_and(|rule| rule.regex.is_some() && rule.keys.is_empty())).collect();
        let share = CACHE / searching.len().clamp(1, 64);
        let compile = |patterns: &[&str], cache: usize| {
            Regex::builder()
                .syntax(syntax())
                .configure(Regex::config().utf8_empty(false).hybrid_cache_capacity(cache).nfa_size_limit(Some(CACHE)))
                .build_many(patterns)
                .map_err(|_| "a pattern is too large when compiled".to_owned())
        };
        let mut anchored = Vec::new();
        for rule in &rules {
            let wanted = rule.regex.as_deref().filter(|_| !rule.literals.is_empty() || !rule.keys.is_empty());
            anchored.push(wanted.map(|pattern| compile(&[pattern], share)).transpose()?);
        }
        let full: Vec<usize> = searching.into_iter().filter(|at| rules.get(*at).is_some_and(|rule| rule.cost == Cost::FullScan)).collect();
        let patterns: Vec<&str> = full.iter().filter_map(|at| rules.get(*at)?.regex.as_deref()).collect();
        let full = if patterns.is_empty() { None } else { Some((compile(&patterns, share)?, full)) };
        let mut words: Vec<&[u8]> = Vec::new();
        let mut owners = Vec::new();
        for (at, rule) in rules.iter().enumerate().filter(|(_, rule)| rule.keys.is_empty()) {
            words.extend(rule.literals.iter().map(Vec::as_slice));
            owners.resize(words.len(), at);
        }
        let literals = if words.is_empty() {
            None
        } else {
            Some((aho_corasick::AhoCorasick::new(&words).map_err(|_| "too many literals".to_owned())?, owners))
        };
        Ok(Self { rules, first, literals, anchored, full })
    }

    /// What a rule's kind is called.
    pub(crate) fn name(&self, kind: KindId) -> Option<Name<'_>> {
        let rule = self.rules.get(usize::from(kind.0.checked_sub(self.first)?))?;
        Some(Name { id: &rule.id, label: &rule.label, partial: None })
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = RuleInfo<'_>> {
        self.rules.iter().map(|rule| RuleInfo {
            id: &rule.id,
            label: &rule.label,
            cost: rule.cost,
            positives: &rule.positives,
            negatives: &rule.negatives,
        })
    }

    /// Adds the findings of all rules in `hay`.
    pub(crate) fn find(&self, hay: &[u8], settings: &Settings, hits: &mut Vec<Hit>) {
        if let Some((words, owners)) = &self.literals {
            for word in words.find_overlapping_iter(hay) {
                let Some(at) = owners.get(word.pattern().as_usize()).copied() else { continue };
                let Some(regex) = self.anchored.get(at).and_then(Option::as_ref) else { continue };
                let limit = hay.len().min(word.start() + MAX_LEN);
                let input = Input::new(hay).range(word.start()..limit).anchored(Anchored::Yes);
                if let Some(found) = regex.find(input) {
                    self.accept(at, hay, found.start(), found.end(), settings, hits);
                }
            }
        }
        if let Some((regex, owners)) = &self.full {
            for found in regex.find_iter(hay) {
                if let Some(at) = owners.get(found.pattern().as_usize()) {
                    self.accept(*at, hay, found.start(), found.end(), settings, hits);
                }
            }
        }
        if self.rules.iter().any(|rule| !rule.keys.is_empty()) {
            self.keyed(hay, settings, hits);
        }
    }

    /// Values that a rule's key names.
    fn keyed(&self, hay: &[u8], settings: &Settings, hits: &mut Vec<Hit>) {
        for mark in memchr::memchr2_iter(b'=', b':', hay) {
            for (at, rule) in self.rules.iter().enumerate().filter(|(_, rule)| !rule.keys.is_empty()) {
                if !rule.keys.iter().any(|key| segments_of(hay, mark, key)) {
                    continue;
                }
                let spaced = hay.get(mark) == Some(&b':');
                let Some(value) = super::verify::value_after(hay, mark + 1, Extent::Token, spaced) else { continue };
                let text = hay.get(value.0..value.1).unwrap_or_default();
                let whole = match self.anchored.get(at).and_then(Option::as_ref) {
                    Some(regex) => regex.find(Input::new(text).anchored(Anchored::Yes)).is_some_and(|found| found.end() == text.len()),
                    None => true,
                };
                if whole {
                    self.accept(at, hay, value.0, value.1, settings, hits);
                }
            }
        }
    }

    fn accept(&self, at: usize, hay: &[u8], start: usize, end: usize, settings: &Settings, hits: &mut Vec<Hit>) {
        let Some(rule) = self.rules.get(at) else { return };
        let kind = rule.kind.unwrap_or(KindId(self.first + at as u16));
        let value = hay.get(start..end).unwrap_or_default();
        // A scrubbed value is not scrubbed again, and no finding crosses a record end.
        let own = super::verify::is_placeholder(settings, value) || super::verify::in_own_label(settings, hay, start, end);
        let clean_cut = memchr::memchr2(b'\n', b'\r', value).is_none();
        if !own && clean_cut && settings.wants(kind, rule.confidence) && rule.validator.is_none_or(|valid| valid(value)) {
            hits.push(Hit {
                start: start as u32,
                end: end as u32,
                kind,
                confidence: rule.confidence,
                source: Source::Rule,
                cut: false,
                pending: false,
                pending_next: false,
            });
        }
    }
}
