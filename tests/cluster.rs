//! The `kubernetes` source asks an API server: what records carry, where the policy of a namespace lets them go, and
//! what happens while the server fails. The server is a small one of ours: there is no real one here.
#![cfg(feature = "server")]

mod server;

use crate::support::proxy::{Proxy, Store, free_port, until};
use serde_json::{Value, json};
use server::{Api, uid};
use std::fs;
use std::io::Write;

const TIME: &str = "2026-03-01T10:15:00.123456789Z";

/// The proxy on a folder of pods; stores in two zones, and one for what nobody knows.
struct Node {
    proxy: Proxy,
    eu: Store,
    us: Store,
    apart: Store,
    metrics: u16,
}

impl Node {
    fn start(url: &str, options: &str) -> Self {
        let [eu, us, apart] = [(); 3].map(|()| Store::start());
        let metrics = free_port();
        let tokens = tempfile::tempdir().unwrap().keep();
        fs::write(tokens.join("token"), "first\n").unwrap();
        let proxy = Proxy::start(&format!(
            "preset: [soc2]\nregion: eu-west-1\n\
             sources:\n  in: {{ type: http, listen: \"127.0.0.1:PORT\" }}\n\
             \x20 pods: {{ type: kubernetes, path: DIR/logs, poll: 20ms, rotate_wait: 300ms, checkpoints: DIR/state,\n\
             \x20   api: {{ node: node-1, url: \"{url}\", token: {{ file: {}/token }}, {options} }} }}\n\
             residency: {{ quarantine: apart }}\naudit: {{ path: DIR/audit.jsonl }}\nadmin: {{ metrics: \"127.0.0.1:{metrics}\" }}\n\
             routes: [{{ to: [eu, us] }}]\n\
             sinks:\n  eu: {{ type: http, region: eu-central-1, url: \"http://127.0.0.1:{}/\" }}\n\
             \x20 us: {{ type: http, region: us-east-2, url: \"http://127.0.0.1:{}/\" }}\n\
             \x20 apart: {{ type: http, region: eu-west-3, url: \"http://127.0.0.1:{}/\" }}\n",
            tokens.display(),
            eu.port,
            us.port,
            apart.port
        ));
        fs::rename(&tokens, proxy.path("tokens")).unwrap();
        std::os::unix::fs::symlink(proxy.path("tokens"), &tokens).unwrap();
        Self { proxy, eu, us, apart, metrics }
    }

    /// The container of a pod writes a line.
    fn write(&self, namespace: &str, pod: &str, text: &str) {
        let folder = self.proxy.path(&format!("logs/{namespace}_{pod}_{}/main", uid(pod)));
        fs::create_dir_all(&folder).unwrap();
        let mut file = fs::File::options().create(true).append(true).open(folder.join("0.log")).unwrap();
        writeln!(file, "{TIME} stdout F {text}").unwrap();
    }

    /// Its metrics.
    fn page(&self) -> String {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.metrics)).unwrap();
        stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        std::io::read_to_string(stream).unwrap()
    }

    /// Waits for a record with this text, and gives it.
    fn record(&self, store: &Store, text: &str) -> Value {
        let find = || store.lines().into_iter().find(|line| line.contains(text));
        until(&format!("{text}: {}", self.proxy.log()), || find().is_some());
        serde_json::from_str(&find().unwrap()).unwrap()
    }
}

fn plain(api: &Api) -> String {
    format!("http://127.0.0.1:{}", api.port)
}

/// Nothing is set apart before the server was asked, however slow the machine is.
const PATIENT: &str = "wait: 60s";

#[test]
fn records_carry_what_the_cluster_says() {
    let api = Api::start();
    api.namespace("ml", json!({}));
    api.pod(
        "ml",
        "trainer-5d9c-x",
        json!({
            "labels": { "app": "trainer", "pod-template-hash": "5d9c", "contact": "mail jane@example.com", "jane@example.com": "x" },
            "annotations": { "team": "speech", "secret/note": "ssn 123-45-6789", "other": "o" },
            "ownerReferences": [{ "kind": "ReplicaSet", "name": "trainer-5d9c", "controller": true }],
        }),
    );
    let node = Node::start(&plain(&api), &format!("{PATIENT}, annotations: [team, 'secret/*']"));
    node.write("ml", "trainer-5d9c-x", "hello");
    let record = node.record(&node.eu, "hello");
    for (name, value) in [
        ("namespace", "ml"),
        ("pod", "trainer-5d9c-x"),
        ("node", "node-1"),
        ("workload", "trainer"),
        ("workload_kind", "Deployment"),
        ("label.app", "trainer"),
        ("label.contact", "mail [EMAIL]"),
        ("annotation.team", "speech"),
        ("annotation.secret/note", "ssn [US_SSN]"),
    ] {
        assert_eq!(record[name], value, "{name} of {record}");
    }
    assert!(!record.to_string().contains("example.com") && record.get("annotation.other").is_none(), "{record}");
    // What changes is on later records; a pod that is gone stays known.
    api.pod("ml", "trainer-5d9c-x", json!({ "labels": { "app": "other" } }));
    let mut number = 0;
    until("the new label", || {
        number += 1;
        node.write("ml", "trainer-5d9c-x", &format!("again {number}."));
        node.record(&node.eu, &format!("again {number}."))["label.app"] == "other"
    });
    api.delete("trainer-5d9c-x");
    node.write("ml", "trainer-5d9c-x", "last words");
    assert_eq!(node.record(&node.eu, "last words")["label.app"], "other");
    let heads = api.heads();
    assert!(heads.iter().any(|head| head.starts_with("GET /api/v1/pods?fieldSelector=spec.nodeName%3Dnode-1&")), "{heads:?}");
    assert!(heads.iter().all(|head| head.contains("as=PartialObjectMetadata")), "specifications must not come here");
    assert!(node.apart.len() == 0 && node.us.len() == 0);
}

#[test]
fn a_namespace_decides_and_a_pod_may_only_tighten() {
    let api = Api::start();
    api.namespace("home", json!({}));
    api.namespace("abroad", json!({ "hushlog.dev/region": "us-east-1", "hushlog.dev/preset": "soc2-standard" }));
    api.namespace("clinic", json!({ "hushlog.dev/preset": "hipaa" }));
    for (namespace, pod, annotations) in [
        ("home", "plain", json!({})),
        ("home", "loose", json!({ "hushlog.dev/region": "us-east-1" })),
        ("home", "tight", json!({ "hushlog.dev/region": "eu-central-1" })),
        ("home", "strict", json!({ "hushlog.dev/preset": "pci" })),
        ("home", "odd", json!({ "hushlog.dev/region": "us-east-1, eu-west-1" })),
        ("abroad", "there", json!({})),
        ("abroad", "back", json!({ "hushlog.dev/region": "eu-west-1", "hushlog.dev/raw-on-node": "allow" })),
        ("clinic", "scan", json!({ "hushlog.dev/preset": "standard" })),
    ] {
        api.pod(namespace, pod, json!({ "annotations": annotations }));
    }
    let node = Node::start(&plain(&api), PATIENT);
    for (namespace, pod) in [
        ("clinic", "scan"),
        ("home", "loose"),
        ("home", "odd"),
        ("home", "strict"),
        ("abroad", "back"),
        ("home", "tight"),
        ("abroad", "there"),
        ("home", "plain"),
    ] {
        node.write(namespace, pod, &format!("canary-{pod}"));
    }
    assert_eq!(node.record(&node.eu, "canary-plain")["residency.region"], "eu-west-1");
    assert_eq!(node.record(&node.eu, "canary-tight")["residency.region"], "eu-west-1");
    assert_eq!(node.record(&node.us, "canary-there")["residency.region"], "us-east-1");
    // The others wait. Once the namespace allows what the pod says, its records go there, and the others still wait.
    api.namespace("home", json!({ "hushlog.dev/region": "us-west-2" }));
    assert_eq!(node.record(&node.us, "canary-loose")["residency.region"], "us-west-2");
    let seen = [&node.eu, &node.us, &node.apart].map(|store| String::from_utf8(store.seen()).unwrap());
    for pod in ["scan", "strict", "odd", "back"] {
        assert!(seen.iter().all(|seen| !seen.contains(&format!("canary-{pod}"))), "{pod}: {seen:?}");
    }
    assert!(!seen[0].contains("canary-loose") && !seen[0].contains("canary-there") && !seen[1].contains("canary-tight"));
}

#[test]
fn what_nobody_knows_is_set_apart_after_a_while() {
    let api = Api::start();
    api.namespace("home", json!({}));
    api.namespace("clinic", json!({ "hushlog.dev/preset": "hipaa" }));
    api.pod("home", "loose", json!({ "annotations": { "hushlog.dev/region": "us-east-1" } }));
    api.pod("clinic", "scan", json!({}));
    let node = Node::start(&plain(&api), "wait: 100ms");
    node.write("clinic", "scan", "canary-scan");
    node.write("home", "loose", "canary-loose mail jane@example.com");
    node.write("nowhere", "lost", "canary-lost ssn 123-45-6789");
    let record = node.record(&node.apart, "canary-lost");
    assert_eq!((&record["residency.quarantine"], &record["residency.region"]), (&json!("undecided"), &json!("eu-west-1")));
    assert!(record["message"].as_str().unwrap().contains("ssn [US_SSN]"), "{record}");
    assert!(node.record(&node.apart, "canary-loose").to_string().contains("mail [EMAIL]"));
    // When more is known, later records go where they belong.
    api.namespace("nowhere", json!({}));
    api.pod("nowhere", "lost", json!({}));
    let mut number = 0;
    until("its own place", || {
        number += 1;
        node.write("nowhere", "lost", &format!("found-{number}."));
        until("anywhere", || {
            [&node.apart, &node.eu].iter().any(|store| store.lines().iter().any(|line| line.contains(&format!("found-{number}."))))
        });
        node.eu.lines().iter().any(|line| line.contains(&format!("found-{number}.")))
    });
    let seen = [&node.eu, &node.us, &node.apart].map(|store| String::from_utf8(store.seen()).unwrap());
    assert!(seen.iter().all(|seen| !seen.contains("canary-scan")), "the preset of the namespace is not in force");
    assert!(node.us.len() == 0 && !seen[0].contains("canary-loose"), "the pod left its zone");
    let page = node.page();
    let count = |name: &str| -> f64 {
        let line = page
            .lines()
            .find(|line| line.starts_with(&format!("{name}{{source=\"pods\"}} ")))
            .unwrap_or_else(|| panic!("no {name} in {page}"));
        line.rsplit(' ').next().unwrap().parse().unwrap()
    };
    assert!(count("hushlog_source_quarantined_total") >= 2.0 && count("hushlog_source_findings_total") >= 2.0, "{page}");
    assert!(count("hushlog_source_bytes_total") > 100.0, "{page}");
}

#[test]
fn a_server_that_fails_is_asked_again() {
    let api = Api::start();
    api.namespace("ml", json!({}));
    let node = Node::start(&plain(&api), PATIENT);
    let learned = |name: &str| {
        api.pod("ml", name, json!({ "labels": { "app": name } }));
        node.write("ml", name, &format!("from-{name}."));
        assert_eq!(node.record(&node.eu, &format!("from-{name}."))["label.app"], name);
    };
    learned("first");
    for round in 0..3 {
        api.cut();
        learned(&format!("cut-{round}"));
        api.forget();
        learned(&format!("forgotten-{round}"));
    }
    // The token was renewed on the disk.
    let before = api.refused();
    api.accept("second");
    until("the old token is refused", || api.refused() > before);
    fs::write(node.proxy.path("tokens/token"), "second").unwrap();
    learned("renewed");
    let log = node.proxy.log();
    assert!(log.contains("the token is not accepted") && !log.contains("second"), "{log}");
}

#[test]
fn the_server_is_known_by_its_authority() {
    let made = crate::tls::certificates(&["server"]);
    let api = Api::over_tls(made.path());
    api.namespace("ml", json!({}));
    api.pod("ml", "a", json!({ "labels": { "app": "a" } }));
    let url = format!("https://localhost:{}", api.port);
    let node = Node::start(&url, &format!("{PATIENT}, ca: {}", made.path().join("ca.pem").display()));
    node.write("ml", "a", "hello");
    assert_eq!(node.record(&node.eu, "hello")["label.app"], "a");
    let other = crate::tls::certificates(&["server"]);
    let asked = api.heads().len();
    let node = Node::start(&url, &format!("wait: 100ms, ca: {}", other.path().join("ca.pem").display()));
    node.write("ml", "a", "hello");
    node.record(&node.apart, "hello");
    assert!(node.proxy.log().contains("the connection failed"));
    assert!(
        api.heads().iter().skip(asked).all(|head| !head.contains("/pods?") || !head.contains("limit")),
        "the token went to another server"
    );
}

#[test]
fn options_that_cannot_hold_are_refused() {
    let port = free_port();
    let check = |api: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hushlog.yaml");
        let text = format!(
            "region: eu-west-1\nsources: {{ pods: {{ type: kubernetes, checkpoints: /tmp/c, api: {api} }}, in: {{ type: http, listen: \"127.0.0.1:{port}\" }} }}\n\
             routes: [{{ to: [out] }}]\nsinks: {{ out: {{ type: stdout }} }}\n"
        );
        fs::write(&path, text).unwrap();
        let checked = std::process::Command::new(env!("CARGO_BIN_EXE_hushlog")).arg("check").arg("-c").arg(&path).output().unwrap();
        (checked.status.success(), String::from_utf8(checked.stderr).unwrap())
    };
    assert!(check("{ node: { env: NODE_NAME } }").0);
    for (api, words) in [
        ("{ }", "`sources.pods.api`: found a map without `node`"),
        ("{ node: 'a b' }", "`sources.pods.api.node`: found another name"),
        ("{ node: a, url: 'http://10.0.0.1' }", "`sources.pods.api.url`: found another address"),
        ("{ node: a, lables: x }", "`sources.pods.api.lables`: found an unknown key"),
        ("{ node: a, token: secret-of-mine }", "`sources.pods.api.token`"),
    ] {
        let (fine, said) = check(api);
        assert!(!fine && said.contains(words) && !said.contains("secret-of-mine"), "{api}: {said}");
    }
}
