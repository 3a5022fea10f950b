//! `hushlog.yaml`: text to settings, with every problem named at once.
//!
//! A configuration has a part that says what is masked (the policy) and a part that says
//! where records come from and go to (the server). No file, environment or clock is read here:
//! paths and names of variables are given on to who may read them.

pub(crate) mod fields;
mod home;
mod names;
mod policy;
mod problem;
mod secret;
mod server;
mod units;
mod yaml;

#[cfg(feature = "server")]
pub(crate) use names::unknown_kinds;
pub use policy::{MaskChoice, PolicyConfig, SiteFormat};
pub use problem::{Problem, Problems};
#[cfg(feature = "server")]
pub(crate) use secret::Secrets;
pub use secret::{Secret, SecretRef};
pub use server::{AdminConfig, AuditConfig, BufferConfig, Component, ResidencyConfig, ResidencyRule, RouteConfig, ServerConfig, WhenFull};

use fields::At;

/// Largest file, in bytes. A configuration is written by hand.
pub const MAX_BYTES: usize = 1 << 20;

/// A configuration that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Region where this instance runs.
    pub region: Option<String>,
    /// Its line, counted from 1.
    pub region_line: usize,
    /// What is looked for and how it is masked.
    pub policy: PolicyConfig,
    /// Where records come from and where they go.
    pub server: ServerConfig,
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
        let (config, problems) = Self::parse_partly(text);
        if problems.is_empty() { Ok(config) } else { Err(problems) }
    }

    /// Reads what can be read of a configuration, and gives what is wrong with the rest: for who looks for more that
    /// is wrong, so that everything is said at once.
    pub fn parse_partly(text: &str) -> (Self, Problems) {
        let mut problems = Problems::default();
        let config = Self::read(text, &mut problems);
        problems.sort();
        (config, problems)
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
        if let Some(region) = fields.take("region") {
            config.region_line = region.node.line;
            config.region = region.text(problems, "the name of a region").map(str::to_owned);
        }
        config.server = ServerConfig::read(&mut fields, problems);
        fields.finish(problems);
        config
    }
}

#[cfg(test)]
mod tests;
