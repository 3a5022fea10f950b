//! Options of sinks: what is read, what is refused, and that no value is quoted. Requests that are taken in part.

use super::*;
use crate::config::Config;

/// Stands for a value in the wrong place.
const SECRET: &str = "hunter2-hunter2";

fn built(options: &str) -> (Vec<String>, Option<Box<dyn Builder>>) {
    let config = Config::parse(&format!("sinks:\n  x: {{ {options} }}\n")).unwrap();
    let mut problems = Problems::default();
    let sink = build(&config.server.sinks[0], &mut problems);
    (problems.iter().map(ToString::to_string).collect(), sink.map(|(_, sink)| sink))
}

fn each(start: &str, cases: &[(&str, &str)]) {
    for (options, wanted) in cases {
        let (problems, _) = built(&format!("{start}, {options}"));
        assert_eq!(problems.len(), 1, "{options}: {problems:?}");
        assert!(problems[0].contains(wanted), "{options}: {problems:?}");
        assert!(!problems[0].contains("hunter2"), "{options}: {problems:?}");
    }
}

const CW: &str = "type: cloudwatch_logs, region: eu-west-1";
const S3: &str = "type: s3, region: eu-west-1, bucket: logs-eu";
const HEC: &str = "type: splunk_hec, region: eu-west-1, url: 'https://splunk.example:8088', token: { env: T }";
const DD: &str = "type: datadog, region: eu-central-1, api_key: { env: T }";

#[test]
fn what_is_right_is_read() {
    for options in [
        "type: cloudwatch_logs, region: eu-west-1, group: /ml/training".to_owned(),
        format!(
            "{CW}, group: '/ml/{{namespace|none}}', stream: '{{pod|default}}/{{file}}', retention: 30d, create: false, encoding: text, \
             kms_key: 'arn:aws:kms:eu-west-1:111122223333:key/1', endpoint: 'http://127.0.0.1:5000', endpoint_region: eu-west-1, timeout: 5s"
        ),
        format!("{CW}, group: a, retention: 3653d"),
        S3.to_owned(),
        format!(
            "{S3}, key: 'logs/{{source}}/{{date}}/{{hour}}/{{time}}-{{id}}', sse: {{ kms_key: alias/logs }}, compression: gzip, \
             object_lock: {{ mode: governance, retain: 30d }}, max_batch: 64MiB, linger: 5m, concurrency: 4"
        ),
        format!("{S3}, sse: aes256, compression: none, object_lock: {{ mode: compliance, retain: 6y }}"),
        "type: file, path: '/var/log/out/{source}.ndjson', max_size: 1MiB, keep: 3, compression: zstd".to_owned(),
        "type: stdout".to_owned(),
        format!("{HEC}, host: '{{pod|none}}', source: hushlog, sourcetype: _json, index: 'web-{{source}}', ack: true, ack_timeout: 1m"),
        format!("{DD}, site: datadoghq.eu, service: '{{source}}', source: app, hostname: h, compression: zstd"),
        format!("{DD}, endpoint: 'http://127.0.0.1:1', endpoint_region: eu-central-1"),
    ] {
        let (problems, sink) = built(&options);
        assert!(problems.is_empty() && sink.is_some(), "{options}: {problems:?}");
    }
}

#[test]
fn examples_are_read() {
    for kind in KINDS {
        let example = kind.example.trim_start_matches('{').trim_end_matches('}').trim();
        let (problems, sink) = built(example);
        assert!(problems.is_empty() && sink.is_some(), "{}: {problems:?}", kind.name);
        assert_eq!(kind.leaves, !matches!(kind.name, "file" | "stdout"), "{}", kind.name);
    }
}

#[test]
fn what_leaves_needs_a_region() {
    for kind in KINDS.iter().filter(|kind| kind.leaves) {
        let options = format!("type: {}, group: g, bucket: logs-eu, url: 'https://logs.example/'", kind.name);
        let (problems, _) = built(&options);
        assert!(problems.iter().any(|problem| problem.contains("`sinks.x.region`")), "{}: {problems:?}", kind.name);
    }
}

#[test]
fn options_of_cloudwatch_logs_that_are_wrong() {
    let wrong = format!("{CW}, group: g");
    each(
        &wrong,
        &[
            ("endpoint: 'http://127.0.0.1:1'", "an endpoint without `endpoint_region`"),
            ("endpoint_region: eu-west-1", "a region without `endpoint`"),
            ("endpoint: 'http://127.0.0.1:1', endpoint_region: us-east-1", "another region than `region`"),
            ("endpoint: 'ftp://hunter2-hunter2', endpoint_region: eu-west-1", "`sinks.x.endpoint`"),
            ("endpoint: 'https://a:hunter2-hunter2@x.example', endpoint_region: eu-west-1", "`sinks.x.endpoint`"),
            ("endpoint: 'https://x.example/hunter2-hunter2', endpoint_region: eu-west-1", "`sinks.x.endpoint`"),
            ("timeout: hunter2-hunter2", "`sinks.x.timeout`"),
            ("ca: [hunter2-hunter2]", "`sinks.x.ca`"),
            ("stream: 'hunter2-hunter2:{pod}'", "`sinks.x.stream`"),
            ("stream: '{hunter2-hunter2'", "`sinks.x.stream`"),
            ("stream: ''", "`sinks.x.stream`"),
            ("retention: 31d", "1d, 3d, 5d, 7d, 14d, 30d"),
            ("retention: 1y", "365d"),
            ("retention: hunter2-hunter2", "a time such as"),
            ("create: hunter2-hunter2", "`true` or `false`"),
            ("kms_key: hunter2-hunter2", "the ARN of a key"),
            ("kms_key: 'arn:aws:kms:us-east-1:111122223333:key/1'", "a key of another region"),
            ("encoding: hunter2-hunter2", "`json`, `text`"),
            ("concurrency: 0", "from 1 to 64"),
            ("retension: 30d", "`retention`, which is near to it"),
        ],
    );
    each(CW, &[("group: 'aws/x'", "`sinks.x.group`"), ("group: 'a b'", "`sinks.x.group`"), ("group: [a]", "`sinks.x.group`")]);
    assert!(built(CW).0[0].contains("a sink without what it needs"));
}

#[test]
fn options_of_splunk_hec_and_datadog_that_are_wrong() {
    each(
        HEC,
        &[
            ("index: Hunter2-hunter2", "`sinks.x.index`"),
            ("host: '{hunter2-hunter2'", "`sinks.x.host`"),
            ("ack: hunter2-hunter2", "`true` or `false`"),
            ("compression: zstd", "`none`, `gzip`"),
            ("tokn: 1", "`token`, which is near to it"),
        ],
    );
    each(
        "type: splunk_hec, region: eu-west-1, token: { env: T }",
        &[
            ("url: 'https://splunk.example/hunter2-hunter2'", "a URL with a path"),
            ("url: 'https://x:hunter2-hunter2@splunk.example'", "without a user or password"),
        ],
    );
    each(
        DD,
        &[
            ("site: hunter2-hunter2", "`datadoghq.eu`"),
            ("site: datadoghq.com", "region `us-east-1`, where this site lies"),
            ("site: datadoghq.eu, endpoint: 'https://x.example', endpoint_region: eu-central-1", "a site beside an endpoint"),
            ("endpoint: 'https://x.example'", "an endpoint without `endpoint_region`"),
            ("endpoint_region: eu-central-1", "a region without `endpoint`"),
            ("endpoint: 'https://x.example', endpoint_region: us-east-1", "another region than `region`"),
            ("site: datadoghq.eu, concurrency: 0", "from 1 to 64"),
        ],
    );
}

#[test]
fn options_of_s3_that_are_wrong() {
    each(
        S3,
        &[
            ("endpoint: 'http://127.0.0.1:1'", "an endpoint without `endpoint_region`"),
            ("key: '/{id}'", "`sinks.x.key`"),
            ("key: 'a/../{id}'", "`sinks.x.key`"),
            ("key: '../{id}'", "`sinks.x.key`"),
            ("key: 'a//{id}'", "`sinks.x.key`"),
            ("key: 'hunter2-hunter2'", "a key with `{id}`"),
            ("sse: hunter2-hunter2", "`aes256`"),
            ("sse: { key: hunter2-hunter2, kms_key: a }", "`sinks.x.sse.key`"),
            ("object_lock: { mode: governance }", "`mode` or `retain`"),
            ("object_lock: hunter2-hunter2", "`{ mode: governance, retain: 30d }`"),
            ("compression: hunter2-hunter2", "`zstd`, `gzip`, `none`"),
            ("max_batch: 6GiB", "at most 5GiB"),
            ("max_batch: hunter2-hunter2", "a size such as"),
            ("linger: hunter2-hunter2", "a time such as"),
        ],
    );
    for bucket in ["Logs", "a", "-ab", "a..b", "hunter2_hunter2"] {
        let (problems, _) = built(&format!("type: s3, region: eu-west-1, bucket: '{bucket}'"));
        assert!(problems.len() == 1 && problems[0].contains("the name of a bucket") && !problems[0].contains("hunter2"), "{problems:?}");
    }
    // A list of two: the mode, and what it makes of the whole.
    let (problems, _) = built(&format!("{S3}, object_lock: {{ mode: {SECRET}, retain: 30d }}"));
    assert!(problems[0].contains("`governance`, `compliance`") && !problems.concat().contains(SECRET), "{problems:?}");
}

#[test]
fn options_of_file_that_are_wrong() {
    each(
        "type: file",
        &[
            ("path: '/a/../{source}'", "`sinks.x.path`"),
            ("path: '/a/'", "`sinks.x.path`"),
            ("path: '{hunter2-hunter2'", "`sinks.x.path`"),
            ("path: /a, max_size: hunter2-hunter2", "a size such as"),
            ("path: /a, keep: 0", "from 1 to 9999"),
            ("path: /a, compression: gzip", "`none`, `zstd`"),
            ("path: /a, rotate: hunter2-hunter2", "`sinks.x.rotate`"),
        ],
    );
}

#[test]
fn plain_http_is_said() {
    let endpoint = |scheme: &str| format!("{S3}, endpoint: '{scheme}://store.example:9000', endpoint_region: eu-west-1");
    assert_eq!(built(&endpoint("http")).1.unwrap().plaintext().as_deref(), Some("store.example"));
    assert_eq!(built(&endpoint("https")).1.unwrap().plaintext(), None);
}
