//! MAC address: six hex octets with one separator (`:` or `-`), or three groups of four (`.`).
//!
//! Exactly six, so that a hex dump, a certificate fingerprint or an EUI-64 is not cut in half.
//! All zeros and all ones name no device. Source: IEEE 802-2014 8.1, RFC 7042.

/// True when `value` is exactly one device address.
pub(crate) fn valid(value: &[u8]) -> bool {
    let (sep, width, groups) = match value.len() {
        17 if value.get(2) == Some(&b'-') => (b'-', 2, 6),
        17 => (b':', 2, 6),
        14 => (b'.', 4, 3),
        _ => return false,
    };
    let shape = value
        .split(|&b| b == sep)
        .all(|group| group.len() == width && group.iter().all(u8::is_ascii_hexdigit));
    let only = |digit: &[u8]| value.iter().all(|b| *b == sep || digit.contains(b));
    shape && value.split(|&b| b == sep).count() == groups && !only(b"0") && !only(b"fF")
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in ["00:00:5e:00:53:01", "00-00-5E-00-53-AF", "0000.5e00.5301"] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "00:00:5e:00:53",
            "00:00:5e-00:53:01",
            "00:00:5g:00:53:01",
            "00:00:5e:00:53:01:02",
            "00005e005301",
            "ff:ff:ff:ff:ff:ff",
            "00:00:00:00:00:00",
            "0000.0000.0000",
            "00.00.5e.00.53.01",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
