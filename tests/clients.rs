//! Clients that others wrote send to `hushlog run`: every record arrives once, masked and tagged, in a store.
//!
//! tests/clients/setup.sh installs them; without it these tests say so and do nothing, except where CI is set.

use crate::support::proxy::{Proxy, Store, until};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

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
