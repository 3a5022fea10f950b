//! What is looked for and how it is masked.

use super::fields::{At, Fields};
use super::names;
use super::problem::Problems;
use super::yaml::Value;

/// The policy of a configuration. Its names are known ones, but for kinds in `masks` that a rule file may have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyConfig {
    /// Presets, of which the strictest of everything counts; none means `standard`.
    pub presets: Vec<String>,
    /// Mode of the preset `hipaa`, and the document it stands on.
    pub mode: Option<String>,
    /// See `mode`.
    pub reference: Option<String>,
    /// Preset that nothing may be weaker than.
    pub floor: Option<String>,
    /// Packs of national identifiers.
    pub packs: Vec<String>,
    /// Rule files: paths or glob patterns, seen from the file's own folder.
    pub rules: Vec<String>,
    /// Formats of built-in kinds at this site.
    pub site: Vec<SiteFormat>,
    /// Masks of single kinds.
    pub masks: Vec<MaskChoice>,
    /// Key files for tokens, the one that makes tokens first.
    pub keys: Vec<String>,
    /// Zone of tokens.
    pub zone: Option<String>,
    /// Tenant of tokens.
    pub tenant: Option<String>,
    /// Calling code of phone numbers written without one; for tokens.
    pub phone_country: Option<String>,
}

/// How one site writes a built-in kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteFormat {
    /// Identifier of the kind.
    pub kind: String,
    /// A regular expression for the whole value.
    pub regex: String,
    /// Line in the configuration, counted from 1.
    pub line: usize,
}

/// How the findings of one kind are replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaskChoice {
    /// Identifier of the kind.
    pub kind: String,
    /// Name of the mask.
    pub mask: String,
    /// Line in the configuration, counted from 1.
    pub line: usize,
}

const PRESET: &str = "a preset such as `hipaa`, a list of them, or a preset with its mode: `{ hipaa: { mode: safe_harbor } }`";

impl PolicyConfig {
    pub(super) fn read(fields: &mut Fields<'_>, problems: &mut Problems) -> Self {
        let (mut policy, before) = (Self::default(), problems.len());
        let preset = fields.take("preset");
        for item in preset.iter().flat_map(At::list) {
            policy.read_preset(&item, problems);
        }
        let floor = fields.take("floor");
        policy.floor = floor.as_ref().and_then(|floor| floor.text(problems, "the name of a preset")).map(str::to_owned);
        if let (Some(at), Some(name)) = (&floor, &policy.floor) {
            names::presets(at, name, problems);
        }
        for item in fields.take("packs").iter().flat_map(At::list) {
            if let Some(codes) = item.text(problems, "country codes such as `[gb, de]`, or `all`") {
                names::packs(&item, codes, problems);
                policy.packs.push(codes.to_owned());
            }
        }
        policy.rules = texts(fields, "rules", problems, "paths of rule files, which may hold `*`");
        if let Some(map) =
            fields.take("site").and_then(|site| site.map(problems, "a map from kinds to expressions: `{ mrn: 'MR-[0-9]{7}' }`"))
        {
            for (kind, formats) in map.all() {
                for format in formats.list() {
                    if let Some(regex) = format.text(problems, "a regular expression, or a list of them") {
                        names::site(&format, kind, regex, problems);
                        policy.site.push(SiteFormat { kind: kind.to_owned(), regex: regex.to_owned(), line: format.node.line });
                    }
                }
            }
        }
        if let Some(map) = fields.take("masks").and_then(|masks| masks.map(problems, "a map from kinds to masks: `{ email: token }`")) {
            for (kind, at) in map.all() {
                if let Some(mask) = at.text(problems, "the name of a mask") {
                    names::mask(&at, mask, problems);
                    policy.masks.push(MaskChoice { kind: kind.to_owned(), mask: mask.to_owned(), line: at.node.line });
                }
            }
        }
        if let Some(mut tokens) = fields.take("tokens").and_then(|tokens| tokens.map(problems, "a map with `keys`")) {
            if let Some(keys) = tokens.take("keys") {
                policy.keys = keys.list().iter().filter_map(|key| file(key, problems)).collect();
            }
            policy.zone = text(&mut tokens, "zone", problems, "a name");
            policy.tenant = text(&mut tokens, "tenant", problems, "a name");
            policy.phone_country = text(&mut tokens, "phone_country", problems, "a calling code such as 49");
            tokens.finish(problems);
        }
        if problems.len() == before {
            let line = |at: &Option<At<'_>>| at.as_ref().map_or(1, |at| at.node.line);
            names::together(&policy, [line(&preset), line(&floor)], problems);
        }
        policy
    }

    fn read_preset(&mut self, item: &At<'_>, problems: &mut Problems) {
        let Value::Map(_) = &item.node.value else {
            if let Some(name) = item.text(problems, PRESET) {
                names::presets(item, name, problems);
                self.presets.push(name.to_owned());
            }
            return;
        };
        let Some(map) = item.map(problems, PRESET) else { return };
        for (name, settings) in map.all() {
            names::presets(item, name, problems);
            self.presets.push(name.to_owned());
            let Some(mut settings) = (!settings.node.is_empty()).then_some(()).and_then(|()| settings.map(problems, "`{ mode: … }`"))
            else {
                continue;
            };
            let at = settings.take("mode");
            let mode = at.as_ref().and_then(|mode| mode.text(problems, "the name of a mode")).map(str::to_owned);
            if let (Some(at), Some(mode)) = (&at, &mode) {
                names::mode(at, name, mode, problems);
            }
            let reference = text(&mut settings, "reference", problems, "the document that the mode stands on");
            (self.mode, self.reference) = (self.mode.take().or(mode), self.reference.take().or(reference));
            settings.finish(problems);
        }
    }
}

fn text(fields: &mut Fields<'_>, key: &'static str, problems: &mut Problems, allowed: &str) -> Option<String> {
    fields.take(key)?.text(problems, allowed).map(str::to_owned)
}

fn texts(fields: &mut Fields<'_>, key: &'static str, problems: &mut Problems, allowed: &str) -> Vec<String> {
    fields.take(key).map(|at| at.texts(problems, allowed)).unwrap_or_default()
}

/// A secret by its file: `{ file: … }`. It never stands in the configuration itself.
fn file(at: &At<'_>, problems: &mut Problems) -> Option<String> {
    const FORM: &str = "`{ file: PATH }`: a key stands in a file of its own, never here";
    let Value::Map(_) = &at.node.value else {
        at.wrong(problems, FORM);
        return None;
    };
    let mut map = at.map(problems, FORM)?;
    let path = text(&mut map, "file", problems, "a path");
    map.finish(problems);
    path
}
