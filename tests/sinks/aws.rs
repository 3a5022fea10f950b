//! CloudWatch Logs and S3 against moto, looked at with boto3. tests/aws/setup.sh installs both; without
//! it these tests say so and do nothing, except where CI is set.

use std::fs::File;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::{DEADLINE, Proxy, free_port};

/// An emulator of AWS.
pub(crate) struct Moto {
    child: Child,
    endpoint: String,
    _folder: TempDir,
}

fn python() -> Option<PathBuf> {
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let python = target.parent().unwrap().join("aws/venv/bin/python");
    if python.exists() {
        return Some(python);
    }
    assert!(std::env::var_os("CI").is_none(), "no moto: run tests/aws/setup.sh");
    eprintln!("left out: no moto; run tests/aws/setup.sh");
    None
}

impl Moto {
    /// Starts it, if it is installed.
    pub(crate) fn start() -> Option<Self> {
        let (python, port, folder) = (python()?, free_port(), TempDir::new().unwrap());
        let mut command = Command::new(python.with_file_name("moto_server"));
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).stdout(Stdio::null());
        let child = command.stderr(File::create(folder.path().join("moto")).unwrap()).spawn().unwrap();
        let end = Instant::now() + DEADLINE;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(Instant::now() < end, "moto does not start");
            sleep(Duration::from_millis(50));
        }
        Some(Self { child, endpoint: format!("http://127.0.0.1:{port}"), _folder: folder })
    }

    /// Looks with a command of look.py.
    pub(crate) fn look(&self, arguments: &[&str]) -> Value {
        look(&python().unwrap(), &self.endpoint, arguments)
    }

    /// The same; nothing if what is asked for is not there.
    pub(crate) fn try_look(&self, arguments: &[&str]) -> Option<Value> {
        let output = command(&python()?, &self.endpoint, arguments).stderr(Stdio::null()).output().unwrap();
        serde_json::from_slice(&output.stdout).ok()
    }

    /// Its address.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// A way to it that throttles and cuts, until the child ends; and its address.
    pub(crate) fn shaky(&self) -> (Child, String) {
        let port = free_port();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/aws/shaky.py");
        let child =
            Command::new(python().unwrap()).args([script, &self.endpoint, &port.to_string()]).stderr(Stdio::null()).spawn().unwrap();
        let end = Instant::now() + DEADLINE;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(Instant::now() < end, "it does not start");
            sleep(Duration::from_millis(50));
        }
        (child, format!("http://127.0.0.1:{port}"))
    }

    /// The options that lead here.
    pub(crate) fn place(&self) -> String {
        format!("region: eu-west-1, endpoint: '{}', endpoint_region: eu-west-1", self.endpoint)
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(python: &Path, endpoint: &str, arguments: &[&str]) -> Command {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/aws/look.py");
    let mut command = Command::new(python);
    command.args([script, endpoint]).args(arguments);
    command
}

fn look(python: &Path, endpoint: &str, arguments: &[&str]) -> Value {
    let output = command(python, endpoint, arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Bodies of a hundred records each, with a value to mask.
fn bodies() -> impl Iterator<Item = String> {
    (0..10).map(|body| (0..100).map(|line| format!("{{\"n\":{},\"mail\":\"user{line}@example.com\"}}\n", body * 100 + line)).collect())
}

/// Numbers of the records, with all else looked at.
fn numbers<'l>(lines: impl Iterator<Item = &'l str>) -> Vec<u64> {
    let number = |line: &str| {
        let record: Value = serde_json::from_str(line).unwrap();
        assert_eq!((&record["mail"], &record["residency.region"]), (&"[EMAIL]".into(), &"eu-west-1".into()), "{line}");
        record["n"].as_u64().unwrap()
    };
    lines.map(number).collect()
}

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().unwrap().iter().map(|item| item.as_str().unwrap())
}

#[test]
fn cloudwatch_has_every_event_in_order_masked_and_tagged() {
    let Some(moto) = Moto::start() else { return };
    let place = moto.place();
    let proxy = Proxy::start(&format!(
        "  json: {{ type: cloudwatch_logs, {place}, group: '/ml/{{source}}', stream: '{{pod|default}}', retention: 30d }}\n  \
           text: {{ type: cloudwatch_logs, {place}, group: /text, encoding: text }}"
    ));
    for body in bodies() {
        assert_eq!(proxy.post(&body), 200);
    }
    let json = moto.look(&["logs", "/ml/app"]);
    assert_eq!(numbers(strings(&json["streams"]["default"])), (0..1000).collect::<Vec<_>>());
    assert_eq!((&json["retention"], &json["tags"]["hushlog:residency-region"]), (&30.into(), &"eu-west-1".into()));
    let text = moto.look(&["logs", "/text"]);
    let lines: Vec<&str> = strings(&text["streams"]["app"]).collect();
    assert_eq!((lines.len(), lines[999]), (1000, "{\"n\":999,\"mail\":\"[EMAIL]\"}"));
    assert_eq!((&text["retention"], &text["tags"]["hushlog:residency-region"]), (&Value::Null, &"eu-west-1".into()));
}

#[test]
fn s3_has_objects_that_are_whole_encrypted_checked_and_locked() {
    let Some(moto) = Moto::start() else { return };
    moto.look(&["make", "logs-eu", "eu-west-1", "locked"]);
    moto.look(&["make", "plain-eu", "eu-west-1", "open"]);
    let place = moto.place();
    let proxy = Proxy::start(&format!(
        "  locked: {{ type: s3, {place}, bucket: logs-eu, linger: 100ms, sse: {{ kms_key: alias/logs }}, object_lock: {{ mode: governance, retain: 30d }} }}\n  \
           plain: {{ type: s3, {place}, bucket: plain-eu, linger: 100ms, sse: aes256, compression: gzip, key: 'x/{{date}}/{{time}}-{{id}}.gz' }}"
    ));
    for body in bodies() {
        assert_eq!(proxy.post(&body), 200);
    }
    for (bucket, sse, kms, lock, deleted) in [
        ("logs-eu", "aws:kms", Value::from("alias/logs"), Value::from("GOVERNANCE"), "AccessDenied"),
        ("plain-eu", "AES256", Value::Null, Value::Null, "yes"),
    ] {
        let objects = moto.look(&["s3", bucket]);
        let objects = objects.as_array().unwrap();
        // Keys begin with the time, so that the order of keys is that of the records.
        assert_eq!(numbers(objects.iter().flat_map(|object| strings(&object["lines"]))), (0..1000).collect::<Vec<_>>());
        for object in objects {
            let key = object["key"].as_str().unwrap();
            let start = if bucket == "logs-eu" { "app/region=eu-west-1/dt=20" } else { "x/20" };
            assert!(key.starts_with(start), "{key}");
            assert_eq!((&object["sse"], &object["kms"], &object["lock"]), (&sse.into(), &kms, &lock), "{key}");
            assert_eq!(object["sha256"].as_str().unwrap().len(), 44, "{key}");
            assert_eq!(object["deleted"], deleted, "{key}");
        }
    }
}

#[test]
fn buckets_that_are_not_what_the_configuration_says_are_refused() {
    let Some(moto) = Moto::start() else { return };
    moto.look(&["make", "plain-eu", "eu-west-1", "open"]);
    moto.look(&["make", "logs-us", "us-west-2", "locked"]);
    let place = moto.place();
    let lock = "object_lock: { mode: governance, retain: 30d }";
    for (options, wanted) in [
        ("bucket: logs-us".to_owned(), "lies in another region"),
        ("bucket: nobodys".to_owned(), "does not exist"),
        (format!("bucket: plain-eu, {lock}"), "has no "),
    ] {
        let (status, messages) = Proxy::refused(&format!("  x: {{ type: s3, {place}, {options} }}"));
        assert!(!status.success() && messages.contains("sinks.x"), "{options}: {messages}");
        assert_eq!(messages.matches(wanted).count(), 1, "{options}: {messages}");
    }
}

#[test]
fn limits_are_those_of_the_service_model() {
    let Some(python) = python() else { return };
    let model = look(&python, "none", &["limits"]);
    assert_eq!(model["events"], 10_000);
    let text = model["text"].as_str().unwrap();
    for part in ["1,048,576 bytes", "26 bytes for each log event", "24 hours", "2 hours in the future", "14 days", "chronological order"] {
        assert!(text.contains(part), "{part}");
    }
    assert!(model["event"].as_str().unwrap().contains("no larger than 1 MB"));
    let days = "1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, and 3653";
    assert!(model["days"].as_str().unwrap().contains(days));
    assert_eq!((&model["stream"]["max"], &model["group"]["max"]), (&512.into(), &512.into()));
}

#[test]
fn the_commands_of_the_quickstart_do_what_the_page_shows() {
    let Some(python) = python() else { return };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/aws/quickstart.sh");
    let output = Command::new(script).arg(env!("CARGO_BIN_EXE_hushlog")).arg(python.parent().unwrap()).output().unwrap();
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    assert!(output.status.success(), "{said}");
}
