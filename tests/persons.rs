//! Names, dates and numbers of people that an object, a sentence or a service says are theirs.

use hushlog::Engine;

#[track_caller]
fn become_under(preset: &str, lines: &[(&str, &str)]) {
    let engine = Engine::builder().preset(preset).unwrap().build().unwrap();
    for (text, expected) in lines {
        let once = engine.scrub(text.as_bytes());
        assert_eq!(String::from_utf8_lossy(&once), *expected, "under {preset}: {text}");
        assert_eq!(String::from_utf8_lossy(&engine.scrub(&once)), *expected, "a second time");
    }
}

#[track_caller]
fn stay(lines: &[&str]) {
    become_under("standard", &lines.iter().map(|line| (*line, *line)).collect::<Vec<_>>());
}

#[test]
fn an_object_says_whose_name_it_is() {
    become_under(
        "standard",
        &[
            (
                r#"{"patient":{"name":"Robert Qwertz","dob":"1980-02-29"}}"#,
                r#"{"patient":{"name":"[PERSON_NAME]","dob":"[DATE_OF_BIRTH]"}}"#,
            ),
            (
                r#"{"patient":{"name":{"first":"Robert","last":"Qwertz"},"address":{"line1":"12 Elm Trace","city":"Springfield"}}}"#,
                r#"{"patient":{"name":{"first":"[PERSON_NAME]","last":"[PERSON_NAME]"},"address":{"line1":"[STREET_ADDRESS]","city":"[STREET_ADDRESS]"}}}"#,
            ),
            (
                r#"{"patients":[{"id":7,"name":"Robert Qwertz"},{"id":8,"name":"Ann Qwertzu"}]}"#,
                r#"{"patients":[{"id":7,"name":"[PERSON_NAME]"},{"id":8,"name":"[PERSON_NAME]"}]}"#,
            ),
            (
                r#"{"patient":{"given":["Robert","J"],"family":"Qwertz"}}"#,
                r#"{"patient":{"given":["[PERSON_NAME]","[PERSON_NAME]"],"family":"[PERSON_NAME]"}}"#,
            ),
            ("Patient(id=1, name='Robert Qwertz', mrn='64912000')", "Patient(id=1, name='[PERSON_NAME]', mrn='[MRN]')"),
            ("PatientDTO(name=Robert Qwertz, dob=1980-02-29)", "PatientDTO(name=[PERSON_NAME], dob=[DATE_OF_BIRTH])"),
            ("&{Patient:{Name:Robert Qwertz DOB:1980-02-29}}", "&{Patient:{Name:[PERSON_NAME] DOB:[DATE_OF_BIRTH]}}"),
            (r#"Patient { name: "Robert Qwertz", ward: 4 }"#, r#"Patient { name: "[PERSON_NAME]", ward: 4 }"#),
            (r#"#<Patient number: 1, name: "Robert Qwertz">"#, r#"#<Patient number: [MRN], name: "[PERSON_NAME]">"#),
            ("<patient><name>Robert Qwertz</name></patient>", "<patient><name>[PERSON_NAME]</name></patient>"),
            (
                r#"<given>Robert</given><family value="Qwertz"/><birthTime value="19800229"/>"#,
                r#"<given>[PERSON_NAME]</given><family value="[PERSON_NAME]"/><birthTime value="[DATE_OF_BIRTH]"/>"#,
            ),
            (
                r#"{"user":{"name":"Jane Qwertz","role":"x"},"pod":{"name":"web-1"}}"#,
                r#"{"user":{"name":"[PERSON_NAME]","role":"x"},"pod":{"name":"web-1"}}"#,
            ),
            (
                r#"{"subject":{"reference":"Patient/4411","display":"Jane Qwertz"}}"#,
                r#"{"subject":{"reference":"Patient/4411","display":"[PERSON_NAME]"}}"#,
            ),
            ("name=Robert Smith status=ok", "name=[PERSON_NAME] status=ok"),
            (r#"student_name=Robert Smith studentName="SMITH, ROBERT""#, r#"student_name=[PERSON_NAME] studentName="[PERSON_NAME]""#),
            (
                r#"{"metadata":{"name":"Robert Qwertz","dob":"1980-02-29"}}"#,
                r#"{"metadata":{"name":"[PERSON_NAME]","dob":"[DATE_OF_BIRTH]"}}"#,
            ),
            (
                "GET /p?family=Qwertz&given=Jane&birthdate=1980-02-29 200",
                "GET /p?family=[PERSON_NAME]&given=[PERSON_NAME]&birthdate=[DATE_OF_BIRTH] 200",
            ),
            (r#"{"dob":{"year":1980,"month":2,"day":29}}"#, r#"{"dob":{"year":null,"month":null,"day":null}}"#),
            (r#"{"dob":{"$date":"1980-02-29"}}"#, r#"{"dob":{"$date":"[DATE_OF_BIRTH]"}}"#),
        ],
    );
}

#[test]
fn names_are_written_in_many_ways() {
    become_under(
        "standard",
        &[
            ("patient_name=Qwertz,Robert status=x", "patient_name=[PERSON_NAME] status=x"),
            ("Patient: QWERTZ,ROBERT", "Patient: [PERSON_NAME]"),
            ("patient SMITH, ROBERT not found", "patient [PERSON_NAME] not found"),
            (r#"Patient "Robert Qwertz" (64912000) admitted"#, r#"Patient "[PERSON_NAME]" ([MRN]) admitted"#),
            ("Patient 64912000 not found; patient=64912000", "Patient [MRN] not found; patient=[MRN]"),
            ("Dear Robert Qwertz,", "Dear [PERSON_NAME],"),
            (r#"From: "Robert Qwertz" <r@example.org>"#, r#"From: "[PERSON_NAME]" <[EMAIL]>"#),
            ("seen by Robert Qwertz <r@example.org>", "seen by [PERSON_NAME] <[EMAIL]>"),
            (r#"cardHolderName: "Robert Qwertz""#, r#"cardHolderName: "[PERSON_NAME]""#),
            ("on field 'lastName': rejected value [Qwertz]; codes [x]", "on field 'lastName': rejected value [[PERSON_NAME]]; codes [x]"),
            ("Dr. Qwertz Thu Apr 2", "[PERSON_NAME] Thu Apr 2"),
            ("PID.3.1=64912000 PID.5.1=QWERTZ PID.7=19800229", "PID.3.1=[MRN] PID.5.1=[PERSON_NAME] PID.7=[DATE_OF_BIRTH]"),
            ("<PID.3><CX.1>64912000</CX.1></PID.3>", "<PID.3><CX.1>[MRN]</CX.1></PID.3>"),
            ("GET /api/v1/mrn/64912000/labs", "GET /api/v1/mrn/[MRN]/labs"),
            ("Patient?identifier=urn%3Amrn%7C64912000", "Patient?identifier=urn%3Amrn%7C[MRN]"),
            (
                r#"<Attribute Name="ssn"><AttributeValue>536228741</AttributeValue></Attribute>"#,
                r#"<Attribute Name="ssn"><AttributeValue>[US_SSN]</AttributeValue></Attribute>"#,
            ),
        ],
    );
}

#[test]
fn addresses_need_no_key() {
    become_under(
        "standard",
        &[
            ("shipped to 123 Main St, Springfield, IL 62701 today", "shipped to [STREET_ADDRESS] today"),
            ("at 123 Main St Springfield, IL 62701-1234.", "at [STREET_ADDRESS]."),
            ("moved from 4600 Silver Hill Rd, Apt 4 to 12 Example Street. Ok", "moved from [STREET_ADDRESS] to [STREET_ADDRESS]. Ok"),
            (r#"{"note":"first\n12 Example Avenue, Suite 7\nend"}"#, r#"{"note":"first\n[STREET_ADDRESS]\nend"}"#),
        ],
    );
}

#[test]
fn services_name_their_logins() {
    become_under(
        "standard",
        &[
            ("dovecot: imap-login: Login: user=<jsample>, method=PLAIN", "dovecot: imap-login: Login: user=<[USERNAME]>, method=PLAIN"),
            ("Disconnected from user jsample 198.51.100.7 port 51122", "Disconnected from user [USERNAME] [IP_V4] port 51122"),
            (
                "maximum authentication attempts exceeded for jsample from 198.51.100.7",
                "maximum authentication attempts exceeded for [USERNAME] from [IP_V4]",
            ),
            (
                "Postponed keyboard-interactive for invalid user jsample from 198.51.100.7",
                "Postponed keyboard-interactive for invalid user [USERNAME] from [IP_V4]",
            ),
            (
                "Starting session: shell on pts/0 for jsample from 198.51.100.7",
                "Starting session: shell on pts/0 for [USERNAME] from [IP_V4]",
            ),
            (
                "sudo: jsample : TTY=pts/0 ; PWD=/srv ; USER=root ; COMMAND=/bin/ls",
                "sudo: [USERNAME] : TTY=pts/0 ; PWD=/srv ; USER=root ; COMMAND=/bin/ls",
            ),
            ("CRON[1]: (jsample) CMD (run)", "CRON[1]: ([USERNAME]) CMD (run)"),
            ("New session 42 of user jsample.", "New session 42 of user [USERNAME]."),
            (
                r#"198.51.100.7 - jsample [12/Jun/2024:10:15:33 +0000] "GET / HTTP/1.1" 200 5"#,
                r#"[IP_V4] - [USERNAME] [12/Jun/2024:10:15:33 +0000] "GET / HTTP/1.1" 200 5"#,
            ),
            (r#"*1 user "jsample": password mismatch"#, r#"*1 user "[USERNAME]": password mismatch"#),
            ("failed to authenticate user [jsample]", "failed to authenticate user [[USERNAME]]"),
            (r#"Login failed for user 'CORP\jsample'. Reason: x"#, "Login failed for user '[USERNAME]'. Reason: x"),
            (r#"type=USER_LOGIN acct="jsample" exe="/usr/sbin/sshd""#, r#"type=USER_LOGIN acct="[USERNAME]" exe="/usr/sbin/sshd""#),
        ],
    );
}

#[test]
fn secrets_stand_in_more_places() {
    become_under(
        "standard",
        &[
            ("java -Dpassword=Example88x -jar x", "java -Dpassword=[PASSWORD_ASSIGNMENT] -jar x"),
            (
                "gradle -Ppassword=Example88x -PapiKey=Zk3mPq8vRt2xW",
                "gradle -Ppassword=[PASSWORD_ASSIGNMENT] -PapiKey=[HIGH_ENTROPY_GENERIC]",
            ),
            ("password=@password and password=@password1", "password=[PASSWORD_ASSIGNMENT] and password=[PASSWORD_ASSIGNMENT]"),
            ("UPDATE users SET password=@password WHERE ssn = :ssn", "UPDATE users SET password=@password WHERE ssn = :ssn"),
            ("'x-api-key', 'Zk3mPq8vRt2xWy7a'", "'x-api-key', '[HIGH_ENTROPY_GENERIC]'"),
            (r#"1.1 [0 10.0.0.1:5] "AUTH" "appuser" "Example88x""#, r#"1.1 [0 10.0.0.1:5] "AUTH" "appuser" "[PASSWORD_ASSIGNMENT]""#),
            ("rabbitmqctl add_user app Example!88", "rabbitmqctl add_user app [PASSWORD_ASSIGNMENT]"),
            (r#"argc=3 a0="app" a1="--password" a2="Example88x""#, r#"argc=3 a0="app" a1="--password" a2="[PASSWORD_ASSIGNMENT]""#),
            ("Your verification code is 493817.", "Your verification code is [OTP_SEED]."),
            ("secret=Example88x secret=my-tls-secret", "secret=[HIGH_ENTROPY_GENERIC] secret=my-tls-secret"),
            (r#"{"path":"C:\\","password":["\"Example88\""]}"#, r#"{"path":"C:\\","password":["[PASSWORD_ASSIGNMENT]"]}"#),
            ("AIRFLOW__CORE__FERNET_KEY=46BKJoQYlPPOexq0OhDZnIlNepKFf87WFwLbfzqDDho=", "AIRFLOW__CORE__FERNET_KEY=[HIGH_ENTROPY_GENERIC]"),
        ],
    );
}

#[test]
fn dates_in_sentences() {
    become_under(
        "hipaa",
        &[
            ("seen in clinic on 03/04/2026 and again on 3/11/26", "seen in clinic on 2026 and again on [DATE_HEALTH]"),
            ("results from March 4, 2026 are ready", "results from 2026 are ready"),
            ("D: 03/04/2026  T: 03/05/2026", "D: 2026  T: 2026"),
            ("03/04/2026 10:12:33 INFO started", "03/04/2026 10:12:33 INFO started"),
            ("INFO 03/04/2026 10:12:33 started", "INFO 03/04/2026 10:12:33 started"),
            ("stdout F 03/04/2026 10:12 started", "stdout F 03/04/2026 10:12 started"),
            ("GET /x/03/04/2026/y 200", "GET /x/03/04/2026/y 200"),
            ("version 3.4.5, built on 06/10/2013 17:26 GMT", "version 3.4.5, built on 06/10/2013 17:26 GMT"),
        ],
    );
}

#[test]
fn rows_without_columns_are_text() {
    become_under(
        "hipaa",
        &[
            ("DETAIL:  Failing row contains (4411, Qwertz, Robert, 1980-02-29, null).", "DETAIL:  Failing row contains ()."),
            (
                r#"{"m":"Failing row contains (4411, Qwertz, 1980-02-29).\nSTATEMENT: x"}"#,
                r#"{"m":"Failing row contains ().\nSTATEMENT: x"}"#,
            ),
            ("INSERT INTO people VALUES ('64912000','QWERTZ')", "INSERT INTO people VALUES ()"),
            ("[Parameters=[@p0='Qwertz' (Size = 4000)], CommandType='Text']", "[Parameters=[], CommandType='Text']"),
            ("binding parameter [3] as [DATE] - [1980-02-29]", "binding parameter [3] as [DATE] - []"),
            (r#"COPY people, line 118: "64912000,Qwertz,1980-02-29""#, r#"COPY people, line 118: """#),
            (
                r#"{"messages":[{"role":"user","content":[{"type":"text","text":"Summarise the stay"}]}]}"#,
                r#"{"messages":[{"role":"user","content":[{"type":"text","text":""}]}]}"#,
            ),
            (r#"{"transcript":[{"t":0.1,"text":"hello how are you"}]}"#, r#"{"transcript":[{"t":0.1,"text":""}]}"#),
        ],
    );
}

#[test]
fn two_names_with_carets_are_masked_at_once() {
    become_under("standard", &[("^\0VA^VV\0    VA^VV", "^\0[PERSON_NAME]\0    [PERSON_NAME]")]);
}

#[test]
fn the_folder_of_a_shell_is_no_password() {
    become_under("standard", &[("PWD=/home/jsample/work/app1", "PWD=/home/[USERNAME]/work/app1")]);
}

#[test]
fn what_only_looks_like_a_persons_stays() {
    stay(&[
        r#"name="Web Server" x=1"#,
        r#"{"name":"nginx","image":{"name":"Docker Hub"}}"#,
        "opened 3 Street View tiles, 2 Avenue rows",
        "Author: The Kubernetes Authors",
        r#"mrn: string, ssn: string {"dtypes":{"ssn":"object"}} {"missing":{"ssn":12}}"#,
        r#"cache age=92 and age=120 ttl=300 "lock_age":95"#,
        "OBR|1|||24331-1^LIPID PANEL^LN",
        "PWD=/srv/runner/work",
        "pam_unix(passwd:chauthtok): password changed for root",
        "password = (sensitive value)",
        "ssl.keystore.password = [hidden]",
        "password: must be at least 12 characters",
        "login: ok; elapsed_ns=4532015112830366 lsn=4111111111111111",
        "key=user:1234:profile",
        "CRON[1]: (root) CMD (run)",
    ]);
}
