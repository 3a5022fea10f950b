//! Wrong usage, help, the version, completions, the manual, and `hushlog bench`.

use super::{LINE, Program, Ran};

const COMMANDS: [&str; 7] = ["scrub", "find", "explain", "rules", "bench", "completions", "man"];

#[test]
fn wrong_usage_is_refused_before_anything_is_read() {
    let program = Program::new().with("bad.toml", "[[rule]\n").with("app.log", LINE);
    let wrong: [(&[&str], &[&str]); 14] = [
        (&["scrub", "--colour"], &["--colour"]),
        (&["frobnicate"], &["frobnicate"]),
        (&["scrub", "--preset", "hipaaa"], &["`hipaaa`", "standard"]),
        (&["scrub", "--packs", "gb,xx"], &["--packs", "`xx`", "gb", "`all`"]),
        (&["find", "--packs", ""], &["--packs", "gb", "`all`"]),
        (&["scrub", "--mask", "email"], &["KIND=MASK"]),
        (&["scrub", "--mask", "email=blank"], &["`blank`", "`drop_value`"]),
        (&["scrub", "--mask", "no_such_kind=label"], &["`no_such_kind`"]),
        (&["scrub", "--rules", "missing.toml"], &["`missing.toml`"]),
        (&["scrub", "--rules", "bad.toml", "app.log"], &["bad.toml"]),
        (&["find", "--format", "xml"], &["xml", "jsonl"]),
        (&["man", "frobnicate"], &["`frobnicate`"]),
        (&["bench", "--bytes", "many"], &["many"]),
        (&["bench", "--kernel", "sse9"], &["`--kernel`", "`sse9`", "portable"]),
    ];
    for (arguments, words) in wrong {
        assert_eq!(program.run_on(LINE, arguments).failed(2, words), "", "{arguments:?}");
    }
}

#[test]
fn a_mask_that_shows_too_much_is_refused() {
    let ran = Program::new().run_on("", &["scrub", "--mask", "password_assignment=partial"]);
    ran.failed(2, &["password_assignment", "partial"]);
}

#[test]
fn no_command_shows_the_help() {
    let ran = Program::new().run(&[]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("Usage: hushlog"), "{}", ran.err);
}

#[test]
fn an_unknown_kernel_is_refused_with_the_available_ones() {
    let program = Program::new();
    let with_kernel = |name: &str| {
        let mut command = program.command(&["scrub"]);
        let assert = command.env("HUSHLOG_KERNEL", name).write_stdin(LINE).assert();
        Ran::from(assert)
    };
    let out = with_kernel("sse9").failed(2, &["HUSHLOG_KERNEL", "`sse9`", "portable"]);
    assert_eq!(out, "");
    assert_eq!(with_kernel("").code, 0);
    for kernel in hushlog::Kernel::ALL {
        let expected = if kernel.is_available() { 0 } else { 2 };
        assert_eq!(with_kernel(kernel.name()).code, expected, "{}", kernel.name());
    }
}

#[test]
fn help_has_examples_and_the_version_is_that_of_the_package() {
    let program = Program::new();
    let help = program.run(&["--help"]).succeeded();
    assert!(help.contains("Exit codes") && help.contains("HUSHLOG_KERNEL"));
    for command in COMMANDS {
        assert!(help.contains(&format!("  {command} ")), "{help}");
        let short = program.run(&[command, "-h"]).succeeded();
        let long = program.run(&[command, "--help"]).succeeded();
        assert!(long.len() > short.len(), "{command}");
        for text in [short, long] {
            assert!(text.contains("Examples:\n"), "{text}");
            assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        }
    }
    let version = program.run(&["--version"]).succeeded();
    assert_eq!(version, format!("hushlog {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn completions_and_manual_are_generated() {
    let program = Program::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = program.run(&["completions", shell]).succeeded();
        assert!(script.contains("hushlog") && script.contains("show-values"), "{shell}");
    }
    assert!(program.run(&["man"]).succeeded().contains(".TH hushlog 1"));
    for command in COMMANDS {
        let page = program.run(&["man", command]).succeeded();
        assert!(page.contains(&format!(".TH hushlog-{command} 1")), "{page}");
    }
}

#[test]
fn bench_measures_and_writes_the_same_corpus_again() {
    let program = Program::new();
    let table = program.run(&["bench", "--bytes", "300k", "--kernel", "portable"]).succeeded();
    assert!(table.contains("\nportable "), "{table}");
    assert!(!table.contains("\navx2 "), "{table}");
    for json in [&[][..], &["--json"]] {
        let write = |file| {
            let arguments = ["bench", "--bytes", "50k", "--seed", "4", "--write", file];
            program.run(&[&arguments, json].concat()).succeeded()
        };
        let out = write("-");
        assert!(out.len() >= 50_000 && out.ends_with('\n'));
        write("corpus.log");
        assert_eq!(program.read("corpus.log"), out);
    }
}
