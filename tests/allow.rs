//! What a site adds to the built-in kinds, and what its operators let through: values and fields.

use hushlog::Engine;

const SITE: &str = r#"
[site]
mrn = 'MR-[0-9]{7}'
encounter_accession_id = ['ACC[0-9]{8}', 'CT/[0-9]{6}']

[[allow]]
kind = "ip_v4"
cidr = "203.0.113.0/24"
reason = "addresses of the public status page"
owner = "platform"
expires = "2026-12-01"

[[allow]]
kind = "email"
value = "noreply@example.com"
reason = "sender of our own notices"

[[allow]]
kind = "username"
regex = 'svc-[a-z]{1,20}'
reason = "service accounts"
"#;

fn scrub(rules: &str, line: &str) -> String {
    let engine = Engine::builder().rules("site.toml", rules).unwrap().build().unwrap();
    String::from_utf8(engine.scrub(line.as_bytes())).unwrap()
}

#[test]
fn formats_of_a_site_have_the_label_of_their_kind() {
    assert_eq!(
        scrub(SITE, "MR-0000123 in ACC12345678 and CT/123456, not MR-12"),
        "[MRN] in [ENCOUNTER_ACCESSION_ID] and [ENCOUNTER_ACCESSION_ID], not MR-12"
    );
    let once = scrub(SITE, "mrn=MR-0000123");
    assert_eq!(once, "mrn=[MRN]");
    assert_eq!(scrub(SITE, &once), once);
}

#[test]
fn what_is_allowed_stays_and_nothing_else_does() {
    assert_eq!(
        scrub(SITE, "from 203.0.113.7 to 198.51.100.7 mail noreply@example.com jane@example.com user=svc-backup user=jsample"),
        "from 203.0.113.7 to [IP_V4] mail noreply@example.com [EMAIL] user=svc-backup user=[USERNAME]"
    );
    // An entry is for one kind: the same bytes as another kind are masked.
    let other = "[[allow]]\nkind = \"email\"\nvalue = \"203.0.113.7\"\nreason = \"a mistake\"\n";
    assert_eq!(scrub(other, "from 203.0.113.7"), "from [IP_V4]");
}

#[test]
fn entries_that_cannot_be_meant_are_refused() {
    let wrong = [
        ("[[allow]]\nkind = \"emial\"\nvalue = \"a\"\nreason = \"x\"\n", "no such kind"),
        ("[[allow]]\nkind = \"email\"\nvalue = \"a\"\nreason = \" \"\n", "`reason`"),
        ("[[allow]]\nkind = \"email\"\nregex = '.*'\nreason = \"x\"\n", "takes any value"),
        ("[[allow]]\nkind = \"email\"\nregex = '\\S{3,64}'\nreason = \"x\"\n", "takes any value"),
        ("[[allow]]\nkind = \"email\"\ncidr = \"10.0.0.0/8\"\nreason = \"x\"\n", "`cidr` is for"),
        ("[[allow]]\nkind = \"ip_v4\"\ncidr = \"203.0.113.1/24\"\nreason = \"x\"\n", "`cidr` must be"),
        ("[[allow]]\nkind = \"email\"\nvalue = \"a\"\nregex = 'a'\nreason = \"x\"\n", "exactly one"),
        ("[[allow]]\nkind = \"email\"\nvalue = \"a\"\nreason = \"x\"\nexpires = \"2026-02-30\"\n", "`expires`"),
        ("[site]\nmrnn = 'x{3}'\n", "no such kind"),
        ("[site]\nmrn = 'x*'\n", "site format of `mrn`"),
    ];
    for (text, part) in wrong {
        let error = Engine::builder().rules("site.toml", text).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("site.toml") && error.contains(part), "{text}: {error}");
    }
}

const FIELDS: &str = r#"
[[exclude]]
kind = "email"
key = "build_team"
reason = "a list of teams"

[[exclude]]
kind = "high_entropy_generic"
key = "build_id"
reason = "random by design"

[[exclude]]
kind = "username"
field = "http.request.user_name"
reason = "names of our own services"
"#;

#[test]
fn an_excluded_key_stays_in_every_carrier_and_other_keys_do_not() {
    for line in [
        "build_team=team-a@example.com ok",
        "Build-Team: team-a@example.com",
        r#"{"buildTeam":"team-a@example.com"}"#,
        r#"{"ci":{"build_team":"mail to team-a@example.com or team-b@example.com"}}"#,
        r#"{"build_team":["team-a@example.com","team-b@example.com"]}"#,
        r#"{"log":"{\"build_team\":\"team-a@example.com\"}"}"#,
        "x_build_team='team-a@example.com'",
    ] {
        assert_eq!(scrub(FIELDS, line), line);
    }
    for (line, expected) in [
        ("rebuild_team=a@example.com", "rebuild_team=[EMAIL]"),
        ("build_team=x mail=a@example.com", "build_team=x mail=[EMAIL]"),
        (r#"{"build_team":"x","note":"a@example.com"}"#, r#"{"build_team":"x","note":"[EMAIL]"}"#),
        (r#"{"build_team":{"note":"a@example.com"}}"#, r#"{"build_team":{"note":"[EMAIL]"}}"#),
        ("build_team=x\na@example.com", "build_team=x\n[EMAIL]"),
        // Another kind in the same field.
        ("build_team=203.0.113.7", "build_team=[IP_V4]"),
        (r#"{"a@example.com":"build_team"}"#, r#"{"[EMAIL]":"build_team"}"#),
    ] {
        assert_eq!(scrub(FIELDS, line), expected);
        assert_eq!(scrub(FIELDS, expected), expected);
    }
}

#[test]
fn an_excluded_field_is_told_by_its_whole_path() {
    for line in [
        r#"{"http":{"request":{"userName":"jsample"}}}"#,
        r#"2026-11-22T08:00:00Z stdout F {"level":1,"http":{"request":{"user_name":"jsample"}}}"#,
        r#"{"http.request.user_name":"jsample"}"#,
        "http.request.user_name=jsample",
    ] {
        assert_eq!(scrub(FIELDS, line), line);
    }
    for (line, expected) in [
        ("user_name=jsample", "user_name=[USERNAME]"),
        ("x.http.request.user_name=jsample", "x.http.request.user_name=[USERNAME]"),
        (r#"{"request":{"user_name":"jsample"}}"#, r#"{"request":{"user_name":"[USERNAME]"}}"#),
        (r#"{"http":{"user_name":"jsample"}}"#, r#"{"http":{"user_name":"[USERNAME]"}}"#),
        (r#"{"a":{"http":{"request":{"user_name":"jsample"}}}}"#, r#"{"a":{"http":{"request":{"user_name":"[USERNAME]"}}}}"#),
        // A text that looks like the field is no field.
        (r#"{"msg":"http.request.user_name=jsample"}"#, r#"{"msg":"http.request.user_name=[USERNAME]"}"#),
    ] {
        assert_eq!(scrub(FIELDS, line), expected);
    }
}

#[test]
fn excluded_fields_hold_however_the_input_is_cut() {
    let engine = Engine::builder().rules("site.toml", FIELDS).unwrap().build().unwrap();
    let text = r#"{"http":{"request":{"user_name":"jsample"}},"build_team":"team-a@example.com","mail":"a@example.com"}
build_team=team-a@example.com mail=a@example.com
"#;
    let whole = engine.scrub(text.as_bytes());
    let expected = text.replace("\"mail\":\"a@example.com", "\"mail\":\"[EMAIL]").replace(" mail=a@example.com", " mail=[EMAIL]");
    assert_eq!(String::from_utf8_lossy(&whole), expected);
    for cut in 0..text.len() {
        let (head, tail) = text.as_bytes().split_at(cut);
        let mut out = Vec::new();
        let mut stream = engine.stream();
        stream.push(head, &mut |clean| out.extend_from_slice(clean.as_bytes()));
        stream.push(tail, &mut |clean| out.extend_from_slice(clean.as_bytes()));
        stream.finish(&mut |clean| out.extend_from_slice(clean.as_bytes()));
        assert_eq!(out, whole, "{cut}");
    }
}

#[test]
fn decoded_fields_are_excluded_by_their_names() {
    let engine = Engine::builder().rules("site.toml", FIELDS).unwrap().build().unwrap();
    for (path, value, expected) in [
        ("ci.build_team", "team-a@example.com", "team-a@example.com"),
        ("http.request.user_name", "jsample", "jsample"),
        ("http.requestUserName", "jsample", "jsample"),
        ("user_name", "jsample", "[USERNAME]"),
        ("note", "http.request.user_name=jsample", "http.request.user_name=[USERNAME]"),
        ("note", "a@example.com", "[EMAIL]"),
    ] {
        let mut report = hushlog::Report::default();
        let cleaned = engine.value(path.as_bytes(), value.as_bytes(), &mut report);
        assert_eq!(String::from_utf8_lossy(cleaned.as_bytes()), expected, "{path}");
    }
}

#[test]
fn excludes_that_cannot_be_meant_are_refused() {
    for (rest, part) in [
        ("reason = \"x\"\n", "exactly one"),
        ("key = \"a\"\nfield = \"b\"\nreason = \"x\"\n", "exactly one"),
        ("key = \"Build-Id\"\nreason = \"x\"\n", "lower snake case"),
        ("key = \"_\"\nreason = \"x\"\n", "lower snake case"),
        ("field = \"a b\"\nreason = \"x\"\n", "a path of names"),
        ("field = \".\"\nreason = \"x\"\n", "a path of names"),
        ("key = \"a\"\nreason = \"\"\n", "`reason`"),
        ("key = \"a\"\nreason = \"x\"\nexpires = \"soon\"\n", "`expires`"),
        ("key = \"a\"\n", "missing field `reason`"),
    ] {
        let text = format!("[[exclude]]\nkind = \"email\"\n{rest}");
        let error = Engine::builder().rules("site.toml", &text).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("site.toml") && error.contains(part), "{text}: {error}");
    }
}

#[test]
fn an_expression_that_cannot_be_read_is_not_quoted() {
    for rules in ["[site]\nmrn = 'Zq7[0-9'\n", "[[rule]]\nid = \"x\"\nregex = 'Zq7(a'\n"] {
        let Err(error) = Engine::builder().rules("site.toml", rules) else { panic!("{rules}") };
        assert!(error.to_string().contains("cannot be read") && !error.to_string().contains("Zq7"), "{error}");
    }
}
