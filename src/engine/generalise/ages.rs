//! Ages: up to 89 as they are, above that `90+`.
//!
//! A number alone, with decimals, or with its unit (`92 years old`), which stays.
//! Source: 45 CFR 164.514(b)(2)(i)(C).

use crate::engine::validate;

/// First age that is not written as it is.
const OLD: u32 = 90;

/// Writes the age or its bound.
pub(super) fn write(value: &[u8], out: &mut Vec<u8>) -> bool {
    let Some(start) = value.iter().position(u8::is_ascii_digit) else { return false };
    let (before, rest) = value.split_at_checked(start).unwrap_or_default();
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, after) = rest.split_at_checked(length).unwrap_or_default();
    // Written before: `90+ years old`.
    let (written, after) = after.strip_prefix(b"+").map_or((false, after), |rest| (digits == b"90", rest));
    if written && (value == b"90+" || validate::age::valid(&[before, digits, after].concat())) {
        out.extend_from_slice(value);
        return true;
    }
    let decimals = after.strip_prefix(b".").is_some_and(|tail| (1..=6).contains(&tail.len()) && tail.iter().all(u8::is_ascii_digit));
    let bare = value.last() != Some(&b'+') && before.is_empty() && (after.is_empty() || decimals);
    if digits.len() > 3 || !bare && !validate::age::valid(value) {
        return false;
    }
    let years = digits.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    if years < OLD {
        out.extend_from_slice(value);
        return true;
    }
    out.extend_from_slice(before);
    out.extend_from_slice(b"90+");
    out.extend_from_slice(if decimals { b"" } else { after });
    true
}

#[cfg(test)]
mod tests {
    use super::write;

    #[test]
    fn ages_over_89_are_one() {
        for (text, expected) in [
            ("0", "0"),
            ("45", "45"),
            ("89", "89"),
            ("89.9", "89.9"),
            ("90", "90+"),
            ("92", "90+"),
            ("125", "90+"),
            ("92.5", "90+"),
            ("90+", "90+"),
            ("999", "90+"),
            ("92 years old", "90+ years old"),
            ("90+ years old", "90+ years old"),
            ("aged 90+", "aged 90+"),
            ("aged 101", "aged 90+"),
            ("45 yo", "45 yo"),
            ("", ""),
            ("old", ""),
            ("1931-01-01", ""),
            ("92 and 93", ""),
            ("1000", ""),
            ("92+", ""),
            ("90.", ""),
        ] {
            let mut out = Vec::new();
            assert_eq!(write(text.as_bytes(), &mut out), !expected.is_empty(), "{text}");
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{text}");
        }
    }
}
