//! Private key of a wallet: Bitcoin WIF, BIP 32 extended private key, 32-byte hex key, or a BIP 39
//! recovery phrase by its shape. The hex form equals a SHA-256 digest and the phrase is plain
//! words, so both fire only under a key; the base58 forms carry a checksum.
//!
//! Source: Bitcoin wallet import format; BIP 32 and SLIP-132 version bytes; BIP 39.

use super::base58;

// xprv, yprv, zprv, tprv.
const EXTENDED: [[u8; 4]; 4] = [
    [0x04, 0x88, 0xad, 0xe4],
    [0x04, 0x9d, 0x78, 0x78],
    [0x04, 0xb2, 0x43, 0x0c],
    [0x04, 0x35, 0x83, 0x94],
];

pub(crate) fn valid(value: &[u8]) -> bool {
    hex_key(value) || phrase(value) || base58_key(value)
}

fn base58_key(value: &[u8]) -> bool {
    if !matches!(value.len(), 51 | 52 | 111) {
        return false;
    }
    let Some(payload) = base58::decode_check(value) else {
        return false;
    };
    match payload.as_bytes() {
        // A trailing 01 marks a key for compressed addresses.
        [0x80, key @ ..] if key.len() == 32 => true,
        [0x80, key @ .., 0x01] if key.len() == 32 => true,
        extended => {
            extended.len() == 78 && EXTENDED.iter().any(|version| extended.starts_with(version))
        }
    }
}

fn hex_key(value: &[u8]) -> bool {
    let hex = value.strip_prefix(b"0x").unwrap_or(value);
    hex.len() == 64 && hex.iter().all(u8::is_ascii_hexdigit)
}

// No word list: the shape of a phrase is enough once a key has named it.
fn phrase(value: &[u8]) -> bool {
    let words = value.split(|&byte| byte == b' ');
    let count = words.clone().take(25).count();
    matches!(count, 12 | 15 | 18 | 21 | 24)
        && words
            .take(25)
            .all(|word| (3..=8).contains(&word.len()) && word.iter().all(u8::is_ascii_lowercase))
}

#[cfg(test)]
mod tests {
    use super::valid;

    // Published specimens without value, cut so that no file holds a key-shaped string.
    #[test]
    fn vectors() {
        let xprv = concat!(
            "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6",
            "cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi"
        );
        for good in [
            concat!("5HueCGU8rMjxEXxiPuD5BD", "ku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"),
            concat!("5KYZdUEo39z3FPrtuX2Qbb", "wGnNP5zTd7yyr2SC1j299sBCnWjss"),
            concat!("KwDiBf89QgGbjEhKnhXJuH7", "LrciVrZi3qYjgd9M7rFU73sVHnoWn"),
            xprv,
            &format!("0x{}", "0123456789abcdef".repeat(4)),
            "abandon ".repeat(12).trim_end(),
        ] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            concat!("5HueCGU8rMjxEXxiPuD5BD", "ku4MkFqeZyd4dZ1jvhTVqvbTLvyTK"),
            "5Hue",
            "16UwLL9Risc3QfPqBUvKofHmBQ7wMtjvM",
            &xprv.replace("xprv9s", "xprv9t"),
            "0x0123456789abcdef",
            "abandon ".repeat(13).trim_end(),
            "Abandon ".repeat(12).trim_end(),
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
