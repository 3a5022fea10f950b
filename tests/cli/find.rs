//! `hushlog find`: places and kinds, never values.

use super::{LINE, Program, gzip};

#[test]
fn a_json_line_has_exactly_these_fields() {
    let program = Program::new().with("app.log", format!("started\n{LINE}"));
    let out = program.run(&["find", "--format", "jsonl", "app.log"]).succeeded();
    let lines: Vec<_> = out.lines().collect();
    let first = r#"{"file":"app.log","line":2,"start":6,"end":22,"kind":"email","confidence":"#;
    assert_eq!(lines.len(), 2, "{out}");
    assert!(lines[0].starts_with(first), "{out}");
    let keys = ["file", "line", "start", "end", "kind", "confidence", "why"];
    for line in lines {
        let at = keys.map(|key| line.find(&format!("\"{key}\":")).unwrap());
        assert!(at.is_sorted(), "{line}");
        let fields: serde_json::Map<_, _> = serde_json::from_str(line).unwrap();
        assert_eq!(fields.len(), keys.len(), "{line}");
        let confidence = fields["confidence"].as_f64().unwrap();
        assert!((0.6..=1.0).contains(&confidence));
        assert!(fields["why"].is_string());
        // As written: 0.95, not 0.949999988079071.
        assert!(fields["confidence"].to_string().len() <= 4, "{line}");
    }
}

#[test]
fn lines_are_counted_in_each_input_and_inside_compressed_ones() {
    let program = Program::new().with("a", format!("x\n{LINE}")).with("b.gz", gzip(format!("x\nx\n{LINE}")));
    let out = program.run_on(LINE, &["find", "a", "b.gz", "-"]).out;
    let places: Vec<_> = out.lines().map(|line| line.split(' ').next().unwrap()).collect();
    let expected = ["a:2:6-22", "a:2:27-38", "b.gz:3:6-22", "b.gz:3:27-38", "-:1:6-22", "-:1:27-38"];
    assert_eq!(places, expected);
}

#[test]
fn text_ends_with_a_summary_on_standard_error() {
    let program = Program::new().with("app.log", LINE.repeat(2));
    let ran = program.run(&["find", "app.log"]);
    assert_eq!((ran.code, ran.out.lines().count()), (0, 4));
    assert_eq!(ran.err, "4 findings: email 2, us_ssn 2\n");
    let ran = program.run_on("nothing\n", &["find"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", "no findings\n"));
}

#[test]
fn fail_tells_by_the_exit_code() {
    let program = Program::new();
    for format in ["text", "jsonl"] {
        let arguments = ["find", "--fail", "--format", format];
        assert_eq!(program.run_on(LINE, &arguments).code, 1);
        assert_eq!(program.run_on("nothing\n", &arguments).code, 0);
    }
    assert_eq!(program.run_on(LINE, &["find"]).code, 0);
}

#[test]
fn colour_is_for_terminals_or_on_request() {
    let program = Program::new();
    let plain = program.run_on(LINE, &["find"]).out;
    assert!(!plain.contains('\u{1b}'));
    let never = program.run_on(LINE, &["find", "--color", "never"]).out;
    assert_eq!(never, plain);
    let coloured = program.run_on(LINE, &["find", "--color", "always"]).out;
    assert!(coloured.contains('\u{1b}'));
}
