//! Secrets that the words of a program announce: `wandb login X`, `setx DB_PASSWORD X`, `requirepass X`, the password
//! that MySQL makes, `otpauth://`, lines of `.pgpass`, `password 7 X` of routers, `sqlplus user/X@db`.
//!
//! Sources: the manual pages of the programs; Key Uri Format of Google Authenticator; libpq, The Password File;
//! Cisco IOS Security Command Reference.

use super::keyed::{field, fits, from_value};
use super::labels::{is_placeholder, own_label_end};
use super::pairs::key_named;
use super::scan::{Scan, Source, is_word};
use super::strings::line_end_within;
use super::value;
use crate::engine::candidates::keys::Named;
use crate::engine::catalog::{Extent, KindId, id};
use crate::engine::validate;

/// Most bytes of a line that are looked at.
const REACH: usize = 256;

/// What stands behind the words of a phrase.
#[derive(Clone, Copy)]
enum Form {
    /// A name, a blank and its value.
    Named,
    /// A password, and nothing else in the line or string.
    Password,
    /// A key of forty hex digits, perhaps behind flags.
    Hex,
    /// A password behind `: `.
    Colon,
    /// `user/X@db`.
    Login,
    /// A digit for the way it is written, and the password.
    Typed,
    /// A password between quotes, perhaps behind a user between quotes: `"AUTH" "jdoe" "X"`, as Redis prints commands.
    Strings,
    /// A user and a password: `add_user jdoe X`.
    Second,
    /// `secret=` among the parameters.
    Seed,
}

const PHRASES: [(&[u8], Form); 21] = [
    (b"AUTH\" \"", Form::Strings),
    (b"requirepass\" \"", Form::Strings),
    (b"ConvertTo-SecureString ", Form::Password),
    (b"add_user ", Form::Second),
    (b"change_password ", Form::Second),
    (b"setx ", Form::Named),
    (b"configure set ", Form::Named),
    (b"requirepass ", Form::Password),
    (b"masterauth ", Form::Password),
    (b"wandb login ", Form::Hex),
    (b"temporary password is generated for ", Form::Colon),
    (b"sqlplus ", Form::Login),
    (b"sqlldr ", Form::Login),
    (b"expdp ", Form::Login),
    (b"impdp ", Form::Login),
    (b"oracle:thin:", Form::Login),
    (b"password 0 ", Form::Typed),
    (b"password 7 ", Form::Typed),
    (b"secret 0 ", Form::Typed),
    (b"key 7 ", Form::Typed),
    (b"otpauth://", Form::Seed),
];

/// Looks at the first letter of a phrase.
pub(crate) fn phrase(scan: &mut Scan<'_>, at: usize) {
    if !scan.word_may_start(at) || matches!(scan.before(at), b'-' | b'.' | b'@') {
        return;
    }
    let rest = scan.slice(at, scan.hay.len());
    let Some((words, form)) = PHRASES.iter().find(|(words, _)| words.first() == rest.first() && rest.starts_with(words)) else { return };
    let rest = scan.slice(at, line_end_within(scan, at, REACH));
    let from = at + words.len();
    match form {
        Form::Named => named(scan, from),
        Form::Password => password(scan, from),
        Form::Hex => hex(scan, from),
        Form::Colon => {
            let rest = rest.get(words.len()..).unwrap_or_default();
            let Some(colon) = memchr::memmem::find(rest, b": ") else { return };
            accept_word(scan, from + colon + 2, |_| true);
        }
        Form::Login => login(scan, from),
        Form::Typed => {
            let hidden = rest.get(words.len().wrapping_sub(2)) == Some(&b'7');
            let ends = |text: &[u8]| {
                let hex = text.len() >= 6 && text.len().is_multiple_of(2) && text.iter().all(u8::is_ascii_hexdigit);
                if hidden { hex && text.iter().any(u8::is_ascii_digit) } else { fits(id::PASSWORD_ASSIGNMENT, text) }
            };
            accept_word(scan, from, ends);
        }
        Form::Strings => strings(scan, from),
        Form::Second => {
            let user = word_end(scan, from);
            if scan.byte(user) == b' ' {
                accept_word(scan, user + 1, |text| text.len() >= 6 && !text.starts_with(b"-"));
            }
        }
        Form::Seed => seed(scan, from),
    }
}

/// Where the word at `at` ends: at a blank, a quote or what an escape stands for.
fn word_end(scan: &Scan<'_>, at: usize) -> usize {
    let rest = scan.slice(at, line_end_within(scan, at, 2 * REACH));
    at + rest.iter().position(|byte| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'\\' | b'`')).unwrap_or(rest.len())
}

/// Takes the word at `at` for a password if it can be one.
fn accept_word(scan: &mut Scan<'_>, at: usize, can_be: impl Fn(&[u8]) -> bool) {
    let end = word_end(scan, at);
    accept(scan, id::PASSWORD_ASSIGNMENT, at, end, can_be);
}

fn accept(scan: &mut Scan<'_>, kind: KindId, start: usize, end: usize, can_be: impl Fn(&[u8]) -> bool) {
    let text = scan.slice(start, end);
    if text.is_empty() || !can_be(text) || is_placeholder(scan.settings, text) || own_label_end(scan, start).is_some() {
        return;
    }
    let keyed = kind.builtin().map_or(0, |kind| kind.keyed);
    scan.accept(kind, start, end, keyed, Source::Context);
}

/// `DB_PASSWORD X`
fn named(scan: &mut Scan<'_>, at: usize) {
    let end = word_end(scan, at);
    let Some((found, key)) = key_named(scan.slice(at, end)) else { return };
    if scan.byte(end) == b' ' && !matches!(scan.byte(end + 1), b'-' | b'/') {
        from_value(scan, &Named { key: found, start: at, end }, key, end, true);
    }
}

/// A word that ends its line or string, or has the shape of a password.
fn password(scan: &mut Scan<'_>, at: usize) {
    let open = at + usize::from(matches!(scan.byte(at), b'"' | b'\''));
    let end = word_end(scan, open);
    let last = !matches!(scan.byte(end), b' ' | b'\t');
    accept(scan, id::PASSWORD_ASSIGNMENT, open, end, |text| last || fits(id::PASSWORD_ASSIGNMENT, text));
}

/// The last string of a command; `at` is in the one before or in it.
fn strings(scan: &mut Scan<'_>, at: usize) {
    let rest = scan.slice(at, line_end_within(scan, at, REACH));
    let Some(first) = memchr::memchr(b'"', rest) else { return };
    let second = rest.get(first..).and_then(|rest| rest.strip_prefix(b"\" \"")).and_then(|rest| memchr::memchr(b'"', rest));
    let (start, end) = second.map_or((at, at + first), |length| (at + first + 3, at + first + 3 + length));
    accept(scan, id::PASSWORD_ASSIGNMENT, start, end, |_| true);
}

/// Forty hex digits among the words that follow.
fn hex(scan: &mut Scan<'_>, at: usize) {
    let mut from = at;
    for _ in 0..6 {
        let end = word_end(scan, from);
        let local = scan.slice(from, end).strip_prefix(b"local-").map_or(0, |_| 6);
        if validate::hex40::valid(scan.slice(from + local, end)) {
            return accept(scan, id::WANDB_API_KEY_LEGACY, from, end, |_| true);
        }
        if scan.byte(end) != b' ' {
            return;
        }
        from = end + 1;
    }
}

/// `user/X@db`, perhaps behind flags.
fn login(scan: &mut Scan<'_>, at: usize) {
    let mut from = at;
    for _ in 0..6 {
        let open = from + usize::from(matches!(scan.byte(from), b'"' | b'\''));
        let end = word_end(scan, open);
        let word = scan.slice(open, end);
        let user = word.iter().take_while(|byte| is_word(**byte) || matches!(byte, b'$' | b'#' | b'.')).count();
        if user > 0
            && word.get(user) == Some(&b'/')
            && let Some(host) = word.iter().rposition(|byte| *byte == b'@').filter(|host| *host > user + 1)
        {
            return accept(scan, id::PASSWORD_ASSIGNMENT, open + user + 1, open + host, |_| true);
        }
        if scan.byte(end) != b' ' {
            return;
        }
        from = end + 1;
    }
}

/// The seed in `totp/ACME:bob?secret=JBSWY3DPEHPK3PXP&issuer=ACME`: the scheme is proof enough.
fn seed(scan: &mut Scan<'_>, at: usize) {
    let end = word_end(scan, at).min(at + 2 * REACH);
    let Some(from) = memchr::memmem::find(scan.slice(at, end), b"secret=").map(|found| at + found + 7) else { return };
    let rest = scan.slice(from, end);
    let length = rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'=' || *byte == b'%')).unwrap_or(rest.len());
    accept(scan, id::OTP_SEED, from, from + length, |_| true);
}

/// Looks at the port in `db.example.com:5432:app:bob:X`, a line of `.pgpass`.
pub(crate) fn pgpass(scan: &mut Scan<'_>, at: usize) {
    let floor = at.saturating_sub(REACH);
    let before = scan.slice(floor, at);
    let start = memchr::memrchr2(b'\n', b'\r', before).map_or(floor, |end| floor + end + 1);
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'*' | b'/' | b'[' | b']');
    let host = scan.slice(start, at);
    let line = scan.slice(at + 1, line_end_within(scan, at, REACH));
    let mut parts = line.splitn(4, |byte| *byte == b':');
    let (port, database, user, secret) = (parts.next(), parts.next(), parts.next(), parts.next());
    let named = |text: Option<&[u8]>| text.is_some_and(|text| !text.is_empty() && text.iter().all(part));
    let Some(secret) = secret.filter(|secret| !secret.is_empty() && !secret.iter().any(u8::is_ascii_whitespace)) else { return };
    if host.is_empty() || !host.iter().all(part) || !named(port) || !named(database) || !named(user) {
        return;
    }
    let from = at + 1 + line.len() - secret.len();
    let end = from + secret.len();
    accept(scan, id::PASSWORD_ASSIGNMENT, from, end, |_| true);
}

/// Most bytes from the id of an AWS key to its secret.
const NEAR: usize = 200;

/// The secret behind the id of an AWS key that ends at `at`, in the same line: forty characters that can be one.
pub(super) fn behind_key_id(scan: &mut Scan<'_>, at: usize) {
    let end = line_end_within(scan, at, NEAR + 40);
    let rest = scan.hay.get(at..end).unwrap_or_default();
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+' | b'=' | b'_' | b'-');
    let mut from = at;
    for word in rest.split(|byte| !inside(byte)) {
        let start = from;
        from += word.len() + 1;
        // Words of letters alone are names of classes and hosts; a path has more signs.
        let mixed = word.iter().any(u8::is_ascii_digit);
        if mixed && start < at + NEAR && validate::aws_secret::valid(word) && !inside(&scan.byte(start + 40)) {
            let keyed = id::AWS_SECRET_ACCESS_KEY.builtin().map_or(0, |kind| kind.keyed);
            return scan.accept(id::AWS_SECRET_ACCESS_KEY, start, start + 40, keyed, Source::Context);
        }
    }
}

/// Looks at `IDENTIFIED BY` and `IDENTIFIED WITH plugin BY` of a database, and at `SET PASSWORD FOR x = `.
pub(crate) fn identified(scan: &mut Scan<'_>, at: usize) {
    if !scan.word_may_start(at) {
        return;
    }
    let rest = scan.slice(at, line_end_within(scan, at, REACH));
    let behind = if rest.get(..12).is_some_and(|head| head.eq_ignore_ascii_case(b"SET PASSWORD")) {
        memchr::memmem::find(rest, b"= ").map(|sign| sign + 2)
    } else {
        memchr::memmem::find(rest, b" BY ").map(|by| by + 4).filter(|by| *by < 64)
    };
    let Some(from) = behind.map(|behind| at + behind) else { return };
    let Some((found, key)) = key_named(b"password") else { return };
    let Some(value) = value::read(scan.hay, from, Extent::Secret, false, &mut scan.done.stops) else { return };
    let text = scan.slice(value.start, value.end);
    let bare = text.strip_suffix(b";").unwrap_or(text);
    if value.quoted || fits(id::PASSWORD_ASSIGNMENT, bare) && bare.iter().all(|byte| byte.is_ascii_graphic()) {
        field(scan, &Named { key: found, start: at, end: from }, key, b"", value);
    }
}
