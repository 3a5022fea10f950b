//! Values that words name in a sentence, with only a blank between.

use hushlog::Engine;

#[test]
fn words_name_the_value_behind_them() {
    for (text, expected) in [
        ("patient MRN 00482913 admitted", "patient MRN [MRN] admitted"),
        ("MRN#00482913 and mrn # 00482914", "MRN#[MRN] and mrn # [MRN]"),
        ("no chart for medical record number 00482913.", "no chart for medical record number [MRN]."),
        ("(NPI 1234567893) is inactive", "(NPI [US_NPI]) is inactive"),
        ("passport no. A12345678, scanned", "passport no. [US_PASSPORT], scanned"),
        ("DOB 1982-03-14 does not match", "DOB [DATE_OF_BIRTH] does not match"),
        ("born on March 14, 1982 in town", "born on [DATE_OF_BIRTH] in town"),
        ("Birthday 03/14/1982 is wrong", "Birthday [DATE_OF_BIRTH] is wrong"),
        ("driver's license D1234567 expired", "driver's license [US_DRIVERS_LICENSE] expired"),
        ("social security number 603601059 ok", "social security number [US_SSN] ok"),
        ("for admin with password Example88!", "for admin with password [PASSWORD_ASSIGNMENT]"),
        (r#"{"msg":"MRN 00482913 seen"}"#, r#"{"msg":"MRN [MRN] seen"}"#),
        ("first\\nMRN 00482913 seen", "first\\nMRN [MRN] seen"),
    ] {
        let once = Engine::standard().scrub(text.as_bytes());
        assert_eq!(String::from_utf8_lossy(&once), expected);
        assert_eq!(Engine::standard().scrub(&once), once, "a second time");
    }
}

#[test]
fn words_without_such_a_value_name_nothing() {
    for text in [
        "order 00123456 shipped",
        "MRN missing in message 12",
        "password authentication failed for 8 hosts",
        "password policy v2, passport control 7, license number 7",
        "npi count 1234567890",
        "born ready, born 12 times",
        "DOB is missing",
        "password sha256:0a1b2c3d4e5f failed",
        "compass 123456789 and subpassport A12345678",
        "passport.authenticate(12345678)",
    ] {
        assert_eq!(String::from_utf8_lossy(&Engine::standard().scrub(text.as_bytes())), text);
    }
}

#[test]
fn a_version_of_a_browser_is_no_address() {
    for text in ["torch 2.1.0.8 installed", "upgraded lib from 1.2.3 to 1.2.3.44", "1.2.3 -> 1.2.3.44", "package 11.8.0.1"] {
        assert_eq!(String::from_utf8_lossy(&Engine::standard().scrub(text.as_bytes())), text);
    }
    for text in ["moved from 8.8.4.4 to 8.8.8.8", "package 198.51.100.7 seen", "host 2.1.0.8 is up"] {
        assert!(String::from_utf8_lossy(&Engine::standard().scrub(text.as_bytes())).contains("[IP_V4]"), "{text}");
    }
    let text = "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0";
    assert_eq!(String::from_utf8_lossy(&Engine::standard().scrub(text.as_bytes())), text);
}
