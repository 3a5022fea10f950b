//! Options of `api`: where the API server is, who asks, and what is kept of what it says.

use crate::config::fields::{At, Fields};
use crate::config::{Problems, SecretRef};
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Where a pod finds what it needs to ask.
const URL: &str = "https://kubernetes.default.svc";
const TOKEN: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";
const AUTHORITY: &str = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";
/// How long records wait for metadata.
const WAIT: Duration = Duration::from_secs(30);

const FORM: &str = "a map such as `{ node: { env: NODE_NAME } }`";
const NAME: &str = "the name of the node, or `{ env: VARIABLE }`";
const SERVER: &str = "`https://HOST:PORT`; plain `http://` on this machine only";
const LABELS: &str = "names of labels, which may hold `*`";

/// Options of `api`.
#[derive(Clone)]
pub(in crate::sources) struct Api {
    node: Node,
    pub(super) url: String,
    pub(super) token: SecretRef,
    pub(super) authority: PathBuf,
    pub(in crate::sources) wait: Duration,
    pub(super) keep: Keep,
}

/// How the name of the node is given.
#[derive(Clone)]
enum Node {
    Name(String),
    Variable(SecretRef),
}

/// Labels and annotations that records carry.
#[derive(Clone, Debug, Default)]
pub(super) struct Keep {
    pub(super) labels: Vec<glob::Pattern>,
    pub(super) annotations: Vec<glob::Pattern>,
}

impl Api {
    pub(in crate::sources) fn read(at: &At<'_>, problems: &mut Problems) -> Option<Self> {
        let mut fields = at.map(problems, FORM)?;
        let node = fields.take("node").and_then(|node| {
            if node.is_map() {
                return node.secret(problems).map(Node::Variable);
            }
            let name = node.text(problems, NAME)?;
            let is_name = is_name(name);
            if !is_name {
                node.wrong_as(problems, "another name", NAME);
            }
            is_name.then(|| Node::Name(name.to_owned()))
        });
        if node.is_none() && !fields.all().any(|(key, _)| key == "node") {
            at.wrong_as(problems, "a map without `node`", FORM);
        }
        let url = fields.take("url").map(|url| {
            let text = url.text(problems, SERVER).unwrap_or_default().trim_end_matches('/').to_owned();
            if !is_server(&text) {
                url.wrong_as(problems, "another address", SERVER);
            }
            text
        });
        let token = fields.take("token").and_then(|at| at.secret(problems)).unwrap_or_else(|| SecretRef::File(TOKEN.to_owned()));
        let authority = fields.take("ca").and_then(|at| at.text(problems, "a PEM file of certificates")).unwrap_or(AUTHORITY);
        let wait = fields.take("wait").and_then(|at| at.duration(problems)).unwrap_or(WAIT);
        let labels = patterns(&mut fields, "labels", problems).unwrap_or_else(|| glob::Pattern::new("*").into_iter().collect());
        let annotations = patterns(&mut fields, "annotations", problems).unwrap_or_default();
        fields.finish(problems);
        Some(Self {
            node: node?,
            url: url.unwrap_or_else(|| URL.to_owned()),
            token,
            authority: PathBuf::from(authority),
            wait,
            keep: Keep { labels, annotations },
        })
    }

    /// The name of the node.
    pub(super) fn node(&self) -> io::Result<String> {
        let name = match &self.node {
            Node::Name(name) => name.clone(),
            Node::Variable(place) => String::from_utf8_lossy(place.load()?.reveal()).into_owned(),
        };
        if is_name(&name) { Ok(name) } else { Err(io::Error::new(io::ErrorKind::InvalidInput, "`api.node` is no name of a node")) }
    }
}

/// What Kubernetes takes for a name; it can stand in an address as it is.
fn is_name(name: &str) -> bool {
    (1..=253).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte))
}

/// Whether the token may be sent there.
fn is_server(url: &str) -> bool {
    let Ok(uri) = url.parse::<hyper::Uri>() else { return false };
    let Some(host) = uri.host() else { return false };
    let here = matches!(host, "localhost" | "[::1]") || host.parse().is_ok_and(|ip: std::net::Ipv4Addr| ip.is_loopback());
    let plain = uri.path() == "/" && uri.query().is_none() && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    plain && (uri.scheme_str() == Some("https") || uri.scheme_str() == Some("http") && here)
}

fn patterns(fields: &mut Fields<'_>, key: &'static str, problems: &mut Problems) -> Option<Vec<glob::Pattern>> {
    let at = fields.take(key)?;
    let mut patterns = Vec::new();
    for item in at.list() {
        match item.text(problems, LABELS).map(glob::Pattern::new) {
            Some(Ok(pattern)) => patterns.push(pattern),
            Some(Err(_)) => item.wrong_as(problems, "another pattern", LABELS),
            None => {}
        }
    }
    Some(patterns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_goes_to_no_other_machine_without_tls() {
        for url in ["https://kubernetes.default.svc", "https://10.0.0.1:6443", "http://127.0.0.1:8001", "http://[::1]:8001"] {
            assert!(is_server(url), "{url}");
        }
        for url in ["http://10.0.0.1:8001", "kubernetes.default.svc", "https://a.example/x", "https://u:p@a.example", "ftp://localhost"] {
            assert!(!is_server(url), "{url}");
        }
    }

    #[test]
    fn names_of_nodes_are_plain() {
        assert!(is_name("ip-10-0-0-1.eu-west-1.compute.internal"));
        for name in ["", "a b", "a&b=c", "A", "a/b"] {
            assert!(!is_name(name), "{name}");
        }
    }
}
