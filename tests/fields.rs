//! The door for decoded fields: `Engine::value`.

use hushlog::{Cleaned, Engine, Mask, Report};

fn clean<'v>(engine: &Engine, path: &str, value: &'v [u8]) -> (Cleaned<'v>, Report) {
    let mut report = Report::default();
    let cleaned = engine.value(path.as_bytes(), value, &mut report);
    (cleaned, report)
}

#[test]
fn a_key_gives_the_whole_value_its_kind() {
    let engine = Engine::standard();
    for (path, value, expected) in [
        ("password", "correct horse battery", "[PASSWORD_ASSIGNMENT]"),
        ("db.password", "hunter-two", "[PASSWORD_ASSIGNMENT]"),
        ("request.headers.x_user.ssn", "899123456", "[US_SSN]"),
        ("user.email", "u@example.com", "[EMAIL]"),
        ("userName", "jsample", "[USERNAME]"),
        ("Authorization", "Bearer abcdef0123456789abcdef", "Bearer [AUTH_BEARER]"),
        ("note", "call u@example.com today", "call [EMAIL] today"),
        ("note", "ssn=899-12-3456", "ssn=[US_SSN]"),
        ("", "u@example.com", "[EMAIL]"),
    ] {
        let (cleaned, report) = clean(&engine, path, value.as_bytes());
        assert_eq!(String::from_utf8_lossy(cleaned.as_bytes()), expected, "{path}");
        assert!(!cleaned.is_unchanged());
        assert_eq!(report.masked(), 1, "{path}");
        assert_eq!((report.bytes_in, report.bytes_out), (value.len() as u64, expected.len() as u64));
    }
}

#[test]
fn a_value_without_findings_is_borrowed() {
    let engine = Engine::standard();
    for (path, value) in
        [("note", "nothing here"), ("password", ""), ("password", "[PASSWORD_ASSIGNMENT]"), ("user", "root"), ("count", "12")]
    {
        let (cleaned, report) = clean(&engine, path, value.as_bytes());
        assert!(cleaned.is_unchanged(), "{path}");
        assert_eq!(cleaned.as_bytes().as_ptr(), value.as_ptr(), "{path}: copied");
        assert_eq!(report.masked(), 0);
    }
}

#[test]
fn bytes_that_are_no_text_pass_or_are_masked_whole() {
    let engine = Engine::standard();
    let (cleaned, _) = clean(&engine, "blob", b"\x00\xff\x80 u@example.com \xfe");
    assert_eq!(cleaned.as_bytes(), b"\x00\xff\x80 [EMAIL] \xfe");
    let (cleaned, _) = clean(&engine, "password", b"\xc3\xa9t\xc3\xa9-2026");
    assert_eq!(cleaned.as_bytes(), b"[PASSWORD_ASSIGNMENT]");
}

#[test]
fn masks_and_rules_count_for_fields_too() {
    let rule = "[[rule]]\nid = 'order_no'\nregex = 'ORD-[0-9]{6}'\n";
    let engine = Engine::builder()
        .mask("email", Mask::DropValue)
        .and_then(|builder| builder.mask("us_ssn", Mask::DropRecord))
        .and_then(|builder| builder.rules("test", rule))
        .and_then(|builder| builder.build())
        .unwrap();
    assert_eq!(clean(&engine, "note", b"a u@example.com b").0.as_bytes(), b"a  b");
    assert_eq!(clean(&engine, "note", b"for ORD-123456 only").0.as_bytes(), b"for [ORDER_NO] only");
    let (cleaned, report) = clean(&engine, "note", b"his ssn is 899-12-3456, and more");
    assert_eq!(cleaned.as_bytes(), b"[WITHHELD:policy]");
    assert_eq!(report.dropped, 1);
}
