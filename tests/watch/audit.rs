//! The audit log of a proxy that runs, and `hushlog audit`.

use super::{Proxy, Store, folder};
use std::fs;
use std::process::Command;

const AUDIT: &str = "audit: { path: audit.jsonl, to: store, seal: 200ms }\n";

fn audit(proxy_folder: &std::path::Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_hushlog")).current_dir(proxy_folder).arg("audit").args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap().trim().to_owned())
}

fn events(text: &str, name: &str) -> Vec<serde_json::Value> {
    let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    lines.filter(|line| line["event"] == name).collect()
}

#[test]
fn a_run_is_audited_and_its_log_verifies() {
    let (store, folder) = (Store::new(), folder());
    let proxy = Proxy::start(&folder, &store, AUDIT, &[]);
    assert_eq!(proxy.send("a@example.com\nb@example.com\n"), 200);
    super::request(&proxy.source, "POST /in", b"x\n");
    proxy.wait("the summary is sealed", || {
        let text = fs::read_to_string(proxy.path("audit.jsonl")).unwrap();
        !events(&text, "findings").is_empty() && !events(&text, "authentication").is_empty()
    });
    proxy.wait("the head goes out", || proxy.value("hushlog_audit_sequence") > 4.0);
    assert_eq!(proxy.stop(), Some(0));
    let text = fs::read_to_string(folder.path().join("audit.jsonl")).unwrap();
    let findings: u64 = events(&text, "findings").iter().filter_map(|line| line["findings"]["email"].as_u64()).sum();
    assert_eq!(findings, 2, "{text}");
    assert_eq!(events(&text, "findings")[0]["sinks"][0], "store");
    assert_eq!(events(&text, "authentication")[0]["failed"], 1);
    for name in ["start", "key", "taken", "sent", "stop"] {
        assert!(!events(&text, name).is_empty(), "no {name} in {text}");
    }
    let (code, head) = audit(folder.path(), &["head", "audit.jsonl"]);
    assert_eq!(code, Some(0));
    let (code, verdict) = audit(folder.path(), &["verify", "audit.jsonl", "--head", &head]);
    assert_eq!(code, Some(0), "{verdict}");
    assert!(verdict.ends_with("end anchored"), "{verdict}");
    let (code, verdict) = audit(folder.path(), &["verify", "audit.jsonl"]);
    assert!(code == Some(0) && verdict.contains("end not anchored"), "{verdict}");
    // An edit, and a head that is no longer there.
    fs::write(folder.path().join("edited"), text.replace("\"failed\":1", "\"failed\":0")).unwrap();
    let (code, verdict) = audit(folder.path(), &["verify", "edited", "--public-key", "audit.jsonl.pub"]);
    assert!(code == Some(1) && verdict.contains("was edited"), "{verdict}");
    let cut: String = text.lines().take(3).map(|line| format!("{line}\n")).collect();
    fs::write(folder.path().join("cut"), cut).unwrap();
    let (code, verdict) = audit(folder.path(), &["verify", "cut", "--public-key", "audit.jsonl.pub", "--head", &head]);
    assert!(code == Some(1) && verdict.contains("the end was cut off"), "{verdict}");
    let (code, message) = audit(folder.path(), &["verify", "audit.jsonl", "--head", "12"]);
    assert!(code == Some(2) && message.contains("SEQ:HASH"), "{message}");
}

#[test]
fn a_full_log_goes_on_in_the_next_file() {
    let (store, folder) = (Store::new(), folder());
    let full = || {
        let names = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("audit.jsonl.0000000000")).count()
    };
    for _ in 0..2 {
        let before = full();
        let proxy = Proxy::start(&folder, &store, "audit: { path: audit.jsonl, to: store, seal: 100ms, rotate: 600B }\n", &[]);
        proxy.send("a@example.com\n");
        proxy.wait("a file is full", || full() > before);
        assert_eq!(proxy.stop(), Some(0));
    }
    let (code, head) = audit(folder.path(), &["head", "audit.jsonl"]);
    assert_eq!(code, Some(0), "{head}");
    let (code, verdict) = audit(folder.path(), &["verify", "audit.jsonl", "--head", &head]);
    assert!(code == Some(0) && verdict.ends_with("end anchored"), "{verdict}");
    let sequence = head.split(':').next().unwrap();
    assert!(verdict.contains(&format!("intact to {sequence}, sealed to {sequence}")), "{verdict}");
}

#[test]
fn sealed_lines_reach_their_sink_through_stops_and_crashes() {
    let (store, folder) = (Store::new(), folder());
    let proxy = Proxy::start(&folder, &store, AUDIT, &[]);
    proxy.send("a@example.com\n");
    proxy.wait("lines reach the sink", || store.text().contains("\"event\":\"findings\""));
    proxy.kill();
    // A crash while a line was written.
    let mut log = fs::OpenOptions::new().append(true).open(folder.path().join("audit.jsonl")).unwrap();
    std::io::Write::write_all(&mut log, b"{\"seq\":4").unwrap();
    drop(log);
    let (code, verdict) = audit(folder.path(), &["verify", "audit.jsonl"]);
    assert!(code == Some(0) && verdict.contains("torn (8 bytes)"), "{verdict}");
    Proxy::start(&folder, &store, AUDIT, &[]).stop();
    let proxy = Proxy::start(&folder, &store, AUDIT, &[]);
    let text = fs::read_to_string(folder.path().join("audit.jsonl")).unwrap();
    assert_eq!((events(&text, "start").len(), events(&text, "repair").len(), events(&text, "stop").len()), (3, 1, 1));
    let own = || store.text().lines().filter(|line| line.contains("\"seq\":")).map(|line| format!("{line}\n")).collect::<String>();
    proxy.wait("the stop of the run before reaches the sink, too", || own().contains("\"event\":\"stop\""));
    proxy.stop();
    fs::write(folder.path().join("stored"), own()).unwrap();
    let (code, verdict) = audit(folder.path(), &["verify", "stored", "--public-key", "audit.jsonl.pub", "--part"]);
    assert_eq!(code, Some(0), "{verdict}");
}
