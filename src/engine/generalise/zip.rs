//! US ZIP codes: the first three digits, or `000` where too few people live behind them.
//!
//! Which prefixes these are depends on a census, so the list is data with a date:
//! patterns/tables/zip3.toml. Source: 45 CFR 164.514(b)(2)(i)(B).

use crate::engine::catalog::RESTRICTED_ZIP3;

/// Writes the prefix.
pub(super) fn write(value: &[u8], out: &mut Vec<u8>) -> bool {
    let value = value.trim_ascii();
    let well_formed = value.iter().enumerate().all(|(at, byte)| byte.is_ascii_digit() || at == 5 && matches!(byte, b'-' | b' '));
    let long = value.get(5).is_some_and(|byte| !byte.is_ascii_digit());
    let prefix = match value.len() {
        3 | 5 => value.get(..3),
        9 if !long => value.get(..3),
        10 if long => value.get(..3),
        _ => None,
    };
    let Some(prefix) = prefix.filter(|_| well_formed) else { return false };
    let restricted = RESTRICTED_ZIP3.iter().any(|known| known.as_bytes() == prefix);
    out.extend_from_slice(if restricted { b"000" } else { prefix });
    true
}

#[cfg(test)]
mod tests {
    use super::write;

    fn coarse(text: &str) -> Option<String> {
        let mut out = Vec::new();
        write(text.as_bytes(), &mut out).then(|| String::from_utf8(out).unwrap())
    }

    #[test]
    fn every_zip_code() {
        // Counted by hand from the rule of 2012: the 17 prefixes of the census of 2000.
        let restricted = [36, 59, 63, 102, 203, 556, 692, 790, 821, 823, 830, 831, 878, 879, 884, 890, 893];
        assert_eq!(super::RESTRICTED_ZIP3.len(), restricted.len());
        for zip in 0..100_000_u32 {
            let prefix = zip / 100;
            let expected = if restricted.contains(&prefix) { "000".to_owned() } else { format!("{prefix:03}") };
            for text in [format!("{zip:05}"), format!("{zip:05}-1234")] {
                assert_eq!(coarse(&text), Some(expected.clone()), "{text}");
            }
            assert_eq!(coarse(&expected), Some(expected), "{zip:05}");
        }
    }

    #[test]
    fn other_forms() {
        assert_eq!(coarse("12345 6789").as_deref(), Some("123"));
        assert_eq!(coarse("036011234").as_deref(), Some("000"));
        for text in ["", "1234", "123456", "12345-", "12345-67", "SW1A 1AA", "1234-56789", "12345678", "123-45"] {
            assert_eq!(coarse(text), None, "{text}");
        }
    }
}
