//! One container: what keeps it from being wrapped, and what is changed when it is.
//!
//! `command` gets `hushlog exec … --` in front; `args` stay as they are, because the runtime puts them behind
//! it. Probes and hooks are left alone: what they print goes to no log of the container.

use super::patch::{Patch, list};
use super::{BINARY, FOLDER, VOLUME};
use serde_json::{Value, json};

/// Where the kubelet looks for a last word, and no application does: what an application writes to
/// `/dev/termination-log` is not scrubbed. The kubelet takes the end of the scrubbed log instead.
const LAST_WORD: &str = "/dev/hushlog-termination-log";

/// Capabilities with which a process can reach what another one holds, or the node.
const NODE_WIDE: &[&str] = &["ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO"];

/// What a container is.
pub(super) enum Shape<'v> {
    /// It can be wrapped. Holds its command.
    Command(Vec<&'v str>),
    /// Its command stands in its image.
    Unknown,
    /// It can neither be wrapped nor left alone.
    Wrong(String),
}

/// Looks at a container.
pub(super) fn shape(container: &Value) -> Shape<'_> {
    if !container.is_object() {
        return Shape::Wrong("it is no object".to_owned());
    }
    if let Some(problem) = mount_problem(container) {
        return Shape::Wrong(problem);
    }
    let Some(command) = texts(container, "command") else { return Shape::Wrong("`command` is no list of texts".to_owned()) };
    if command.is_empty() { Shape::Unknown } else { Shape::Command(command) }
}

/// What is said about a container whose command is not known.
pub(super) fn unknown(container: &Value) -> &'static str {
    if list(container, "args").is_empty() {
        "it has no `command`, so what it runs is known to its image alone: write the image's ENTRYPOINT and CMD into `command`"
    } else {
        "it has `args` but no `command`, so what it runs is known to its image alone: write the image's ENTRYPOINT into `command`"
    }
}

/// Why what it writes, or what hushlog holds, could be reached past hushlog.
pub(super) fn powers(container: &Value) -> Option<&'static str> {
    if container.pointer("/securityContext/privileged").and_then(Value::as_bool) == Some(true) {
        return Some("it is `privileged`: take that out of `securityContext`");
    }
    let added = container.pointer("/securityContext/capabilities").map(|capabilities| list(capabilities, "add")).unwrap_or_default();
    let wide = added.iter().filter_map(Value::as_str).any(|name| NODE_WIDE.contains(&short(name)));
    wide.then_some("it adds ALL, SYS_ADMIN, SYS_MODULE or SYS_RAWIO: take that out of `securityContext.capabilities.add`")
}

/// Writes what changes when a container at a path is wrapped. `words` stand in front of its command.
pub(super) fn wrap(patch: &mut Patch, path: &str, container: &Value, command: &[&str], presets: &str, warnings: &mut Vec<String>) {
    let mut wrapped: Vec<&str> = vec![BINARY, "exec", "--preset", presets];
    if container.get("tty").and_then(Value::as_bool) == Some(true) {
        wrapped.push("--tty");
    }
    wrapped.push("--");
    // Only what this very policy would write counts as wrapped. Another one is wrapped again.
    let done = command.len() > wrapped.len() && command.starts_with(&wrapped);
    if !done {
        wrapped.extend_from_slice(command);
        patch.set(path, container, &["command"], json!(wrapped));
    }
    if !list(container, "volumeMounts").iter().any(is_own_mount) {
        patch.push(path, container, "volumeMounts", json!({ "name": VOLUME, "mountPath": FOLDER, "readOnly": true }));
    }
    patch.set(path, container, &["terminationMessagePath"], json!(LAST_WORD));
    patch.set(path, container, &["terminationMessagePolicy"], json!("FallbackToLogsOnError"));
    no_ptrace(patch, path, container, warnings);
}

/// A process that may trace others reads the memory of hushlog.
fn no_ptrace(patch: &mut Patch, path: &str, container: &Value, warnings: &mut Vec<String>) {
    let none = Value::Null;
    let capabilities = container.pointer("/securityContext/capabilities").unwrap_or(&none);
    let is = |value: &Value, name: &str| value.as_str().map(short) == Some(name);
    let added = list(capabilities, "add");
    if added.iter().any(|value| is(value, "SYS_PTRACE")) {
        let rest: Vec<_> = added.iter().filter(|value| !is(value, "SYS_PTRACE")).collect();
        patch.set(path, container, &["securityContext", "capabilities", "add"], json!(rest));
        warnings.push("SYS_PTRACE was taken away from a container: with it, what hushlog holds could be read".to_owned());
    }
    let dropped = list(capabilities, "drop");
    if !dropped.iter().any(|value| is(value, "SYS_PTRACE") || is(value, "ALL")) {
        let all: Vec<_> = dropped.iter().cloned().chain([json!("SYS_PTRACE")]).collect();
        patch.set(path, container, &["securityContext", "capabilities", "drop"], json!(all));
    }
}

/// Runtimes take names of capabilities with and without `CAP_`.
fn short(name: &str) -> &str {
    name.strip_prefix("CAP_").unwrap_or(name)
}

/// A mount that would change what is run, or let the container change it.
fn mount_problem(container: &Value) -> Option<String> {
    for mount in list(container, "volumeMounts") {
        let own = mount.get("name").and_then(Value::as_str) == Some(VOLUME);
        let covers = mount.get("mountPath").and_then(Value::as_str).is_none_or(covers);
        if (own || covers) && !is_own_mount(mount) {
            return Some(format!("the volume `{VOLUME}` and the folder `{FOLDER}` are hushlog's: use another name and another mountPath"));
        }
    }
    None
}

/// Whether something mounted here hides the binary or a part of its way.
fn covers(path: &str) -> bool {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.first().is_none_or(|first| *first == FOLDER.trim_start_matches('/'))
}

fn is_own_mount(mount: &Value) -> bool {
    *mount == json!({ "name": VOLUME, "mountPath": FOLDER, "readOnly": true })
}

/// A list of texts; `None` if something else stands there.
fn texts<'v>(container: &'v Value, key: &str) -> Option<Vec<&'v str>> {
    match container.get(key) {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::Array(values)) => values.iter().map(Value::as_str).collect(),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_compared_as_the_kernel_would() {
        for path in ["/hushlog", "/hushlog/", "//hushlog/x", "/tmp/../hushlog", "/", "", "/./hushlog/hushlog"] {
            assert!(covers(path), "{path}");
        }
        for path in ["/hushlogs", "/data/hushlog", "/hush", "/proc"] {
            assert!(!covers(path), "{path}");
        }
    }
}
