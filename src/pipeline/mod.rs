//! Everything put together: a configuration becomes sources, a buffer and sinks that run.
//!
//! [`Build`] checks a configuration without touching network or disk. Starting it binds addresses
//! and opens sinks first and takes records last, so that a configuration that cannot work is refused
//! before anybody has handed over a record.

mod auditor;
mod compliance;
mod generation;
mod letters;
mod migrate;
mod operations;
mod places;
mod routes;
mod running;
mod transport;

pub use routes::Route;
pub use running::{Reload, Running};

use crate::config::{Config, Problems};
use crate::route::Router;
use crate::sinks::{self, Builder};
use crate::sources::{self, Source};
use std::io;
use std::time::SystemTime;

/// A configuration whose server part was checked.
pub struct Build {
    config: Config,
    router: Router,
    sources: Vec<(String, Box<dyn Source>)>,
    sinks: Vec<(String, Box<dyn Builder>)>,
    keys: Vec<(String, SystemTime)>,
    /// Hash over the rule files.
    rules: [u8; 32],
}

/// A component's name, its type, and what its options gave.
type Built<K, T> = (String, Option<(&'static K, Box<T>)>);

/// Why it does not start.
#[derive(Debug, thiserror::Error)]
#[error("`{path}`: {source}")]
pub struct StartError {
    /// Key path, such as `sources.app`.
    pub path: String,
    /// What the system said.
    pub source: io::Error,
}

impl Build {
    /// Checks the server's part of a configuration.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn check(config: Config) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let sources: Vec<_> =
            config.server.sources.iter().map(|source| (source.name.clone(), sources::build(source, &mut problems))).collect();
        if config.server.buffer.dir.is_none() {
            let stays = |built: &Option<(_, Box<dyn Source>)>| built.as_ref().is_some_and(|(_, source)| source.needs_folder());
            for (component, _) in config.server.sources.iter().zip(&sources).filter(|(_, (_, built))| stays(built)) {
                problems.add(component.problem("checkpoints", "nothing, and no `buffer.dir`", "a folder that outlives a restart"));
            }
        }
        let sinks: Vec<_> = config.server.sinks.iter().map(|sink| (sink.name.clone(), sinks::build(sink, &mut problems))).collect();
        transport::check(&config, &sources, &sinks, &mut problems);
        places::check(&config, &sources, &sinks, &mut problems);
        let provides: Vec<&'static [&'static str]> =
            sources.iter().map(|(_, built)| built.as_ref().map_or(&[][..], |(kind, _)| kind.provides)).collect();
        let router = Router::build(&config, &provides, &mut problems);
        compliance::check(&config, &mut problems);
        if config.server.sources.is_empty() {
            problems.add(crate::config::Problem::new(1, "sources", "nothing", "at least one source, such as `app: { type: http, … }`"));
        }
        operations::check(&config, &mut problems);
        match router {
            Some(router) if problems.is_empty() => Ok(Self {
                sources: sources.into_iter().filter_map(|(name, built)| Some((name, built?.1))).collect(),
                sinks: sinks.into_iter().filter_map(|(name, built)| Some((name, built?.1))).collect(),
                router,
                config,
                keys: Vec::new(),
                rules: [0; 32],
            }),
            _ => {
                problems.sort();
                Err(problems)
            }
        }
    }

    /// Notes the contents of the rule files, in their order.
    #[must_use]
    pub fn rules(mut self, texts: &[Vec<u8>]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for text in texts {
            hasher.update(&(text.len() as u64).to_le_bytes()).update(text);
        }
        self.rules = *hasher.finalize().as_bytes();
        self
    }

    /// Notes the keys for tokens: identifier, and when its file was written.
    #[must_use]
    pub fn keys(mut self, keys: Vec<(String, SystemTime)>) -> Self {
        self.keys = keys;
        self
    }
}
