//! Counting, exporting and bounds of the metrics.

use super::*;
use crate::record::{KindCount, Report};

fn report(kind: &str, masked: u64) -> Report {
    let kinds = vec![KindCount { kind: kind.to_owned(), masked, bytes: 9 }];
    Report { bytes_in: 100, kinds, ..Report::default() }
}

fn page(telemetry: &Arc<Telemetry>) -> String {
    Exporter::start(telemetry, None).unwrap().page()
}

#[test]
fn what_is_counted_stands_on_the_page() {
    let telemetry = Arc::new(Telemetry::default());
    telemetry.learn([("email", "label"), ("us_ssn", "token")].into_iter());
    let source = telemetry.source("app");
    source.scanned(&report("us_ssn", 3), 1);
    source.scanned(&report("us_ssn", 1), 2);
    source.scanned(&report("no_such_kind", 1), 2);
    source.took(7);
    source.refused(Refusal::Full);
    source.auth_failed();
    source.lost(9);
    source.quarantined(2);
    let connected = source.connected();
    let sink = telemetry.sink("store");
    sink.sent(5, 500);
    sink.retried("throttled");
    sink.dead("the request is refused", 2);
    telemetry.audit_head(AuditHead { sequence: 12, hash: [0xff; 32] });
    telemetry.watch(|| Waiting { bytes: 10, max_bytes: 20, oldest: Duration::from_secs(3), failing: false });
    let exporter = Exporter::start(&telemetry, None).unwrap();
    drop(telemetry.time(Stage::Scrub));
    let page = exporter.page();
    for line in [
        "hushlog_source_bytes_total{source=\"app\"} 300",
        "hushlog_source_records_total{source=\"app\"} 7",
        "hushlog_source_findings_total{source=\"app\"} 5",
        "hushlog_source_refused_total{reason=\"buffer_full\",source=\"app\"} 1",
        "hushlog_source_auth_failures_total{source=\"app\"} 1",
        "hushlog_source_lost_bytes_total{source=\"app\"} 9",
        "hushlog_source_quarantined_total{source=\"app\"} 2",
        "hushlog_source_connections{source=\"app\"} 1",
        "hushlog_findings_total{action=\"token\",kind=\"us_ssn\"} 4",
        "hushlog_findings_total{action=\"other\",kind=\"other\"} 1",
        "hushlog_sink_records_total{sink=\"store\"} 5",
        "hushlog_sink_retries_total{reason=\"throttled\",sink=\"store\"} 1",
        "hushlog_sink_dead_letters_total{reason=\"the request is refused\",sink=\"store\"} 2",
        "hushlog_stage_seconds_count{stage=\"scrub\"} 1",
        "hushlog_buffer_bytes 10",
        "hushlog_buffer_oldest_seconds 3",
        "hushlog_audit_sequence 12",
        "hushlog_audit_head{part=\"7\"} 4294967295",
        "hushlog_config_reload_ok 1",
    ] {
        assert!(page.lines().any(|found| found == line), "no {line} in\n{page}");
    }
    assert!(!page.contains("email"), "what was not found has no series");
    drop(connected);
    assert!(exporter.page().contains("hushlog_source_connections{source=\"app\"} 0"));
}

#[test]
fn every_metric_has_a_value_or_a_time() {
    let telemetry = Arc::new(Telemetry::default());
    telemetry.learn([("email", "label")].into_iter());
    telemetry.source("app").scanned(&report("email", 1), 1);
    let sink = telemetry.sink("store");
    sink.retried("throttled");
    sink.dead("refused", 1);
    telemetry.keys([("k1".to_owned(), SystemTime::now())]);
    telemetry.audit_head(AuditHead::default());
    let exporter = Exporter::start(&telemetry, None).unwrap();
    drop(telemetry.time(Stage::Send));
    let page = exporter.page();
    for metric in names::ALL {
        assert!(page.contains(&format!("# HELP {} ", metric.name)), "{} has no value", metric.name);
    }
}

#[test]
fn series_are_bounded() {
    let telemetry = Arc::new(Telemetry::default());
    let kinds: Vec<String> = (0..1_000).map(|at| format!("kind_{at}")).collect();
    telemetry.learn(kinds.iter().map(|kind| (kind.as_str(), "label")));
    const REASONS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
    for at in 0..200 {
        let source = telemetry.source(&format!("source-{at}"));
        let sink = telemetry.sink(&format!("sink-{at}"));
        for (kind, sinks) in kinds.iter().zip(0..).step_by(if at == 0 { 1 } else { 100 }) {
            source.scanned(&report(kind, 1), sinks);
        }
        for reason in REASONS {
            sink.retried(reason);
            sink.dead(reason, 1);
        }
    }
    let page = page(&telemetry);
    let series = page.lines().filter(|line| !line.starts_with('#')).count();
    assert!(series <= 2_000, "{series} series");
    assert!(page.contains("source=\"other\"") && page.contains("sink=\"other\"") && page.contains("kind=\"other\""));
    assert!(page.contains("hushlog_sink_retries_total{reason=\"other\""));
}

#[test]
fn causes_are_named_and_go_away() {
    let telemetry = Arc::new(Telemetry::default());
    assert_eq!(telemetry.causes(), [Cause::NotRunning]);
    telemetry.running(true);
    telemetry.sink("store").retried("throttled");
    assert_eq!(telemetry.causes(), [], "a short failure is none");
    telemetry.audit_failed();
    assert_eq!(telemetry.causes(), [Cause::AuditFailing]);
    telemetry.audit_head(AuditHead::default());
    telemetry.watch(|| Waiting { bytes: 99, max_bytes: 100, oldest: Duration::ZERO, failing: true });
    assert_eq!(telemetry.causes(), [Cause::BufferFull, Cause::DiskFailing]);
}

#[test]
fn a_summary_says_what_came_since_the_last() {
    let telemetry = Telemetry::default();
    telemetry.learn([("email", "label")].into_iter());
    let source = telemetry.source("app");
    source.scanned(&report("email", 3), 1);
    let before = telemetry.summary();
    assert!(before.since(&before).is_empty());
    source.scanned(&report("email", 2), 1);
    source.auth_failed();
    telemetry.sink("store").dead("refused", 4);
    let moved = telemetry.summary().since(&before);
    assert_eq!(moved.routes[&("app".to_owned(), 1)].findings["email"], 2);
    assert_eq!(moved.sources["app"].auth_failures, 1);
    assert_eq!(moved.sinks["store"].dead_letters["refused"], 4);
}
