//! HTTP Basic credentials: base64 of `user:password`, with or without the word `Basic` in front.
//!
//! Decoding is what tells credentials from prose (`Basic Plan`): the text must hold a colon and no
//! control byte. Bytes over 0x7F pass because old clients send Latin-1. Source: RFC 7617 2.

use super::base64;

/// True when `value` decodes to a user and password pair.
pub(crate) fn valid(value: &[u8]) -> bool {
    let token = match value.split_at_checked(6) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case(b"basic ") => token,
        _ => value,
    };
    base64::decode::<512>(token).is_some_and(|plain| {
        let head = plain.head();
        head.contains(&b':') && !head.iter().any(u8::is_ascii_control)
    })
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in [
            "dXNlcjpwYXNzd29yZA==",
            "dXNlcjpwYXNzd29yZA",
            "Basic dXNlcjpwYXNzd29yZA==",
            "Og==",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "dXNlcjpwYXNzd29yZA=",
            "!XNlcjpwYXNzd29yZA==",
            "Plan",
            "Basic Plan",
            "dXNlcg==",
            "CTo=",
            "",
            "Basic ",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
