//! Parts of a configuration that get into each other's way: addresses that two listen on, files that two write, and
//! files of the program's own that it would read.
//!
//! Looks at the configuration alone. What links and mounts make of paths is not seen.

use crate::config::{AuditConfig, Component, Config, Problem, Problems};
use std::net::{IpAddr, SocketAddr};

/// Options that are addresses to listen on.
const ADDRESSES: [&str; 3] = ["listen", "http", "grpc"];

/// Adds what cannot be beside each other.
pub(super) fn check(config: &Config, problems: &mut Problems) {
    addresses(config, problems);
    written(config, problems);
    for source in config.server.sources.iter().filter(|source| source.kind == "file") {
        if let Some(found) = own_files(config, source) {
            let allowed = "patterns that leave it out, or an `exclude` for it: what is written would be read again without end";
            problems.add(source.problem_at("include", &found, allowed.to_owned()));
        }
    }
}

/// An address and who listens there.
struct Listener {
    at: SocketAddr,
    is_udp: bool,
    path: String,
}

impl Listener {
    fn meets(&self, other: &Self) -> bool {
        let (one, two) = (self.at.ip().to_canonical(), other.at.ip().to_canonical());
        // `::` takes connections of IPv4 as well.
        let covers = |wide: IpAddr, narrow: IpAddr| wide.is_unspecified() && (wide.is_ipv6() || narrow.is_ipv4());
        self.at.port() == other.at.port()
            && self.at.port() != 0
            && self.is_udp == other.is_udp
            && (one == two || covers(one, two) || covers(two, one))
    }
}

fn addresses(config: &Config, problems: &mut Problems) {
    let mut known: Vec<Listener> = Vec::new();
    for source in &config.server.sources {
        let is_udp = text(source, "mode") == Some("udp");
        for key in ADDRESSES {
            let Some(at) = text(source, key).and_then(|text| text.parse().ok()) else { continue };
            let listener = Listener { at, is_udp, path: format!("{}.{key}", source.path) };
            if let Some(other) = known.iter().find(|other| other.meets(&listener)) {
                problems.add(source.problem_at(key, &format!("the address of `{}`", other.path), "an address of its own".to_owned()));
            }
            known.push(listener);
        }
    }
    let admin = &config.server.admin;
    for (path, address) in [("admin.health", &admin.health), ("admin.metrics", &admin.metrics)] {
        let Some(at) = address.as_ref().and_then(|address| address.parse().ok()) else { continue };
        let listener = Listener { at, is_udp: false, path: path.to_owned() };
        if let Some(other) = known.iter().find(|other| other.meets(&listener)) {
            problems.add(Problem::new(admin.line, path, format!("the address of `{}`", other.path), "an address of its own"));
        }
        known.push(listener);
    }
}

/// Files that two write to.
fn written(config: &Config, problems: &mut Problems) {
    let audit = config.server.audit.as_ref().map(|audit| (audit.path.as_str(), "audit.path".to_owned()));
    let mut known: Vec<(&str, String)> = audit.into_iter().collect();
    for sink in config.server.sinks.iter().filter(|sink| sink.kind == "file") {
        let Some(path) = text(sink, "path") else { continue };
        if let Some((_, other)) = known.iter().find(|(known, _)| same_path(known, path)) {
            problems.add(sink.problem_at("path", &format!("the path of `{other}`"), "a path of its own".to_owned()));
        }
        known.push((path, format!("{}.path", sink.path)));
    }
}

fn same_path(one: &str, two: &str) -> bool {
    let parts = |path: &str| path.split('/').filter(|part| !part.is_empty() && *part != ".").map(str::to_owned).collect::<Vec<_>>();
    parts(one) == parts(two)
}

/// What of the program's own files a source of files would read.
fn own_files(config: &Config, source: &Component) -> Option<String> {
    let server = &config.server;
    let (include, exclude) = (patterns(source, "include"), patterns(source, "exclude"));
    let reads = |path: &str| include.iter().any(|pattern| pattern.reads(path)) && !exclude.iter().any(|pattern| pattern.reads(path));
    let sinks = server.sinks.iter().filter(|sink| sink.kind == "file");
    let sink = sinks.filter_map(|sink| Some((sink, text(sink, "path")?))).find(|(_, path)| {
        // A place may be anything; names of sources are what `{source}` becomes.
        let names = server.sources.iter().map(|source| source.name.as_str()).chain(["unknown"]);
        names.map(|name| filled(path, name)).any(|path| reads(&path))
    });
    if let Some((sink, _)) = sink {
        return Some(format!("a pattern that covers the files of `{}`", sink.path));
    }
    let in_buffer = ["00000001.seg", "cursors", "lock", "dlq/sink/00000001.seg", "checkpoints/source.json"];
    if server.buffer.dir.as_ref().is_some_and(|dir| in_buffer.iter().any(|name| reads(&format!("{}/{name}", dir.trim_end_matches('/'))))) {
        return Some("a pattern that covers the folder of `buffer.dir`".to_owned());
    }
    let audit = |audit: &&AuditConfig| ["", ".key", ".pub"].iter().any(|end| reads(&format!("{}{end}", audit.path)));
    server.audit.as_ref().filter(audit).map(|_| "a pattern that covers the files of `audit.path`".to_owned())
}

/// A path with a word for each place.
fn filled(template: &str, word: &str) -> String {
    let mut path = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        path.push_str(before);
        path.push_str(word);
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    path + rest
}

struct Pattern(glob::Pattern);

impl Pattern {
    fn reads(&self, path: &str) -> bool {
        let options = glob::MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: false };
        self.0.matches_with(path, options)
    }
}

fn patterns(source: &Component, key: &'static str) -> Vec<Pattern> {
    let mut unread = Problems::default();
    let texts = source.options().take(key).map(|at| at.texts(&mut unread, "")).unwrap_or_default();
    texts.iter().filter_map(|text| glob::Pattern::new(text).ok()).map(Pattern).collect()
}

fn text<'c>(component: &'c Component, key: &'static str) -> Option<&'c str> {
    component.options().take(key)?.text(&mut Problems::default(), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let config = Config::parse(text).unwrap();
        let mut problems = Problems::default();
        check(&config, &mut problems);
        problems.iter().map(|problem| format!("{} {}: {}", problem.line, problem.path, problem.found)).collect()
    }

    #[test]
    fn two_do_not_listen_on_one_address() {
        let with = |one: &str, two: &str| found(&format!("sources:\n  a: {{ type: http, listen: \"{one}\" }}\n  b: {two}\n"));
        let http = |address: &str| format!("{{ type: http, listen: \"{address}\" }}");
        for other in ["127.0.0.1:80", "0.0.0.0:80", "[::]:80"] {
            assert_eq!(with("127.0.0.1:80", &http(other)), ["3 sources.b.listen: the address of `sources.a.listen`"], "{other}");
        }
        for other in ["127.0.0.2:80", "127.0.0.1:81", "[::1]:80"] {
            assert_eq!(with("127.0.0.1:80", &http(other)), [""; 0], "{other}");
        }
        assert_eq!(with("127.0.0.1:0", &http("127.0.0.1:0")), [""; 0], "any free port");
        assert_eq!(with("127.0.0.1:80", "{ type: syslog, mode: udp, listen: \"127.0.0.1:80\" }"), [""; 0]);
        assert_eq!(with("127.0.0.1:80", "{ type: otlp, grpc: \"0.0.0.0:80\" }"), ["3 sources.b.grpc: the address of `sources.a.listen`"]);
        let admin = "admin: { health: \"127.0.0.1:80\", metrics: \"0.0.0.0:80\" }\n";
        assert_eq!(found(admin), ["1 admin.metrics: the address of `admin.health`"]);
    }

    #[test]
    fn two_do_not_write_to_one_file() {
        let sinks = "audit: { path: /l/audit }\nsinks:\n  a: { type: file, path: \"/l/{source}\" }\n  b: { type: file, path: \"/l//{source}\" }\n  \
                     c: { type: file, path: /l/audit }\n  d: { type: file, path: /l/d }\n";
        assert_eq!(found(sinks), ["4 sinks.b.path: the path of `sinks.a.path`", "5 sinks.c.path: the path of `audit.path`"]);
    }

    #[test]
    fn no_source_reads_what_the_program_writes() {
        let with = |include: &str, more: &str| found(&format!("sources:\n  app: {{ type: file, include: [\"{include}\"] }}\n{more}"));
        let sink = "sinks: { out: { type: file, path: \"/l/{source}.log\" } }\n";
        assert_eq!(with("/l/*.log", sink), ["2 sources.app.include: a pattern that covers the files of `sinks.out`"]);
        assert_eq!(with("/l/ap*.log", sink).len(), 1);
        assert_eq!(with("/m/*.log", sink), [""; 0]);
        let buffer = "buffer: { dir: /l/buffer }\n";
        assert_eq!(with("/l/**/*", buffer), ["2 sources.app.include: a pattern that covers the folder of `buffer.dir`"]);
        assert_eq!(with("/l/**/*.log", buffer), [""; 0]);
        assert_eq!(with("/l/audit*", "audit: { path: /l/audit.jsonl }\n").len(), 1);
        let excluded = "sources:\n  app: { type: file, include: [\"/l/*.log\"], exclude: [\"/l/app.log\", \"/l/unknown.log\"] }\n";
        assert_eq!(found(&format!("{excluded}{sink}")), [""; 0]);
    }
}
