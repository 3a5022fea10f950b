//! URL with a password in front of the host: `scheme://user:password@host`.
//!
//! The host part ends at `/`, `?`, `#` or a blank and is split at its last `@`, because passwords
//! may hold one. The user may be empty (`redis://:secret@host`), the password may not, and an
//! unexpanded variable is no password. Source: RFC 3986 3.1, 3.2.1 and 7.5.

/// True when `value` starts with such a URL and holds no blank or quote.
pub(crate) fn valid(value: &[u8]) -> bool {
    password(value).is_some_and(|secret| !secret.is_empty() && !variable(secret))
}

/// The password, percent-encoding untouched.
pub(crate) fn password(value: &[u8]) -> Option<&[u8]> {
    let colon = value.windows(3).position(|w| w == b"://")?;
    let scheme = value.get(..colon)?;
    let (first, _) = scheme.split_first()?;
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"+.-".contains(b);
    let broken = value
        .iter()
        .any(|b| b.is_ascii_whitespace() || b.is_ascii_control() || *b == b'"');
    if !first.is_ascii_alphabetic() || !scheme.iter().all(plain) || broken {
        return None;
    }
    let rest = value.get(colon + 3..)?;
    let authority = rest.split(|b| b"/?#".contains(b)).next()?;
    let at = authority.iter().rposition(|&b| b == b'@')?;
    let (user, host) = (authority.get(..at)?, authority.get(at + 1..)?);
    let split = user.iter().position(|&b| b == b':')?;
    if host.is_empty() || host.starts_with(b":") {
        return None;
    }
    user.get(split + 1..)
}

/// `${NAME}`, `{{ name }}`, `<name>`, `%NAME%` or `$NAME`: a template, not yet a secret.
fn variable(secret: &[u8]) -> bool {
    let name = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_';
    match secret {
        [b'$', b'{', .., b'}'] | [b'{', .., b'}'] | [b'<', .., b'>'] => true,
        [b'$', inner @ ..] | [b'%', inner @ .., b'%'] => {
            inner.iter().all(name) && !inner.is_empty()
        }
        _ => secret.iter().all(|&b| b == b'*'),
    }
}

#[cfg(test)]
mod tests {
    use super::{password, valid};

    #[test]
    fn vectors() {
        for ok in [
            "https://alice:s3cr3t@example.com/path",
            "postgres://app:p%40ss@db.example.net:5432/main",
            "redis://:hunter2@cache:6379/0",
            "mongodb+srv://app:a@b@db.example.net",
            "ftp://a:b:c@h?x=1",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "https://example.com:8443/a@b",
            "https://alice@example.com/",
            "mailto:alice@example.com",
            "https://${USER}:${PASS}@example.com",
            "https://alice:@example.com",
            "https://a:b@",
            "://a:b@c",
            "1x://a:b@c",
            "https://a:b c@d",
            "https://a:***@d",
            "git@github.com:org/repo",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
        assert_eq!(password(b"mongodb://app:a@b@db"), Some(&b"a@b"[..]));
    }
}
