//! `hushlog rules`: kinds listed and shown, rule files checked, examples run, policies compared.

use super::{LINE, Program};

const SITE: &str = r#"
[[rule]]
id = "site_mrn"
regex = 'MR-[0-9]{7}'
match = ["admitted «MR-0000123» today"]
no_match = ["MR-12"]

[[rule]]
id = "ward"
regex = '[0-9]{4}/[0-9]{4}'
"#;

#[test]
fn every_kind_is_listed_and_says_whether_it_is_on() {
    let program = Program::new().with("site.toml", SITE);
    let listed = program.run(&["rules", "list", "--format", "jsonl", "--rules", "site.toml"]);
    let rows: Vec<serde_json::Value> = listed.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), hushlog::catalog().len() + 2);
    let on = |kind: &str| rows.iter().find(|row| row["kind"] == kind).map(|row| row["on"] == true);
    assert_eq!([on("email"), on("gb_nhs"), on("site_mrn")], [Some(true), Some(false), Some(true)]);
    let packed = program.run(&["rules", "list", "--on", "--group", "national", "--packs", "gb"]).out;
    assert!(packed.contains("gb_nhs") && !packed.contains("de_"), "{packed}");
}

#[test]
fn a_kind_is_shown_with_its_keys_and_sources() {
    let shown = Program::new().run(&["rules", "show", "us_ssn"]).out;
    for part in ["social_security_number", "45 CFR 164.514", "[US_SSN]", "masked", "not masked"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    Program::new().run(&["rules", "show", "us_sssn"]).failed(2, &["`us_sssn`", "rules list"]);
}

#[test]
fn a_rule_file_is_checked_for_what_it_costs() {
    let program = Program::new().with("site.toml", SITE).with("bad.toml", "[[rule]]\nid = \"x\"\n");
    let checked = program.run(&["rules", "check", "site.toml"]);
    let class = |id: &str| checked.out.lines().find(|line| line.trim_start().starts_with(id)).unwrap_or_default().to_owned();
    assert!(class("site_mrn").contains("anchored"), "{}", checked.out);
    assert!(class("ward").contains("full-scan"), "{}", checked.out);
    assert!(checked.out.contains("ns per KB"), "{}", checked.out);
    program.run(&["rules", "check", "bad.toml"]).failed(2, &["bad.toml", "`x`", "`regex`"]);
}

#[test]
fn examples_of_kinds_and_rules_come_out_as_they_say() {
    let wrong = SITE.replace("«MR-0000123»", "«admitted»");
    let program = Program::new().with("site.toml", SITE).with("wrong.toml", wrong);
    let all = program.run(&["rules", "test", "--rules", "site.toml"]);
    assert_eq!(all.code, 0, "{}", all.out);
    let failed = program.run(&["rules", "test", "--rules", "wrong.toml", "site_mrn"]);
    assert_eq!(failed.code, 1);
    assert!(failed.out.contains("site_mrn: match[0] fails in text"), "{}", failed.out);
}

#[test]
fn two_policies_are_compared_without_a_value() {
    let program = Program::new().with("site.toml", SITE).with("app.log", format!("{LINE}at MR-0000123 and MR-0000124\n"));
    let compared = program.run(&["rules", "diff", "standard", "site.toml", "app.log"]).out;
    let expected =
        "+ site_mrn  2 findings\n            2  AA-ddddddd\n2 findings in both, 0 only with the old one, 2 only with the new one\n";
    assert_eq!(compared, expected);
    let turned = program.run(&["rules", "diff", "site.toml", "standard", "app.log"]).out;
    assert!(turned.starts_with("- site_mrn  2 findings\n"), "{turned}");
}
