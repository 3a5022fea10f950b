//! Secrets: named in the configuration, read from a file or a variable, shown nowhere.

use super::fields::At;
use super::problem::Problems;
use super::yaml::Value;
use std::ffi::OsString;
use std::fmt;
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
    pub fn load(&self) -> std::io::Result<Secret> {
        let mut bytes = self.read()?;
        while bytes.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
            bytes.pop();
        }
        if bytes.is_empty() {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Secret::new(bytes))
    }

    /// Reads a key of raw bytes, whose last one may look like a line end. A file that others than its owner may read is
    /// refused.
    ///
    /// # Errors
    /// If there is none, or others may read it. The error names no part of it.
    pub fn load_key(&self) -> std::io::Result<Secret> {
        if let Self::File(path) = self
            && std::fs::metadata(path)?.permissions().mode() & 0o077 != 0
        {
            return Err(std::io::Error::other("others than its owner can read the key; `chmod 400` it"));
        }
        self.read().map(Secret::new)
    }

    fn read(&self) -> std::io::Result<Vec<u8>> {
        match self {
            Self::File(path) => std::fs::read(path),
            Self::Env(name) => Ok(std::env::var_os(name).map(OsString::into_encoded_bytes).ok_or(std::io::ErrorKind::NotFound)?),
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
    fn a_secret_is_not_shown() {
        assert_eq!(format!("{:?}", Secret::new(b"hunter2hunter2".to_vec())), "Secret(…)");
    }
}
