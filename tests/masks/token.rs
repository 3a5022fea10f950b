//! `token` in logs: what joins, and that a second scrub leaves exactly our own tokens alone.

use crate::documents::whole_lines;
use hushlog::{Engine, EngineBuilder, JsonNumbers, Key, Mask, catalog};
use proptest::prelude::*;
use std::sync::OnceLock;

fn key(id: &str) -> Key {
    let secret: Vec<u8> = (0..32_u8).map(|at| at.wrapping_mul(29).wrapping_add(3)).collect();
    Key::new(id, &secret).unwrap()
}

/// Every kind as a token.
fn builder() -> EngineBuilder {
    catalog().iter().fold(Engine::builder().key(key("k1")), |builder, kind| builder.mask(kind.id, Mask::Token).unwrap())
}

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| builder().build().unwrap())
}

fn scrub(line: &str) -> String {
    String::from_utf8(engine().scrub(line.as_bytes())).unwrap()
}

/// The 26 characters of the only token in a line.
#[track_caller]
fn code(line: &str) -> String {
    let out = scrub(line);
    let at = out.find(":k1:").unwrap_or_else(|| panic!("no token in {out}")) + 4;
    assert_eq!(out.matches(":k1:").count(), 1, "{out}");
    assert_eq!(out.as_bytes()[at + 26], b']', "{out}");
    out.get(at..at + 26).unwrap().to_owned()
}

#[test]
fn the_same_value_joins_in_every_form() {
    let ssn = code("ssn=123-45-6789");
    for line in ["ssn=123456789", "\"ssn\": \"123 45 6789\"", "account_number=123456789", "mrn: 123456789", "seen 123-45-6789 there"] {
        assert_eq!(code(line), ssn, "{line}");
    }
    assert_ne!(code("ssn=123-45-6788"), ssn);
    let mail = code("from j.doe@example.com");
    for line in ["email=j.doe@EXAMPLE.com", "/x?u=j.doe%40example.com", r#"{"email":"j.doe\u0040example.com"}"#] {
        assert_eq!(code(line), mail, "{line}");
    }
    assert_eq!(code("phone=(415) 555-0123"), code("call +14155550123 now"));
}

#[test]
fn a_second_scrub_changes_nothing() {
    for line in [
        "user=jdoe email=user@example.com from 198.51.100.7\n",
        "{\"user\":\"jdoe\",\"user@example.com\":1,\"ssn\":\"123-45-6789\",\"n\":[\"123-45-6789\"]}\n",
        "Authorization: Bearer abcdef0123456789abcdef\nCookie: sid=abcdef0123456789; a=b\n",
        "postgres://app:s3cr3t@db.example.net/main password=hunter-two token=abc123def456ghi789\n",
        "address: 12 Main Street, Springfield and more\nname: Jane Doe, dob=1980-02-29 age=92\n",
        "ERROR Key (email, ssn)=(a@example.com, 123456789) already exists\n",
        "PID|1||12345^^^MRN||DOE^JANE||19800229|F|||12 MAIN ST^^SPRINGFIELD^IL^62701\n",
    ] {
        let once = scrub(line);
        assert!(once.contains(":k1:"), "{line}");
        assert_eq!(scrub(&once), once, "{line}");
    }
}

#[test]
fn every_kind_s_own_examples_are_scrubbed_once() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("patterns");
    let mut tokens = 0;
    for kind in catalog() {
        let path = folder.join(kind.group).join(format!("{}.toml", kind.id));
        let table: toml::Table = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        for example in table["match"].as_array().unwrap() {
            let line = example.as_str().unwrap().replace(['«', '»', '⋅'], "");
            let once = scrub(&line);
            tokens += once.matches(":k1:").count();
            assert_eq!(scrub(&once), once, "{}: {line}", kind.id);
        }
    }
    assert!(tokens > 300, "{tokens}");
}

#[test]
fn only_our_own_tokens_are_left_alone() {
    let token = scrub("user@example.com");
    assert_eq!(token.len(), "[EMAIL:k1:]".len() + 26);
    let code = token.strip_prefix("[EMAIL:k1:").and_then(|token| token.strip_suffix(']')).unwrap();
    for (line, expected) in [
        // An unknown key, an unknown kind, text that is no code: scanned like any brackets.
        (format!("ssn=[US_SSN:k2:{code}]"), "[US_SSN:k1:"),
        (format!("password=\"[SECRET:k1:{code}]\""), "[PASSWORD_ASSIGNMENT:k1:"),
        ("[EMAIL:k1:user@example.com]".to_owned(), "[EMAIL:[EMAIL:k1:"),
        ("[NOTE:k1:123-45-6789]".to_owned(), "[NOTE:k1:[US_SSN:k1:"),
    ] {
        assert!(scrub(&line).contains(expected), "{line} became {}", scrub(&line));
    }
    // Without a key of that id nothing is a token of ours.
    let other = Engine::builder().key(key("k2")).build().unwrap();
    let line = format!("password=\"{}\"", scrub("user@example.com"));
    assert_ne!(other.scrub(line.as_bytes()), line.as_bytes());
    // With it, tokens stay though the mask is another one now, as does what an older key made.
    let rotated = Engine::builder().key(key("k2")).key(key("k1")).build().unwrap();
    assert_eq!(rotated.scrub(line.as_bytes()), line.as_bytes());
}

#[test]
fn json_stays_json() {
    let line = r#"{"ssn":123456789,"a@example.com":1,"b@example.com":2,"A@EXAMPLE.com":3,"a@EXAMPLE.com":4}"#;
    let out = scrub(line);
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(value.as_object().unwrap().len(), 5, "{out}");
    assert!(value["ssn"].is_null(), "{out}");
    assert_eq!(out.matches("#2").count(), 1, "{out}");
    let strings = builder().json_numbers(JsonNumbers::String).build().unwrap();
    let out = String::from_utf8(strings.scrub(line.as_bytes())).unwrap();
    assert!(out.starts_with(r#"{"ssn":"[US_SSN:k1:"#), "{out}");
}

#[test]
fn tokens_are_counted_as_pseudonymised() {
    let mut stream = engine().stream();
    stream.push(b"user@example.com ssn=123-45-6789\n", &mut |_| {});
    assert_eq!((stream.report().masked(), stream.report().pseudonymised), (2, 2));
    let text = serde_json::to_string(&Engine::standard().stream().report()).unwrap();
    assert!(!text.contains("pseudonymised"), "{text}");
}

#[test]
fn a_token_needs_a_key() {
    let error = Engine::builder().mask("email", Mask::Token).unwrap().build().unwrap_err().to_string();
    assert!(error.contains("`email`") && error.contains("keygen"), "{error}");
}

/// A token of an overlap hides the whole of it, and pieces of a value over several lines get labels.
#[test]
fn overlaps_and_pieces() {
    let engine =
        Engine::builder().key(key("k1")).mask("email", Mask::Token).unwrap().mask("ip_v4", Mask::Generalise).unwrap().build().unwrap();
    let out = String::from_utf8(engine.scrub(b"a@example.com\n\"email\":\"a@[192.0.2.1]\"\n")).unwrap();
    assert!(!out.contains("192.0"), "{out}");
    let line = "2026-03-01T10:00:00.000000000Z stdout P x user@exa\n2026-03-01T10:00:00.000000001Z stdout F mple.com ok\n";
    let out = String::from_utf8(engine.scrub(line.as_bytes())).unwrap();
    assert!(out.contains("[EMAIL]") && !out.contains(":k1:"), "{out}");
}

proptest! {
    #![proptest_config(crate::documents::cases(300))]

    #[test]
    fn i7_scrubbing_tokens_twice_equals_once(bytes in whole_lines(6)) {
        let once = engine().scrub(&bytes);
        let twice = engine().scrub(&once);
        prop_assert!(once == twice, "\n   {}\nis {}", once.escape_ascii(), twice.escape_ascii());
    }
}
