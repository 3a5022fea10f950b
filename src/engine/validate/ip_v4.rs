//! IPv4 address: four decimal octets, 0 to 255, without leading zeros.
//!
//! `valid` decides the shape only; which ranges are private is `system_ip`, and a four-part
//! version (`120.0.6099.109`) is told apart by the caller from the words around it.
//! Source: RFC 6943 3.1.1 (strict dotted decimal form).

/// True when `value` is exactly one address, without port or prefix length.
pub(crate) fn valid(value: &[u8]) -> bool {
    parse(value).is_some()
}

/// The four octets.
pub(crate) fn parse(value: &[u8]) -> Option<[u8; 4]> {
    parse_with(value, b'.')
}

/// The four octets of an address written with another separator.
pub(crate) fn parse_with(value: &[u8], separator: u8) -> Option<[u8; 4]> {
    let mut octets = [0u8; 4];
    let (mut at, mut sum, mut digits) = (0, 0u32, 0);
    if !(7..=15).contains(&value.len()) {
        return None;
    }
    for byte in value {
        if *byte == separator {
            if digits == 0 || at == 3 {
                return None;
            }
            *octets.get_mut(at)? = u8::try_from(sum).ok()?;
            (at, sum, digits) = (at + 1, 0, 0);
        } else if byte.is_ascii_digit() && !(digits > 0 && sum == 0) && digits < 3 {
            sum = sum * 10 + u32::from(byte - b'0');
            digits += 1;
        } else {
            return None;
        }
    }
    *octets.get_mut(3)? = u8::try_from(sum).ok()?;
    (at == 3 && digits > 0).then_some(octets)
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
