//! Token of a Telegram bot: the bot's number, a colon, `AA` and 33 more characters.
//!
//! Source: Telegram Bot API documentation, authorizing your bot.

/// True for 8 to 10 digits, `:AA`, and 33 to 38 characters of base64url.
pub(crate) fn valid(value: &[u8]) -> bool {
    let digits = value.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let Some(secret) = value.get(digits..).and_then(|rest| rest.strip_prefix(b":AA")) else { return false };
    (8..=10).contains(&digits)
        && (33..=38).contains(&secret.len())
        && secret.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        let secret = "x_y-Z".repeat(6) + "abc";
        assert!(valid(format!("12345678:AA{secret}").as_bytes()));
        assert!(valid(format!("1234567890:AA{secret}").as_bytes()));
        assert!(!valid(format!("1234567:AA{secret}").as_bytes()));
        assert!(!valid(format!("12345678:AB{secret}").as_bytes()));
        assert!(!valid(format!("12345678:AA{}", secret.get(1..).unwrap_or_default()).as_bytes()));
        assert!(!valid(format!("12345678:AA{}!", secret.get(1..).unwrap_or_default()).as_bytes()));
    }
}
