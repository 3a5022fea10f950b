//! Metrics and health of a proxy that runs: what is counted is what was sent.

use super::{Proxy, Store, folder, port, request};
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[test]
fn the_page_counts_what_was_sent() {
    let (store, folder) = (Store::new(), folder());
    let proxy = Proxy::start(&folder, &store, "", &[]);
    for _ in 0..5 {
        assert_eq!(proxy.send("a@example.com ssn=123-45-6789\nplain\n"), 200);
    }
    assert_eq!(request(&proxy.source, "POST /in\nauthorization: Bearer other", b"x\n").unwrap().0, 401);
    for (series, expected) in [
        ("hushlog_source_records_total{source=\"app\"}", 10.0),
        ("hushlog_source_bytes_total{source=\"app\"}", 5.0 * 36.0),
        ("hushlog_source_findings_total{source=\"app\"}", 10.0),
        ("hushlog_findings_total{action=\"label\",kind=\"email\"}", 5.0),
        ("hushlog_findings_total{action=\"label\",kind=\"us_ssn\"}", 5.0),
        ("hushlog_source_auth_failures_total{source=\"app\"}", 1.0),
        ("hushlog_sink_records_total{sink=\"store\"}", 10.0),
        ("hushlog_stage_seconds_count{stage=\"scrub\"}", 5.0),
        ("hushlog_stage_seconds_count{stage=\"buffer\"}", 5.0),
        ("hushlog_buffer_bytes", 0.0),
        ("hushlog_config_reload_ok", 1.0),
    ] {
        assert_eq!(proxy.value(series), expected, "{series}\n{}", proxy.page());
    }
    assert!(proxy.value("hushlog_stage_seconds_count{stage=\"send\"}") >= 1.0);
    assert!(proxy.value("hushlog_config_age_seconds") > 0.0);
    let version = request(&proxy.health, "GET /version", b"").unwrap().1;
    assert!(version.contains(env!("CARGO_PKG_VERSION")), "{version}");
    assert_eq!(request(&proxy.health, "GET /healthz", b"").unwrap().0, 200);
    assert_eq!(request(&proxy.health, "GET /metrics", b"").unwrap().0, 404);
    assert_eq!(request(&proxy.metrics, "POST /metrics", b"x").unwrap().0, 405);
    assert_eq!(proxy.stop(), Some(0));
}

#[test]
fn a_sink_that_fails_shows_in_metrics_and_readiness() {
    let (store, folder) = (Store::new(), folder());
    let proxy = Proxy::start(&folder, &store, "", &[]);
    store.answer_with(503);
    let source = proxy.source.clone();
    let sender = std::thread::spawn(move || request(&source, "POST /in\nauthorization: Bearer sender-token", b"plain\n"));
    proxy.wait("a retry is counted", || proxy.value("hushlog_sink_retries_total{reason=\"an error of the server\",sink=\"store\"}") >= 2.0);
    assert!(proxy.value("hushlog_buffer_bytes") > 0.0 && proxy.value("hushlog_sink_failing_seconds{sink=\"store\"}") > 0.0);
    proxy.wait("it is not ready", || request(&proxy.health, "GET /readyz", b"").is_some_and(|(status, _)| status == 503));
    let (_, body) = request(&proxy.health, "GET /readyz", b"").unwrap();
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&body["causes"][0]["cause"], &body["causes"][0]["sink"]), (&"sink_failing".into(), &"store".into()));
    assert!(proxy.value("hushlog_buffer_oldest_seconds") >= 9.0);
    store.answer_with(200);
    assert_eq!(sender.join().unwrap().unwrap().0, 200);
    proxy.wait("it is ready again", || request(&proxy.health, "GET /readyz", b"").is_some_and(|(status, _)| status == 200));
    store.answer_with(400);
    proxy.send("refused\n");
    assert_eq!(proxy.value("hushlog_sink_dead_letters_total{reason=\"the request is refused\",sink=\"store\"}"), 1.0);
}

#[test]
fn metrics_are_pushed_at_the_end() {
    let (store, collector, folder) = (Store::new(), Store::new(), folder());
    let with = format!("otlp: \"http://{}/v1/metrics\"", collector.address);
    let proxy = Proxy::start(&folder, &store, &with, &[]);
    proxy.send("a@example.com\n");
    assert_eq!(proxy.stop(), Some(0));
    let pushed = collector.text();
    assert!(
        ["hushlog_uptime_seconds", "hushlog_stage_seconds", "service.name", "email"].iter().all(|part| pushed.contains(part)),
        "{} bytes",
        pushed.len()
    );
}

#[test]
fn what_comes_by_standard_input_is_counted() {
    let (folder, metrics) = (folder(), format!("127.0.0.1:{}", port()));
    let config = format!(
        "region: eu-west-1\nsources: {{ in: {{ type: stdin }} }}\nsinks: {{ out: {{ type: stdout }} }}\n\
         routes: [{{ to: [out] }}]\nadmin: {{ metrics: \"{metrics}\" }}\n"
    );
    std::fs::write(folder.path().join("hushlog.yaml"), config).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_hushlog"))
        .current_dir(folder.path())
        .args(["run", "-c", "hushlog.yaml"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"a@example.com ssn=123-45-6789\nplain\n").unwrap();
    let wanted = [
        "hushlog_source_records_total{source=\"in\"} 2",
        "hushlog_source_bytes_total{source=\"in\"} 36",
        "hushlog_source_findings_total{source=\"in\"} 2",
        "hushlog_findings_total{action=\"label\",kind=\"email\"} 1",
    ];
    let page = || request(&metrics, "GET /metrics", b"").map(|(_, page)| page).unwrap_or_default();
    let from = Instant::now();
    while !wanted.iter().all(|line| page().lines().any(|is| is == *line)) {
        assert!(from.elapsed() < Duration::from_secs(30), "{}", page());
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(input);
    assert!(child.wait().unwrap().success());
}
