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
        (
            "admitted 2026-01-04 with ICD-10 E11.9, ICD-10-CM code J45.909",
            "admitted [DATE_HEALTH] with ICD-10 [ICD10_CODE], ICD-10-CM code [ICD10_CODE]",
        ),
        ("discharged on 01/09/2026; date of service 2026-01-05", "discharged on [DATE_HEALTH]; date of service [DATE_HEALTH]"),
        ("member id W123456789, policy number ABC123456789", "member id [HEALTH_PLAN_MEMBER_ID], policy number [HEALTH_PLAN_MEMBER_ID]"),
        ("acct 000123456789 routing 021000021", "acct [BANK_ACCOUNT_US] routing [US_ABA_ROUTING]"),
        ("card 5555 5555 5555 4444 cvv 123 zip code 94107", "card [PAN] cvv [CVV] zip code [ZIP_US]"),
        ("handset imei 490154203237518 lost", "handset imei [IMEI] lost"),
        (
            "refill of prescription no. 7654321, accession A1234567",
            "refill of prescription no. [RX_NUMBER], accession [ENCOUNTER_ACCESSION_ID]",
        ),
        ("call phone 4155550123 or fax number 4155550124", "call phone [PHONE_NANP] or fax number [PHONE_NANP]"),
        ("plate? license plate 7ABC123 seen", "plate? license plate [LICENCE_PLATE] seen"),
        ("using api key 8f3a9c1e7b2d4f6a8c0e now", "using api key [HIGH_ENTROPY_GENERIC] now"),
        ("ssn last4 1234, SSN ending in 4321", "ssn last4 [US_SSN_LAST4], SSN ending in [US_SSN_LAST4]"),
        ("changed the password to \"Example88!\"", "changed the password to \"[PASSWORD_ASSIGNMENT]\""),
        ("user 'jane.sample' logged in", "user '[USERNAME]' logged in"),
        (r#"{"msg":"MRN 00482913 seen"}"#, r#"{"msg":"MRN [MRN] seen"}"#),
        ("first\\nMRN 00482913 seen", "first\\nMRN [MRN] seen"),
    ] {
        let once = Engine::standard().scrub(text.as_bytes());
        assert_eq!(String::from_utf8_lossy(&once), expected);
        assert_eq!(Engine::standard().scrub(&once), once, "a second time");
    }
}

#[test]
fn a_number_sign_or_a_point_may_stand_before_the_separator() {
    for (text, expected) in [
        ("Acct#: 123456 MRN#: 00123456", "Acct#: [BANK_ACCOUNT_US] MRN#: [MRN]"),
        ("Account No.: 000123456789", "Account No.: [BANK_ACCOUNT_US]"),
        ("Member ID #: W123456789", "Member ID #: [HEALTH_PLAN_MEMBER_ID]"),
        ("SSN#=219-09-9999", "SSN#=[US_SSN]"),
    ] {
        assert_eq!(String::from_utf8_lossy(&Engine::standard().scrub(text.as_bytes())), expected);
    }
    for text in ["pass #: 3 of 5", "Ticket #: 123456", "see the docs.: 12", "a.b.c.: 4"] {
        assert_eq!(String::from_utf8_lossy(&Engine::standard().scrub(text.as_bytes())), text);
    }
}

#[test]
fn the_word_patient_stands_before_a_name() {
    for (text, expected) in [
        ("Patient Jane Q. Qwertz, MRN 00482913", "Patient [PERSON_NAME], MRN [MRN]"),
        ("the patient Xavi Johnson was seen", "the patient [PERSON_NAME] was seen"),
        ("patient Maria Elena Garcia arrived", "patient [PERSON_NAME] arrived"),
    ] {
        assert_eq!(String::from_utf8_lossy(&Engine::standard().scrub(text.as_bytes())), expected);
    }
    for text in [
        "Patient Record Updated",
        "Patient Portal Service is up",
        "patient Data Export done",
        "Patient Summary for ward 7",
        "Patient Age Group",
    ] {
        assert_eq!(String::from_utf8_lossy(&Engine::standard().scrub(text.as_bytes())), text);
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
        "admitted 12 workloads, discharged 3 batteries to 20 %",
        "routing 1024 packets, routing 123456789 to host 7",
        "member 3 of 5, encounter 404, accession failed, policy number 7",
        "api key rotated, api key my-service-account-name, secret key prod/db/password-2024-0001",
        "cvc 12 of 64, fax machine 12, phone home after 300 s",
        "E11 and A10 are machines, ICD-10 codes loaded, license plate reader 4",
        "the user 'admin panel' opened, user '12 of 30' done",
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
