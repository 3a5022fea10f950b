//! What is looked for and how it is masked.

use super::fields::{At, Fields};
use super::problem::Problems;
use super::yaml::Value;

/// The policy of a configuration. Names are checked when an engine is built from it.
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
    pub masks: Vec<(String, String)>,
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

const PRESET: &str = "a preset such as `hipaa`, a list of them, or a preset with its mode: `{ hipaa: { mode: safe_harbor } }`";

impl PolicyConfig {
    pub(super) fn read(fields: &mut Fields<'_>, problems: &mut Problems) -> Self {
        let mut policy = Self::default();
        if let Some(preset) = fields.take("preset") {
            for item in preset.list() {
                policy.read_preset(&item, problems);
            }
        }
        policy.floor = text(fields, "floor", problems, "the name of a preset");
        policy.packs = texts(fields, "packs", problems, "country codes such as `[gb, de]`, or `all`");
        policy.rules = texts(fields, "rules", problems, "paths of rule files, which may hold `*`");
        if let Some(map) =
            fields.take("site").and_then(|site| site.map(problems, "a map from kinds to expressions: `{ mrn: 'MR-[0-9]{7}' }`"))
        {
            for (kind, formats) in map.all() {
                for format in formats.list() {
                    if let Some(regex) = format.text(problems, "a regular expression, or a list of them") {
                        policy.site.push(SiteFormat { kind: kind.to_owned(), regex: regex.to_owned(), line: format.node.line });
                    }
                }
            }
        }
        if let Some(map) = fields.take("masks").and_then(|masks| masks.map(problems, "a map from kinds to masks: `{ email: token }`")) {
            for (kind, mask) in map.all() {
                if let Some(mask) = mask.text(problems, "the name of a mask") {
                    policy.masks.push((kind.to_owned(), mask.to_owned()));
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
        policy
    }

    fn read_preset(&mut self, item: &At<'_>, problems: &mut Problems) {
        let Value::Map(_) = &item.node.value else {
            self.presets.extend(item.text(problems, PRESET).map(str::to_owned));
            return;
        };
        let Some(map) = item.map(problems, PRESET) else { return };
        for (name, settings) in map.all() {
            self.presets.push(name.to_owned());
            let Some(mut settings) = (!settings.node.is_empty()).then_some(()).and_then(|()| settings.map(problems, "`{ mode: … }`"))
            else {
                continue;
            };
            let mode = text(&mut settings, "mode", problems, "the name of a mode");
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
