//! Inputs that once broke an invariant, by name.

use hushlog::Engine;

fn scrubbed(text: &str) -> String {
    String::from_utf8(Engine::standard().scrub(text.as_bytes())).unwrap()
}

/// Some JSON writers escape `<`, `>` and `&`: the escape's letters are no part of what follows.
#[test]
fn an_escaped_character_does_not_join_the_word_behind_it() {
    assert_eq!(scrubbed(r#"{"from":"Jane \u003cjane@example.com\u003e"}"#), r#"{"from":"Jane \u003c[EMAIL]\u003e"}"#);
    assert_eq!(
        scrubbed(r#"{"url":"https://x.example/cb?a=1\u0026access_token=abc123def456"}"#),
        r#"{"url":"https://x.example/cb?a=1\u0026access_token=[OAUTH_TOKEN]"}"#
            .replace("OAUTH_TOKEN", &label_of("access_token=abc123def456"))
    );
    assert_eq!(scrubbed(r#"{"a":"x\ud83du@example.com"}"#), r#"{"a":"x\ud83d[EMAIL]"}"#);
}

fn label_of(text: &str) -> String {
    let output = scrubbed(text);
    output.get(output.find('[').unwrap() + 1..output.len() - 1).unwrap().to_owned()
}

#[test]
fn a_masked_negative_number_is_null() {
    for number in ["-4111111111111111", "-6395028998708511507", "-123456789", "-4155550123", "-1.5", "-4111111111111111.25"] {
        for key in ["a", "card", "ssn", "account_number", "lat", "phone"] {
            for record in [format!("{{\"{key}\":{number}}}"), format!("{{\"{key}\":[{number}, {number}]}}"), format!("[{number},1]")] {
                let output = scrubbed(&record);
                assert!(serde_json::from_str::<serde_json::Value>(&output).is_ok(), "{record} became {output}");
            }
        }
    }
}

/// The runs of two streams overlap; the first is closed, the second is not.
#[test]
fn overlapping_split_runs_are_joined_whatever_the_cut() {
    let prefix = "2026-01-02T03:04:05.678901234Z";
    let text = format!(
        "{prefix} stderr P user=u@exam\n{prefix} stdout P mail=v@exam\n{prefix} stderr F ple.com\n{prefix} stdout P ple\n{prefix} stdout F .com done\nlast\n"
    );
    let expected = format!(
        "{prefix} stderr P user=[USERNAME]\n{prefix} stdout P mail=[EMAIL]\n{prefix} stderr F [USERNAME]\n{prefix} stdout P [EMAIL]\n{prefix} stdout F [EMAIL] done\nlast\n"
    );
    let engine = Engine::standard();
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

/// A closed run leaves at once, also when its last part is short.
#[test]
fn the_last_part_of_a_run_does_not_wait_for_more_input() {
    let prefix = "2026-01-02T03:04:05.678901234Z stdout";
    let engine = Engine::standard();
    let mut stream = engine.stream();
    let mut out = 0;
    stream.push(format!("{prefix} P {}\n", "x ".repeat(8000)).as_bytes(), &mut |clean| out += clean.as_bytes().len());
    assert_eq!(out, 0);
    stream.push(format!("{prefix} F end\n").as_bytes(), &mut |clean| out += clean.as_bytes().len());
    assert!(out > 16_000, "{out} bytes left");
}

/// An open run before a line without end: neither may be held for ever.
#[test]
fn an_open_run_before_an_endless_line_is_let_go() {
    let engine = Engine::standard();
    let mut stream = engine.stream();
    let mut out = 0;
    stream.push(b"2026-01-02T03:04:05.678901234Z stdout P start\n", &mut |clean| out += clean.as_bytes().len());
    for _ in 0..64 {
        stream.push(&b"word ".repeat(20_000), &mut |clean| out += clean.as_bytes().len());
    }
    assert!(out > 4 << 20, "{out} bytes left");
}

#[test]
fn a_colon_inside_the_quotes_of_a_key_is_no_value() {
    assert_eq!(scrubbed(r#"{"ssn:":"899-12-3456"}"#), r#"{"ssn:":"[US_SSN]"}"#);
    assert_eq!(scrubbed(r#"{"password:": "hunter-two", "n": 1}"#), r#"{"password:": "[PASSWORD_ASSIGNMENT]", "n": 1}"#);
}

/// A key file goes on over a stretch that cannot be decided yet.
#[test]
fn a_private_key_before_a_held_line_stays_masked_whatever_the_cut() {
    let engine = Engine::standard();
    for end in ["\r", "\n"] {
        let lines = [
            format!("-----BEGIN {} KEY-----", "PRIVATE"),
            "Ab3/".repeat(16),
            "Zz9+".repeat(16),
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<".to_owned(),
            "L898902C36UTO7408122F1204159ZE184226B<<<<<10".to_owned(),
            "last".to_owned(),
        ];
        let text = lines.join(end);
        let expected = engine.scrub(text.as_bytes());
        assert_eq!(String::from_utf8_lossy(&expected).matches("[PEM_PRIVATE_KEY]").count(), 3);
        for at in 0..=text.len() {
            let mut out = Vec::new();
            let mut stream = engine.stream();
            for piece in [&text.as_bytes()[..at], &text.as_bytes()[at..]] {
                stream.push(piece, &mut |clean| out.extend_from_slice(clean.as_bytes()));
            }
            stream.finish(&mut |clean| out.extend_from_slice(clean.as_bytes()));
            assert_eq!(out, expected, "cut at {at}");
        }
    }
}

/// Each line of a key is a string of a record of its own.
#[test]
fn a_private_key_in_json_records_is_masked_to_its_end_whatever_the_cut() {
    let body = ["Ab3/".repeat(16), "Zz9+".repeat(16), "Ab3/Zz9=".to_owned()];
    let (begin, end) = (format!("-----BEGIN RSA {} KEY-----", "PRIVATE"), format!("-----END RSA {} KEY-----", "PRIVATE"));
    let docker =
        |text: &str, second: usize| format!("{{\"log\":\"{text}\\n\",\"stream\":\"stdout\",\"time\":\"2026-01-02T03:04:0{second}Z\"}}");
    let fields = |text: &str, second: usize| {
        format!("{{\"time\":\"2026-01-02T03:04:0{second}Z\",\"level\":\"info\",\"msg\":\"{text}\",\"n\":{second}}}")
    };
    let indented = |text: &str, second: usize| docker(&format!("app | {text}"), second);
    type Form<'f> = &'f dyn Fn(&str, usize) -> String;
    let forms: [Form<'_>; 3] = [&docker, &fields, &indented];
    let engine = Engine::standard();
    for form in forms {
        let lines = |masked: bool| {
            let key: Vec<&str> = std::iter::once(&begin).chain(&body).chain([&end]).map(String::as_str).collect();
            let mut lines: Vec<String> =
                key.iter().enumerate().map(|(at, line)| form(if masked { "[PEM_PRIVATE_KEY]" } else { line }, at)).collect();
            lines.push(form("done", 9));
            lines.join("\n") + "\n"
        };
        let (text, expected) = (lines(false), lines(true));
        assert_eq!(String::from_utf8_lossy(&engine.scrub(text.as_bytes())), expected);
        assert_eq!(String::from_utf8_lossy(&engine.scrub(expected.as_bytes())), expected);
        for at in 0..=text.len() {
            assert_eq!(in_pieces(text.as_bytes(), at), expected.as_bytes(), "cut at {at}");
        }
        // Behind a record that is no key, only what looks like nothing else is of it.
        let cut = |line: &str| [form(&begin, 0), form("it works", 1), form(line, 2), form("done", 3)].join("\n");
        let expected = |line: &str| [form("[PEM_PRIVATE_KEY]", 0), form("it works", 1), form(line, 2), form("done", 3)].join("\n");
        assert_eq!(scrubbed(&cut(&body[0])), expected("[PEM_PRIVATE_KEY]"));
        assert_eq!(scrubbed(&cut("aborted")), expected("aborted"));
        let other = "\n{\"level\":\"info\",\"event\":\"started\"}";
        assert_eq!(scrubbed(&(form(&begin, 0) + other)), form("[PEM_PRIVATE_KEY]", 0) + other);
    }
}

#[test]
fn a_private_key_without_an_end_ends_with_its_string() {
    let (begin, end) = (format!("-----BEGIN {} KEY-----", "PRIVATE"), format!("-----END {} KEY-----", "PRIVATE"));
    let record = format!(r#"{{"a":"{begin}","b":1,"c":"x {end}","d":2}}"#);
    assert_eq!(scrubbed(&record), format!(r#"{{"a":"[PEM_PRIVATE_KEY]","b":1,"c":"x {end}","d":2}}"#));
    let inner = format!(r#"{{"log":"{{\"a\":\"{begin}\\n\",\"b\":\"{end}\"}}"}}"#);
    assert_eq!(scrubbed(&inner), format!(r#"{{"log":"{{\"a\":\"[PEM_PRIVATE_KEY]\\n\",\"b\":\"{end}\"}}"}}"#));
    // A key that is a list of strings is one.
    let list = format!(r#"["{begin}","{}", "{end}"]"#, "Ab3/".repeat(16));
    assert_eq!(scrubbed(&list), r#"["[PEM_PRIVATE_KEY]"]"#);
}

#[test]
fn segments_of_one_line_are_those_of_many() {
    let segments =
        ["NM1*IL*1*EXAMPLE*ANN****MI*A123456789", "N3*12 EXAMPLE ST", "N4*SPRINGFIELD*XX*12345", "DMG*D8*19700101*F", "REF*SY*899999999"];
    let lines = scrubbed(&(segments.join("~\n") + "~\n"));
    assert_eq!(scrubbed(&(segments.join("~") + "~\n")).replace('\n', ""), lines.replace('\n', ""));
}

#[test]
fn brackets_of_every_kind_close_around_a_bare_secret() {
    assert_eq!(scrubbed(r#"[{"password":null}]"#), r#"[{"password":null}]"#);
    assert_eq!(scrubbed("call([{password: hunter-two}])"), "call([{password: [PASSWORD_ASSIGNMENT]}])");
}

#[test]
fn a_json_literal_is_no_value_of_a_key() {
    for key in ["mrz", "password", "name", "address", "Set-Cookie", "ssn", "dob"] {
        for literal in ["null", "true", "false"] {
            let record = format!("[{{\"{key}\":{literal},\"zip\":{literal}}}]");
            assert_eq!(scrubbed(&record), record);
        }
    }
}

fn in_pieces(text: &[u8], at: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let engine = Engine::standard();
    let mut stream = engine.stream();
    for piece in [&text[..at], &text[at..]] {
        stream.push(piece, &mut |clean| out.extend_from_slice(clean.as_bytes()));
    }
    stream.finish(&mut |clean| out.extend_from_slice(clean.as_bytes()));
    out
}

const ZONE: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";

/// A zone that waits for its second line begins in the last line of another zone, and that one in a third's.
#[test]
fn a_held_zone_does_not_cut_the_zones_before_it() {
    for parts in ["{{", "{\n", "\n{"] {
        let joints: Vec<&str> = parts.split_inclusive(|_: char| true).collect();
        let text = format!("'0@@0[@,@@\"\n{ZONE}{}{ZONE}{}{ZONE}", joints[0], joints[1]);
        let expected = Engine::standard().scrub_naively(text.as_bytes());
        assert_eq!(String::from_utf8_lossy(&expected).matches("[PASSPORT_MRZ]").count(), 6);
        for at in 0..=text.len() {
            assert_eq!(in_pieces(text.as_bytes(), at), expected, "cut at {at}");
        }
    }
}

/// The last part of a split text ends in the first line of a zone: the parts before it wait as well.
#[test]
fn a_held_zone_does_not_cut_split_lines() {
    let prefix = "2026-01-02T03:04:05.678901234Z stdout";
    let text = format!("{prefix} P mail=u@exam\n{prefix} F ple.com {ZONE}\nlast\n");
    let expected = format!("{prefix} P mail=[EMAIL]\n{prefix} F [EMAIL] [PASSPORT_MRZ]\n[PASSPORT_MRZ]\nlast\n");
    for at in 0..=text.len() {
        assert_eq!(String::from_utf8(in_pieces(text.as_bytes(), at)).unwrap(), expected, "cut at {at}");
    }
}

/// Thread numbers of 64-bit Linux have 15 digits; one in ten passes the Luhn check.
#[test]
fn a_thread_number_is_no_card() {
    for thread in ["139876543210132", "140234866362117", "362871794645552", "344782148336702", "379012593586512"] {
        assert!(thread.len() == 15);
        let header = format!("W0921 14:19:22.793698 {thread} torch/distributed/run.py:267] Setting the environment\n");
        assert_eq!(scrubbed(&header), header);
        let header = format!("I20260921 14:19:22.793698 {thread} server.cc:26] ready\n");
        assert_eq!(scrubbed(&header), header);
    }
    for thread in ["139876543210121", "140234866362110", "362871794645552"] {
        assert!(luhn(thread), "{thread}");
        for line in [format!("{thread}: started\n"), format!("[{thread}] started\n"), format!("thread {thread} started\n")] {
            assert_eq!(scrubbed(&line), line);
        }
    }
    assert_eq!(scrubbed("W0921 14:19:22.793698 378282246310005 declined\n"), "W0921 14:19:22.793698 [PAN] declined\n");
    assert_eq!(scrubbed("card 378282246310005 server.cc:26] x\n"), "card [PAN] server.cc:26] x\n");
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let value = u32::from(digit - b'0') << (at % 2);
            value / 10 + value % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The label of a rule is our own writing, like that of a built-in kind.
#[test]
fn a_rules_label_is_left_alone_the_second_time() {
    let rules = r#"
        [[rule]]
        id = "site"
        regex = "SITE-[0-9]{6}"
        [[rule]]
        id = "capitals_in_a_row_and_more_of_them_until_the_label_is_a_long_one"
        regex = "[A-Z]{4,20}"
        [[rule]]
        id = "badge"
        keys = ["badge_no"]
    "#;
    let engine = Engine::builder().rules("test", rules).unwrap().build().unwrap();
    for line in [
        "mrn=SITE-123456 ok",
        "{\"mrn\":\"SITE-123456\",\"password\":\"SITE-123456\",\"note\":\"SITE-123456\"}",
        "Authorization: Bearer SITE-123456",
        "Cookie: sid=SITE-123456; theme=QWERTZ",
        "ssn=QWERTZ name: QWERTZ QWERTZ badge_no=4711 password=QWERTZ&user=QWERTZ",
        "mail to u@example.com QWERTZ",
        "run --password QWERTZ --badge-no QWERTZ",
    ] {
        let once = engine.scrub(line.as_bytes());
        assert_eq!(String::from_utf8_lossy(&engine.scrub(&once)), String::from_utf8_lossy(&once));
    }
    assert_eq!(engine.scrub(b"mrn=[SITE]"), b"mrn=[SITE]");
    assert_ne!(Engine::standard().scrub(b"mrn=[SITE]"), b"mrn=[SITE]");
}

#[test]
fn padding_of_base64_belongs_to_the_value() {
    let values = ["c3NuIGFzIHRleHQ=", "MTIzLTQ1LTY3ODk=", "c3NuIA==", "q+/w//8+Zz+w/A==", "q+/w//8+Zz+w/AaB"];
    for key in ["ssn", "phone", "mrn", "password", "api_key", "dob", "card", "account_number", "npi", "zip", "first_name", "address"] {
        for value in values {
            for behind in [" n=1", "", "&n=1", ", n=1"] {
                let output = scrubbed(&format!("{key}={value}{behind}"));
                let rest = output.strip_prefix(key).unwrap().strip_prefix('=').unwrap();
                // What the kind does not take stays whole.
                let rest = rest.strip_prefix(value).or_else(|| rest.split_once(']').map(|(_, rest)| rest)).unwrap();
                assert_eq!(rest, behind, "{key}={value}{behind} became {output}");
            }
        }
    }
    assert_eq!(scrubbed("ssn=899-12-3456 = n"), "ssn=[US_SSN] = n");
}

/// Lines of a printed object are indented; the count starts anew where one is not.
#[test]
fn masked_keys_of_a_printed_object_stay_apart() {
    let object = "{\n  \"a@x.example\": 1,\n  \"n\": {\r\n    \"b@x.example\": 2\n  },\n\n\t\"c@x.example\": 3\n}\n";
    let masked = "{\n  \"[EMAIL]\": 1,\n  \"n\": {\r\n    \"[EMAIL]#2\": 2\n  },\n\n\t\"[EMAIL]#3\": 3\n}\n";
    let (text, expected) = (object.repeat(2), masked.repeat(2));
    for at in 0..=text.len() {
        assert_eq!(String::from_utf8(in_pieces(text.as_bytes(), at)).unwrap(), expected, "cut at {at}");
    }
    assert_eq!(scrubbed(&expected), expected);
    let line = "{\"a@x.example\":1,\"b@x.example\":2}\n";
    assert_eq!(scrubbed(&line.repeat(2)), "{\"[EMAIL]\":1,\"[EMAIL]#2\":2}\n".repeat(2));
}

#[test]
fn a_mail_address_that_a_key_names_is_masked_whole_over_split_lines() {
    let prefix = "2026-01-02T03:04:05.678901234Z stdout";
    let text = format!("{prefix} P email=\"postgres://\n{prefix} F aa:00Aa000@db.example:5432/app\" ok\n");
    let once = scrubbed(&text);
    assert_eq!(once, format!("{prefix} P email=\"[EMAIL]\n{prefix} F [CONNECTION_STRING]\" ok\n"));
    assert_eq!(scrubbed(&once), once);
}

#[test]
fn letters_of_a_label_make_no_name() {
    let once = scrubbed("{\"first_name\":\"@(200) 200-0000\"}");
    assert_eq!(scrubbed(&once), once);
}

/// Whether a name can be a key did not depend on what stands before its line.
#[test]
fn a_key_at_the_start_of_the_bytes_is_judged_like_any_other() {
    for key in ["ssn-", "ssn", "ip", "mail", "dob-", "x.", "user_1", "pw"] {
        for value in ["\"0a 000aAA\"", "203.0.113.9", "899-12-3456"] {
            let line = format!("{key}: {value}\n");
            let later = format!("first line\n{line}");
            assert_eq!(scrubbed(&later), format!("first line\n{}", scrubbed(&line)));
        }
    }
}

#[test]
fn what_stands_behind_an_address_does_not_hide_it() {
    for behind in ["-x", "- ", ". ", "-ff00:42"] {
        let line = format!("peer 2001:db8::{behind} gone");
        let output = scrubbed(&line);
        assert_eq!(output.as_bytes(), Engine::standard().scrub_naively(line.as_bytes()), "{output}");
        assert!(output.starts_with("peer [IP_V6]"), "{output}");
    }
}

/// The escaped line end says that the line does not go on, also when it is all that a line holds of a value.
#[test]
fn the_line_end_of_docker_stays_when_a_value_is_masked() {
    let tail = "\"stream\":\"stdout\",\"time\":\"2026-01-02T03:04:05.678Z\"}\n";
    let text = format!("{{\"log\":\"request first_name=\\\" done\",{tail}{{\"log\":\"\\n\",{tail}{{\"log\":\"r=1\",{tail}");
    let once = scrubbed(&text);
    assert!(once.contains("{\"log\":\"\\n\","), "{once}");
    assert_eq!(scrubbed(&once), once);
}

/// A damaged line is no part of a split text, whatever else is in its block.
#[test]
fn a_line_that_is_not_quite_dockers_does_not_depend_on_the_cut() {
    let time = "\"time\":\"2026-01-02T03:04:05.678Z\"}";
    let text = format!(
        "{{= \r{{\"log\":\"request patientName=SW1A \"=\"stream\":\"tdout\",{time}\r{{\"log\":\"1AA done\\n\",\"stream\":\"stdout\",{time}\r\
         {{\"log\":\"mail=u@exam\",\"stream\":\"stdout\",{time}\r{{\"log\":\"ple.com\\n\",\"stream\":\"stdout\",{time}\r"
    );
    let expected = Engine::standard().scrub(text.as_bytes());
    assert_eq!(String::from_utf8_lossy(&expected).matches("[EMAIL]").count(), 2);
    for at in 0..=text.len() {
        assert_eq!(in_pieces(text.as_bytes(), at), expected, "cut at {at}");
    }
}

#[test]
fn a_list_with_an_open_quote_ends_with_its_line() {
    let lines = ["username=[A done\",\"n\":\"}\n", "Failed password for jsample, 0\r\n"];
    for key in ["username", "emails", "ssn"] {
        let first = lines[0].replace("username", key);
        assert_eq!(scrubbed(&format!("{first}{}", lines[1])), format!("{}{}", scrubbed(&first), scrubbed(lines[1])));
    }
}

#[test]
fn a_label_behind_a_backslash_is_left_alone() {
    for key in ["password", "user", "mrn"] {
        let once = scrubbed(&format!("\"{{\\\"{key}\\\":\\\"postgres://aaaa:00aa\"@db.example:5432/app\\\"}}\""));
        assert_eq!(scrubbed(&once), once);
    }
}

#[test]
fn keys_are_numbered_alike_however_the_input_is_cut() {
    let text = b"{}\nann@example.com;bob@example.com\":1\n";
    let whole = Engine::standard().scrub(text);
    for cut in 0..text.len() {
        assert_eq!(String::from_utf8_lossy(&in_pieces(text, cut)), String::from_utf8_lossy(&whole), "{cut}");
    }
}

/// A comma before what is no group of thousands separates values.
#[test]
fn a_small_number_and_a_comma_do_not_hide_what_follows() {
    for (line, expected) in [
        ("1,4111111111111111,ok", "1,[PAN],ok"),
        ("1,198.51.100.7,200", "1,[IP_V4],200"),
        ("1,212-555-0142,x", "1,[PHONE_NANP],x"),
        ("1,212.555.0142,x", "1,[PHONE_NANP],x"),
        ("values (3,4111111111111111)", "values (3,[PAN])"),
        ("12,943-76-5919", "12,[US_ITIN]"),
        ("2026-03-01,123-45-6789,x", "2026-03-01,[US_SSN],x"),
        ("7,123-45-6789", "7,[US_SSN]"),
        ("7,4111-1111-1111-1111", "7,[PAN]"),
        ("10.123-45-6789", "10.[US_SSN]"),
        ("1,234,567 rows, 12,345.67 s", "1,234,567 rows, 12,345.67 s"),
        ("1,234.56.78 and 1.2.3.4.5", "1,234.56.78 and 1.2.3.4.5"),
        ("0.4111111111111111", "0.4111111111111111"),
        ("10:00:00.123-45-6789", "10:00:00.123-45-6789"),
    ] {
        assert_eq!(scrubbed(line), expected);
        assert_eq!(scrubbed(expected), expected);
    }
    for line in ["[7,4111111111111111]", "ids=[1,4111111111111111]", "[0,123-45-6789]"] {
        let output = scrubbed(line);
        assert!(!output.contains("1111") && !output.contains("6789"), "{output}");
        assert_eq!(scrubbed(&output), output);
    }
}

/// A blank also stands between a card and a number that is none of its groups.
#[test]
fn a_number_beside_a_card_in_groups_does_not_hide_it() {
    for (line, expected) in [
        ("2026-03-01 10:00:00 4111 1111 1111 1111 approved", "2026-03-01 10:00:00 [PAN] approved"),
        ("charged 25 4111 1111 1111 1111", "charged 25 [PAN]"),
        ("4111 1111 1111 1111 123", "[PAN] 123"),
        ("no 4111 1111 1111 1111 12/29", "no [PAN] 12/29"),
        ("4111 1111 1111 1111 5555 5555 5555 4444", "[PAN] [PAN]"),
        ("in 2026 4111 1111 1111 1111 0329", "in 2026 [PAN] 0329"),
        ("4111 1111 1111 1111 4111 1111 1111 1111 4111 1111 1111 1111", "[PAN] [PAN] [PAN]"),
        ("25 3782 822463 10005 7", "25 [PAN] 7"),
        ("7 6205 5000 0000 0000 004", "7 [PAN]"),
        ("4111 1111 1111 1111 123-45-6789", "[PAN] [US_SSN]"),
        ("212 555 0142 4111 1111 1111 1111", "[PHONE_NANP] [PAN]"),
        ("4111 1111 1111 1111 212 555 0142", "[PAN] [PHONE_NANP]"),
        ("123 45 6780 4111 1111 1111 1111 123 45 6789", "[US_SSN] [PAN] [US_SSN]"),
        // Both windows of these five groups may be a card.
        ("25 6789 4111 1111 1111 1111", "25 [PAN]"),
        ("\"note\":\"7 4111 1111 1111 1111\"", "\"note\":\"7 [PAN]\""),
    ] {
        assert_eq!(scrubbed(line), expected);
        assert_eq!(Engine::standard().scrub_naively(line.as_bytes()), expected.as_bytes(), "{line}");
        assert_eq!(scrubbed(expected), expected);
    }
    let output = scrubbed("card: 4111 1111 1111 1111 12/29");
    assert!(!output.contains("1111"), "{output}");
    assert_eq!(scrubbed("{\"card\":\"7 4111 1111 1111 1111\"}").matches("1111").count(), 0);
}

#[test]
fn groups_of_four_in_a_table_or_a_dump_are_no_card() {
    for line in [
        "00000010: 4111 1111 1111 1111 3132 3334 3536 3738",
        "0000010 4111 1111 1111 1111",
        "6f6c 3132 4111 1111 1111 1111 6b6c",
        "4111 1111 1111 1111 6b6c",
        "4111 1111 1111 1112 4111 1111 1111 1112",
        "x 212 555 0142 212 555 0142 y",
        "123 45 6789 123 45 6789",
    ] {
        assert_eq!(scrubbed(line), line);
        assert_eq!(Engine::standard().scrub_naively(line.as_bytes()), line.as_bytes());
    }
    let row = "1111 ".repeat(14) + "4111 1111 1111 1111 1111";
    assert_eq!(scrubbed(&row), row);
}

/// The day of the week begins many dates; nothing of the date may stay behind it.
#[test]
fn a_date_of_birth_goes_with_its_day_of_the_week() {
    let engine = Engine::builder().preset("gdpr").unwrap().mask("date_of_birth", hushlog::Mask::Label).unwrap().build().unwrap();
    for date in ["Sat Feb 29 00:00:00 UTC 1980", "Fri, 29 Feb 1980", "29 Feb 80", "29th of February 1980", "Friday, February 29, 1980"] {
        for (before, after) in [("dob=", ""), ("dob: ", " next"), ("dob=", ", age=5")] {
            let output = String::from_utf8(engine.scrub(format!("{before}{date}{after}").as_bytes())).unwrap();
            assert!(output.starts_with(&format!("{before}[DATE_OF_BIRTH]")) && !output.contains("Feb"), "{date}: {output}");
        }
    }
}
