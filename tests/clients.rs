//! Clients that others wrote send to `hushlog run`: every record arrives once, masked and tagged, in a store.
//!
//! tests/clients/setup.sh installs them; without it these tests say so and do nothing, except where CI is set.

use crate::support::proxy::{Proxy, Store, until};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const SECRET: &str = "5f1c0000-0000-4000-8000-00000000abcd";
const COUNT: usize = 200;

fn python() -> Option<PathBuf> {
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let python = target.parent().unwrap().join("clients/venv/bin/python");
    if python.exists() {
        return Some(python);
    }
    assert!(std::env::var_os("CI").is_none(), "no clients: run tests/clients/setup.sh");
    eprintln!("left out: no clients; run tests/clients/setup.sh");
    None
}

/// What arrives when a client has sent its records, by number.
fn sent(client: &str, source: &str, options: &str) -> Option<Vec<Value>> {
    let python = python()?;
    let store = Store::start();
    let folder = tempfile::TempDir::new().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, SECRET).unwrap();
    let proxy = Proxy::start(&format!(
        "region: eu-west-1\nsources: {{ in: {{ type: {source}, {} }} }}\n\
         sinks: {{ out: {{ type: http, region: eu-west-1, url: 'http://127.0.0.1:{}/' }} }}\nroutes: [{{ to: [out] }}]\n",
        options.replace("SECRET", &format!("{{ file: '{}' }}", secret.display())),
        store.port
    ));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/send.py");
    let outcome = Command::new(python).arg(script).args([client, &proxy.port.to_string(), SECRET, &COUNT.to_string()]).output().unwrap();
    assert!(outcome.status.success(), "{client}: {}", String::from_utf8_lossy(&outcome.stderr));
    until("all records are there", || store.len() >= COUNT);
    assert_eq!(store.len(), COUNT);
    let seen = store.seen();
    for raw in ["user@example.com", "123-45-6789"] {
        assert!(!seen.windows(raw.len()).any(|window| window == raw.as_bytes()), "{client}: a value came through");
    }
    let mut records: Vec<Value> = store.lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(records.iter().all(|record| record["residency.region"] == "eu-west-1"));
    records.sort_by_key(|record| {
        let text = record.to_string();
        text.split("n=").nth(1).and_then(|rest| rest.split(' ').next()).and_then(|number| number.parse::<usize>().ok())
    });
    Some(records)
}

fn text(number: usize) -> String {
    format!("n={number} mail=[EMAIL]\n  ssn=[US_SSN] \"end\" \u{e9}")
}

#[test]
fn splunk_handler_sends_events() {
    let Some(records) = sent("splunk-handler", "splunk_hec", "listen: '127.0.0.1:PORT', tokens: [SECRET]") else { return };
    for (number, record) in records.iter().enumerate() {
        assert_eq!(record["event"], text(number));
        assert_eq!(["host", "source", "sourcetype", "index"].map(|key| record[key].clone()), ["host-1", "app", "text", "main"]);
        assert!(record["time"].as_f64().unwrap() > 1.7e9);
    }
}

#[test]
fn splunk_hec_handler_sends_objects_with_fields() {
    let Some(records) = sent("splunk-hec-handler", "splunk_hec", "listen: '127.0.0.1:PORT', tokens: [SECRET]") else { return };
    for (number, record) in records.iter().enumerate() {
        assert_eq!((&record["event"]["message"], &record["event"]["number"]), (&json!(text(number)), &json!(number)));
        assert_eq!(record["fields"], json!({"email": "[EMAIL]", "ok": "yes"}));
        assert_eq!(record["time"], 1_700_000_000.25);
    }
}

#[test]
fn datadogs_own_client_sends_logs() {
    for encoding in ["identity", "gzip", "deflate"] {
        let Some(records) = sent(&format!("datadog-{encoding}"), "datadog", "listen: '127.0.0.1:PORT', api_keys: [SECRET]") else { return };
        for (number, record) in records.iter().enumerate() {
            assert_eq!((&record["message"], &record["number"]), (&json!(text(number)), &json!(number.to_string())));
            let keys = ["ddsource", "ddtags", "hostname", "service"].map(|key| record[key].clone());
            assert_eq!(keys, ["app", "env:test,email:[EMAIL]", "host-1", "web"]);
        }
    }
}

#[test]
fn opentelemetrys_own_sdk_sends_logs_both_ways() {
    for (client, address) in [("otlp-http", "http"), ("otlp-grpc", "grpc")] {
        let Some(records) = sent(client, "otlp", &format!("{address}: '127.0.0.1:PORT', tokens: [SECRET]")) else { return };
        for (number, record) in records.iter().enumerate() {
            assert_eq!(["body", "severity_text"].map(|key| record[key].clone()), [text(number), "INFO".to_owned()]);
            assert_eq!((&record["severity_number"], &record["scope"]["name"]), (&json!(9), &json!("test")));
            assert_eq!(record["attributes"]["email"], "[EMAIL]");
            assert_eq!(record["attributes"]["deep"], json!({"list": ["[EMAIL]", 1.5, "[EMAIL]"]}));
            assert_eq!(["service.name", "note"].map(|key| record["resource"][key].clone()), ["web", "[EMAIL]"]);
            assert!(record["timestamp"].as_str().unwrap().ends_with('Z'), "{record}");
        }
    }
}

#[test]
fn fluents_own_logger_sends_records() {
    let Some(records) = sent("fluent", "fluent", "listen: '127.0.0.1:PORT'") else { return };
    for (number, record) in records.iter().enumerate() {
        assert_eq!(["message", "email", "tag"].map(|key| record[key].clone()), [text(number), "[EMAIL]".into(), "app.web".into()]);
        assert_eq!(record["deep"], json!({"list": ["[EMAIL]", 1.5, null, true]}));
    }
}

/// What a receiver of others got from the sink `otlp`, as the JSON of protocol buffers, in one object for each request.
fn received(receiver: &str, arguments: &[&Path], sink: impl FnOnce(&str) -> String) {
    let Some(python) = python() else { return };
    let script = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(name);
    let mut receiver = Command::new(&python).arg(script(receiver)).args(arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(receiver.stdout.take().unwrap()).lines().map(Result::unwrap);
    let to = lines.next().unwrap();
    let proxy = Proxy::start(&format!(
        "region: eu-west-1\nsources: {{ in: {{ type: otlp, http: '127.0.0.1:PORT' }} }}\n\
         sinks: {{ out: {{ type: otlp, region: eu-west-1, {} }} }}\nroutes: [{{ to: [out] }}]\n",
        sink(&to)
    ));
    let sent = Command::new(python).arg(script("send.py")).args(["otlp-http", &proxy.port.to_string(), SECRET, "100"]).output().unwrap();
    assert!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stderr));
    let mut all = BTreeSet::new();
    while all.len() < 100 {
        let request: Value = serde_json::from_str(&lines.next().unwrap()).unwrap();
        for logs in request["resourceLogs"].as_array().unwrap() {
            let resource = logs["resource"].to_string();
            assert!(resource.contains(r#"{"key":"residency.region","value":{"stringValue":"eu-west-1"}}"#), "{resource}");
            assert!(resource.contains(r#"{"key":"note","value":{"stringValue":"[EMAIL]"}}"#), "{resource}");
            assert_eq!(logs["scopeLogs"][0]["scope"]["name"], "test");
            for log in logs["scopeLogs"][0]["logRecords"].as_array().unwrap() {
                let body = log["body"]["stringValue"].as_str().unwrap();
                let number: usize = body.split(['=', ' ']).nth(1).unwrap().parse().unwrap();
                assert_eq!(body, text(number));
                assert!(all.insert(number), "{number} came twice");
                assert_eq!((&log["severityText"], &log["severityNumber"]), (&json!("INFO"), &json!("SEVERITY_NUMBER_INFO")));
                assert!(log["timeUnixNano"].as_str().unwrap().len() == 19, "{log}");
                let attributes = log["attributes"].to_string();
                assert!(attributes.contains(r#"{"key":"email","value":{"stringValue":"[EMAIL]"}}"#), "{attributes}");
                assert!(
                    attributes.contains(r#"{"values":[{"stringValue":"[EMAIL]"},{"doubleValue":1.5},{"stringValue":"[EMAIL]"}]}"#),
                    "{attributes}"
                );
            }
        }
    }
    receiver.kill().unwrap();
    receiver.wait().unwrap();
}

#[test]
fn what_the_sink_sends_is_read_by_opentelemetrys_own_stubs() {
    received("receive.py", &[], |to| format!("url: 'http://127.0.0.1:{to}/v1/logs'"));
}

#[test]
fn what_the_sink_calls_is_read_by_opentelemetrys_own_stubs() {
    let made = crate::tls::certificates(&["server", "client"]);
    let path = |name: &str| made.path().join(name).display().to_string();
    std::fs::write(made.path().join("token"), SECRET).unwrap();
    let token = format!("token: {{ file: '{}' }}", path("token"));
    received("receive_grpc.py", &[], |to| format!("protocol: grpc, url: 'http://127.0.0.1:{to}', {token}"));
    // Over TLS with a certificate of the client's own, and not packed.
    received("receive_grpc.py", &[made.path()], |to| {
        let identity = format!("ca: '{}', cert: '{}', key: {{ file: '{}' }}", path("ca.pem"), path("client.pem"), path("client.key"));
        format!("protocol: grpc, url: 'https://localhost:{to}', compression: none, {identity}, {token}")
    });
}
