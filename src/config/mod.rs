//! `hushlog.yaml`: text to settings, with every problem named at once.
//!
//! A configuration has a part that says what is masked (the policy) and a part that says
//! where records come from and go to (the server). No file, environment or clock is read here:
//! paths and names of variables are given on to who may read them.

mod fields;
mod policy;
mod problem;
mod yaml;

pub use policy::{PolicyConfig, SiteFormat};
pub use problem::{Problem, Problems};

use fields::At;

/// Largest file, in bytes. A configuration is written by hand.
pub const MAX_BYTES: usize = 1 << 20;

/// Keys of the server's part.
const SERVER: [&str; 7] = ["sources", "residency", "routes", "sinks", "buffer", "audit", "admin"];

/// A configuration that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Region where this instance runs.
    pub region: Option<String>,
    /// What is looked for and how it is masked.
    pub policy: PolicyConfig,
    /// Keys of the server's part that stand in the file. This build reads none of them.
    pub server: Vec<&'static str>,
}

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of its lines. Values are never quoted.
    ///
    /// ```
    /// use hushlog::config::Config;
    ///
    /// let config = Config::parse("preset: [{ hipaa: { mode: safe_harbor } }, soc2]\nregion: eu-west-1\n")?;
    /// assert_eq!(config.policy.presets, ["hipaa", "soc2"]);
    ///
    /// let problems = Config::parse("prest: hipaa\n").unwrap_err();
    /// assert!(problems.to_string().contains("line 1: `prest`: found an unknown key; allowed: `preset`"));
    /// # Ok::<(), hushlog::config::Problems>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let config = Self::read(text, &mut problems);
        if problems.is_empty() {
            return Ok(config);
        }
        problems.sort();
        Err(problems)
    }

    fn read(text: &str, problems: &mut Problems) -> Self {
        let mut config = Self::default();
        if text.len() > MAX_BYTES {
            problems.add(Problem::new(
                1,
                "",
                "a file of more than a mebibyte",
                "a configuration written by hand; name rule files in `rules`",
            ));
            return config;
        }
        let Some(root) = yaml::parse(text, problems) else { return config };
        let Some(mut fields) = At::root(&root).map(problems, "a map, such as `preset: hipaa`") else { return config };
        config.policy = PolicyConfig::read(&mut fields, problems);
        config.region = fields.take("region").and_then(|region| region.text(problems, "the name of a region")).map(str::to_owned);
        config.server = SERVER.into_iter().filter(|key| fields.take(key).is_some()).collect();
        fields.finish(problems);
        config
    }
}

#[cfg(test)]
mod tests;
