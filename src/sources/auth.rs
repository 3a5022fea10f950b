//! Who may send: a bearer token, or a user and password.

use crate::config::fields::Fields;
use crate::config::{Problems, Secret, SecretRef};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;

/// How senders prove who they are.
#[derive(Clone, Debug, Default)]
pub(super) struct AuthOptions {
    tokens: Vec<SecretRef>,
    user: Option<String>,
    password: Option<SecretRef>,
}

/// Headers that are accepted; none means everybody may send.
#[derive(Clone, Default)]
pub(super) struct Auth {
    accepted: Vec<Secret>,
}

impl AuthOptions {
    /// Reads `token`, or `user` and `password`.
    pub(super) fn read(fields: &mut Fields<'_>, problems: &mut Problems) -> Self {
        let KeyOptions(tokens) = KeyOptions::read(fields, "tokens", problems);
        let (user, password) = (fields.take("user"), fields.take("password"));
        // One without the other would let everybody in.
        if let (Some(at), None) | (None, Some(at)) = (&user, &password) {
            at.wrong_as(problems, "one of `user` and `password` without the other", "both, or none");
        }
        let user = user.and_then(|at| {
            let name = at.text(problems, "a name")?;
            if name.is_empty() || name.contains(':') {
                at.wrong_as(problems, "a name that cannot be sent", "a name without `:`");
            }
            Some(name.to_owned())
        });
        let password = password.and_then(|password| password.secret(problems));
        Self { tokens, user, password }
    }

    /// Reads the secrets.
    pub(super) fn load(&self) -> std::io::Result<Auth> {
        let mut accepted = Vec::new();
        for token in &self.tokens {
            accepted.push(Secret::new([b"Bearer ".as_slice(), token.load()?.reveal()].concat()));
        }
        if let (Some(user), Some(password)) = (&self.user, &self.password) {
            let pair = [user.as_bytes(), b":", password.load()?.reveal()].concat();
            accepted.push(Secret::new([b"Basic ".as_slice(), BASE64.encode(&pair).as_bytes()].concat()));
        }
        Ok(Auth { accepted })
    }
}

impl Auth {
    /// Whether the sender of a request may send.
    pub(super) fn allows(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(AUTHORIZATION).map(|value| value.as_bytes()).unwrap_or_default();
        // Every one is looked at, so that the time does not tell which one is near.
        self.accepted.is_empty() || self.accepted.iter().fold(false, |allowed, own| same(own.reveal(), given) | allowed)
    }
}

/// Secrets of senders, in whatever way a protocol has them presented. None means everybody may send.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyOptions(Vec<SecretRef>);

/// The secrets, read.
#[derive(Clone, Default)]
pub(super) struct Keys(Vec<Secret>);

impl KeyOptions {
    /// Reads a list of secrets.
    pub(super) fn read(fields: &mut Fields<'_>, key: &'static str, problems: &mut Problems) -> Self {
        let Some(at) = fields.take(key) else { return Self::default() };
        let list = at.list();
        if list.is_empty() {
            // An empty list would let everybody in.
            at.wrong_as(problems, "an empty list", "at least one `{ file: PATH }` or `{ env: NAME }`");
        }
        Self(list.iter().filter_map(|item| item.secret(problems)).collect())
    }

    /// Reads the secrets.
    pub(super) fn load(&self) -> std::io::Result<Keys> {
        self.0.iter().map(SecretRef::load).collect::<Result<_, _>>().map(Keys)
    }
}

impl Keys {
    /// Whether everybody may send.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them was given. Every one is looked at, as in [`Auth::allows`].
    pub(super) fn know(&self, given: &[u8]) -> bool {
        self.0.iter().fold(false, |known, own| same(own.reveal(), given) | known)
    }
}

/// Whether two secrets are the same, in a time that does not depend on where they differ.
pub(super) fn same(own: &[u8], given: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(own, given).is_ok()
}
