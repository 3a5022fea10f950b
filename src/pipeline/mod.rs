//! Everything put together: a configuration becomes sources, a buffer and sinks that run.
//!
//! [`Build`] checks a configuration without touching network or disk. Starting it binds addresses
//! and opens sinks first and takes records last, so that a configuration that cannot work is refused
//! before anybody has handed over a record.

mod auditor;
mod compliance;
mod conflicts;
mod generation;
mod letters;
mod migrate;
mod operations;
mod places;
mod routes;
mod running;
mod transport;

pub use crate::sources::{Feed, Feeds};
pub use routes::Route;
pub use running::{Reload, Running};

use crate::audit::SealKey;
use crate::config::{Component, Config, Problem, Problems, RouteConfig, WhenFull, unknown_kinds};
use crate::route::Router;
use crate::sinks::{self, Builder};
use crate::sources::feed::{self, Outside};
use crate::sources::{self, Source};
use std::io;
use std::time::SystemTime;
use tokio::sync::oneshot;

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
        let sources = config.server.sources.iter().map(|source| (source.name.clone(), sources::build(source, &mut problems))).collect();
        Self::with(config, sources, problems)
    }

    /// Adds what is wrong with the options of sources and sinks to what is wrong with a configuration that could be read
    /// in part only. What depends on the whole is not looked at.
    pub fn problems(config: &Config, mut problems: Problems) -> Problems {
        config.server.sources.iter().for_each(|source| drop(sources::build(source, &mut problems)));
        config.server.sinks.iter().for_each(|sink| drop(sinks::build(sink, &mut problems)));
        unknown_kinds(&config.policy, &mut problems);
        conflicts::check(config, &mut problems);
        problems.sort();
        problems
    }

    /// Checks a configuration whose only source is the program itself, under a name. Its records go to the sinks that
    /// are named, on the routes that lead there; other sources and sinks are left out.
    ///
    /// # Errors
    /// Everything that is wrong with it, names that are no sinks included.
    pub fn fed(config: Config, name: &str, to: &[String], when_full: WhenFull) -> Result<(Self, oneshot::Receiver<Feeds>), Problems> {
        Self::of_program(config, (name, &feed::KIND), to, when_full)
    }

    /// The same for files that are read once: a full buffer makes them wait, and residency rules may ask for their paths.
    ///
    /// # Errors
    /// Everything that is wrong with it, names that are no sinks included.
    pub fn replayed(config: Config, name: &str, to: &[String]) -> Result<(Self, oneshot::Receiver<Feeds>), Problems> {
        Self::of_program(config, (name, &feed::FILES), to, WhenFull::Block)
    }

    fn of_program(
        mut config: Config,
        (name, kind): (&str, &'static sources::Kind),
        to: &[String],
        when_full: WhenFull,
    ) -> Result<(Self, oneshot::Receiver<Feeds>), Problems> {
        let mut problems = Problems::default();
        let server = &mut config.server;
        let known = server.sinks.iter().map(|sink| format!("`{}`", sink.name)).collect::<Vec<_>>().join(", ");
        if to.iter().any(|name| server.sinks.iter().all(|sink| sink.name != *name)) {
            problems.add(Problem::new(
                1,
                "sinks",
                "a name that `--to` gives and no sink has",
                if known.is_empty() { "none" } else { &known },
            ));
        }
        let audit = server.audit.as_ref().and_then(|audit| audit.to.clone());
        server.sinks.retain(|sink| to.contains(&sink.name) || audit.as_ref() == Some(&sink.name));
        for route in &mut server.routes {
            route.from = None;
            route.to.retain(|sink| to.contains(sink));
        }
        server.routes.retain(|route| !route.to.is_empty());
        let unrouted: Vec<String> = to.iter().filter(|sink| server.routes.iter().all(|route| !route.to.contains(sink))).cloned().collect();
        if !unrouted.is_empty() {
            server.routes.push(RouteConfig { from: None, to: unrouted, basis: None, line: 1, path: "routes".to_owned() });
        }
        server.buffer.when_full = when_full;
        server.sources = vec![Component::of_program(name, kind.name)];
        let (source, feeds) = Outside::new();
        let source: Box<dyn Source> = Box::new(source);
        Ok((Self::with(config, vec![(name.to_owned(), Some((kind, source)))], problems)?, feeds))
    }

    fn with(config: Config, sources: Vec<Built<sources::Kind, dyn Source>>, mut problems: Problems) -> Result<Self, Problems> {
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
        unknown_kinds(&config.policy, &mut problems);
        compliance::check(&config, &mut problems);
        conflicts::check(&config, &mut problems);
        if config.server.sources.is_empty() {
            problems.add(Problem::new(1, "sources", "nothing", "at least one source, such as `app: { type: http, … }`"));
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

    /// Whether the secrets of everything can be used as they are now, so that what runs need not end to find out.
    ///
    /// # Errors
    /// What is wrong with the first that cannot.
    fn ready(&self) -> Result<(), StartError> {
        let server = &self.config.server;
        let at = |path: String| move |source| StartError { path, source };
        for (name, source) in &self.sources {
            source.ready().map_err(at(format!("sources.{name}")))?;
        }
        for (name, sink) in &self.sinks {
            sink.ready().map_err(at(format!("sinks.{name}")))?;
        }
        running::buffer_key(&server.buffer)?;
        if let Some(audit) = &server.audit {
            let known = SealKey::ready(audit.key.as_ref(), audit.path.as_ref());
            known.map_err(io::Error::other).map_err(at("audit.key".to_owned()))?;
        }
        Ok(())
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
