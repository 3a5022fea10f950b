//! Sinks as the output of a replay: residency, and acknowledgements before the journal.

use std::fs;
use std::time::{Duration, Instant};

use super::{LINE, Place, gzip};
use crate::support::proxy::{Answer, Store, until};

fn place(sinks: &str) -> Place {
    Place::new().with(
        "hushlog.yaml",
        format!(
            "region: eu-west-1\nresidency: {{ default: eu-west-1, rules: [{{ when: {{ file: '*/us/*' }}, region: us-east-1 }}] }}\n\
             routes: [{{ to: [eu, us] }}]\nsinks:\n{sinks}"
        ),
    )
}

const ARGUMENTS: [&str; 8] = ["in", "-c", "hushlog.yaml", "--to", "eu,us", "--manifest", "m.jsonl", "--jobs=2"];

#[test]
fn lines_go_to_the_sinks_of_their_region() {
    let place = place(
        "  eu: { type: file, region: eu-central-1, path: out/eu.ndjson }\n  us: { type: file, region: us-east-2, path: out/us.ndjson }\n",
    )
    .with("in/eu/a.log", LINE.repeat(700))
    .with("in/eu/b.log.gz", gzip(LINE.repeat(300)))
    .with("in/us/jane@example.com.log", LINE.repeat(50))
    .with("in/us/picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    let said = place.run(3, &ARGUMENTS);
    assert!(said.contains("4 inputs") && said.contains("1 left out"), "{said}");
    let lines = |name: &str| fs::read_to_string(place.path(name)).unwrap();
    let (eu, us) = (lines("out/eu.ndjson"), lines("out/us.ndjson"));
    assert_eq!((eu.lines().count(), us.lines().count()), (1000, 50));
    assert!(eu.lines().all(|line| line.contains("[US_SSN]") && line.contains("\"residency.region\":\"eu-west-1\"")), "{eu}");
    assert!(us.lines().all(|line| line.contains("[US_SSN]") && line.contains("\"residency.region\":\"us-east-1\"")), "{us}");
    assert!(!(eu + &us + &lines("m.jsonl")).contains("jane"));
    assert_eq!(lines("m.jsonl").matches("\"delivered\":").count(), 3);
    assert!(place.run(0, &["verify", "m.jsonl"]).contains("intact"));
    // Done is done.
    assert!(place.run(3, &ARGUMENTS).contains("4 done before"));
    assert_eq!(lines("out/eu.ndjson").lines().count(), 1000);
    place.run(2, &["in", "--to", "eu", "--manifest", "x"]);
    place.run(2, &["in", "-c", "hushlog.yaml", "--to", "nobody", "--manifest", "x"]);
}

#[test]
fn the_journal_waits_for_the_sinks_and_a_kill_loses_nothing() {
    let (eu, us) = (Store::start(), Store::start());
    let sink =
        |name: &str, region: &str, port: u16| format!("  {name}: {{ type: http, region: {region}, url: \"http://127.0.0.1:{port}/\" }}\n");
    let place = place(&(sink("eu", "eu-central-1", eu.port) + &sink("us", "us-east-2", us.port)))
        .with("in/eu/a.log", LINE.repeat(500))
        .with("in/us/b.log", LINE.repeat(500));
    eu.always(Some(Answer::Status(503)));
    let mut child = place.command(&ARGUMENTS).spawn().unwrap();
    until("the other region's file is through", || {
        fs::read_to_string(place.path("m.jsonl.journal")).unwrap_or_default().contains("us/b.log")
    });
    until("the sink was asked", || eu.requests() > 0);
    assert!(!fs::read_to_string(place.path("m.jsonl.journal")).unwrap().contains("eu/a.log"));
    assert!(!place.path("m.jsonl").exists() && us.len() == 500);
    child.kill().unwrap();
    child.wait().unwrap();
    eu.always(None);
    let from = Instant::now();
    assert!(place.run(0, &ARGUMENTS).contains("1 done before"));
    assert_eq!((eu.len(), us.len()), (500, 500));
    assert!(from.elapsed() < Duration::from_secs(50) && eu.lines().iter().all(|line| !line.contains("user@")));
    // A store that refuses for good ends the replay, and what it refused is not through.
    eu.always(Some(Answer::Status(400)));
    let said = place.run(4, &[&ARGUMENTS[..], &["--force"]].concat());
    assert!(said.contains("cannot write `eu/a.log`"), "{said}");
}
