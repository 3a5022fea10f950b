//! Where a name begins, where its value begins and ends, and what stands around it.

use hushlog::Engine;

/// Scrubs a record whole, in pieces and a second time.
fn scrubbed(text: &str) -> String {
    let engine = Engine::standard();
    let once = engine.scrub(text.as_bytes());
    assert_eq!(String::from_utf8_lossy(&engine.scrub(&once)), String::from_utf8_lossy(&once), "a second time: {text}");
    for step in [1, 5, 64] {
        let (mut stream, mut out) = (engine.stream(), Vec::new());
        for piece in text.as_bytes().chunks(step) {
            stream.push(piece, &mut |part| out.extend_from_slice(part.as_bytes()));
        }
        stream.finish(&mut |part| out.extend_from_slice(part.as_bytes()));
        assert_eq!(String::from_utf8_lossy(&out), String::from_utf8_lossy(&once), "in pieces of {step}: {text}");
    }
    String::from_utf8(once).unwrap()
}

#[track_caller]
fn all(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(scrubbed(text), *expected);
        if serde_json::from_str::<serde_json::Value>(text).is_ok() {
            assert!(serde_json::from_str::<serde_json::Value>(expected).is_ok(), "{expected}");
        }
    }
}

#[track_caller]
fn unchanged(texts: &[&str]) {
    for text in texts {
        assert_eq!(scrubbed(text), *text);
    }
}

#[test]
fn a_short_name_behind_an_escaped_line_end_is_a_name() {
    all(&[
        (
            r#"{"m":"update\nmrn: 64912000\ndob: 02/29/1980\nssn: 123456789\ncvv: 123\nzip: 90210\npwd: hunter2horse"}"#,
            r#"{"m":"update\nmrn: [MRN]\ndob: [DATE_OF_BIRTH]\nssn: [US_SSN]\ncvv: [CVV]\nzip: [ZIP_US]\npwd: [PASSWORD_ASSIGNMENT]"}"#,
        ),
        (
            r#"{"m":"x\tnpi: 1234567893\r\nein: 12-3456789\notp: 600245\nage: 44\nsn: X1Y2Z3A4B5\npw: hunter2horse"}"#,
            r#"{"m":"x\tnpi: [US_NPI]\r\nein: [US_EIN]\notp: [OTP_SEED]\nage: [AGE]\nsn: [DEVICE_SERIAL]\npw: [PASSWORD_ASSIGNMENT]"}"#,
        ),
        (r"m='a\nssn: 123456789\tmrn=64912000'", r"m='a\nssn: [US_SSN]\tmrn=[MRN]'"),
        (r#"{"m":"{\"x\":\"a\\nssn: 123456789\"}"}"#, r#"{"m":"{\"x\":\"a\\nssn: [US_SSN]\"}"}"#),
        (r#"{"m":"a\nssn    : 123456789 b\npw  : hunter2horse"}"#, r#"{"m":"a\nssn    : [US_SSN] b\npw  : [PASSWORD_ASSIGNMENT]"}"#),
    ]);
    unchanged(&[r"C:\new\tmp\readme: ok \nfoo: 12", r#"{"m":"a\nitem: 64912000\nbox=123456789x"}"#]);
    let engine = Engine::builder().packs("ca").unwrap().build().unwrap();
    let out = engine.scrub(br#"{"m":"a\nsin: 123-456-782"}"#);
    assert_eq!(String::from_utf8_lossy(&out), r#"{"m":"a\nsin: [CA_SIN]"}"#);
}

#[test]
fn line_ends_as_rsyslog_writes_them_are_line_ends() {
    all(&[
        (
            "h app: patient#012mrn: 64912000#012dob: 1980-02-29#012password: hunter2horse#012user_id=9#012",
            "h app: patient#012mrn: [MRN]#012dob: [DATE_OF_BIRTH]#012password: [PASSWORD_ASSIGNMENT]#012user_id=[UUID_USER_ID]#012",
        ),
        ("h app: a#011password=hunter2horse", "h app: a#011password=[PASSWORD_ASSIGNMENT]"),
        ("h app: a#012ssn=123456789#015#012card 4111111111111111#012x", "h app: a#012ssn=[US_SSN]#015#012card [PAN]#012x"),
        ("h app: a b#012123-45-6789#012mail jdoe@example.com#012", "h app: a b#012[US_SSN]#012mail [EMAIL]#012"),
        ("password=abc#123def x", "password=[PASSWORD_ASSIGNMENT] x"),
    ]);
    unchanged(&["issue #012 and color #012345 fixed, PR#0123: done"]);
}

#[test]
fn the_first_parameter_of_a_form_is_read_as_the_others() {
    all(&[
        (
            "payload=%7B%22password%22%3A+%22hunter2horse%22%2C+%22ssn%22%3A+%22123456789%22%7D",
            "payload=%7B%22password%22%3A+%22[PASSWORD_ASSIGNMENT]%22%2C+%22ssn%22%3A+%22[US_SSN]%22%7D",
        ),
        ("card=4111+1111+1111+1111", "card=[PAN]"),
        (r#"{"body":"card=4111+1111+1111+1111&x=1"}"#, r#"{"body":"card=[PAN]&x=1"}"#),
        ("body card=4111+1111+1111+1111 n=1", "body card=[PAN] n=1"),
    ]);
    let key = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
    let out = scrubbed(&format!("key=-----BEGIN+PRIVATE+KEY-----%0A{key}%0A{key}%0A-----END+PRIVATE+KEY-----%0A"));
    assert!(!out.contains("MII"), "{out}");
    unchanged(&["time=2026-01-02T03:04:05+00:00 level=info expr=a+b version=1.2.3+build5", "x=1+1", "sum=4111+1"]);
}

#[test]
fn what_a_type_wraps_is_the_value() {
    all(&[
        ("ssn=Optional[123456789] x", "ssn=Optional[[US_SSN]] x"),
        ("-> mrn: Str(64912000)", "-> mrn: Str([MRN])"),
        ("dob: Some(1980-02-29)", "dob: Some([DATE_OF_BIRTH])"),
        ("MRN(value=64912000)", "MRN(value=[MRN])"),
        ("Ssn[value=123456789]", "Ssn[value=[US_SSN]]"),
        ("mrn: int64(64912000)", "mrn: int64([MRN])"),
        (r#"ssn: string = "123456789""#, r#"ssn: string = "[US_SSN]""#),
        ("let mrn: u64 = 64912000;", "let mrn: u64 = [MRN];"),
        (r#"let password: &str = "hunter2horse";"#, r#"let password: &str = "[PASSWORD_ASSIGNMENT]";"#),
        ("ssn: Just 123456789", "ssn: Just [US_SSN]"),
        ("dob: Timestamp { seconds: 319939200 }", "dob: Timestamp { [DATE_OF_BIRTH] }"),
        ("mrn: UUID('123e4567-e89b-12d3-a456-426614174000')", "mrn: UUID('[MRN]')"),
        ("'mrn': Decimal('64912000')", "'mrn': Decimal('[MRN]')"),
        (r#"{"m":"password=SecretStr(\"hunter2horse\")","x":1}"#, r#"{"m":"password=SecretStr(\"[PASSWORD_ASSIGNMENT]\")","x":1}"#),
        (r#"{"m":"ssn=Optional[123456789]","x":1}"#, r#"{"m":"ssn=Optional[[US_SSN]]","x":1}"#),
        (r"curl -d '{'\''password'\'': '\''hunter2horse'\''}'", r"curl -d '{'\''password'\'': '\''[PASSWORD_ASSIGNMENT]'\''}'"),
        ("mrn: Foo(64912000, x=1) y", "mrn: [MRN] y"),
        ("patient_name: Name(Jane,Example) y", "patient_name: [PERSON_NAME] y"),
    ]);
    unchanged(&["user=root(0) ok", r#"value=12 (value=13) x[value=14]"#]);
}

#[test]
fn what_stands_for_a_value_in_a_statement_is_none() {
    unchanged(&[
        "SET ssn = $1, mrn = $2, dob = :dob, password = %(password)s, email = ?, mrn = @p1",
        r#"[["password","username"],["email","name"]]"#,
        r#"{"rows": [["email","password"],["ssn","mrn"]]}"#,
    ]);
    all(&[
        (
            r#"SELECT * FROM p WHERE ssn = $1  [["ssn", "123456789"], ["password","hunterhorse"], ["mrn", 64912000]]"#,
            r#"SELECT * FROM p WHERE ssn = $1  [["ssn", "[US_SSN]"], ["password","[PASSWORD_ASSIGNMENT]"], ["mrn", [MRN]]]"#,
        ),
        (
            r#"{"sql":"WHERE ssn = $1  [[\"ssn\", \"123456789\"], [\"dob\",\"1980-02-29\"]]"}"#,
            r#"{"sql":"WHERE ssn = $1  [[\"ssn\", \"[US_SSN]\"], [\"dob\",\"[DATE_OF_BIRTH]\"]]"}"#,
        ),
        ("ssn = $123456789", "ssn = [US_SSN]"),
        ("password = :hunter2horse", "password = [PASSWORD_ASSIGNMENT]"),
    ]);
}

#[test]
fn lists_and_plurals_go_on() {
    all(&[
        ("ssn: 123456789, 234567891", "ssn: [US_SSN], [US_SSN]"),
        ("mrn: 64912000, 64912001, 12 more", "mrn: [MRN], [MRN], 12 more"),
        (r#"passwords: ["hunterhorse", "tr0ub4dor3x"]"#, r#"passwords: ["[PASSWORD_ASSIGNMENT]", "[PASSWORD_ASSIGNMENT]"]"#),
        (r#"tokens: ["Zq7kVx92bN4mRt5w9sK2"]"#, r#"tokens: ["[HIGH_ENTROPY_GENERIC]"]"#),
        ("patient_ids=[64912000, 64912001] mrns=[64912000]", "patient_ids=[[MRN], [MRN]] mrns=[[MRN]]"),
        ("otp=600245: timeout", "otp=[OTP_SEED]: timeout"),
        ("mrn: #64912000 mrn=(64912000) mrn={64912000}", "mrn: #[MRN] mrn=([MRN]) mrn={[MRN]}"),
        ("MR# 64912000 x", "MR# [MRN] x"),
        ("Member #: W123456789", "Member #: [HEALTH_PLAN_MEMBER_ID]"),
        ("{SsnLast4:9686}", "{SsnLast4:[US_SSN_LAST4]}"),
    ]);
    unchanged(&[
        r#"tokens: 512 num_tokens=512 tokens=["the", "a"] "tokens": [101, 2023]"#,
        r#"{"tokens": 512, "api_keys": 3, "passwords": 2}"#,
        "10:15:00 up 3 days, eth0:1 port8:80 T10:00:00 x4:80",
        "group #: 5 item #: 12345678",
    ]);
}

#[test]
fn values_in_groups_are_masked_to_their_end() {
    all(&[
        ("card_number=4111  1111  1111  1111 x", "card_number=[PAN] x"),
        ("card_number=41111111 11111111", "card_number=[PAN]"),
        ("ssn: 123 - 45 - 6789", "ssn: [US_SSN]"),
        ("mrn: 64 91 20 00", "mrn: [MRN]"),
        ("dea: AB 1234563", "dea: [US_DEA]"),
        ("passport: A 12345678", "passport: [US_PASSPORT]"),
        ("drivers_license=CA D1234567", "drivers_license=[US_DRIVERS_LICENSE]"),
        ("policy_number: AB 12345678 ok", "policy_number: [HEALTH_PLAN_MEMBER_ID] ok"),
        ("phone: 212 5551234", "phone: [PHONE_E164]"),
    ]);
}

#[test]
fn names_hold_apostrophes_small_words_and_brackets() {
    all(&[
        ("first_name: O'Connor", "first_name: [PERSON_NAME]"),
        ("last_name='O''Connor', x='y'", "last_name='[PERSON_NAME]', x='y'"),
        ("patient_name: Maria von Trapp", "patient_name: [PERSON_NAME]"),
        ("patient_name: de la Cruz, Mary Kate", "patient_name: [PERSON_NAME]"),
        ("patient_name: Jane (Janie) Example", "patient_name: [PERSON_NAME]"),
        ("patient_name=Jane Example: timeout", "patient_name=[PERSON_NAME]: timeout"),
        ("patient_name: Jane Status: ok", "patient_name: [PERSON_NAME] Status: ok"),
        ("password=Tr0ub4dor&52 x", "password=[PASSWORD_ASSIGNMENT] x"),
        ("password = 'it''s secret' x", "password = '[PASSWORD_ASSIGNMENT]' x"),
        ("GET /x?password=abc1&debug HTTP/1.1", "GET /x?password=[PASSWORD_ASSIGNMENT]&debug HTTP/1.1"),
        ("password=abc1&level=x&n=1", "password=[PASSWORD_ASSIGNMENT]&level=x&n=1"),
        ("password=abc1 && echo done", "password=[PASSWORD_ASSIGNMENT] && echo done"),
        ("PASSWORD=abc1&& echo done", "PASSWORD=[PASSWORD_ASSIGNMENT]&& echo done"),
    ]);
    unchanged(&["first_name='' last_name='' x=''"]);
}

#[test]
fn a_number_in_a_list_of_json_is_null_in_any_line() {
    all(&[
        (r#"{"mrn": [64912000]},"#, r#"{"mrn": [null]},"#),
        (r#"INFO {"mrn": [64912000, 64912001], "x": 1}"#, r#"INFO {"mrn": [null, null], "x": 1}"#),
        (r#"INFO {"mrn": [[64912000]]}"#, r#"INFO {"mrn": [[null]]}"#),
        ("mrn=[64912000, 64912001]", "mrn=[[MRN], [MRN]]"),
    ]);
}
