//! The engine: finds personal data, health data and secrets in bytes, and masks them.
//!
//! Third stage of the flow, and the only maker of clean bytes. The steps of a scan are
//! the submodules, in order: `classify`, `candidates`, `verify` (with
//! `validate`), `views`, `resolve`, `mask`; `stream` cuts an endless input
//! into records for them. Works on `&[u8]`, synchronously. It has no I/O, clock,
//! environment, async or logging, and scanning cannot fail.
#![deny(clippy::disallowed_methods)]

mod allow;
pub(crate) mod candidates;
pub mod catalog;
pub mod classify;
mod exclude;
mod explain;
mod find;
mod generalise;
mod layers;
pub(crate) mod limits;
mod lines;
mod loosening;
pub mod mask;
mod measure;
mod names;
mod networks;
mod paths;
mod place;
mod resolve;
mod rules;
mod scanner;
mod settings;
pub mod stream;
mod structural;
mod tables;
mod tally;
mod tokens;
pub(crate) mod validate;
mod verify;
mod views;

pub use classify::Kernel;
pub use explain::{Candidate, Outcome};
pub use find::{Finder, Found};
pub use loosening::Loosening;
pub use mask::{JsonNumbers, Mask};
pub use measure::{Measure, Stage};
pub use place::Resume;
pub use rules::{Cost, RuleInfo};
pub use stream::{OpenKey, Scratch, Stream};
pub use tokens::{Key, KeyError};

use crate::record::{Cleaned, Report};
use catalog::{KINDS, KindId, id};
use limits::Limits;
use mask::{Name, Output};
use rules::{Rule, Rules};
use scanner::Scanner;
use settings::Settings;
use std::borrow::Cow;
use std::sync::Arc;
use tally::Tally;

/// A scrubber with its kinds, rules and masks. Immutable; share it by reference.
///
/// ```
/// let engine = hushlog::Engine::standard();
/// let line = b"login ok ssn=123-45-6789 from 203.0.113.7\n";
/// assert_eq!(engine.scrub(line), b"login ok ssn=[US_SSN] from [IP_V4]\n");
/// ```
#[derive(Debug)]
pub struct Engine {
    settings: Settings,
    kernel: Kernel,
    rules: Option<Rules>,
}

impl Engine {
    /// The engine of the preset `standard`.
    pub fn standard() -> Self {
        Self { settings: Settings::standard(), kernel: Kernel::best(), rules: None }
    }

    /// Starts from the preset `standard`.
    pub fn builder() -> EngineBuilder {
        EngineBuilder {
            settings: Settings::standard(),
            kernel: Kernel::best(),
            rules: Vec::new(),
            masks: Vec::new(),
            min_confidence: Vec::new(),
            tokens: tokens::Request::default(),
            limits: None,
        }
    }

    /// Which kernel scans.
    pub fn kernel(&self) -> Kernel {
        self.kernel
    }

    /// The user rules, in the order they were added.
    pub fn rules(&self) -> impl Iterator<Item = RuleInfo<'_>> {
        self.rules.iter().flat_map(Rules::iter)
    }

    /// What the rule files let through: values, and fields.
    pub fn loosenings(&self) -> impl Iterator<Item = &Loosening> {
        let excludes = self.settings.exclude.iter().map(|exclude| &exclude.info);
        self.settings.allow.iter().map(|allow| &allow.info).chain(excludes)
    }

    /// Whether a built-in kind is looked for.
    pub fn looks_for(&self, kind: &str) -> bool {
        KINDS.iter().position(|known| known.id == kind).is_some_and(|at| self.settings.is_on(KindId(at as u16)))
    }

    /// Every kind that is looked for, and its mask.
    pub fn masks(&self) -> impl Iterator<Item = (&str, Mask)> {
        let kinds = (0..self.settings.masks.len()).map(|at| KindId(at as u16));
        kinds.filter_map(|kind| Some((self.name(kind).id, self.settings.mask(kind)?)))
    }

    /// Identifiers of the keys for tokens, the one that makes them first.
    pub fn key_ids(&self) -> &[String] {
        self.settings.tokens.as_ref().map(|tokens| tokens.ids()).unwrap_or_default()
    }

    /// A new stream of log bytes.
    pub fn stream(&self) -> Stream<'_> {
        Stream::new(self)
    }

    /// A new stream that uses the memory of an earlier one.
    pub fn stream_in(&self, scratch: Scratch) -> Stream<'_> {
        Stream::with(self, scratch)
    }

    /// A new search that reports findings instead of output.
    pub fn finder(&self) -> Finder<'_> {
        Finder::new(self)
    }

    /// Scrubs a whole input at once.
    pub fn scrub(&self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len());
        let mut stream = self.stream();
        stream.push(bytes, &mut |clean| out.extend_from_slice(clean.as_bytes()));
        stream.finish(&mut |clean| out.extend_from_slice(clean.as_bytes()));
        out
    }

    /// Findings in a whole input; offsets count from its start.
    pub fn find(&self, bytes: &[u8]) -> Vec<Found> {
        let mut found = Vec::new();
        let mut finder = self.finder();
        finder.push(bytes, &mut |finding| found.push(finding));
        finder.finish(&mut |finding| found.push(finding));
        found
    }

    /// Scrubs one decoded field: `key_path` names it (`user.email`), `value` is its text.
    ///
    /// A key of the catalogue gives the whole value its kind; otherwise the value is
    /// scanned as text. Counts go to `report`. With a finding in it, a field that a store routes by
    /// (`index`, `service`, `trace_id`, …) becomes a constant as a whole, so that the record stays deliverable.
    pub fn value<'v>(&self, key_path: &[u8], value: &'v [u8], report: &mut Report) -> Cleaned<'v> {
        report.bytes_in += value.len() as u64;
        let scanned = std::panic::catch_unwind(|| {
            let mut scanner = Scanner::new();
            scanner.scan_value(self, key_path, value);
            scanner
        });
        let bytes = match scanned {
            Ok(scanner) if scanner.spans.is_empty() => Cow::Borrowed(value),
            Ok(scanner) => {
                // A record that is to be dropped is dropped; any other one has to reach its store.
                let dropped = scanner.spans.iter().any(|span| span.mask == Mask::DropRecord);
                let constant = self.settings.structural.constant(key_path).filter(|_| !dropped);
                let mut out = Output::default();
                let mut tally = Tally::default();
                mask::write(self, value, 0, &scanner.spans, &scanner.rewritten, &mut out, &mut tally);
                if let Some(constant) = constant {
                    out.bytes.clear();
                    out.bytes.extend_from_slice(constant.as_bytes());
                    tally.report.structural += u64::from(constant.as_bytes() != value);
                }
                report.merge(&tally.report(self));
                Cow::Owned(out.bytes)
            }
            Err(_) => {
                report.withheld += 1;
                let constant = self.settings.structural.constant(key_path);
                Cow::Owned(constant.unwrap_or("[WITHHELD:panic]").as_bytes().to_vec())
            }
        };
        report.bytes_out += bytes.len() as u64;
        mask::cleaned(bytes)
    }

    /// Every candidate of one record, and what became of it.
    pub fn explain(&self, record: &[u8]) -> Vec<Candidate> {
        explain::explain(self, record)
    }

    /// Runs every verifier at every position, with no planes, shapes or anchors.
    #[cfg(any(test, feature = "test-hooks"))]
    #[doc(hidden)]
    pub fn scrub_naively(&self, bytes: &[u8]) -> Vec<u8> {
        let mut scanner = Scanner::new();
        scanner.scan_naively(self, bytes);
        let mut out = Output::default();
        mask::write(self, bytes, 0, &scanner.spans, &scanner.rewritten, &mut out, &mut Tally::default());
        out.bytes
    }

    fn name(&self, kind: KindId) -> Name<'_> {
        match kind.builtin() {
            Some(kind) => Name::of(kind),
            None => self.rules.as_ref().and_then(|rules| rules.name(kind)).unwrap_or(Name { id: "rule", label: "[RULE]", partial: None }),
        }
    }
}

/// Collects what an [`Engine`] should do.
#[derive(Debug)]
pub struct EngineBuilder {
    settings: Settings,
    kernel: Kernel,
    rules: Vec<Rule>,
    masks: Vec<(String, Mask)>,
    /// What rule files say, by kind or `default`.
    min_confidence: Vec<(String, u8)>,
    tokens: tokens::Request,
    limits: Option<Limits>,
}

/// Why an engine cannot be built.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub struct BuildError {
    problem: String,
}

fn refuse(problem: String) -> BuildError {
    BuildError { problem }
}

impl EngineBuilder {
    /// Takes the settings of a preset, in its default mode. [`crate::policy`] composes several.
    ///
    /// # Errors
    /// If there is no preset of that name.
    pub fn preset(self, name: &str) -> Result<Self, BuildError> {
        let limits =
            Limits::of(name, None).ok_or_else(|| refuse(format!("unknown preset `{name}`; known: {}", limits::names().join(", "))))?;
        Ok(self.limits(limits))
    }

    /// Takes the settings that presets give, and holds what follows to them.
    #[must_use]
    pub(crate) fn limits(mut self, limits: Limits) -> Self {
        self.settings.min_confidence = limits.min_confidence;
        self.settings.leave_internal_networks = limits.leave_internal_networks;
        self.settings.leave_system_users = limits.leave_system_users;
        self.settings.name_dictionary = limits.name_dictionary;
        self.settings.masks = limits.masks();
        self.limits = Some(limits);
        self
    }

    /// Sets how a kind, or a user rule's findings, are replaced. `generalise` of a kind that has no
    /// coarser form is `label`.
    ///
    /// # Errors
    /// If the mask cannot be used for the kind, or the preset does not allow it. An unknown kind is
    /// reported by [`Self::build`], because a rule file may still name it.
    pub fn mask(mut self, kind: &str, mask: Mask) -> Result<Self, BuildError> {
        let at = KINDS.iter().position(|known| known.id == kind);
        if let Some(at) = at
            && let Some(limits) = &self.limits
        {
            limits.check(at, kind, mask).map_err(refuse)?;
            let other = self.masks.iter().find(|(known, other)| known == kind && *other != mask);
            if let Some((_, other)) = other.filter(|_| limits.one_pan_mask && kind == "pan") {
                return Err(refuse(format!(
                    "`pan` has the mask `{other}` already; two masks of one card number can be put together again, so that it has one (PCI DSS 3.5.1.1)"
                )));
            }
        }
        if mask == Mask::Partial
            && let Some(known) = at.and_then(|at| KINDS.get(at))
            && known.partial.is_none()
        {
            return Err(refuse(format!(
                "mask `partial` is not allowed for `{kind}`: too little of it may be shown; use label, drop_value or drop_record"
            )));
        }
        let has_coarser = at.is_some_and(|at| catalog::GENERALISE.get(at).is_some_and(Option::is_some));
        self.masks.push((kind.to_owned(), if mask == Mask::Generalise && !has_coarser { Mask::Label } else { mask }));
        Ok(self)
    }

    /// Adds the user rules of one TOML text; `name` stands for it in errors.
    ///
    /// # Errors
    /// If the text is not a rule file, or a rule breaks a limit (see docs/rules.md).
    pub fn rules(mut self, name: &str, text: &str) -> Result<Self, BuildError> {
        let file = rules::parse(name, text).map_err(|error| refuse(error.to_string()))?;
        self.settings.allow.extend(file.allows.into_iter().map(Arc::new));
        self.settings.exclude.extend(file.excludes.into_iter().map(Arc::new));
        self.settings.internal_networks.extend(file.networks);
        self.min_confidence.extend(file.min_confidence);
        for (name, constant) in file.structural {
            self.settings.structural.add(&name, constant);
        }
        for rule in file.rules {
            if rule.kind.is_some() {
                self.rules.push(rule);
                continue;
            }
            if KINDS.iter().any(|kind| kind.id == rule.id) || self.rules.iter().any(|known| known.id == rule.id) {
                return Err(refuse(format!("{name}: rule `{}`: the id is taken", rule.id)));
            }
            self.rules.push(rule);
        }
        Ok(self)
    }

    /// Adds the format of a built-in kind at one site, as `[site]` of a rule file does.
    ///
    /// # Errors
    /// If there is no such kind, or the expression breaks a limit (see docs/rules.md).
    pub fn site(mut self, kind: &str, regex: &str) -> Result<Self, BuildError> {
        self.rules.push(rules::site_format(kind, regex.to_owned()).map_err(refuse)?);
        Ok(self)
    }

    /// Sets the confidence, from 0 to 1, below which findings do not count. Under a compliance preset it
    /// can only be lowered.
    #[must_use]
    pub fn min_confidence(mut self, confidence: f32) -> Self {
        let percent = (confidence.clamp(0.0, 1.0) * 100.0).round() as u8;
        let most = self.limits.as_ref().filter(|limits| limits.compliance).map_or(percent, |limits| limits.min_confidence);
        self.settings.min_confidence = percent.min(most);
        self
    }

    /// Sets the year in which ages are judged. Without it the mask `generalise` hides birth years.
    #[must_use]
    pub fn as_of(mut self, year: u16) -> Self {
        self.settings.as_of = Some(year);
        self
    }

    /// Sets what stands for a masked JSON number.
    #[must_use]
    pub fn json_numbers(mut self, numbers: JsonNumbers) -> Self {
        self.settings.json_numbers = numbers;
        self
    }

    /// Adds a key for the mask `token`. The first one makes tokens; what the others made is recognised.
    #[must_use]
    pub fn key(mut self, key: Key) -> Self {
        self.tokens.keys.push(key);
        self
    }

    /// Sets the zone and the tenant of tokens; those of different ones do not join.
    #[must_use]
    pub fn zone(mut self, zone: &str, tenant: &str) -> Self {
        (self.tokens.zone, self.tokens.tenant) = (zone.to_owned(), tenant.to_owned());
        self
    }

    /// Sets the calling code, such as `49`, of phone numbers that are written without one; for tokens.
    ///
    /// # Errors
    /// If it is not one to three digits.
    pub fn phone_country(mut self, code: &str) -> Result<Self, BuildError> {
        if !(1..=3).contains(&code.len()) || !code.bytes().all(|byte| byte.is_ascii_digit()) || code.starts_with('0') {
            return Err(refuse("a calling code has one to three digits and does not begin with 0, such as 49".to_owned()));
        }
        self.tokens.country = Some(code.to_owned());
        Ok(self)
    }

    /// Forces a kernel; one that the processor lacks falls back to the portable one.
    #[must_use]
    pub fn kernel(mut self, kernel: Kernel) -> Self {
        self.kernel = if kernel.is_available() { kernel } else { Kernel::Portable };
        self
    }

    /// Turns on the national identifiers of countries: a list such as `gb,de`, or `all`.
    ///
    /// A preset taken afterwards turns them off again.
    ///
    /// # Errors
    /// If there is no pack of one of the names.
    pub fn packs(mut self, list: &str) -> Result<Self, BuildError> {
        let unknown: Vec<&str> = list.split(',').map(str::trim).filter(|pack| *pack != "all" && !catalog::packs().contains(pack)).collect();
        if !unknown.is_empty() {
            let (unknown, known) = (unknown.join("`, `"), catalog::packs().join(", "));
            return Err(refuse(format!("there is no pack `{unknown}`; known: {known}, or `all`")));
        }
        for pack in list.split(',').map(str::trim) {
            let wanted = |kind: &catalog::Kind| kind.packs().any(|own| pack == "all" || own == pack);
            for (_, mask) in KINDS.iter().zip(&mut self.settings.masks).filter(|(kind, _)| wanted(kind)) {
                mask.get_or_insert(Mask::Label);
            }
        }
        Ok(self)
    }

    /// Looks for names of people in prose: a given and a family name together, from the dictionary that
    /// docs/limits.md describes. Off in `standard`; a preset taken afterwards decides again.
    #[must_use]
    pub fn name_dictionary(mut self, on: bool) -> Self {
        self.settings.name_dictionary = on;
        self
    }

    /// Turns on the kinds that the preset leaves out, those of all packs among them.
    #[must_use]
    pub fn all_kinds(mut self) -> Self {
        self.settings.masks.iter_mut().for_each(|mask| *mask = mask.or(Some(Mask::Label)));
        self
    }

    /// Turns off every built-in kind that is not named; user rules stay.
    ///
    /// # Errors
    /// If there is no kind of one of the names, or a compliance preset wants the others.
    pub fn only(mut self, kinds: &[&str]) -> Result<Self, BuildError> {
        if let Some(limits) = self.limits.as_ref().filter(|limits| limits.compliance) {
            return Err(refuse(format!("the preset `{}` cannot be narrowed to some kinds", limits.names.join(", "))));
        }
        if let Some(unknown) = kinds.iter().find(|kind| KINDS.iter().all(|known| known.id != **kind)) {
            return Err(refuse(format!("unknown kind `{unknown}`{}", nearest(unknown, &[]))));
        }
        self.settings.masks = KINDS.iter().map(|known| kinds.contains(&known.id).then_some(Mask::Label)).collect();
        Ok(self)
    }

    /// Settles how sure a finding has to be, by kind; of several files the last one counts.
    fn settle_confidence(&mut self, rules: &[String]) -> Result<(), BuildError> {
        for (kind, percent) in &self.min_confidence {
            if let Some(limits) = &self.limits {
                limits.check_confidence(kind, *percent).map_err(refuse)?;
            }
            if kind == "default" {
                self.settings.min_confidence = *percent;
            }
        }
        let named: Vec<_> = self.min_confidence.iter().filter(|(kind, _)| kind != "default").collect();
        if !named.is_empty() {
            self.settings.least = vec![self.settings.min_confidence; self.settings.masks.len()];
        }
        for (kind, percent) in named {
            let at = KINDS.iter().map(|known| known.id).chain(rules.iter().map(String::as_str)).position(|known| known == kind);
            match at.and_then(|at| self.settings.least.get_mut(at)) {
                Some(slot) => *slot = *percent,
                None => return Err(refuse(format!("`min_confidence`: unknown kind `{kind}`{}", nearest(kind, rules)))),
            }
        }
        Ok(())
    }

    /// Builds the engine.
    ///
    /// # Errors
    /// If a mask names an unknown kind, or the rules' patterns are too large together.
    pub fn build(mut self) -> Result<Engine, BuildError> {
        let first = u16::try_from(KINDS.len()).map_err(|_| refuse("too many kinds".to_owned()))?;
        let ids: Vec<String> = self.rules.iter().map(|rule| rule.id.clone()).collect();
        self.settings.masks.extend(self.rules.iter().map(|rule| Some(rule.mask.unwrap_or(Mask::Label))));
        if let Some(limits) = &self.limits {
            for rule in &self.rules {
                limits.check(usize::MAX, &rule.id, rule.mask.unwrap_or(Mask::Label)).map_err(refuse)?;
            }
            for (id, mask) in self.masks.iter().filter(|(id, _)| ids.contains(id)) {
                limits.check(usize::MAX, id, *mask).map_err(refuse)?;
            }
        }
        let mut unknown = Vec::new();
        for (kind, mask) in &self.masks {
            let at = KINDS.iter().map(|known| known.id).chain(ids.iter().map(String::as_str)).position(|known| known == kind);
            match at.and_then(|at| self.settings.masks.get_mut(at)) {
                Some(slot) => *slot = Some(*mask),
                None => unknown.push(format!("unknown kind `{kind}`{}", nearest(kind, &ids))),
            }
        }
        if !unknown.is_empty() {
            return Err(refuse(unknown.join("; ")));
        }
        self.settle_confidence(&ids)?;
        if let Some(limits) = &self.limits {
            limits.check_networks(&self.settings.internal_networks).map_err(refuse)?;
            // What a token hides, the digits beside it would tell (PCI DSS 3.5.1.1).
            let pan = self.settings.mask(id::PAN) == Some(Mask::Token);
            if let Some(slot) = self.settings.masks.get_mut(usize::from(id::PAN_PART.0)).filter(|_| pan && limits.one_pan_mask) {
                slot.get_or_insert(Mask::Label);
            }
        }
        self.settings.packs = KINDS.iter().zip(&self.settings.masks).any(|(kind, mask)| mask.is_some() && kind.packs().next().is_some());
        self.settings.labels = self.rules.iter().map(|rule| rule.label.clone()).collect();
        self.settings.tokens = tokens::Tokens::new(&self.tokens, &ids).map_err(refuse)?.map(Box::new);
        if self.settings.tokens.is_none()
            && let Some(at) = self.settings.masks.iter().position(|mask| *mask == Some(Mask::Token))
        {
            let kind = KINDS.iter().map(|kind| kind.id).chain(ids.iter().map(String::as_str)).nth(at).unwrap_or_default();
            return Err(refuse(format!("mask `token` of `{kind}` needs a key; `hushlog keygen` writes one, and `--key` names it")));
        }
        let rules = if self.rules.is_empty() { None } else { Some(Rules::build(self.rules, first).map_err(refuse)?) };
        Ok(Engine { settings: self.settings, kernel: self.kernel, rules })
    }
}

/// A hint at the known name that shares the most with `name`.
fn nearest(name: &str, rules: &[String]) -> String {
    let shared = |known: &str| {
        known.split('_').filter(|part| name.split('_').any(|own| own == *part)).count() * 8
            + known.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count()
    };
    let best = KINDS.iter().map(|kind| kind.id).chain(rules.iter().map(String::as_str)).max_by_key(|known| shared(known));
    best.filter(|known| shared(known) > 1).map_or_else(String::new, |known| format!("; the nearest is `{known}`"))
}

/// Whether a whole value passes the check, or one of the token patterns, of its kind.
#[cfg(any(test, feature = "test-hooks"))]
#[doc(hidden)]
pub fn accepts_value(kind: &'static catalog::Kind, value: &[u8]) -> bool {
    if verify::matches_program(kind, value) {
        return true;
    }
    kind.validator.is_some_and(|valid| valid(value))
}
