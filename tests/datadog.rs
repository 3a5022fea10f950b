//! The source `datadog` and the sink of that name: what clients send, what they are told, and what the service sees.

use crate::hec::ask;
use crate::support::single::{Proxy, file, folder, gzip};
use serde_json::{Value, json};

mod sink;

const LOGS: &str = "/api/v2/logs";

fn post(proxy: &Proxy, path: &str, headers: &str, body: &[u8]) -> (u16, String) {
    ask(proxy, "POST", path, headers, body)
}

fn taken() -> (u16, String) {
    (202, "{}".to_owned())
}

#[test]
fn logs_are_masked_in_every_part_and_stay_one_record_each() {
    let proxy = Proxy::start("datadog", "", folder());
    let json_type = "content-type: application/json\r\n";
    let logs = json!([
        {"message": "login user@example.com", "ddsource": "nginx", "ddtags": "env:prod,email:user@example.com", "hostname": "user@example.com",
            "service": "web", "timestamp": 1_700_000_000_123_u64, "deep": {"ssn": "123-45-6789", "list": ["user@example.com"]}},
        {"message": "{\"password\":\"hunter2hunter2\"}", "user@example.com": 1},
    ]);
    let deflated = {
        let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut out, b"{\"message\":\"two\"}").unwrap();
        out.finish().unwrap()
    };
    assert_eq!(post(&proxy, LOGS, &format!("{json_type}content-encoding: gzip\r\n"), &gzip(logs.to_string().as_bytes())), taken());
    assert_eq!(post(&proxy, LOGS, &format!("{json_type}content-encoding: deflate\r\n"), &deflated), taken());
    let packed = zstd::bulk::compress(b"[{\"message\":\"three\"}]", 1).unwrap();
    assert_eq!(post(&proxy, &format!("{LOGS}?ddtags=a:user@example.com&service=s"), "content-encoding: zstd\r\n", &packed), taken());
    assert_eq!(post(&proxy, "/v1/input", "content-type: text/plain\r\nddsource: x\r\n", b"ssn=123-45-6789\n"), (200, "{}".to_owned()));
    let records = proxy.records(5);
    assert_eq!(records[0]["deep"], json!({"ssn": "[US_SSN]", "list": ["[EMAIL]"]}));
    let keys = ["message", "ddsource", "ddtags", "hostname", "service"].map(|key| records[0][key].clone());
    assert_eq!(keys, ["login [EMAIL]", "nginx", "env:prod,email:[EMAIL]", "[EMAIL]", "web"]);
    assert_eq!(records[0]["timestamp"], 1_700_000_000_123_u64);
    assert!(!records[1].to_string().contains("hunter2") && !records[1].to_string().contains('@'), "{}", records[1]);
    assert_eq!(records[2]["message"], "two");
    assert_eq!(["message", "ddtags", "service"].map(|key| records[3][key].clone()), ["three", "a:[EMAIL]", "s"]);
    assert_eq!(["message", "ddsource"].map(|key| records[4][key].clone()), ["ssn=[US_SSN]", "x"]);
    assert!(records.iter().all(|record| record["residency.region"] == "eu-west-1"), "{records:?}");
}

#[test]
fn clients_are_told_what_the_service_tells_them() {
    let folder = folder();
    let key = file(&folder, "key", "00000000000000000000000000000abc\n");
    let proxy = Proxy::start("datadog", &format!(", api_keys: [{{ file: '{}' }}], max_body: 64KiB", key.display()), folder);
    let good = "dd-api-key: 00000000000000000000000000000abc\r\n";
    let status = |path: &str, headers: &str, body: &[u8]| post(&proxy, path, headers, body).0;
    let log = b"{\"message\":\"x\"}".as_slice();
    assert_eq!(status(LOGS, "", log), 403);
    assert_eq!(status(LOGS, "dd-api-key: 00000000000000000000000000000abd\r\n", log), 403);
    assert_eq!(status(&format!("{LOGS}?dd-api-key=00000000000000000000000000000abc"), "", log), 403);
    assert_eq!(status("/v1/input/00000000000000000000000000000abd", "", log), 403);
    assert_eq!(status("/v1/input/00000000000000000000000000000abc", "", log), 200);
    assert_eq!(status(LOGS, good, log), 202);
    // What the agent asks at its start: is somebody there?
    assert_eq!(post(&proxy, LOGS, good, b"{}"), taken());
    assert_eq!(ask(&proxy, "GET", "/api/v1/validate", good, b""), (200, "{\"valid\":true}".to_owned()));
    assert_eq!(ask(&proxy, "GET", "/api/v1/validate", "", b"").0, 403);
    let (code, told) = post(&proxy, LOGS, &format!("{good}content-type: application/json\r\n"), b"[{\"message\":");
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((code, &told["errors"][0]["status"]), (400, &json!("400")));
    assert_eq!(status(LOGS, good, &vec![b' '; 65 << 10]), 413);
    assert_eq!(status(LOGS, &format!("{good}content-encoding: br\r\n"), log), 415);
    assert_eq!(ask(&proxy, "GET", LOGS, good, b"").0, 405);
    assert_eq!(status("/api/v2/x", good, log), 404);
    assert_eq!(proxy.records(2).len(), 2);
}
