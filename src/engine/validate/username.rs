//! Login name inside a home directory, a `~name`, a `DOMAIN\name` or a `uid=0(name)`.
//!
//! `name` gives the part to mask, so the path keeps its shape. System and service accounts have
//! the same shape; policy tells them apart by a list. Plain logins come in by key.
//! Source: POSIX.1-2017 3.437 (user name), Filesystem Hierarchy Standard 3.8, id(1).

use super::cursor::Cursor;

/// True when `value` names one user in one of the forms.
pub(crate) fn valid(value: &[u8]) -> bool {
    name(value).is_some()
}

/// The user's name inside `value`.
pub(crate) fn name(value: &[u8]) -> Option<&[u8]> {
    let mut cursor = Cursor::new(value);
    if cursor.rest().starts_with(b"/home/") || cursor.rest().starts_with(b"/Users/") {
        let _ = cursor.eat_word(b"/home/") || cursor.eat_word(b"/users/");
        return segment(&mut cursor, b'/');
    }
    if cursor.eat_word(b"uid=") {
        cursor.number(1, 9)?;
        cursor.eat(b'(').then_some(())?;
        let found = user(cursor.take_while(|b| b != b')'))?;
        return (cursor.eat(b')') && cursor.done()).then_some(found);
    }
    if cursor.eat(b'~') {
        return segment(&mut cursor, b'/');
    }
    let head = cursor.take_while(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if head.len() == 1 && cursor.eat(b':') {
        backslash(&mut cursor)?;
        cursor.eat_word(b"users").then_some(())?;
        backslash(&mut cursor)?;
        return segment(&mut cursor, b'\\');
    }
    let domain = (2..=15).contains(&head.len()) && head.iter().all(|b| !b.is_ascii_lowercase());
    domain.then(|| backslash(&mut cursor))??;
    let found = segment(&mut cursor, b'\\')?;
    cursor.done().then_some(found)
}

/// One backslash, or two as JSON writes it.
fn backslash(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.eat(b'\\').then_some(())?;
    cursor.eat(b'\\');
    Some(())
}

fn segment<'a>(cursor: &mut Cursor<'a>, end: u8) -> Option<&'a [u8]> {
    user(cursor.take_while(|b| b != end))
}

/// A name of 1 to 64 bytes that starts with a letter, a digit or `_`.
fn user(name: &[u8]) -> Option<&[u8]> {
    let inside = |b: &u8| b.is_ascii_alphanumeric() || !b.is_ascii() || b"._-@+$ ".contains(b);
    let first = name
        .first()
        .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_' || !b.is_ascii());
    let ends = name.last() != Some(&b' ');
    (first && ends && name.len() <= 64 && name.iter().all(inside)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{name, valid};

    #[test]
    fn vectors() {
        for (ok, who) in [
            ("/home/alice", "alice"),
            ("/Users/bob", "bob"),
            ("C:\\Users\\carol", "carol"),
            ("/home/alice/x y/z", "alice"),
            ("C:\\\\Users\\\\carol\\\\x", "carol"),
            ("~dave/bin", "dave"),
            ("CORP\\erin", "erin"),
            ("uid=1000(frank)", "frank"),
        ] {
            assert_eq!(name(ok.as_bytes()), Some(who.as_bytes()), "{ok}");
        }
        for bad in [
            "/var/lib/x",
            "/homes",
            "C:\\Temp",
            "/home/",
            "/home//x",
            "~/bin",
            "corp\\erin",
            "alice",
            "uid=0",
            "uid=1(a",
            "",
            "C:\\n",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
