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

#[test]
fn flags_of_commands_have_passwords() {
    for (text, expected) in [
        ("mysql -pZq7!kVx92 -u root", "mysql -p[PASSWORD_ASSIGNMENT] -u root"),
        ("/usr/bin/mysqldump -h db '-pZq7!kVx92' app", "/usr/bin/mysqldump -h db '-p[PASSWORD_ASSIGNMENT]' app"),
        ("run mysql --password Zq7!kVx92 now", "run mysql --password [PASSWORD_ASSIGNMENT] now"),
        ("curl -s -u jdoe:Zq7!kVx92 https://example.com", "curl -s -u [AUTH_BASIC] https://example.com"),
        ("redis-cli -h cache -a Zq7!kVx92 ping", "redis-cli -h cache -a [PASSWORD_ASSIGNMENT] ping"),
        (r#"["redis-cli", "-a", "Zq7!kVx92"]"#, r#"["redis-cli", "-a", "[PASSWORD_ASSIGNMENT]"]"#),
        ("docker login -u ci -p Zq7!kVx92", "docker login -u ci -p [PASSWORD_ASSIGNMENT]"),
        ("sshpass -p 'Zq7! kVx92' ssh host", "sshpass -p '[PASSWORD_ASSIGNMENT]' ssh host"),
        (r#"{"cmd":"sshpass -p hello ssh host"}"#, r#"{"cmd":"sshpass -p [PASSWORD_ASSIGNMENT] ssh host"}"#),
        ("job --token Zq7kVx92bN4mRt5w", "job --token [HIGH_ENTROPY_GENERIC]"),
    ] {
        assert_eq!(scrubbed(text), expected);
    }
    for text in [
        "mysql -p -u root app",
        "mysql -P 3306",
        "docker run -p 8080:80 image; docker login",
        "curl -u jdoe https://example.com",
        "redis-cli ping; tar -a x",
        "sshpass -p $SSH_PASSWORD ssh host",
        r#"{"cmd":"sshpass -p","n":1}"#,
        "mysql is up | grep -print x",
        "job --token 5 --tokens many",
    ] {
        assert_eq!(scrubbed(text), text);
    }
}

#[test]
fn elements_of_xml_name_their_text() {
    for (text, expected) in [
        ("<password>Zq7!kVx92</password>", "<password>[PASSWORD_ASSIGNMENT]</password>"),
        ("<w:Password Type=\"t\"> Zq7!k Vx92 </w:Password>", "<w:Password Type=\"t\"> [PASSWORD_ASSIGNMENT] </w:Password>"),
        ("<ssn>603601059</ssn><patientName>Jane Doe</patientName>", "<ssn>[US_SSN]</ssn><patientName>[PERSON_NAME]</patientName>"),
        ("<password><![CDATA[Zq7<b>92]]></password>", "<password><![CDATA[[PASSWORD_ASSIGNMENT]]]></password>"),
        (r#"{"x":"<password>Zq7!kVx92<\/password>"}"#, r#"{"x":"<password>[PASSWORD_ASSIGNMENT]<\/password>"}"#),
        (
            r#"{"x":"\u003cpassword\u003eZq7!\u003c/password\u003e"}"#,
            r#"{"x":"\u003cpassword\u003e[PASSWORD_ASSIGNMENT]\u003c/password\u003e"}"#,
        ),
    ] {
        assert_eq!(scrubbed(text), expected);
    }
    for text in [
        "<password></password>",
        "<password/>",
        "<p>text</p></password>",
        "<b>text</password>",
        "<token>5</token><title>Zq7!kVx92</title>",
        "<password>${DB_PASSWORD}</password>",
    ] {
        assert_eq!(scrubbed(text), text);
    }
}

#[test]
fn objects_tuples_and_braces_wrap_values() {
    let label = "[PASSWORD_ASSIGNMENT]";
    for text in [
        r#"{"password":{"S":"Zq7!kVx92"}}"#,
        r#"{"m":"{\"password\": {\"stringValue\": \"Zq7!kVx92\"}}"}"#,
        "[('password', 'Zq7!kVx92'), ('n', '1')]",
        "Server=db;Pwd={Zq7;kVx92};Database=app",
        "password= Zq7!kVx92",
        "PGPASSWORD=Zq7!kVx92 psql",
        "- name: DB_PASSWORD\n  value: Zq7!kVx92\n- name: LEVEL\n  value: debug\n",
        "  - name: DB_PASSWORD\r\n    value: \"Zq7!kVx92\"\r\n",
    ] {
        assert_eq!(scrubbed(&text.replace("Zq7;", "Zq7!")), text.replace("Zq7!kVx92", label).replace("Zq7;kVx92", label));
    }
    assert_eq!(scrubbed("Server=db;Pwd={Zq7;kVx92};Database=app"), "Server=db;Pwd={[PASSWORD_ASSIGNMENT]};Database=app");
    for text in [
        r#"{"password":{"min":8,"value_required":true}}"#,
        "WHERE name IN ('password', 'email')",
        "format('password', 'Zq7!kVx92', 3)",
        "password={min_length}",
        "password= user logged in",
        "password= level=debug1",
        "- name: DB_PASSWORD\n  valueFrom: Zq7!kVx92\n",
        "- name: LEVEL\n  value: Zq7!kVx92\n",
        "name: Password\nvalues: Zq7!kVx92\n",
    ] {
        assert_eq!(scrubbed(text), text);
    }
}

#[test]
fn columns_of_an_insertion_name_its_values() {
    for (text, expected) in [
        (
            "INSERT INTO t (id, `email`, password) VALUES (1, 'jane@example.com', 'O''Brien'), (2, NULL, 'x y')",
            "INSERT INTO t (id, `email`, password) VALUES (1, '[EMAIL]', '[PASSWORD_ASSIGNMENT]'), (2, NULL, '[PASSWORD_ASSIGNMENT]')",
        ),
        (r#"{"q":"insert into t (at, ssn) values (now(), 603601059)"}"#, r#"{"q":"insert into t (at, ssn) values (now(), [US_SSN])"}"#),
        ("CREATE USER jd IDENTIFIED BY 'hello'", "CREATE USER jd IDENTIFIED BY '[PASSWORD_ASSIGNMENT]'"),
    ] {
        assert_eq!(scrubbed(text), expected);
    }
    for text in [
        "INSERT INTO t (a, b) VALUES ('x', 'y')",
        "INSERT INTO t (a, password) VALUES (?, ?)".replace('?', "NULL").as_str(),
        "password VALUES ('x')",
        "the patient is identified by name and 12 letters",
    ] {
        assert_eq!(scrubbed(text), text);
    }
}

/// What an escape says, or a quote that nothing closes, does not reach out of the string of JSON that it stands in.
#[test]
fn json_stays_json() {
    for (text, expected) in [
        (r#"{"passport":"%5c\\","x":"1"}"#, r#"{"passport":"[US_PASSPORT]","x":"1"}"#),
        (r#"{"iban":"%5c"}"#, r#"{"iban":"[IBAN]"}"#),
        (r#"{"m":"password='abc","x":"it's"}"#, r#"{"m":"password='[PASSWORD_ASSIGNMENT]","x":"it's"}"#),
        (r#"{"m":"ssn: [","x":"1"}"#, r#"{"m":"ssn: [","x":"1"}"#),
        (r#"{"iban":[0, 1e9, 51.5]}"#, r#"{"iban":[null, null, null]}"#),
        (r#"{"patient_name":[true, 12345678901]}"#, r#"{"patient_name":[true, 12345678901]}"#),
        (r#"{"ssn":[[123456789,5],[6,987654321]],"n":7}"#, r#"{"ssn":[[null,null],[null,null]],"n":7}"#),
    ] {
        assert_eq!(scrubbed(text), expected);
    }
}
