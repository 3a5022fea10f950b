//! Bitcoin address: base58check P2PKH (`1...`) and P2SH (`3...`), or a SegWit address (`bc1...`).
//!
//! Source: Bitcoin address format; BIP 173 (bech32, version 0) and BIP 350 (bech32m, 1 to 16).

use super::base58;

const CHARSET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const BECH32: u32 = 1;
const BECH32M: u32 = 0x2bc8_30a3;

pub(crate) fn valid(value: &[u8]) -> bool {
    match value {
        [b'b', b'c', b'1', data @ ..] => segwit(data, false),
        [b'B', b'C', b'1', data @ ..] => segwit(data, true),
        [b'1' | b'3', ..] if (26..=35).contains(&value.len()) => {
            let payload = base58::decode_check(value);
            payload.is_some_and(
                |payload| matches!(payload.as_bytes(), [0 | 5, hash @ ..] if hash.len() == 20),
            )
        }
        _ => false,
    }
}

// Everything after `bc1`: witness version, program, six check symbols. One case throughout.
fn segwit(data: &[u8], upper: bool) -> bool {
    let Some(program_symbols) = data.len().checked_sub(7) else {
        return false;
    };
    // The human-readable part `bc` expands to its high bits, a zero, its low bits.
    let mut check = [3, 3, 0, 2, 3].into_iter().fold(1, step);
    let mut version = 0;
    let mut last = 0;
    for (place, &byte) in data.iter().enumerate() {
        let cased = if upper {
            byte.to_ascii_lowercase()
        } else {
            byte
        };
        let known = !upper || !byte.is_ascii_lowercase();
        let Some(symbol) = CHARSET.iter().position(|&c| known && c == cased) else {
            return false;
        };
        let symbol = symbol as u32;
        if place == 0 {
            version = symbol;
        } else if place == program_symbols {
            last = symbol;
        }
        check = step(check, symbol);
    }
    let bytes = program_symbols * 5 / 8;
    let pad = program_symbols * 5 % 8;
    let padding_ok = pad < 5 && last & ((1 << pad) - 1) == 0;
    padding_ok
        && match version {
            0 => matches!(bytes, 20 | 32) && check == BECH32,
            1..=16 => (2..=40).contains(&bytes) && check == BECH32M,
            _ => false,
        }
}

fn step(check: u32, symbol: u32) -> u32 {
    const GENERATOR: [u32; 5] = [
        0x3b6a_57b2,
        0x2650_8e6d,
        0x1ea1_19fa,
        0x3d42_33dd,
        0x2a14_62b3,
    ];
    let top = check >> 25;
    let shifted = (check & 0x01ff_ffff) << 5 ^ symbol;
    let terms = GENERATOR.iter().enumerate();
    terms.fold(shifted, |sum, (bit, term)| match top >> bit & 1 {
        0 => sum,
        _ => sum ^ term,
    })
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in [
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
            "16UwLL9Risc3QfPqBUvKofHmBQ7wMtjvM",
        ] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
            "bc1qW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "BC1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
            "16UwLL9Risc3QfPqBUvKofHmBQ7wMtjvN",
            "bc1xyz",
            "bc1",
            "1",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
