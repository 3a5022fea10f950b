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

/// The name and the value are two members, attributes, elements or arguments beside each other.
#[test]
fn a_name_beside_its_value() {
    for text in [
        r#"["--password","Zq7!kVx92"]"#,
        r#"{"Cmd":["run", "--password", "Zq7!kVx92", "--level", "x"]}"#,
        r#"{"m":"[\"--password\",\"Zq7!kVx92\"]"}"#,
        "args: [--password, Zq7!kVx92]",
        "- --password\n- Zq7!kVx92\n- --verbose\n",
        "  \"--password\",\n  \"Zq7!kVx92\",\n  \"-v\"\n",
        r#"<property name="password" value="Zq7!kVx92"/>"#,
        r#"<property value="Zq7!kVx92" name="password"/>"#,
        r#"{"x":"<property name=\"password\" value=\"Zq7!kVx92\"/>"}"#,
        r#"<input type="hidden" name="password" value="Zq7!kVx92">"#,
        r#"<input type="password" id="p" value="Zq7!kVx92">"#,
        "<property><name>javax.jdo.option.ConnectionPassword</name><value>Zq7!kVx92</value></property>",
        "<property>\n  <name>db.password</name>\n  <value>Zq7!kVx92</value>\n</property>\n",
        "<key>Password</key> <string>Zq7!kVx92</string>",
        "<entry key=\"password\">Zq7!kVx92</entry>",
        "<td>Password</td><td>Zq7!kVx92</td>",
        "<dt>Password:</dt>\n<dd>Zq7!kVx92</dd>\n",
        "<b>Password:</b> Zq7!kVx92",
        "**Password:** Zq7!kVx92",
        r#"{"field":"password","value":"Zq7!kVx92"}"#,
        r#"{"value":"Zq7!kVx92","name":"password"}"#,
        r#"{"m":"{\"value\":\"Zq7!kVx92\",\"name\":\"password\"}"}"#,
        r#"{"ParameterKey":"password","ParameterValue":"Zq7!kVx92"}"#,
        r#"{"op":"replace","path":"/password","value":"Zq7!kVx92"}"#,
        "    \"name\": \"DB_PASSWORD\",\n    \"value\": \"Zq7!kVx92\"\n",
        "[{Name:DB_PASSWORD Value:Zq7!kVx92 ValueFrom:nil}]",
        "&v1.EnvVar{Name:\"DB_PASSWORD\", Value:\"Zq7!kVx92\"}",
        "EnvVar(name='DB_PASSWORD', value='Zq7!kVx92')",
        "- {name: DB_PASSWORD, value: Zq7!kVx92}",
        r#"{"body":"--x\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nZq7!kVx92\r\n--x--"}"#,
        "Content-Disposition: form-data; name=\"password\"\r\n\r\nZq7!kVx92\r\n--x--\r\n",
        "(spark.ssl.keyPassword,Zq7!kVx92)",
        "spark.ssl.password -> Zq7!kVx92",
        "Map(level -> 1, password -> Zq7!kVx92)",
        r#"{"password":{"old":"Zq7!kVx92","new":"Zq7!kVx92"}}"#,
        r#"{"m":"{\"password\": {\"old\": \"Zq7!kVx92\", \"new\": \"Zq7!kVx92\"}}"}"#,
        "  ~ password = \"Zq7!kVx92\" -> \"Zq7!kVx92\"",
        "  ~ password = null -> \"Zq7!kVx92\"",
        ".setPassword(\"Zq7!kVx92\")",
        r#"{"m":"conn.setPassword(\"Zq7!kVx92\");"}"#,
        "reader.option(\"password\", \"Zq7!kVx92\").load()",
        "setx DB_PASSWORD Zq7!kVx92",
        "map[string][]string{\"Password\":[]string{\"Zq7!kVx92\"}}",
    ] {
        assert_eq!(scrubbed(text), text.replace("Zq7!kVx92", "[PASSWORD_ASSIGNMENT]"));
    }
    for (text, expected) in [
        ("<Data Name='TargetUserName'>jsample</Data>", "<Data Name='TargetUserName'>[USERNAME]</Data>"),
        ("<b>SSN:</b> 123456789 ok", "<b>SSN:</b> [US_SSN] ok"),
        ("<th>SSN</th><td>123456789</td>", "<th>SSN</th><td>[US_SSN]</td>"),
        ("(spark.hadoop.fs.s3a.secret.key,Zq7kVx92bN4mRt5w)", "(spark.hadoop.fs.s3a.secret.key,[HIGH_ENTROPY_GENERIC])"),
        ("key=ssn value=123456789", "key=ssn value=[US_SSN]"),
    ] {
        assert_eq!(scrubbed(text), expected);
    }
    for text in [
        r#"["--password","--user"]"#,
        r#"{"flag":"--password","key":"x"}"#,
        r#"{"a":{"flag": "--password", "n": [1]}}"#,
        "use --password, then --user",
        "pass --password\nnext line\n",
        "- --password\nZq7!kVx92\n",
        "<property name=\"level\" value=\"Zq7!kVx92\"/>",
        "<tr><td>Email</td><td>Phone</td></tr>",
        "<th>Password</th><th>Role</th>",
        "<name>level</name><value>debug</value>",
        "<b>SSN</b> is missing",
        r#"{"type":"user","value":3}"#,
        r#"{"name":"LEVEL","value":"debug"}"#,
        r#"{"password":{"old":null,"new":null}}"#,
        "state: user -> admin",
        "(a.b,c) (x.key,)",
        "(password,user)",
        "  ~ tags = \"a\" -> \"b\"",
        ".setName(\"x\").setTimeout(\"5\")",
        "conn.setPassword(password)",
        "setx PATH C:\\bin",
        "form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nZq7!kVx92\r\n",
    ] {
        assert_eq!(scrubbed(text), text);
    }
}

/// Two lines that are one pair leave together, wherever the bytes were cut.
#[test]
fn pairs_over_two_lines_do_not_depend_on_the_cut() {
    let engine = Engine::standard();
    for text in [
        "x\n- --password\n- Zq7!kVx92\n- y\n",
        "x\n  <name>db.password</name>\r\n  <value>Zq7!kVx92</value>\r\nlast",
        "x\n    \"name\": \"DB_PASSWORD\",\n    \"value\": \"Zq7!kVx92\"\n",
        "x\nform-data; name=\"password\"\r\n\r\nZq7!kVx92\r\n--x--\r\n",
        "x\nform-data; name=\"password\"\n\nZq7!kVx92",
    ] {
        let expected = text.replace("Zq7!kVx92", "[PASSWORD_ASSIGNMENT]");
        for at in 0..=text.len() {
            let mut out = Vec::new();
            let mut stream = engine.stream();
            for piece in [&text.as_bytes()[..at], &text.as_bytes()[at..]] {
                stream.push(piece, &mut |clean| out.extend_from_slice(clean.as_bytes()));
            }
            stream.finish(&mut |clean| out.extend_from_slice(clean.as_bytes()));
            assert_eq!(String::from_utf8(out).unwrap(), expected, "cut at {at}");
        }
    }
}

#[test]
fn secrets_that_a_phrase_announces() {
    let secret = ["wJalrXUtnFEMI/K7MDENG/", "bPxRfiCYzzzzzzzKEY"].concat();
    let id = ["AKIA", "QWERTYUIOPASDFGH"].concat();
    for separator in [",", "\",\"", " ", ":", " / ", "\", \"SecretAccess\":\""] {
        let text = format!("[\"{id}{separator}{secret}\"]");
        assert_eq!(scrubbed(&text), format!("[\"[AWS_ACCESS_KEY_ID]{separator}[AWS_SECRET_ACCESS_KEY]\"]"));
    }
    let hex = "0123456789abcdef0123456789abcdef01234567";
    for (text, expected) in [
        (format!("wandb login {hex}"), "wandb login [WANDB_API_KEY_LEGACY]"),
        (format!("wandb login --relogin {hex}"), "wandb login --relogin [WANDB_API_KEY_LEGACY]"),
        (format!("aws configure set aws_secret_access_key {secret}"), "aws configure set aws_secret_access_key [AWS_SECRET_ACCESS_KEY]"),
    ] {
        assert_eq!(scrubbed(&text), expected);
    }
    for (text, expected) in [
        ("otpauth://totp/ACME:bob?secret=JBSWY3DPEHPK3PXP&issuer=ACME", "otpauth://totp/ACME:bob?secret=[OTP_SEED]&issuer=ACME"),
        ("totp_secret=JBSWY3DPEHPK3PXP", "totp_secret=[OTP_SEED]"),
        (
            "A temporary password is generated for root@localhost: hunter2Horse!x",
            "A temporary password is generated for root@localhost: [PASSWORD_ASSIGNMENT]",
        ),
        ("password_confirmation=hunterhorse dbpass=hunterhorse psk=hunterhorse db_pass=hunterhorse", {
            "password_confirmation=[PASSWORD_ASSIGNMENT] dbpass=[PASSWORD_ASSIGNMENT] psk=[PASSWORD_ASSIGNMENT] db_pass=[PASSWORD_ASSIGNMENT]"
        }),
        ("x\nlocalhost:5432:*:bob:hunterhorse\n", "x\nlocalhost:5432:*:bob:[PASSWORD_ASSIGNMENT]\n"),
        ("db.example.com:5432:app:bob:Zq7!kV:x92", "db.example.com:5432:app:bob:[PASSWORD_ASSIGNMENT]"),
        ("requirepass hunterhorse\n", "requirepass [PASSWORD_ASSIGNMENT]\n"),
        ("redis> CONFIG SET requirepass \"hunterhorse\"", "redis> CONFIG SET requirepass \"[PASSWORD_ASSIGNMENT]\""),
        ("SET PASSWORD FOR b = PASSWORD('hunterhorse')", "SET PASSWORD FOR b = PASSWORD('[PASSWORD_ASSIGNMENT]')"),
        ("SET PASSWORD FOR 'bob'@'%' = 'hunterhorse'", "SET PASSWORD FOR 'bob'@'%' = '[PASSWORD_ASSIGNMENT]'"),
        ("IDENTIFIED WITH caching_sha2_password BY 'hunterhorse'", "IDENTIFIED WITH caching_sha2_password BY '[PASSWORD_ASSIGNMENT]'"),
        ("ALTER USER b IDENTIFIED BY Zq7kVx92;", "ALTER USER b IDENTIFIED BY [PASSWORD_ASSIGNMENT];"),
        ("password 7 0822455D0A16", "password 7 [PASSWORD_ASSIGNMENT]"),
        (" neighbor r1 password 7 0822455D0A16", " neighbor r1 password 7 [PASSWORD_ASSIGNMENT]"),
        ("sqlplus -s svc/Hunter2Horse@db", "sqlplus -s svc/[PASSWORD_ASSIGNMENT]@db"),
    ] {
        assert_eq!(scrubbed(text), expected);
    }
    for text in [
        "password 7 days old",
        "password 7 deadbeef",
        "requirepass is not set",
        "wandb login now",
        "wandb: Run 0123456789abcdef0123456789abcdef01234567",
        "sqlplus /nolog",
        "sqlplus /@db",
        "at 10:5432:3:4 it stopped",
        "http://localhost:5432:x:y: z",
        "otpauth://totp/ACME:bob?issuer=ACME",
        "the patient is IDENTIFIED BY name",
        "SET PASSWORD POLICY = strict",
        "commit 0123456789abcdef0123456789abcdef01234567",
    ] {
        assert_eq!(scrubbed(text), text);
    }
}

#[test]
fn comparisons_name_their_values() {
    for (text, expected) in [
        ("WHERE mrn IN ('64912000','64912001')", "WHERE mrn IN ('[MRN]','[MRN]')"),
        ("where mrn in (64912000, 64912001)", "where mrn in ([MRN], [MRN])"),
        ("WHERE mrn NOT IN ('64912000')", "WHERE mrn NOT IN ('[MRN]')"),
        ("WHERE p.\"mrn\" LIKE '64912000%'", "WHERE p.\"mrn\" LIKE '[MRN]'"),
        ("WHERE mrn <> '64912000' AND 1=1", "WHERE mrn <> '[MRN]' AND 1=1"),
        ("WHERE mrn == '64912000'", "WHERE mrn == '[MRN]'"),
        ("WHERE mrn != '64912000'", "WHERE mrn != '[MRN]'"),
        ("WHERE mrn!=64912000", "WHERE mrn!=[MRN]"),
        ("WHERE mrn > '64912000'", "WHERE mrn > '[MRN]'"),
        ("WHERE ssn >= '123456789'", "WHERE ssn >= '[US_SSN]'"),
        ("WHERE ssn BETWEEN '123456789' AND '234567891' LIMIT 1", "WHERE ssn BETWEEN '[US_SSN]' AND '[US_SSN]' LIMIT 1"),
        (r#"{"q":"WHERE mrn = 1 OR password <> \"Zq7!kVx92\""}"#, r#"{"q":"WHERE mrn = [MRN] OR password <> \"[PASSWORD_ASSIGNMENT]\""}"#),
        ("Duplicate entry '64912000' for key 'users.mrn'", "Duplicate entry '[MRN]' for key 'users.mrn'"),
        ("Duplicate entry '64912000' for key 'mrn_UNIQUE'", "Duplicate entry '[MRN]' for key 'mrn_UNIQUE'"),
    ] {
        assert_eq!(scrubbed(text), expected);
    }
    for text in [
        "if user == owner then",
        "age > 5 and phone < 3",
        "login in (5 seconds)",
        "email==1.2.3",
        "password == null",
        "x <= 5",
        "Duplicate entry '1-2' for key 'PRIMARY'",
        "the user likes 'tea'",
    ] {
        assert_eq!(scrubbed(text), text);
    }
}

#[test]
fn two_columns_without_a_sign() {
    for (text, expected) in [
        ("x\npassword\thunter2horse\n", "x\npassword\t[PASSWORD_ASSIGNMENT]\n"),
        ("x\n  DB_PASSWORD    hunter2horse\nlevel    debug1", "x\n  DB_PASSWORD    [PASSWORD_ASSIGNMENT]\nlevel    debug1"),
        ("ssn\t123456789", "ssn\t[US_SSN]"),
        ("email      jane@example.com", "email      [EMAIL]"),
    ] {
        assert_eq!(scrubbed(text), expected);
    }
    for text in [
        "passwd    1:4.8.1-1ubuntu5.20.04.5",
        "password    required",
        "password    -----",
        "USER    PID1   x",
        "the password\tis 12345x now",
        "token\t12345",
    ] {
        assert_eq!(scrubbed(text), text);
    }
}
