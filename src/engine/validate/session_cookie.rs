//! Session cookie: a `Cookie:` or `Set-Cookie:` line, or one `name=value` pair of such a line.
//!
//! At least one pair must have a session-like name and a value of eight or more token bytes, so
//! consent and locale cookies stay. Source: RFC 6265 4.1.1 and 4.2.1, OWASP Session Management
//! Cheat Sheet (default names of frameworks).

use super::cursor::Cursor;

/// Whole names that do not contain one of the `PARTS`.
const NAMES: [&[u8]; 9] = [
    b"sid",
    b"connect.sid",
    b"_ga",
    b"_gid",
    b"auth",
    b"authorization",
    b"jwt",
    b"remember_me",
    b"ssid",
];

/// Fragments of session cookie names (`JSESSIONID`, `csrftoken`, `laravel_session`).
const PARTS: [&[u8]; 6] = [b"sess", b"token", b"csrf", b"xsrf", b"auth_", b"_sid"];

/// True when the line or pair holds a session value.
pub(crate) fn valid(value: &[u8]) -> bool {
    let mut cursor = Cursor::new(value);
    if cursor.eat_word(b"set-cookie:") || cursor.eat_word(b"cookie:") {
        cursor.eat(b' ');
    }
    cursor
        .rest()
        .split(|&b| b == b';')
        .any(|pair| session(pair.trim_ascii()))
}

fn session(pair: &[u8]) -> bool {
    let mut sides = pair.splitn(2, |&b| b == b'=');
    let (name, value) = (
        sides.next().unwrap_or_default(),
        sides.next().unwrap_or_default(),
    );
    let known = NAMES.iter().any(|n| name.eq_ignore_ascii_case(n))
        || PARTS.iter().any(|p| contains(name, p));
    let token = |b: &u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-./:=?@^_`|~<>()[]{}".contains(b);
    let inner = match value {
        [b'"', inner @ .., b'"'] => inner,
        _ => value,
    };
    known && name.iter().all(u8::is_ascii_graphic) && inner.len() >= 8 && inner.iter().all(token)
}

fn contains(name: &[u8], part: &[u8]) -> bool {
    name.windows(part.len())
        .any(|window| window.eq_ignore_ascii_case(part))
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in [
            "Set-Cookie: sid=0123456789abcdef; HttpOnly",
            "JSESSIONID=ABCDEF0123456789",
            "Cookie: session=abcdefgh12345678",
            "Cookie: theme=dark; PHPSESSID=abcdefgh",
            "connect.sid=\"s%3Aabcdefgh\"",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "Cookie:",
            "sid=",
            "JSESSIONID=1",
            "Cookie: consent=accepted-all",
            "lang=english-british",
            "sid",
            "sid=abc defgh",
            "my session=abcdefgh",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
