//! Values in the ways that programs, languages and configurations write them.

use hushlog::{Engine, JsonNumbers};

fn scrubbed(text: &str) -> String {
    let once = Engine::standard().scrub(text.as_bytes());
    assert_eq!(String::from_utf8_lossy(&Engine::standard().scrub(&once)), String::from_utf8_lossy(&once), "a second time: {text}");
    String::from_utf8(once).unwrap()
}

/// A prompt ends in a name and a colon: what closes its string opens no value.
#[test]
fn a_name_at_the_end_of_a_string_has_no_value() {
    for text in [
        r#"{"msg": "Enter password:", "level": "info"}"#,
        r#"{"msg": "Enter SSN: ", "level": "info"}"#,
        r#"{"q":"ssn:"}"#,
        r#"{"q":"user="}"#,
        r#"["password:","x"]"#,
        r#"say "password:" and go on"#,
        "{'msg': 'Enter password:', 'level': 'info'}",
        r#"{"m":"{\"q\":\"ssn:\",\"x\":1}"}"#,
    ] {
        assert_eq!(scrubbed(text), text);
    }
    assert_eq!(scrubbed(r#"{"password":",abc}"}"#), r#"{"password":"[PASSWORD_ASSIGNMENT]"}"#);
    assert_eq!(scrubbed(r#"password=", abc" n=1"#), r#"password="[PASSWORD_ASSIGNMENT]" n=1"#);
}

#[test]
fn wrappers_of_languages_stay_around_the_value() {
    let label = "[PASSWORD_ASSIGNMENT]";
    for text in [
        r#"password: Some("Zq7!kVx92")"#,
        "WITH PASSWORD = N'Zq7!kVx92' x",
        "password: !secret Zq7!kVx92",
        r#"password = new String("Zq7!kVx92");"#,
        r#"['password'] => string(9) "Zq7!kVx92""#,
        "password = f'Zq7!kVx92'",
        r#"password           = "Zq7!kVx92""#,
        "\"password\"\t:\t\"Zq7!kVx92\"",
        r#"password := "Zq7!kVx92""#,
        r#"{"name":"DB_PASSWORD","value":"Zq7!kVx92"}"#,
        r#"{"env":[{"name":"LEVEL","value":"debug"},{"name":"DB_PASSWORD","value":"Zq7!kVx92"}]}"#,
    ] {
        assert_eq!(scrubbed(text), text.replace("Zq7!kVx92", label));
    }
    assert_eq!(scrubbed("'dob': datetime.date(1980, 2, 29), 'n': 1"), "'dob': datetime.date([DATE_OF_BIRTH]), 'n': 1");
    assert_eq!(scrubbed(r#"{"key":"ssn","value":"123456789"}"#), r#"{"key":"ssn","value":"[US_SSN]"}"#);
}

#[test]
fn quotes_do_not_end_a_note_that_no_string_holds() {
    let engine = hushlog::policy::preset("hipaa").unwrap().build().unwrap();
    let scrubbed = |text: &str| String::from_utf8(engine.scrub(text.as_bytes())).unwrap();
    assert_eq!(scrubbed("clinical_note=Patient said \"it hurts\" and left\nnext"), "clinical_note=\nnext");
    assert_eq!(scrubbed(r#"{"m":"clinical_note=it hurts badly","x":"y"}"#), r#"{"m":"clinical_note=","x":"y"}"#);
}

#[test]
fn a_number_inside_a_string_of_json_gets_escaped_quotes() {
    let engine = Engine::builder().json_numbers(JsonNumbers::String).build().unwrap();
    let scrubbed = |text: &str| String::from_utf8(engine.scrub(text.as_bytes())).unwrap();
    assert_eq!(scrubbed(r#"{"m":"{\"zip\": 62701}"}"#), r#"{"m":"{\"zip\": \"[ZIP_US]\"}"}"#);
    assert_eq!(scrubbed(r#"{"zip": 62701}"#), r#"{"zip": "[ZIP_US]"}"#);
}
