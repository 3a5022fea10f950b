//! `hushlog scrub`: what goes in and comes out, masks, and the report.

use super::{CLEAN, LINE, Program};

#[test]
fn standard_input_is_masked_and_the_rest_stays() {
    let rest = "\u{feff}no finding\r\n\t\"x\": 1.50\n\nlast line without an end";
    let input = format!("{LINE}{rest}");
    let out = Program::new().run_on(input, &["scrub"]).succeeded();
    assert_eq!(out, format!("{CLEAN}{rest}"));
}

#[test]
fn empty_input_gives_empty_output() {
    assert_eq!(Program::new().run_on("", &["scrub"]).succeeded(), "");
}

#[test]
fn files_come_out_in_the_order_given_and_standard_input_in_its_place() {
    let program = Program::new().with("a", "a\n").with("b", "b\n");
    let arguments = ["scrub", "b", "-", "a", "b"];
    let out = program.run_on("stdin\n", &arguments).succeeded();
    assert_eq!(out, "b\nstdin\na\nb\n");
}

#[test]
fn a_value_that_continues_in_the_next_file_is_one_value() {
    let program = Program::new().with("a", "ssn=123-4").with("b", "5-6789\n");
    assert_eq!(program.run(&["scrub", "a", "b"]).succeeded(), "ssn=[US_SSN]\n");
}

#[test]
fn as_many_lines_out_as_in() {
    let program = Program::new();
    let corpus = ["bench", "--write", "corpus.log", "--bytes", "3M", "--seed", "9"];
    program.run(&corpus).succeeded();
    let text = program.read("corpus.log");
    let out = program.run(&["scrub", "corpus.log"]).succeeded();
    assert!(out.contains("[EMAIL]") && !out.contains("@example.com"));
    assert_eq!(out.matches('\n').count(), text.matches('\n').count());
    let untouched = text.lines().zip(out.lines()).filter(|(before, after)| before == after);
    assert!(untouched.count() * 10 > text.lines().count() * 9);
    let again = program.run_on(out.clone(), &["scrub"]).succeeded();
    let changed = out.lines().zip(again.lines()).find(|(once, twice)| once != twice);
    assert_eq!(changed, None, "scrubbing twice differs from once");
}

#[test]
fn the_report_counts_and_holds_no_value() {
    let program = Program::new().with("app.log", LINE.repeat(3) + "nothing\n");
    let arguments = ["scrub", "--report", "report.json", "app.log"];
    let out = program.run(&arguments).succeeded();
    let text = program.read("report.json");
    assert!(text.ends_with("}\n"));
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["bytes_in"], LINE.len() * 3 + 8);
    assert_eq!(report["bytes_out"], out.len());
    assert_eq!(report["lines"], 4);
    assert_eq!(report["kinds"][0]["kind"], "email");
    assert_eq!(report["kinds"][0]["masked"], 3);
    assert_eq!(report["kinds"][1]["kind"], "us_ssn");
    for secret in ["user@", "123-45", "app.log"] {
        assert!(!text.contains(secret), "{text}");
    }
    assert_eq!(program.files(), ["app.log", "report.json"]);
}

#[test]
fn masks_and_rules_are_used() {
    let rules = "[[rule]]\nid = \"site_mrn\"\nname = \"Record\"\nregex = 'MR-[0-9]{7}'\n";
    let program = Program::new().with("site.toml", rules);
    let arguments = ["scrub", "--mask", "us_ssn=partial", "--rules", "site.toml"];
    let out = program.run_on(format!("MR-0000123 {LINE}"), &arguments).succeeded();
    assert!(out.starts_with("[SITE_MRN] login [EMAIL] ssn="), "{out}");
    assert!(out.ends_with("6789 ok\n") && !out.contains("123-45"), "{out}");
}

#[test]
fn every_kernel_gives_the_same_output() {
    let program = Program::new();
    let expected = program.run_on(LINE, &["scrub"]).succeeded();
    for kernel in hushlog::Kernel::ALL {
        if kernel.is_available() {
            let mut command = program.command(&["scrub"]);
            command.env("HUSHLOG_KERNEL", kernel.name());
            let ran = super::Ran::from(command.write_stdin(LINE).assert());
            assert_eq!(ran.succeeded(), expected);
        }
    }
}
