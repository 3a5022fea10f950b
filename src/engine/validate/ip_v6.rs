//! IPv6 address: eight hextets, one `::`, an IPv4 tail, `%zone` and square brackets.
//!
//! `parse` is the plain grammar; `valid` also wants three hextets or a digit, because paths in
//! Rust and C++ (`a::b`, `dead::beef`) have the grammar of an address.
//! Source: RFC 4291 2.2, RFC 4007 11 (zone), RFC 3986 3.2.2 (brackets), RFC 6874 (`%25`).

use std::net::Ipv6Addr;

/// True when `value` is exactly one address that is not also a plain word path.
pub(crate) fn valid(value: &[u8]) -> bool {
    let groups = value
        .split(|&b| b == b':')
        .filter(|group| !group.is_empty())
        .count();
    parse(value).is_some() && (groups >= 3 || value.iter().any(u8::is_ascii_digit))
}

/// The eight hextets, with brackets and zone taken off.
pub(crate) fn parse(value: &[u8]) -> Option<[u16; 8]> {
    let inner = match value {
        [b'[', inner @ .., b']'] => inner,
        _ => value,
    };
    let mut parts = inner.splitn(2, |&b| b == b'%');
    let address = parts.next()?;
    let zone = |b: &u8| b.is_ascii_alphanumeric() || b"._~-".contains(b);
    if parts
        .next()
        .is_some_and(|name| name.is_empty() || !name.iter().all(zone))
    {
        return None;
    }
    let text = std::str::from_utf8(address).ok()?;
    text.parse::<Ipv6Addr>().ok().map(|ip| ip.segments())
}

#[cfg(test)]
mod tests {
    use super::{parse, valid};

    #[test]
    fn vectors() {
        for ok in [
            "2001:db8::1",
            "2001:db8:0:0:8a2e:370:7334:1",
            "::ffff:192.0.2.128",
            "[2001:db8::2]",
            "fe80::1%eth0",
            "[fe80::1%25en0]",
            "::1",
            "abcd:ef::dead",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "2001:db8::1::2",
            "12:34:56",
            "2001:db8:zzzz::1",
            "std::vec",
            "a::b",
            "dead::beef",
            "::",
            "",
            "[2001:db8::1",
            "fe80::1%",
            "1:2:3:4:5:6:7:8:9",
            "00:00:5e:00:53:01",
            "2001:db8::12345",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
        assert_eq!(parse(b"::"), Some([0; 8]));
        assert_eq!(
            parse(b"2001:db8::1"),
            Some([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1])
        );
    }

    #[test]
    fn every_place_of_the_gap() {
        for before in 0..=9_usize {
            for after in 0..=9_usize {
                let text = format!(
                    "{}::{}",
                    vec!["1"; before].join(":"),
                    vec!["2"; after].join(":")
                );
                assert_eq!(
                    parse(text.as_bytes()).is_some(),
                    before + after <= 7,
                    "{text}"
                );
            }
        }
    }
}
