//! Values of requests appear in no metric, audit line, log, or page (invariant I4).

use super::{Proxy, Store, folder, request};
use std::fs;

/// Stands in every place of a request that a sender fills.
const CANARY: &str = "qzcanary";

#[test]
fn i4_what_senders_write_is_on_no_page_and_in_no_log() {
    let (store, folder) = (Store::new(), folder());
    let audit = "audit: { path: audit.jsonl, seal: 100ms }\n";
    let proxy = Proxy::start(&folder, &store, audit, &["--log-format", "json", "--log-level", "debug"]);
    let token = "authorization: Bearer sender-token";
    let json = "content-type: application/json";
    let requests: [(String, &str); 10] = [
        (format!("POST /{CANARY}?{CANARY}={CANARY}@example.com\n{token}"), "user=qzcanary@example.com password=qzcanarySecret42\n"),
        (format!("POST /in\n{token}\n{json}\nx-{CANARY}: {CANARY}\nuser-agent: {CANARY}"), "{\"qzcanary@example.com\":\"qzcanary\"}"),
        (format!("POST /in\n{token}\n{json}"), "{\"qzcanary\":"),
        (format!("POST /in\n{token}\ncontent-encoding: gzip"), "qzcanary is no gzip"),
        (format!("POST /in\n{token}\ncontent-encoding: {CANARY}"), "qzcanary"),
        (format!("POST /in\n{token}\ncontent-type: {CANARY}/x"), "qzcanary"),
        (format!("POST /in\nauthorization: Bearer {CANARY}"), "qzcanary"),
        (format!("{} /in\n{token}", CANARY.to_uppercase()), "qzcanary"),
        (format!("POST /in\n{token}\ncookie: {CANARY}={CANARY}"), "GET /?mail=qzcanary%40example.com\n"),
        (format!("POST /in\n{token}\nx-forwarded-for: {CANARY}"), "trace qzcanary\n"),
    ];
    let mut pages = String::new();
    for (head, body) in &requests {
        let (_, answer) = request(&proxy.source, head, body.as_bytes()).unwrap();
        pages.push_str(&answer);
    }
    for path in ["/healthz", "/readyz", "/version", "/qzcanary?qzcanary=1"] {
        pages.push_str(&request(&proxy.health, &format!("GET {path}\nx-{CANARY}: {CANARY}"), b"").unwrap().1);
    }
    store.answer_with(400);
    proxy.send("dead qzcanary@example.com\n");
    proxy.wait("everything is sealed", || fs::read_to_string(proxy.path("audit.jsonl")).unwrap().contains("dead_letters"));
    pages.push_str(&proxy.page());
    assert!(proxy.value("hushlog_findings_total{action=\"label\",kind=\"email\"}") >= 2.0, "the values were seen");
    assert_eq!(proxy.stop(), Some(0));
    assert!(store.text().contains(CANARY), "what is no finding reaches the store: the test sends what it looks for");
    let mut files = 0;
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).to_lowercase();
        files += 1;
        assert!(!text.contains(CANARY), "{} holds what a sender wrote", path.display());
    }
    assert!(files >= 5, "the audit log, its keys, the log and the configuration");
    assert!(!pages.to_lowercase().contains(CANARY), "{pages}");
    let log = fs::read_to_string(folder.path().join("stderr")).unwrap();
    assert!(log.lines().count() >= 2, "{log}");
    for line in log.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
    }
}
