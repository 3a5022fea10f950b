//! Ethereum address: `0x` and 40 hex digits. Mixed case carries a checksum; one case carries none.
//!
//! Source: EIP-55: a letter is upper-case when the matching nibble of Keccak-256 of the lower-case
//! hex text is 8 or more.

use sha3::{Digest, Keccak256};

pub(crate) fn valid(value: &[u8]) -> bool {
    let Some(hex) = value
        .strip_prefix(b"0x")
        .and_then(|rest| <&[u8; 40]>::try_from(rest).ok())
    else {
        return false;
    };
    let lower = hex.iter().any(u8::is_ascii_lowercase);
    let upper = hex.iter().any(u8::is_ascii_uppercase);
    hex.iter().all(u8::is_ascii_hexdigit) && (!(lower && upper) || case_ok(hex))
}

fn case_ok(hex: &[u8; 40]) -> bool {
    let digest = Keccak256::digest(hex.map(|byte| byte.to_ascii_lowercase()));
    let nibbles = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let mut pairs = hex.iter().zip(nibbles);
    pairs.all(|(byte, nibble)| byte.is_ascii_digit() || byte.is_ascii_uppercase() == (nibble > 7))
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in [
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
            "0x0000000000000000000000000000000000000001",
            "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359",
        ] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeA",
            "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0xg000000000000000000000000000000000000001",
            "0x",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
