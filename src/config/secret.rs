//! Secrets: named in the configuration, read from a file or a variable, shown nowhere.

use super::fields::At;
use super::problem::Problems;
use super::yaml::{Node, Value};
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::os::unix::fs::PermissionsExt;
use zeroize::Zeroizing;

/// Where a secret stands. The secret itself never stands in the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretRef {
    /// A file; the line end behind the secret does not belong to it.
    File(String),
    /// A variable of the environment.
    Env(String),
}

impl SecretRef {
    /// Reads the secret. This is the one place where the configuration touches a file or the environment.
    ///
    /// # Errors
    /// If there is none, or it is empty. The error names no part of it.
    pub fn load(&self) -> io::Result<Secret> {
        let mut bytes = self.read()?;
        while bytes.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
            bytes.pop();
        }
        if bytes.is_empty() {
            let problem = format!("{} is empty; write the secret there, on one line", self.place());
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, problem));
        }
        Ok(Secret::new(bytes))
    }

    /// Reads a key of raw bytes, whose last one may look like a line end. A file that others than its owner may read is
    /// refused.
    ///
    /// # Errors
    /// If there is none, or others may read it. The error names no part of it.
    pub fn load_key(&self) -> io::Result<Secret> {
        if let Self::File(path) = self
            && std::fs::metadata(path)?.permissions().mode() & 0o077 != 0
        {
            return Err(io::Error::other("others than its owner can read the key; `chmod 400` it"));
        }
        self.read().map(Secret::new)
    }

    fn read(&self) -> io::Result<Vec<u8>> {
        match self {
            Self::File(path) => {
                std::fs::read(path).map_err(|error| io::Error::new(error.kind(), format!("{} cannot be read: {error}", self.place())))
            }
            Self::Env(name) => {
                let missing = || io::Error::new(io::ErrorKind::NotFound, format!("{} is not set", self.place()));
                std::env::var_os(name).map(OsString::into_encoded_bytes).ok_or_else(missing)
            }
        }
    }

    /// Where it stands, for messages.
    pub fn place(&self) -> String {
        match self {
            Self::File(path) => format!("the file `{path}`"),
            Self::Env(name) => format!("the variable `{name}`"),
        }
    }
}

/// What the files of some sections' secrets held when they were read.
#[derive(Default)]
pub(crate) struct Secrets(Vec<(String, Option<Secret>)>);

impl Secrets {
    /// Reads those that a section names, and the authorities that it trusts. Files of `tls` are left out: a listener looks
    /// after them itself.
    pub(super) fn add_all(&mut self, node: &Node) {
        match &node.value {
            Value::Scalar { .. } => {}
            Value::List(items) => items.iter().for_each(|item| self.add_all(item)),
            Value::Map(entries) => {
                for entry in entries {
                    match &entry.node.value {
                        Value::Scalar { text, .. } if entry.key == "ca" || entry.key == "file" && entries.len() == 1 => self.add(text),
                        _ if entry.key == "tls" => {}
                        _ => self.add_all(&entry.node),
                    }
                }
            }
        }
    }

    /// Reads one.
    pub(super) fn add(&mut self, path: &str) {
        self.0.push((path.to_owned(), std::fs::read(path).ok().map(Secret::new)));
    }

    /// The first file that cannot be read, or is empty.
    pub(crate) fn missing(&self) -> Option<&str> {
        let lacks = |secret: &Option<Secret>| secret.as_ref().is_none_or(|secret| secret.reveal().trim_ascii().is_empty());
        self.0.iter().find(|(_, secret)| lacks(secret)).map(|(path, _)| path.as_str())
    }

    /// Whether the same files hold the same.
    pub(crate) fn same(&self, other: &Self) -> bool {
        let held =
            |secrets: &Self, at: usize| secrets.0.get(at).and_then(|(path, secret)| Some((path.clone(), secret.as_ref()?.0.clone())));
        self.0.len() == other.0.len() && (0..self.0.len()).all(|at| held(self, at) == held(other, at))
    }
}

/// A secret that was read. It is wiped from memory when it is dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Keeps a secret.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The secret, for the one who presents or checks it.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl At<'_> {
    /// As a secret by its place: `{ file: PATH }` or `{ env: NAME }`.
    pub(crate) fn secret(&self, problems: &mut Problems) -> Option<SecretRef> {
        const FORM: &str = "`{ file: PATH }` or `{ env: NAME }`: a secret stands in a file or a variable, never here";
        let Value::Map(_) = &self.node.value else {
            self.wrong(problems, FORM);
            return None;
        };
        let mut map = self.map(problems, FORM)?;
        let file = map.take("file").and_then(|file| file.text(problems, "a path"));
        let env = map.take("env").and_then(|env| env.text(problems, "the name of a variable"));
        map.finish(problems);
        match (file, env) {
            (Some(file), None) => Some(SecretRef::File(file.to_owned())),
            (None, Some(env)) => Some(SecretRef::Env(env.to_owned())),
            _ => {
                self.wrong(problems, FORM);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn files_of_secrets_are_compared_by_what_they_hold() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let text = format!(
            "sources: {{ a: {{ type: http, tokens: [{{ file: {} }}], tls: {{ key: {{ file: {} }} }} }} }}\nsinks: {{ b: {{ type: http, ca: {} }} }}\n",
            path("token"),
            path("tls"),
            path("ca")
        );
        let config = crate::config::Config::parse(&text).unwrap();
        let write = |name: &str, text: &str| std::fs::write(path(name), text).unwrap();
        assert_eq!(config.server.secrets().missing(), Some(path("token").as_str()));
        write("token", "one\n");
        write("ca", "\n");
        assert_eq!(config.server.secrets().missing(), Some(path("ca").as_str()));
        write("ca", "roots");
        let before = config.server.secrets();
        assert!(before.missing().is_none() && before.same(&config.server.secrets()));
        write("tls", "another");
        assert!(before.same(&config.server.secrets()));
        write("token", "two\n");
        assert!(!before.same(&config.server.secrets()));
    }

    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(format!("{:?}", Secret::new(b"hunter2hunter2".to_vec())), "Secret(…)");
    }
}
