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
fn sentences_of_billing_and_of_patients() {
    for (text, expected) in [
        ("card exp 12/27", "card exp [CARD_EXPIRY]"),
        ("Mastercard on file, exp. 12/2027 declined", "Mastercard on file, exp. [CARD_EXPIRY] declined"),
        ("her card expires 01/28.", "her card expires [CARD_EXPIRY]."),
        ("expiration date 12/27 of the card", "expiration date [CARD_EXPIRY] of the card"),
        ("ships to zip 94107", "ships to zip [ZIP_US]"),
        ("zip 94107-1234, then zip 94107 again", "zip [ZIP_US], then zip [ZIP_US] again"),
        ("policy ABC123456 active, policy ABC-123-456", "policy [HEALTH_PLAN_MEMBER_ID] active, policy [HEALTH_PLAN_MEMBER_ID]"),
        ("Policy 12345678 lapsed", "Policy [HEALTH_PLAN_MEMBER_ID] lapsed"),
        ("driver license CA D1234567", "driver license CA [US_DRIVERS_LICENSE]"),
        ("driver's license no. CA D1234567", "driver's license no. CA [US_DRIVERS_LICENSE]"),
        ("driver license: CA D1234567, seen", "driver license: [US_DRIVERS_LICENSE], seen"),
        ("the patient name is Jane Qwertz, seen", "the patient name is [PERSON_NAME], seen"),
        ("Patient name is Xqz Q. Qwertz MRN 00482913", "Patient name is [PERSON_NAME] MRN [MRN]"),
        ("patient's name Jane Qwertz and", "patient's name [PERSON_NAME] and"),
        ("device udid 2b6f0cc904d137be2e1730235f5664094b831186", "device udid [ADVERTISING_DEVICE_ID]"),
        ("udid=00008030-001A2D3E0C91002E", "udid=[ADVERTISING_DEVICE_ID]"),
        ("born on March 3, 1980, DOB 03/04/1980", "born on [DATE_OF_BIRTH], DOB [DATE_OF_BIRTH]"),
        ("D.O.B. 03/04/1980 noted", "D.O.B. [DATE_OF_BIRTH] noted"),
        ("SSN is 123-45-6789", "SSN is [US_SSN]"),
        ("social security number ending in 6789", "social security number ending in [US_SSN_LAST4]"),
        ("last four digits of his social security number 6789", "last four digits of his social security number [US_SSN_LAST4]"),
        ("last 4 of SSN 6789, SSN ending 1234", "last 4 of SSN [US_SSN_LAST4], SSN ending [US_SSN_LAST4]"),
    ] {
        let once = Engine::standard().scrub(text.as_bytes());
        assert_eq!(String::from_utf8_lossy(&once), expected);
        assert_eq!(Engine::standard().scrub(&once), once, "a second time");
    }
    for text in [
        "exp 12/27 without one, wildcard certificate expires 12/27",
        "card expires in 12 days, the card expired",
        "card\nexpires 12/27",
        "zip 20500 files, zip 12345 of 90210, gzip 94107, zip archive.zip",
        "policy default1, policy 1234567, policy SHA256 and RFC7519, policy CMP0091, policy v12345678",
        "driver license CA expired, driver license XX loaded",
        "patient name is required, patient name Is Not Null, patient name field",
        "udid missing, udid 0123",
        "SSN 6789 rows, social security number ending soon",
    ] {
        assert_eq!(String::from_utf8_lossy(&Engine::standard().scrub(text.as_bytes())), text);
    }
}

#[test]
fn sentences_of_users() {
    for (text, expected) in [
        ("User \"jqwertz\" reset his password", "User \"[USERNAME]\" reset his password"),
        ("user 'jqwertz' deleted, User \"aqwertz\" created 3 rows", "user '[USERNAME]' deleted, User \"[USERNAME]\" created 3 rows"),
        ("User jqwertz changed her password", "User [USERNAME] changed her password"),
        ("username jqwertz", "username [USERNAME]"),
        ("Username is jqwertz, again", "Username is [USERNAME], again"),
        ("login with username jqwertz failed", "login with username [USERNAME] failed"),
        ("username 'jqwertz' already taken", "username '[USERNAME]' already taken"),
        ("username j.qwertz7 locked", "username [USERNAME] locked"),
        (r#"{"msg":"username jqwertz"}"#, r#"{"msg":"username [USERNAME]"}"#),
    ] {
        let once = Engine::standard().scrub(text.as_bytes());
        assert_eq!(String::from_utf8_lossy(&once), expected);
        assert_eq!(Engine::standard().scrub(&once), once, "a second time");
    }
    for text in [
        // As behind `user=`: accounts of the system stay.
        "User \"root\" reset his password, username root",
        "user input changed, user space created, user data deleted",
        "username field is required, username must be unique",
        "username or password wrong, username and password",
        "username already taken, invalid username supplied",
        "username is required, username not found, enter a username here",
        "username max_length=12 username: ",
        "use the correct username datum",
        "if the username is blank, username issues.",
        "user 'admin panel' deleted",
    ] {
        assert_eq!(String::from_utf8_lossy(&Engine::standard().scrub(text.as_bytes())), text);
    }
}

#[test]
fn a_diagnosis_in_words_is_one_value() {
    for (text, expected) in [
        ("diagnosis: Type 2 diabetes", "diagnosis: [ICD10_CODE]"),
        ("diagnosis: Type 2 diabetes, mrn: 00482913", "diagnosis: [ICD10_CODE], mrn: [MRN]"),
        ("diagnosis: Type 2 diabetes, uncontrolled; next", "diagnosis: [ICD10_CODE]; next"),
        ("diagnosis=Type 2 diabetes status=ok", "diagnosis=[ICD10_CODE] status=ok"),
        ("Diagnosis: Alzheimer's disease. The patient left", "Diagnosis: [ICD10_CODE]. The patient left"),
        ("primary diagnosis: E11.9 - Type 2 diabetes (new)", "primary diagnosis: [ICD10_CODE] (new)"),
        ("diagnosis: E11.9 status: done", "diagnosis: [ICD10_CODE] status: done"),
        ("diagnosis: E11.9 was coded", "diagnosis: [ICD10_CODE] was coded"),
        (r#"{"msg":"diagnosis: Type 2 diabetes","n":1}"#, r#"{"msg":"diagnosis: [ICD10_CODE]","n":1}"#),
        ("diagnosis: Type 2 diabetes\nnext line", "diagnosis: [ICD10_CODE]\nnext line"),
        (r#"{"diagnosis": "Type 2 diabetes", "n": 1}"#, r#"{"diagnosis": "[ICD10_CODE]", "n": 1}"#),
    ] {
        let once = Engine::standard().scrub(text.as_bytes());
        assert_eq!(String::from_utf8_lossy(&once), expected);
        assert_eq!(Engine::standard().scrub(&once), once, "a second time");
    }
    let long = format!("diagnosis: {}", "some words and more ".repeat(20));
    let once = Engine::standard().scrub(long.as_bytes());
    assert!(once.len() < 180 && once.starts_with(b"diagnosis: [ICD10_CODE] "), "{}", String::from_utf8_lossy(&once));
}

#[test]
fn a_name_in_capitals_has_its_family_name_first() {
    let hipaa = Engine::builder().preset("hipaa").unwrap().build().unwrap();
    for (text, expected) in [
        ("Name: SMITH, JOHN", "Name: [PERSON_NAME]"),
        ("Name: SMITH, JOHN Q. admitted", "Name: [PERSON_NAME] admitted"),
        (r#"{"name":"SMITH, JOHN"}"#, r#"{"name":"[PERSON_NAME]"}"#),
        // Elsewhere both words have to be names and nothing else.
        ("seen: SMITH, JOHN by", "seen: [PERSON_NAME] by"),
    ] {
        let once = hipaa.scrub(text.as_bytes());
        assert_eq!(String::from_utf8_lossy(&once), expected);
        assert_eq!(hipaa.scrub(&once), once, "a second time");
    }
    for text in ["Name: ERROR, FATAL", "PAGE, MARK", "SMITH, WRITE", "Name: SMITH, JOHN_2"] {
        assert_eq!(String::from_utf8_lossy(&hipaa.scrub(text.as_bytes())), text);
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
