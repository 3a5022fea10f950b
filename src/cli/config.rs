//! A configuration file as options: what stands in it, and what the command line adds.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use hushlog::config::{Config, MAX_BYTES, PolicyConfig, Problems};
use hushlog::{EngineBuilder, Mask};

use super::exit::Failure;
use super::policy;
use super::setup::PolicyOptions;
use super::text::printable;

/// A configuration and where it stands.
pub(super) struct ConfigFile {
    /// As messages name it.
    name: String,
    folder: PathBuf,
    policy: PolicyConfig,
}

/// Reads and checks a configuration. Gives the name that messages use for it, too.
pub(super) fn load(path: &Path) -> Result<(String, Config), Failure> {
    let (file, config, problems) = load_partly(path)?;
    if problems.is_empty() { Ok((file, config)) } else { Err(Failure::Config { file, problems }) }
}

/// The same for who looks for more that is wrong with it.
pub(super) fn load_partly(path: &Path) -> Result<(String, Config, Problems), Failure> {
    let name = printable(path.as_os_str());
    let mut text = String::new();
    // One byte more shows that there is too much.
    let outcome = File::open(path).and_then(|file| file.take(MAX_BYTES as u64 + 1).read_to_string(&mut text));
    outcome.map_err(|source| Failure::ConfigUnread { file: name.clone(), source })?;
    let (config, problems) = Config::parse_partly(&text);
    Ok((name, config.in_folder(path.parent().unwrap_or(Path::new(""))), problems))
}

/// Reads the policy of a configuration.
pub(super) fn read(path: &Path) -> Result<ConfigFile, Failure> {
    let (name, config) = load(path)?;
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    Ok(ConfigFile { name, folder, policy: config.policy })
}

impl ConfigFile {
    /// The options of the file with those of the command line added.
    pub(super) fn merged(&self, given: &PolicyOptions) -> Result<PolicyOptions, Failure> {
        let mut options = given.clone();
        let policy = &self.policy;
        if !policy.presets.is_empty() {
            options.preset = policy.presets.join(",");
        }
        let masking = &mut options.masking;
        (masking.mode, masking.reference, masking.floor) = (policy.mode.clone(), policy.reference.clone(), policy.floor.clone());
        // Keys of the command line come first: the first makes tokens.
        masking.keys.extend(policy.keys.iter().map(|key| self.folder.join(key)));
        for (own, theirs) in [(&mut masking.zone, &policy.zone), (&mut masking.tenant, &policy.tenant)] {
            if let (true, Some(theirs)) = (own.is_empty(), theirs) {
                theirs.clone_into(own);
            }
        }
        masking.phone_country = masking.phone_country.take().or_else(|| policy.phone_country.clone());
        let packs: Vec<&str> = policy.packs.iter().map(String::as_str).chain(options.packs.as_deref()).collect();
        options.packs = match packs.as_slice() {
            [] => None,
            packs if packs.contains(&"all") => Some("all".to_owned()),
            packs => Some(packs.join(",")),
        };
        let mut rules = Vec::new();
        for pattern in &policy.rules {
            rules.extend(self.rule_files(pattern)?);
        }
        rules.append(&mut options.rules);
        options.rules = rules;
        Ok(options)
    }

    /// An engine with what only a file can say: formats of the site, and masks.
    pub(super) fn builder(&self, options: &PolicyOptions) -> Result<EngineBuilder, Failure> {
        let mut builder = policy::builder(&options.preset, &options.masking)?;
        for format in &self.policy.site {
            let place = format!("line {}", format.line);
            builder = builder.site(&format.kind, &format.regex).map_err(|source| self.refuse(place, source.into()))?;
        }
        for choice in &self.policy.masks {
            let place = || format!("`masks.{}`", choice.kind);
            let mask: Mask = choice.mask.parse().map_err(|source| self.refuse(place(), Box::new(source)))?;
            builder = builder.mask(&choice.kind, mask).map_err(|source| self.refuse(place(), source.into()))?;
        }
        Ok(builder)
    }

    /// The files that a path or pattern names; a path without a `*` has to be there.
    fn rule_files(&self, pattern: &str) -> Result<Vec<PathBuf>, Failure> {
        let path = self.folder.join(pattern);
        if !pattern.contains(['*', '?', '[']) {
            return Ok(vec![path]);
        }
        let refuse = |source| self.refuse("`rules`".to_owned(), source);
        let found = glob::glob(&path.to_string_lossy()).map_err(|error| refuse(error.msg.into()))?;
        // In the order of their names.
        found.collect::<Result<_, _>>().map_err(|error| refuse(std::io::Error::from(error).into()))
    }

    fn refuse(&self, place: String, source: Box<dyn std::error::Error>) -> Failure {
        Failure::ConfigValue { file: self.name.clone(), place, source }
    }
}
