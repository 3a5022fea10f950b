//! Email address: local part, at-sign (raw or escaped) and host name or address literal.
//!
//! Source: RFC 5321 4.1.2 and 4.5.3.1 (lengths), RFC 5322 3.4.1 (dot-atom, quoted string),
//! RFC 6531 (UTF-8), RFC 1123 2.1 (labels). The at-sign may arrive escaped by JSON, a URL, HTML,
//! a C string or quoted-printable. File names (`icon@2x.png`), versions (`pkg@1.2.3`) and systemd
//! units (`getty@tty1.service`) have the same shape and are told apart by the last label.

/// Escaped spellings of `@`, matched without case.
const ESCAPED_AT: [&[u8]; 6] = [b"%40", b"\\u0040", b"&#64;", b"&#x40;", b"\\x40", b"=40"];


/// Whether a last label is a file or unit suffix, and not delegated as a domain.
fn is_file_suffix(label: &[u8]) -> bool {
    let mut lower = [0u8; 8];
    let Some(lower) = lower.get_mut(..label.len()) else { return false };
    lower.copy_from_slice(label);
    lower.make_ascii_lowercase();
    matches!(
        &*lower,
        b"exe" | b"dll" | b"bin" | b"wasm" | b"png" | b"jpg" | b"jpeg" | b"gif" | b"svg" | b"webp" | b"bmp" | b"ico" | b"woff" |
            b"ttf" | b"css" | b"scss" | b"less" | b"js" | b"mjs" | b"cjs" | b"jsx" | b"ts" | b"tsx" | b"map" | b"json" |
            b"jsonl" | b"yaml" | b"yml" | b"html" | b"htm" | b"xml" | b"txt" | b"csv" | b"tsv" | b"log" | b"toml" | b"lock" |
            b"pdf" | b"gz" | b"tgz" | b"tar" | b"jar" | b"war" | b"whl" | b"service" | b"socket" | b"timer" | b"mount" | b"slice"
    )
}

/// True when `value` is exactly one address of at most 254 bytes.
pub(crate) fn valid(value: &[u8]) -> bool {
    // The longest escaped at-sign has six bytes; nothing longer can fit.
    let bounded = value
        .get(..260)
        .is_none_or(|head| head.len() == value.len());
    bounded
        && split(value).is_some_and(|(local, domain)| {
            local.len() + domain.len() < 254
                && (dot_atom(local) || quoted(local))
                && (domain_ok(domain) || literal(domain))
        })
}

/// Splits at the last raw `@`, or else at the first escaped one.
fn split(value: &[u8]) -> Option<(&[u8], &[u8])> {
    if let Some(at) = value.iter().rposition(|&b| b == b'@') {
        return Some((value.get(..at)?, value.get(at + 1..)?));
    }
    (0..value.len()).find_map(|at| {
        let (local, tail) = value.split_at_checked(at)?;
        let escape = ESCAPED_AT.iter().find(|e| {
            tail.get(..e.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(e))
        })?;
        Some((local, tail.get(escape.len()..)?))
    })
}

fn dot_atom(local: &[u8]) -> bool {
    local.len() <= 64
        && local
            .split(|&b| b == b'.')
            .all(|atom| !atom.is_empty() && atom.iter().all(|&b| atext(b)))
}

const fn atext(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || !byte.is_ascii()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'/'
                | b'='
                | b'?'
                | b'^'
                | b'_'
                | b'`'
                | b'{'
                | b'|'
                | b'}'
                | b'~'
        )
}

fn quoted(local: &[u8]) -> bool {
    let [b'"', inner @ .., b'"'] = local else {
        return false;
    };
    let mut escaped = false;
    let plain = inner.iter().all(|&b| {
        let quote = b == b'"' && !escaped;
        escaped = b == b'\\' && !escaped;
        !quote && !b.is_ascii_control()
    });
    plain && !escaped && !inner.is_empty() && local.len() <= 64
}

fn literal(domain: &[u8]) -> bool {
    let [b'[', inner @ .., b']'] = domain else {
        return false;
    };
    match inner.split_at_checked(5) {
        Some((tag, rest)) if tag.eq_ignore_ascii_case(b"ipv6:") => {
            super::ip_v6::parse(rest).is_some()
        }
        _ => super::ip_v4::parse(inner).is_some(),
    }
}

/// True for a host name of two or more labels whose last one can be a top-level domain.
pub(crate) fn domain_ok(bytes: &[u8]) -> bool {
    let mut labels = bytes.rsplit(|&b| b == b'.');
    let top = labels.next().is_some_and(top_level);
    // `4.17.21-beta.rc` ends in letters but starts like a version.
    let version = {
        let mut head = bytes.split(|&b| b == b'.');
        let digits = |label: Option<&[u8]>| label.is_some_and(|l| l.iter().all(u8::is_ascii_digit));
        let two = digits(head.next()) && digits(head.next());
        two && head
            .next()
            .and_then(|l| l.first())
            .is_some_and(u8::is_ascii_digit)
    };
    let rest = labels.clone().count() >= 1 && labels.all(label);
    // Nodes of a cluster are named like mail: `rabbit@rabbitmq-0.rabbitmq.default.svc.cluster.local`.
    let inside = bytes.ends_with(b".cluster.local");
    bytes.len() <= 253 && top && rest && !version && !inside
}

/// The mail domain in the name of a file, such as `example.com` in `example.com.log.1`. Its last label has to be a
/// well-known one, or of a country: `pkg@2.min.js` and `unit@name.service` have endings as well.
pub(crate) fn before_file_ends(domain: &[u8]) -> Option<&[u8]> {
    let mut rest = domain;
    for _ in 0..4 {
        let dot = rest.iter().rposition(|&b| b == b'.')?;
        let end = rest.get(dot + 1..)?;
        let unit = matches!(end, b"service" | b"socket" | b"timer" | b"mount" | b"slice");
        let number = end.first().is_some_and(u8::is_ascii_digit);
        if unit || !(number || is_file_suffix(end)) {
            return None;
        }
        rest = rest.get(..dot)?;
        if domain_ok(rest) && is_known(rest) {
            return Some(rest);
        }
    }
    None
}

/// Whether a domain ends as those of mail addresses do.
fn is_known(domain: &[u8]) -> bool {
    let mut labels = domain.rsplit(|&b| b == b'.');
    let (Some(top), Some(name)) = (labels.next(), labels.next()) else { return false };
    let mut lower = [0u8; 8];
    let Some(lower) = lower.get_mut(..top.len()) else { return false };
    lower.copy_from_slice(top);
    lower.make_ascii_lowercase();
    let country = lower.len() == 2 && name.len() >= 2 && name.first().is_some_and(u8::is_ascii_alphabetic);
    let generic = matches!(
        &*lower,
        b"com" | b"org" | b"net" | b"edu" | b"gov" | b"mil" | b"int" | b"info" | b"biz" | b"name" | b"health" | b"example"
    );
    country || generic
}

fn label(label: &[u8]) -> bool {
    let ends = [label.first(), label.last()];
    (1..=63).contains(&label.len())
        && ends.iter().all(|end| *end != Some(&b'-'))
        && label
            .iter()
            .all(|&b| b.is_ascii_alphanumeric() || b == b'-' || !b.is_ascii())
}

fn top_level(top: &[u8]) -> bool {
    let letters = top.len() >= 2
        && top
            .iter()
            .all(|&b| b.is_ascii_alphabetic() || !b.is_ascii());
    let puny = top.len() > 4
        && top
            .get(..4)
            .is_some_and(|p| p.eq_ignore_ascii_case(b"xn--"));
    label(top) && (letters || puny) && !is_file_suffix(top)
}

#[cfg(test)]
mod tests {
    use super::{before_file_ends, domain_ok, valid};

    #[test]
    fn vectors() {
        for ok in [
            "user@example.com",
            "first.last+tag@sub.example.co.uk",
            "user%40example.com",
            "user\\u0040example.com",
            "\"quoted local\"@example.org",
            "jörg@bücher.example",
            "a@xn--bcher-kva.example",
            "a@example.xn--p1ai",
            "user&#64;example.com",
            "user\\x40example.com",
            "user=40example.com",
            "user@[192.0.2.1]",
            "user@[IPv6:2001:db8::1]",
            "\"a\\\"b@c\"@example.com",
            "1@163.com",
            "user%40EXAMPLE.COM",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "user@localhost",
            "pkg@1.2.3",
            "icon@2x.png",
            "a..b@example.com",
            "@example.com",
            "user@-example.com",
            "user@example-.com",
            "user@example..com",
            "user@example.c",
            ".a@example.com",
            "a.@example.com",
            "a b@example.com",
            "\"a\"b\"@example.com",
            "\"\"@example.com",
            "a@.example.com",
            "lodash@4.17.21-beta.rc",
            "getty@tty1.service",
            "user@example.com.",
            "user@example.123",
            "",
            "@",
            "%40",
            "x@[1.2.3]",
            "image@sha256:ab",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn lengths() {
        let at = |local: usize, label: usize| {
            format!("{}@{}.example", "a".repeat(local), "b".repeat(label))
        };
        assert!(
            valid(at(64, 63).as_bytes())
                && !valid(at(65, 63).as_bytes())
                && !valid(at(64, 64).as_bytes())
        );
        let long = |n: usize| {
            format!(
                "{}@{}{}.com",
                "a".repeat(64),
                "b.".repeat(90),
                "c".repeat(n)
            )
        };
        assert_eq!((long(5).len(), long(6).len()), (254, 255));
        assert!(valid(long(5).as_bytes()) && !valid(long(6).as_bytes()));
    }

    #[test]
    fn file_suffixes_are_no_domains() {
        for suffix in ["exe", "PNG", "jpeg", "tar", "service", "jsonl", "slice"] {
            assert!(!domain_ok(format!("name.{suffix}").as_bytes()), "{suffix}");
        }
        assert!(domain_ok(b"example.rs") && !domain_ok(b"com"));
    }

    #[test]
    fn file_names_hold_domains() {
        for (name, domain) in [
            ("example.com.log", "example.com"),
            ("example.com.log.1", "example.com"),
            ("EXAMPLE.ORG.json.gz", "EXAMPLE.ORG"),
            ("sub.example.co.uk.2026-01-01.log.gz", "sub.example.co.uk"),
            ("example.de.txt", "example.de"),
        ] {
            assert_eq!(before_file_ends(name.as_bytes()), Some(domain.as_bytes()), "{name}");
        }
        for name in ["2x.png", "1.2.3", "1.2.3.tar.gz", "3.min.js", "4.rc.1", "tty1.service", "example.com.service", "a.com.service.1", "log", "com.log", ""] {
            assert_eq!(before_file_ends(name.as_bytes()), None, "{name}");
        }
    }
}
