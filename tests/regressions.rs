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

#[test]
fn inputs_that_broke_table_do_not_any_more() {
    replay("table", hushlog::fuzz::table);
}

#[test]
fn a_table_of_quotes_and_line_ends_keeps_its_fields() {
    for text in ["\0\0a", "..1\0Jane Example\0 899123456\0x\ny", "..1\0\"a\"\0\"\0\",\"\0\r\n", "..user=\"Jane\0Q\"\0899123456\0b"] {
        hushlog::fuzz::table(text.as_bytes());
    }
}

#[test]
fn inputs_that_broke_cloudwatch_do_not_any_more() {
    replay("cloudwatch", hushlog::fuzz::cloudwatch);
}

/// Every input of a target cut at each byte, and with each byte replaced by what means something in JSON.
fn mutate(target: &str, body: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/regressions").join(target);
    for entry in fs::read_dir(folder).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        for at in 0..bytes.len() {
            body(&bytes[..at]);
            for other in *b"\"{}[]\\,:\n0\xff" {
                let mut changed = bytes.clone();
                changed[at] = other;
                body(&changed);
            }
        }
    }
}

#[test]
fn requests_that_were_changed_anywhere_are_refused_or_read() {
    mutate("splunk_hec", hushlog::fuzz::splunk_hec);
    mutate("datadog", hushlog::fuzz::datadog);
}

#[test]
fn inputs_that_broke_splunk_hec_do_not_any_more() {
    replay("splunk_hec", hushlog::fuzz::splunk_hec);
}

#[test]
fn inputs_that_broke_datadog_do_not_any_more() {
    replay("datadog", hushlog::fuzz::datadog);
}

#[cfg(feature = "server")]
#[test]
fn inputs_that_broke_fluent_do_not_any_more() {
    replay("fluent", hushlog::fuzz::fluent);
    mutate("fluent", hushlog::fuzz::fluent);
}

#[cfg(feature = "server")]
#[test]
fn inputs_that_broke_otlp_do_not_any_more() {
    replay("otlp", hushlog::fuzz::otlp);
    mutate("otlp", hushlog::fuzz::otlp);
}

#[test]
fn inputs_that_broke_syslog_do_not_any_more() {
    replay("syslog", hushlog::fuzz::syslog);
}

#[test]
fn inputs_that_broke_events_do_not_any_more() {
    replay("events", hushlog::fuzz::events);
}

/// An empty list has no elements: what stands behind it is no text of its key.
#[test]
fn an_empty_list_under_a_key_takes_nothing_behind_it() {
    let engine = hushlog::Engine::builder().preset("hipaa").unwrap().build().unwrap();
    for record in [
        r#"{"id":"name LIKE \"a"},"note":[],"headers":"two words","x":1}"#,
        r#"{"note": [], "messages":[],"h":"two words"}"#,
        "note=[] next words here",
    ] {
        assert_eq!(String::from_utf8(engine.scrub(record.as_bytes())).unwrap(), record);
    }
}
