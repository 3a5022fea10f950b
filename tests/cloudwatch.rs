//! The source `cloudwatch_logs`: what the service's clients send and what they are told.

use crate::support::single::{Proxy, folder, gzip};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64
}

fn start() -> Proxy {
    Proxy::start("cloudwatch_logs", "", folder())
}

fn call(proxy: &Proxy, operation: &str, body: &Value) -> (u16, Value) {
    raw_call(proxy, operation, "", body.to_string().as_bytes())
}

fn raw_call(proxy: &Proxy, operation: &str, headers: &str, body: &[u8]) -> (u16, Value) {
    let headers = format!("content-type: application/x-amz-json-1.1\r\nx-amz-target: Logs_20140328.{operation}\r\n{headers}");
    let (status, body) = proxy.post(&headers, body);
    (status, serde_json::from_str(&body).unwrap_or_else(|_| panic!("{status}: {body}")))
}

fn made(proxy: &Proxy) {
    assert_eq!(call(proxy, "CreateLogGroup", &json!({"logGroupName": "/app/a"})), (200, json!({})));
    assert_eq!(call(proxy, "CreateLogStream", &json!({"logGroupName": "/app/a", "logStreamName": "s1"})), (200, json!({})));
}

fn put(events: &Value) -> Value {
    json!({"logGroupName": "/app/a", "logStreamName": "s1", "logEvents": events, "sequenceToken": "x"})
}

fn refused(outcome: (u16, Value)) -> String {
    assert!(outcome.0 >= 400, "{outcome:?}");
    outcome.1["__type"].as_str().unwrap().to_owned()
}

#[test]
fn events_are_masked_and_stay_one_record_each() {
    let proxy = start();
    made(&proxy);
    let now = now();
    let events = json!([
        {"timestamp": now - 2000, "message": "login user@example.com\n  at main.py:3\nssn=123-45-6789"},
        {"timestamp": now - 1000, "message": "{\"mail\":\"user@example.com\",\"n\":1}"},
        {"timestamp": now, "message": "plain \"text\" \u{e9}"},
    ]);
    let (status, answer) = call(&proxy, "PutLogEvents", &put(&events));
    assert_eq!(status, 200, "{answer}");
    assert!(answer["nextSequenceToken"].as_str().is_some_and(|token| token.len() == 56), "{answer}");
    assert_eq!(answer.get("rejectedLogEventsInfo"), None);
    let records = proxy.records(3);
    assert_eq!(records.len(), 3);
    assert_eq!(records[0]["message"], "login [EMAIL]\n  at main.py:3\nssn=[US_SSN]");
    assert_eq!((&records[1]["mail"], &records[1]["n"]), (&json!("[EMAIL]"), &json!(1)));
    assert_eq!(records[2]["message"], "plain \"text\" \u{e9}");
    let tag = |record: &Value| ["residency.region", "log_group", "log_stream"].map(|name| record[name].clone());
    assert!(records.iter().all(|record| tag(record) == ["eu-west-1", "/app/a", "s1"]), "{records:?}");
}

#[test]
fn a_private_key_is_masked_inside_an_event_and_over_several() {
    let proxy = start();
    made(&proxy);
    let line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
    let lines = ["before", "-----BEGIN PRIVATE KEY-----", line, line, "-----END PRIVATE KEY-----", "after"];
    let now = now();
    let mut events: Vec<Value> = lines.iter().map(|line| json!({"timestamp": now, "message": line})).collect();
    events.push(json!({"timestamp": now, "message": lines.join("\n")}));
    let (status, answer) = call(&proxy, "PutLogEvents", &put(&json!(events)));
    assert_eq!(status, 200, "{answer}");
    let records = proxy.records(7);
    let messages: Vec<&str> = records.iter().map(|record| record["message"].as_str().unwrap()).collect();
    let key = "[PEM_PRIVATE_KEY]";
    assert_eq!(messages, ["before", key, key, key, key, "after", &format!("before\n{key}\n{key}\n{key}\n{key}\nafter")]);
}

#[test]
fn groups_and_streams_are_made_listed_and_missed_as_in_the_service() {
    let proxy = start();
    let event = json!([{"timestamp": now(), "message": "m"}]);
    assert_eq!(refused(call(&proxy, "PutLogEvents", &put(&event))), "ResourceNotFoundException");
    assert_eq!(
        refused(call(&proxy, "CreateLogStream", &json!({"logGroupName": "/app/a", "logStreamName": "s1"}))),
        "ResourceNotFoundException"
    );
    made(&proxy);
    assert_eq!(refused(call(&proxy, "CreateLogGroup", &json!({"logGroupName": "/app/a"}))), "ResourceAlreadyExistsException");
    assert_eq!(
        refused(call(&proxy, "CreateLogStream", &json!({"logGroupName": "/app/a", "logStreamName": "s1"}))),
        "ResourceAlreadyExistsException"
    );
    assert_eq!(refused(call(&proxy, "CreateLogGroup", &json!({"logGroupName": "a b"}))), "InvalidParameterException");
    assert_eq!(call(&proxy, "PutRetentionPolicy", &json!({"logGroupName": "/app/a", "retentionInDays": 7})).0, 200);
    assert_eq!(
        refused(call(&proxy, "PutRetentionPolicy", &json!({"logGroupName": "/app/a", "retentionInDays": 8}))),
        "InvalidParameterException"
    );
    assert_eq!(call(&proxy, "TagLogGroup", &json!({"logGroupName": "/app/a", "tags": {"a": "b"}})).0, 200);
    assert_eq!(call(&proxy, "TagResource", &json!({"resourceArn": "arn", "tags": {"a": "b"}})).0, 200);
    let (_, groups) = call(&proxy, "DescribeLogGroups", &json!({"logGroupNamePrefix": "/app"}));
    assert_eq!((&groups["logGroups"][0]["logGroupName"], &groups["logGroups"][0]["retentionInDays"]), (&json!("/app/a"), &json!(7)));
    let (_, streams) = call(&proxy, "DescribeLogStreams", &json!({"logGroupName": "/app/a", "logStreamNamePrefix": "s"}));
    assert_eq!(streams["logStreams"][0]["logStreamName"], "s1");
    assert!(streams["logStreams"][0]["uploadSequenceToken"].is_string());
    for operation in ["GetLogEvents", "DeleteLogGroup", "FilterLogEvents", "StartQuery"] {
        assert_eq!(refused(call(&proxy, operation, &json!({}))), "AccessDeniedException");
    }
    assert_eq!(refused(raw_call(&proxy, "PutLogEvents", "content-encoding: br\r\n", b"{}")), "SerializationException");
    let (status, body) = proxy.post("x-amz-target: DynamoDB_20120810.ListTables\r\n", b"{}");
    assert!(status == 404 && body.contains("UnknownOperationException"), "{status} {body}");
}

#[test]
fn a_stream_that_nobody_made_is_made_where_the_configuration_says_so() {
    let proxy = Proxy::start("cloudwatch_logs", ", unknown_streams: create", folder());
    let event = json!([{"timestamp": now(), "message": "m"}]);
    assert_eq!(call(&proxy, "PutLogEvents", &put(&event)).0, 200);
    assert_eq!(call(&proxy, "PutLogEvents", &put(&event)).0, 200);
    let mut bad = put(&event);
    bad["logStreamName"] = json!("a:b");
    assert_eq!(refused(call(&proxy, "PutLogEvents", &bad)), "InvalidParameterException");
    assert_eq!(proxy.records(2).len(), 2);
}

#[test]
fn limits_and_ages_are_those_of_the_service() {
    const DAY: i64 = 86_400_000;
    let proxy = start();
    made(&proxy);
    let now = now();
    let event = |time: i64| json!({"timestamp": time, "message": "m"});
    for events in [json!([event(now), event(now - 1)]), json!([event(now - 2 * DAY), event(now)]), json!([]), json!([event(-1)])] {
        assert_eq!(refused(call(&proxy, "PutLogEvents", &put(&events))), "InvalidParameterException");
    }
    let many = vec![event(now); 10_001];
    assert_eq!(refused(call(&proxy, "PutLogEvents", &put(&json!(many)))), "InvalidParameterException");
    let large = json!([{"timestamp": now, "message": "m".repeat(1_048_576 - 25)}]);
    assert_eq!(refused(call(&proxy, "PutLogEvents", &put(&large))), "InvalidParameterException");
    let empty = json!([{"timestamp": now, "message": ""}]);
    assert_eq!(refused(call(&proxy, "PutLogEvents", &put(&empty))), "InvalidParameterException");
    assert_eq!(refused(raw_call(&proxy, "PutLogEvents", "", b"{\"logGroupName\": \"secret-word")), "SerializationException");
    let (status, answer) = call(&proxy, "PutLogEvents", &put(&json!([event(now - 15 * DAY), event(now), event(now + 3 * 3_600_000)])));
    assert_eq!((status, &answer["rejectedLogEventsInfo"]), (200, &json!({"tooOldLogEventEndIndex": 1, "tooNewLogEventStartIndex": 2})));
    call(&proxy, "PutRetentionPolicy", &json!({"logGroupName": "/app/a", "retentionInDays": 1}));
    let (_, answer) = call(&proxy, "PutLogEvents", &put(&json!([event(now - 2 * DAY)])));
    assert_eq!(answer["rejectedLogEventsInfo"], json!({"expiredLogEventEndIndex": 1}));
    assert_eq!(proxy.records(1).len(), 1);
}

#[test]
fn packed_bodies_and_the_largest_batch_are_taken() {
    let proxy = start();
    made(&proxy);
    let now = now();
    let body = put(&json!(vec![json!({"timestamp": now, "message": "ssn=123-45-6789"}); 10_000])).to_string();
    let (status, answer) = raw_call(&proxy, "PutLogEvents", "content-encoding: gzip\r\n", &gzip(body.as_bytes()));
    assert_eq!(status, 200, "{answer}");
    let records = proxy.records(10_000);
    assert_eq!(records.len(), 10_000);
    assert!(records.iter().all(|record| record["message"] == "ssn=[US_SSN]"));
}

#[test]
fn without_a_signature_nothing_is_taken_where_keys_are_asked_for() {
    let folder = folder();
    let secret = crate::support::single::file(&folder, "secret", "a-secret-of-this-test");
    let keys = format!(", access_keys: [{{ id: AKIDTEST, secret: {{ file: \"{}\" }} }}]", secret.display());
    let proxy = Proxy::start("cloudwatch_logs", &keys, folder);
    assert_eq!(refused(call(&proxy, "CreateLogGroup", &json!({"logGroupName": "g"}))), "MissingAuthenticationTokenException");
    let signed = "x-amz-date: 20200101T000000Z\r\nauthorization: AWS4-HMAC-SHA256 Credential=AKIDTEST/20200101/eu-west-1/logs/aws4_request, \
                  SignedHeaders=host;x-amz-date;x-amz-target, Signature=0000000000000000000000000000000000000000000000000000000000000000\r\n";
    assert_eq!(refused(raw_call(&proxy, "CreateLogGroup", signed, b"{}")), "InvalidSignatureException");
    let other = signed.replace("AKIDTEST", "AKIDOTHER");
    assert_eq!(refused(raw_call(&proxy, "CreateLogGroup", &other, b"{}")), "UnrecognizedClientException");
}

#[test]
fn text_in_wider_letters_never_passes_unread() {
    let proxy = start();
    made(&proxy);
    let wide: String = "mail jane@example.com".chars().flat_map(|letter| ['\0', letter]).collect();
    let events = json!([{"timestamp": now(), "message": wide}]);
    assert_eq!(refused(call(&proxy, "PutLogEvents", &put(&events))), "InvalidParameterException");
    let events = json!([{"timestamp": now(), "message": "mail jane@example.com"}]);
    assert_eq!(call(&proxy, "PutLogEvents", &put(&events)).0, 200);
    assert_eq!(proxy.records(1)[0]["message"], "mail [EMAIL]");
}
