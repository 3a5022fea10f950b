//! Networks that a rule file names: of addresses that may stay, and of one's own machines.
//!
//! IPv4 addresses are compared in their mapped form (`::ffff:a.b.c.d`), so that both kinds are one number.

use super::validate;

/// An address with the length of its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    base: u128,
    length: u32,
}

/// Ranges that no machine on the internet has: RFC 1918, 6598, 3927, 1122 and 4193, 4291.
const PRIVATE: [&str; 9] =
    ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128"];

impl Network {
    /// `address/length`; bits behind the prefix must be zero.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (base, length) = text.split_once('/')?;
        if length.is_empty() || !length.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let length: u32 = length.parse().ok()?;
        let (most, mapped) = if base.contains(':') { (128, 0) } else { (32, 96) };
        let base = address(base.as_bytes())?;
        (length <= most && prefix(base, length + mapped) == base).then_some(Self { base, length: length + mapped })
    }

    pub(crate) fn holds(&self, address: u128) -> bool {
        prefix(address, self.length) == self.base
    }

    /// Whether all of it lies in a range that is not routed on the internet.
    pub(crate) fn is_private(&self) -> bool {
        PRIVATE.iter().filter_map(|text| Self::parse(text)).any(|range| range.length <= self.length && range.holds(self.base))
    }
}

/// An address as a number; IPv4 also with hyphens, as host names have it.
pub(crate) fn address(text: &[u8]) -> Option<u128> {
    let octets = validate::ip_v4::parse(text).or_else(|| validate::ip_v4::parse_with(text, b'-'));
    octets.map(v4).or_else(|| validate::ip_v6::parse(text).map(v6))
}

pub(crate) fn v4(octets: [u8; 4]) -> u128 {
    0xffff_0000_0000 | u128::from(u32::from_be_bytes(octets))
}

pub(crate) fn v6(hextets: [u16; 8]) -> u128 {
    hextets.iter().fold(0, |sum, hextet| sum << 16 | u128::from(*hextet))
}

fn prefix(address: u128, length: u32) -> u128 {
    let host = 128u32.saturating_sub(length);
    address.checked_shr(host).and_then(|kept| kept.checked_shl(host)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_hold_their_addresses() {
        let holds = |cidr: &str, ip: &str| Some(Network::parse(cidr)?.holds(address(ip.as_bytes())?));
        assert_eq!(holds("203.0.113.0/24", "203.0.113.77"), Some(true));
        assert_eq!(holds("203.0.113.0/24", "203-0-113-77"), Some(true));
        assert_eq!(holds("203.0.113.0/24", "203.0.114.77"), Some(false));
        assert_eq!(holds("0.0.0.0/0", "198.51.100.1"), Some(true));
        assert_eq!(holds("0.0.0.0/0", "2001:db8::1"), Some(false));
        assert_eq!(holds("::/0", "2001:db8::1"), Some(true));
        assert_eq!(holds("2001:db8::/32", "2001:db8:1::9"), Some(true));
        assert_eq!(holds("198.51.100.7/32", "198.51.100.7"), Some(true));
        for wrong in ["203.0.113.1/24", "203.0.113.0/33", "203.0.113.0", "x/8", "2001:db8::/129", "10.0.0.0/+8", "10.0.0.0/"] {
            assert_eq!(holds(wrong, "203.0.113.1"), None, "{wrong}");
        }
    }

    #[test]
    fn only_what_is_private_as_a_whole_is_private() {
        let private = |cidr: &str| Network::parse(cidr).map(|network| network.is_private());
        for own in ["10.0.0.0/8", "10.20.0.0/16", "172.31.0.0/16", "100.64.0.0/10", "fd00::/8", "fe80::/10", "127.0.0.1/32", "::1/128"] {
            assert_eq!(private(own), Some(true), "{own}");
        }
        for other in ["0.0.0.0/0", "8.0.0.0/6", "172.0.0.0/8", "203.0.113.0/24", "::/0", "2001:db8::/32", "::ffff:0:0/96"] {
            assert_eq!(private(other), Some(false), "{other}");
        }
    }
}
