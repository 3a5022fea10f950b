//! Where records come from and where they go: the server's part of a configuration.
//!
//! Options of single sources and sinks stay a tree here; the source or sink reads them itself
//! (`build` of its kind), so that a new one needs no change in this module.

use super::fields::{At, Fields};
use super::problem::{Problem, Problems};
use super::secret::{SecretRef, Secrets};
use super::yaml::{Node, Value};
use std::time::Duration;

/// The server's part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerConfig {
    /// Sources by name.
    pub sources: Vec<Component>,
    /// Sinks by name.
    pub sinks: Vec<Component>,
    /// Which records go to which sinks.
    pub routes: Vec<RouteConfig>,
    /// Which region records belong to.
    pub residency: ResidencyConfig,
    /// Where records wait.
    pub buffer: BufferConfig,
    /// The audit log.
    pub audit: Option<AuditConfig>,
    /// Listeners for health and metrics.
    pub admin: AdminConfig,
}

/// One source or sink, its own options unread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// Name that routes use.
    pub name: String,
    /// Key path, such as `sinks.cw`.
    pub path: String,
    /// What `type` says.
    pub kind: String,
    /// Region of a sink.
    pub region: Option<String>,
    /// Business associate agreement with the operator of a sink.
    pub baa: Option<String>,
    /// Where it stands, counted from 1.
    pub line: usize,
    pub(crate) node: Node,
}

/// Sources whose records go to the same sinks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteConfig {
    /// Names of sources; none means all.
    pub from: Option<Vec<String>>,
    /// Names of sinks.
    pub to: Vec<String>,
    /// Legal ground for records that leave their zone on this route.
    pub basis: Option<String>,
    /// Where it stands, counted from 1.
    pub line: usize,
    /// Key path, such as `routes[0]`.
    pub path: String,
}

/// Which region records belong to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResidencyConfig {
    /// Region of records that no rule matches.
    pub default: Option<String>,
    /// The first rule that matches decides.
    pub rules: Vec<ResidencyRule>,
    /// Sinks for records whose region is not known in time; none means that they wait.
    pub quarantine: Vec<String>,
    /// Line of the section, counted from 1; 0 without one.
    pub line: usize,
}

/// Records with some metadata belong to a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResidencyRule {
    /// Name of trusted metadata (`source`, `namespace`, …) and pattern with `*`; all must match.
    pub when: Vec<(String, String)>,
    /// Region of these records.
    pub region: String,
    /// Where it stands, counted from 1.
    pub line: usize,
    /// Key path, such as `residency.rules[0]`.
    pub path: String,
}

/// What happens when no more records can wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenFull {
    /// Sources wait.
    #[default]
    Block,
    /// New records are not taken, and counted.
    DropNewest,
}

/// Where records wait until the sinks took them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BufferConfig {
    /// Folder; without one records wait in memory, and are acknowledged when the sinks took them.
    pub dir: Option<String>,
    /// Key of 32 bytes that encrypts the folder.
    pub key: Option<SecretRef>,
    /// Most bytes that wait.
    pub max_bytes: u64,
    /// What happens then.
    pub when_full: WhenFull,
    /// Line of the section, counted from 1; 0 without one.
    pub line: usize,
}

impl Default for BufferConfig {
    fn default() -> Self {
        Self { dir: None, key: None, max_bytes: 32 << 20, when_full: WhenFull::Block, line: 0 }
    }
}

/// The audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditConfig {
    /// File that it is written to.
    pub path: String,
    /// Sink that sealed parts and the head of the chain go to.
    pub to: Option<String>,
    /// Private key (PKCS#8, Ed25519) that seals it; without one, one is made beside the file.
    pub key: Option<SecretRef>,
    /// Time between two seals.
    pub seal: Duration,
    /// Bytes after which a file is set aside and the next one begun; none for one file for ever.
    pub rotate: Option<u64>,
    /// Line of the section, counted from 1.
    pub line: usize,
}

/// Listeners of the program's own state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdminConfig {
    /// Address for `/healthz`, `/readyz` and `/version`.
    pub health: Option<String>,
    /// Address for `/metrics`.
    pub metrics: Option<String>,
    /// Address that metrics are pushed to (OTLP over HTTP).
    pub otlp: Option<String>,
    /// Region where that address lies, if it is not this machine.
    pub otlp_region: Option<String>,
    /// Line of the section, counted from 1; 0 without one.
    pub line: usize,
}

impl ServerConfig {
    pub(super) fn read(fields: &mut Fields<'_>, problems: &mut Problems) -> Self {
        Self {
            sources: components(fields.take("sources"), problems),
            sinks: components(fields.take("sinks"), problems),
            routes: fields.take("routes").map(|routes| read_routes(&routes, problems)).unwrap_or_default(),
            residency: fields.take("residency").and_then(|at| ResidencyConfig::read(&at, problems)).unwrap_or_default(),
            buffer: fields.take("buffer").and_then(|at| BufferConfig::read(&at, problems)).unwrap_or_default(),
            audit: fields.take("audit").and_then(|at| AuditConfig::read(&at, problems)),
            admin: fields.take("admin").and_then(|at| AdminConfig::read(&at, problems)).unwrap_or_default(),
        }
    }
}

impl ServerConfig {
    /// What the secrets of sources, sinks and the audit log are now. The buffer's key is not among them: see
    /// [`Self::buffer_key`].
    pub(crate) fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        self.sources.iter().chain(&self.sinks).for_each(|component| secrets.add_all(&component.node));
        if let Some(SecretRef::File(path)) = self.audit.as_ref().and_then(|audit| audit.key.as_ref()) {
            secrets.add(path);
        }
        secrets
    }

    /// What the buffer's key is now.
    pub(crate) fn buffer_key(&self) -> Secrets {
        let mut secrets = Secrets::default();
        if let Some(SecretRef::File(path)) = &self.buffer.key {
            secrets.add(path);
        }
        secrets
    }
}

impl Component {
    /// A source that no configuration has, for lines of the program itself.
    pub(crate) fn of_program(name: &str, kind: &str) -> Self {
        let node = Node { line: 1, value: Value::Map(Vec::new()) };
        Self { name: name.to_owned(), path: format!("sources.{name}"), kind: kind.to_owned(), region: None, baa: None, line: 1, node }
    }

    /// The options, for the kind that reads them; those of every component are read already.
    pub(crate) fn options<'c>(&'c self) -> Fields<'c> {
        let mut fields = Fields::of(&self.node, &self.path);
        for known in ["type", "region", "baa"] {
            fields.take(known);
        }
        fields
    }

    /// A problem of the component as a whole.
    pub(crate) fn problem(&self, key: &str, found: impl Into<String>, allowed: impl Into<String>) -> Problem {
        let path = if key.is_empty() { self.path.clone() } else { format!("{}.{key}", self.path) };
        Problem::new(self.line, &path, found, allowed)
    }
}

impl Component {
    /// Whether an option stands there.
    pub(crate) fn has(&self, key: &'static str) -> bool {
        self.options().take(key).is_some()
    }

    /// A problem of one option, at its line.
    pub(crate) fn problem_at(&self, key: &'static str, found: &str, allowed: String) -> Problem {
        let line = self.options().take(key).map_or(self.line, |at| at.node.line);
        Problem { line, ..self.problem(key, found, allowed) }
    }
}

const COMPONENT: &str = "a map with `type`, such as `{ type: http, … }`";

fn components(at: Option<At<'_>>, problems: &mut Problems) -> Vec<Component> {
    let Some(map) = at.and_then(|at| at.map(problems, "a map from names to `{ type: …, … }`")) else { return Vec::new() };
    let mut list = Vec::new();
    for (name, at) in map.all() {
        if name.is_empty() || name.len() > 64 || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
            at.wrong_as(problems, "another name", "names of at most 64 letters, digits, `_` and `-`");
            continue;
        }
        let Some(mut fields) = at.map(problems, COMPONENT) else { continue };
        let Some(kind) = fields.take("type").and_then(|kind| kind.text(problems, "the name of a type")) else {
            if !fields.all().any(|(key, _)| key == "type") {
                at.wrong_as(problems, "a map without `type`", COMPONENT);
            }
            continue;
        };
        let (name, kind) = (name.to_owned(), kind.to_owned());
        let region = text(&mut fields, "region", problems, "the name of a region");
        let baa = text(&mut fields, "baa", problems, "the number of the agreement");
        list.push(Component { name, kind, region, baa, path: at.path.clone(), line: at.node.line, node: at.node.clone() });
    }
    list
}

fn read_routes(at: &At<'_>, problems: &mut Problems) -> Vec<RouteConfig> {
    const FORM: &str = "a list of `{ from: [SOURCE, …], to: [SINK, …] }`";
    let mut routes = Vec::new();
    for item in at.list() {
        let Some(mut fields) = item.map(problems, FORM) else { continue };
        let from = fields.take("from").map(|from| from.texts(problems, "names of sources"));
        let to = fields.take("to").map(|to| to.texts(problems, "names of sinks")).unwrap_or_default();
        let basis = text(&mut fields, "basis", problems, "the legal ground for leaving the zone");
        fields.finish(problems);
        if from.as_ref().is_some_and(Vec::is_empty) {
            item.wrong_as(problems, "a route from no source", FORM);
        }
        if to.is_empty() {
            item.wrong_as(problems, "a route without `to`", FORM);
        }
        routes.push(RouteConfig { from, to, basis, line: item.node.line, path: item.path });
    }
    routes
}

impl ResidencyConfig {
    fn read(at: &At<'_>, problems: &mut Problems) -> Option<Self> {
        let mut fields = at.map(problems, "a map with `default`, `rules` and `quarantine`")?;
        let mut residency = Self { line: at.node.line, ..Self::default() };
        residency.default = text(&mut fields, "default", problems, "the name of a region");
        residency.quarantine = fields.take("quarantine").map(|at| at.texts(problems, "names of sinks")).unwrap_or_default();
        if let Some(rules) = fields.take("rules") {
            for item in rules.list() {
                const FORM: &str = "`{ when: { namespace: 'us-*' }, region: us-east-1 }`";
                let Some(mut fields) = item.map(problems, FORM) else { continue };
                let mut when = Vec::new();
                if let Some(map) = fields.take("when").and_then(|map| map.map(problems, FORM)) {
                    for (name, pattern) in map.all() {
                        when.extend(pattern.text(problems, "a pattern with `*`").map(|pattern| (name.to_owned(), pattern.to_owned())));
                    }
                }
                let region = text(&mut fields, "region", problems, "the name of a region");
                fields.finish(problems);
                match region {
                    Some(region) if !when.is_empty() => {
                        residency.rules.push(ResidencyRule { when, region, line: item.node.line, path: item.path });
                    }
                    _ => item.wrong_as(problems, "a rule without `when` or `region`", FORM),
                }
            }
        }
        fields.finish(problems);
        Some(residency)
    }
}

impl BufferConfig {
    fn read(at: &At<'_>, problems: &mut Problems) -> Option<Self> {
        let mut fields = at.map(problems, "a map such as `{ dir: /var/lib/hushlog, max_bytes: 1GiB }`")?;
        let dir = text(&mut fields, "dir", problems, "a folder");
        let key = fields.take("key").and_then(|key| key.secret(problems));
        let max_bytes = fields.take("max_bytes").and_then(|at| at.bytes(problems));
        let when_full = fields
            .take("when_full")
            .and_then(|at| at.choice(problems, &[("block", WhenFull::Block), ("drop_newest", WhenFull::DropNewest)]))
            .unwrap_or_default();
        fields.finish(problems);
        let max_bytes = max_bytes.unwrap_or(if dir.is_some() { 1 << 30 } else { 32 << 20 });
        Some(Self { dir, key, max_bytes, when_full, line: at.node.line })
    }
}

impl AuditConfig {
    fn read(at: &At<'_>, problems: &mut Problems) -> Option<Self> {
        const FORM: &str = "a map such as `{ path: /var/lib/hushlog/audit.jsonl, to: SINK }`";
        let mut fields = at.map(problems, FORM)?;
        let path = text(&mut fields, "path", problems, "a path");
        let to = text(&mut fields, "to", problems, "the name of a sink");
        let key = fields.take("key").and_then(|key| key.secret(problems));
        let seal = fields.take("seal").and_then(|seal| seal.duration(problems)).unwrap_or(Duration::from_secs(60));
        let rotate = fields.take("rotate").and_then(|rotate| rotate.bytes(problems));
        fields.finish(problems);
        if path.is_none() {
            at.wrong_as(problems, "a map without `path`", FORM);
        }
        Some(Self { path: path?, to, key, seal, rotate, line: at.node.line })
    }
}

impl AdminConfig {
    fn read(at: &At<'_>, problems: &mut Problems) -> Option<Self> {
        const ADDRESS: &str = "an address and port, such as `127.0.0.1:8081`";
        let mut fields = at.map(problems, "a map with `health`, `metrics`, `otlp` and `otlp_region`")?;
        let health = text(&mut fields, "health", problems, ADDRESS);
        let metrics = text(&mut fields, "metrics", problems, ADDRESS);
        let otlp = text(&mut fields, "otlp", problems, "a URL such as `http://127.0.0.1:4318/v1/metrics`");
        let otlp_region = text(&mut fields, "otlp_region", problems, "the name of a region");
        fields.finish(problems);
        Some(Self { health, metrics, otlp, otlp_region, line: at.node.line })
    }
}

pub(super) fn text(fields: &mut Fields<'_>, key: &'static str, problems: &mut Problems, allowed: &str) -> Option<String> {
    let at = fields.take(key)?;
    let text = at.text(problems, allowed)?;
    if text.trim().is_empty() {
        // In quotes it is text for YAML, and says nothing all the same.
        at.wrong_as(problems, "an empty text", allowed);
        return None;
    }
    Some(text.to_owned())
}
