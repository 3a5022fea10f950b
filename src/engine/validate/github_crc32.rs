//! GitHub and npm tokens: 30 random characters, then their CRC-32 in six base62 digits.
//!
//! Takes `ghp_` `gho_` `ghu_` `ghs_` `ghr_` and `npm_`; the tail uses 0-9A-Za-z padded with `0`.
//! Source: GitHub engineering blog, "Behind GitHub's new authentication token formats" (2021);
//! the layout was confirmed on a published expired token. CRC-32 as in ISO 3309 (IEEE 802.3).

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// True for one token whose tail matches.
pub(crate) fn valid(value: &[u8]) -> bool {
    let (body, tail) = match value {
        [
            b'g',
            b'h',
            b'p' | b'o' | b'u' | b's' | b'r',
            b'_',
            rest @ ..,
        ]
        | [b'n', b'p', b'm', b'_', rest @ ..] => rest.split_at_checked(30).unwrap_or_default(),
        _ => return false,
    };
    tail.len() == 6 && body.iter().all(u8::is_ascii_alphanumeric) && {
        let mut crc = crc32(body);
        tail.iter().rev().all(|digit| {
            let place = usize::try_from(crc % 62).ok();
            crc /= 62;
            place.and_then(|at| BASE62.get(at)) == Some(digit)
        })
    }
}

/// Bit by bit: thirty bytes per candidate do not pay for a table.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
    !bytes
        .iter()
        .fold(!0, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}

#[cfg(test)]
mod tests {
    use super::{crc32, valid};

    #[test]
    fn check_value_of_the_polynomial() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn vectors() {
        for (prefix, body, tail) in [
            ("ghp_", "ZNSGQuKTakycsVoel79NpGUmM3nlWn", "0op22u"),
            ("ghp_", "xapmGxrLymB3orNeh2bhJlihqRNepV", "1v9kWZ"),
            ("ghs_", "Ijnti5NA28Er6eo2VzvyeOKUvCyPIY", "1amfBy"),
            ("npm_", "cHLsw2Ynpn2kU3e8K7FXhOdaH1lJBv", "2FbzDz"),
            ("npm_", "KvpoYZtGsuaqMpGU3snaXSXBw6QFHl", "06ehxV"),
            ("npm_", "w0Xj7O3pS0l6YSBquCTBZRHu0C7nAS", "2pQMeC"),
        ] {
            assert!(valid([prefix, body, tail].concat().as_bytes()));
            assert!(!valid([prefix, body, "1op22u"].concat().as_bytes()));
            assert!(!valid(
                [prefix, body, tail.get(1..).unwrap()].concat().as_bytes()
            ));
            assert!(!valid([prefix, body, tail, "0"].concat().as_bytes()));
            assert!(!valid(["ghx_", body, tail].concat().as_bytes()));
            assert!(!valid(
                [prefix, "!", body.get(1..).unwrap(), tail]
                    .concat()
                    .as_bytes()
            ));
        }
        assert!(!valid(b"ghp_") && !valid(b""));
    }
}
