//! Paths of a configuration are seen from its own folder, wherever the program was started.
//!
//! Rewrites them once, where the file was read, so that nobody behind it has to know the folder. Paths of the
//! policy's part are joined by who reads them.

use super::Config;
use super::secret::SecretRef;
use super::yaml::{Node, Value};
use std::path::Path;

/// Options of sources and sinks that are paths.
const PATHS: [&str; 4] = ["ca", "cert", "client_ca", "checkpoints"];

impl Config {
    /// The configuration as one of a file in this folder: its relative paths begin there.
    #[must_use]
    pub fn in_folder(mut self, folder: &Path) -> Self {
        if folder.as_os_str().is_empty() {
            return self;
        }
        let server = &mut self.server;
        for component in server.sources.iter_mut().chain(&mut server.sinks) {
            let has_path = matches!(component.kind.as_str(), "file" | "syslog" | "fluent");
            visit(&mut component.node, has_path, folder);
        }
        server.buffer.dir.iter_mut().for_each(|dir| join(folder, dir));
        let keys = [server.buffer.key.as_mut(), server.audit.as_mut().and_then(|audit| audit.key.as_mut())];
        for key in keys.into_iter().flatten() {
            if let SecretRef::File(path) = key {
                join(folder, path);
            }
        }
        server.audit.iter_mut().for_each(|audit| join(folder, &mut audit.path));
        self
    }
}

/// Rewrites the paths below a node. `path` says whether its own option of this name is one.
fn visit(node: &mut Node, path: bool, folder: &Path) {
    match &mut node.value {
        Value::Scalar { .. } => {}
        Value::List(items) => items.iter_mut().for_each(|item| visit(item, false, folder)),
        Value::Map(entries) => {
            let alone = entries.len() == 1;
            for entry in entries {
                let is_path = PATHS.contains(&entry.key.as_str()) || entry.key == "file" && alone || entry.key == "path" && path;
                match &mut entry.node.value {
                    Value::Scalar { text, .. } if is_path && !text.is_empty() => join(folder, text),
                    _ => visit(&mut entry.node, false, folder),
                }
            }
        }
    }
}

fn join(folder: &Path, path: &mut String) {
    // A folder that is no text has been no argument that a configuration could be read by.
    if let Some(joined) = folder.join(&*path).to_str() {
        joined.clone_into(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_begin_at_the_configuration() {
        let text = |at: &str| {
            format!(
                "sources:\n  a: {{ type: http, tokens: [{{ file: {at}t }}], tls: {{ cert: {at}c, key: {{ file: {at}k }}, client_ca: {at}a }} }}\n  \
                 f: {{ type: file, include: [/l/*.log], checkpoints: {at}p }}\nsinks:\n  o: {{ type: file, path: \"{at}{{source}}\" }}\n  \
                 h: {{ type: http, url: \"http://x/path\", ca: {at}ca, token: {{ env: file }} }}\nbuffer: {{ dir: {at}b, key: {{ file: {at}key }} }}\n\
                 audit: {{ path: {at}log, key: {{ file: {at}seal }} }}\n"
            )
        };
        let of = |at: &str| Config::parse(&text(at)).unwrap();
        assert_eq!(of("").in_folder(Path::new("/etc/hushlog")), of("/etc/hushlog/"));
        assert_eq!(of("/x/").in_folder(Path::new("/etc/hushlog")), of("/x/"), "whole paths stay");
        assert_eq!(of("").in_folder(Path::new("")), of(""));
    }
}
