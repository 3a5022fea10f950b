//! IPv4 address: four decimal octets, 0 to 255, without leading zeros.
//!
//! `valid` decides the shape only; which ranges are private is `system_ip`, and a four-part
//! version (`120.0.6099.109`) is told apart by the caller from the words around it.
//! Source: RFC 6943 3.1.1 (strict dotted decimal form).

use std::net::Ipv4Addr;

/// True when `value` is exactly one address, without port or prefix length.
pub(crate) fn valid(value: &[u8]) -> bool {
    parse(value).is_some()
}

/// The four octets.
pub(crate) fn parse(value: &[u8]) -> Option<[u8; 4]> {
    let text = std::str::from_utf8(value).ok()?;
    text.parse::<Ipv4Addr>().ok().map(|ip| ip.octets())
}

#[cfg(test)]
mod tests {
    use super::{parse, valid};

    #[test]
    fn vectors() {
        for ok in ["203.0.113.7", "198.51.100.255", "192.0.2.1"] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "256.1.1.1",
            "1.2.3",
            "01.2.3.4",
            "1.2.3.4.5",
            "1.2.3.4 ",
            "1..2.3",
            "",
            "1.2.3.4/24",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
        assert_eq!(parse(b"203.0.113.7"), Some([203, 0, 113, 7]));
    }

    #[test]
    fn every_octet_in_every_place() {
        for n in 0..300_u32 {
            for text in [
                format!("{n}.2.3.4"),
                format!("1.{n}.3.4"),
                format!("1.2.{n}.4"),
                format!("1.2.3.{n}"),
            ] {
                assert_eq!(valid(text.as_bytes()), n < 256, "{text}");
            }
            assert!(!valid(format!("1.2.3.0{n}").as_bytes()));
        }
    }
}
