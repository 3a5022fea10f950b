//! `hushlog explain`: shapes, not values.

use super::{LINE, Program};

#[test]
fn a_line_is_shown_as_shapes_with_what_was_found() {
    let out = Program::new().run_on(LINE, &["explain"]).succeeded();
    let mut lines = out.lines();
    let shape = "line 1: aaaaa aaaa@aaaaaaa.aaa aaa=ddd-dd-dddd aa";
    assert_eq!(lines.next(), Some(shape));
    let cells = |kind: &str| {
        let row = out.lines().find(|line| line.contains(kind)).expect(kind);
        row.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    let email = cells("email");
    assert_eq!(email[..4], ["6-22", "aaaa@aaaaaaa.aaa", "email", "accepted"], "{out}");
    assert!(cells("us_ssn").contains(&"ddd-dd-dddd".to_owned()), "{out}");
}

#[test]
fn no_value_is_printed() {
    let line = "käthe@example.com card 4111111111111112 CANARY-Qx7 １２３\n";
    let program = Program::new().with("app.log", line);
    let out = program.run(&["explain", "app.log"]).succeeded();
    for value in ["example", "4111", "CANARY", "Qx", "käthe", "１"] {
        assert!(!out.contains(value), "{out}");
    }
}

#[test]
fn a_line_without_candidates_says_so() {
    let out = Program::new().run_on("all is well\n", &["explain"]).succeeded();
    assert!(out.starts_with("line 1: aaa aa aaaa\n  no candidates"), "{out}");
}

#[test]
fn values_are_refused_off_a_terminal() {
    let ran = Program::new().run_on(LINE, &["explain", "--show-values"]);
    assert_eq!(ran.failed(2, &["--show-values", "terminal"]), "");
}

#[test]
fn a_line_over_the_cap_is_named_and_passed_over() {
    let input = format!("{}\n{LINE}", "x".repeat(3 << 20));
    let out = Program::new().run_on(input, &["explain"]).succeeded();
    assert!(out.starts_with("line 1: longer than 1 MiB"), "{}", out.len());
    assert!(out.contains("line 2: aaaaa"));
}
