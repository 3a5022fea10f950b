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
    run("preset: hipaaa\nmasks: { emial: label, us_snn: tok }\npacks: xx\n").failed(
        2,
        &["line 1: `preset`", "`hipaa`, which is near to it", "line 2: `masks.us_snn`: found a name that no mask has", "line 3: `packs`"],
    );
    run("masks: { emial: label, us_snn: token }\n").failed(2, &["unknown kind `emial`", "`email`", "unknown kind `us_snn`", "`us_ssn"]);
    run("preset: hipaa\nmasks: { email: partial }\n").failed(2, &["hushlog.yaml", "`masks.email`", "164.514"]);
    run("site: { mrnn: 'x[0-9]{4}', pan: '((' }\n").failed(2, &["hushlog.yaml", "line 1: `site.mrnn`", "`mrn`", "`site.pan`"]);
    run("rules: none.toml\n").failed(2, &["none.toml"]);
    Program::new().run(&["scrub", "-c", "hushlog.yaml"]).failed(2, &["hushlog.yaml"]);
}

#[cfg(feature = "server")]
#[test]
fn check_says_everything_at_once_in_the_order_of_the_lines() {
    let text = "region: eu-west-1
masks: { emial: label }
sources:
  a: { type: http, listen: \"0.0.0.0:8088\", max_body: 2GiB }
  b: { type: http, listen: \"127.0.0.1:8088\" }
  c: { type: stdin, max_line: 17MiB }
  d:
    type: file
    include: [\"/l/**/*\"]
    poll: 1ms
    max_line: 1B
    multiline: { start: '(' }
    checkpoints: /c
  e: { type: syslog, mode: upd, listen: \"127.0.0.1:5514\" }
sinks:
  x: { type: file, path: \"/l/{source}.log\" }
  y: { type: file, path: \"/l/{source}.log\" }
  z: { type: http, region: eu-west-1, url: \"https://http-intake.logs.us5.datadoghq.com/\" }
routes: [{ to: [x, y, z] }]
buffer: { dir: /l/buffer }
";
    let ran = Program::new().with("hushlog.yaml", text).run(&["check", "-c", "hushlog.yaml"]);
    let said: Vec<&str> = ran.err.lines().skip(1).map(str::trim).collect();
    assert_eq!(
        said,
        [
            "line 2: `masks.emial`: found a name that no kind has; allowed: `email`, which is near to it",
            "line 4: `sources.a.max_body`: found another value; allowed: a size from `1KiB` to `1GiB`",
            "line 5: `sources.b.listen`: found the address of `sources.a.listen`; allowed: an address of its own",
            "line 6: `sources.c.max_line`: found another value; allowed: a size from `1KiB` to `16MiB`",
            "line 9: `sources.d.include`: found a pattern that covers the files of `sinks.x`; allowed: patterns that leave it out, or an \
             `exclude` for it: what is written would be read again without end",
            "line 10: `sources.d.poll`: found another value; allowed: a time from `10ms` to `1h`",
            "line 11: `sources.d.max_line`: found another value; allowed: a size from `1KiB` to `16MiB`",
            "line 12: `sources.d.multiline.start`: found text that is none, or too large a one; allowed: a regular expression of at most \
             1 MiB compiled, without look-around and back-references, such as `'^\\d{4}-'`",
            "line 14: `sources.e.mode`: found another word; allowed: `tcp`, `udp`, `unix`",
            "line 17: `sinks.y.path`: found the path of `sinks.x.path`; allowed: a path of its own",
            "line 18: `sinks.z.url`: found a host of a site that lies in another region; allowed: a host in the region that the sink's \
             `region` names",
        ],
        "{}",
        ran.err
    );
    assert_eq!(ran.code, 2);
}

#[cfg(feature = "server")]
#[test]
fn paths_begin_at_the_configuration() {
    let program = Program::new().with("app.log", "x\n");
    std::fs::create_dir(program.path("etc")).unwrap();
    let config = "region: eu-west-1
sources: { in: { type: stdin } }
sinks: { out: { type: file, path: out.ndjson } }
routes: [{ to: [out] }]
buffer: { dir: buffer }
audit: { path: audit.jsonl }
";
    std::fs::write(program.path("etc/hushlog.yaml"), config).unwrap();
    let ran = program.run_on("mail jane@example.com\n", &["run", "-c", "etc/hushlog.yaml"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(program.read("etc/out.ndjson").contains("mail [EMAIL]"));
    assert!(program.path("etc/buffer/cursors").exists() && program.path("etc/audit.jsonl").exists());
    assert!(!program.path("out.ndjson").exists() && !program.path("buffer").exists());
}

#[cfg(feature = "server")]
#[test]
fn what_is_missing_is_named_with_what_to_do() {
    let run = |source: &str| {
        let text = format!(
            "region: eu-west-1\nsources: {{ in: {{ type: http, listen: \"127.0.0.1:0\", {source} }} }}\nsinks: {{ out: {{ type: stdout }} }}\nroutes: [{{ to: [out] }}]\n"
        );
        Program::new().with("hushlog.yaml", text).with("token", "\n").run(&["run", "-c", "hushlog.yaml"])
    };
    run("tokens: [{ file: token }]").failed(5, &["`sources.in`", "the file `token` is empty", "write the secret there"]);
    run("tokens: [{ file: none }]").failed(5, &["the file `none` cannot be read"]);
    run("tokens: [{ env: HUSHLOG_TEST_NOT_SET }]").failed(5, &["the variable `HUSHLOG_TEST_NOT_SET` is not set"]);
    run("tls: { cert: none.pem, key: { file: token } }").failed(5, &["the file `none.pem` of `tls` cannot be read"]);
}

#[cfg(feature = "server")]
#[test]
fn what_is_wrong_with_the_form_and_the_options_is_said_together() {
    let sources = "sources:\n  a: { type: http, listen: here }\n  b: { type: stdin, max_line: 1 }\n";
    let text = format!("rgion: eu-west-1\n{sources}routes: [{{ from: a }}]\n");
    let ran = Program::new().with("hushlog.yaml", text).run(&["check", "-c", "hushlog.yaml"]);
    let lines: Vec<&str> = ran.err.lines().skip(1).filter_map(|line| line.trim().split(':').next()).collect();
    assert_eq!(lines, ["line 1", "line 3", "line 4", "line 5"], "{}", ran.err);
}
