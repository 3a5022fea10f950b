//! Check digits and text encodings used to make valid values.
//!
//! Written from the public definitions only (ISO/IEC 7812 Luhn, ISO 7064
//! mod 97, ICAO 9303 7-3-1, base58check, BIP 173/350, RFC 4648, CRC-32), and
//! apart from the detectors, so that both would have to be wrong in the same
//! way to hide a fault. `selftest.rs` checks the results by other means.

use sha2::{Digest, Sha256};
use sha3::Keccak256;

/// Alphabet of base58 (no 0 O I l).
pub(crate) const BASE58: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// Alphabet of bech32.
pub(crate) const BECH32: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const BASE64_STD: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64_URL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Character number `at` of an ASCII alphabet.
pub(crate) fn symbol(alphabet: &str, at: usize) -> char {
    alphabet.as_bytes().get(at).copied().map_or('?', char::from)
}

/// Values of the decimal digits in `text`; other characters are left out.
pub(crate) fn digit_values(text: &str) -> Vec<usize> {
    text.chars().filter_map(|c| c.to_digit(10)).filter_map(|d| usize::try_from(d).ok()).collect()
}

/// Luhn check digit to be put after `body`.
pub(crate) fn luhn_digit(body: &str) -> usize {
    let sum: usize = digit_values(body)
        .iter()
        .rev()
        .enumerate()
        .map(|(i, d)| {
            let d = if i % 2 == 0 { d * 2 } else { *d };
            if d > 9 { d - 9 } else { d }
        })
        .sum();
    (10 - sum % 10) % 10
}

/// Luhn check digit of a text in which A is 10 and Z is 35.
pub(crate) fn luhn_base36(body: &str) -> usize {
    let values = body.chars().rev().filter_map(|c| c.to_digit(36)).filter_map(|d| usize::try_from(d).ok());
    let twice = |d: usize| if d > 4 { d * 2 - 9 } else { d * 2 };
    let sum: usize = values.enumerate().map(|(i, d)| if i % 2 == 0 { twice(d) } else { d }).sum();
    (10 - sum % 10) % 10
}

/// Check digit of ISO 7064 MOD 11,10.
pub(crate) fn iso7064_11_10(body: &str) -> usize {
    let product = digit_values(body).iter().fold(10, |product, d| {
        let sum = match (product + d) % 10 {
            0 => 10,
            sum => sum,
        };
        sum * 2 % 11
    });
    (11 - product) % 10
}

/// Verhoeff check digit: turns and mirrors of a pentagon.
pub(crate) fn verhoeff_digit(body: &str) -> usize {
    const PERMUTED: [usize; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    // Below 5 a turn, from 5 on a mirror and a turn.
    let times = |a: usize, b: usize| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b - 5) % 5 + 5,
        (false, true) => (a + 5 - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    };
    let permuted = |mut d: usize, turns: usize| {
        for _ in 0..turns {
            d = PERMUTED.get(d).copied().unwrap_or(0);
        }
        d
    };
    let sum = digit_values(body).iter().rev().enumerate().fold(0, |sum, (i, d)| times(sum, permuted(*d, (i + 1) % 8)));
    (0..10).find(|check| times(sum, *check) == 0).unwrap_or(0)
}

/// Sum of digits times the repeated weights.
pub(crate) fn weighted(body: &str, weights: &[usize]) -> usize {
    digit_values(body).iter().zip(weights.iter().cycle()).map(|(d, w)| d * w).sum()
}

/// Remainder by 97 of a text in which A is 10 and Z is 35.
pub(crate) fn mod97(text: &str) -> usize {
    text.chars().filter_map(|c| c.to_digit(36)).fold(0, |r, d| {
        let d = usize::try_from(d).unwrap_or(0);
        if d > 9 { (r * 100 + d) % 97 } else { (r * 10 + d) % 97 }
    })
}

/// ICAO 9303 check digit: weights 7 3 1, A is 10, the filler is 0.
pub(crate) fn mrz_digit(field: &str) -> usize {
    field
        .chars()
        .map(|c| c.to_digit(36).unwrap_or(0))
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(d, w)| usize::try_from(d * w).unwrap_or(0))
        .sum::<usize>()
        % 10
}

/// CRC-32 (IEEE, reflected) of some bytes.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    !bytes
        .iter()
        .fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())))
}

/// CRC-32 of `body` as six base62 characters, padded with zeros.
pub(crate) fn crc_base62(body: &str) -> String {
    const BASE62: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut left = crc32(body.as_bytes());
    let mut out = String::new();
    for _ in 0..6 {
        let at = usize::try_from(left % 62).unwrap_or(0);
        out.insert(0, symbol(BASE62, at));
        left /= 62;
    }
    out
}

/// First four bytes of the double SHA-256.
pub(crate) fn double_sha_tag(payload: &[u8]) -> Vec<u8> {
    let once = Sha256::digest(payload);
    Sha256::digest(once).iter().take(4).copied().collect()
}

/// Payload plus its double SHA-256 tag, in base58.
pub(crate) fn base58check(payload: &[u8]) -> String {
    let mut bytes = payload.to_vec();
    bytes.extend(double_sha_tag(payload));
    let mut digits: Vec<u32> = Vec::new();
    for byte in &bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += *digit << 8;
            *digit = carry % 58;
            carry /= 58;
        }
        while carry > 0 {
            digits.push(carry % 58);
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|b| **b == 0).count();
    let body = digits.iter().rev();
    std::iter::repeat_n('1', zeros).chain(body.map(|d| symbol(BASE58, usize::try_from(*d).unwrap_or(0)))).collect()
}

/// BIP 173 checksum state after some five-bit values.
pub(crate) fn bech32_polymod(values: impl Iterator<Item = u32>) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    values.fold(1_u32, |chk, value| {
        let top = chk >> 25;
        GENERATOR.iter().enumerate().filter(|(i, _)| (top >> i) & 1 == 1).fold(((chk & 0x01ff_ffff) << 5) ^ value, |c, (_, g)| c ^ g)
    })
}

/// Human-readable part as checksum input.
pub(crate) fn bech32_expand(hrp: &str) -> Vec<u32> {
    let high = hrp.bytes().map(|b| u32::from(b >> 5));
    let low = hrp.bytes().map(|b| u32::from(b & 31));
    high.chain([0]).chain(low).collect()
}

/// bech32 (`target` 1) or bech32m (`target` 0x2bc830a3) of `head` and `program`.
pub(crate) fn bech32(hrp: &str, head: Option<u32>, program: &[u8], target: u32) -> String {
    let mut data: Vec<u32> = head.into_iter().collect();
    let (mut buffer, mut bits) = (0_u32, 0_u32);
    for byte in program {
        buffer = (buffer << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            data.push((buffer >> bits) & 31);
        }
        buffer &= (1 << bits) - 1;
    }
    if bits > 0 {
        data.push((buffer << (5 - bits)) & 31);
    }
    let checked = bech32_expand(hrp).into_iter().chain(data.iter().copied()).chain([0; 6]);
    let tag = bech32_polymod(checked) ^ target;
    data.extend((0..6).map(|i| (tag >> (5 * (5 - i))) & 31));
    let body = data.iter().map(|v| usize::try_from(*v).unwrap_or(0));
    format!("{hrp}1{}", body.map(|v| symbol(BECH32, v)).collect::<String>())
}

fn base64_with(alphabet: &str, bytes: &[u8], pad: bool) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().chain([0, 0].iter()).take(3).fold(0_usize, |w, b| (w << 8) | usize::from(*b));
        for i in 0..4 {
            if i <= chunk.len() {
                out.push(symbol(alphabet, (word >> (18 - 6 * i)) & 63));
            } else if pad {
                out.push('=');
            }
        }
    }
    out
}

/// Base64 with the standard alphabet and padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    base64_with(BASE64_STD, bytes, true)
}

/// Base64 with the URL alphabet, without padding.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    base64_with(BASE64_URL, bytes, false)
}

/// Mixed case of EIP-55: a letter is upper when its nibble of the hash is 8 or more.
pub(crate) fn eip55(lower: &str) -> String {
    let hash = Keccak256::digest(lower.as_bytes());
    let nibbles = hash.iter().flat_map(|b| [b >> 4, b & 15]);
    lower.chars().zip(nibbles).map(|(c, n)| if n >= 8 { c.to_ascii_uppercase() } else { c }).collect()
}
