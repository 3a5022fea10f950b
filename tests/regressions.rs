//! Inputs that once broke a fuzz target, replayed: tests/fuzz/regressions/<target>/<name>.

use std::fs;
use std::path::Path;

fn replay(target: &str, body: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/regressions").join(target);
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let outcome = std::panic::catch_unwind(|| body(&bytes));
        assert!(outcome.is_ok(), "{} breaks {target} again", path.display());
    }
}

#[test]
fn inputs_that_broke_scrub_do_not_any_more() {
    replay("scrub", hushlog::fuzz::scrub);
}

#[test]
fn inputs_that_broke_find_do_not_any_more() {
    replay("find", hushlog::fuzz::find);
}

#[test]
fn inputs_that_broke_value_do_not_any_more() {
    replay("value", hushlog::fuzz::value);
}

#[test]
fn inputs_that_broke_rules_do_not_any_more() {
    replay("rules", hushlog::fuzz::rules);
}
