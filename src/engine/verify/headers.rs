//! Credentials in URLs, HTTP headers and self-describing tokens.

use super::scan::{Scan, Source, is_word};
use crate::engine::catalog::id;
use crate::engine::validate;

/// Longest scheme, authority and credential looked at, in bytes.
const SCHEME: usize = 24;
const AUTHORITY: usize = 1024;

/// Schemes whose userinfo belongs to a database or a broker.
const STORES: [&[u8]; 16] = [
    b"postgres",
    b"postgresql",
    b"mysql",
    b"mariadb",
    b"mongodb",
    b"mongodb+srv",
    b"redis",
    b"rediss",
    b"amqp",
    b"amqps",
    b"clickhouse",
    b"mssql",
    b"sqlserver",
    b"oracle",
    b"cassandra",
    b"kafka",
];

/// Looks at `://`: a user and a password before the host.
pub(crate) fn url(scan: &mut Scan<'_>, at: usize) {
    let floor = at.saturating_sub(SCHEME);
    let mut start = at;
    while start > floor && (scan.before(start).is_ascii_alphanumeric() || matches!(scan.before(start), b'+' | b'-' | b'.')) {
        start -= 1;
    }
    let from = at + 3;
    let limit = scan.hay.len().min(from + AUTHORITY);
    // The password may hold `@` and `:`; the authority ends at a slash, a query, a blank or a quote.
    let stop = scan
        .slice(from, limit)
        .iter()
        .position(|byte| matches!(byte, b'/' | b'?' | b'#' | b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'<' | b'>' | b'\\' | b'`'));
    let end = stop.map_or(limit, |length| from + length);
    let Some(userinfo) = scan.slice(from, end).iter().rposition(|byte| *byte == b'@') else { return };
    let userinfo_end = from + userinfo;
    if validate::url_credentials::valid(scan.slice(start, end)) {
        let scheme = scan.slice(start, at);
        let scheme = scheme.strip_prefix(b"jdbc:").unwrap_or(scheme);
        let kind = if STORES.iter().any(|store| scheme.eq_ignore_ascii_case(store)) { id::CONNECTION_STRING } else { id::URL_CREDENTIALS };
        scan.accept_alone(kind, from, userinfo_end, Source::Format);
    } else {
        scan.refuse(id::URL_CREDENTIALS, from, userinfo_end, "no password, or a template in its place");
    }
}

/// Looks at an authentication scheme followed by a blank: `Bearer `, `Basic `, `Splunk ` ...
pub(crate) fn auth_scheme(scan: &mut Scan<'_>, at: usize) {
    if !scan.word_may_start(at) {
        return;
    }
    let limit = scan.hay.len().min(at + 24);
    let Some(scheme_length) = scan.slice(at, limit).iter().position(|byte| *byte == b' ') else { return };
    let start = at + scheme_length + 1;
    let scheme = scan.slice(at, at + scheme_length);
    let common = scheme.eq_ignore_ascii_case(b"token") || scheme.eq_ignore_ascii_case(b"apikey");
    if common && !begins_a_value(scan, at) {
        scan.refuse(id::AUTH_BEARER, at, start, "a word of a sentence or a path, not a scheme");
        return;
    }
    let end = credential_end(scan, start);
    let value = scan.slice(start, end);
    if scheme.eq_ignore_ascii_case(b"basic") {
        if validate::basic_auth::valid(value) {
            scan.accept_alone(id::AUTH_BASIC, start, end, Source::Checksum);
        } else {
            scan.refuse(id::AUTH_BASIC, start, end, "does not decode to a user and a password");
        }
    } else if scheme == b"Splunk" {
        if validate::uuid::valid(value) {
            scan.accept_alone(id::SPLUNK_HEC_TOKEN, start, end, Source::Format);
        }
    } else if scheme.starts_with(b"AWS4-HMAC") || scheme == b"Digest" {
        signed_fields(scan, start);
    } else if scheme.eq_ignore_ascii_case(b"bearer") {
        // A bare `Bearer xyz` needs a token's length; behind the header name the key decides.
        let letters_only = value.iter().all(u8::is_ascii_alphabetic);
        if value.len() >= 16 && (!letters_only || value.len() >= 32) {
            scan.accept_alone(id::AUTH_BEARER, start, end, Source::Format);
        } else {
            scan.refuse(id::AUTH_BEARER, start, end, "too short for a token without a header");
        }
    } else if common && value.len() >= 16 && validate::high_entropy::valid(value) {
        scan.accept_alone(id::AUTH_BEARER, start, end, Source::Format);
    }
}

/// Whether a header's value, a quoted text or a line begins at `at`.
fn begins_a_value(scan: &Scan<'_>, at: usize) -> bool {
    match scan.before(at) {
        b'"' | b'\'' | b'`' | b':' | b'=' | b'\n' | b'\r' => true,
        b' ' => matches!(scan.before(at - 1), b':' | b'=' | b'>'),
        _ => false,
    }
}

/// One past the token68 characters at `start` (RFC 9110, 11.2).
fn credential_end(scan: &Scan<'_>, start: usize) -> usize {
    let rest = scan.hay.get(start..).unwrap_or_default();
    let length = rest
        .iter()
        .position(|byte| !(is_word(*byte) || matches!(byte, b'-' | b'.' | b'~' | b'+' | b'/' | b'=' | b':' | b'%')))
        .unwrap_or(rest.len());
    let mut end = start + length;
    while end > start && matches!(scan.before(end), b'.' | b':') {
        end -= 1;
    }
    end
}

/// Masks what is secret in a signed header: the signature, the key id, the user.
fn signed_fields(scan: &mut Scan<'_>, start: usize) {
    if start < scan.done.signed {
        return;
    }
    let rest = scan.slice(start, scan.hay.len().min(start + 4096));
    let line = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    scan.done.signed = start + line;
    for name in [&b"Credential="[..], b"Signature=", b"response=", b"username=", b"nonce=", b"cnonce="] {
        let Some(found) = memchr::memmem::find(scan.slice(start, start + line), name) else { continue };
        let mut from = start + found + name.len();
        while matches!(scan.byte(from), b'"' | b'\\') {
            from += 1;
        }
        let length = scan
            .slice(from, start + line)
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\'' | b'\\' | b',' | b' ' | b'/' | b'&' | b')' | b']' | b'}' | b'<'))
            .unwrap_or(start + line - from);
        if !name.ends_with(b"nonce=") {
            scan.accept_alone(id::AUTH_DIGEST_SIGV4, from, from + length, Source::Format);
        }
    }
}

/// Looks at `eyJ`: a JSON web token (RFC 7519).
pub(crate) fn jwt(scan: &mut Scan<'_>, start: usize) {
    if !scan.word_may_start(start) {
        return;
    }
    // Inside a long run only its first start is looked at.
    if start < scan.done.jwt && scan.done.jwt - start > 4096 {
        return;
    }
    let rest = scan.hay.get(start..).unwrap_or_default();
    let length = rest.iter().position(|byte| !(is_word(*byte) || matches!(byte, b'-' | b'.'))).unwrap_or(rest.len());
    let mut end = start + length;
    scan.done.jwt = end;
    let value = scan.slice(start, end);
    let dots = value.iter().filter(|byte| **byte == b'.').count();
    if dots < 2 {
        scan.refuse(id::JWT, start, end, "fewer than three parts");
        return;
    }
    // A full stop after the sentence is not the empty signature of an unsigned token.
    let whole = validate::jwt::valid(value);
    if !whole {
        while scan.before(end) == b'.' {
            end -= 1;
        }
    }
    if whole || validate::jwt::valid(scan.slice(start, end)) {
        scan.accept_alone(id::JWT, start, end, Source::Checksum);
    } else {
        scan.refuse(id::JWT, start, end, "the first part is not a token header");
    }
}

/// Looks at `:AA`: a bot token, digits before and 33 characters after.
pub(crate) fn telegram(scan: &mut Scan<'_>, colon: usize) {
    let mut start = colon;
    while start > 0 && colon - start < 11 && scan.before(start).is_ascii_digit() {
        start -= 1;
    }
    let rest = scan.slice(colon + 1, scan.hay.len().min(colon + 64));
    let end = colon + 1 + rest.iter().position(|byte| !(is_word(*byte) || *byte == b'-')).unwrap_or(rest.len());
    if validate::telegram_bot::valid(scan.slice(start, end))
        && (scan.word_may_start(start) || scan.slice(start.saturating_sub(3), start) == b"bot")
    {
        scan.accept_alone(id::TELEGRAM_BOT, start, end, Source::Format);
    }
}
