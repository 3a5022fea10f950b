//! Internet addresses to their networks: IPv4 to /24, IPv6 to /48, the rest zeroed.
//!
//! A port, prefix length or zone behind the address goes: it can tell machines apart. An IPv4
//! address carried in IPv6 is cut like an IPv4 address. Forms: RFC 6943 3.1.1, RFC 5952.

use crate::engine::validate::{ip_v4, ip_v6};
use std::io::Write as _;
use std::net::Ipv6Addr;

/// Writes the network's first address.
pub(super) fn write(value: &[u8], out: &mut Vec<u8>) -> bool {
    let plain = value.iter().position(|byte| *byte == b'/').and_then(|at| value.get(..at)).unwrap_or(value);
    let separator = if plain.contains(&b'.') { b'.' } else { b'-' };
    let address = plain.split(|byte| *byte == b':').next().filter(|first| first.contains(&separator)).unwrap_or(plain);
    if let Some([a, b, c, _]) = ip_v4::parse_with(address, separator) {
        let s = char::from(separator);
        let _ = write!(out, "{a}{s}{b}{s}{c}{s}0");
        return true;
    }
    // `[2001:db8::1]:443`
    let bracketed = plain.iter().rposition(|byte| *byte == b']').and_then(|end| plain.get(..=end)).unwrap_or(plain);
    let Some(hextets) = ip_v6::parse(bracketed) else { return false };
    let network = match hextets {
        [0, 0, 0, 0, 0, 0xffff, high, low] => Ipv6Addr::from([0, 0, 0, 0, 0, 0xffff, high, low & 0xff00]),
        [a, b, c, ..] => Ipv6Addr::from([a, b, c, 0, 0, 0, 0, 0]),
    };
    let _ = if bracketed.first() == Some(&b'[') { write!(out, "[{network}]") } else { write!(out, "{network}") };
    true
}

#[cfg(test)]
mod tests {
    use super::write;

    #[test]
    fn vectors() {
        for (text, expected) in [
            ("203.0.113.7", "203.0.113.0"),
            ("203.0.113.0", "203.0.113.0"),
            ("203.0.113.7:443", "203.0.113.0"),
            ("203.0.113.7/32", "203.0.113.0"),
            ("203-0-113-7", "203-0-113-0"),
            ("255.255.255.255", "255.255.255.0"),
            ("2001:db8:1234:5678::1", "2001:db8:1234::"),
            ("2001:db8::1", "2001:db8::"),
            ("2001:0db8:0000:0000:8a2e:0370:7334:0001", "2001:db8::"),
            ("[2001:db8::2]", "[2001:db8::]"),
            ("[2001:db8::2]:443", "[2001:db8::]"),
            ("2001:db8:1:2::/64", "2001:db8:1::"),
            ("fe80::1%eth0", "fe80::"),
            ("::1", "::"),
            ("::ffff:192.0.2.128", "::ffff:192.0.2.0"),
            ("256.1.1.1", ""),
            ("1.2.3", ""),
            ("host:443", ""),
            ("203.0.113.7, 203.0.113.8", ""),
            ("", ""),
        ] {
            let mut out = Vec::new();
            assert_eq!(write(text.as_bytes(), &mut out), !expected.is_empty(), "{text}");
            assert_eq!(String::from_utf8(out.clone()).unwrap(), expected, "{text}");
            let mut twice = Vec::new();
            assert_eq!(write(&out, &mut twice), !expected.is_empty());
            assert_eq!(out, twice);
        }
    }
}
