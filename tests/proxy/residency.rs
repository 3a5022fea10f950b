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

/// Lines 1 and 2 of a configuration that is right so far.
const HEAD: &str = "region: eu-west-1\nsources: { app: { type: http, listen: \"127.0.0.1:1\" } }\n";
/// Line 3 and 4.
const OUT: &str = "sinks: { out: { type: http, region: eu-west-1, url: \"https://a.example/\" } }\n";
const ROUTE: &str = "routes: [{ to: [out] }]\n";

/// With other options of the sink in line 3.
fn with_sink(options: &str) -> String {
    format!("{HEAD}sinks: {{ out: {{ {options} }} }}\n{ROUTE}")
}

/// With more from line 5 on.
fn with(more: &str) -> String {
    format!("{HEAD}{OUT}{ROUTE}{more}\n")
}

/// With another head; the zone of the records is line 1's.
fn in_region(region: &str, sink: &str) -> String {
    with_sink(&format!("type: http, region: {sink}, url: \"https://a.example/\"")).replace("region: eu-west-1\n", region)
}

#[test]
fn configurations_that_break_residency_are_refused_with_the_line() {
    let aws = "type: cloudwatch_logs, region: eu-west-1, group: g";
    let s3 = "type: s3, region: eu-west-1, bucket: logs-eu";
    let http = "type: http, region: eu-west-1, url:";
    let files =
        |more: &str| with(more).replace("app: {", "logs: { type: file, include: [\"/var/log/a/*.log\"], checkpoints: /tmp/c }, app: {");
    let leaves = "line 2: `sources.app`: found records of the zone";
    let cases: Vec<(String, String)> = [
        // Stores in another zone than the records: other continents, and what only sounds European.
        (in_region("region: eu-west-1\n", "us-east-1"), format!("{leaves} `eu`")),
        (in_region("region: eu-west-1\n", "eu-west-2"), format!("{leaves} `eu`")),
        (in_region("region: eu-west-1\n", "eu-central-2"), format!("{leaves} `eu`")),
        (in_region("region: eu-west-1\n", "norwayeast"), format!("{leaves} `eu`")),
        (in_region("region: eu-west-1\n", "uksouth"), format!("{leaves} `eu`")),
        (in_region("region: eu-west-1\n", "europe-west2"), format!("{leaves} `eu`")),
        (in_region("region: eu-west-1\n", "europe-west6"), format!("{leaves} `eu`")),
        (in_region("region: eu-west-1\n", "switzerlandnorth"), format!("{leaves} `eu`")),
        (in_region("region: eu-west-2\n", "eu-west-1"), format!("{leaves} `uk`")),
        (in_region("region: norwayeast\n", "northeurope"), format!("{leaves} `eea`")),
        (in_region("region: us-gov-west-1\n", "ca-central-1"), format!("{leaves} `us`")),
        // Regions that nobody knows, zones where a region has to stand, and none at all.
        (in_region("region: eu-west-9\n", "eu-west-1"), "line 1: `region`: found an unknown region".to_owned()),
        (in_region("region: eu\n", "eu-west-1"), "line 1: `region`: found an unknown region".to_owned()),
        (in_region("region: eu-west-1\n", "moon-1"), "line 3: `sinks.out.region`: found an unknown region".to_owned()),
        (in_region("region: eu-west-1\n", "EU-WEST-1"), "line 3: `sinks.out.region`: found an unknown region".to_owned()),
        (in_region("region: eu-west-1\n", "\"\""), "line 3: `sinks.out.region`: found an empty text".to_owned()),
        (in_region("preset: standard\n", "eu-west-1"), "line 1: `region`: found nothing".to_owned()),
        (with_sink("type: http, url: \"https://a.example/\""), "line 3: `sinks.out.region`: found nothing".to_owned()),
        (with_sink(&format!("{http} \"https://a.example/\", zone: eu")), "line 3: `sinks.out.zone`: found an unknown key".to_owned()),
        (with("residency: { default: eu-west-9 }"), "line 5: `residency.default`: found an unknown region".to_owned()),
        (with("residency: { default: adequacy }"), "line 5: `residency.default`: found an unknown region".to_owned()),
        (with("residency: { adequacy: [uk, ch] }"), "line 5: `residency.adequacy`: found an unknown key".to_owned()),
        // Routes: nowhere, from nobody, out of the zone without a reason.
        (format!("{HEAD}{OUT}"), "line 2: `sources.app`: found a source without a route".to_owned()),
        (format!("{HEAD}{OUT}routes: [{{ to: [] }}]\n"), "line 4: `routes[0]`: found a route without `to`".to_owned()),
        (format!("{HEAD}{OUT}routes: [{{ from: [], to: [out] }}]\n"), "line 4: `routes[0]`: found a route from no source".to_owned()),
        (format!("{HEAD}{OUT}routes: [{{ to: [elsewhere] }}]\n"), "line 4: `routes[0].to`: found an unknown name".to_owned()),
        (format!("{HEAD}{OUT}routes: [{{ from: [nobody], to: [out] }}]\n"), "line 4: `routes[0].from`: found an unknown name".to_owned()),
        (format!("{HEAD}{OUT}routes: [{{ to: [out], basis: \"\" }}]\n"), "line 4: `routes[0].basis`: found an empty text".to_owned()),
        (format!("{HEAD}{OUT}routes: [{{ to: [out], failover: [us] }}]\n"), "line 4: `routes[0].failover`: found an unknown key".to_owned()),
        (with_sink(&format!("{http} \"https://a.example/\" }}, out: {{ type: stdout")), "line 3: `sinks.out`: found a key that stands twice".to_owned()),
        // Rules: about what the record says, about what has not come, about nothing, in the wrong order.
        (with("residency: { rules: [{ when: { source: app }, region: us-east-1 }] }"), format!("{leaves} `us`")),
        (with("residency: { rules: [{ when: { tenant: a }, region: eu-west-1 }] }"), "line 5: `residency.rules[0].when`: found metadata that no source has".to_owned()),
        (with("residency: { rules: [{ when: { residency.region: us-east-1 }, region: us-east-1 }] }"), "line 5: `residency.rules[0].when`: found metadata that no source has".to_owned()),
        (with("residency: { rules: [{ when: { namespace: a }, region: eu-west-1 }] }"), "line 5: `residency.rules[0].when`: found metadata that no source has".to_owned()),
        (files("residency: { rules: [{ when: { source: app, file: a }, region: eu-west-1 }] }"), "line 5: `residency.rules[0].when`: found a pattern that no source has the name for".to_owned()),
        (files("residency: { rules: [{ when: { file: \"/us/*\" }, region: us-east-1 }] }"), "line 2: `sources.logs`: found records of the zone `us`".to_owned()),
        (with("residency: { rules: [{ when: { source: ap }, region: eu-west-1 }] }"), "line 5: `residency.rules[0].when`: found a pattern that no source has the name for".to_owned()),
        (with("residency:\n  rules:\n    - { when: { source: '*' }, region: eu-west-1 }\n    - { when: { source: app }, region: us-east-1 }"), "line 8: `residency.rules[1].when`: found a rule that an earlier one leaves nothing for".to_owned()),
        (with("residency: { rules: [{ region: eu-west-1 }] }"), "line 5: `residency.rules[0]`: found a rule without `when` or `region`".to_owned()),
        // Addresses: with a password, of another kind, of another region, redirects, from somewhere else.
        (with_sink(&format!("{http} \"https://user:pass@a.example/\"")), "line 3: `sinks.out.url`: found another text".to_owned()),
        (with_sink(&format!("{http} \"ftp://a.example/\"")), "line 3: `sinks.out.url`: found another text".to_owned()),
        (with_sink(&format!("{http} {{ env: URL }}")), "line 3: `sinks.out.url`: found a map".to_owned()),
        (with_sink(&format!("{http} \"https://in.us-east-1.example/\"")), "line 3: `sinks.out.url`: found a host that names another region".to_owned()),
        (with_sink(&format!("{http} \"https://in.uksouth.example/\"")), "line 3: `sinks.out.url`: found a host that names another region".to_owned()),
        (with_sink(&format!("{http} \"https://a.example/\", redirects: true")), "line 3: `sinks.out.redirects`: found an unknown key".to_owned()),
        (with_sink(&format!("{http} \"https://a.example/\", proxy: \"http://b.example\"")), "line 3: `sinks.out.proxy`: found an unknown key".to_owned()),
        (with_sink(&format!("{aws}, endpoint: \"https://a.example\"")), "line 3: `sinks.out.endpoint`: found an endpoint without `endpoint_region`".to_owned()),
        (with_sink(&format!("{aws}, endpoint_region: eu-west-1")), "line 3: `sinks.out.endpoint_region`: found a region without `endpoint`".to_owned()),
        (with_sink(&format!("{aws}, endpoint: \"https://a.example\", endpoint_region: us-east-1")), "line 3: `sinks.out.endpoint_region`: found another region than `region`".to_owned()),
        (with_sink(&format!("{aws}, endpoint: \"https://logs.us-east-1.amazonaws.com\", endpoint_region: eu-west-1")), "line 3: `sinks.out.endpoint`: found a host that names another region".to_owned()),
        (with_sink(&format!("{s3}, endpoint: \"https://s3-us-west-2.amazonaws.com\", endpoint_region: eu-west-1")), "line 3: `sinks.out.endpoint`: found a host that names another region".to_owned()),
        (with_sink(&format!("{s3}, endpoint: \"https://s3.amazonaws.com\", endpoint_region: eu-west-1")), "line 3: `sinks.out.endpoint`: found a host of AWS that names no region".to_owned()),
        (with_sink(&format!("{s3}, endpoint: \"https://u:p@a.example\", endpoint_region: eu-west-1")), "line 3: `sinks.out.endpoint`: found another text".to_owned()),
        (with_sink(&s3.replace("eu-west-1", "northeurope")), "line 3: `sinks.out.region`: found a region of another provider".to_owned()),
        (with_sink(&s3.replace("logs-eu", "\"arn:aws:s3:us-east-1:111122223333:accesspoint/a\"")), "line 3: `sinks.out.bucket`: found another text".to_owned()),
        (with_sink(&format!("{s3}, sse: {{ kms_key: \"arn:aws:kms:us-east-1:111122223333:key/a\" }}")), "line 3: `sinks.out.sse.kms_key`: found a key of another region".to_owned()),
        (with_sink(&format!("{aws}, kms_key: \"arn:aws:kms:us-east-1:111122223333:key/a\"")), "line 3: `sinks.out.kms_key`: found a key of another region".to_owned()),
        // Names: steps out of a folder, and what a record says of itself.
        (with_sink(&format!("{s3}, key: \"a/../{{id}}\"")), "line 3: `sinks.out.key`: found another text".to_owned()),
        (with_sink("type: file, path: \"/var/log/../{source}\""), "line 3: `sinks.out.path`: found another text".to_owned()),
        (with_sink(&format!("{aws}, stream: \"{{residency.region}}\"")), "line 3: `sinks.out.stream`: found a place for what no source knows".to_owned()),
        (with_sink(&format!("{s3}, key: \"{{user_id|none}}/{{id}}\"")), "line 3: `sinks.out.key`: found a place for what no source knows".to_owned()),
        (with_sink("type: file, path: \"/var/log/{pod}\""), "line 3: `sinks.out.path`: found a place for what no source knows".to_owned()),
        // What the program says about itself.
        (with("audit: { path: /tmp/a, to: us }").replace("sinks: {", "sinks: { us: { type: s3, region: us-east-1, bucket: audit },"), "line 5: `audit.to`: found a sink in another zone".to_owned()),
        (with("audit: { path: /tmp/a, to: nobody }"), "line 5: `audit.to`: found an unknown name".to_owned()),
        (with("admin: { otlp: \"http://metrics.example:4318/\" }"), "line 5: `admin.otlp_region`: found nothing".to_owned()),
        (with("admin: { otlp: \"http://metrics.example:4318/\", otlp_region: us-east-1 }"), "line 5: `admin.otlp_region`: found a region in another zone".to_owned()),
        (with("admin: { otlp: \"http://m.us-east-1.example:4318/\", otlp_region: eu-west-1 }"), "line 5: `admin.otlp`: found a host that names another region".to_owned()),
        (with("preset: gdpr\nadmin: { otlp: \"http://metrics.example:4318/\", otlp_region: eu-west-1 }"), "line 6: `admin.otlp`: found a host beyond this machine, without TLS".to_owned()),
        (with("admin: { traces: \"http://127.0.0.1:4318/\" }"), "line 5: `admin.traces`: found an unknown key".to_owned()),
        (with("dead_letters: { to: us }"), "line 5: `dead_letters`: found an unknown key".to_owned()),
        (with("buffer: { dir: /tmp/b, dead_letters: \"s3://us\" }"), "line 5: `buffer.dead_letters`: found an unknown key".to_owned()),
    ]
    .into_iter()
    .collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hushlog.yaml");
    println!("{} configurations", cases.len());
    for (number, (text, problem)) in cases.iter().enumerate() {
        std::fs::write(&path, text).unwrap();
        // `run` looks at the same as `check`; a few of them show that it does.
        for command in if number % 8 == 0 { &["check", "run"][..] } else { &["check"] } {
            let refused = Command::new(env!("CARGO_BIN_EXE_hushlog")).args([command, "-c"]).arg(&path).output().unwrap();
            let said = String::from_utf8(refused.stderr).unwrap();
            assert_eq!(refused.status.code(), Some(2), "{text}{said}");
            assert!(said.contains(problem.as_str()), "{text}{problem}\n{said}");
            assert!(said.contains("; allowed: "), "{said}");
            for value in ["user:pass", "u:p@", "a.example", "111122223333"] {
                assert!(!said.contains(value), "{said}");
            }
        }
    }
}

#[test]
fn the_environment_moves_no_record() {
    // docs: an endpoint counts only where the configuration names it; tests/sinks.rs sends with these set.
    let config = with_sink("type: cloudwatch_logs, region: eu-west-1, group: g");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hushlog.yaml");
    std::fs::write(&path, config).unwrap();
    let check = |variables: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hushlog"));
        let checked = command.args(["check", "--format", "jsonl", "-c"]).arg(&path).envs(variables.iter().copied()).output().unwrap();
        String::from_utf8(checked.stdout).unwrap()
    };
    let elsewhere = [("AWS_ENDPOINT_URL", "http://us-east-1.example"), ("AWS_REGION", "us-east-1"), ("HTTPS_PROXY", "http://us.example")];
    assert_eq!(check(&elsewhere), check(&[]));
    assert!(check(&elsewhere).contains("\"sink_region\":\"eu-west-1\""));
}

const TABLE: &str = "region: eu-west-1
sources:
  app: { type: http, listen: \"127.0.0.1:1\" }
  here: { type: http, listen: \"127.0.0.1:2\" }
residency: { rules: [{ when: { source: app }, region: us-east-1 }] }
routes:
  - { to: [cw, local] }
  - { from: [app], to: [archive], basis: \"SCC 2021/914\" }
sinks:
  cw: { type: cloudwatch_logs, region: us-west-2, group: g, retention: 30d }
  archive: { type: s3, region: eu-central-1, bucket: logs-eu, sse: { kms_key: alias/a }, object_lock: { mode: governance, retain: 30d } }
  local: { type: file, path: /var/log/out.ndjson }
buffer: { dir: /var/lib/hushlog, key: { file: /run/key } }
audit: { path: /var/lib/hushlog/audit.jsonl, to: archive }
";

#[test]
fn check_prints_where_records_go_and_what_becomes_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hushlog.yaml");
    std::fs::write(&path, TABLE).unwrap();
    let check = |options: &[&str]| {
        let checked = Command::new(env!("CARGO_BIN_EXE_hushlog")).arg("check").args(options).arg("-c").arg(&path).output().unwrap();
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
        String::from_utf8(checked.stdout).unwrap()
    };
    let text = check(&[]);
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()).collect();
    let disk = "buffer: AES-256-GCM";
    let kms = format!("TLS; at rest: SSE-KMS; {disk}");
    let locked = ["locked 30d (governance)", "deletion by who may bypass the lock; where replication rules copy objects"];
    let never = ["never sent: another zone", "-", "-", "-"];
    let machine = format!("this machine; at rest: none; {disk}");
    let files = ["10 files set aside", "encryption at rest; retention in time; who copies the files"];
    let expected: Vec<Vec<&str>> = vec![
        vec!["SOURCE", "REGION", "ZONE", "SINK", "SINK REGION", "BASIS", "ENCRYPTION", "RETENTION", "NOT ENFORCEABLE"],
        [
            &["app", "us-east-1", "us", "cw", "us-west-2", "same zone"][..],
            &["TLS; at rest: the service's own key; buffer: AES-256-GCM", "30d", "an account policy can override the retention"],
        ]
        .concat(),
        [&["app", "us-east-1", "us", "archive", "eu-central-1", "SCC 2021/914", &kms][..], &locked].concat(),
        [&["app", "us-east-1", "us", "local", "eu-west-1"][..], &never].concat(),
        [&["here", "eu-west-1", "eu", "cw", "us-west-2"][..], &never].concat(),
        [&["here", "eu-west-1", "eu", "local", "eu-west-1", "same zone", &machine][..], &files].concat(),
        [&["audit", "eu-west-1", "eu", "archive", "eu-central-1", "same zone", &kms][..], &locked].concat(),
    ];
    assert_eq!(rows, expected, "{text}");
    assert_eq!(text, check(&[]), "the same every time");
    let lines = check(&["--format", "jsonl"]);
    assert_eq!(lines.lines().count(), expected.len() - 1);
    assert_eq!(
        lines.lines().nth(3).unwrap(),
        "{\"source\":\"here\",\"region\":\"eu-west-1\",\"zone\":\"eu\",\"sink\":\"cw\",\"sink_region\":\"us-west-2\",\"sink_zone\":\"us\",\
         \"allowed\":false,\"basis\":\"never sent: another zone\",\"transport\":\"TLS\",\"at_rest\":\"the service's own key\",\
         \"buffer\":\"AES-256-GCM\",\"retention\":\"30d\",\"not_enforceable\":[\"an account policy can override the retention\"]}"
    );
}
