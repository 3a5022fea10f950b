//! Tokens: what joins, what does not, and that values do not collide.

use super::*;
use crate::engine::catalog::id;
use std::collections::HashSet;

fn key(id: &str, seed: u8) -> Key {
    let secret: Vec<u8> = (0..32_u8).map(|at| at.wrapping_mul(37).wrapping_add(seed)).collect();
    Key::new(id, &secret).unwrap()
}

fn request(zone: &str, tenant: &str) -> Request {
    Request { keys: vec![key("k1", 1)], zone: zone.to_owned(), tenant: tenant.to_owned(), country: None }
}

fn tokens(request: &Request) -> Tokens {
    Tokens::new(request, &["badge".to_owned()]).unwrap().unwrap()
}

fn code(tokens: &Tokens, kind: KindId, value: &str) -> String {
    let mut out = Vec::new();
    assert!(tokens.write(kind, "[X]", value.as_bytes(), &mut out));
    let text = String::from_utf8(out).unwrap();
    text.strip_prefix("[X:k1:").and_then(|text| text.strip_suffix(']')).unwrap().to_owned()
}

/// Computed apart from this program, with Python's `hmac` and RFC 5869.
#[test]
fn a_token_is_what_the_documentation_says() {
    let secret: Vec<u8> = (0..32).collect();
    let request = Request { keys: vec![Key::new("k7", &secret).unwrap()], zone: "eu".into(), tenant: "acme".into(), country: None };
    let mut out = Vec::new();
    assert!(tokens(&request).write(id::US_SSN, "[US_SSN]", b"123-45-6789", &mut out));
    assert_eq!(String::from_utf8(out).unwrap(), "[US_SSN:k7:p7cwg5lty2firzjlxplapmwwzi]");
}

#[test]
fn bare_digits_join_whatever_they_were_taken_for() {
    let tokens = tokens(&request("", ""));
    let rule = KindId(KINDS.len() as u16);
    let ssn = code(&tokens, id::US_SSN, "123-45-6789");
    for (kind, value) in [
        (id::US_SSN, "123456789"),
        (id::BANK_ACCOUNT_US, "123456789"),
        (id::MRN, "123456789"),
        (rule, "123456789"),
        (id::US_DOD_ID, "123 456 789"),
    ] {
        assert_eq!(code(&tokens, kind, value), ssn, "{kind:?}");
    }
    for (kind, value) in [
        (id::US_SSN, "123-45-6780"),
        (id::PASSWORD_ASSIGNMENT, "123456789"),
        (id::CVV, "123456789"),
        (id::ZIP_US, "123456789"),
        (id::MRN, "A123456789"),
        (rule, "123-45-6789"),
    ] {
        assert_ne!(code(&tokens, kind, value), ssn, "{kind:?}");
    }
    assert_eq!(code(&tokens, id::PHONE_NANP, "(415) 555-0123"), code(&tokens, id::PHONE_E164, "+14155550123"));
    assert_ne!(code(&tokens, id::EMAIL, "a@example.com"), code(&tokens, id::USERNAME, "a@example.com"));
}

#[test]
fn zones_tenants_and_keys_do_not_join() {
    let mut seen = HashSet::new();
    for (zone, tenant, seed) in
        [("", "", 1), ("eu", "", 1), ("us", "", 1), ("", "eu", 1), ("e", "u", 1), ("eu", "acme", 1), ("eu", "acme", 2)]
    {
        let request = Request { keys: vec![key("k1", seed)], ..request(zone, tenant) };
        assert!(seen.insert(code(&tokens(&request), id::EMAIL, "a@example.com")), "{zone} {tenant} {seed}");
    }
}

#[test]
fn the_first_key_makes_tokens_and_all_are_recognised() {
    let both = Request { keys: vec![key("k2", 2), key("k1", 1)], ..request("", "") };
    let old = tokens(&request("", ""));
    let new = tokens(&both);
    let mut text = b"x ".to_vec();
    old.write(id::EMAIL, "[EMAIL]", b"a@example.com", &mut text);
    let end = text.len();
    assert!(text.starts_with(b"x [EMAIL:k1:"));
    assert!(new.hold(&text, 2, end) && new.hold(&text, 9, end + 5) && !new.hold(&text, 0, end) && !new.hold(&text, 2, end + 1));
    let alone = Request { keys: vec![key("k2", 2)], ..request("", "") };
    assert!(!tokens(&alone).hold(&text, 2, end));
    let twice = Request { keys: vec![key("k2", 2), key("k2", 1)], ..request("", "") };
    assert!(Tokens::new(&twice, &[]).is_err());
}

#[test]
fn no_message_holds_a_key() {
    assert_eq!(format!("{:?}", tokens(&request("eu", ""))), r#"Tokens { active: "k1", ids: ["k1"], .. }"#);
    assert!(format!("{:?}", request("eu", "")).contains(r#"keys: [Key { id: "k1", .. }]"#));
}

/// A million values; ten million when built with `HUSHLOG_LONG`.
#[test]
fn values_do_not_collide() {
    let count = if option_env!("HUSHLOG_LONG").is_some() { 10_000_000 } else { 1_000_000_u32 };
    let tokens = tokens(&request("", ""));
    let mut seen = Vec::with_capacity(count as usize);
    let (mut value, mut out) = (String::new(), Vec::new());
    for at in 0..count {
        value.clear();
        out.clear();
        // Writing to memory cannot fail.
        let _ = fmt::Write::write_fmt(&mut value, format_args!("{at:09}"));
        tokens.write(id::US_SSN, "[US_SSN]", value.as_bytes(), &mut out);
        let digits = out.get(11..37).unwrap().iter().map(|byte| u128::from(byte - if *byte < b'a' { b'2' - 26 } else { b'a' }));
        seen.push(digits.fold(0_u128, |sum, digit| sum << 5 | digit));
    }
    seen.sort_unstable();
    assert!(seen.windows(2).all(|pair| pair[0] != pair[1]));
}
