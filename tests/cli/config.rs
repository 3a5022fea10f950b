//! `hushlog init`, and configurations on the command line.

use super::Program;

#[test]
fn what_init_writes_is_used_by_scrub() {
    for framework in ["hipaa", "gdpr", "pci", "soc2", "soc2,pci,gdpr,hipaa"] {
        for region in ["us-east-1", "eu-west-1", "eu-west-2", "uksouth", "europe-west6"] {
            let program = Program::new().with("app.log", "mrn=MR-0000123 mail a@example.com\n");
            program.run(&["init", "--compliance", framework, "--region", region, "-o", "hushlog.yaml"]).succeeded();
            let text = program.read("hushlog.yaml");
            assert!(text.contains(&format!("region: {region}\n")), "{text}");
            if region.starts_with("us-") || region.starts_with("eu-") {
                let routes = program.run(&["check", "-c", "hushlog.yaml"]).succeeded();
                let sinks: Vec<&str> = routes.lines().filter_map(|row| row.split_whitespace().nth(3)).collect();
                assert_eq!(sinks, ["SINK", "logs", "archive", "worm"], "{routes}");
            }
            let clean = program.run(&["scrub", "--config", "hushlog.yaml", "app.log"]).succeeded();
            assert_eq!(clean, "mrn=[MRN] mail [EMAIL]\n", "{framework} {region}");
            let again = program.run(&["init", "--compliance", framework, "--region", region, "-o", "hushlog.yaml"]);
            again.failed(4, &["hushlog.yaml", "exists"]);
            assert_eq!(program.read("hushlog.yaml"), text);
        }
    }
}

#[test]
fn a_trial_needs_nothing_but_an_emulator() {
    for framework in ["hipaa", "gdpr", "pci", "soc2"] {
        let program = Program::new();
        let arguments =
            ["init", "--compliance", framework, "--region", "eu-west-1", "--emulator", "http://127.0.0.1:5000", "-o", "hushlog.yaml"];
        program.run(&arguments).succeeded();
        let text = program.read("hushlog.yaml");
        assert!(!text.contains("/var/") && !text.contains("change-me") && text.contains("http://127.0.0.1:5000"), "{text}");
        let routes = program.run(&["check", "-c", "hushlog.yaml"]).succeeded();
        assert!(["logs", "archive"].iter().all(|sink| routes.contains(sink)), "{routes}");
    }
    let wrong = ["init", "--compliance", "gdpr", "--region", "eu-west-1", "--emulator", "http://x\"y"];
    Program::new().run(&wrong).failed(2, &["--emulator", "http://127.0.0.1:5000"]);
}

#[test]
fn formats_of_the_site_reach_the_configuration() {
    let program = Program::new().with("app.log", "seen M'R-0000123 and ACC00000001 today\n");
    let options = ["--mrn", "M'R-[0-9]{7}", "--accession", "ACC[0-9]{8}"];
    let arguments = [&["init", "--compliance", "hipaa", "--region", "us-east-1", "-o", "hushlog.yaml"], &options[..]].concat();
    program.run(&arguments).succeeded();
    let clean = program.run(&["scrub", "-c", "hushlog.yaml", "app.log"]).succeeded();
    assert_eq!(clean, "seen [MRN] and [ENCOUNTER_ACCESSION_ID] today\n");
    let init = |option: &str, value: &str| Program::new().run(&["init", "--compliance", "hipaa", "--region", "us-east-1", option, value]);
    init("--mrn", "((").failed(2, &["--mrn", "unclosed group"]);
    init("--accession", "A*").failed(2, &["--accession"]);
}

#[test]
fn unknown_regions_and_frameworks_are_refused_with_the_known_ones() {
    let init = |framework: &str, region: &str| Program::new().run(&["init", "--compliance", framework, "--region", region]);
    init("hipaa", "eu-west-9").failed(2, &["eu-west-9", "eu-west-1", "europe-west4"]);
    init("hipaa", "moon").failed(2, &["moon", "us-east-1"]);
    init("iso27001", "eu-west-1").failed(2, &["hipaa", "soc2"]);
}

#[test]
fn the_command_line_adds_to_a_configuration() {
    let program = Program::new()
        .with("hushlog.yaml", "preset: standard\nrules: rules/*.toml\nmasks: { us_ssn: drop_value }\n")
        .with("more.toml", "[[rule]]\nid = \"ticket\"\nname = \"ticket\"\nregex = 'T-[0-9]{4}'\n")
        .with("app.log", "a@example.com ssn=123-45-6789 T-0001 nhs 943 476 5919 B-0001\n");
    std::fs::create_dir(program.path("rules")).unwrap();
    std::fs::write(program.path("rules/site.toml"), "[[rule]]\nid = \"badge\"\nname = \"badge\"\nregex = 'B-[0-9]{4}'\n").unwrap();
    let clean =
        program.run(&["scrub", "-c", "hushlog.yaml", "--rules", "more.toml", "--packs", "gb", "--mask", "email=partial", "app.log"]);
    assert_eq!(clean.succeeded(), "a***@example.com ssn= [TICKET] nhs [GB_NHS] [BADGE]\n");
    let both = program.run(&["scrub", "-c", "hushlog.yaml", "--preset", "hipaa", "app.log"]);
    assert!(both.code == 2 && both.err.contains("--preset"), "{}", both.err);
}

#[test]
fn problems_of_a_configuration_name_file_line_and_key_and_quote_nothing() {
    let run = |text: &str| Program::new().with("hushlog.yaml", text).run(&["scrub", "-c", "hushlog.yaml"]);
    let wrong = run("preset: hipaa\nrgion: eu-west-1\ntokens: { keys: [sesame-sesame] }\n");
    wrong.failed(2, &["`hushlog.yaml`", "line 2: `rgion`", "`region`", "line 3: `tokens.keys[0]`"]);
    assert!(!run("tokens: { keys: [sesame-sesame] }\n").err.contains("sesame"));
    run("preset: hipaaa\n").failed(2, &["hipaaa", "soc2"]);
    run("preset: hipaa\nmasks: { email: partial }\n").failed(2, &["hushlog.yaml", "`masks.email`", "164.514"]);
    run("site: { mrnn: 'x[0-9]{4}' }\n").failed(2, &["hushlog.yaml", "line 1", "mrnn"]);
    run("rules: none.toml\n").failed(2, &["none.toml"]);
    Program::new().run(&["scrub", "-c", "hushlog.yaml"]).failed(2, &["hushlog.yaml"]);
}
