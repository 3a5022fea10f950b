//! `generalise` in logs: what is written, that JSON stays JSON, and that a second scrub changes nothing.

use hushlog::{Engine, EngineBuilder, JsonNumbers, Mask};

const KINDS: [&str; 7] = ["date_of_birth", "date_health", "age", "zip_us", "ip_v4", "ip_v6", "geo_coordinates"];

fn builder() -> EngineBuilder {
    KINDS.iter().fold(Engine::builder().as_of(2026), |builder, kind| builder.mask(kind, Mask::Generalise).unwrap())
}

#[track_caller]
fn check(engine: &Engine, line: &str, expected: &str) {
    let once = engine.scrub(line.as_bytes());
    assert_eq!(String::from_utf8_lossy(&once), expected, "{line}");
    assert_eq!(String::from_utf8_lossy(&engine.scrub(&once)), expected, "second scrub of {line}");
}

#[test]
fn values_become_coarse_where_they_stand() {
    let engine = builder().build().unwrap();
    for (line, expected) in [
        ("dob=1980-02-29 ok", "dob=1980 ok"),
        ("dob=1931-05-06 ok", "dob=<=1936 ok"),
        ("date of birth: Feb 29, 1980", "date of birth: 1980"),
        (r#"{"dob":"29.02.1980"}"#, r#"{"dob":"1980"}"#),
        (r#"{"dob":"1931-01-01","zip":"20301"}"#, r#"{"dob":"<=1936","zip":"000"}"#),
        ("admission_date=03/15/2024", "admission_date=2024"),
        ("zip=90210-1234 age=92", "zip=902 age=90+"),
        ("zip=03601", "zip=000"),
        ("age=45", "age=45"),
        ("seen today, 92 yo male", "seen today, 90+ yo male"),
        ("from 203.0.113.7 port 443", "from 203.0.113.0 port 443"),
        ("client_ip=203.0.113.7:443 x", "client_ip=203.0.113.0:443 x"),
        ("from 2001:db8:1:2::3 port 443", "from 2001:db8:1:: port 443"),
        (r#"{"ip":"2001:db8:1:2::3"}"#, r#"{"ip":"2001:db8:1::"}"#),
        ("lat=51.5014 lon=-0.1419", "lat=51.5 lon=-0.1"),
        (r#"{"latitude":51.5014,"longitude":-0.1419}"#, r#"{"latitude":51.5,"longitude":-0.1}"#),
        // What cannot be read gets the label.
        ("dob=unknown1234", "dob=[DATE_OF_BIRTH]"),
    ] {
        check(&engine, line, expected);
    }
}

#[test]
fn json_numbers_stay_valid() {
    let line = r#"{"dob":19800229,"age":92,"zip":12345,"zip_code":20301,"ssn":123456789,"latitude":-33.8688}"#;
    for (numbers, expected) in [
        (JsonNumbers::Null, r#"{"dob":1980,"age":null,"zip":123,"zip_code":null,"ssn":null,"latitude":-33.9}"#),
        (JsonNumbers::Zero, r#"{"dob":1980,"age":0,"zip":123,"zip_code":0,"ssn":0,"latitude":-33.9}"#),
        (JsonNumbers::String, r#"{"dob":1980,"age":"90+","zip":123,"zip_code":"000","ssn":"[US_SSN]","latitude":-33.9}"#),
    ] {
        check(&builder().json_numbers(numbers).build().unwrap(), line, expected);
    }
}

#[test]
fn json_keys_stay_apart() {
    let engine = builder().build().unwrap();
    check(&engine, r#"{"203.0.113.7":1,"203.0.113.9":2,"198.51.100.1":3}"#, r#"{"203.0.113.0":1,"203.0.113.0#2":2,"198.51.100.0":3}"#);
}

#[test]
fn what_did_not_change_is_not_counted() {
    let engine = builder().build().unwrap();
    let mut stream = engine.stream();
    stream.push(b"from 203.0.113.0 age=45 dob=1980\n", &mut |_| {});
    assert_eq!(stream.report().masked(), 0);
    stream.push(b"from 203.0.113.1\n", &mut |_| {});
    assert_eq!(stream.report().masked(), 1);
}

#[test]
fn without_a_date_birth_years_are_hidden() {
    let engine = Engine::builder().mask("date_of_birth", Mask::Generalise).unwrap().build().unwrap();
    check(&engine, "dob=1980-02-29", "dob=[DATE_OF_BIRTH]");
}

/// A piece of a value says nothing about the value: `9` of `92` would be shown.
#[test]
fn pieces_of_a_value_get_labels() {
    let engine = builder().build().unwrap();
    let line = "2026-03-01T10:00:00.000000000Z stdout P x age=9\n2026-03-01T10:00:00.000000001Z stdout F 2 ok\n";
    let once = String::from_utf8(engine.scrub(line.as_bytes())).unwrap();
    assert!(once.contains("age=[AGE]\n"), "{once}");
}

/// Of characters that are no ASCII, none is shown, and none is cut.
#[test]
fn partial_masks_cut_no_character() {
    let text = "card \u{ff14}\u{ff11}\u{ff11}\u{ff11}1111111111\u{ff11}\u{ff11} x \u{e9}t\u{e9}@example.com";
    let builder = ["pan", "email"].into_iter().fold(Engine::builder(), |builder, kind| builder.mask(kind, Mask::Partial).unwrap());
    let once = builder.build().unwrap().scrub(text.as_bytes());
    let once = String::from_utf8(once).expect("whole characters");
    assert!(!once.contains('\u{ff11}') && once.contains("***@example.com"), "{once}");
}
