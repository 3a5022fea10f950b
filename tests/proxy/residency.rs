//! Records stay in their zone, and configurations that would let them leave it do not start.

use crate::support::proxy::{Answer, Proxy, Store, free_port, until};
use std::process::Command;

#[test]
fn while_its_own_store_fails_a_record_goes_nowhere_else() {
    let (eu, us) = (Store::start(), Store::start());
    let port = free_port();
    let proxy = Proxy::start(&format!(
        "region: eu-west-1\n\
         sources:\n  here: {{ type: http, listen: \"127.0.0.1:PORT\" }}\n  there: {{ type: http, listen: \"127.0.0.1:{port}\" }}\n\
         residency: {{ default: eu-west-1, rules: [{{ when: {{ source: 'there' }}, region: us-east-1 }}] }}\n\
         routes: [{{ to: [eu, us] }}]\n\
         sinks:\n  eu: {{ type: http, region: eu-central-1, url: \"http://127.0.0.1:{}/\" }}\n  us: {{ type: http, region: us-east-2, url: \"http://127.0.0.1:{}/\" }}\n",
        eu.port, us.port
    ));
    eu.answers([Answer::Status(500), Answer::Cut, Answer::Status(302)]);
    let mut there = crate::support::proxy::Sender::connect(port).unwrap();
    for number in 0..20 {
        proxy.send(&format!("{{\"canary\":\"eu-{number}\",\"residency.region\":\"us-east-1\"}}\n"));
        assert_eq!(there.post("application/x-ndjson", &[], format!("{{\"canary\":\"us-{number}\"}}\n").as_bytes()).unwrap(), 200);
    }
    until("everything arrived", || eu.len() == 20 && us.len() == 20);
    let text = |store: &Store| String::from_utf8(store.seen()).unwrap();
    let holds = |store: &Store, canary: &str| text(store).contains(&format!("\"canary\":\"{canary}-"));
    assert!(holds(&eu, "eu") && holds(&us, "us") && !holds(&us, "eu") && !holds(&eu, "us"), "a record left its zone");
    assert!(eu.lines().iter().all(|line| line.ends_with("\"residency.region\":\"eu-west-1\"}")));
    assert!(us.lines().iter().all(|line| line.ends_with("\"residency.region\":\"us-east-1\"}")));
}

/// What stands between the head and the line that is wrong.
const HEAD: &str = "sources: { app: { type: http, listen: \"127.0.0.1:1\" } }\n";

#[test]
fn configurations_that_break_residency_are_refused_with_the_line() {
    let sink = |region: &str| format!("sinks: {{ out: {{ type: http, region: {region}, url: \"https://a.example/\" }} }}\n");
    let route = "routes: [{ to: [out] }]\n";
    let cases: Vec<(String, &str)> = vec![
        (format!("region: eu-west-1\n{HEAD}{}{route}", sink("us-east-1")), "line 2: `sources.app`: found records of the zone `eu`"),
        (format!("region: eu-west-1\n{HEAD}{}{route}", sink("eu-west-2")), "found records of the zone `eu`"),
        (format!("region: eu-west-1\n{HEAD}{}{route}", sink("eu-central-2")), "found records of the zone `eu`"),
        (format!("region: eu-west-1\n{HEAD}{}{route}", sink("norwayeast")), "found records of the zone `eu`"),
        (format!("region: eu-west-2\n{HEAD}{}{route}", sink("eu-west-1")), "found records of the zone `uk`"),
        (format!("region: eu-west-9\n{HEAD}{}{route}", sink("eu-west-1")), "line 1: `region`: found an unknown region"),
        (format!("region: eu-west-1\n{HEAD}{}{route}", sink("moon-1")), "line 3: `sinks.out.region`: found an unknown region"),
        (format!("{HEAD}{}{route}", sink("eu-west-1")), "`region`: found nothing"),
        (
            format!("region: eu-west-1\n{HEAD}sinks: {{ out: {{ type: http, url: \"https://a.example/\" }} }}\n{route}"),
            "`sinks.out.region`: found nothing",
        ),
        (format!("region: eu-west-1\n{HEAD}{}", sink("eu-west-1")), "`sources.app`: found a source without a route"),
        (
            format!("region: eu-west-1\n{HEAD}{}routes: [{{ to: [elsewhere] }}]\n", sink("eu-west-1")),
            "`routes[0].to`: found an unknown name",
        ),
        (
            format!("region: eu-west-1\n{HEAD}{}routes: [{{ from: [nobody], to: [out] }}]\n", sink("eu-west-1")),
            "`routes[0].from`: found an unknown name",
        ),
        (
            format!("region: eu-west-1\n{HEAD}{}{route}residency: {{ default: eu-west-9 }}\n", sink("eu-west-1")),
            "`residency.default`: found an unknown region",
        ),
        (
            format!(
                "region: eu-west-1\n{HEAD}{}{route}residency: {{ rules: [{{ when: {{ source: app }}, region: us-east-1 }}] }}\n",
                sink("eu-west-1")
            ),
            "found records of the zone `us`",
        ),
        (
            format!(
                "region: eu-west-1\n{HEAD}{}{route}residency: {{ rules: [{{ when: {{ tenant: a }}, region: eu-west-1 }}] }}\n",
                sink("eu-west-1")
            ),
            "found metadata that no source has",
        ),
        (
            format!("region: eu-west-1\n{HEAD}{}{route}residency: {{ rules: [{{ region: eu-west-1 }}] }}\n", sink("eu-west-1")),
            "`residency.rules[0]`: found a rule without `when` or `region`",
        ),
        (
            format!(
                "region: eu-west-1\n{HEAD}sinks: {{ out: {{ type: http, region: eu-west-1, url: \"https://user:pass@a.example/\" }} }}\n{route}"
            ),
            "`sinks.out.url`: found another text",
        ),
        (
            format!("region: eu-west-1\n{HEAD}sinks: {{ out: {{ type: http, region: eu-west-1, url: \"ftp://a.example/\" }} }}\n{route}"),
            "`sinks.out.url`: found another text",
        ),
        (
            format!(
                "region: eu-west-1\n{HEAD}sinks: {{ out: {{ type: http, region: eu-west-1, url: \"https://a.example/\", redirects: true }} }}\n{route}"
            ),
            "`sinks.out.redirects`: found an unknown key",
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hushlog.yaml");
    for (text, problem) in cases {
        std::fs::write(&path, &text).unwrap();
        for command in ["check", "run"] {
            let refused = Command::new(env!("CARGO_BIN_EXE_hushlog")).args([command, "-c"]).arg(&path).output().unwrap();
            let said = String::from_utf8(refused.stderr).unwrap();
            assert_eq!(refused.status.code(), Some(2), "{text}{said}");
            assert!(said.contains(problem), "{text}{said}");
            assert!(!said.contains("user:pass"), "{said}");
        }
    }
}

#[test]
fn check_prints_where_records_go() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hushlog.yaml");
    std::fs::write(&path, format!("region: eu-west-1\n{HEAD}sinks: {{ out: {{ type: stdout }} }}\nroutes: [{{ to: [out] }}]\n")).unwrap();
    let checked = Command::new(env!("CARGO_BIN_EXE_hushlog")).args(["check", "-c"]).arg(&path).output().unwrap();
    let text = String::from_utf8(checked.stdout).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    assert!(rows.iter().any(|row| row.starts_with(&["app", "eu-west-1", "eu", "out"])), "{text}");
}
