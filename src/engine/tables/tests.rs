//! Tables of every form, whole and in pieces.

use crate::Engine;

fn scrubbed(text: &str) -> String {
    let engine = Engine::standard();
    let whole = engine.scrub(text.as_bytes());
    for at in 0..=text.len() {
        let (first, second) = text.as_bytes().split_at(at);
        let mut out = Vec::new();
        let mut stream = engine.stream();
        for piece in [first, second] {
            stream.push(piece, &mut |clean| out.extend_from_slice(clean.as_bytes()));
        }
        stream.finish(&mut |clean| out.extend_from_slice(clean.as_bytes()));
        assert_eq!(String::from_utf8_lossy(&out), String::from_utf8_lossy(&whole), "cut at {at}");
    }
    assert_eq!(String::from_utf8_lossy(&engine.scrub(&whole)), String::from_utf8_lossy(&whole), "a second time");
    assert_eq!(String::from_utf8_lossy(&engine.scrub_naively(text.as_bytes())), String::from_utf8_lossy(&whole), "naively");
    String::from_utf8(whole).unwrap()
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(scrubbed(text), expected);
    let crlf = text.replace('\n', "\r\n");
    assert_eq!(scrubbed(&crlf), expected.replace('\n', "\r\n"));
}

#[test]
fn the_columns_of_csv_are_keys() {
    check(
        "id,patient_name,ssn,note\n1,Jane Example,899123456,ok\n2,\"Example, John\",899 12 3457,\n",
        "id,patient_name,ssn,note\n1,[PERSON_NAME],[US_SSN],ok\n2,\"[PERSON_NAME]\",[US_SSN],\n",
    );
    check("id;dob;password\n1;1980-02-29;hunter,two\n", "id;dob;password\n1;[DATE_OF_BIRTH];[PASSWORD_ASSIGNMENT]\n");
    check("id\tmrn\n1\tA00123\n", "id\tmrn\n1\t[MRN]\n");
    check("\"id\",\"First Name\"\n\"1\",\"Jane\"\n", "\"id\",\"First Name\"\n\"1\",\"[PERSON_NAME]\"\n");
    check("\u{feff}ssn,n\n899123456,1\n", "\u{feff}ssn,n\n[US_SSN],1\n");
    check(",name,DOB (MM/DD/YYYY)\n0,Jane Example,02/29/1980\n", ",name,DOB (MM/DD/YYYY)\n0,[PERSON_NAME],[DATE_OF_BIRTH]\n");
}

#[test]
fn quotes_hold_delimiters_quotes_and_line_ends() {
    check(
        "id,password\n1,\"a\"\"b,c\"\n2,\"x\ny\"\n3,z9z9z9\n",
        "id,password\n1,\"[PASSWORD_ASSIGNMENT]\"\n2,\"[PASSWORD_ASSIGNMENT]\n[PASSWORD_ASSIGNMENT]\"\n3,[PASSWORD_ASSIGNMENT]\n",
    );
    // A quote that never closes ends the table.
    check("id,ssn\n1,\"899123456\n2,899123456\n", "id,ssn\n1,\"899123456\n2,899123456\n");
}

#[test]
fn findings_stay_in_their_fields() {
    let text = "a,password,c,d\n1,x,user=\"Jane,Q\",2\n";
    let output = scrubbed(text);
    assert_eq!(output.matches(',').count(), text.matches(',').count());
    check("n,password,e\n1,null,u@example.com\n2,[PASSWORD_ASSIGNMENT],-\n", "n,password,e\n1,null,[EMAIL]\n2,[PASSWORD_ASSIGNMENT],-\n");
}

#[test]
fn csv_begins_with_the_stream() {
    check("log line\nid,ssn\n1,899123456\n", "log line\nid,ssn\n1,899123456\n");
}

#[test]
fn what_names_no_key_is_no_header() {
    for text in
        ["a,b\n1,899123456\n", "ssn\n899123456\n", "n=1,ssn\n1,899123456\n", "1,899123456\n", "name,type,owner\npg_class,table,postgres\n"]
    {
        check(text, text);
    }
}

#[test]
fn cells_between_bars() {
    check(
        "see:\n| name | ssn |\n|------|:---:|\n| Jane Example | 899123456 |\nend\n| x | 899123456 |\n",
        "see:\n| name | ssn |\n|------|:---:|\n| [PERSON_NAME] | [US_SSN] |\nend\n| x | 899123456 |\n",
    );
    check(
        "psql\n  name   |    ssn    \n---------+-----------\n Jane Ex | 899123456\n(1 row)\n",
        "psql\n  name   |    ssn    \n---------+-----------\n [PERSON_NAME] | [US_SSN]\n(1 row)\n",
    );
    check(
        "+----+-----------+\n| id | ssn       |\n+----+-----------+\n|  1 | 899123456 |\n+----+-----------+\n",
        "+----+-----------+\n| id | ssn       |\n+----+-----------+\n|  1 | [US_SSN] |\n+----+-----------+\n",
    );
    check("a\nssn|n\n---|---\n899123456|2\n", "a\nssn|n\n---|---\n[US_SSN]|2\n");
    // Without a rule below the names it is no table.
    check("x\n| id | ssn |\n| 1 | 899123456 |\n", "x\n| id | ssn |\n| 1 | 899123456 |\n");
}

#[test]
fn data_frames() {
    check(
        "df:\n           name        ssn  n\n0  Jane Example  899123456  1\n1      Al Probe  899123457  2\ndone\n",
        "df:\n           name        ssn  n\n0  [PERSON_NAME]  [US_SSN]  1\n1      [PERSON_NAME]  [US_SSN]  2\ndone\n",
    );
    // An empty cell, and a sign in the gap: by place.
    check(
        "df:\n   mrn    x        ssn\n0       1.5  899123456\n1  A12 -1.5  899123457\n",
        "df:\n   mrn    x        ssn\n0       1.5  [US_SSN]\n1  [MRN] -1.5  [US_SSN]\n",
    );
}

#[test]
fn messages_with_their_own_separator() {
    let text = "x\nMSH#^~&#APP#SITE\nPID#1##00123456##DOE^JANE##19800101#F\nNTE#1##DOE came\nend\nPID#1##00123456#\n";
    let expected =
        "x\nMSH#^~&#APP#SITE\nPID#1##[HL7_PID_SEGMENT]##[HL7_PID_SEGMENT]##[HL7_PID_SEGMENT]#F\nNTE#1##DOE came\nend\nPID#1##00123456#\n";
    check(text, expected);
    assert_eq!(scrubbed(&text.replace('\n', "\r")), expected.replace('\n', "\r"));
}

#[test]
fn a_second_input_begins_anew() {
    let engine = Engine::standard();
    let mut stream = engine.stream();
    let mut out = Vec::new();
    for text in ["id,ssn\n1,899123456\n", "1,899123456\n", "n,mrn\n1,A12345\n"] {
        stream.push(text.as_bytes(), &mut |clean| out.extend_from_slice(clean.as_bytes()));
        stream.finish(&mut |clean| out.extend_from_slice(clean.as_bytes()));
    }
    assert_eq!(String::from_utf8_lossy(&out), "id,ssn\n1,[US_SSN]\n1,899123456\nn,mrn\n1,[MRN]\n");
}

/// A row of another size is masked by every column that a field may belong to, and the table goes on.
#[test]
fn ragged_rows_do_not_end_a_table() {
    check(
        "id,ssn,note\n1,899123456,ok\n2,899123457,bad, comma\n\n# a remark\n3,899123458\n4,899123459,ok\n",
        "id,ssn,note\n1,[US_SSN],ok\n2,[US_SSN],[US_SSN], comma\n\n# a remark\n3,[US_SSN]\n4,[US_SSN],ok\n",
    );
    check(
        "id,patient_name,ssn\n1,Example, Jane,899123456\n2,Jane,899123457\n",
        "id,patient_name,ssn\n1,[PERSON_NAME], [US_SSN],[US_SSN]\n2,[PERSON_NAME],[US_SSN]\n",
    );
    let lines = "a line of text\n".repeat(9);
    check(&format!("id,ssn\n{lines}1,899123456\n"), &format!("id,ssn\n{lines}1,899123456\n"));
}

#[test]
fn odd_names_of_columns_do_not_hide_the_others() {
    check("1st_visit,amount_$,mrn!\n2,3,A12345\n", "1st_visit,amount_$,mrn!\n2,3,A12345\n");
    check("id,ssn,amount_$\n1,899123456,2\n", "id,ssn,amount_$\n1,[US_SSN],2\n");
    check("mrn!,1,2\nA12345,1,2\n", "mrn!,1,2\nA12345,1,2\n");
    check("id,n,mrn!\n1,2,A12345\n", "id,n,mrn!\n1,2,[MRN]\n");
}

#[test]
fn rows_of_sql_over_lines() {
    check(
        "x\nINSERT INTO u (id, ssn, password) VALUES\n(1,'123456789','hunter2horse'),\n  (2, 234567891, 'it''s'), (3,NULL,'x y');\n(4,'345678912','z')\n",
        "x\nINSERT INTO u (id, ssn, password) VALUES\n(1,'[US_SSN]','[PASSWORD_ASSIGNMENT]'),\n  (2, [US_SSN], '[PASSWORD_ASSIGNMENT]'), (3,NULL,'[PASSWORD_ASSIGNMENT]');\n(4,'345678912','z')\n",
    );
    check(
        "INSERT INTO u (id, ssn) VALUES (1,'123456789'),\n(2,'234567891')\nON x (3,'4')\n",
        "INSERT INTO u (id, ssn) VALUES (1,'[US_SSN]'),\n(2,'[US_SSN]')\nON x (3,'4')\n",
    );
    check(
        "COPY public.u (id, ssn, mrn) FROM stdin;\n1\t123456789\tA12345\n2\t\\N\tA12346\n\\.\n3\t123456789\tA12345\n",
        "COPY public.u (id, ssn, mrn) FROM stdin;\n1\t[US_SSN]\t[MRN]\n2\t\\N\t[MRN]\n\\.\n3\t123456789\tA12345\n",
    );
    check(
        "psql\n-[ RECORD 1 ]-----+---------\nid                | 7\npassword          | hunter2horse\n-[ RECORD 2 ]-----+---------\nssn | 123456789\n(2 rows)\nssn | 123456789\n",
        "psql\n-[ RECORD 1 ]-----+---------\nid                | 7\npassword          | [PASSWORD_ASSIGNMENT]\n-[ RECORD 2 ]-----+---------\nssn | [US_SSN]\n(2 rows)\nssn | 123456789\n",
    );
}

#[test]
fn lines_below_a_key() {
    check(
        "{\n  \"password\": [\n    \"hunter2horse\",\n    \"b\"\n  ],\n  \"n\": [\n    \"x\"\n  ]\n}\n",
        "{\n  \"password\": [\n    \"[PASSWORD_ASSIGNMENT]\",\n    \"[PASSWORD_ASSIGNMENT]\"\n  ],\n  \"n\": [\n    \"x\"\n  ]\n}\n",
    );
    check("{\n \"ssn\": [\n  123456789,\n  234567891\n ]\n}\n", "{\n \"ssn\": [\n  null,\n  null\n ]\n}\n");
    check("a:\n  password:\n    hunter2horse\n  level:\n    debug\n", "a:\n  password:\n    [PASSWORD_ASSIGNMENT]\n  level:\n    debug\n");
    check("ssn:\n  - 123456789\n  - 234567891\nn: 1\n", "ssn:\n  - [US_SSN]\n  - [US_SSN]\nn: 1\n");
    check("api_key: >\n  Zq7kVx92bN4m\n  Rt5w\nnext: x\n", "api_key: >\n  [HIGH_ENTROPY_GENERIC]\n  [HIGH_ENTROPY_GENERIC]\nnext: x\n");
    for text in [
        "password:\nhunter2horse\n",
        "password:\n  min: 8\n  max: 9\n",
        "Enter password:\n  Welcome\n",
        "user:\n  at com.example.Main(Main.java:3)\n",
        "secret: >\n  x\n",
        "{\n  \"password\": [\n    {\n      \"n\": 1\n    }\n  ]\n}\n",
    ] {
        check(text, text);
    }
}

#[test]
fn fields_of_a_validation_error() {
    check(
        "1 validation error for User\nssn\n  Input should be 9 [type=x, input_value='123456789', input_type=str]\nage\n  Input [input_value='x1', input_type=str]\ndone [input_value='123456789']\n",
        "1 validation error for User\nssn\n  Input should be 9 [type=x, input_value='[US_SSN]', input_type=str]\nage\n  Input [input_value='x1', input_type=str]\ndone [input_value='123456789']\n",
    );
}
