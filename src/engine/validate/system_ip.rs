//! Address ranges that name a machine's own network and not a person on the internet.
//!
//! Policy asks these after `ip_v4` and `ip_v6` parsed a value; `standard` leaves such addresses in
//! the log. Source: IANA special-purpose registries (RFC 6890), RFC 1918, RFC 6598, RFC 3927,
//! RFC 5771, RFC 4193, RFC 4291.

/// True for addresses that no machine has: the unspecified one, the limited broadcast, and masks of networks
/// of /8 and smaller, all in blocks that are never assigned (RFC 1122, 3.2.1.3; RFC 6890).
pub(crate) const fn nobody_v4(octets: [u8; 4]) -> bool {
    let bits = u32::from_be_bytes(octets);
    bits == 0 || octets[0] == 255 && bits.leading_ones() + bits.trailing_zeros() == 32
}

/// True for the unspecified address of IPv6 (RFC 4291, 2.5.2).
pub(crate) const fn nobody_v6(hextets: [u16; 8]) -> bool {
    matches!(hextets, [0, 0, 0, 0, 0, 0, 0, 0])
}

/// True for unspecified, loopback, private, shared, link-local, multicast and broadcast addresses.
pub(crate) const fn internal_v4(octets: [u8; 4]) -> bool {
    match octets {
        [0, 0, 0, 0] | [255, 255, 255, 255] => true,
        [10 | 127, ..] | [192, 168, ..] | [169, 254, ..] => true,
        [172, second, ..] => second >= 16 && second <= 31,
        [100, second, ..] => second >= 64 && second <= 127,
        [first, ..] => first >= 224 && first <= 239,
    }
}

/// The same for IPv6, with unique local addresses and IPv4 carried in `::ffff:0:0/96`.
pub(crate) const fn internal_v6(hextets: [u16; 8]) -> bool {
    match hextets {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => true,
        [0, 0, 0, 0, 0, 0xffff, high, low] => {
            let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
            internal_v4([a, b, c, d])
        }
        [first, ..] => first & 0xffc0 == 0xfe80 || first & 0xfe00 == 0xfc00 || first >= 0xff00,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ip_v4, ip_v6};
    use super::{internal_v4, internal_v6, nobody_v4, nobody_v6};

    #[test]
    fn addresses_of_nobody() {
        for none in [[0, 0, 0, 0], [255, 255, 255, 255], [255, 0, 0, 0], [255, 255, 252, 0], [255, 255, 255, 128]] {
            assert!(nobody_v4(none), "{none:?}");
        }
        for some in [[0, 0, 0, 1], [127, 0, 0, 1], [255, 0, 255, 0], [255, 255, 255, 1], [240, 0, 0, 0], [10, 0, 0, 0]] {
            assert!(!nobody_v4(some), "{some:?}");
        }
        assert!(nobody_v6([0; 8]) && !nobody_v6([0, 0, 0, 0, 0, 0, 0, 1]));
    }

    #[test]
    fn edges_of_every_range() {
        let v4 = |text: &str| internal_v4(ip_v4::parse(text.as_bytes()).unwrap());
        for own in [
            "0.0.0.0",
            "255.255.255.255",
            "10.0.0.0",
            "10.255.255.255",
            "127.0.0.1",
            "192.168.0.1",
            "169.254.1.1",
            "172.16.0.0",
            "172.31.255.255",
            "100.64.0.0",
            "100.127.255.255",
            "224.0.0.1",
            "239.255.255.255",
        ] {
            assert!(v4(own), "{own}");
        }
        for other in [
            "0.0.0.1",
            "9.255.255.255",
            "11.0.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "100.63.0.1",
            "100.128.0.1",
            "192.167.0.1",
            "169.253.0.1",
            "223.255.255.255",
            "240.0.0.1",
            "203.0.113.7",
        ] {
            assert!(!v4(other), "{other}");
        }
        let v6 = |text: &str| internal_v6(ip_v6::parse(text.as_bytes()).unwrap());
        for own in ["::", "::1", "fe80::1", "febf::1", "fc00::1", "fdff::1", "ff02::1", "::ffff:10.0.0.1"] {
            assert!(v6(own), "{own}");
        }
        for other in ["::2", "fec0::1", "fbff::1", "2001:db8::1", "::ffff:192.0.2.128"] {
            assert!(!v6(other), "{other}");
        }
    }
}
