//! Fields that a log store routes by: an index, a service, a trace id.
//!
//! A label is no valid index and no trace id, and a store refuses the record or files it elsewhere.
//! So a finding in such a field makes the whole value a constant that the store accepts.

use super::paths::normal;

/// What stands for a value when nothing else is configured.
const CONSTANT: &str = "hushlog-masked";
/// Fields of the stores that hushlog writes to. `*` stands for the rest of a name.
const DEFAULTS: [&str; 10] =
    ["index", "sourcetype", "service", "service.name", "trace_id", "span_id", "k8s.*", "log_group", "log_stream", "stream"];
/// Longest name and longest constant.
const LENGTH: usize = 64;

/// The fields and their constants; those of rule files first.
#[derive(Clone, Debug)]
pub(crate) struct Structural {
    fields: Vec<Field>,
}

#[derive(Clone, Debug)]
struct Field {
    /// Normalised, without the star.
    name: Vec<u8>,
    open: bool,
    constant: String,
}

impl Default for Structural {
    fn default() -> Self {
        Self { fields: DEFAULTS.iter().map(|name| field(name, CONSTANT.to_owned())).collect() }
    }
}

fn field(name: &str, constant: String) -> Field {
    let kept = name.strip_suffix('*');
    Field { name: normal(kept.unwrap_or(name).as_bytes()), open: kept.is_some(), constant }
}

/// Checks one line of a `[structural]` table.
///
/// # Errors
/// What is wrong and what is allowed.
pub(crate) fn check(name: &str, constant: &str) -> Result<(), String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let kept = name.strip_suffix(".*").unwrap_or(name);
    if kept.is_empty() || kept.len() > LENGTH || !kept.bytes().all(plain) {
        return Err("structural: a name has 1 to 64 letters, digits, `_`, `-` and `.`, and may end in `.*`".to_owned());
    }
    let first = constant.as_bytes().first().is_some_and(u8::is_ascii_lowercase);
    let valid = constant.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-'));
    if !first || !valid || constant.len() > LENGTH {
        return Err(format!(
            "structural: what stands for `{name}` must be 1 to 64 lower-case letters, digits, `_` and `-`, a letter first"
        ));
    }
    Ok(())
}

impl Structural {
    /// Adds a checked line; it comes before those there are.
    pub(crate) fn add(&mut self, name: &str, constant: String) {
        self.fields.insert(0, field(name, constant));
    }

    /// What stands for a value with a finding in the field of this path: the path itself, or what is behind
    /// one of its dots, is the name.
    pub(crate) fn constant(&self, path: &[u8]) -> Option<&str> {
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'.', path).map(|dot| dot + 1));
        let tails: Vec<Vec<u8>> = starts.filter_map(|start| path.get(start..)).map(normal).collect();
        let fits = |field: &&Field| tails.iter().any(|tail| *tail == field.name || field.open && tail.starts_with(&field.name));
        self.fields.iter().find(fits).map(|field| field.constant.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_told_by_whole_names() {
        let mut structural = Structural::default();
        structural.add("tenant", "unknown".to_owned());
        structural.add("index", "main".to_owned());
        for (path, expected) in [
            ("index", Some("main")),
            ("event.index", Some("main")),
            ("reindex", None),
            ("traceId", Some(CONSTANT)),
            ("resource.service.name", Some(CONSTANT)),
            ("k8s.pod.name", Some(CONSTANT)),
            ("resource.k8s.namespace.name", Some(CONSTANT)),
            ("tenant", Some("unknown")),
            ("customer_service", None),
            ("message", None),
            ("", None),
        ] {
            assert_eq!(structural.constant(path.as_bytes()), expected, "{path}");
        }
    }

    #[test]
    fn constants_are_identifiers() {
        assert!(check("k8s.*", "hushlog-masked").is_ok());
        for (name, constant) in [("", "a"), ("*", "a"), ("a b", "a"), ("a", ""), ("a", "[A]"), ("a", "-a"), ("a", "A"), ("a", "x y")] {
            assert!(check(name, constant).is_err(), "{name} {constant}");
        }
    }
}
