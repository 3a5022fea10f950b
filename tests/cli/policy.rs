//! Presets, modes, floors and keys on the command line.

use std::os::unix::fs::PermissionsExt;

use super::{LINE, Program};

#[test]
fn presets_modes_and_dates_are_used() {
    let line = "dob=1936-02-29 born=1980-01-01 ssn=123-45-6789\n";
    let run = |arguments: &[&str]| Program::new().run_on(line, arguments);
    assert_eq!(run(&["scrub", "--preset", "hipaa", "--as-of", "2026-03-01"]).succeeded(), "dob=<=1936 born=1980 ssn=[US_SSN]\n");
    assert_eq!(run(&["scrub", "--preset", "hipaa", "--as-of", "2025-03-01"]).succeeded(), "dob=1936 born=1980 ssn=[US_SSN]\n");
    let set = ["scrub", "--preset", "hipaa", "--mode", "limited_data_set", "--reference", "DUA 17"];
    assert_eq!(run(&set).succeeded(), "dob=1936-02-29 born=1980-01-01 ssn=[US_SSN]\n");
    run(&set[..5]).failed(2, &["data use agreement", "--reference"]);
    run(&["scrub", "--preset", "hipaaa"]).failed(2, &["hipaaa", "soc2"]);
    run(&["scrub", "--preset", "hipaaa,gdpr,x", "--floor", "y"]).failed(2, &["no preset `hipaaa`, `x`, `y`; known"]);
    run(&["scrub", "--packs", "gb,xx,yy"]).failed(2, &["no pack `xx`, `yy`; known"]);
    run(&["scrub", "--mask", "emial=label", "--mask", "us_snn=label"]).failed(2, &["unknown kind `emial`", "unknown kind `us_snn`"]);
    run(&["scrub", "--preset", "gdpr", "--mode", "expert", "--reference", "report"]).failed(2, &["`hipaa` has"]);
    run(&["scrub", "--floor", "hipaa"]).failed(2, &["below the floor `hipaa`", "--preset standard,hipaa"]);
    assert_eq!(
        run(&["scrub", "--preset", "pci,gdpr", "--floor", "gdpr"]).succeeded(),
        "dob=[DATE_OF_BIRTH] born=[DATE_OF_BIRTH] ssn=[US_SSN]\n"
    );
    let refused = run(&["scrub", "--as-of", "2026-02-30"]);
    assert!(refused.code == 2 && refused.err.contains("YYYY-MM-DD"), "{}", refused.err);
}

#[test]
fn find_and_explain_take_presets_too() {
    let program = Program::new().with("app.log", "peer 10.1.2.3\n");
    let found = program.run(&["find", "--preset", "hipaa", "--format", "jsonl", "app.log"]).succeeded();
    assert!(found.contains("ip_v4"), "{found}");
    let explained = program.run(&["explain", "--preset", "hipaa", "app.log"]).succeeded();
    assert!(explained.contains("accepted"), "{explained}");
}

#[test]
fn what_a_preset_forbids_is_refused_with_the_reason() {
    let run = |arguments: &[&str]| Program::new().run_on(LINE, arguments);
    run(&["scrub", "--preset", "hipaa", "--mask", "us_ssn=partial"]).failed(2, &["us_ssn", "partial", "164.514", "use label"]);
    run(&["scrub", "--preset", "hipaa", "--mask", "ip_v4=generalise"]).failed(2, &["(O)", "use label"]);
    run(&["scrub", "--preset", "pci", "--mask", "cvv=token"]).failed(2, &["cvv", "3.3.1", "use label"]);
    run(&["scrub", "--mask", "email=token"]).failed(2, &["email", "keygen", "--key"]);
}

#[test]
fn excluded_fields_need_an_owner_and_a_last_day_under_compliance() {
    let entry = |kind: &str, rest: &str| format!("[[exclude]]\nkind = \"{kind}\"\nkey = \"contact\"\nreason = \"teams\"\n{rest}");
    let program = Program::new()
        .with("bare.toml", entry("email", ""))
        .with("full.toml", entry("email", "owner = \"platform\"\nexpires = \"2026-03-20\"\n"))
        .with("secret.toml", entry("password_assignment", "owner = \"platform\"\nexpires = \"2026-03-20\"\n"))
        .with("app.log", "contact=team@example.com mail=a@example.com\n");
    let run =
        |preset: &str, rules: &str, day: &str| program.run(&["scrub", "--preset", preset, "--rules", rules, "--as-of", day, "app.log"]);
    let left = "contact=team@example.com mail=[EMAIL]\n";
    assert_eq!(run("standard", "bare.toml", "2026-03-01").succeeded(), left);
    assert_eq!(run("hipaa", "full.toml", "2026-03-01").succeeded(), left);
    run("hipaa", "bare.toml", "2026-03-01").failed(2, &["`exclude` of `email`", "`owner`", "hipaa"]);
    run("hipaa", "full.toml", "2026-02-01").failed(2, &["at most 30 days"]);
    run("standard", "full.toml", "2026-03-21").failed(2, &["expired on 2026-03-20"]);
    run("soc2", "secret.toml", "2026-03-01").failed(2, &["`password_assignment`", "no credential"]);
}

#[test]
fn keys_are_made_used_and_kept_private() {
    let program = Program::new().with("app.log", LINE);
    assert_eq!(program.run(&["keygen", "-o", "one.key"]).succeeded(), "");
    assert_eq!(program.run(&["keygen", "--id", "k2", "-o", "two.key"]).succeeded(), "");
    let mode = program.path("one.key").metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o400);
    program.run(&["keygen", "-o", "one.key"]).failed(4, &["one.key"]);
    program.run(&["keygen", "--id", "key"]).failed(2, &["k1"]);
    assert!(program.run(&["keygen"]).succeeded().starts_with("hushlog-key 1\nid k1\nkey "));

    let scrub = ["scrub", "--key", "one.key", "--mask", "email=token", "app.log"];
    let once = program.run(&scrub).succeeded();
    assert!(once.starts_with("login [EMAIL:k1:") && once.ends_with("] ssn=[US_SSN] ok\n"), "{once}");
    assert_eq!(program.run(&scrub).succeeded(), once);
    assert_eq!(program.run_on(once.as_str(), &scrub[..5]).succeeded(), once);
    let zone = ["scrub", "--key", "one.key", "--zone", "eu", "--tenant", "acme", "--mask", "email=token", "app.log"];
    assert_ne!(program.run(&zone).succeeded(), once);
    // After a rotation the old tokens stay, and new ones name the new key.
    let rotated =
        program.run_on(format!("{once}{LINE}"), &["scrub", "--key", "two.key", "--key", "one.key", "--mask", "email=token"]).succeeded();
    assert!(rotated.starts_with(&once) && rotated.contains("[EMAIL:k2:"), "{rotated}");
    // Nothing but the tokens themselves is found in their text.
    let found = program.run_on(once.as_str(), &["find", "--format", "jsonl", "--key", "one.key"]).succeeded();
    assert_eq!(found, "");

    let report = ["scrub", "--key", "one.key", "--mask", "email=token", "--report", "report.json", "app.log"];
    program.run(&report).succeeded();
    assert!(program.read("report.json").contains("\"pseudonymised\": 1"));
    program.run(&["scrub", "--key", "one.key", "-o", "one.key", "app.log"]).failed(2, &["the key `one.key`"]);
}

#[test]
fn keys_that_others_may_read_and_files_that_are_none_are_refused() {
    let program = Program::new().with("bad.key", "a line of a log\n").with("app.log", LINE);
    let set = |mode| std::fs::set_permissions(program.path("bad.key"), std::fs::Permissions::from_mode(mode)).unwrap();
    let run = || program.run(&["scrub", "--key", "bad.key", "app.log"]);
    for mode in [0o440, 0o404, 0o644, 0o600 | 0o020] {
        set(mode);
        run().failed(2, &["bad.key", "chmod 400", &format!("{mode:04o}")]);
    }
    set(0o400);
    let failed = run();
    assert!(!failed.err.contains("line of a log"), "{}", failed.err);
    failed.failed(2, &["bad.key", "not a key file", "keygen"]);
    program.run(&["scrub", "--key", "none.key", "app.log"]).failed(2, &["none.key"]);
    let alone = program.run(&["scrub", "--zone", "eu", "app.log"]);
    assert!(alone.code == 2 && alone.err.contains("--key"), "{}", alone.err);
}

#[test]
fn json_numbers_have_three_forms() {
    let run = |form: &str| Program::new().run_on("{\"ssn\":123456789}\n", &["scrub", "--json-numbers", form]).succeeded();
    assert_eq!(
        (run("null").as_str(), run("zero").as_str(), run("string").as_str()),
        ("{\"ssn\":null}\n", "{\"ssn\":0}\n", "{\"ssn\":\"[US_SSN]\"}\n")
    );
}
